#include "settlement/desk.h"

#include <algorithm>
#include <chrono>
#include <future>

#include "base/check.h"
#include "model/record.h"
#include "settlement/desk_follower.h"
#include "store/checksum.h"

namespace fenming {
namespace {

constexpr std::int64_t sign_every_ms = 1000;

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

class Spent {  // adds the time of a scope to a figure
 public:
  explicit Spent(std::int64_t& figure) : figure_(figure), begin_(steady_ns()) {}
  ~Spent() { figure_ += steady_ns() - begin_; }
  Spent(const Spent&) = delete;
  Spent& operator=(const Spent&) = delete;

 private:
  std::int64_t& figure_;
  std::int64_t begin_;
};

}  // namespace

struct SettlementDesk::Job {
  Command command;
  Done done;
  std::function<void()> ask;  // instead of a command: runs on the desk's thread, on durable state
  Result<Outcome> outcome{Outcome{}};
};

struct SettlementDesk::Batch {
  std::vector<NewRecord> records;
  std::vector<std::shared_ptr<const Decision>> decisions;
  std::optional<Now> accepted;  // the clock, by a decision of this batch: trusted for good with its commit
};

SettlementDesk::SettlementDesk(std::unique_ptr<Store> store, DeskOptions options)
    : store_(std::move(store)),
      options_(std::move(options)),
      memory_(*store_, options_.objects_max),
      draft_(memory_),
      journal_(std::make_unique<Journal>(*store_, draft_)),
      artifacts_(*store_),
      decider_(draft_, *journal_, artifacts_, options_.region, options_.limits),
      batch_(std::make_unique<Batch>()) {}

Result<std::unique_ptr<SettlementDesk>> SettlementDesk::open(std::unique_ptr<Store> store,
                                                             DeskOptions options) {
  CHECK(options.clock, "the edge brings the clock");
  std::unique_ptr<SettlementDesk> desk(new SettlementDesk(std::move(store), std::move(options)));
  if (auto error = desk->load()) return std::unexpected(std::move(*error));
  desk->thread_ = std::thread([raw = desk.get()] { raw->run(); });
  return desk;
}

SettlementDesk::~SettlementDesk() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

// ---- Callers

void SettlementDesk::enqueue(std::unique_ptr<Job> job) {
  std::unique_lock lock(mutex_);
  const bool full = queue_.size() >= options_.queue_max && !job->ask;
  if (stop_ || full) {
    const Error refusal = stop_ ? Error{Code::desk_stopped, "", "", {}}
                                : Error{Code::desk_overloaded, "", std::to_string(queue_.size()), {}};
    lock.unlock();
    if (job->done) job->done(std::unexpected(refusal));
    return;
  }
  asks_ += job->ask ? 1 : 0;
  queue_.push_back(std::move(job));
  const bool wake = asks_ > 0 || queue_.size() >= wanted_;
  lock.unlock();
  if (wake) wake_.notify_one();
}

void SettlementDesk::submit(Command command, Done done) {
  auto job = std::make_unique<Job>();
  job->command = std::move(command);
  job->done = std::move(done);
  enqueue(std::move(job));
}

Result<Outcome> SettlementDesk::call(Command command) {
  std::promise<Result<Outcome>> promise;
  submit(std::move(command), [&](const Result<Outcome>& outcome) { promise.set_value(outcome); });
  return promise.get_future().get();
}

template <class T>
T SettlementDesk::asked(std::function<T()> work) {
  std::promise<T> promise;
  auto job = std::make_unique<Job>();
  job->ask = [&] { promise.set_value(work()); };
  job->done = [&](const Result<Outcome>& refused) { promise.set_value(std::unexpected(refused.error())); };
  enqueue(std::move(job));
  return promise.get_future().get();
}

Result<TrialOutcome> SettlementDesk::trial(Command command) {
  return asked<Result<TrialOutcome>>([&] { return tried(command); });
}

void SettlementDesk::try_out(Command command, TrialDone done) {
  auto job = std::make_unique<Job>();
  auto shared = std::make_shared<std::pair<Command, TrialDone>>(std::move(command), std::move(done));
  job->ask = [this, shared] { shared->second(tried(shared->first)); };
  job->done = [shared](const Result<Outcome>& refused) { shared->second(std::unexpected(refused.error())); };
  enqueue(std::move(job));
}

Result<TrialOutcome> SettlementDesk::tried(const Command& command) {
  if (auto behind = keep_up()) return std::unexpected(std::move(*behind));
  const Now now = options_.clock();
  if (!clock_trusted(now)) return std::unexpected(clock_refused(now));
  const Instant time{std::max(last_time_.ms, now.wall.ms)};
  auto decision = decider_.trial(command, time, head_.position + 1);
  draft_.drop();
  if (!decision) return std::unexpected(std::move(decision.error()));
  TrialOutcome outcome;
  const auto& persons = decision->persons;
  if (!persons.empty()) outcome.person_head = persons.front().previous;
  if (const auto* settle = std::get_if<Settle>(&command.action); settle != nullptr && !settle->payer.empty())
    if (const auto payer = std::ranges::find(persons, settle->payer, &PersonLink::psn_no);
        payer != persons.end())
      outcome.payer_head = payer->previous;
  outcome.provider_register =
      checksum64(memory_.object(provider_object(command.key.provider)).find(provider_cell), 0);
  if (const auto failure = memory_.failure()) {
    memory_.clear_failure();
    return std::unexpected(*failure);
  }
  outcome.day = civil_day(time);
  if (options_.attach_person) {
    auto sealed = sealed_of(*decision);
    if (!sealed) return std::unexpected(std::move(sealed.error()));
    outcome.sealed = std::move(*sealed);
  }
  outcome.decision = std::move(*decision);
  return outcome;
}

// The ciphertext of the register, for an edge that may open it.
Result<std::string> SettlementDesk::sealed_of(const Decision& decision) {
  if (decision.persons.empty()) return {};
  std::string sealed(memory_.object(person_object(decision.persons.front().psn_no)).find("rs"));
  if (const auto failure = memory_.failure()) {
    memory_.clear_failure();
    return std::unexpected(*failure);
  }
  return sealed;
}

Result<Object> SettlementDesk::object(const std::string& name) {
  return asked<Result<Object>>([&]() -> Result<Object> {
    if (auto behind = keep_up()) return std::unexpected(std::move(*behind));
    Object object = memory_.object(name);
    if (const auto failure = memory_.failure()) {
      memory_.clear_failure();
      return std::unexpected(*failure);
    }
    return object;
  });
}

Result<std::shared_ptr<const Decision>> SettlementDesk::record(std::uint64_t position) {
  return asked<Result<std::shared_ptr<const Decision>>>([&] { return journal_->at(position); });
}

Result<std::optional<Outcome>> SettlementDesk::outcome(const MessageKey& key) {
  return asked<Result<std::optional<Outcome>>>([&]() -> Result<std::optional<Outcome>> {
    if (const auto behind = keep_up()) return std::unexpected(not_now(key, *behind));
    const auto found = memory_.find(key);
    if (!found) return std::unexpected(found.error());
    if (!*found) return std::optional<Outcome>();
    auto decision = journal_->at((*found)->position);
    if (!decision) return std::unexpected(decision.error());
    return Outcome{(*found)->position, std::move(*decision), true};
  });
}

Result<Digest> SettlementDesk::put_artifact(std::string bytes) {
  return asked<Result<Digest>>([&] { return store_->put_artifact(bytes); });
}

Result<void> SettlementDesk::warm() {
  return asked<Result<void>>([&]() -> Result<void> {
    if (auto behind = keep_up()) return std::unexpected(std::move(*behind));
    const Object& shard = memory_.object(shard_object);
    const std::string rules(shard.find(rules_cell)), catalogue(shard.find(catalogue_cell));
    if (const auto failure = memory_.failure()) {
      memory_.clear_failure();
      return std::unexpected(*failure);
    }
    if (rules.empty()) return {};
    if (const auto library = artifacts_.library(rules); !library) return std::unexpected(library.error());
    if (const auto items = artifacts_.catalogue(catalogue); !items) return std::unexpected(items.error());
    return {};
  });
}

Result<std::uint64_t> SettlementDesk::catch_up() {
  // Questions go before the commands they arrive with: once the second is answered, all that came before the first is committed.
  const auto question = [this]() -> Result<std::uint64_t> {
    if (auto behind = keep_up()) return std::unexpected(std::move(*behind));
    return head_.position;
  };
  for (int i = 0; i < 2; ++i)
    if (const auto head = asked<Result<std::uint64_t>>(question); !head) return std::unexpected(head.error());
  if (auto error = follower_->wait(0)) return std::unexpected(std::move(*error));
  return follower_->watermark();
}

DeskFigures SettlementDesk::figures() const {
  const std::lock_guard lock(mutex_);
  DeskFigures figures = figures_;
  figures.watermark = follower_->watermark();
  figures.views_ns = follower_->busy_ns();
  return figures;
}

// ---- The desk's thread

// A commit costs about the same for one command as for a hundred: as many as came last time are likely to come again.
void SettlementDesk::gather(std::unique_lock<std::mutex>& lock) {
  const std::size_t expected = std::min(taken_, options_.batch_max);
  if (expected < 2 || queue_.size() >= expected) return;
  wanted_ = expected;
  wake_.wait_for(lock, std::chrono::microseconds(options_.gather_us),
                 [&] { return stop_ || asks_ > 0 || queue_.size() >= wanted_; });
  wanted_ = 1;
}

bool SettlementDesk::take(std::vector<std::unique_ptr<Job>>& jobs) {
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return stop_ || !queue_.empty(); };
  if (deadlines_.empty() && !options_.sign_head && !behind_)
    wake_.wait(lock, ready);
  else
    wake_.wait_for(lock, std::chrono::milliseconds(sign_every_ms), ready);
  gather(lock);
  for (; !queue_.empty() && jobs.size() < options_.batch_max; queue_.pop_front()) {
    asks_ -= queue_.front()->ask ? 1U : 0U;
    jobs.push_back(std::move(queue_.front()));
  }
  taken_ = jobs.size();
  return !stop_ || !jobs.empty();
}

void SettlementDesk::run() {
  std::vector<std::unique_ptr<Job>> jobs;
  while (take(jobs)) {
    work(jobs);
    jobs.clear();
    if (behind_ != working_.in_doubt) publish();
    // Nobody may ask for long, and views, deadlines and the signed head wait for it: tried again in a second. Who asks is told why.
    if (behind_ && keep_up()) continue;
    expire_due();
    sign_head();
  }
  follower_.reset();
}

void SettlementDesk::work(std::vector<std::unique_ptr<Job>>& jobs) {
  memory_.written(follower_->watermark());
  for (auto& job : jobs)
    if (job->ask) job->ask();  // on durable state: before the batch changes anything
  std::erase_if(jobs, [](const auto& job) { return job->ask != nullptr; });
  if (jobs.empty()) return;
  commit(jobs);
}

Result<Decision> SettlementDesk::decided(Command& command) {
  const Now now = options_.clock();
  const bool accepting = std::holds_alternative<AcceptClock>(command.action);
  if (!accepting && !clock_trusted(now)) return std::unexpected(clock_refused(now));
  KnownMessage reversed;
  if (const auto* reverse = std::get_if<Reverse>(&command.action)) {
    const auto found = draft_.find({command.key.provider, reverse->infno, reverse->msgid});
    if (!found) return std::unexpected(found.error());
    if (*found)
      reversed = {true, (*found)->kind == static_cast<std::uint8_t>(BindKind::tombstone), (*found)->position};
  }
  const Instant time{std::max(last_time_.ms, now.wall.ms)};
  const std::uint64_t position = head_.position + batch_->decisions.size() + 1;
  auto decision = decider_.decide(std::move(command), time, position, reversed);
  if (decision) last_time_ = time;
  if (decision && accepting) batch_->accepted = now;
  return decision;
}

bool SettlementDesk::clock_trusted(const Now& now) {
  const auto drifted = [&now](const Now& base) {
    const std::int64_t drift = (now.wall.ms - base.wall.ms) - (now.steady_ms - base.steady_ms);
    return drift > clock_drift_max_ms || drift < -clock_drift_max_ms;
  };
  if (batch_->accepted) return !drifted(*batch_->accepted);
  clock_ok_ = clock_ok_ && !drifted(clock_base_);
  return clock_ok_;
}

Error SettlementDesk::clock_refused(const Now& now) const {
  return {Code::desk_clock, "", to_text(now.wall), {to_text(last_time_)}};
}

void SettlementDesk::decide(Job& job) {
  Command& command = job.command;
  if (!command.key.msgid.empty()) {
    const auto found = draft_.find(command.key);
    if (!found) {
      job.outcome = std::unexpected(found.error());
      return;
    }
    if (*found) {
      job.outcome = repeated(command, **found);
      return;
    }
  }
  auto decision = decided(command);
  if (decision)
    if (auto unreadable = draft_.reach(*decision)) {
      command = std::move(decision->command);
      decision = std::unexpected(std::move(*unreadable));
    }
  if (!decision) {
    draft_.clear_failure();
    memory_.clear_failure();
    job.outcome = std::unexpected(std::move(decision.error()));
    return;
  }
  const std::uint64_t position = head_.position + batch_->decisions.size() + 1;
  auto shared = std::make_shared<const Decision>(std::move(*decision));
  recorder_.add(*shared);
  const Spent spent(working_.fold_ns);
  const auto error = draft_.add(position, shared);
  CHECK(!error, "what was just decided on a state folds into it");
  batch_->decisions.push_back(shared);
  job.outcome = Outcome{position, std::move(shared), false};
}

// Also by a number that was merged into the other, before or after.
bool SettlementDesk::same_person(const std::string& one, const std::string& other) {
  const auto now_called = [&](std::string psn_no) {
    for (std::string next = psn_no; !next.empty();
         next = draft_.object(person_object(psn_no)).find(merged_into_cell))
      psn_no = next;
    return psn_no;
  };
  return one == other || now_called(one) == now_called(other);
}

Result<Outcome> SettlementDesk::repeated(const Command& command, const Store::Found& found) {
  if (found.kind == static_cast<std::uint8_t>(BindKind::tombstone))
    return std::unexpected(Error{Code::desk_message_reversed, "msgid", command.key.msgid, {}});
  auto decision = journal_->at(found.position);
  if (!decision) return std::unexpected(decision.error());
  if (const auto difference = first_difference((*decision)->command, command))
    return std::unexpected(
        Error{Code::desk_message_differs,
              difference->field,
              command.key.msgid,
              {(*decision)->made, difference->field, difference->first, difference->second}});
  if (!command.person.empty() && !(*decision)->persons.empty())
    if (const std::string& first = (*decision)->persons.front().psn_no; !same_person(first, command.person))
      return std::unexpected(Error{Code::desk_message_differs,
                                   "psn_no",
                                   command.key.msgid,
                                   {(*decision)->made, "psn_no", first, command.person}});
  return Outcome{found.position, std::move(*decision), true};
}

void SettlementDesk::commit(std::vector<std::unique_ptr<Job>>& jobs) {
  for (int attempt = 0;; ++attempt) {
    if (const auto behind = keep_up()) {
      for (auto& job : jobs) job->outcome = std::unexpected(not_now(job->command.key, *behind));
      return answer(jobs, std::nullopt);
    }
    const Instant time_before = last_time_;
    {
      const Spent spent(working_.decide_ns);
      for (auto& job : jobs) decide(*job);
    }
    batch_->records = recorder_.take();
    working_.encode_ns = recorder_.spent_ns();
    const auto failure = batch_->records.empty() ? std::nullopt : append();
    if (!failure) {
      draft_.clear_failure();
      return answer(jobs, std::nullopt);
    }
    *batch_ = {};
    draft_.drop();
    decider_.forget();
    last_time_ = time_before;
    for (auto& job : jobs)
      if (job->outcome && job->outcome->decision && !job->outcome->repeated)
        job->command = job->outcome->decision->command;
    // Somebody else's records came first: they are folded in, and all is decided again.
    behind_ = behind_ || failure->code == Code::store_moved || failure->code == Code::store_lost;
    if (failure->code != Code::store_moved || attempt == 3) return answer(jobs, failure);
  }
}

std::optional<Error> SettlementDesk::append() {
  if (auto error = wait_for_views()) return error;
  const Spent spent(working_.append_ns);
  auto head = store_->append(batch_->records, head_);
  if (!head && head.error().code == Code::store_unknown) head = what_became_of(std::move(head.error()));
  if (!head) return head.error();
  CommittedBatch batch;
  batch.first = head_.position + 1;
  batch.decisions = std::move(batch_->decisions);
  for (const NewRecord& record : batch_->records) batch.bytes.push_back(record.bytes.size());
  keep(std::move(batch), *head);
  if (batch_->accepted) {
    clock_base_ = *batch_->accepted;
    clock_ok_ = true;
  }
  *batch_ = {};
  ++working_.batches;
  return std::nullopt;
}

// An append without an answer is never repeated: the head says what happened, if not now, then before the next decision.
Result<Head> SettlementDesk::what_became_of(Error unknown) {
  std::vector<Digest> leaves;
  for (const NewRecord& record : batch_->records) leaves.push_back(record.leaf);
  auto now = store_->head();
  if (now && *now == head_)
    return std::unexpected(Error{Code::store_failed, "", std::move(unknown.value), {}});
  if (now && now->root == chain_root(head_.root, merkle_root(leaves), head_.position + 1, leaves.size()))
    return now;
  behind_ = true;
  for (const auto& decision : batch_->decisions) unknown_.push_back(decision->command.key);
  return std::unexpected(std::move(unknown));
}

// The lag is bounded so that a start is quick; views that cannot be written stop settlement in the end.
std::optional<Error> SettlementDesk::wait_for_views() { return follower_->wait(options_.lag_max); }

// The desk's thread counts by itself; who asks gets a copy of what was last published.
void SettlementDesk::publish() {
  working_.head = head_;
  working_.in_doubt = behind_;
  const std::lock_guard lock(mutex_);
  figures_ = working_;
}

void SettlementDesk::answer(std::vector<std::unique_ptr<Job>>& jobs, const std::optional<Error>& failure) {
  for (auto& job : jobs) {
    // A refusal was decided on state that did not become durable: it is no answer either.
    if (failure) job->outcome = std::unexpected(*failure);
    if (!job->outcome) ++working_.refused;
  }
  publish();
  for (auto& job : jobs) {
    if (!job->done) continue;
    if (options_.attach_person && job->outcome) {
      auto sealed = sealed_of(*job->outcome->decision);
      if (sealed)
        job->outcome->sealed = std::move(*sealed);
      else
        job->outcome->unread = std::move(sealed.error());
    }
    job->done(job->outcome);
  }
}

// ---- Timers

void SettlementDesk::watch(const Decision& decision) {
  for (const SettlementResult& result : decision.results) {
    if (result.kind != ResultKind::settled || !result.pending) continue;
    const auto state =
        read_cell<ProviderState>(draft_.object(provider_object(result.provider)).find(provider_cell));
    const std::int64_t minutes = state ? state->confirm_minutes : 30;
    deadlines_[options_.clock().steady_ms + minutes * 60'000].push_back(result.settlement);
  }
}

void SettlementDesk::expire_due() {
  if (deadlines_.empty()) return;
  const Now now = options_.clock();
  if (!clock_trusted(now)) return;
  std::vector<std::unique_ptr<Job>> jobs;
  std::vector<std::string> later;
  const auto due = deadlines_.upper_bound(now.steady_ms);
  for (auto at = deadlines_.begin(); at != due; ++at)
    for (const std::string& settlement : at->second) {
      const auto state =
          read_cell<SettlementState>(memory_.object(settlement_object(settlement)).find(settlement_cell));
      if (memory_.failure()) {  // nothing is known of it now
        memory_.clear_failure();
        later.push_back(settlement);
        continue;
      }
      if (!state || state->status != SettlementStatus::pending) continue;
      auto job = std::make_unique<Job>();
      job->command.action = Expire{settlement, now.wall};
      job->done =
          [this, settlement](const Result<Outcome>& outcome) {  // a store that is full now: tried again later
            if (!outcome) deadlines_[options_.clock().steady_ms + sign_every_ms].push_back(settlement);
          };
      jobs.push_back(std::move(job));
    }
  deadlines_.erase(deadlines_.begin(), due);
  if (!later.empty()) std::ranges::move(later, std::back_inserter(deadlines_[now.steady_ms + sign_every_ms]));
  if (!jobs.empty()) commit(jobs);
}

void SettlementDesk::sign_head() {
  if (!options_.sign_head || behind_ || head_.position == signed_position_) return;
  const Now now = options_.clock();
  if (now.steady_ms - signed_ms_ < sign_every_ms) return;
  SignedHead head{head_.position, head_.root, last_time_, {}};
  head.signature = options_.sign_head(head.position, head.root, head.time);
  if (!store_->put_signed_head(head)) return;  // tried again a second later
  signed_ms_ = now.steady_ms;
  signed_position_ = head_.position;
}

}  // namespace fenming
