// Recorder: decisions as the records that the journal takes, with their digests. Where the process has a second core, a thread of its own
// makes them in portions while the desk decides what comes next; who takes them makes himself what nobody has begun.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "store/store.h"

namespace fenming {

struct Decision;

class Recorder {
 public:
  static constexpr std::size_t portion =
      16;  // a thread is woken for so many: waking costs what encoding one does

  explicit Recorder(bool beside = std::thread::hardware_concurrency() > 1);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // The decision lives and stays as it is until take().
  void add(const Decision& decision);
  // Of all that were added since the last time, in their order.
  std::vector<NewRecord> take();
  std::int64_t spent_ns() const { return spent_ns_; }  // by both threads, as of the last take()

 private:
  struct Portion {
    std::vector<const Decision*> decisions;
    std::vector<NewRecord> records;
    std::int64_t spent_ns = 0;
    void encode();
  };
  Portion* next();  // that nobody has begun; none: null
  void run();

  Portion filling_;
  std::int64_t spent_ns_ = 0;
  std::mutex mutex_;  // for what follows; a portion belongs to whoever took it with next()
  std::condition_variable wake_, idle_;
  std::deque<Portion> full_;
  std::size_t begun_ = 0;
  bool working_ = false, stop_ = false;
  std::thread thread_;
};

}  // namespace fenming
