#include "base/instant.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(Instant, TheDayChangesAtMidnightInChina) {  // LAW 8
  const Date day = *parse_date("2025-01-01");
  const Instant midnight = day_begin(day);
  EXPECT_EQ(civil_day(midnight), day);
  EXPECT_EQ(civil_day(Instant{midnight.ms - 1}), *parse_date("2024-12-31"));
  EXPECT_EQ(to_text(midnight), "2025-01-01 00:00:00.000");
  EXPECT_EQ(to_text(Instant{midnight.ms - 1}), "2024-12-31 23:59:59.999");
  EXPECT_EQ(to_text(Instant{0}), "1970-01-01 08:00:00.000");
  EXPECT_EQ(civil_day(Instant{-8 * 3'600'000 - 1}), *parse_date("1969-12-31"));
}

}  // namespace
}  // namespace fenming
