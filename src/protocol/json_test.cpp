#include "protocol/json.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

Json member(Json object, std::string_view key) {
  for (auto child = object.first(); child; child = child->next())
    if (child->key() == key) return *child;
  ADD_FAILURE() << key;
  return object;
}

TEST(Json, KeepsNumbersAsWritten) {
  JsonReader reader;
  const auto root = reader.read(
      R"({"a": [1.10, -0.50, 3, 1e2], "4\"": "-5", "b": {"c": 0.1000000000000000055}, "d": 12345678901234567})");
  ASSERT_TRUE(root);
  auto number = member(*root, "a").first();
  for (const std::string_view text : {"1.10", "-0.50", "3", "1e2"}) {
    EXPECT_EQ(number->text(), text);
    number = number->next();
  }
  EXPECT_EQ(member(*root, "4\"").kind(), Json::Kind::text);
  EXPECT_EQ(member(member(*root, "b"), "c").text(), "0.1000000000000000055");
  EXPECT_EQ(member(*root, "d").text(), "12345678901234567");
}

TEST(Json, PointsAtEveryValue) {
  JsonReader reader;
  const auto root = reader.read(R"({"a/b": [{"~": null}, true]})");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->pointer(), "");
  const Json list = member(*root, "a/b");
  EXPECT_EQ(list.first()->first()->pointer(), "/a~1b/0/~0");
  EXPECT_EQ(list.first()->next()->pointer(), "/a~1b/1");
}

TEST(Json, RefusesDoubledKeysWithTheirPlace) {
  JsonReader reader;
  const auto root = reader.read(R"({"a": [1, {"x": 1, "y": 2, "\u0078": 3}]})");
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().code, Code::field_doubled);
  EXPECT_EQ(root.error().place, "/a/1/x");
  EXPECT_EQ(root.error().value, "x");
}

TEST(Json, NothingAtAllIsNoJson) {
  JsonReader reader;
  for (const std::string_view nothing : {std::string_view(), std::string_view("")}) {
    const auto read = reader.read(nothing);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Code::bill_not_json);
  }
}

TEST(Json, BoundsSizeAndDepth) {  // LAW 10
  JsonReader reader;
  EXPECT_TRUE(reader.read("[[[1]]]", {100, 4}));
  const auto deep = reader.read("[[[1]]]", {100, 3});
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().code, Code::bill_not_json);
  EXPECT_EQ(deep.error().place, "/0/0/0");
  EXPECT_EQ(reader.read("[[[1]]]", {7, 4}).has_value(), true);
  const auto large = reader.read("[[[1]]]", {6, 4});
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Code::bill_too_large);
  EXPECT_FALSE(reader.read(std::string(5000, '[') + std::string(5000, ']')));
}

TEST(Json, BoundsTheNumberOfValues) {
  JsonReader reader;
  EXPECT_TRUE(reader.read("[1,2,3]", {100, 4, 4}));
  const auto many = reader.read("[1,2,[3]]", {100, 4, 4});
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code, Code::bill_too_large);
  EXPECT_EQ(many.error().place, "/2/0");
  std::string zeros = "[0";
  while (zeros.size() < (1 << 20) - 3) zeros += ",0";
  EXPECT_FALSE(reader.read(zeros + "]"));
  EXPECT_TRUE(reader.read("[1]"));  // with buffers made anew
}

TEST(Json, RefusesWhatIsNoJson) {
  JsonReader reader;
  for (const std::string_view bad : {"", " ", "{", "{\"a\":}", "[1,]", "01", "1.", "+1", "nul", "\"\xFF\"",
                                     "{} {}", "\"a\nb\"", "[1] x"}) {
    const auto root = reader.read(bad);
    ASSERT_FALSE(root) << bad;
    EXPECT_EQ(root.error().code, Code::bill_not_json) << bad;
    EXPECT_FALSE(root.error().details.at(0).empty()) << bad;
  }
  EXPECT_TRUE(reader.read("1"));  // and a reader goes on after a refusal
}

}  // namespace
}  // namespace fenming
