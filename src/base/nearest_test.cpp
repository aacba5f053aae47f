#include "base/nearest.h"

#include <gtest/gtest.h>

#include <vector>

namespace fenming {
namespace {

const std::vector<std::string> names = {"settle", "explain", "rules", "demo", "version", "统筹", "大病"};

TEST(Nearest, FindsTheNameMeant) {
  EXPECT_EQ(nearest_name("setle", names), "settle");
  EXPECT_EQ(nearest_name("setlte", names), "settle");
  EXPECT_EQ(nearest_name("EXPLIAN", names), "explain");
  EXPECT_EQ(nearest_name("rule", names), "rules");
  EXPECT_EQ(nearest_name("统计", names), "统筹");
}

TEST(Nearest, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("hospital", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name(std::string(65, 's'), names), "");
  EXPECT_EQ(nearest_name("xy", std::vector<std::string>{"ab"}), "");
}

TEST(Nearest, TakesTheFirstOfEquals) {
  EXPECT_EQ(nearest_name("L4", std::vector<std::string>{"L1", "L2", "L3"}), "L1");
}

TEST(Nearest, HintIsReadyForASentence) {
  EXPECT_EQ(nearest_hint("demmo", names), " (→ demo?)");
  EXPECT_EQ(nearest_hint("hospital", names), "");
}

}  // namespace
}  // namespace fenming
