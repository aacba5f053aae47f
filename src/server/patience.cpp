#include "server/patience.h"

#include <sys/socket.h>

namespace fenming {
namespace {

constexpr auto step = std::chrono::milliseconds(200);

}  // namespace

std::int64_t Patience::now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Patience::Patience(std::function<void()> lost) : lost_(std::move(lost)), thread_([this] { watch(); }) {}

Patience::~Patience() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
  for (const Line* line : lines_) delete line;
}

Patience::Line* Patience::add(int socket, std::chrono::milliseconds most) {
  auto* line = new Line(socket);
  line->wait(most);
  const std::lock_guard lock(mutex_);
  lines_.insert(line);
  return line;
}

void Patience::remove(Line* line) {
  const std::lock_guard lock(mutex_);
  lines_.erase(line);
  delete line;
}

void Patience::watch() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, step, [&] { return stop_; })) {
    const std::int64_t now = now_ms();
    for (Line* line : lines_) {
      if (line->until_ms_ > now) continue;
      line->wait_no_more();
      ::shutdown(line->socket_, SHUT_RDWR);  // the event thread reads the end and closes it
      lost_();
    }
  }
}

}  // namespace fenming
