#include "model/split.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

constexpr Money fen(std::int64_t amount) { return Money::from_fen(amount); }

// REQ SET-09
TEST(Split, CashIsWhatIsLeft) {
  const auto split = Split::make(fen(1000), fen(1000), fen(600), fen(100), fen(50), fen(20));
  ASSERT_TRUE(split);
  EXPECT_EQ(split->total(), fen(1000));
  EXPECT_EQ(split->funds(), fen(600));
  EXPECT_EQ(split->account(), fen(100));
  EXPECT_EQ(split->family(), fen(50));
  EXPECT_EQ(split->provider(), fen(20));
  EXPECT_EQ(split->cash(), fen(230));
}

TEST(Split, PackagedPriceFallsToTheProvider) {
  const auto below = Split::make(fen(1000), fen(800), fen(500), fen(0), fen(0), fen(10));
  ASSERT_TRUE(below);
  EXPECT_EQ(below->provider(), fen(210));
  EXPECT_EQ(below->cash(), fen(290));
  const auto above = Split::make(fen(700), fen(800), fen(500), fen(0), fen(0), fen(0));
  ASSERT_TRUE(above);
  EXPECT_EQ(above->provider(), fen(-100));
}

TEST(Split, NobodyPaysANegativeShare) {
  EXPECT_FALSE(Split::make(fen(100), fen(100), fen(-1), fen(0), fen(0), fen(0)));
  EXPECT_FALSE(Split::make(fen(100), fen(100), fen(0), fen(-1), fen(0), fen(0)));
  EXPECT_FALSE(Split::make(fen(100), fen(100), fen(0), fen(0), fen(-1), fen(0)));
  EXPECT_FALSE(Split::make(fen(100), fen(100), fen(0), fen(0), fen(0), fen(-1)));
  EXPECT_FALSE(Split::make(fen(100), fen(100), fen(40), fen(30), fen(20), fen(11)));
  EXPECT_TRUE(Split::make(fen(100), fen(100), fen(40), fen(30), fen(20), fen(10)));
  EXPECT_TRUE(Split::make(fen(0), fen(0), fen(0), fen(0), fen(0), fen(0)));
}

TEST(Split, AddsUpWheneverItExists) {
  int made = 0;
  for (const std::int64_t charged : {90, 100, 120})
    for (std::int64_t funds = -10; funds <= 130; funds += 10)
      for (std::int64_t account = -10; account <= 40; account += 10)
        for (std::int64_t family = 0; family <= 20; family += 10)
          for (std::int64_t reduction = 0; reduction <= 20; reduction += 10) {
            const auto split =
                Split::make(fen(100), fen(charged), fen(funds), fen(account), fen(family), fen(reduction));
            if (!split) continue;
            ++made;
            EXPECT_EQ(split->funds() + split->account() + split->family() + split->cash() + split->provider(),
                      fen(100));
            EXPECT_GE(split->cash(), fen(0));
          }
  EXPECT_GT(made, 500);
}

}  // namespace
}  // namespace fenming
