// LineLog: lines appended to one file a day, each naming the digest of the line before it, so that a line taken out or altered is
// noticed; the chain goes on over days and restarts. For the owner's eyes only (mode 0600). Written behind by a thread of its own; a crash
// may cost what was written in the last fraction of a second.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/instant.h"
#include "model/error.h"

namespace fenming {

class LineLog {
 public:
  // `folder`/`name`-2026-11-22.ndjson; the folder is made when it is missing. Goes on behind the last line that is there; a folder that
  // cannot be written to is an error.
  static Result<std::unique_ptr<LineLog>> open(std::string folder, std::string name);
  ~LineLog();

  // `json`: one object without its closing brace; number and digest are put behind it.
  void add(Instant time, std::string json);
  void flush();                // until everything added before is written
  std::uint64_t lost() const;  // lines that could not be written

 private:
  LineLog(std::string folder, std::string name) : folder_(std::move(folder)), name_(std::move(name)) {}
  std::optional<Error> resume();
  void run();
  void write(const std::vector<std::pair<Instant, std::string>>& lines);

  std::string folder_, name_;
  std::string torn_file_;  // whose last line has no end: a crash cut it off
  Digest last_ = {};
  std::uint64_t number_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable wake_, idle_;
  std::vector<std::pair<Instant, std::string>> waiting_;
  bool stop_ = false, busy_ = false;
  std::uint64_t lost_ = 0;
  std::thread thread_;
};

}  // namespace fenming
