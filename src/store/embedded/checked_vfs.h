// A file system for SQLite that lays a checksum of eight bytes at the end of every page of a database and compares it whenever the page
// is read: a bit that turned over is noticed before anybody believes the row. The write-ahead log has SQLite's own checksums.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fenming {

inline constexpr int page_checksum_bytes = 8;

// The name to open with, over the file system `below` (empty: SQLite's own); made when asked for the first time.
std::string checked_vfs(const std::string& below);

// Number of the page last found damaged by this thread.
std::uint64_t damaged_page();

// Of any bytes; one changed 8-byte word always changes it.
std::uint64_t checksum64(std::string_view bytes, std::uint64_t seed);

}  // namespace fenming
