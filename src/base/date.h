// Date: a civil day in China (UTC+8 has no summer time, so a day is a number). Counted from 1970-01-01.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fenming {

struct Date {
  std::int32_t days = 0;
  friend constexpr auto operator<=>(Date, Date) = default;
};

struct CivilDay {
  int year, month, day;
};

// 1900-01-01 and 2199-12-31: outside these a date is a typing error.
extern const Date date_min, date_max;

std::optional<Date> make_date(int year, int month, int day);  // nothing when there is no such day
std::optional<Date> parse_date(std::string_view text);        // exactly 2023-10-01, within the bounds
CivilDay civil(Date date);
std::string to_text(Date date);  // 2023-10-01

}  // namespace fenming
