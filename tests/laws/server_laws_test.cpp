// Law 11: several servers of one shard. The store decides who appends (src/store/contract_test.cpp holds each kind to it); here what the
// desks above it do, and ADecisionIsMadeAgainWhenTheHeadHasMoved of law 1. Lease, take-over and standby of a cluster: PostgresStoreTest in
// src/store.
#include "laws/law_desk.h"

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

}  // namespace
}  // namespace fenming::testing_desk
