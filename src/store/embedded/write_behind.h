// WriteBehind: what is written to a file reaches the disk little by little and not all at its sync: a commit to another file waits for one
// small portion at most, and not for megabytes. A hint to the system; only the sync makes anything durable and tells faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace fenming {

class WriteBehind {
 public:
  explicit WriteBehind(const std::string& path);
  ~WriteBehind();
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // From the first sync on, by whichever connection: a file that is never synced is in nobody's way.
  void synced();
  void wrote(std::int64_t offset, std::size_t amount);

 private:
  struct Descriptor;
  std::shared_ptr<Descriptor> file_;  // nullptr: the file cannot be opened beside SQLite
  std::int64_t from_ = 0, to_ = 0;    // what was written lies between
  std::size_t bytes_ = 0;
};

}  // namespace fenming
