#include "settlement/reconcile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace fenming {
namespace {

Money yuan(std::int64_t amount) { return Money::from_fen(amount * 100); }
Date day(const char* text) { return *parse_date(text); }

StatementRow settled(const std::string& id, std::int64_t fen = 10'000, const char* on = "2025-03-01") {
  StatementRow row;
  row.key = {"310", "11", "123456"};
  row.setl_id = id, row.psn_no = "P" + id, row.msgid = "m" + id, row.infno = "2207";
  row.day = day(on);
  row.amounts = {Money::from_fen(fen), Money::from_fen(fen / 2), Money::from_fen(fen / 4),
                 Money::from_fen(fen - fen / 2 - fen / 4)};
  return row;
}
StatementRow refund_of(const StatementRow& settled) {
  StatementRow row = settled;
  row.corrects = settled.setl_id, row.setl_id = settled.setl_id + "r", row.msgid = settled.msgid + "r";
  row.refund = true;
  row.amounts = -row.amounts;
  return row;
}
ProviderRow theirs(const StatementRow& row) {
  return {row.setl_id,
          row.mdtrt_id,
          row.psn_no,
          {},
          row.refund,
          row.amounts.medfee_sumamt,
          row.amounts.fund_pay_sumamt,
          row.amounts.acct_pay};
}

const StatementFilter march_first{day("2025-03-01"), day("2025-03-01"), {}, true};

RowDifference only(const std::vector<StatementRow>& ours, const std::vector<ProviderRow>& books) {
  const auto found = reconcile(ours, books, march_first);
  EXPECT_EQ(found.size(), 1U);
  return found.empty() ? RowDifference{} : found.front();
}

TEST(Reconcile, EqualBooksDifferInNothing) {  // REQ XR-04
  const StatementRow a = settled("1"), b = settled("2"), back = refund_of(b);
  EXPECT_TRUE(reconcile(std::vector{a, b, back}, std::vector{theirs(a), theirs(b), theirs(back)}, march_first)
                  .empty());
  ProviderRow by_original = theirs(back);  // a refund may name the settlement it takes back
  by_original.setl_id = "2";
  EXPECT_TRUE(reconcile(std::vector{a, b, back}, std::vector{theirs(a), theirs(b), by_original}, march_first)
                  .empty());
}

TEST(Reconcile, ALostAnswerIsReversedByItsMessage) {
  const auto found = only({settled("1")}, {});
  EXPECT_EQ(found.kind, DifferenceKind::lost_answer);
  EXPECT_EQ(found.repair, Repair::reverse);
  EXPECT_EQ(found.msgid, "m1");
  EXPECT_EQ(found.amounts.medfee_sumamt, yuan(100));
  EXPECT_EQ(memo(found, Language::zh), "医保中心有、机构没有（未收到应答）；请以 2601 冲正报文 m1");
}

TEST(Reconcile, SentTwiceAfterALostAnswerIsDoubled) {
  StatementRow first = settled("1"), second = settled("2");
  second.psn_no = first.psn_no;
  const auto found = only({first, second}, {theirs(second)});
  EXPECT_EQ(found.kind, DifferenceKind::doubled);
  EXPECT_EQ(found.repair, Repair::reverse);
  EXPECT_EQ(found.msgid, "m1");
}

TEST(Reconcile, ARowEnteredTwiceIsDropped) {
  const StatementRow row = settled("1");
  const auto found = only({row}, {theirs(row), theirs(row)});
  EXPECT_EQ(found.kind, DifferenceKind::doubled);
  EXPECT_EQ(found.repair, Repair::drop);
  EXPECT_EQ(found.theirs, 1U);
  EXPECT_EQ(found.amounts.medfee_sumamt, yuan(-100));
}

TEST(Reconcile, ARowOfAnotherDayNamesTheDay) {
  const StatementRow row = settled("1", 10'000, "2025-03-02");
  const auto found = only({row}, {theirs(row)});
  EXPECT_EQ(found.kind, DifferenceKind::wrong_day);
  EXPECT_EQ(found.repair, Repair::move_day);
  EXPECT_EQ(found.day, day("2025-03-02"));
  StatementRow here = settled("1");
  ProviderRow late = theirs(here);
  late.day = day("2025-03-02");
  EXPECT_EQ(only({here}, {late}).kind, DifferenceKind::wrong_day);
}

TEST(Reconcile, ARefundOfOneSideOnly) {
  const StatementRow row = settled("1"), back = refund_of(row);
  const auto here = only({row, back}, {theirs(row)});
  EXPECT_EQ(here.kind, DifferenceKind::cancelled_here);
  EXPECT_EQ(here.repair, Repair::book);
  const auto there = only({row}, {theirs(row), theirs(back)});
  EXPECT_EQ(there.kind, DifferenceKind::unknown_here) << "an id of a refund that nobody knows";
  ProviderRow by_original = theirs(back);
  by_original.setl_id = "1";
  const auto named = only({row}, {theirs(row), by_original});
  EXPECT_EQ(named.kind, DifferenceKind::cancelled_there);
  EXPECT_EQ(named.repair, Repair::cancel);
}

TEST(Reconcile, WhatDoesNotCountHereIsTakenOutThere) {
  StatementRow row = settled("1");
  for (const auto& [standing, kind, repair] :
       {std::tuple{Standing::pending, DifferenceKind::not_confirmed, Repair::confirm},
        {Standing::expired, DifferenceKind::cancelled_here, Repair::drop},
        {Standing::reversed, DifferenceKind::cancelled_here, Repair::drop}}) {
    row.standing = standing;
    const auto found = only({row}, {theirs(row)});
    EXPECT_EQ(found.kind, kind);
    EXPECT_EQ(found.repair, repair);
    EXPECT_TRUE(reconcile(std::vector{row}, {}, march_first).empty());
  }
}

TEST(Reconcile, AmountsPersonAndKeyAreNamed) {
  const StatementRow row = settled("1");
  ProviderRow other = theirs(row);
  other.fund_pay_sumamt = yuan(49), other.acct_pay = yuan(26);
  const auto found = only({row}, {other});
  EXPECT_EQ(found.kind, DifferenceKind::amount_differs);
  EXPECT_EQ(found.fields, (std::vector<std::string>{"fund_pay_sumamt", "acct_pay"}));
  EXPECT_EQ(found.amounts.fund_pay_sumamt, yuan(1));
  other = theirs(row);
  other.psn_no = "P9";
  EXPECT_EQ(only({row}, {other}).fields, std::vector<std::string>{"psn_no"});
  StatementFilter pharmacy = march_first;
  pharmacy.key.clr_type = "41";
  const auto keyed = reconcile(std::vector{row}, std::vector{theirs(row)}, pharmacy);
  ASSERT_EQ(keyed.size(), 1U);
  EXPECT_EQ(keyed.front().fields, std::vector<std::string>{"clr_type"});
  EXPECT_EQ(only({}, {theirs(row)}).kind, DifferenceKind::unknown_here);
}

TEST(Reconcile, TotalsByKeyCountWhatTheFlagAsksFor) {  // LAW 9(l)
  const StatementRow a = settled("1"), back = refund_of(a);
  StatementRow pharmacy = settled("2");
  pharmacy.key.clr_type = "41";
  const std::vector rows = {a, back, pharmacy};
  EXPECT_EQ(statement_totals(rows, march_first).count, 3);
  EXPECT_EQ(statement_totals(rows, march_first).amounts.medfee_sumamt, yuan(100));
  StatementFilter settled_only = march_first;
  settled_only.refunds = false;
  EXPECT_EQ(statement_totals(rows, settled_only).count, 2);
  const auto by_key = totals_by_key(rows, march_first);
  ASSERT_EQ(by_key.size(), 2U);
  EXPECT_EQ(by_key.at(a.key).amounts.fund_pay_sumamt, Money());
  EXPECT_EQ(by_key.at(pharmacy.key).count, 1);
  StatementTotals books = by_key.at(pharmacy.key);
  EXPECT_TRUE(unequal_figures(by_key.at(pharmacy.key), books).empty());
  books.amounts.acct_pay = yuan(1), ++books.count;
  EXPECT_EQ(unequal_figures(by_key.at(pharmacy.key), books),
            (std::vector<std::string>{"acct_pay", "fixmedins_setl_cnt"}));
}

// ---- Any two books: the differences explain all of it, and once they are repaired there is none.

class Books {
 public:
  explicit Books(unsigned seed) : random_(seed) {}

  void make() {
    for (int i = 0; i < 30; ++i) {
      StatementRow row =
          settled(std::to_string(i), 1'000 + below(5) * 100, below(5) == 0 ? "2025-03-02" : "2025-03-01");
      row.psn_no = "P" + std::to_string(below(4));
      if (below(8) == 0) row.standing = static_cast<Standing>(1 + below(3));
      const bool refunded = row.standing == Standing::counts && below(4) == 0;
      ours.push_back(row);
      if (refunded) ours.push_back(refund_of(row));
    }
    for (const StatementRow& row : ours) {
      if (below(5) == 0) continue;
      ProviderRow entered = theirs(row);
      if (row.refund && below(2) == 0) entered.setl_id = row.corrects;
      if (below(8) == 0) entered.fund_pay_sumamt = yuan(below(9));
      if (below(9) == 0) entered.setl_id += "x";
      books.push_back(entered);
      if (below(9) == 0) books.push_back(entered);
      if (!row.refund && below(9) == 0) {
        entered.refund = true, entered.medfee_sumamt = -entered.medfee_sumamt;
        books.push_back(entered);
      }
    }
  }

  std::vector<RowDifference> differences() const { return reconcile(ours, books, march_first); }

  StatementAmounts gap() const {
    StatementAmounts sum;
    for (const StatementRow& row : ours)
      if (enters(row, march_first)) sum += row.amounts;
    for (const ProviderRow& row : books)
      sum += -StatementAmounts{row.medfee_sumamt, row.fund_pay_sumamt, row.acct_pay, Money()};
    sum.cash_payamt = Money();
    return sum;
  }

  void repair(const std::vector<RowDifference>& found) {
    std::vector<bool> gone(books.size());
    std::vector<ProviderRow> news;
    for (const RowDifference& one : found) switch (one.repair) {
        case Repair::book: news.push_back(theirs(ours[*one.ours])); break;
        case Repair::reverse: ours[*one.ours].standing = Standing::reversed; break;
        case Repair::correct: gone[*one.theirs] = true, news.push_back(theirs(ours[*one.ours])); break;
        case Repair::cancel:
        case Repair::drop:
        case Repair::move_day:
        case Repair::confirm:
        case Repair::settle_again: gone[*one.theirs] = true; break;
      }
    for (std::size_t i = books.size(); i-- > 0;)
      if (gone[i]) books.erase(books.begin() + static_cast<std::ptrdiff_t>(i));
    books.insert(books.end(), news.begin(), news.end());
  }

  std::vector<StatementRow> ours;
  std::vector<ProviderRow> books;

 private:
  unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
  std::mt19937 random_;
};

TEST(Reconcile, DifferencesAddUpAndRepairsCloseToZero) {  // REQ XR-04
  std::size_t met = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Books books(seed);
    books.make();
    const auto found = books.differences();
    met += found.size();
    StatementAmounts sum;
    for (const RowDifference& one : found) sum += one.amounts;
    EXPECT_EQ(sum, books.gap()) << seed;
    for (int round = 0; round < 3; ++round) books.repair(books.differences());
    EXPECT_TRUE(books.differences().empty()) << seed;
    EXPECT_EQ(books.gap(), StatementAmounts()) << seed;
  }
  EXPECT_GT(met, 1000U);
}

}  // namespace
}  // namespace fenming
