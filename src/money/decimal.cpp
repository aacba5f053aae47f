#include "money/decimal.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace fenming {
namespace {

__extension__ using UnsignedWide = unsigned __int128;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The number with exactly `places` decimals as a whole number, or nothing.
std::optional<std::int64_t> parse_scaled(std::string_view text, int places, std::int64_t whole_max) {
  const auto exact = parse_exact(text, places);
  if (!exact) return std::nullopt;
  // Compared before scaling: 36 digits times 10^6 would leave 128 bits.
  const Wide bound = Wide{whole_max} * power_of_ten(exact->places);
  if (exact->digits > bound || exact->digits < -bound) return std::nullopt;
  return static_cast<std::int64_t>(exact->digits * power_of_ten(places - exact->places));
}

// From the last character to the first. In the narrowest type: a division by ten is a call in 128 bits and a multiplication in 64.
template <class Unsigned>
std::string written(Unsigned rest, int places, int places_min, bool negative) {
  for (; places > places_min && rest % 10 == 0; --places) rest /= 10;
  std::array<char, 96> text{};
  char* const end = text.data() + text.size();
  char* at = end;
  const auto digit = [&] {
    *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  };
  for (int zeros = places; zeros < places_min; ++zeros) *--at = '0';
  for (int i = 0; i < places; ++i) digit();
  if (at != end) *--at = '.';
  do digit();
  while (rest != 0);
  if (negative) *--at = '-';
  return {at, end};
}

}  // namespace

void money_overflow() { CHECK(false, "an amount left 64 bits though its inputs are bounded"); }

std::optional<Exact> parse_exact(std::string_view text, int places_max) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() || (point != std::string_view::npos && decimals.empty())) return std::nullopt;
  if (whole.size() + decimals.size() > 36 || std::cmp_greater(decimals.size(), places_max))
    return std::nullopt;
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(decimals, is_digit)) return std::nullopt;
  Exact number{0, static_cast<int>(decimals.size())};
  for (const std::string_view part : {whole, decimals})
    for (const char c : part) number.digits = number.digits * 10 + (c - '0');
  if (negative) number.digits = -number.digits;
  return number;
}

std::optional<Money> parse_money(std::string_view text) {
  const auto fen = parse_scaled(text, 2, money_fen_max / 100);
  if (!fen) return std::nullopt;
  return Money::from_fen(*fen);
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  const auto millionths = parse_scaled(text, Decimal::places, decimal_max);
  if (!millionths) return std::nullopt;
  return Decimal{*millionths};
}

std::optional<Decimal> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  const auto scaled = parse_scaled(text, Decimal::places - 2, decimal_max);
  if (!scaled) return std::nullopt;
  return Decimal{*scaled};
}

std::string to_text(Exact number, int places_min) {
  const bool negative = number.digits < 0;
  const Wide size = negative ? -number.digits : number.digits;
  if (size <= INT64_MAX)
    return written(static_cast<std::uint64_t>(size), number.places, places_min, negative);
  return written(static_cast<UnsignedWide>(size), number.places, places_min, negative);
}

std::string to_text(Money amount) { return to_text(Exact{amount.fen(), 2}, 2); }
std::string to_text(Decimal number) { return to_text(Exact{number.millionths, Decimal::places}); }
std::string to_percent(Decimal ratio) { return to_text(Exact{ratio.millionths, Decimal::places - 2}) + "%"; }

}  // namespace fenming
