#include "base/date.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(Date, CountsDaysFrom1970) {
  EXPECT_EQ(make_date(1970, 1, 1).value().days, 0);
  EXPECT_EQ(make_date(1969, 12, 31).value().days, -1);
  EXPECT_EQ(make_date(2000, 3, 1).value().days, 11'017);
  EXPECT_EQ(make_date(2024, 12, 31).value().days - make_date(2024, 1, 1).value().days, 365);
}

TEST(Date, Bounds) {
  EXPECT_EQ(make_date(1900, 1, 1), date_min);
  EXPECT_EQ(make_date(2199, 12, 31), date_max);
  EXPECT_EQ(to_text(date_min), "1900-01-01");
  EXPECT_EQ(to_text(date_max), "2199-12-31");
  EXPECT_FALSE(make_date(1899, 12, 31));
  EXPECT_FALSE(make_date(2200, 1, 1));
}

TEST(Date, OnlyDaysThatExist) {
  EXPECT_TRUE(make_date(2000, 2, 29));
  EXPECT_TRUE(make_date(2024, 2, 29));
  EXPECT_FALSE(make_date(1900, 2, 29));
  EXPECT_FALSE(make_date(2023, 2, 29));
  EXPECT_FALSE(make_date(2023, 4, 31));
  EXPECT_TRUE(make_date(2023, 12, 31));
  EXPECT_FALSE(make_date(2023, 0, 1));
  EXPECT_FALSE(make_date(2023, 13, 1));
  EXPECT_FALSE(make_date(2023, 1, 0));
  EXPECT_FALSE(make_date(2023, 1, 32));
  EXPECT_FALSE(make_date(2023, 257, 1));  // 1 in a byte
  EXPECT_FALSE(make_date(2023, 1, 257));
}

TEST(Date, ReadsExactlyOneForm) {
  EXPECT_EQ(parse_date("2023-10-01"), make_date(2023, 10, 1));
  EXPECT_EQ(parse_date("1900-01-01"), date_min);
  for (const char* text :
       {"", "2023-10-1", "2023-10-001", "2023/10/01", "2023-10/01", "2023.10-01", "20231001", "2023-1O-01",
        "2O23-10-01", "2023-10-0l", "-023-10-01", "2023--1-01", " 2023-10-0", "2023-10-01 ", "2023-02-30",
        "0000-00-00", "9999-01-01", "2023-:0-01", "2023-/0-01"})
    EXPECT_FALSE(parse_date(text)) << text;
}

TEST(Date, EveryDayComesBack) {
  for (Date day = date_min; day <= date_max; ++day.days) {
    const CivilDay c = civil(day);
    ASSERT_EQ(make_date(c.year, c.month, c.day), day);
    ASSERT_EQ(parse_date(to_text(day)), day);
  }
}

TEST(Date, InOrder) {
  EXPECT_LT(parse_date("2023-09-30"), parse_date("2023-10-01"));
  EXPECT_EQ(civil(Date{0}).year, 1970);
}

}  // namespace
}  // namespace fenming
