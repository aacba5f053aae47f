// The store's file system for SQLite, over another one. Writes of a write-ahead log are gathered (log_buffer.h). Of a database with
// checked pages, the last eight bytes of every page are a checksum, compared whenever the page is read: a bit that turned over is
// noticed before anybody believes the row. The log has SQLite's own checksums.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fenming {

inline constexpr int page_checksum_bytes = 8;

// The name to open with, over the file system `below` (empty: SQLite's own); made when asked for the first time.
std::string store_vfs(const std::string& below, bool checked_pages);

// Number of the page last found damaged by this thread.
std::uint64_t damaged_page();

}  // namespace fenming
