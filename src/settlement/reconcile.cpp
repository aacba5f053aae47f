#include "settlement/reconcile.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace fenming {
namespace {

bool asked(const std::string& wanted, const std::string& there) { return wanted.empty() || wanted == there; }

bool of_key(const StatementRow& row, const StatementKey& key) {
  return asked(key.insutype, row.key.insutype) && asked(key.clr_type, row.key.clr_type) &&
         asked(key.setl_optins, row.key.setl_optins);
}

StatementAmounts amounts_of(const ProviderRow& row) {
  return {row.medfee_sumamt, row.fund_pay_sumamt, row.acct_pay, Money()};
}

StatementAmounts compared(const StatementRow& row) {  // what the provider's file has too
  StatementAmounts amounts = row.amounts;
  amounts.cash_payamt = Money();
  return amounts;
}

class Reconciliation {
 public:
  Reconciliation(std::span<const StatementRow> ours, std::span<const ProviderRow> theirs,
                 const StatementFilter& filter)
      : ours_(ours), theirs_(theirs), filter_(filter), matched_(ours.size()), of_theirs_(theirs.size()) {
    for (std::size_t i = 0; i < ours.size(); ++i) {
      by_id_.emplace(ours[i].setl_id, i);
      if (ours[i].refund) refund_of_.emplace(ours[i].corrects, i);
    }
  }

  std::vector<RowDifference> run() {
    for (std::size_t t = 0; t < theirs_.size(); ++t) of_theirs_[t] = match(theirs_[t]);
    for (std::size_t o = 0; o < ours_.size(); ++o)
      if (matched_[o]) known_.emplace(alike(ours_[o]), o);
    for (std::size_t o = 0; o < ours_.size(); ++o)
      if (!matched_[o] && enters(ours_[o], filter_)) only_ours(o);
    for (std::size_t t = 0; t < theirs_.size(); ++t) judge(t);
    return std::move(found_);
  }

 private:
  using Alike = std::tuple<std::string, std::string, std::int64_t, std::int32_t>;
  static Alike alike(const StatementRow& row) {
    return {row.psn_no, row.mdtrt_id, row.amounts.medfee_sumamt.fen(), row.day.days};
  }
  static constexpr std::size_t none = SIZE_MAX;
  struct Match {
    std::size_t ours = none;
    bool again = false;  // another row of theirs stands for it already
  };

  bool skipped(const ProviderRow& row) const { return row.refund && !filter_.refunds; }

  Match match(const ProviderRow& row) {
    std::size_t at = none;
    if (const auto known = by_id_.find(row.setl_id); known != by_id_.end()) at = known->second;
    if (row.refund && (at == none || !ours_[at].refund)) {
      const auto refund = refund_of_.find(row.setl_id);
      at = refund == refund_of_.end() ? none : refund->second;
    }
    if (at == none || skipped(row) || !enters(ours_[at], filter_)) return {at, false};
    const bool again = matched_[at];
    matched_[at] = true;
    return {at, again};
  }

  RowDifference about(const StatementRow& row, DifferenceKind kind, Repair repair) const {
    RowDifference difference;
    difference.kind = kind, difference.repair = repair, difference.refund = row.refund;
    difference.setl_id = row.setl_id, difference.mdtrt_id = row.mdtrt_id, difference.psn_no = row.psn_no;
    difference.msgid = row.msgid;
    return difference;
  }

  // Rows of ours that the provider's file does not have.
  void only_ours(std::size_t at) {
    const StatementRow& row = ours_[at];
    RowDifference difference = about(row, DifferenceKind::lost_answer, Repair::book);
    if (row.refund) {
      const auto settlement = by_id_.find(row.corrects);
      const bool lost_too = settlement != by_id_.end() && !matched_[settlement->second] &&
                            enters(ours_[settlement->second], filter_);
      if (!lost_too) difference.kind = DifferenceKind::cancelled_here;
    } else {
      const auto twin = known_.find(alike(row));
      if (twin != known_.end()) difference.kind = DifferenceKind::doubled;
      if (!row.msgid.empty() && !refund_of_.contains(row.setl_id)) difference.repair = Repair::reverse;
    }
    difference.ours = at;
    difference.amounts = compared(row);
    found_.push_back(std::move(difference));
  }

  void judge(std::size_t t) {
    const ProviderRow& row = theirs_[t];
    if (skipped(row)) return;
    const Match& match = of_theirs_[t];
    RowDifference difference =
        match.ours == none ? unknown(row) : held_against(ours_[match.ours], row, match);
    if (difference.amounts == StatementAmounts() && difference.fields.empty() && !difference.day) return;
    if (match.ours != none) difference.ours = match.ours;
    difference.theirs = t;
    found_.push_back(std::move(difference));
  }

  RowDifference unknown(const ProviderRow& row) const {
    RowDifference difference;
    const bool settled = by_id_.contains(row.setl_id);  // then the row is a refund that we do not have
    difference.kind = settled ? DifferenceKind::cancelled_there : DifferenceKind::unknown_here;
    difference.repair = settled ? Repair::cancel : Repair::settle_again;
    difference.refund = row.refund;
    difference.setl_id = row.setl_id, difference.mdtrt_id = row.mdtrt_id, difference.psn_no = row.psn_no;
    difference.amounts = -amounts_of(row);
    difference.fields = {"setl_id"};
    return difference;
  }

  RowDifference held_against(const StatementRow& row, const ProviderRow& theirs, const Match& match) const {
    if (row.standing != Standing::counts || !enters(row, filter_) || match.again) {
      RowDifference difference = not_counted(row);
      difference.amounts = -amounts_of(theirs);
      return difference;
    }
    RowDifference difference = about(row, DifferenceKind::amount_differs, Repair::correct);
    difference.amounts = compared(row);
    difference.amounts += -amounts_of(theirs);
    const auto differ = [&](bool differs, const char* field) {
      if (differs) difference.fields.emplace_back(field);
    };
    differ(row.refund != theirs.refund, "refd_setl_flag");
    differ(row.amounts.medfee_sumamt != theirs.medfee_sumamt, "medfee_sumamt");
    differ(row.amounts.fund_pay_sumamt != theirs.fund_pay_sumamt, "fund_pay_sumamt");
    differ(row.amounts.acct_pay != theirs.acct_pay, "acct_pay");
    differ(!theirs.psn_no.empty() && theirs.psn_no != row.psn_no, "psn_no");
    differ(!theirs.mdtrt_id.empty() && theirs.mdtrt_id != row.mdtrt_id, "mdtrt_id");
    if (difference.fields.empty() && theirs.day && *theirs.day != row.day) {
      difference.kind = DifferenceKind::wrong_day, difference.repair = Repair::move_day;
      difference.day = row.day;
    }
    return difference;
  }

  // A row of theirs that stands for one of ours which does not count, not here, or not twice.
  RowDifference not_counted(const StatementRow& row) const {
    RowDifference difference = about(row, DifferenceKind::doubled, Repair::drop);
    difference.fields = {"setl_id"};
    if (row.standing == Standing::pending)
      difference.kind = DifferenceKind::not_confirmed, difference.repair = Repair::confirm;
    else if (row.standing != Standing::counts)
      difference.kind = DifferenceKind::cancelled_here;
    else if (!of_key(row, filter_.key)) {
      difference.kind = DifferenceKind::amount_differs, difference.repair = Repair::correct;
      difference.fields = {row.key.insutype != filter_.key.insutype && !filter_.key.insutype.empty()
                               ? "insutype"
                           : !asked(filter_.key.clr_type, row.key.clr_type) ? "clr_type"
                                                                            : "setl_optins"};
    } else if (row.day < filter_.from || row.day > filter_.to) {
      difference.kind = DifferenceKind::wrong_day, difference.repair = Repair::move_day;
      difference.fields.clear();
      difference.day = row.day;
    }
    return difference;
  }

  std::span<const StatementRow> ours_;
  std::span<const ProviderRow> theirs_;
  const StatementFilter& filter_;
  std::vector<bool> matched_;
  std::vector<Match> of_theirs_;
  std::unordered_map<std::string, std::size_t> by_id_, refund_of_;
  std::map<Alike, std::size_t> known_;
  std::vector<RowDifference> found_;
};

struct Words {
  std::string_view name, zh, en;
};
constexpr Words kinds[] = {
    {"lost_answer", "医保中心有、机构没有（未收到应答）",
     "known here, not in the provider's books (an answer was lost)"},
    {"doubled", "重复", "counted twice"},
    {"wrong_day", "日期不同", "counted on another day"},
    {"cancelled_here", "医保中心已撤销，机构仍计入", "cancelled here, not in the provider's books"},
    {"cancelled_there", "机构已退费，医保中心未撤销", "cancelled in the provider's books, not here"},
    {"amount_differs", "金额或内容不同", "amounts or contents differ"},
    {"not_confirmed", "医保中心待确认", "waits for its confirmation here"},
    {"unknown_here", "医保中心没有此结算", "no such settlement here"}};
constexpr Words repairs[] = {
    {"book", "请机构按本行入账", "enter this row"},
    {"reverse", "请以 2601 冲正报文", "reverse with 2601 the message"},
    {"cancel", "请撤销结算", "cancel the settlement"},
    {"drop", "请机构删除本行", "take this row out"},
    {"move_day", "请计入", "count it on"},
    {"correct", "请机构按医保中心更正", "correct it as it is here"},
    {"confirm", "请确认，或待其过期后删除", "confirm it, or let it expire and take the row out"},
    {"settle_again", "请重新结算，或删除本行", "settle again, or take the row out"}};

}  // namespace

StatementAmounts& StatementAmounts::operator+=(const StatementAmounts& other) {
  medfee_sumamt = medfee_sumamt + other.medfee_sumamt;
  fund_pay_sumamt = fund_pay_sumamt + other.fund_pay_sumamt;
  acct_pay = acct_pay + other.acct_pay;
  cash_payamt = cash_payamt + other.cash_payamt;
  return *this;
}

StatementAmounts StatementAmounts::operator-() const {
  return {-medfee_sumamt, -fund_pay_sumamt, -acct_pay, -cash_payamt};
}

bool enters(const StatementRow& row, const StatementFilter& filter) {
  return row.standing == Standing::counts && filter.from <= row.day && row.day <= filter.to &&
         of_key(row, filter.key) && (filter.refunds || !row.refund);
}

StatementTotals statement_totals(std::span<const StatementRow> rows, const StatementFilter& filter) {
  StatementTotals totals;
  for (const StatementRow& row : rows) {
    if (!enters(row, filter)) continue;
    totals.amounts += row.amounts;
    ++totals.count;
  }
  return totals;
}

std::map<StatementKey, StatementTotals> totals_by_key(std::span<const StatementRow> rows,
                                                      const StatementFilter& filter) {
  std::map<StatementKey, StatementTotals> totals;
  for (const StatementRow& row : rows) {
    if (!enters(row, filter)) continue;
    StatementTotals& of_key = totals[row.key];
    of_key.amounts += row.amounts;
    ++of_key.count;
  }
  return totals;
}

std::vector<std::string> unequal_figures(const StatementTotals& ours, const StatementTotals& theirs) {
  std::vector<std::string> names;
  if (ours.amounts.medfee_sumamt != theirs.amounts.medfee_sumamt) names.emplace_back("medfee_sumamt");
  if (ours.amounts.fund_pay_sumamt != theirs.amounts.fund_pay_sumamt) names.emplace_back("fund_pay_sumamt");
  if (ours.amounts.acct_pay != theirs.amounts.acct_pay) names.emplace_back("acct_pay");
  if (ours.count != theirs.count) names.emplace_back("fixmedins_setl_cnt");
  return names;
}

std::vector<RowDifference> reconcile(std::span<const StatementRow> ours, std::span<const ProviderRow> theirs,
                                     const StatementFilter& filter) {
  return Reconciliation(ours, theirs, filter).run();
}

std::string_view name(DifferenceKind kind) { return kinds[static_cast<std::size_t>(kind)].name; }
std::string_view name(Repair repair) { return repairs[static_cast<std::size_t>(repair)].name; }

std::string memo(const RowDifference& difference, Language language) {
  const bool zh = language == Language::zh;
  const Words& kind = kinds[static_cast<std::size_t>(difference.kind)];
  const Words& repair = repairs[static_cast<std::size_t>(difference.repair)];
  std::string text(zh ? kind.zh : kind.en);
  if (difference.kind == DifferenceKind::amount_differs) {
    std::string fields;
    for (const std::string& field : difference.fields) fields += (fields.empty() ? "" : ", ") + field;
    text += zh ? "（" + fields + "）" : " (" + fields + ")";
  }
  text += zh ? "；" : "; ";
  text += zh ? repair.zh : repair.en;
  if (difference.repair == Repair::reverse) text += " " + difference.msgid;
  if (difference.repair == Repair::move_day && difference.day) text += " " + to_text(*difference.day);
  return text;
}

}  // namespace fenming
