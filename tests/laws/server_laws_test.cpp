// Law 11: several servers of one shard. The store decides who appends (src/store/contract_test.cpp holds each kind to it); here what the
// desks above it do, and ADecisionIsMadeAgainWhenTheHeadHasMoved of law 1. Lease, take-over and standby of a cluster: PostgresStoreTest in
// src/store.
#include "laws/law_desk.h"
#include "settlement/verify.h"

namespace fenming::testing_desk {
namespace {

TEST(Law11, AMessageSentToTwoServersIsDoneOnce) {  // LAW 5, 11
  TestDesk at;
  const std::unique_ptr<SettlementDesk> other = std::move(at.desk);
  ASSERT_TRUE(other->catch_up());
  at.open();
  const Command sale{{"H1", "2207", "m"}, "", TestDesk::sale(yuan(10))};
  const auto first = at.desk->call(sale), second = other->call(sale);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->position, second->position);
  EXPECT_TRUE(second->repeated);
}

TEST(Law11, MoneyOfOneAccountIsSpentOnceByTwoServers) {  // LAW 1, 9(d), 11: each saw all of it
  TestDesk at;
  at.good(CreditAccount{"P3", yuan(60), "2025-03"});
  for (const char* user : {"P1", "P2"})
    at.good(ShareAccount{"P3", user, TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  const std::unique_ptr<SettlementDesk> other = std::move(at.desk);
  ASSERT_TRUE(other->catch_up());
  at.open();
  const auto sale_of = [](const char* psn_no) {
    Settle sale = TestDesk::sale(yuan(300), psn_no);
    sale.payer = "P3";
    return sale;
  };
  EXPECT_EQ(TestDesk::result(at.good(sale_of("P1"))).family, 6'000);
  const auto second = other->call(at.command(sale_of("P2")));
  ASSERT_TRUE(second) << to_text(second.error(), Language::en);
  EXPECT_EQ(TestDesk::result(*second).family, 0);
  EXPECT_EQ(TestDesk::result(*second).cash, 14'000);
  at.good(CreditAccount{"P1", yuan(1), "2025-03"});  // the first one learns of it
  EXPECT_EQ(at.balance(AccountKind::personal, "P3"), 0);
  const auto report = verify_store(at.desk->store());
  EXPECT_TRUE(report) << to_text(report.error(), Language::en);
}

TEST(Law11, RecordTimeNeverRunsBackwardsBetweenServers) {  // LAW 8, 11
  TestDesk at;
  const std::unique_ptr<SettlementDesk> other = std::move(at.desk);
  ASSERT_TRUE(other->catch_up());
  at.open();
  at.pass(30'000);
  const Instant first = at.good(TestDesk::sale(yuan(10))).decision->time;
  at.wall_ms = at.wall_ms - 30'000;  // the other server's clock is behind, less than is doubted
  const auto second = other->call(at.command(TestDesk::sale(yuan(10))));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->decision->time, first);
}

TEST(Law11, ATimerOfAnotherServerRunsHereToo) {  // LAW 7, 11
  TestDesk at;
  const std::unique_ptr<SettlementDesk> stays = std::move(at.desk);
  ASSERT_TRUE(stays->catch_up());
  FakeFaults no_views;  // of the other one: what it decided is folded here from the journal
  no_views.views_failed = 1000;
  DeskOptions options;
  options.region = "123456";
  options.clock = [&at] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk, no_views), options));
  Settle sale = TestDesk::sale(yuan(10));
  sale.two_phase = true;
  const std::string waits = at.good(sale).decision->made;
  const auto next = stays->call(at.command(TestDesk::sale(yuan(10))));
  ASSERT_TRUE(next) << to_text(next.error(), Language::en);
  at.pass(31 * minutes);
  for (int question = 0; question < 2; ++question) (void)stays->object(shard_object);
  const auto late = stays->call(at.command(Confirm{waits}));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::desk_expired);
}

}  // namespace
}  // namespace fenming::testing_desk
