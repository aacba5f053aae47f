#include "protocol/json_fault.h"

#include <gtest/gtest.h>

#include "protocol/json.h"

namespace fenming {
namespace {

std::string fault(std::string_view text) {
  const JsonFault found = find_json_fault(text, 8);
  return found.place + " " + found.found + " " + found.expected;
}

TEST(JsonFault, SaysWhereAndWhatIsExpected) {
  EXPECT_EQ(fault("{bill: 1}"), "1:2 bill \"name\":");
  EXPECT_EQ(fault("{\"bill\": 1,\n \"名\" 2}"), "2:6 2 :");
  EXPECT_EQ(fault("{\"bill\": 1,}"), "1:12 } \"name\":");
  EXPECT_EQ(fault("{\"bill\": 1 \"b\": 2}"), "1:12 \" , }");
  EXPECT_EQ(fault("[1 2]"), "1:4 2 , ]");
  EXPECT_EQ(fault("[1]]"), "1:4 ] EOF");
  EXPECT_EQ(fault("{\"bill\": \"x"), "1:12 EOF \"");
  EXPECT_EQ(fault("{\"bill\": {"), "1:11 EOF \"name\":");
  EXPECT_EQ(fault("\"a\nb\""), "1:3 \n \" \\n \\t");
  EXPECT_EQ(fault("\"a\xFF\""), "1:3 ? UTF-8");
  EXPECT_EQ(fault("\"\\x\""), "1:2 \\ \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0000");
  EXPECT_EQ(fault("[1.]"), "1:4 ] 0-9");
  EXPECT_EQ(fault("[01]"), "1:2 01 0 0.5 1");
  EXPECT_EQ(fault("[[[[[[[[[1]]]]]]]]]"), "1:9 [ depth <= 8");
  EXPECT_TRUE(fault("").starts_with("1:1 EOF {"));
  EXPECT_TRUE(fault("nul").starts_with("1:1 nul {"));
  EXPECT_TRUE(fault("\xEF\xBB\xBF{}").starts_with("1:1 BOM"));
}

TEST(JsonFault, FindsNoneInJson) {
  for (const std::string_view text :
       {"{}", " [ ] ", "{\"a\": [1, -2.50, 1e3, true, false, null, {}], \"b\": \"\\u4e2d\\n中\"}\n",
        "[[],[{}]]"})
    EXPECT_EQ(fault(text), "  ") << text;
}

// The fast parser's refusal always comes with a place.
TEST(JsonFault, IsNamedByTheReader) {
  JsonReader reader;
  for (const std::string_view text : {"", "{", "{]", "[1,]", "{\"a\":tru}", "99999999999999999999999",
                                      "1e999", "[1]x", "\"\xC3\x28\"", "{\"a\" 1}", "[-]", "\"\\ud800\""}) {
    const auto read = reader.read(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, Code::bill_not_json);
    EXPECT_NE(read.error().place, "") << text;
    EXPECT_NE(read.error().details.at(0), "") << text;
  }
}

}  // namespace
}  // namespace fenming
