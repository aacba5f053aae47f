// Reconcile: a provider's books held against ours, as 3201 (totals) and 3202 (line by line) ask. Pure: rows in, totals and classed
// differences out. Where our rows come from: settlement/statement.h.
//
// What counts (laws.md 7, 9 l): a settlement on the day of the books of its record, a two-phase one on that of its confirmation; a
// refund on its own day with refd_setl_flag 1 and the settlement's amounts negated. Pending and expired ones and those undone by 2601
// count nowhere, nor do their refunds. Adjustments after a late status change no row: the provider's claim stays as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "model/error.h"
#include "money/decimal.h"

namespace fenming {

struct StatementKey {  // what 3201 asks for beside the days
  std::string insutype, clr_type, setl_optins;
  friend auto operator<=>(const StatementKey&, const StatementKey&) = default;
};

struct StatementAmounts {
  Money medfee_sumamt, fund_pay_sumamt, acct_pay, cash_payamt;  // acct_pay: with the family's account
  StatementAmounts& operator+=(const StatementAmounts& other);
  StatementAmounts operator-() const;
  friend bool operator==(const StatementAmounts&, const StatementAmounts&) = default;
};

enum class Standing : std::uint8_t { counts, pending, expired, reversed };  // reversed: by 2601

struct StatementRow {  // ours
  StatementKey key;
  std::string setl_id;   // a refund's own
  std::string corrects;  // refund: the settlement that it takes back
  std::string mdtrt_id, psn_no;
  std::string infno, msgid;  // of the message that made it: what 2601 has to name
  Date day;                  // of the books: where it counts
  bool refund = false;       // refd_setl_flag
  Standing standing = Standing::counts;
  StatementAmounts amounts;  // of a refund: negated
};

struct ProviderRow {             // as the provider's file has it
  std::string setl_id;           // a refund: its own, or that of the settlement it takes back
  std::string mdtrt_id, psn_no;  // empty: not given
  std::optional<Date> day;  // where the provider counts it; the national file has none: the days asked for
  bool refund = false;      // its amounts are below zero
  Money medfee_sumamt, fund_pay_sumamt, acct_pay;
};

// ---- 3201

struct StatementTotals {
  StatementAmounts amounts;
  std::int64_t count = 0;  // fixmedins_setl_cnt: rows that entered
  friend bool operator==(const StatementTotals&, const StatementTotals&) = default;
};

struct StatementFilter {  // both days belong; an empty text asks for all
  Date from, to;
  StatementKey key;
  bool refunds = true;  // refd_setl_flag: 0 leaves the refunds' rows out, the settlements they take back stay
};

bool enters(const StatementRow& row, const StatementFilter& filter);
StatementTotals statement_totals(std::span<const StatementRow> rows, const StatementFilter& filter);
std::map<StatementKey, StatementTotals> totals_by_key(std::span<const StatementRow> rows,
                                                      const StatementFilter& filter);

// stmt_rslt: the four figures 3201 compares; empty: equal, else the national names of those that differ.
std::vector<std::string> unequal_figures(const StatementTotals& ours, const StatementTotals& theirs);

// ---- 3202

enum class DifferenceKind : std::uint8_t {
  lost_answer,      // we settled (or refunded), the provider's books do not have it
  doubled,          // counted twice: by the provider, or sent twice under two message ids after a lost answer
  wrong_day,        // on both sides, on different days
  cancelled_here,   // refunded, expired or reversed with us; the provider still counts it
  cancelled_there,  // refunded in the provider's books only
  amount_differs,   // amounts or the person differ
  not_confirmed,    // waits for its confirmation with us, counted by the provider
  unknown_here      // no settlement of ours has this id
};
enum class Repair : std::uint8_t {
  book,         // provider: enter our row
  reverse,      // provider: send 2601 with `msgid`
  cancel,       // provider: cancel the settlement (2208, 2305, 2103)
  drop,         // provider: take the row out
  move_day,     // provider: count it on `day`
  correct,      // provider: take our amounts
  confirm,      // provider: confirm, or let it expire and drop the row
  settle_again  // provider: send the settlement again, or drop the row
};

struct RowDifference {
  DifferenceKind kind = DifferenceKind::lost_answer;
  Repair repair = Repair::book;
  bool refund = false;
  std::string setl_id, mdtrt_id, psn_no, msgid;
  std::optional<Date> day;                  // wrong_day: where it counts with us
  std::vector<std::string> fields;          // amount_differs: national names
  std::optional<std::size_t> ours, theirs;  // indices of the rows it is about
  StatementAmounts amounts;                 // what it explains of ours − theirs (cash_payamt: not compared)
};

// `ours`: the rows of the days asked for and, where the caller has them, those that the provider's file names and those of days around
// them, whatever their standing (`enters` decides what counts). `theirs`: the provider's file. The differences stand in the order of
// our rows, then of theirs, and their amounts add up to ours − theirs exactly; with the repairs done there is none.
std::vector<RowDifference> reconcile(std::span<const StatementRow> ours, std::span<const ProviderRow> theirs,
                                     const StatementFilter& filter);

// One sentence for the column memo of the answer: what differs and what to do.
std::string memo(const RowDifference& difference, Language language);
std::string_view name(DifferenceKind kind);
std::string_view name(Repair repair);

}  // namespace fenming
