#include "store/embedded/write_behind.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

namespace fenming {

// Closing any descriptor of a file drops all locks that the process has on it, SQLite's too: one descriptor for a path, closed when nobody
// in this process has the file open through us, and before anybody has it open again.
struct WriteBehind::Descriptor {
  int number = -1, users = 0;  // -1: the file cannot be opened beside SQLite
  std::atomic<bool> syncs = false;

  struct All {
    std::mutex mutex;
    std::map<std::string, Descriptor> by_path;
  };
  static All& all() {
    static All one;
    return one;
  }
};

WriteBehind::WriteBehind(std::string path) : path_(std::move(path)) {
  Descriptor::All& all = Descriptor::all();
  const std::lock_guard lock(all.mutex);
  file_ = &all.by_path[path_];
  if (file_->users++ == 0) file_->number = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
}

WriteBehind::~WriteBehind() {
  Descriptor::All& all = Descriptor::all();
  const std::lock_guard lock(all.mutex);
  if (--file_->users > 0) return;
  if (file_->number >= 0) ::close(file_->number);
  all.by_path.erase(path_);
}

void WriteBehind::synced() { file_->syncs = true; }

void WriteBehind::wrote(std::int64_t offset, std::size_t amount) {
  constexpr std::size_t portion_bytes = 256 << 10;
  if (!file_->syncs || file_->number < 0) return;
  const std::int64_t end = offset + static_cast<std::int64_t>(amount);
  from_ = bytes_ == 0 ? offset : std::min(from_, offset);
  to_ = bytes_ == 0 ? end : std::max(to_, end);
  bytes_ += amount;
  if (bytes_ < portion_bytes) return;
  ::sync_file_range(file_->number, from_, to_ - from_,
                    SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
  bytes_ = 0;
}

}  // namespace fenming
