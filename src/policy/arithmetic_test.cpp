// The plain arithmetic, place by place: the fast ways for common numbers of places give what the general rounding gives.
#include "policy/arithmetic.h"

#include <gtest/gtest.h>

#include <array>

namespace fenming {
namespace {

constexpr std::array modes = {Rounding::half_up, Rounding::half_even, Rounding::down, Rounding::up};

std::int64_t small(Wide value) { return static_cast<std::int64_t>(value); }

TEST(Plain, powers_of_ten_are_that) {
  for (int places = 0; places <= 18; ++places)
    EXPECT_EQ(powers_of_ten[places], small(power_of_ten(places))) << places;
  EXPECT_EQ(std::size(powers_of_ten), 19U);
}

TEST(Plain, places_are_dropped_as_the_mode_says) {
  for (int places = 0; places <= 6; ++places) {
    const std::int64_t unit = powers_of_ten[places];
    for (const std::int64_t whole : {0L, 1L, 2L, 77L})
      for (const std::int64_t rest : {0L, 1L, unit / 2 - 1, unit / 2, unit / 2 + 1, unit - 1})
        for (const std::int64_t sign : {1L, -1L})
          for (const Rounding mode : modes) {
            const std::int64_t value = sign * (whole * unit + rest);
            const std::int64_t expected = small(divide(value, unit, mode));
            EXPECT_EQ(drop_places(value, places, mode), expected) << value << " " << places;
            EXPECT_EQ(small(drop_places(Wide{value}, places, mode)), expected) << value << " " << places;
          }
  }
  EXPECT_EQ(drop_places(std::int64_t{-7}, -3, Rounding::up), -7000);
}

TEST(Plain, quotients) {
  Plain<std::int64_t> plain;
  EXPECT_EQ(plain.quotient(7, 2, 1, 0, Rounding::half_up, {}), 4);
  EXPECT_EQ(plain.quotient(-7, 2, 1, 0, Rounding::half_up, {}), -4);
  EXPECT_EQ(plain.quotient(7, -2, 1, 0, Rounding::down, {}), -3);
  EXPECT_EQ(plain.quotient(-7, -2, 1, 0, Rounding::down, {}), 3);
  EXPECT_EQ(plain.quotient(1, 3, 1, 2, Rounding::down, {}), 33);
  EXPECT_EQ(plain.quotient(1000, 3, 1, -1, Rounding::up, {}), 34);
  EXPECT_EQ(plain.quotient(1000, 3, 50, 0, Rounding::up, {}), 350);
  EXPECT_EQ(plain.quotient(1000, 3, 50, 0, Rounding::down, {}), 300);
  EXPECT_EQ(plain.round_step(149, 5, 1, Rounding::half_up, {}), 15);
  EXPECT_EQ(plain.round_step(124, 5, 1, Rounding::half_up, {}), 10);
}

TEST(Plain, meters_bands_and_what_a_payment_has_consumed) {
  Plain<std::int64_t> plain;
  EXPECT_EQ(plain.room(10, 3, true), 7);
  EXPECT_EQ(plain.room(10, 11, true), 0);
  EXPECT_EQ(plain.overlap(0, 10, 0, 4, true, false), 4);
  EXPECT_EQ(plain.overlap(3, 10, 0, 4, true, false), 1);
  EXPECT_EQ(plain.overlap(5, 10, 0, 4, true, false), 0);
  EXPECT_EQ(plain.overlap(3, 10, 4, 20, false, false), 9);
  EXPECT_EQ(plain.overlap(3, 30, 4, 0, false, true), 29);
  EXPECT_EQ(plain.least(0, 100, 45, 50, Rounding::down), 100);
  EXPECT_EQ(plain.least(0, 100, 50, 50, Rounding::down), 101);
  EXPECT_EQ(plain.least(0, 100, 75, 50, Rounding::half_up), 102);
  EXPECT_EQ(plain.least(0, 100, 50, 0, Rounding::half_up), 100);
}

TEST(Plain, comparisons_and_signs) {
  Plain<std::int64_t> plain;
  for (const auto& [a, b] : {std::pair{1, 2}, {2, 2}, {3, 2}}) {
    EXPECT_EQ(plain.compare(Op::lt, a, b), a < b);
    EXPECT_EQ(plain.compare(Op::le, a, b), a <= b);
    EXPECT_EQ(plain.compare(Op::gt, a, b), a > b);
    EXPECT_EQ(plain.compare(Op::ge, a, b), a >= b);
    EXPECT_EQ(plain.compare(Op::eq, a, b), a == b);
    EXPECT_EQ(plain.compare(Op::ne, a, b), a != b);
    EXPECT_EQ(plain.less(a, b), a < b);
  }
  EXPECT_EQ(plain.compare(Op::in, 2, 0b100), 1);
  EXPECT_EQ(plain.compare(Op::in, 1, 0b100), 0);
  EXPECT_EQ(plain.positive(-1), 0);
  EXPECT_EQ(plain.positive(1), 1);
  EXPECT_TRUE(plain.beyond(6, 5));
  EXPECT_TRUE(plain.beyond(-6, 5));
  EXPECT_FALSE(plain.beyond(5, 5));
  EXPECT_FALSE(plain.beyond(-5, 5));
  EXPECT_EQ(plain.negate(0), 1);
  EXPECT_EQ(plain.negate(1), 0);
}

}  // namespace
}  // namespace fenming
