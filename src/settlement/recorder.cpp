#include "settlement/recorder.h"

#include <chrono>
#include <iterator>
#include <utility>

#include "model/record.h"

namespace fenming {

Recorder::Recorder(bool beside) {
  if (beside) thread_ = std::thread([this] { run(); });
}

Recorder::~Recorder() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Recorder::Portion::encode() {
  const auto begin = std::chrono::steady_clock::now();
  records.reserve(decisions.size());
  for (const Decision* decision : decisions) {
    NewRecord& record = records.emplace_back(write_record(*decision), Digest{});
    record.leaf = merkle_leaf(record.bytes);
  }
  spent_ns =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin).count();
}

Recorder::Portion* Recorder::next() { return begun_ < full_.size() ? &full_[begun_++] : nullptr; }

void Recorder::add(const Decision& decision) {
  filling_.decisions.push_back(&decision);
  if (filling_.decisions.size() < portion || !thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    full_.push_back(std::exchange(filling_, {}));
  }
  wake_.notify_one();
}

std::vector<NewRecord> Recorder::take() {
  std::unique_lock lock(mutex_);
  if (!filling_.decisions.empty()) full_.push_back(std::exchange(filling_, {}));
  while (Portion* const mine = next()) {
    lock.unlock();
    mine->encode();
    lock.lock();
  }
  idle_.wait(lock, [this] { return !working_; });
  std::vector<NewRecord> records;
  for (Portion& done : full_) {
    std::ranges::move(done.records, std::back_inserter(records));
    spent_ns_ += done.spent_ns;
  }
  full_.clear();
  begun_ = 0;
  return records;
}

void Recorder::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    Portion* mine = nullptr;
    wake_.wait(lock, [&] { return stop_ || (mine = next()) != nullptr; });
    if (mine == nullptr) return;
    working_ = true;
    lock.unlock();
    mine->encode();
    lock.lock();
    working_ = false;
    idle_.notify_one();
  }
}

}  // namespace fenming
