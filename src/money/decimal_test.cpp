#include "money/decimal.h"

#include <gtest/gtest.h>

#include <array>

namespace fenming {
namespace {

constexpr std::array modes = {Rounding::half_up, Rounding::half_even, Rounding::down, Rounding::up};

constexpr Money fen(std::int64_t amount) { return Money::from_fen(amount); }

// The definition of each mode, in another way than divide() computes it: on the size alone, the sign put back at the end.
std::int64_t defined_quotient(std::int64_t numerator, std::int64_t denominator, Rounding mode) {
  const std::int64_t size = numerator < 0 ? -numerator : numerator;
  const std::int64_t below = size / denominator, above = (size + denominator - 1) / denominator;
  std::int64_t result = below;
  if (mode == Rounding::up) result = above;
  if (mode == Rounding::half_up) result = (2 * size + denominator) / (2 * denominator);
  if (mode == Rounding::half_even) {
    const std::int64_t to_below = size - below * denominator, to_above = above * denominator - size;
    if (to_below > to_above) result = above;
    if (to_below == to_above) result = below % 2 == 0 ? below : above;
  }
  return numerator < 0 ? -result : result;
}

TEST(Divide, AgreesWithItsDefinition) {
  for (std::int64_t denominator = 1; denominator <= 12; ++denominator)
    for (std::int64_t numerator = -60; numerator <= 60; ++numerator)
      for (const Rounding mode : modes)
        EXPECT_EQ(static_cast<std::int64_t>(divide(numerator, denominator, mode)),
                  defined_quotient(numerator, denominator, mode))
            << numerator << " / " << denominator << " mode " << static_cast<int>(mode);
}

TEST(Divide, Examples) {
  EXPECT_TRUE(divide(5, 2, Rounding::half_up) == 3);
  EXPECT_TRUE(divide(-5, 2, Rounding::half_up) == -3);
  EXPECT_TRUE(divide(5, 2, Rounding::half_even) == 2);
  EXPECT_TRUE(divide(7, 2, Rounding::half_even) == 4);
  EXPECT_TRUE(divide(-5, 2, Rounding::half_even) == -2);
  EXPECT_TRUE(divide(-7, 2, Rounding::half_even) == -4);
  EXPECT_TRUE(divide(14, 10, Rounding::half_up) == 1);
  EXPECT_TRUE(divide(-19, 10, Rounding::down) == -1);
  EXPECT_TRUE(divide(-11, 10, Rounding::up) == -2);
  EXPECT_TRUE(divide(0, 10, Rounding::up) == 0);
}

// Twice the rest would leave 128 bits here; the comparison must not form it.
TEST(Divide, NearTheEndOf128Bits) {
  const Wide huge = (Wide{1} << 126) + 1;
  EXPECT_TRUE(divide(huge - 1, huge, Rounding::half_up) == 1);
  EXPECT_TRUE(divide(huge / 2, huge, Rounding::half_up) == 0);
  EXPECT_TRUE(divide(-(huge - 1), huge, Rounding::half_even) == -1);
}

TEST(PowerOfTen, Values) {
  EXPECT_TRUE(power_of_ten(0) == 1);
  EXPECT_TRUE(power_of_ten(1) == 10);
  EXPECT_TRUE(power_of_ten(6) == 1'000'000);
  EXPECT_TRUE(power_of_ten(38) == power_of_ten(19) * power_of_ten(19));
}

TEST(Money, Arithmetic) {
  EXPECT_EQ(Money().fen(), 0);
  EXPECT_EQ(Decimal().millionths, 0);
  EXPECT_TRUE(Exact().digits == 0);
  EXPECT_EQ(Exact().places, 0);
  EXPECT_EQ((fen(150) + fen(20)).fen(), 170);
  EXPECT_EQ((fen(150) - fen(200)).fen(), -50);
  EXPECT_EQ((-fen(7)).fen(), -7);
  EXPECT_EQ((-fen(-7)).fen(), 7);
  EXPECT_LT(fen(-1), fen(0));
  EXPECT_GT(fen(2), fen(1));
  EXPECT_EQ(fen(2), fen(2));
  EXPECT_NE(fen(2), fen(-2));
}

TEST(Money, WholeRangeOf64Bits) {
  EXPECT_EQ((fen(INT64_MAX - 1) + fen(1)).fen(), INT64_MAX);
  EXPECT_EQ((fen(INT64_MIN + 1) - fen(1)).fen(), INT64_MIN);
  EXPECT_EQ((-fen(INT64_MAX)).fen(), -INT64_MAX);
}

TEST(MoneyDeathTest, NeverWrapsAround) {  // LAW 10
  EXPECT_DEATH(fen(INT64_MAX) + fen(1), "left 64 bits");
  EXPECT_DEATH(fen(INT64_MIN) + fen(-1), "left 64 bits");
  EXPECT_DEATH(fen(INT64_MIN) - fen(1), "left 64 bits");
  EXPECT_DEATH(fen(INT64_MAX) - fen(-1), "left 64 bits");
  EXPECT_DEATH(-fen(INT64_MIN), "left 64 bits");
}

TEST(Times, RoundsAsNamed) {
  const Decimal ratio = parse_percent("85%").value();
  EXPECT_EQ(times(fen(130'050), ratio, Rounding::half_up).fen(), 110'543);  // 1105.425
  EXPECT_EQ(times(fen(130'050), ratio, Rounding::down).fen(), 110'542);
  EXPECT_EQ(times(fen(130'050), ratio, Rounding::up).fen(), 110'543);
  EXPECT_EQ(times(fen(10), ratio, Rounding::half_up).fen(), 9);     // 8.5
  EXPECT_EQ(times(fen(10), ratio, Rounding::half_even).fen(), 8);   // 8.5
  EXPECT_EQ(times(fen(30), ratio, Rounding::half_even).fen(), 26);  // 25.5
  EXPECT_EQ(times(fen(100), Decimal{1'000'000}, Rounding::up).fen(), 100);
  EXPECT_EQ(times(fen(100), Decimal{0}, Rounding::up).fen(), 0);
}

TEST(Times, NegativeAmountsMirrorPositiveOnes) {
  for (std::int64_t amount = 0; amount <= 200; ++amount)
    for (const std::int64_t millionths : {1L, 5'000L, 333'333L, 500'000L, 850'000L, 999'999L, 1'500'000L})
      for (const Rounding mode : modes) {
        const Money positive = times(fen(amount), Decimal{millionths}, mode);
        EXPECT_EQ(times(fen(-amount), Decimal{millionths}, mode), -positive);
        EXPECT_EQ(times(fen(amount), Decimal{-millionths}, mode), -positive);
      }
}

TEST(Times, LimitsOf64Bits) {  // LAW 10: products in 128 bits
  EXPECT_EQ(times(fen(INT64_MAX), Decimal{1'000'000}, Rounding::down).fen(), INT64_MAX);
  EXPECT_EQ(times(fen(INT64_MIN), Decimal{1'000'000}, Rounding::down).fen(), INT64_MIN);
  EXPECT_EQ(times(fen(INT64_MAX), Decimal{999'999}, Rounding::down).fen(), 9'223'362'813'482'738'952);
}

TEST(TimesDeathTest, NeverWrapsAround) {
  EXPECT_DEATH(times(fen(INT64_MAX), Decimal{1'000'001}, Rounding::down), "left 64 bits");
  EXPECT_DEATH(times(fen(INT64_MIN), Decimal{1'000'001}, Rounding::down), "left 64 bits");
  EXPECT_DEATH(times(fen(INT64_MIN), Decimal{-1'000'000}, Rounding::down), "left 64 bits");
}

TEST(ParseMoney, WhatPeopleWrite) {
  EXPECT_EQ(parse_money("1300"), fen(130'000));
  EXPECT_EQ(parse_money("1300.5"), fen(130'050));
  EXPECT_EQ(parse_money("1300.05"), fen(130'005));
  EXPECT_EQ(parse_money("0"), fen(0));
  EXPECT_EQ(parse_money("-0.01"), fen(-1));
  EXPECT_EQ(parse_money("0007.10"), fen(710));
  EXPECT_EQ(parse_money("9.99"), fen(999));
}

TEST(ParseMoney, Limits) {  // LAW 10
  EXPECT_EQ(parse_money("1000000000"), fen(money_fen_max));
  EXPECT_EQ(parse_money("1000000000.00"), fen(money_fen_max));
  EXPECT_EQ(parse_money("-1000000000"), fen(-money_fen_max));
  EXPECT_EQ(parse_money("999999999.99"), fen(money_fen_max - 1));
  EXPECT_FALSE(parse_money("1000000000.01"));
  EXPECT_FALSE(parse_money("-1000000000.01"));
  EXPECT_FALSE(parse_money("99999999999999999999"));
}

TEST(ParseMoney, RefusesEverythingElse) {
  for (const char* text :
       {"",      "-",      "+1",   "--1",   ".",    ".5", "1.", "-.5", "1.234", "1.000", "1e3", " 1", "1 ",
        "1,300", "1300元", "0x10", "1.2.3", "1..2", "1-", "１", "1/",  "1:",    "inf",   "nan", "/",  ":"})
    EXPECT_FALSE(parse_money(text)) << text;
  EXPECT_FALSE(parse_money(std::string_view("1\0", 2)));
}

TEST(ParseDecimal, SixPlaces) {
  EXPECT_EQ(parse_decimal("3"), Decimal{3'000'000});
  EXPECT_EQ(parse_decimal("0.000001"), Decimal{1});
  EXPECT_EQ(parse_decimal("-2.5"), Decimal{-2'500'000});
  EXPECT_FALSE(parse_decimal("0.0000001"));
  EXPECT_EQ(parse_decimal("1000000000"), Decimal{decimal_max * 1'000'000});
  EXPECT_EQ(parse_decimal("-1000000000"), Decimal{-decimal_max * 1'000'000});
  EXPECT_FALSE(parse_decimal("1000000000.000001"));
  EXPECT_FALSE(parse_decimal("-1000000000.000001"));
}

// 36 digits are read; scaled to millionths they would leave 128 bits.
TEST(ParseDecimal, LongTextDoesNotWrapAround) {
  for (std::size_t length = 11; length <= 40; ++length) {
    EXPECT_FALSE(parse_decimal(std::string(length, '9'))) << length;
    EXPECT_FALSE(parse_decimal("-" + std::string(length, '9'))) << length;
    EXPECT_FALSE(parse_percent(std::string(length, '4') + "%")) << length;
  }
  EXPECT_FALSE(
      parse_decimal("340282366920938463463374607431768"));  // 2^128 / 10^6, which would wrap to almost 0
}

TEST(ParsePercent, FourPlacesAndTheSign) {
  EXPECT_EQ(parse_percent("85%"), Decimal{850'000});
  EXPECT_EQ(parse_percent("0.2%"), Decimal{2'000});
  EXPECT_EQ(parse_percent("100%"), Decimal{1'000'000});
  EXPECT_EQ(parse_percent("0.0001%"), Decimal{1});
  EXPECT_EQ(parse_percent("-5%"), Decimal{-50'000});
  EXPECT_EQ(parse_percent("1000000000%"), Decimal{decimal_max * 10'000});
  for (const char* text : {"85", "%", "85 %", "85%%", "0.00001%", "1000000000.0001%", "%85", "0,85%", "85％"})
    EXPECT_FALSE(parse_percent(text)) << text;
}

TEST(ParseExact, DigitsAndPlaces) {
  const auto number = parse_exact("-12.340", 3);
  ASSERT_TRUE(number);
  EXPECT_TRUE(number->digits == -12'340);
  EXPECT_EQ(number->places, 3);
  EXPECT_FALSE(parse_exact("-12.340", 2));
  EXPECT_EQ(parse_exact("12", 0)->places, 0);
  EXPECT_FALSE(parse_exact("1.2", 0));
}

TEST(ParseExact, At36Digits) {
  EXPECT_TRUE(parse_exact(std::string(36, '9'), 0)->digits == power_of_ten(36) - 1);
  EXPECT_FALSE(parse_exact(std::string(37, '9'), 0));
  EXPECT_TRUE(parse_exact("1." + std::string(35, '0'), 35));
  EXPECT_FALSE(parse_exact("1." + std::string(36, '0'), 36));
}

TEST(ToText, Amounts) {
  EXPECT_EQ(to_text(fen(130'000)), "1300.00");
  EXPECT_EQ(to_text(fen(130'050)), "1300.50");
  EXPECT_EQ(to_text(fen(5)), "0.05");
  EXPECT_EQ(to_text(fen(-5)), "-0.05");
  EXPECT_EQ(to_text(fen(0)), "0.00");
  EXPECT_EQ(to_text(fen(INT64_MIN)), "-92233720368547758.08");
}

TEST(ToText, RatiosAndNumbers) {
  EXPECT_EQ(to_text(Decimal{850'000}), "0.85");
  EXPECT_EQ(to_text(Decimal{3'000'000}), "3");
  EXPECT_EQ(to_text(Decimal{1'200'000'000}), "1200");
  EXPECT_EQ(to_text(Decimal{0}), "0");
  EXPECT_EQ(to_text(Decimal{-1}), "-0.000001");
  EXPECT_EQ(to_percent(Decimal{850'000}), "85%");
  EXPECT_EQ(to_percent(Decimal{2'000}), "0.2%");
  EXPECT_EQ(to_percent(Decimal{1}), "0.0001%");
  EXPECT_EQ(to_text(Exact{12'300, 2}), "123");
  EXPECT_EQ(to_text(Exact{12'300, 2}, 1), "123.0");
  EXPECT_EQ(to_text(Exact{12'300, 0}, 2), "12300.00");
  EXPECT_EQ(to_text(Exact{5, 3}), "0.005");
  EXPECT_EQ(to_text(Exact{-(power_of_ten(36) - 1), 0}), "-" + std::string(36, '9'));
}

TEST(ToText, ComesBack) {
  for (std::int64_t amount = -2'500; amount <= 2'500; ++amount) {
    EXPECT_EQ(parse_money(to_text(fen(amount))), fen(amount));
    EXPECT_EQ(parse_decimal(to_text(Decimal{amount * 997})), Decimal{amount * 997});
    EXPECT_EQ(parse_percent(to_percent(Decimal{amount * 997})), Decimal{amount * 997});
  }
}

}  // namespace
}  // namespace fenming
