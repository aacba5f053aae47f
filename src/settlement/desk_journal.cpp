// The desk and its journal: opening, and keeping up with what is durable already. Everything durable is folded in once, whoever wrote it.
#include <algorithm>

#include "model/record.h"
#include "settlement/desk_follower.h"

namespace fenming {
namespace {

constexpr std::uint64_t portion_max = 10'000;  // records folded at once: a whole journal needs little memory

}  // namespace

std::optional<Error> SettlementDesk::load() {
  const auto head = store_->head();
  if (!head) return head.error();
  const auto watermark = store_->watermark();
  if (!watermark) return watermark.error();
  if (*watermark > head->position)
    return Error{Code::store_damaged, "", "watermark " + std::to_string(*watermark), {}};
  head_ = {*watermark, {}, head->epoch};
  follower_ = std::make_unique<Follower>(*store_, *watermark);
  if (auto error = fold_up_to(*head)) return error;
  if (auto error = wait_for_views()) return error;
  if (head_.position > 0) {
    const auto last = journal_->at(head_.position);
    if (!last) return last.error();
    last_time_ = (*last)->time;
  }
  clock_base_ = options_.clock();
  clock_ok_ = clock_base_.wall.ms + clock_drift_max_ms >= wall_before().ms;
  publish();
  watch_pending();
  loaded_ = true;
  return memory_.failure();
}

// The latest that the wall clock is known to have shown: the last record's time, or less where somebody has said since that it was less.
Instant SettlementDesk::wall_before() {
  const auto clock = read_cell<ClockState>(memory_.object(shard_object).find(clock_cell));
  return clock && clock->time == last_time_ ? std::min(clock->accepted, last_time_) : last_time_;
}

// A settlement that waits for its confirmation is given the full period again (laws.md 7).
void SettlementDesk::watch_pending() {
  const Object waiting = memory_.object(waiting_object);
  for (const auto& [code, mark] : waiting.cells()) {
    const Object provider = memory_.object(provider_object(code));
    const auto state = read_cell<ProviderState>(provider.find(provider_cell));
    for (const auto& [name, settlement] : provider.with(pending_prefix))
      deadlines_[clock_base_.steady_ms + (state ? state->confirm_minutes : 30) * 60'000].emplace_back(
          settlement);
  }
}

// ---- Keeping up

std::optional<Error> SettlementDesk::keep_up() {
  if (!behind_) return std::nullopt;
  const auto head = store_->head();
  if (!head) return head.error();
  if (head->epoch != head_.epoch) return Error{Code::store_lost, "", std::to_string(head->epoch), {}};
  if (auto error = fold_up_to(*head)) return error;
  behind_ = false;
  unknown_.clear();
  return std::nullopt;
}

std::optional<Error> SettlementDesk::fold_up_to(const Head& head) {
  while (head_.position < head.position) {
    if (auto error = fold_portion(std::min(portion_max, head.position - head_.position))) return error;
    if (head_.position == head.position) break;
    if (auto error = wait_for_views()) return error;
    memory_.written(follower_->watermark());
  }
  head_ = head;
  return std::nullopt;
}

// All of them or none. The root is not known before the last one.
std::optional<Error> SettlementDesk::fold_portion(std::uint64_t count) {
  CommittedBatch batch;
  batch.first = head_.position + 1;
  std::optional<Error> failure;
  const auto read = store_->read(
      batch.first,
      [&](std::uint64_t position, std::string_view bytes) {
        auto decision = read_record(bytes);
        if (!decision) {
          failure = decision.error();
          return false;
        }
        batch.decisions.push_back(std::make_shared<const Decision>(std::move(*decision)));
        batch.bytes.push_back(bytes.size());
        failure = draft_.add(position, batch.decisions.back());
        return !failure;
      },
      count);
  if (!read && !failure) failure = read.error();
  if (!failure && batch.decisions.size() != count)
    failure = Error{Code::store_damaged, "", std::to_string(batch.first + batch.decisions.size()), {}};
  if (failure) {
    draft_.drop();
    return failure;
  }
  keep(std::move(batch), {head_.position + count, {}, head_.epoch});
  return std::nullopt;
}

// What has become durable: into memory, and on its way to the views.
void SettlementDesk::keep(CommittedBatch batch, const Head& head) {
  for (std::size_t i = 0; i < batch.decisions.size(); ++i) {
    const auto& decision = batch.decisions[i];
    batch.old.push_back(journal_->keep(batch.first + i, decision));
    if (loaded_) watch(*decision);
    last_time_ = std::max(last_time_, decision->time);
  }
  batch.state = draft_.commit();
  follower_->add(std::move(batch));
  head_ = head;
}

// What to say about a message while the journal cannot be read.
Error SettlementDesk::not_now(const MessageKey& key, const Error& failure) const {
  const bool unknown = !key.msgid.empty() && std::ranges::find(unknown_, key) != unknown_.end();
  return unknown ? Error{Code::store_unknown, "", failure.value, {}} : failure;
}

}  // namespace fenming
