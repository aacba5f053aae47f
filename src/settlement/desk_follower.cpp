#include "settlement/desk_follower.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "model/record.h"
#include "settlement/project.h"

namespace fenming {
namespace {

using Steady = std::chrono::steady_clock;

// Rows are gathered for a moment: a group costs its pages, and most rows of a group stand on the same few.
constexpr auto group_pause = std::chrono::milliseconds(200);
constexpr std::uint64_t group_records = 8'192;
constexpr auto retry_pause = std::chrono::milliseconds(200);
constexpr int retries_at_end = 10;  // a store that fails for ever must not keep the program from ending

// What the views at `watermark` do not have yet. Of a batch that they have in part, the state is written whole: it is the same.
ViewBatch group_of(const std::vector<CommittedBatch>& batches, std::uint64_t watermark) {
  ViewBatch group;
  group.after = watermark;
  group.watermark = batches.back().last();
  Projector projector(group.rows);
  std::unordered_map<std::string_view, const StateRow*> last;
  for (const CommittedBatch& batch : batches) {
    for (const StateRow& row : batch.state) last[row.object] = &row;
    for (std::size_t i = 0; i < batch.decisions.size(); ++i)
      if (batch.first + i > watermark) projector.add(batch.first + i, *batch.decisions[i], batch.bytes[i]);
  }
  group.state.reserve(last.size());
  for (const auto& [name, row] : last) group.state.push_back(*row);
  std::ranges::sort(group.state, {}, &StateRow::object);
  return group;
}

}  // namespace

// ---- Journal

Result<std::shared_ptr<const Decision>> SettlementDesk::Journal::at(std::uint64_t position) {
  if (const auto* decision = draft_.decided(position)) return *decision;
  if (const auto& [known, decision] = kept_[position % kept_.size()]; known == position) return decision;
  std::optional<Result<Decision>> read;
  const auto done = store_.read(
      position,
      [&](std::uint64_t, std::string_view bytes) {
        read = read_record(bytes);
        return false;
      },
      1);
  if (!done) return std::unexpected(done.error());
  if (!read) return std::unexpected(Error{Code::store_damaged, "", std::to_string(position), {}});
  if (!*read) return std::unexpected(read->error());
  auto decision = std::make_shared<const Decision>(std::move(**read));
  keep(position, decision);
  return decision;
}

std::shared_ptr<const Decision> SettlementDesk::Journal::keep(std::uint64_t position,
                                                              std::shared_ptr<const Decision> decision) {
  auto& [known, kept] = kept_[position % kept_.size()];
  known = position;
  return std::exchange(kept, std::move(decision));
}

// ---- Follower

SettlementDesk::Follower::Follower(Store& store, std::uint64_t watermark)
    : store_(store), watermark_(watermark), thread_([this] { run(); }) {}

SettlementDesk::Follower::~Follower() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void SettlementDesk::Follower::add(CommittedBatch batch) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = waiting_ == 0 || waiting_ + batch.decisions.size() >= group_records;
    waiting_ += batch.decisions.size();
    queue_.push_back(std::move(batch));
  }
  if (wake) wake_.notify_all();
}

std::uint64_t SettlementDesk::Follower::watermark() const {
  const std::lock_guard lock(mutex_);
  return watermark_;
}

std::uint64_t SettlementDesk::Follower::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

std::int64_t SettlementDesk::Follower::busy_ns() const {
  const std::lock_guard lock(mutex_);
  return busy_ns_;
}

std::optional<Error> SettlementDesk::Follower::wait(std::uint64_t lag_max) {
  std::unique_lock lock(mutex_);
  progress_.wait(lock, [&] {
    if (waiting_ <= lag_max || failure_) return true;
    hurry_ = true;
    wake_.notify_all();
    return false;
  });
  return waiting_ <= lag_max ? std::nullopt : failure_;
}

void SettlementDesk::Follower::run() {
  int failures = 0;
  std::vector<CommittedBatch> batches;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stop_ || !queue_.empty() || !batches.empty(); });
    if (queue_.empty() && batches.empty()) return;
    wake_.wait_for(lock, group_pause, [&] { return stop_ || hurry_ || waiting_ >= group_records; });
    hurry_ = false;
    std::ranges::move(queue_, std::back_inserter(batches));
    queue_.clear();
    lock.unlock();
    const auto begin = Steady::now();
    auto error = write(batches);
    const auto spent = std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - begin).count();
    lock.lock();
    busy_ns_ += spent;
    failure_ = error;
    failures = error ? failures : 0;
    progress_.notify_all();
    if (!error) continue;
    if (error->code == Code::store_lost) return;  // for good: what is left is the new owner's to write
    if (stop_ && ++failures >= retries_at_end)
      return;  // the journal has everything; the next start folds it again
    lock.unlock();
    std::this_thread::sleep_for(retry_pause);
    lock.lock();
  }
}

// A commit that failed may have been made nevertheless: what the watermark says is there is never written again.
std::optional<Error> SettlementDesk::Follower::write(std::vector<CommittedBatch>& batches) {
  std::optional<Error> failure;
  while (true) {
    if (unsure_) {
      const auto stands = store_.watermark();
      if (!stands) return stands.error();
      const bool moved = *stands != watermark_;
      reached(*stands, batches);
      unsure_ = false;
      if (failure && !moved) return failure;
    }
    if (batches.empty()) return std::nullopt;
    if (batches.front().first > watermark_ + 1) {  // somebody has taken the views back
      unsure_ = true;
      return Error{Code::store_damaged, "", "watermark " + std::to_string(watermark_), {}};
    }
    const ViewBatch group = group_of(batches, watermark_);
    const auto written = store_.write_views(group);
    if (written) {
      reached(group.watermark, batches);
      return std::nullopt;
    }
    failure = written.error();
    unsure_ = true;
    if (failure->code == Code::store_lost) return failure;
  }
}

void SettlementDesk::Follower::reached(std::uint64_t watermark, std::vector<CommittedBatch>& batches) {
  const auto left =
      std::ranges::find_if(batches, [&](const auto& batch) { return batch.last() > watermark; });
  std::uint64_t written = 0;
  for (auto batch = batches.begin(); batch != left; ++batch) written += batch->decisions.size();
  batches.erase(batches.begin(), left);
  const std::lock_guard lock(mutex_);
  waiting_ -= written;
  watermark_ = watermark;
}

}  // namespace fenming
