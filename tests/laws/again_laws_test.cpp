// Laws 6.3 and 9 (c): settlements computed again, many of them, in every world they count in.
#include "laws/law_desk.h"
#include "settlement/replay.h"
#include "settlement/verify.h"

namespace fenming::testing_desk {
namespace {

std::vector<std::string> many_sales(TestDesk& at, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(at.good(TestDesk::sale(yuan(5))).decision->made);
  return ids;
}

void sound(TestDesk& at) {
  ASSERT_TRUE(at.desk->catch_up());
  const auto report = verify_store(at.desk->store());
  EXPECT_TRUE(report) << to_text(report.error(), Language::en);
  const auto again = replay_store(at.desk->store());
  ASSERT_TRUE(again) << to_text(again.error(), Language::en);
  EXPECT_EQ(again->different, 0U);
}

TEST(Law6, MoreThanAHundredLaterOnesAreComputedAgain) {  // LAW 6.3
  TestDesk at(recomputing);
  const std::vector<std::string> ids = many_sales(at, 151);
  EXPECT_EQ(at.good(CancelSettlement{ids.front(), "P1"}).decision->results.size(), 151U);
  for (const std::string& id : {ids[150], ids[120], ids[1]}) at.good(CancelSettlement{id, "P1"});
  sound(at);
}

TEST(Law6, AReversalWithMoreThanAHundredLaterOnes) {  // LAW 6: a 2601 is never refused
  TestDesk at;
  at.good(TestDesk::sale(yuan(5)), "lost");
  const std::vector<std::string> ids = many_sales(at, 150);
  at.good(Reverse{"P1", "2207", "lost"});
  at.good(CancelSettlement{ids.back(), "P1"});
}

TEST(Law9, ALateStatusOverMoreThanAHundred) {  // LAW 9(c)
  TestDesk at;
  const std::vector<std::string> ids = many_sales(at, 130);
  at.good(poor());
  at.good(CancelSettlement{ids.back(), "P1"});
}

}  // namespace
}  // namespace fenming::testing_desk
