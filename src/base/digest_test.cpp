#include "base/digest.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

// GB/T 32905-2016, appendix A.
TEST(Sm3, StandardExamples) {
  EXPECT_EQ(sm3_hex("abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  EXPECT_EQ(sm3_hex("abcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcdabcd"),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST(Sm3, AnyBytes) {
  EXPECT_EQ(sm3_hex("").size(), 64U);
  EXPECT_NE(sm3_hex(std::string_view("a\0b", 3)), sm3_hex(std::string_view("a\0c", 3)));
}

TEST(Merkle, EveryLeafClimbsToTheRoot) {
  std::vector<Digest> leaves;
  for (int count = 1; count <= 20; ++count) {
    leaves.push_back(merkle_leaf(std::to_string(count)));
    const Digest root = merkle_root(leaves);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const auto path = merkle_path(leaves, i);
      EXPECT_EQ(merkle_climb(leaves[i], i, leaves.size(), path), root);
      EXPECT_NE(merkle_climb(merkle_leaf("other"), i, leaves.size(), path), root);
      const auto astray = merkle_climb(leaves[i], (i + 1) % leaves.size(), leaves.size(), path);
      EXPECT_EQ(astray == root, leaves.size() == 1);
    }
  }
}

TEST(Merkle, ALeafIsNoNode) {
  const Digest a = merkle_leaf("a"), b = merkle_leaf("b");
  std::string both(bytes_of(a));
  both += bytes_of(b);
  EXPECT_NE(merkle_leaf(both), merkle_root(std::vector{a, b}));
  EXPECT_EQ(merkle_root({}), sm3(""));
}

}  // namespace
}  // namespace fenming
