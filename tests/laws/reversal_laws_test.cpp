// Laws 6 and 7: undoing leaves nothing, two phases.
#include "laws/law_desk.h"

namespace fenming::testing_desk {
namespace {

TEST(Law6, SettleThenCancelLeavesNothing) {  // LAW 6.1
  for (const std::string& rules : {region(), recomputing}) {
    TestDesk at(rules);
    at.good(CreditAccount{"P1", yuan(50), "2025-03"});
    at.good(TestDesk::sale(Money::from_fen(1'23)));
    const std::string before = at.normal("P1");
    const Outcome settled = at.good(TestDesk::sale(Money::from_fen(333'33)));
    const Outcome cancelled = at.good(CancelSettlement{settled.decision->made, "P1"});
    EXPECT_EQ(at.normal("P1"), before);
    ASSERT_EQ(cancelled.decision->entries.size(), settled.decision->entries.size());
    for (std::size_t i = 0; i < settled.decision->entries.size(); ++i)  // stored fen, the other way round
      EXPECT_EQ(cancelled.decision->entries[i].amount, -settled.decision->entries[i].amount);
  }
}

TEST(Law6, StoredFenAreNegatedWhateverTheRulesSayNow) {  // LAW 6.1
  for (const std::string corrections : {"", "corrections: {cancel: recompute, late: gains}"}) {
    TestDesk at(region(corrections));
    const std::string before = at.normal("P1");
    const Outcome settled = at.good(TestDesk::sale(yuan(300)));
    adopt_ratio(at, "10%", corrections);
    const Outcome cancelled = at.good(CancelSettlement{settled.decision->made, "P1"});
    ASSERT_EQ(cancelled.decision->entries.size(), settled.decision->entries.size());
    for (std::size_t i = 0; i < settled.decision->entries.size(); ++i)
      EXPECT_EQ(cancelled.decision->entries[i].amount, -settled.decision->entries[i].amount);
    EXPECT_EQ(at.normal("P1"), before);
  }
}

TEST(Law6,
     NothingIsLeftAtTheVisitNorWithWhoeverPaid) {  // LAW 6.1: states of lines, batches, the family's money
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(20), "2025-03"});
  at.good(CreditAccount{"P2", yuan(30), "2025-03"});
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  FeeLine batched = line("1", yuan(200));
  batched.batch = "b1";
  at.good(UploadLines{visit, {batched, line("2", yuan(100)), line("3", yuan(-40), "2")}});
  const Object untouched = *at.desk->object(visit_object(visit));
  const auto all = [&] {
    return std::tuple(at.normal("P1"), at.normal("P2"), *at.desk->object(visit_object(visit)),
                      *at.desk->object(provider_object("H1")), *at.desk->object(shard_object));
  };
  for (const bool two_phase : {false, true}) {
    Settle settle;
    settle.psn_no = "P1", settle.payer = "P2", settle.visit = visit, settle.total = yuan(260);
    settle.two_phase = two_phase;
    if (!two_phase)
      at.good(CancelSettlement{at.good(settle).decision->made, "P1"});  // words have numbers now
    const auto before = all();
    const Outcome settled = at.good(settle);
    EXPECT_EQ(TestDesk::result(settled).account + TestDesk::result(settled).family, 5'000);
    EXPECT_NE(all(), before);
    at.good(CancelSettlement{settled.decision->made, "P1"});
    EXPECT_EQ(all(), before);
  }
  EXPECT_EQ(*at.desk->object(visit_object(visit)), untouched) << "nor of the first time";
}

TEST(Law6, LastFirstNamesAllLaterOnesAndNoOthers) {  // LAW 6.2: scope is who read what it wrote
  TestDesk at;
  at.pass(305 * days);  // 2025-12-31
  const std::string first = at.good(TestDesk::sale(yuan(300), "P1", "2025-12-30")).decision->made;
  const std::string second = at.good(TestDesk::sale(yuan(40), "P1", "2025-12-31")).decision->made;
  const std::string gone = at.good(TestDesk::sale(yuan(40), "P1", "2025-12-31")).decision->made;
  at.good(CancelSettlement{gone, "P1"});
  const std::string third = at.good(TestDesk::sale(yuan(50), "P1", "2025-12-31")).decision->made;
  at.pass(2 * days);
  const std::string next_year = at.good(TestDesk::sale(yuan(300), "P1", "2026-01-02")).decision->made;
  const std::string before = at.normal("P1");
  for (const Action& action : {Action(CancelSettlement{first, "P1"}),
                               Action(RefundPart{first, "P1", {{"1", Decimal{}, yuan(10)}}})}) {
    const auto refused = at.call(action);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::desk_later_settlements);
    EXPECT_EQ(refused.error().details, std::vector<std::string>{second + ", " + third});
    EXPECT_EQ(at.normal("P1"), before);
  }
  for (const std::string& id : {third, second, first, next_year}) at.good(CancelSettlement{id, "P1"});
}

TEST(Law6, LastFirstNamesTheLaterOnes) {  // LAW 6.2
  TestDesk at;
  const std::string first = at.good(TestDesk::sale(yuan(300))).decision->made;
  const std::string second = at.good(TestDesk::sale(yuan(40))).decision->made;
  at.good(TestDesk::sale(yuan(40), "P2"));  // another person's year is another scope
  const auto refused = at.call(CancelSettlement{first, "P1"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::desk_later_settlements);
  EXPECT_NE(to_text(refused.error(), Language::en).find(second), std::string::npos);
}

TEST(Law6, RecomputedLaterOnesAreAdjustmentsOfTheirOwn) {  // LAW 6.3
  TestDesk at(recomputing);
  const std::string before = at.normal("P1");
  const Outcome first = at.good(TestDesk::sale(yuan(300)));
  const Outcome second = at.good(TestDesk::sale(yuan(200)));
  const Outcome cancelled = at.good(CancelSettlement{first.decision->made, "P1"});
  const SettlementResult& adjusted = TestDesk::result(cancelled);
  EXPECT_EQ(adjusted.kind, ResultKind::adjusted);
  EXPECT_EQ(adjusted.corrects, second.decision->made);
  EXPECT_NE(adjusted.settlement, second.decision->made);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), -8'000);  // owed by the person
  EXPECT_EQ(write_record(**at.desk->record(second.position)),
            write_record(*second.decision));               // posted: unchanged
  at.good(CancelSettlement{second.decision->made, "P1"});  // and its adjustment with it
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
  EXPECT_EQ(at.normal("P1"), before);
}

TEST(Law6, EachIsComputedAgainByTheRulesOfItsOwnDay) {  // LAW 6.3
  const std::string corrections = "corrections: {cancel: recompute, late: gains}";
  TestDesk at(recomputing);
  const std::string first = at.good(TestDesk::sale(yuan(300))).decision->made;
  const std::string second = at.good(TestDesk::sale(yuan(60))).decision->made;
  adopt_ratio(at, "50%", corrections);
  const std::string third = at.good(TestDesk::sale(yuan(200))).decision->made;
  adopt_ratio(at, "10%", corrections);
  const Outcome cancelled = at.good(CancelSettlement{first, "P1"});
  const auto& results = cancelled.decision->results;
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[1].corrects, second);
  EXPECT_EQ(results[1].funds, 0);  // 60 of deductible; it was 48
  EXPECT_EQ(results[2].corrects, third);
  EXPECT_EQ(results[2].funds, 8'000);  // half of 200 less the 40 that were left; it was 100
  EXPECT_NE(results[1].settlement, results[2].settlement);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), -4'800 - 2'000);
}

// What the books have of days up to this one.
std::string books_up_to(TestDesk& at, const std::string& day) {
  EXPECT_TRUE(at.desk->catch_up());
  std::string text;
  EXPECT_TRUE(at.desk->store().rows(ViewTable::balance_day, {}, [&](std::span<const ViewCell> row) {
    const auto cell = [&](std::size_t i) { return std::string(std::get<std::string_view>(row[i])); };
    if (cell(0) <= day)
      text += cell(0) + " " + cell(1) + " " + cell(2) + " " + std::to_string(std::get<std::int64_t>(row[3])) +
              "\n";
    return true;
  }));
  return text;
}

TEST(Law6, AClosedMonthKeepsItsTotals) {  // LAW 6.3, 8: what is corrected later counts in the open period
  TestDesk at(recomputing);
  const std::string first = at.good(TestDesk::sale(yuan(300))).decision->made;
  at.pass(days);
  const std::string second = at.good(TestDesk::sale(yuan(200), "P1", "2025-03-02")).decision->made;
  at.pass(40 * days);
  at.good(CloseDay{TestDesk::day("2025-03-31")});
  at.good(CloseMonth{2025, 3});
  const std::string march = books_up_to(at, "2025-03-31");
  EXPECT_NE(march.find("2025-03-02 provider H1 20000"), std::string::npos) << march;
  const Outcome cancelled = at.good(CancelSettlement{first, "P1"});
  EXPECT_EQ(cancelled.decision->booked, TestDesk::day("2025-04-11"));
  EXPECT_EQ(TestDesk::result(cancelled).corrects, second);
  EXPECT_EQ(books_up_to(at, "2025-03-31"), march);
  EXPECT_NE(books_up_to(at, "2025-04-30"), march);
}

TEST(Law6, AllIsAsIfItHadNeverBeen) {  // LAW 6.3: apart from what the person owes
  TestDesk at(recomputing), never(recomputing);
  for (TestDesk* desk : {&at, &never}) desk->good(TestDesk::sale(yuan(1), "P1", "2025-01-05"));
  const std::string gone = at.good(TestDesk::sale(yuan(150), "P1", "2025-02-10")).decision->made;
  for (TestDesk* desk : {&at, &never})
    for (const auto& [amount, on] : {std::pair{70, "2025-02-10"},
                                     {300, "2025-02-20"},
                                     {120, "2024-12-20"},  // comes out the same
                                     {900, "2025-03-01"}})
      desk->good(TestDesk::sale(yuan(amount), "P1", on));
  EXPECT_NE(at.normal("P1"), never.normal("P1"));
  at.good(CancelSettlement{gone, "P1"});
  const std::int64_t owed = at.balance(AccountKind::receivable, "P1");
  EXPECT_LT(owed, 0);
  const std::string line_of_it =
      to_hex(balance_cell(AccountKind::receivable)) + "=" + to_hex(integer_cell(owed)) + "\n";
  std::string normal = at.normal("P1");
  ASSERT_NE(normal.find(line_of_it), std::string::npos);
  EXPECT_EQ(normal.erase(normal.find(line_of_it), line_of_it.size()), never.normal("P1"));
}

TEST(Law6, AReversalIsNeverRefusedForLaterOnes) {  // LAW 6: 2601 takes law 6.3, whatever the policy says
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)), "lost");
  at.good(TestDesk::sale(yuan(200)));
  const Outcome reversed = at.good(Reverse{"P1", "2207", "lost"});
  EXPECT_EQ(TestDesk::result(reversed).kind, ResultKind::adjusted);
  EXPECT_EQ(TestDesk::result(reversed).deductible, 10'000);
}

Settle pending_sale() {
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  return sale;
}

TEST(Law7, APendingOneCountsAndHoldsButIsNotPosted) {  // LAW 7
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const Outcome pending = at.good(pending_sale());
  EXPECT_EQ(at.balance(AccountKind::hold, "P1"), 5'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
  for (const AccountKind kind : {AccountKind::provider, AccountKind::fund, AccountKind::cash})
    EXPECT_EQ(posted(*pending.decision, kind), 0);
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100)))).deductible, 0);
  const Outcome final = at.good(Confirm{pending.decision->made});
  EXPECT_EQ(posted(*final.decision, AccountKind::provider), 30'000);
  EXPECT_EQ(at.balance(AccountKind::hold, "P1"), 0);
  EXPECT_EQ(at.refused(Confirm{pending.decision->made}), "desk_not_pending");
}

TEST(Law7, ATimerExpiresIt) {  // LAW 7
  TestDesk at;
  const std::string before = at.normal("P1");
  const Outcome pending = at.good(pending_sale());
  at.pass(31 * minutes);
  (void)at.desk->object("S");  // timers run after every question
  (void)at.desk->object("S");
  const auto late = at.call(Confirm{pending.decision->made});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::desk_expired);
  EXPECT_NE(to_text(late.error(), Language::en).find("2025-03-01"), std::string::npos);
  EXPECT_EQ(at.normal("P1"), before);
}

TEST(Law7, AStoreThatIsReadOnlyNowAndThenExpiresItAllTheSame) {  // LAW 1.4, 7
  int opened_count = 0;
  FakeFaults faults;
  faults.read_failed = 200;
  for (faults.seed = 1; faults.seed < 20; ++faults.seed) {
    TestDesk at;
    at.pass(1'000);  // a start reads the records of the last instant: few
    const std::string waits = at.good(pending_sale()).decision->made;
    ASSERT_TRUE(at.desk->catch_up());
    at.desk.reset();
    auto opened = at.opened(faults);
    if (!opened) continue;
    ++opened_count;
    at.desk = std::move(*opened);
    at.pass(31 * minutes);
    for (int second = 0; second < 100; ++second, at.pass(1'000))
      ASSERT_TRUE(at.desk->put_artifact("anything"));  // timers run after every question
    at.reopen();
    EXPECT_EQ(at.refused(Confirm{waits}), "desk_expired") << "seed " << faults.seed;
  }
  EXPECT_GT(opened_count, 2);
}

TEST(Law7, ANodeThatWasDownGrantsTheFullPeriodAgain) {  // LAW 7
  TestDesk at;
  const Outcome pending = at.good(pending_sale());
  at.pass(29 * minutes);
  at.desk.reset();
  at.pass(120 * minutes);
  at.open();
  at.pass(29 * minutes);
  (void)at.desk->object("S");
  (void)at.desk->object("S");
  at.good(Confirm{pending.decision->made});
}

TEST(Law7, AnExpiryIsNeverRefusedForLaterOnes) {  // LAW 6, 7
  TestDesk at;
  const Outcome pending = at.good(pending_sale());
  at.good(TestDesk::sale(yuan(200)));
  const Outcome expired = at.good(Expire{pending.decision->made, Instant{at.wall_ms}});
  EXPECT_EQ(TestDesk::result(expired).deductible, 10'000);
}

}  // namespace
}  // namespace fenming::testing_desk
