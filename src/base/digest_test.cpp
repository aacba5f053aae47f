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

}  // namespace
}  // namespace fenming
