#include "ledger/entry.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

Posting of(AccountKind kind, std::string owner, std::int64_t fen) {
  return {{kind, std::move(owner)}, Money::from_fen(fen)};
}

SettlementResult bill() {
  SettlementResult result;
  result.psn_no = "P1", result.payer = "P2", result.provider = "H1";
  result.total = 10000, result.funds = 7000, result.account = 500, result.family = 300, result.cash = 2100;
  result.provider_part = 100;
  result.shares = {{"basic", 6000}, {"illness", 1000}};
  return result;
}

TEST(Entry, OutOfBalanceCannotBeMade) {
  const std::vector wrong = {of(AccountKind::fund, "basic", -100), of(AccountKind::provider, "H1", 99)};
  EXPECT_FALSE(Entry::make(wrong));
  const std::vector huge = {of(AccountKind::fund, "basic", INT64_MIN),
                            of(AccountKind::fund, "basic", INT64_MIN)};
  EXPECT_FALSE(Entry::make(huge));
  constexpr std::int64_t half = std::int64_t{1} << 62;
  const std::vector largest = {of(AccountKind::fund, "basic", -half), of(AccountKind::fund, "basic", -half),
                               of(AccountKind::provider, "H1", half), of(AccountKind::provider, "H2", half)};
  EXPECT_TRUE(Entry::make(largest)) << "the smallest number that there is";
  EXPECT_TRUE(Entry::make({})->postings().empty());
}

TEST(Entry, JoinsAccountsAndDropsZeros) {
  const std::vector postings = {of(AccountKind::fund, "basic", -100), of(AccountKind::cash, "P1", 0),
                                of(AccountKind::provider, "H1", 60), of(AccountKind::provider, "H1", 40)};
  const auto entry = Entry::make(postings);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->postings(),
            (std::vector{of(AccountKind::fund, "basic", -100), of(AccountKind::provider, "H1", 100)}));
}

TEST(Entry, ASettlementAndItsCancellationLeaveNothing) {
  const auto postings = settlement_postings(bill());
  ASSERT_TRUE(Entry::make(postings));
  auto both = postings;
  std::ranges::copy(negated(postings), std::back_inserter(both));
  EXPECT_TRUE(Entry::make(both)->postings().empty());
}

TEST(Entry, AManualClaimIsOwedToThePerson) {
  SettlementResult claim = bill();
  claim.provider.clear();
  claim.account = claim.family = 0;
  const auto entry = Entry::make(settlement_postings(claim));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->postings().back(), of(AccountKind::claimant, "P1", 7000));
  claim.account = 500, claim.family = 300;
  const auto paid_by_accounts = Entry::make(settlement_postings(claim));
  ASSERT_TRUE(paid_by_accounts);
  EXPECT_EQ(paid_by_accounts->postings().back(), of(AccountKind::claimant, "P1", 7800));
}

TEST(Entry, PendingMovesAccountMoneyOnly) {  // LAW 7
  const auto entry = Entry::make(pending_postings(bill()));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->postings(),
            (std::vector{of(AccountKind::personal, "P1", -500), of(AccountKind::hold, "P1", 500),
                         of(AccountKind::personal, "P2", -300), of(AccountKind::hold, "P2", 300)}));
}

TEST(Entry, AnAdjustmentLeavesCashAndTheProvidersClaimAlone) {  // LAW 6
  SettlementResult better = bill();
  better.shares = {{"basic", 6500}, {"illness", 1000}, {"aid", 50}};
  better.account = 400, better.cash = 1650, better.funds = 7550;
  const auto entry = Entry::make(adjustment_postings(bill(), better));
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->postings(),
            (std::vector{of(AccountKind::fund, "basic", -500), of(AccountKind::fund, "aid", -50),
                         of(AccountKind::personal, "P1", 100), of(AccountKind::receivable, "P1", 450)}));
  EXPECT_TRUE(Entry::make(adjustment_postings(bill(), bill()))->postings().empty());
  SettlementResult shared = bill();
  shared.family = 100, shared.cash = 2300, shared.provider_part = 80, shared.funds = 7020;
  shared.shares = {{"basic", 6020}, {"illness", 1000}};
  const auto back = Entry::make(adjustment_postings(bill(), shared));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->postings(),
            (std::vector{of(AccountKind::fund, "basic", -20), of(AccountKind::personal, "P2", 200),
                         of(AccountKind::reduction, "H1", 20), of(AccountKind::receivable, "P1", -200)}));
}

}  // namespace
}  // namespace fenming
