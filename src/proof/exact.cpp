#include "proof/exact.h"

#include <algorithm>

namespace fenming {
namespace {

std::optional<Wide> product(Wide a, Wide b) {
  Wide result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

std::optional<Wide> scaled(Wide digits, int places) {
  if (digits == 0) return Wide{0};
  if (places > 38) return std::nullopt;
  return product(digits, power_of_ten(places));
}

struct Aligned {
  Wide a, b;
  int places;
};

std::optional<Aligned> aligned(Exact a, Exact b) {
  a = proof_normal(a);
  b = proof_normal(b);
  const int places = std::max(a.places, b.places);
  const auto left = scaled(a.digits, places - a.places), right = scaled(b.digits, places - b.places);
  if (!left || !right) return std::nullopt;
  return Aligned{*left, *right, places};
}

std::optional<Exact> fitting(Exact number) {
  number = proof_normal(number);
  constexpr Wide bound = power_of_ten(proof_places_max);
  if (number.places > proof_places_max || number.digits > bound || number.digits < -bound)
    return std::nullopt;
  return number;
}

}  // namespace

Exact proof_normal(Exact number) {
  if (number.digits == 0) return {};
  while (number.places > 0 && number.digits % 10 == 0) {
    number.digits /= 10;
    --number.places;
  }
  return number;
}

std::optional<Exact> proof_add(Exact a, Exact b) {
  const auto both = aligned(a, b);
  Exact sum;
  if (!both || __builtin_add_overflow(both->a, both->b, &sum.digits)) return std::nullopt;
  sum.places = both->places;
  return fitting(sum);
}

std::optional<Exact> proof_sub(Exact a, Exact b) {
  const auto both = aligned(a, b);
  Exact difference;
  if (!both || __builtin_sub_overflow(both->a, both->b, &difference.digits)) return std::nullopt;
  difference.places = both->places;
  return fitting(difference);
}

std::optional<Exact> proof_mul(Exact a, Exact b) {
  a = proof_normal(a);
  b = proof_normal(b);
  const auto digits = product(a.digits, b.digits);
  if (!digits) return std::nullopt;
  return fitting({*digits, a.places + b.places});
}

std::optional<std::strong_ordering> proof_compare(Exact a, Exact b) {
  const auto both = aligned(a, b);
  if (!both) return std::nullopt;
  return both->a < both->b   ? std::strong_ordering::less
         : both->a > both->b ? std::strong_ordering::greater
                             : std::strong_ordering::equal;
}

std::optional<Exact> proof_round(Exact a, Exact step, Rounding mode) {
  return proof_quotient(a, {1, 0}, step, mode);
}

std::optional<Exact> proof_quotient(Exact a, Exact b, Exact step, Rounding mode) {
  const auto unit = proof_mul(b, step);  // the result counts how often this is in a
  if (!unit || unit->digits == 0 || step.digits <= 0) return std::nullopt;
  const auto both = aligned(a, *unit);
  if (!both) return std::nullopt;
  Wide numerator = both->a, denominator = both->b;
  if (denominator < 0) {
    if (__builtin_sub_overflow(Wide{0}, numerator, &numerator)) return std::nullopt;
    if (__builtin_sub_overflow(Wide{0}, denominator, &denominator)) return std::nullopt;
  }
  return proof_mul({divide(numerator, denominator, mode), 0}, step);
}

}  // namespace fenming
