// KnownHead: the small file `head` beside the databases: what this program last knew to be durable. It is written after each append,
// without waiting for the disk, so it is never ahead of the journal; a journal that ends before it has lost records, for instance
// because a bit turned over in the write-ahead log, which SQLite takes for the end of the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/error.h"

namespace fenming {

class KnownHead {
 public:
  struct Marks {
    std::uint64_t position = 0, signed_position = 0, artifacts = 0;
    friend bool operator==(const Marks&, const Marks&) = default;
  };

  KnownHead() = default;
  ~KnownHead();
  KnownHead(KnownHead&& other) noexcept;
  KnownHead& operator=(KnownHead&&) = delete;

  static Result<KnownHead> open(const std::string& path);
  std::optional<Marks> read() const;  // nothing when absent or torn
  void write(const Marks& marks);

 private:
  int file_ = -1;
};

}  // namespace fenming
