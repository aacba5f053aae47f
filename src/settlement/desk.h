// SettlementDesk: the one writer. Takes Commands from any thread, decides them one after the other on the fold of the journal, commits
// what has queued as one batch, and answers only then. Beside it one follower writes the views.
//
// A message key answers once (laws.md 5): a repeat gets the first decision, other content under the same key is refused.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "settlement/decider.h"
#include "settlement/recorder.h"
#include "store/store.h"

namespace fenming {

struct CommittedBatch;  // desk_follower.h

inline constexpr std::int64_t clock_drift_max_ms = 60'000;  // laws.md 8

struct Now {
  Instant wall;
  std::int64_t steady_ms = 0;  // never runs backwards
};

struct DeskOptions {
  std::string region;           // of the shard: six digits
  std::function<Now()> clock;   // the edge's; needed
  std::size_t batch_max = 256;  // commands committed together
  std::int64_t gather_us =
      1'000;  // where several send at once, they are waited for so long; a lone caller never waits
  std::size_t queue_max = 100'000;    // waiting commands; more are refused
  std::size_t lag_max = 20'000;       // records that the views may be behind
  std::size_t objects_max = 400'000;  // clean objects kept in memory
  bool attach_person = false;         // Outcome.sealed
  Limits limits;
  std::function<std::string(std::uint64_t position, const Digest& root, Instant time)>
      sign_head;  // none: heads are not signed
};

struct Outcome {
  std::uint64_t position = 0;
  std::shared_ptr<const Decision> decision;
  bool repeated = false;  // decided before: the same answer again
  // Personal data of the first person it is about, as registered now; only when the options ask.
  std::string sealed = {};
  std::optional<Error> unread = {};  // why that could not be read; the decision stands
};

// Equal heads, provider's register, artifacts (the decision names them) and day at the settlement: equal fen (laws.md 9 e).
struct TrialOutcome {
  Decision decision;
  std::uint64_t person_head = 0,
                payer_head = 0;         // last records about the patient, and about who pays for him
  std::uint64_t provider_register = 0;  // a checksum: other register data, another number
  Date day;
  std::string sealed = {};  // as Outcome's
};

struct DeskFigures {
  Head head;
  std::uint64_t watermark = 0, batches = 0, refused = 0;
  bool in_doubt = false;  // what became of the last commit is not known; it is asked for again every second
  // Spent so far: decide (with fold) and append by the desk's thread, views by the follower's, encode by the desk's and the recorder's.
  std::int64_t decide_ns = 0, append_ns = 0, fold_ns = 0, views_ns = 0, encode_ns = 0;
};

class SettlementDesk {
 public:
  // Folds what the views do not have yet. Codes: those of the store; record_conflict.
  static Result<std::unique_ptr<SettlementDesk>> open(std::unique_ptr<Store> store, DeskOptions options);
  ~SettlementDesk();  // commits what has queued, lets the views catch up

  using Done = std::function<void(const Result<Outcome>&)>;
  void submit(Command command, Done done);  // `done` is called once, by the desk's thread, after the commit
  Result<Outcome> call(Command command);
  Result<TrialOutcome> trial(Command command);
  // The same without waiting; `done` is called once, by the desk's thread.
  using TrialDone = std::function<void(const Result<TrialOutcome>&)>;
  void try_out(Command command, TrialDone done);

  Result<Object> object(const std::string& name);                          // durable state
  Result<std::shared_ptr<const Decision>> record(std::uint64_t position);  // durable records
  Result<std::optional<Outcome>> outcome(const MessageKey& key);           // what became of a message
  Result<Digest> put_artifact(std::string bytes);
  // Reads the rules and the catalogue in force, so that the first settlement does not wait for them. A fault is that settlement's too.
  Result<void> warm();

  // Waits until the views have everything that was submitted before; the watermark.
  Result<std::uint64_t> catch_up();
  DeskFigures figures() const;
  Store& store() { return *store_; }

 private:
  struct Job;
  class Journal;
  class Follower;
  explicit SettlementDesk(std::unique_ptr<Store> store, DeskOptions options);
  void enqueue(std::unique_ptr<Job> job);
  template <class T>
  T asked(std::function<T()> work);  // on the desk's thread, on durable state
  std::optional<Error> load();
  Instant wall_before();
  std::optional<Error> keep_up();  // folds in what is durable and not yet known, where there may be such
  std::optional<Error> fold_up_to(const Head& head);
  std::optional<Error> fold_portion(std::uint64_t count);
  void keep(CommittedBatch batch, const Head& head);
  Error not_now(const MessageKey& key, const Error& failure) const;
  void run();
  void gather(std::unique_lock<std::mutex>& lock);
  bool take(std::vector<std::unique_ptr<Job>>& jobs);
  void work(std::vector<std::unique_ptr<Job>>& jobs);
  void decide(Job& job);
  Result<TrialOutcome> tried(const Command& command);
  Result<std::string> sealed_of(const Decision& decision);
  Result<Decision> decided(Command& command);  // that goes into it, unless it is refused
  bool same_person(const std::string& one, const std::string& other);
  Result<Outcome> repeated(const Command& command, const Store::Found& found);
  void commit(std::vector<std::unique_ptr<Job>>& jobs);
  std::optional<Error> append();
  Result<Head> what_became_of(Error unknown);
  void publish();
  void answer(std::vector<std::unique_ptr<Job>>& jobs, const std::optional<Error>& failure);
  bool clock_trusted(const Now& now);
  Error clock_refused(const Now& now) const;
  void expire_due();
  void watch(const Decision& decision);
  void watch_pending();
  void sign_head();
  std::optional<Error> wait_for_views();

  std::unique_ptr<Store> store_;
  DeskOptions options_;
  Memory memory_;
  Draft draft_;
  std::unique_ptr<Journal> journal_;
  Artifacts artifacts_;
  Decider decider_;
  Head head_;            // up to which memory is the fold
  bool behind_ = false;  // the journal may have moved on: nothing is decided before its head was read
  std::vector<MessageKey> unknown_;  // messages of an append that nobody knows the outcome of
  Instant last_time_;
  Now clock_base_;
  bool clock_ok_ = true, loaded_ = false;
  struct Batch;
  std::unique_ptr<Batch> batch_;
  Recorder recorder_;
  std::map<std::int64_t, std::vector<std::string>>
      deadlines_;  // steady ms → settlements that wait for a confirmation
  std::int64_t signed_ms_ = 0;
  std::uint64_t signed_position_ = 0;
  std::unique_ptr<Follower> follower_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Job>> queue_;
  bool stop_ = false;
  std::size_t asks_ = 0;                // questions in the queue
  std::size_t wanted_ = 1, taken_ = 0;  // so many jobs wake the desk; so many were in the last batch
  DeskFigures figures_, working_;
  std::thread thread_;
};

}  // namespace fenming
