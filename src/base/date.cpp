#include "base/date.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <chrono>

namespace fenming {
namespace {

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

constexpr Date day(int y, unsigned m, unsigned d) {
  using namespace std::chrono;
  return Date{static_cast<std::int32_t>(
      sys_days{year{y} / month{m} / std::chrono::day{d}}.time_since_epoch().count())};
}

}  // namespace

const Date date_min = day(1900, 1, 1);
const Date date_max = day(2199, 12, 31);

std::optional<Date> make_date(int y, int m, int d) {
  using namespace std::chrono;
  if (y < 1900 || y > 2199) return std::nullopt;
  if (m < 1 || m > 12 || d < 1 || d > 31) return std::nullopt;  // chrono keeps months and days in a byte
  const year_month_day ymd{year{y}, month{static_cast<unsigned>(m)},
                           std::chrono::day{static_cast<unsigned>(d)}};
  if (!ymd.ok()) return std::nullopt;
  return Date{static_cast<std::int32_t>(sys_days{ymd}.time_since_epoch().count())};
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = digits(text.substr(0, 4)), m = digits(text.substr(5, 2)), d = digits(text.substr(8, 2));
  if (!y || !m || !d) return std::nullopt;
  return make_date(*y, *m, *d);
}

CivilDay civil(Date date) {
  using namespace std::chrono;
  const year_month_day ymd{sys_days{std::chrono::days{date.days}}};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

std::string to_text(Date date) {
  const CivilDay c = civil(date);
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}"), c.year, c.month, c.day);
}

}  // namespace fenming
