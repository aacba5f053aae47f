#include "store/embedded/log_buffer.h"

#include <sqlite3.h>

#include <algorithm>

namespace fenming {
namespace {

constexpr int log_header_bytes = 32, frame_header_bytes = 24, page_bytes_min = 512;
constexpr std::size_t held_max = 120 << 10;  // SQLite writes at most 128 KiB - 1 at once

// A frame's header: page number, then the size of the database when the frame commits, else zero.
bool commits(const char* header) {
  return std::any_of(header + 4, header + 8, [](char byte) { return byte != '\0'; });
}

}  // namespace

int LogBuffer::write(const char* from, int amount, std::int64_t offset) {
  const bool follows = offset == end_;
  const bool frame_header = amount == frame_header_bytes, page = amount >= page_bytes_min;
  end_ = offset + amount;
  if (frame_header) commit_follows_ = commits(from);
  // A frame that is written over, a part of a page: as SQLite wants it, at once.
  if (!follows || !(frame_header || page || amount == log_header_bytes)) {
    const int result = flush();
    return result != SQLITE_OK ? result : write_(from, amount, offset);
  }
  if (held_.size() + static_cast<std::size_t>(amount) > held_max)
    if (const int result = flush(); result != SQLITE_OK) return result;
  held_.append(from, static_cast<std::size_t>(amount));
  held_end_ = end_;
  if (page && commit_follows_) return flush();
  return SQLITE_OK;
}

int LogBuffer::flush() {
  if (held_.empty()) return SQLITE_OK;
  const int result = write_(held_.data(), static_cast<int>(held_.size()),
                            held_end_ - static_cast<std::int64_t>(held_.size()));
  held_.clear();
  return result;
}

}  // namespace fenming
