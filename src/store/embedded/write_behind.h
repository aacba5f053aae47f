// WriteBehind: what is written to a file reaches the disk little by little and not all at its sync: a commit to another file waits for one
// small portion at most, and not for megabytes. A hint to the system; only the sync makes anything durable and tells faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace fenming {

class WriteBehind {
 public:
  explicit WriteBehind(std::string path);  // that SQLite has open
  ~WriteBehind();                          // when SQLite has closed it
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // From the first sync on, by whichever connection: a file that is never synced is in nobody's way.
  void synced();
  void wrote(std::int64_t offset, std::size_t amount);

 private:
  struct Descriptor;
  std::string path_;
  Descriptor* file_;                // shared by all of this path
  std::int64_t from_ = 0, to_ = 0;  // what was written lies between
  std::size_t bytes_ = 0;
};

}  // namespace fenming
