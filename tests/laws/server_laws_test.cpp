// Law 11: several servers of one shard. The store decides who appends (src/store/contract_test.cpp holds each kind to it); here what the
// desks above it do. Lease, take-over and standby of a cluster: PostgresContract in src/store.
#include <thread>

#include "laws/law_desk.h"

namespace fenming::testing_desk {
namespace {

TEST(Law11, OfTwoDesksOverOneJournalNoneDecidesOnAnOldHead) {  // LAW 11
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(1000), "2025-03"});
  const std::unique_ptr<SettlementDesk> other = std::move(at.desk);
  ASSERT_TRUE(other->catch_up());  // views stand still while the second one opens
  at.open();
  int settled = 0;
  const auto counter = [&](SettlementDesk& desk, const std::string& name) {
    const Command sale{{"H1", "2207", name}, "", TestDesk::sale(yuan(10))};
    auto outcome = desk.call(sale);
    for (int again = 0; !outcome && outcome.error().code == Code::store_moved && again < 5; ++again)
      outcome = desk.call(sale);  // as a caller would
    ASSERT_TRUE(outcome) << to_text(outcome.error(), Language::en);
    ++settled;
  };
  for (int i = 0; i < 40; ++i) {  // in turns: every one of them finds the head moved
    counter(*at.desk, "a" + std::to_string(i));
    counter(*other, "b" + std::to_string(i));
  }
  EXPECT_EQ(settled, 80) << "who finds the head moved reads, folds and decides again";
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(1)), "after")).deductible, 0);
  at.desk->catch_up();
  std::int64_t deductible = 0;
  for (std::uint64_t position = 1; position <= at.desk->figures().head.position; ++position) {
    const auto record = at.desk->record(position);
    ASSERT_TRUE(record);
    for (const SettlementResult& result : (*record)->results) deductible += result.deductible;
  }
  EXPECT_EQ(deductible, 10'000) << "once for the year, whoever settled";
}

TEST(Law11, AMessageSentToTwoServersIsDoneOnce) {  // LAW 5, 11
  TestDesk at;
  const std::unique_ptr<SettlementDesk> other = std::move(at.desk);
  at.open();
  const Command sale{{"H1", "2207", "m"}, "", TestDesk::sale(yuan(10))};
  const auto first = at.desk->call(sale), second = other->call(sale);
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->position, second->position);
  EXPECT_TRUE(second->repeated);
}

}  // namespace
}  // namespace fenming::testing_desk
