#include "properties/number.h"

namespace fenming::properties {
namespace {

Wide ten_to(int n) { return n == 0 ? 1 : 10 * ten_to(n - 1); }
Wide lifted(Number n, int places) { return n.digits * ten_to(places - n.places); }
int more_places(Number a, Number b) { return a.places > b.places ? a.places : b.places; }

}  // namespace

Number trimmed(Number n) {
  while (n.places > 0 && n.digits % 10 == 0) {
    n.digits /= 10;
    --n.places;
  }
  return n;
}

std::optional<Wide> Number::at(int wanted) const {
  const Number shortest = trimmed(*this);
  if (shortest.places > wanted) return std::nullopt;
  return lifted(shortest, wanted);
}

Number operator+(Number a, Number b) {
  const int places = more_places(a, b);
  return trimmed({lifted(a, places) + lifted(b, places), places});
}
Number operator-(Number a, Number b) { return a + Number{-b.digits, b.places}; }
Number operator*(Number a, Number b) { return trimmed({a.digits * b.digits, a.places + b.places}); }
bool operator<(Number a, Number b) { return (a - b).digits < 0; }
bool operator==(Number a, Number b) { return (a - b).digits == 0; }
Number fen(Wide amount) { return trimmed({amount, 2}); }

Number rounded_quotient(Number a, Number b, int places, Rounding mode) {
  // a/b * 10^places as top/bottom, bottom > 0
  Wide top = a.digits, bottom = b.digits;
  const int shift = places + b.places - a.places;
  if (shift >= 0)
    top *= ten_to(shift);
  else
    bottom *= ten_to(-shift);
  if (bottom < 0) {
    top = -top;
    bottom = -bottom;
  }
  const bool negative = top < 0;
  const Wide size = negative ? -top : top;
  const Wide below = size / bottom, above = below + 1;
  const Wide from_below = size - below * bottom, from_above = above * bottom - size;
  Wide result = below;
  if (from_below != 0) {
    if (mode == Rounding::up) result = above;
    if (mode == Rounding::half_up && from_above <= from_below) result = above;
    if (mode == Rounding::half_even) {
      if (from_above < from_below) result = above;
      if (from_above == from_below) result = below % 2 == 0 ? below : above;
    }
  }
  return trimmed({negative ? -result : result, places});
}

Number rounded(Number n, int places, Rounding mode) { return rounded_quotient(n, {1, 0}, places, mode); }

}  // namespace fenming::properties
