#include "base/check.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(CheckDeathTest, StopsWithFactReasonAndPlace) {
  EXPECT_DEATH(CHECK(1 + 1 == 3, "sums are right"),
               "internal error: sums are right \\(1 \\+ 1 == 3\\) at .*check_test.cpp:[0-9]+");
}

TEST(Check, GoesOnWhenTheFactHolds) {
  int evaluated = 0;
  CHECK(++evaluated == 1, "evaluated once");
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace fenming
