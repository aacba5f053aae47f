#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace fenming {

void Progress::show(std::size_t done, std::size_t all) {
  if (!terminal_.progress || all == 0) return;
  const auto now = Clock::now();
  if (!started_) first_done_ = done;  // what an earlier run did tells nothing about this one's speed
  started_ = true;
  if (done != all && now - shown_ < std::chrono::milliseconds(100)) return;
  shown_ = now;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begun_).count();
  const std::size_t each_second =
      (done - first_done_) * 1000 / static_cast<std::size_t>(std::max<long>(1, elapsed));
  const std::size_t cells = done * 30 / all;
  const std::size_t left = each_second == 0 ? 0 : (all - done) / each_second;
  terminal_.err << fmt::format("\r[{:#<{}}{:.<{}}] {:3}%  {}/{}  {}/s  {}:{:02} ", "", cells, "", 30 - cells,
                               done * 100 / all, done, all, each_second, left / 60, left % 60)
                << std::flush;
  drawn_ = true;
}

Progress::~Progress() {
  if (drawn_) terminal_.err << '\n';
}

}  // namespace fenming
