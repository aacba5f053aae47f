// Reference: what a shard must hold after any commands, by the simplest means: a list of the settlements that still count, credits,
// deposits and spans, folded again from nothing after every command. Bills are assessed through the policy engine's door for texts, with
// accumulators as texts out of maps of its own. It includes nothing of settlement, ledger, registry and store, and shares no code
// with them; what it says about state is therefore a second opinion.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/command.h"
#include "policy/assess.h"

namespace fenming::walk {

struct Moment {
  Instant wall;
  std::int64_t steady_ms = 0;
};

struct Verdict {
  bool accepted = false;
  std::string code;       // of the refusal ("DSK-029"); empty: any
  std::string made;       // name of what was made
  bool repeated = false;  // nothing was done: the first answer again
};

class Reference {
 public:
  using LibraryPointer = std::shared_ptr<const Library>;
  Reference();
  ~Reference();
  void know_library(const std::string& digest, LibraryPointer library);

  // Ids in the command are names; what it makes gets the name `name`.
  Verdict apply(const Command& command, Moment now, const std::string& name);
  std::vector<std::string> due(Moment now) const;  // pending settlements whose time is over
  void reopened(Moment now);                       // every pending settlement gets the full period again

  // N(state): sorted lines; no positions, ids, times.
  std::vector<std::string> normal_form() const;

  // Sum of the lines that a settlement of a visit would take now.
  Money open_total(const Settle& settle, Moment now) const;
  // Rules of law that a refold must keep; empty when they hold.
  const std::string& broken() const { return broken_; }

 private:
  struct Person {
    std::vector<FactValue> facts;
    std::map<std::pair<std::string, Date>, Status> spans;
    std::map<std::string, std::pair<Date, Date>> consents;
  };
  struct Provider {
    std::vector<FactValue> facts;
    std::int64_t confirm_minutes = 30;
  };
  struct Line {
    FeeLine fee;
    bool removed = false;
    std::string settled_by;
  };
  struct Visit {
    std::string psn_no, provider, kind;
    Date begin, end;
    enum class State : std::uint8_t { open, closed, cancelled } state = State::open;
    std::map<std::string, FactValue> facts;
    std::vector<Line> lines;
    std::map<std::string, std::string> batches;
  };
  struct Amounts {
    std::map<std::string, std::int64_t> funds;
    std::int64_t total = 0, account = 0, family = 0, provider = 0, cash = 0;
    std::int64_t benefits() const;
  };
  using Key = std::vector<std::pair<std::string, std::string>>;
  struct RowName {
    std::string psn_no, group;
    Key key;
    friend auto operator<=>(const RowName&, const RowName&) = default;
  };
  using Values = std::map<std::string, std::string>;  // member → as text; none 0
  using Rows = std::map<RowName, Values>;
  struct Touched {
    RowName name;
    Values before, after;
  };
  struct Case {  // all that enters the policy
    LibraryPointer library;
    std::string kind;
    Date from, to, settle, known;
    std::map<std::string, FactValue> facts;
    std::vector<BillLine> lines;
    std::optional<Money> total;
  };
  struct Floor {  // what counted before a late status of which only gains are given
    std::int64_t event = 0, first = 0;
    std::map<std::string, FactValue> facts;
  };
  struct Settlement {
    std::int64_t number = 0;
    std::vector<Floor> floors;
    std::string name, psn_no, provider, visit, payer, batch;
    bool pending = false, confirmed = false, use_account = true, of_settle_message = false;
    std::int64_t deadline_ms = 0;
    Case made;
    Amounts first, base, counted;  // as decided; as posted; as it counts after adjustments
    std::vector<Touched> rows;
    Amounts fresh;
  };
  struct Claim {
    EnterClaim entered;
    int decided = 0;
  };
  struct Message {
    Command command;
    Verdict verdict;
    bool tombstone = false;
  };
  struct Paid {
    std::string owner, other;
    std::int64_t fen = 0;
  };
  struct Now {
    Moment moment;
    Date today;
    const Command* command = nullptr;
    std::string name;
  };
  struct Refused {
    std::string code;
  };

  // ---- Commands; each throws Refused and has then changed nothing
  static void put_span(Person& subject, const Status& span);
  void run(const RegisterPerson& command);
  void run(const SetStatus& command);
  void run(const CreditAccount& command);
  void run(const ShareAccount& command);
  void run(const OpenVisit& command);
  void run(const ChangeVisit& command);
  void run(const CloseVisit& command);
  void run(const ReopenVisit& command);
  void run(const CancelVisit& command);
  void run(const UploadLines& command);
  void run(const RemoveLines& command);
  void run(const PayDeposit& command);
  void run(const ReturnDeposit& command);
  void run(const Settle& command);
  void run(const CancelSettlement& command);
  void run(const RefundPart& command);
  void run(const Reverse& command);
  void run(const Confirm& command);
  void run(const Expire& command);
  void run(const EnterClaim& command);
  void run(const DecideClaim& command);
  void run(const RegisterProvider& command);
  void run(const AdoptRules& command);
  void run(const CloseDay& command);
  template <class Other>
  void run(const Other&) {
    throw Refused{""};
  }

  Person& person(const std::string& psn_no);
  Visit& visit_of(const std::string& name);
  Settlement& live(const std::string& name);
  Settlement& mine(const std::string& name, const std::string& psn_no);
  bool settled_now(const std::string& visit) const;
  std::vector<std::size_t> lines_for(const Visit& visit, const Settle& command, Date to) const;
  std::map<std::string, FactValue> facts_on(const Person& person, Date day) const;
  Case case_of(const Settle& command, Settlement& settlement);
  void add_facts(Case& made, const std::string& psn_no, const std::string& provider,
                 const std::vector<FactValue>& visit, Date day) const;
  void add_balances(Settlement& settlement) const;
  void require_insured(const Person& person, Date day) const;
  void settle(Settlement settlement);

  // ---- Folding from zero
  bool assess_into(Settlement& settlement, Rows& rows);
  void recompute(const std::set<std::string>& names, bool gains_only);
  using ByName = std::map<std::string, Amounts>;
  ByName floors_of(const std::set<std::string>& names);
  static Case case_again(const Settlement& one, bool again);
  std::set<std::string> reached(const std::string& psn_no, std::int64_t first) const;
  bool later_in_scope(const Settlement& settlement) const;
  void take_away(std::string name, bool must);
  std::int64_t balance(const std::string& account) const;
  std::map<std::string, std::int64_t> balances() const;

  std::map<std::string, LibraryPointer> libraries_;
  LibraryPointer rules_;
  std::map<std::string, Person> persons_;
  std::map<std::string, Provider> providers_;
  std::map<std::string, Visit> visits_;
  std::map<std::string, Claim> claims_;
  std::set<std::string> registered_facts_;
  std::vector<Paid> credits_, deposits_;
  std::vector<Settlement> live_;  // in the order in which they were decided
  std::int64_t numbers_ = 0;      // of settlements and late statuses
  struct Undone {
    std::string how, psn_no, provider;  // how: cancelled, expired
  };
  std::map<std::string, Undone> undone_;
  std::map<MessageKey, Message> messages_;
  Date closed_;
  Rows rows_;
  std::string broken_;
  Now now_;
  std::string made_;  // by the command being applied
  std::unique_ptr<Workspace> workspace_;
  Assessment assessment_;
};

}  // namespace fenming::walk
