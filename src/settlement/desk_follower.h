// The desk's two companions: Journal (decoded records, some kept) and Follower (writes the views behind).
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "settlement/desk.h"

namespace fenming {

class SettlementDesk::Journal : public Records {
 public:
  Journal(Store& store, const Draft& draft) : store_(store), draft_(draft), kept_(4096) {}
  Result<std::shared_ptr<const Decision>> at(std::uint64_t position) override;
  // The one that it takes the place of.
  std::shared_ptr<const Decision> keep(std::uint64_t position, std::shared_ptr<const Decision> decision);

 private:
  Store& store_;
  const Draft& draft_;
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const Decision>>> kept_;  // by position modulo size
};

struct CommittedBatch {
  std::uint64_t first = 0;
  std::vector<std::shared_ptr<const Decision>> decisions;
  std::vector<std::size_t> bytes;
  std::vector<StateRow> state;
  std::vector<std::shared_ptr<const Decision>>
      old;  // nobody asks for them any more: the follower has more time to free them
  std::uint64_t last() const { return first + decisions.size() - 1; }
};

class SettlementDesk::Follower {
 public:
  Follower(Store& store, std::uint64_t watermark);
  ~Follower();  // writes what is left

  void add(CommittedBatch batch);
  std::uint64_t watermark() const;
  std::uint64_t waiting() const;  // records
  std::optional<Error> wait(
      std::uint64_t lag_max);  // until so few wait; the error when the views cannot be written
  std::int64_t busy_ns() const;

 private:
  void run();
  std::optional<Error> write(std::vector<CommittedBatch>& batches);
  void reached(std::uint64_t watermark, std::vector<CommittedBatch>& batches);

  Store& store_;
  mutable std::mutex mutex_;
  std::condition_variable wake_, progress_;
  std::vector<CommittedBatch> queue_;
  std::uint64_t waiting_ = 0, watermark_ = 0;
  std::optional<Error> failure_;
  std::int64_t busy_ns_ = 0;
  bool stop_ = false, hurry_ = false;  // hurry_: somebody waits
  bool unsure_ = false;                // of where the views stand; the follower's thread's own
  std::thread thread_;
};

}  // namespace fenming
