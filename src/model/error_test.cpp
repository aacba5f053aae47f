#include "model/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace fenming {
namespace {

struct Row {
  Code code;
  std::string_view zh, en;
};

constexpr Row rows[] = {
#define X(name, tag, zh, en) {Code::name, zh, en},
#include "model/error_codes.inc"
#undef X
};

// The digits between braces: "{0} and {1}" -> 0, 1.
std::set<char> placeholders(std::string_view sentence) {
  std::set<char> found;
  for (std::size_t i = 0; i + 2 < sentence.size(); ++i)
    if (sentence[i] == '{' && sentence[i + 1] >= '0' && sentence[i + 1] <= '9' && sentence[i + 2] == '}')
      found.insert(sentence[i + 1]);
  return found;
}

bool has_chinese(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0xE4; });
}

Error doubled(std::string value) { return {Code::line_doubled, "/lines/3/id", std::move(value), {}}; }

TEST(Error, TagNameAndSentences) {
  EXPECT_EQ(tag(Code::line_doubled), "BIL-007");
  EXPECT_EQ(name(Code::line_doubled), "line_doubled");
  EXPECT_EQ(to_text(doubled("7"), Language::en),
            "/lines/3/id: BIL-007 the line id \"7\" is used twice; every line needs an id of its own");
  EXPECT_EQ(to_text(doubled("7"), Language::zh),
            "/lines/3/id: BIL-007 明细编号“7”重复；每行明细的 id 必须唯一");
}

TEST(Error, WithoutPlaceBeginsWithTheTag) {
  const Error error{Code::bill_not_json, "", "}", {", ]"}};
  EXPECT_TRUE(to_text(error, Language::en)
                  .starts_with("BIL-001 the bill is not valid JSON: \"}\" stands where , ] is expected"));
}

TEST(Error, EverySentenceIsThereInBothLanguages) {
  for (const Row& row : rows) {
    const Error error{row.code, "", "VALUE", {"ONE", "TWO", "THREE", "FOUR"}};
    const std::string zh = sentence(error, Language::zh), en = sentence(error, Language::en);
    EXPECT_FALSE(en.empty()) << name(row.code);
    EXPECT_EQ(placeholders(row.zh), placeholders(row.en)) << name(row.code);
    if (row.zh == "{1}") continue;  // the detail is the whole sentence
    EXPECT_TRUE(has_chinese(zh)) << name(row.code);
  }
}

TEST(Error, MissingDetailsLeaveABlankNotACrash) {
  for (const Row& row : rows) {
    sentence({row.code, "", "", {}}, Language::zh);
    EXPECT_FALSE(to_text({row.code, "", "", {}}, Language::en).empty());
  }
}

TEST(Error, LongValuesAreCutAt80Characters) {
  const std::string exactly(80, 'x');
  EXPECT_NE(sentence(doubled(exactly), Language::en).find("\"" + exactly + "\""), std::string::npos);
  EXPECT_NE(sentence(doubled(exactly + "y"), Language::en).find("\"" + exactly + "...\""), std::string::npos);
  std::string chinese;
  for (int i = 0; i < 81; ++i) chinese += "分";
  EXPECT_NE(sentence(doubled(chinese), Language::zh).find("“" + chinese.substr(0, 240) + "...”"),
            std::string::npos);
}

TEST(Error, HostileValuesCannotUpsetATerminal) {
  const std::string shown = sentence(doubled("a\x1b[31m\nb\x7f{9}"), Language::en);
  EXPECT_NE(shown.find("\"a?[31m?b?{9}\""), std::string::npos);
  const Error detail{Code::bill_not_json, "", "", {"\r"}};
  EXPECT_NE(sentence(detail, Language::en).find("where ? is"), std::string::npos);
}

}  // namespace
}  // namespace fenming
