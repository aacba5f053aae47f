#include "policy/text.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

std::string code_of(std::string_view text) {
  const auto read = read_text("r.yaml", text, 0);
  return read ? "" : std::string(name(read.error().code));
}

TEST(Text, keeps_every_scalar_as_written) {
  const auto read = read_text("r.yaml", "a: 1300.00\nb: 85%\nc: [0.10, '07-01']\n", 0);
  ASSERT_TRUE(read);
  const TextNode& root = read->front();
  EXPECT_EQ(root.find("a")->scalar, "1300.00");
  EXPECT_EQ(root.find("b")->scalar, "85%");
  EXPECT_EQ(root.find("c")->entries[0].value.scalar, "0.10");
  EXPECT_TRUE(root.find("c")->entries[1].value.quoted);
  EXPECT_EQ(root.find("c")->entries[1].value.place.path, "/0/c/1");
  EXPECT_EQ(root.find("b")->place.line, 2);
  EXPECT_EQ(root.find("b")->place.column, 4);
}

TEST(Text, documents_are_numbered_in_paths_and_keys_escaped) {
  const auto read = read_text("r.yaml", "a: 1\n---\n\"x/y~z\": {k: 2}\n", 0);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].find("x/y~z")->find("k")->place.path, "/1/x~1y~0z/k");
}

TEST(Text, refuses_what_hides_or_doubles) {
  EXPECT_EQ(code_of("a: 1\na: 2\n"), "yaml_key_doubled");
  EXPECT_EQ(code_of("a: &x 1\nb: *x\n"), "yaml_refused");
  EXPECT_EQ(code_of("b: *x\n"), "yaml_malformed");
  EXPECT_EQ(code_of("a: !!int 1\n"), "yaml_refused");
  EXPECT_EQ(code_of("<<: {a: 1}\n"), "yaml_refused");
  EXPECT_EQ(code_of("{[1]: 2}\n"), "yaml_refused");
  EXPECT_EQ(code_of("a: \"1\n"), "yaml_malformed");
  EXPECT_EQ(code_of("a: \xff\n"), "yaml_malformed");
}

TEST(Text, an_expression_split_by_a_flow_map_is_named) {
  const auto read = read_text("r.yaml", "steps:\n  - {layer: x, base: min(a, b)}\n", 0);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::yaml_value_missing);
  EXPECT_EQ(read.error().value, "b)");
  EXPECT_EQ(code_of("a:\n"), "yaml_value_missing");
}

TEST(Text, depth_and_size_are_bounded) {
  EXPECT_EQ(code_of(std::string(100, '[') + std::string(100, ']')), "yaml_too_large");
  EXPECT_EQ(code_of(std::string(60, '[') + std::string(60, ']')), "");
  EXPECT_EQ(code_of("a: " + std::string(text_bytes_max, 'x')), "yaml_too_large");
  std::string many = "[";
  for (int i = 0; i < 200'001; ++i) many += "1,";
  EXPECT_EQ(code_of(many + "1]"), "yaml_too_large");
}

// A sign that begins no value: the parser under it would find an empty document there for ever.
TEST(Text, a_sign_that_begins_nothing_is_refused) {
  EXPECT_EQ(code_of(",e"), "yaml_malformed");
  EXPECT_EQ(code_of("a: 1\n---\n,"), "yaml_malformed");
  EXPECT_EQ(code_of("]"), "yaml_malformed");
  EXPECT_EQ(code_of("---\na: 1\n---\nb: 2\n"), "");
}

TEST(Text, utf8) {
  EXPECT_TRUE(is_utf8("起付线"));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("\xE4\xBD"));
  EXPECT_TRUE(is_utf8("\xF0\x9F\x98\x80"));
}

}  // namespace
}  // namespace fenming
