// in_order: many pieces of work on several threads, their results taken one after the other in the order of
// the pieces. At most `ahead` finished pieces wait, so memory stays bounded however large the input.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace fenming {

// make_worker() is called once on each thread and gives a function piece -> Value; take(piece, Value) runs on
// the calling thread and returns false to stop early. With one thread nothing is started.
template <class MakeWorker, class Take>
void in_order(std::size_t pieces, unsigned threads, MakeWorker make_worker, Take take) {
  using Value = decltype(make_worker()(std::size_t{}));
  if (threads <= 1) {
    auto worker = make_worker();
    for (std::size_t piece = 0; piece < pieces; ++piece)
      if (!take(piece, worker(piece))) return;
    return;
  }
  const std::size_t ahead = std::size_t{threads} * 4;
  std::vector<std::optional<Value>> slots(ahead);
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t begun = 0, taken = 0;
  bool stop = false;
  const auto run = [&] {
    auto worker = make_worker();
    for (;;) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return stop || begun >= pieces || begun < taken + ahead; });
      if (stop || begun >= pieces) return;
      const std::size_t piece = begun++;
      lock.unlock();
      Value value = worker(piece);
      lock.lock();
      slots[piece % ahead] = std::move(value);
      changed.notify_all();
    }
  };
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads; ++i) workers.emplace_back(run);
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return slots[piece % ahead].has_value(); });
    Value value = std::move(*slots[piece % ahead]);
    slots[piece % ahead].reset();
    ++taken;
    changed.notify_all();
    lock.unlock();
    if (!take(piece, std::move(value))) {
      lock.lock();
      stop = true;
      changed.notify_all();
      return;
    }
  }
}

}  // namespace fenming
