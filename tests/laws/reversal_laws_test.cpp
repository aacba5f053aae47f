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
