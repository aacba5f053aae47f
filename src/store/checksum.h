// A quick checksum against bits that turn over; not against people (that is what digests are for).
#pragma once

#include <cstdint>
#include <string_view>

namespace fenming {

// One changed 8-byte word always changes it.
std::uint64_t checksum64(std::string_view bytes, std::uint64_t seed);

// Of a row of state.
inline std::int64_t state_checksum64(std::string_view object, std::string_view bytes,
                                     std::uint64_t position) {
  return static_cast<std::int64_t>(checksum64(bytes, checksum64(object, position)));
}

}  // namespace fenming
