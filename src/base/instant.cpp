#include "base/instant.h"

#include <fmt/compile.h>
#include <fmt/format.h>

namespace fenming {
namespace {

constexpr std::int64_t day_ms = 86'400'000, east_ms = 8 * 3'600'000;

std::int64_t floor_days(std::int64_t ms) { return ms / day_ms - (ms % day_ms < 0 ? 1 : 0); }

}  // namespace

Date civil_day(Instant instant) { return Date{static_cast<std::int32_t>(floor_days(instant.ms + east_ms))}; }

Instant day_begin(Date day) { return Instant{day.days * day_ms - east_ms}; }

std::string to_text(Instant instant) {
  const Date day = civil_day(instant);
  const std::int64_t ms = instant.ms - day_begin(day).ms;
  return fmt::format(FMT_COMPILE("{} {:02}:{:02}:{:02}.{:03}"), to_text(day), ms / 3'600'000,
                     ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

}  // namespace fenming
