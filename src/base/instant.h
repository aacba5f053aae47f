// Instant: a moment, as milliseconds since 1970-01-01 00:00 UTC. Civil time in China is UTC+8, computed, never asked of the system.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "base/date.h"

namespace fenming {

struct Instant {
  std::int64_t ms = 0;
  friend constexpr auto operator<=>(Instant, Instant) = default;
};

Date civil_day(Instant instant);       // the day in China
Instant day_begin(Date day);           // its first moment there
std::string to_text(Instant instant);  // 2026-11-22 23:40:01.123, civil

}  // namespace fenming
