// A bar on a person's terminal: how far, how fast, how long still. Silent elsewhere.
#pragma once

#include <chrono>
#include <cstddef>

#include "cli/terminal.h"

namespace fenming {

class Progress {
 public:
  explicit Progress(Terminal& terminal) : terminal_(terminal), begun_(Clock::now()), shown_(begun_) {}
  ~Progress();
  void show(std::size_t done, std::size_t all);  // at most ten times a second

 private:
  using Clock = std::chrono::steady_clock;
  Terminal& terminal_;
  Clock::time_point begun_, shown_;
  std::size_t first_done_ = 0;
  bool drawn_ = false, started_ = false;
};

}  // namespace fenming
