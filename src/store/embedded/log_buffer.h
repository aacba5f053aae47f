// LogBuffer: frames of a write-ahead log gathered into few large writes; SQLite itself makes two calls for each page. What commits a
// transaction is never held back: with the last page of it everything is written, before SQLite tells anybody.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace fenming {

class LogBuffer {
 public:
  using Write =
      std::function<int(const void* from, int amount, std::int64_t offset)>;  // SQLite's result codes
  explicit LogBuffer(Write write) : write_(std::move(write)) {}

  int write(const char* from, int amount, std::int64_t offset);
  int flush();                      // a failure leaves nothing held back: SQLite takes the transaction back
  void forget() { held_.clear(); }  // of a log that is closed: nothing of it was committed

 private:
  Write write_;
  std::string held_;
  std::int64_t held_end_ = 0;    // where it ends in the log
  std::int64_t end_ = -1;        // of the last write, held back or not
  bool commit_follows_ = false;  // the page to come is the last of its transaction
};

}  // namespace fenming
