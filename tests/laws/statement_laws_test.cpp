// Law 9 (l): what 3201 counts, from the journal.
#include "laws/law_desk.h"
#include "settlement/statement.h"

namespace fenming::testing_desk {
namespace {

std::vector<StatementRow> rows(TestDesk& at, const std::string& from, const std::string& to,
                               const std::string& provider = "H1") {
  EXPECT_TRUE(at.desk->catch_up());
  auto found = statement_rows(at.desk->store(), {provider, TestDesk::day(from), TestDesk::day(to)});
  EXPECT_TRUE(found);
  return found ? *found : std::vector<StatementRow>{};
}
StatementTotals totals(TestDesk& at, const std::string& from, const std::string& to, bool refunds = true) {
  return statement_totals(rows(at, from, to), {TestDesk::day(from), TestDesk::day(to), {}, refunds});
}
std::int64_t total(TestDesk& at, const std::string& day) {
  return totals(at, day, day).amounts.medfee_sumamt.fen();
}

TEST(Law9, TheStatementCountsEachDaysOwn) {  // REQ XR-04, LAW 9(l)
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const Outcome sale = at.good(TestDesk::sale(yuan(300)), "sale");
  at.good(TestDesk::sale(yuan(70), "P2"), "", "H2");
  at.pass(days);
  at.good(TestDesk::sale(yuan(90), "P2", "2025-03-02"));
  at.good(CancelSettlement{sale.decision->made, "P1"}, "back");
  EXPECT_EQ(total(at, "2025-03-01"), 30'000) << "the day stays as it was";
  EXPECT_EQ(total(at, "2025-03-02"), 9'000 - 30'000);
  EXPECT_EQ(totals(at, "2025-03-01", "2025-03-02").count, 3);
  EXPECT_EQ(totals(at, "2025-03-02", "2025-03-02", false).amounts.medfee_sumamt, yuan(90));
  const auto second = rows(at, "2025-03-02", "2025-03-02");
  ASSERT_EQ(second.size(), 2U);
  EXPECT_TRUE(second[1].refund);
  EXPECT_EQ(second[1].corrects, sale.decision->made);
  EXPECT_EQ(second[1].msgid, "back");
  EXPECT_EQ(second[1].key, (StatementKey{"employees", "", "123456"}));
  const SettlementResult& settled = TestDesk::result(sale);
  EXPECT_EQ(second[1].amounts.acct_pay.fen(), -(settled.account + settled.family));
  EXPECT_EQ(second[1].amounts.cash_payamt.fen(), -settled.cash);
  EXPECT_EQ(rows(at, "2025-03-01", "2025-03-01", "H2").size(), 1U);
  EXPECT_EQ(rows(at, "2025-03-01", "2025-03-01").size(), 1U)
      << "the next day's first record is not of this day";
  EXPECT_TRUE(rows(at, "2025-02-01", "2025-02-28").empty());
  EXPECT_FALSE(
      statement_rows(at.desk->store(), {"H1", TestDesk::day("2025-03-02"), TestDesk::day("2025-03-01")}));
}

TEST(Law9, WhatWasReversedCountsOnNeitherDay) {  // LAW 9(l): by 2601
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)), "sale");
  at.good(TestDesk::sale(yuan(10)));
  at.pass(days);
  at.good(Reverse{"P1", "2207", "sale"});
  EXPECT_EQ(total(at, "2025-03-01"), 1'000);
  EXPECT_EQ(totals(at, "2025-03-02", "2025-03-02").count, 0);
  const auto first = rows(at, "2025-03-01", "2025-03-01");
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].standing, Standing::reversed);
}

TEST(Law9, AStatementIsKeyedByTheKindOfVisit) {  // LAW 9(l)
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.kind = "11";
  at.good(sale);
  const std::string visit =
      at.good(OpenVisit{"P2", "21", "Z1", TestDesk::day("2025-03-01"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(10))}});
  Settle of_visit;
  of_visit.psn_no = "P2", of_visit.visit = visit, of_visit.total = yuan(10);
  at.good(of_visit);
  const auto counted = rows(at, "2025-03-01", "2025-03-01");
  ASSERT_EQ(counted.size(), 2U);
  EXPECT_EQ(counted[0].key, (StatementKey{"employees", "11", "123456"}));
  EXPECT_EQ(counted[0].mdtrt_id, counted[0].setl_id);
  EXPECT_EQ(counted[1].key, (StatementKey{"employees", "21", "123456"}));
  EXPECT_EQ(counted[1].mdtrt_id, visit);
}

TEST(Law9, WhatWasAdjustedBeforeItsConfirmationCountsAsItWasPosted) {  // LAW 7, 9(c), 9(l)
  TestDesk at(region("corrections: {cancel: recompute, late: gains}"));
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const std::string waits = at.good(sale).decision->made;
  at.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at.good(Confirm{waits});
  const auto counted = rows(at, "2025-03-01", "2025-03-01");
  ASSERT_EQ(counted.size(), 1U);
  EXPECT_EQ(counted[0].setl_id, waits);
  EXPECT_EQ(counted[0].amounts.fund_pay_sumamt, yuan(230)) << "160 pool and 70 aid";
  EXPECT_EQ(counted[0].amounts.cash_payamt, yuan(70));
}

TEST(Law7, ATwoPhaseOneCountsFromItsConfirmationOn) {  // LAW 7, 9(l)
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(120));
  sale.two_phase = true;
  const std::string confirmed = at.good(sale).decision->made;
  const std::string left = at.good(sale).decision->made;
  EXPECT_EQ(totals(at, "2025-03-01", "2025-03-01").count, 0);
  EXPECT_EQ(rows(at, "2025-03-01", "2025-03-01").front().standing, Standing::pending);
  at.good(CloseDay{TestDesk::day("2025-03-01")});
  at.good(Confirm{confirmed});
  EXPECT_EQ(total(at, "2025-03-01"), 0) << "a closed day's totals never change";
  EXPECT_EQ(total(at, "2025-03-02"), 12'000);
  at.good(CancelSettlement{left, "P1"});
  EXPECT_EQ(totals(at, "2025-03-01", "2025-03-02").count, 1) << "cancelled while it waited: in neither";
  at.pass(2 * days);
  at.good(CancelSettlement{confirmed, "P1"});
  EXPECT_EQ(total(at, "2025-03-02"), 12'000);
  EXPECT_EQ(total(at, "2025-03-03"), -12'000);
}

TEST(Law7, AnExpiredOneCountsOnNoDay) {  // LAW 7, 9(l)
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(120));
  sale.two_phase = true;
  const std::string expired = at.good(sale).decision->made;
  at.good(Expire{expired, Instant{at.wall_ms}});
  EXPECT_EQ(totals(at, "2025-03-01", "2025-03-01").count, 0);
  EXPECT_EQ(rows(at, "2025-03-01", "2025-03-01").front().standing, Standing::expired);
}

TEST(Law9, AnAdjustmentChangesNoStatement) {  // LAW 6.3, 9(c), 9(l): the provider's claim stays
  TestDesk at(recomputing);
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  at.pass(days);
  at.good(poor());
  EXPECT_EQ(total(at, "2025-03-01"), 30'000);
  EXPECT_EQ(totals(at, "2025-03-02", "2025-03-02").count, 0);
  at.good(CancelSettlement{sale.decision->made, "P1"});
  const auto second = rows(at, "2025-03-02", "2025-03-02");
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].amounts.fund_pay_sumamt.fen(), -TestDesk::result(sale).funds)
      << "as the provider has it";
}

TEST(Law9, APartRefundIsARefundAndTheRest) {  // LAW 9(h), 9(l)
  TestDesk at;
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  at.pass(days);
  at.good(RefundPart{sale.decision->made, "P1", {{"1", *parse_decimal("1"), yuan(100)}}});
  EXPECT_EQ(total(at, "2025-03-01"), 30'000);
  EXPECT_EQ(total(at, "2025-03-02"), 20'000 - 30'000);
  EXPECT_EQ(totals(at, "2025-03-02", "2025-03-02").count, 2);
}

TEST(Law9, ADayIsFoundAmongManyAndIdsWhereverTheyAre) {  // LAW 9(l)
  TestDesk at;
  std::vector<std::string> made;
  for (int day = 0; day < 5; ++day, at.pass(days))
    for (int i = 0; i < 7; ++i) made.push_back(at.good(TestDesk::sale(yuan(10 + day), "P3")).decision->made);
  for (int day = 0; day < 5; ++day)
    EXPECT_EQ(total(at, "2025-03-0" + std::to_string(day + 1)), 7 * (10 + day) * 100) << day;
  at.good(CancelSettlement{made.back(), "P3"});
  EXPECT_TRUE(at.desk->catch_up());
  const auto named = statement_rows_of(at.desk->store(), "H1",
                                       std::vector{made[3], made.back(), std::string("S1"), made[0] + "9"});
  ASSERT_TRUE(named);
  ASSERT_EQ(named->size(), 3U) << "a refund stands behind its settlement";
  EXPECT_EQ((*named)[0].day, TestDesk::day("2025-03-01"));
  EXPECT_TRUE((*named)[2].refund);
  EXPECT_EQ((*named)[2].day, TestDesk::day("2025-03-06"));
  EXPECT_TRUE(statement_rows_of(at.desk->store(), "H2", std::vector{made[3]})->empty());
}

TEST(Law9, AStatementReconcilesWithTheBooksOfTheCounter) {  // REQ XR-04, LAW 9(l)
  TestDesk at;
  const std::string kept = at.good(TestDesk::sale(yuan(300)), "kept").decision->made;
  at.good(TestDesk::sale(yuan(50), "P2"), "lost");
  const auto ours = rows(at, "2025-03-01", "2025-03-01");
  const std::vector<ProviderRow> books = {{kept,
                                           "",
                                           "P1",
                                           {},
                                           false,
                                           ours[0].amounts.medfee_sumamt,
                                           ours[0].amounts.fund_pay_sumamt,
                                           ours[0].amounts.acct_pay}};
  const StatementFilter day{TestDesk::day("2025-03-01"), TestDesk::day("2025-03-01"), {}, true};
  const auto found = reconcile(ours, books, day);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, DifferenceKind::lost_answer);
  at.good(Reverse{"P2", found[0].msgid == "lost" ? "2207" : "", found[0].msgid});
  EXPECT_TRUE(reconcile(rows(at, "2025-03-01", "2025-03-01"), books, day).empty());
}

}  // namespace
}  // namespace fenming::testing_desk
