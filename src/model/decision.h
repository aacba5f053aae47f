// Decision: what a Command did, complete: from it alone everything else is rebuilt without running a policy again, and with the
// artifacts it names the same Decision can be computed again. One Decision is one record of the journal (docs/journal-format.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/command.h"
#include "model/split.h"

namespace fenming {

// ---- State --------------------------------------------------------------------------------------------------------------
// State is a set of objects (a person: "P" + psn_no; the shard itself: "S"; a provider: "O" + code; a claim ...), each a sorted
// list of cells, name → bytes. A cell's first character says what it is (settlement/cells.h). Changes carry both sides, so
// that a fold checks what it replaces and a reversal knows what to put back.
struct Change {
  std::string object, cell;
  std::string before, after;  // empty: not there
  friend bool operator==(const Change&, const Change&) = default;
};

// ---- Money --------------------------------------------------------------------------------------------------------------
enum class AccountKind : std::uint8_t {
  fund,          // owner: the fund's name in the region's policy ("basic", "illness" ...)
  personal,      // owner: psn_no; the personal account
  hold,          // owner: psn_no; account money held by a pending settlement
  cash,          // owner: psn_no; what the person paid at the counter
  provider,      // owner: fixmedins_code; what the insurance owes the provider
  reduction,     // owner: fixmedins_code; the provider's own share
  deposit,       // owner: mdtrt_id; prepaid by the patient
  receivable,    // owner: psn_no; owed to (+) or by (−) the fund after an adjustment
  claimant,      // owner: psn_no; benefits of a manual claim, to be paid out
  contribution,  // owner: reason; where account credits come from
  interest,      // owner: empty; where interest comes from
  clearing       // owner: the other region
};
struct Account {
  AccountKind kind = AccountKind::fund;
  std::string owner;
  friend auto operator<=>(const Account&, const Account&) = default;
};
struct Posting {  // + what the account receives, − what it gives
  Account account;
  Money amount;
  friend bool operator==(const Posting&, const Posting&) = default;
};

// ---- A settlement's result ------------------------------------------------------------------------------------------------
// cleared: no settlement, only rows: what later results of the same decision put back computed again.
enum class ResultKind : std::uint8_t { settled, cancelled, adjusted, cleared };

struct LineResult {  // amount = over + out + prepay + in
  std::int64_t amount = 0, over = 0, out = 0, prepay = 0, in = 0;
  friend bool operator==(const LineResult&, const LineResult&) = default;
};
struct Share {  // of a fund, by its name in the policy
  std::string fund;
  std::int64_t fen = 0;
  friend bool operator==(const Share&, const Share&) = default;
};
struct LineRef {  // lines uploaded by the record at `position`
  std::uint64_t position = 0;
  std::vector<std::uint32_t> indices;  // rising
  friend bool operator==(const LineRef&, const LineRef&) = default;
};

struct SettlementResult {
  ResultKind kind = ResultKind::settled;
  std::string settlement;  // its own setl_id
  std::string corrects;    // cancelled, adjusted: the settlement's setl_id
  std::string psn_no, provider, visit, visit_kind, payer;
  Date from, to, settle, known;
  bool pending = false, interim = false;
  std::vector<FactValue> facts;   // all that entered: the person's, the visit's, balances
  std::vector<LineRef> uploaded;  // of a visit; a counter sale's lines stand in the Command
  // Fen. total = funds + account + family + cash + provider; of a cancelled one: all negated.
  std::int64_t total = 0, over = 0, out = 0, prepay = 0, in_scope = 0, charged = 0, deductible = 0;
  std::int64_t funds = 0, account = 0, family = 0, cash = 0, provider_part = 0;
  std::vector<Share> shares;  // per fund, without account, family and provider
  std::vector<LineResult> lines;
  std::vector<std::string> policies;  // digests of the policy files used, per part of the stay
  std::vector<Change> rows;           // accumulator rows read or written
  std::int64_t balance = 0;           // of the personal account before it
};

struct PersonLink {  // laws.md 1.8
  std::string psn_no;
  std::uint64_t previous = 0;  // position of the record about this person before this one; 0: none
};

enum class BindKind : std::uint8_t { done, tombstone };
struct Bound {  // a message key that this record answers for
  MessageKey key;
  BindKind kind = BindKind::done;
};

// What renders the answer to a record (laws.md 5): raised by whoever changes a byte of any answer, and the form before it stays for the
// records that name it. tests/e2e/answers-encoder*.txt hold the bytes.
// 2: med_chrgitm_type of a line follows its item's kind; before, it was 14.
inline constexpr std::uint32_t answer_encoder = 2;

struct Decision {
  std::uint32_t engine = 0;  // version: raised by every change that alters any amount
  Instant time;
  Date booked;  // day of the books: time's, or the first open day after it
  Command command;
  std::vector<Bound> bound;
  std::vector<PersonLink> persons;
  std::string rules, catalogue;  // digests of the artifacts in force (32 bytes), empty when not used
  std::vector<SettlementResult> results;
  std::vector<Posting> entries;  // sum zero
  std::vector<Change> changes;   // beside the rows of the results
  std::string made;              // id of what was made: mdtrt_id, setl_id, claim, sign_no
  std::vector<LineResult> priced =
      {};  // of uploaded lines: what each would be worth as a bill of its own upload; none: not known yet
  std::uint32_t encoder = 0;  // answer_encoder of then; 0: a record from before it was named, the same as 1
};

}  // namespace fenming
