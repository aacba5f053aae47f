#include "walk/driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "model/record.h"
#include "settlement/desk.h"
#include "settlement/replay.h"
#include "store/fake/fake_store.h"
#include "walk/normal_form.h"
#include "walk/reference.h"

namespace fenming::walk {
namespace {

constexpr std::int64_t retry_ms = 1'100;  // the desk tries again after a second
constexpr int tries_max = 200;

bool of_store(const Error& error) {
  return tag(error.code).starts_with("STO") || error.code == Code::record_damaged;
}

struct Broken {
  std::string what;
};

std::string first_difference_of(const std::vector<std::string>& desk,
                                const std::vector<std::string>& reference) {
  std::string text;
  std::vector<std::string> only;
  std::ranges::set_difference(desk, reference, std::back_inserter(only));
  for (const std::string& line : only) text += "\n      desk only:      " + line;
  only.clear();
  std::ranges::set_difference(reference, desk, std::back_inserter(only));
  for (const std::string& line : only) text += "\n      reference only: " + line;
  return text;
}

// Compiled once for all walks.
Reference::LibraryPointer library_of(const Corrections& corrections, int release) {
  static std::map<std::tuple<std::string, std::string, int>, Reference::LibraryPointer> known;
  auto& library = known[{corrections.cancel, corrections.late, release}];
  if (library != nullptr) return library;
  auto read = read_library(small_region(corrections, release));
  if (!read) throw Broken{to_text(read.error().front(), Language::en)};
  return library = *read;
}

class Driver {
 public:
  Driver(const Walk& walk, Tally& tally) : walk_(walk), tally_(tally) {
    faults_.seed = walk.seed;
    open();
    for (int release : {0, 1}) {
      const auto digest = desk_->put_artifact(pack_library(small_region(walk_.corrections, release), {}));
      if (!digest) throw Broken{"an artifact cannot be put"};
      library_ = library_of(walk_.corrections, release);
      digests_.push_back(std::string(bytes_of(*digest)));
      reference_.know_library(digests_.back(), library_);
    }
    if (walk.faults)
      faults_.append_failed = 60, faults_.append_full = 30, faults_.append_unknown = 60,
      faults_.head_failed = 30, faults_.read_failed = 5, faults_.views_failed = 20;
    reopen(false);
  }

  void go() {
    std::vector<const Step*> group;
    for (const Step& step : walk_.steps) {
      ++tally_.steps;
      if (!group.empty() && !joins(step, group)) send(group);
      at_ = step.number;
      if (step.later_ms > 0) pass(step.later_ms);
      if (step.kind == Step::Kind::reopen || step.kind == Step::Kind::crash) {
        send(group);
        reopen(step.kind == Step::Kind::crash);
        continue;
      }
      group.push_back(&step);
      if (!step.together || walk_.faults) send(group);
    }
    send(group);
    reopen(false);
    compare_objects();
    finish();
  }
  int at() const { return at_; }

 private:
  Moment now() const { return {Instant{begin_ms + passed_ms_}, passed_ms_}; }

  void open() {
    DeskOptions options;
    options.region = region_code;
    options.clock = [this] { return fenming::Now{Instant{begin_ms + passed_ms_}, passed_ms_}; };
    options.batch_max = 1 + walk_.seed % 5;
    for (int tries = 0; tries < tries_max; ++tries) {
      auto opened = SettlementDesk::open(open_fake(disk_, faults_), options);
      faults_.seed += 1;
      if (opened) {
        desk_ = std::move(*opened);
        return;
      }
      if (!of_store(opened.error())) throw Broken{to_text(opened.error(), Language::en)};
    }
    throw Broken{"the desk does not open"};
  }

  void reopen(bool crashed) {
    ++tally_.reopened;
    catch_up();
    desk_.reset();
    if (crashed) crash(*disk_, walk_.seed + static_cast<std::uint64_t>(at_));
    open();
    reference_.reopened(now());
    catch_up();
    compare();
  }

  // ---- Time

  void pass(std::int64_t ms) {
    passed_ms_ += ms;
    for (int tries = 0; tries < tries_max; ++tries) {
      // Timers run after every question: once the second is answered, those of the first are done.
      for (int question = 0; question < 2; ++question) (void)desk_->object("S");
      catch_up();
      if (reference_.due(now()).empty()) return;
      if (!walk_.faults) break;
      passed_ms_ += retry_ms;
    }
    throw Broken{"a settlement whose time is over has not expired"};
  }

  // Records that no answer told of: timers.
  void catch_up() {
    const std::uint64_t head = desk_->figures().head.position;
    while (journal_.head() < head) {
      const std::uint64_t position = journal_.head() + 1;
      const auto record = record_at(position);
      take(position, *record);
      const auto* expire = std::get_if<Expire>(&record->command.action);
      if (expire == nullptr || !record->command.key.msgid.empty()) {
        unasked_.push_back(record);  // of a command whose answer was lost
        continue;
      }
      ++tally_.expired;
      Command command = record->command;
      command.action = Expire{names_.name(expire->settlement), expire->at};
      if (!reference_.apply(command, now(), "").accepted)
        throw Broken{"expired, and was not pending: " + names_.name(expire->settlement)};
    }
  }

  std::shared_ptr<const Decision> record_at(std::uint64_t position) {
    for (int tries = 0; tries < tries_max; ++tries)
      if (auto record = desk_->record(position)) return *record;
    throw Broken{fmt::format("record {} cannot be read", position)};
  }

  void take(std::uint64_t position, const Decision& decision) {
    const std::string wrong = journal_.add(position, decision);
    if (!wrong.empty()) throw Broken{wrong};
  }

  // ---- Commands

  bool joins(const Step& step, const std::vector<const Step*>& group) {
    if (step.kind == Step::Kind::reopen || step.kind == Step::Kind::crash || step.later_ms > 0) return false;
    bool free = true;
    Command command = step.command;
    each_id(command.action, [&](const std::string& id) {
      for (const Step* other : group) free = free && id != alias(other->number);
    });
    for (const Step* other : group) free = free && step.of != other->number;
    const auto* settle = std::get_if<Settle>(&command.action);
    return free && (settle == nullptr || settle->visit.empty() || settle_twice(*settle, group));
  }

  // The total of a visit's bill is filled in from what the reference has: not while lines are under way.
  static bool settle_twice(const Settle& settle, const std::vector<const Step*>& group) {
    return std::ranges::all_of(group, [&](const Step* other) {
      const auto* first = std::get_if<Settle>(&other->command.action);
      return first != nullptr && first->visit == settle.visit;
    });
  }

  Command command_of(const Step& step) {
    if (step.kind != Step::Kind::command) {
      const auto before = sent_.find(step.of);
      if (before == sent_.end()) return step.command;
      Command command = before->second;
      if (step.kind == Step::Kind::repeat_changed) change(command);
      return command;
    }
    Command command = step.command;
    if (auto* settle = std::get_if<Settle>(&command.action)) {
      if (!settle->visit.empty()) settle->total = reference_.open_total(*settle, now());
      settle->total = settle->total + Money::from_fen(step.total_off);
    }
    if (auto* adopt = std::get_if<AdoptRules>(&command.action))
      adopt->digest = digests_.at(adopt->digest == "0" ? 0 : 1);
    return command;
  }

  static void change(Command& command) {
    std::visit(
        [](auto& action) {
          if constexpr (requires { action.psn_no; })
            action.psn_no += "x";
          else if constexpr (requires { action.visit; })
            action.visit += "x";
          else if constexpr (requires { action.settlement; })
            action.settlement += "x";
          else if constexpr (requires { action.claim; })
            action.claim += "x";
          else if constexpr (requires { action.owner; })
            action.owner += "x";
        },
        command.action);
  }

  Command for_desk(Command command) {
    each_id(command.action, [&](std::string& id) { id = names_.id(id); });
    return command;
  }

  void send(std::vector<const Step*>& group) {
    if (group.empty()) return;
    std::vector<Command> commands;
    for (const Step* step : group) {
      commands.push_back(command_of(*step));
      sent_[step->number] = commands.back();
    }
    if (group.size() == 1) {
      one(*group.front(), commands.front());
    } else {
      std::vector<std::promise<Result<Outcome>>> promises(group.size());
      for (std::size_t i = 0; i < group.size(); ++i)
        desk_->submit(for_desk(commands[i]), [&promise = promises[i]](const Result<Outcome>& outcome) {
          promise.set_value(outcome);
        });
      std::vector<Result<Outcome>> outcomes;
      for (auto& promise : promises) outcomes.push_back(promise.get_future().get());
      catch_up();
      unasked_.clear();
      for (std::size_t i = 0; i < group.size(); ++i) answered(*group[i], commands[i], outcomes[i], false);
    }
    group.clear();
    compare();
  }

  void one(const Step& step, const Command& command) {
    const Command asked = for_desk(command);
    std::optional<Result<TrialOutcome>> trial;
    if (std::holds_alternative<Settle>(command.action) && !walk_.faults) trial = desk_->trial(asked);
    auto outcome = desk_->call(asked);
    bool again = false;
    for (int tries = 0; !outcome && of_store(outcome.error()) && tries < tries_max; ++tries) {
      again = true;
      outcome = desk_->call(asked);
    }
    if (!outcome && of_store(outcome.error())) throw Broken{"the store stays unusable"};
    catch_up();
    unasked_.clear();
    if (trial && outcome && !outcome->repeated) {
      if (!*trial) throw Broken{"a trial is refused, the settlement is not"};
      if (write_record((*trial)->decision) != write_record(*outcome->decision))
        throw Broken{"a trial and the settlement differ"};
    }
    answered(step, command, outcome, again);
  }

  void answered(const Step& step, const Command& command, const Result<Outcome>& outcome, bool again) {
    const Verdict verdict = reference_.apply(command, now(), alias(step.number));
    if (!reference_.broken().empty()) throw Broken{"the reference: " + reference_.broken()};
    const std::string code = outcome ? "" : std::string(tag(outcome.error().code));
    if (outcome.has_value() != verdict.accepted)
      throw Broken{fmt::format("the desk {}, the reference {}",
                               outcome ? "accepts" : "refuses: " + to_text(outcome.error(), Language::en),
                               verdict.accepted ? "accepts" : "refuses " + verdict.code)};
    if (!outcome) {
      if (!verdict.code.empty() && verdict.code != code)
        throw Broken{fmt::format("refused with {}, expected {}", code, verdict.code)};
      return;
    }
    ++tally_.accepted;
    if (outcome->repeated != verdict.repeated && !again)
      throw Broken{outcome->repeated ? "the desk takes it for a repeat"
                                     : "the desk does not take it for a repeat"};
    tally_.repeated += verdict.repeated ? 1 : 0;
    if (!verdict.repeated) learn(step, verdict, *outcome->decision);
    if (!verdict.made.empty() && names_.id(verdict.made) != outcome->decision->made)
      throw Broken{"it made " + outcome->decision->made + ", not " + verdict.made};
  }

  void learn(const Step& step, const Verdict& verdict, const Decision& decision) {
    if (!verdict.made.empty() && !names_.knows(verdict.made)) names_.give(verdict.made, decision.made);
    for (const SettlementResult& result : decision.results) {
      if (result.kind == ResultKind::settled) {
        ++tally_.settled;
        names_.give(alias(step.number), result.settlement);
      }
      tally_.undone += result.kind == ResultKind::cancelled ? 1 : 0;
      tally_.adjusted += result.kind == ResultKind::adjusted ? 1 : 0;
    }
  }

  // ---- Comparisons

  void compare() {
    const auto of_desk = journal_.normal_form(names_, *library_), of_reference = reference_.normal_form();
    if (of_desk != of_reference) throw Broken{"N differs" + first_difference_of(of_desk, of_reference)};
  }

  // LAW 1.3, 3: memory after opening is the fold from the first record.
  void compare_objects() {
    for (const auto& [name, object] : journal_.objects().all()) {
      Result<Object> held = desk_->object(name);
      for (int tries = 0; !held && tries < tries_max; ++tries) held = desk_->object(name);
      if (!held || *held != object)
        throw Broken{"the desk holds another " + name + " than the journal gives"};
    }
  }

  // LAW 1.6, 2, 3
  void finish() {
    desk_.reset();
    const auto store = open_fake(disk_);
    if (const auto report = verify_store(*store); !report)
      throw Broken{to_text(report.error(), Language::en)};
    const auto again = replay_store(*store);
    if (!again) throw Broken{to_text(again.error(), Language::en)};
    for (const ReplayDifference& difference : again->differences)
      throw Broken{fmt::format("record {} is replayed otherwise", difference.position)};
  }

  static constexpr std::int64_t begin_ms = 1'767'139'200'000;  // 2025-12-31 08:00 in China

  const Walk& walk_;
  Tally& tally_;
  FakeFaults faults_;
  std::shared_ptr<FakeDisk> disk_ = make_fake_disk();
  std::atomic<std::int64_t> passed_ms_ = 0;  // one number, so that both clocks always agree
  Reference reference_;
  Journal journal_;
  Names names_;
  std::shared_ptr<const Library> library_;
  std::vector<std::string> digests_;
  std::map<int, Command> sent_;
  std::vector<std::shared_ptr<const Decision>> unasked_;
  int at_ = 0;
  std::unique_ptr<SettlementDesk> desk_;
};

}  // namespace

std::optional<Failure> run(const Walk& walk, Tally& tally) {
  int at = 0;
  try {
    Driver driver(walk, tally);
    try {
      driver.go();
    } catch (const Broken&) {
      at = driver.at();
      throw;
    } catch (const std::exception& thrown) {
      at = driver.at();
      throw Broken{std::string("thrown: ") + thrown.what()};
    }
  } catch (const Broken& broken) {
    return Failure{at, broken.what};
  }
  return std::nullopt;
}

}  // namespace fenming::walk
