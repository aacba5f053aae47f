#include "store/embedded/write_behind.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

namespace fenming {

// Closing any descriptor of a file drops all locks that the process has on it, SQLite's too: one descriptor for a path, closed when nobody
// in this process has the database open through us.
struct WriteBehind::Descriptor {
  int number = -1;
  std::atomic<bool> syncs = false;
  explicit Descriptor(const std::string& path) : number(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  static std::shared_ptr<Descriptor> of(const std::string& path) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<Descriptor>> open;
    const std::lock_guard lock(mutex);
    std::erase_if(open, [](const auto& one) { return one.second.expired(); });
    auto shared = open[path].lock();
    if (shared == nullptr) {
      shared = std::make_shared<Descriptor>(path);
      open[path] = shared;
    }
    return shared->number < 0 ? nullptr : shared;
  }
};

WriteBehind::WriteBehind(const std::string& path) : file_(Descriptor::of(path)) {}
WriteBehind::~WriteBehind() = default;

void WriteBehind::synced() {
  if (file_ != nullptr) file_->syncs = true;
}

void WriteBehind::wrote(std::int64_t offset, std::size_t amount) {
  constexpr std::size_t portion_bytes = 256 << 10;
  if (file_ == nullptr || !file_->syncs) return;
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
