// Patience: how long a connection may take for what it is about to send. A client that trickles never falls silent, so the library's own
// time-out does not see it; here each connection has a moment, and one that is past it is shut.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_set>

namespace fenming {

class Patience {
 public:
  class Line {  // of one connection; its owner and the watching thread
   public:
    void wait(std::chrono::milliseconds most) { until_ms_ = now_ms() + most.count(); }
    void wait_no_more() { until_ms_ = INT64_MAX; }

   private:
    friend class Patience;
    explicit Line(int socket) : socket_(socket) {}
    int socket_;
    std::atomic<std::int64_t> until_ms_{INT64_MAX};
  };

  explicit Patience(std::function<void()> lost);  // called for each connection that is shut
  ~Patience();

  Line* add(int socket, std::chrono::milliseconds most);
  void remove(Line* line);  // before its socket is closed

 private:
  static std::int64_t now_ms();
  void watch();

  std::function<void()> lost_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::unordered_set<Line*> lines_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace fenming
