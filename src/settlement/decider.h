// Decider: one Command becomes a Decision, or a refusal that changes nothing. A function of (state, records, artifacts, command, time,
// position) and of nothing else, so that replay gives the same bytes. Guards stand in a fixed order, one error code each
// (docs/commands.md).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "ledger/entry.h"
#include "policy/assess.h"
#include "registry/account.h"
#include "settlement/artifacts.h"
#include "settlement/cells.h"
#include "settlement/rows.h"
#include "settlement/state.h"

namespace fenming {

// Raised by every change of the program that alters any amount; replay lists what an older version decided otherwise.
inline constexpr std::uint32_t engine_version = 5;

class Records {  // the journal, decoded
 public:
  virtual ~Records() = default;
  virtual Result<std::shared_ptr<const Decision>> at(std::uint64_t position) = 0;
};

struct Limits {                                       // laws.md 10, each a setting
  std::size_t lines_max = 1000;                       // of one upload, counter sale or claim
  std::size_t visit_lines_max = 20'000;               // uploaded for one visit, whatever became of them
  Money amount_max = Money::from_fen(money_fen_max);  // of a line, a bill's charges, a deposit, a credit
  Decimal quantity_max{decimal_max * 1'000'000};      // of a line
  static Limits none() { return {SIZE_MAX, SIZE_MAX, Money::from_fen(INT64_MAX), Decimal{INT64_MAX}}; }
};

struct SettlementCase {  // what enters the policy
  std::string id, kind;
  Date from, to, settle, known;
  std::vector<FactValue> facts;
  std::vector<BillLine> lines;
  const std::vector<FeeLine>* brought = nullptr;  // instead of `lines`: those of a command, where they are
  std::optional<Money> total;                     // as the caller has it
  std::set<std::string> batches;                  // chrg_bchno of lines of a visit
  std::optional<Error> without_lines;             // why there is none to a total that is not 0
};

struct KnownMessage {  // what the journal has under a message key
  bool bound = false, tombstone = false;
  std::uint64_t position = 0;
};

class Decider {
 public:
  // `region`: rules of another one are not put in force; empty: any.
  Decider(Objects& objects, Records& records, Artifacts& artifacts, std::string region, Limits limits = {});

  // The command goes into the decision; after a refusal it is where it was. `reversed`: what is known of the message that a Reverse names.
  Result<Decision> decide(Command&& command, Instant time, std::uint64_t position,
                          const KnownMessage& reversed = KnownMessage());

  // What a settlement would be, changing nothing (laws.md 9 e).
  Result<Decision> trial(const Command& command, Instant time, std::uint64_t position);

  // What entered the policy at a settlement or adjustment that the journal has, out of its records; account and family as they were.
  // `position`: behind all records. Code: desk_settlement_unknown.
  Result<SettlementCase> stored_case(const std::string& setl_id, std::uint64_t position);

  // Decisions that were made and not kept may have given numbers to words: what was learned from them is forgotten.
  void forget();

 private:
  using Refusal = std::optional<Error>;
  struct Live {  // a settlement as it counts now: itself or its last adjustment
    std::string id;
    std::uint64_t position = 0;
    std::shared_ptr<const Decision> record, counted_record;
    const SettlementResult* original = nullptr;
    const SettlementResult* counted = nullptr;
    SettlementState state;
    std::vector<Floor> floors;
  };

  // ---- One file for each family of commands: decide_*.cpp
  Refusal run(const RegisterPerson& command);
  Refusal run(const SetStatus& command);
  Refusal run(const CreditAccount& command);
  Refusal run(const CreditInterest& command);
  Refusal run(const ShareAccount& command);
  Refusal run(const OpenVisit& command);
  Refusal run(const ChangeVisit& command);
  Refusal run(const CloseVisit& command);
  Refusal run(const ReopenVisit& command);
  Refusal run(const CancelVisit& command);
  Refusal run(const UploadLines& command);
  Refusal run(const RemoveLines& command);
  Refusal run(const PayDeposit& command);
  Refusal run(const ReturnDeposit& command);
  Refusal run(const Settle& command);
  Refusal run(const CancelSettlement& command);
  Refusal run(const RefundPart& command);
  Refusal run(const Reverse& command);
  Refusal run(const Confirm& command);
  Refusal run(const Expire& command);
  Refusal run(const EnterClaim& command);
  Refusal run(const DecideClaim& command);
  Refusal run(const RegisterProvider& command);
  Refusal run(const AdoptRules& command);
  Refusal run(const AdoptCatalogue& command);
  Refusal run(const CloseDay& command);
  Refusal run(const CloseMonth& command);
  Refusal run(const AcceptClock& command);
  Refusal run(const KeepDocument& command);
  Refusal run(const SignOperator& command);
  Refusal run(const MergePersons& command);

  // ---- State as it stands inside the decision being made (decider.cpp)
  std::string cell(const std::string& object, std::string_view name) const;
  void set(const std::string& object, const std::string& name, std::string value);
  std::int64_t balance(AccountKind kind, const std::string& owner) const;
  void post(std::vector<Posting> postings);
  void about(const std::string& psn_no);  // links the record into the person's history

  // ---- Several numbers of one person (decide_merge.cpp)
  Refusal no_person(const std::string& psn_no, const char* place = "psn_no") const;  // not there, or merged
  std::string now_called(std::string psn_no) const;
  bool same_person(const std::string& one, const std::string& other) const;
  // The number itself, then those merged into it before that position.
  std::vector<std::string> numbers_of(const std::string& psn_no, std::uint64_t before) const;
  Refusal account_since(const std::string& psn_no, Date day, std::int64_t& opening,
                        std::vector<Movement>& movements);
  std::vector<Posting> to_present_owners(std::vector<Posting> postings) const;
  std::optional<Error> no_consent(const std::string& payer, const std::string& psn_no) const;
  void carry_statuses(const MergePersons& command);
  void carry_consents(const MergePersons& command);

  void take(std::vector<Change> changes);  // made by an engine for an object nobody has changed yet
  void only_registered(const FactValue& fact);
  void drop_old_signs(const std::string& object);
  Words words();
  std::string id(char letter);
  Date today() const;
  static Error refuse(Code code, std::string place, std::string value, std::vector<std::string> details = {});
  Refusal in_range(Money amount, const char* place) const;
  Refusal line_in_range(const BillLine& line, std::size_t number) const;
  Refusal lines_in_range(const std::vector<FeeLine>& lines) const;
  Refusal charges_in_range(const std::vector<BillLine>& lines, const std::vector<FeeLine>* brought) const;

  // ---- Visits (decide_visit.cpp)
  // Of this provider, of the person and the kind that the command names, not cancelled.
  Result<Visit> visit_of(const std::string& mdtrt_id) const;
  Refusal began_otherwise(const std::string& named, const std::string& infno) const;
  Result<std::string> opened_with(const std::string& mdtrt_id) const;  // infno
  Refusal cancel_visit(const std::string& mdtrt_id, Visit visit);
  Refusal insured_otherwise(const std::string& psn_no, Date day) const;
  Refusal put_visit(const std::string& mdtrt_id, const Visit& visit);
  struct Uploaded {
    std::uint64_t position = 0;
    std::uint32_t index = 0;
    const FeeLine* line = nullptr;
    char state = line_open;
  };
  Result<std::vector<Uploaded>> uploaded_lines(const std::string& mdtrt_id);
  bool has_live_settlement(const std::string& mdtrt_id) const;
  std::string settled_by(const std::string& mdtrt_id, const Uploaded& line);
  Refusal mark_lines(const std::string& mdtrt_id, std::span<const LineRef> lines, char from, char to);

  // ---- Settling (decide_settle.cpp, assess_case.cpp)
  Result<std::vector<FactValue>> facts_of(const std::string& psn_no, const std::string& provider,
                                          const std::vector<FactValue>& visit, Date day);
  void add_balances(SettlementCase& made, const Settle& command, const Library& library) const;
  Result<SettlementCase> case_of(const Settle& command, SettlementResult& result);
  Refusal take_open_lines(const Settle& command, SettlementCase& made, SettlementResult& result);
  Refusal settle(const Settle& command, SettlementCase made, SettlementResult& result);
  void track_pending(const std::string& setl_id, const std::string& provider, bool waits);
  Refusal run_policy(SettlementCase& made, const std::string& rules, const std::string& catalogue,
                     const std::vector<std::string>& numbers);  // into assessment_
  Refusal price_upload(const UploadLines& command, const Visit& visit);
  Refusal assess_case(SettlementCase made, const std::string& rules, const std::string& catalogue,
                      SettlementResult& result, std::uint64_t row_owner);
  std::vector<BoundRow> bound_rows(const RowMap& map, const std::vector<std::string>& numbers) const;
  std::vector<BoundRow> joined_rows(const RowMap& map, const std::vector<std::string>& numbers) const;
  std::vector<std::string> changed_rows(const std::string& person) const;
  void keep_row(const AccumulatorResult& assessed, const std::vector<std::string>& numbers,
                SettlementResult& result, std::uint64_t row_owner, RowMap& map);
  RowMap* map_of(const std::string& rules);

  // ---- Undoing and computing again (decide_undo.cpp, recompute.cpp, again.cpp)
  Refusal late_status(const SetStatus& command, bool taken);
  Result<std::shared_ptr<const Decision>> record_of(char letter, const std::string& id);
  Result<Live> live(const std::string& setl_id);
  Result<Live> settlement_for(const std::string& setl_id,
                              const std::string& psn_no);  // that counts, for this provider and person
  Result<std::uint64_t> toucher_before(const Change& row);
  Result<std::vector<Live>> later_in_scope(const Live& settlement);
  using Behind = std::function<bool(std::uint64_t position, const Decision& record)>;
  Result<std::vector<Live>> live_since(const std::string& psn_no, const Behind& behind);
  Refusal add_live_since(const std::string& number, const Behind& behind, std::vector<Live>& found);
  Refusal message_of_other(const Reverse& command) const;
  Refusal reverse_visit(const Decision& opened, const Reverse& command);
  Refusal not_as_said(const Live& settlement);
  bool recomputes(const Live& settlement);
  Refusal undo(const Live& settlement, bool must, SettlementStatus becomes);
  Refusal take_out(const Live& settlement, SettlementResult& result);
  Refusal post_back(const Live& settlement);
  SettlementResult cancelled_result(const Live& settlement);
  Result<bool> used_account(const Live& settlement);
  Refusal add_refunds(const RefundPart& command, SettlementCase& made);

  // ---- again.cpp
  struct Again {  // a settlement that is computed again, and the facts it shall count with
    Live live;
    std::vector<FactValue> facts;
    std::vector<Floor> floors;
  };
  using Floors = std::map<std::uint64_t, SettlementResult>;  // by position
  Result<std::vector<Again>> again_without(const Live& settlement, bool in_scope);
  Refusal reach_floors(const std::string& psn_no, const std::string& without, std::vector<Live>& found);
  Refusal compute_again(const std::vector<Again>& settlements, bool gains_only);
  Refusal assess_again(const Again& again, const std::vector<FactValue>& facts, SettlementResult& after);
  Result<Floors> floors_of(const std::vector<Again>& settlements);
  Refusal add_world(const std::vector<Again>& settlements, std::uint64_t event, Floors& floors);
  Result<bool> comes_out_the_same(const Again& again, const SettlementResult& after);
  void put_rows_back(const SettlementResult& unchanged);
  void keep_floors(const Again& again);
  static void drop_floors_without_effect(std::vector<Again>& settlements);
  Result<SettlementCase> case_again(const Live& settlement, const std::vector<FactValue>& facts);
  Result<std::vector<BillLine>> lines_of(const Live& settlement);
  Object changed(const std::string& object) const;  // with the changes of this decision

  Objects& objects_;
  Records& records_;
  Artifacts& artifacts_;
  std::string expected_region_,
      region_;  // as the shard's object has it: the region of the first rules put in force
  Limits limits_;
  std::map<std::string, RowMap> maps_;
  Workspace* workspace();
  std::shared_ptr<Workspace> workspace_;
  Assessment assessment_;
  std::vector<const BillLine*> lines_;  // of the case being assessed
  bool trial_ = false;

  // The decision being made.
  const Command* command_ = nullptr;
  KnownMessage reversed_;
  Decision out_;
  std::vector<Posting> postings_;
  std::uint64_t position_ = 0;
  unsigned made_ = 0;
  std::vector<std::shared_ptr<const Decision>> held_;  // keeps lines alive that `Uploaded` points to
};

}  // namespace fenming
