// Exact numbers. Money is a whole number of fen; a ratio and a decimal are whole numbers of millionths; nothing is floating
// point. Whoever rounds names the mode. Products are formed in 128 bits.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fenming {

__extension__ using Wide = __int128;

// half_up: a half goes away from zero; down: towards zero; up: away from zero. Negative amounts mirror positive ones.
enum class Rounding : std::uint8_t { half_up, half_even, down, up };

constexpr Wide divide(Wide numerator, Wide denominator, Rounding mode);  // denominator > 0
constexpr Wide power_of_ten(int exponent);                               // 0 to 38

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money from_fen(std::int64_t fen) { return Money{fen}; }
  constexpr std::int64_t fen() const { return fen_; }
  friend constexpr Money operator+(Money a, Money b) { return Money{checked(Wide{a.fen_} + b.fen_)}; }
  friend constexpr Money operator-(Money a, Money b) { return Money{checked(Wide{a.fen_} - b.fen_)}; }
  friend constexpr Money operator-(Money a) { return Money{checked(-Wide{a.fen_})}; }
  friend constexpr auto operator<=>(Money, Money) = default;

 private:
  explicit constexpr Money(std::int64_t fen) : fen_(fen) {}
  static constexpr std::int64_t checked(Wide fen);
  std::int64_t fen_ = 0;
};

// Quantities, prices, ratios: value = millionths / 1,000,000.
struct Decimal {
  static constexpr int places = 6;
  std::int64_t millionths = 0;
  friend constexpr auto operator<=>(Decimal, Decimal) = default;
};

constexpr Money times(Money amount, Decimal factor, Rounding mode);

// A bill is at most 10^11 fen; a quantity or price at most 10^9.
inline constexpr std::int64_t money_fen_max = 100'000'000'000;
inline constexpr std::int64_t decimal_max = 1'000'000'000;

// Text as people write it: optional minus, digits, at most `places` decimals; no blanks, no exponent, no plus. Nothing when the
// text is anything else or out of range. "1300" and "1300.5" are 130'000 and 130'050 fen.
std::optional<Money> parse_money(std::string_view text);
std::optional<Decimal> parse_decimal(std::string_view text);
std::optional<Decimal> parse_percent(
    std::string_view text);  // "85%", "0.2%": at most 4 decimals before the sign

// Any exact number: digits and their decimal places.
struct Exact {
  Wide digits = 0;
  int places = 0;
};
std::optional<Exact> parse_exact(std::string_view text, int places_max);  // at most 36 digits

std::string to_text(Money amount);                      // always two decimals: 1300.00
std::string to_text(Decimal number);                    // as short as exact: 0.85, 3
std::string to_percent(Decimal ratio);                  // 85%, 0.2%
std::string to_text(Exact number, int places_min = 0);  // trailing zeros dropped down to places_min

// ---------------------------------------------------------------------------------------------------------------------

[[noreturn]] void money_overflow();

constexpr std::int64_t Money::checked(Wide fen) {
  if (fen > INT64_MAX || fen < INT64_MIN) money_overflow();
  return static_cast<std::int64_t>(fen);
}

constexpr Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

constexpr Wide divide(Wide numerator, Wide denominator, Rounding mode) {
  const Wide quotient = numerator / denominator, rest = numerator % denominator;
  if (rest == 0) return quotient;
  const Wide away = numerator < 0 ? quotient - 1 : quotient + 1;
  const Wide size = rest < 0 ? -rest : rest;
  switch (mode) {
    case Rounding::down: return quotient;
    case Rounding::up: return away;
    case Rounding::half_up: return size >= denominator - size ? away : quotient;
    case Rounding::half_even:
      if (size == denominator - size) return quotient % 2 == 0 ? quotient : away;
      return size > denominator - size ? away : quotient;
  }
  return quotient;
}

constexpr Money times(Money amount, Decimal factor, Rounding mode) {
  const Wide fen = divide(Wide{amount.fen()} * factor.millionths, power_of_ten(Decimal::places), mode);
  if (fen > INT64_MAX || fen < INT64_MIN) money_overflow();
  return Money::from_fen(static_cast<std::int64_t>(fen));
}

}  // namespace fenming
