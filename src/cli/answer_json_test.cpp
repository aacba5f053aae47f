// What an answer says of the accumulators is what the next bill takes (docs/bill-format.md).
#include "cli/answer_json.h"

#include <gtest/gtest.h>

#include "policy/workspace.h"
#include "protocol/bill_json.h"

namespace fenming {
namespace {

constexpr const char* rules = R"YAML(region: 990001
facts: {visit: [inpatient, outpatient], r: ratio, b: bool, s: id, g: [a, b], gs: set of g}
keep:
  year: {per: [year], of: {a: money, share: ratio, d: dec, n: int}}
  month: {per: [month], of: {b: money}}
  stay: {per: [s, gs, b, r], of: {x: money}}
---
policy: in
for: visit == 'inpatient'
steps:
  - {layer: basic, base: eligible, ratio: "min(100%, r + year.share)", cap: {limit: 1000, used: year.a}, add: {year.a: paid, year.share: 5%, year.d: 1.25, year.n: 1, stay.x: paid}}
---
policy: out
for: visit == 'outpatient'
steps:
  - {layer: mo, base: eligible, ratio: 50%, cap: {limit: 100, used: month.b}, add: {month.b: paid}}
)YAML";

std::string bill(const std::string& kind, const std::string& accumulators) {
  return R"({"bill":"1","region":"990001","visit":{"kind":")" + kind +
         R"(","to":"2025-01-10"},"facts":{"r":"50%","b":true,"s":"Z1","g":"a","gs":["b","a"]},"accumulators":)" +
         accumulators + R"(,"lines":[{"id":"1","amount":"200.00"}]})";
}

// The accumulators of the answer, and how much the funds pay.
std::pair<std::string, std::int64_t> settled(const std::string& text) {
  static const auto library = *read_library({{"region.yaml", rules}});
  const auto read = read_bill(text);
  EXPECT_TRUE(read) << text;
  if (!read) return {};
  const auto bound = bind(*library, *read);
  EXPECT_TRUE(bound) << to_text(bound.error(), Language::en) << text;
  if (!bound) return {};
  Workspace workspace;
  Assessment assessment;
  const auto error = assess(*library, *bound, workspace, assessment);
  EXPECT_FALSE(error) << to_text(*error, Language::en);
  const std::string answer = answer_json(*library, *read, *bound, assessment);
  const std::string key = R"("accumulators":)";
  const std::size_t begin = answer.find(key) + key.size();
  return {answer.substr(begin, answer.find("}]", begin) + 2 - begin), assessment.split->funds().fen()};
}

TEST(AnswerJson, ItsAccumulatorsAreTheNextBills) {
  const auto [first, paid] = settled(bill("inpatient", "{}"));
  EXPECT_EQ(paid, 10'000);
  const auto [second, paid_more] = settled(bill("inpatient", first));
  EXPECT_EQ(paid_more, 11'000) << "five points more by year.share";
  EXPECT_NE(second.find(R"("a":"210.00","share":"10%","d":"2.5","n":2)"), std::string::npos) << second;
  EXPECT_NE(second.find(R"("gs":["a","b"])"), std::string::npos) << second;
}

TEST(AnswerJson, ARowOfAnotherStayGoesOnThoughTheBillNamesNone) {
  const std::string other =
      R"([{"group":"stay","key":{"s":"Z9","gs":["a"],"b":false,"r":"50%"},"values":{"x":"7.00"}}])";
  std::string unnamed = bill("outpatient", other);
  const std::string named = R"("s":"Z1",)";
  unnamed.erase(unnamed.find(named), named.size());
  const std::string after = settled(unnamed).first;
  EXPECT_NE(after.find(R"("s":"Z9")"), std::string::npos) << after;
  EXPECT_NE(after.find(R"("x":"7.00")"), std::string::npos) << after;
}

TEST(AnswerJson, RowsThatThePolicyDidNotReadGoOn) {
  const std::string used_up = R"([{"group":"month","key":{"month":202501},"values":{"b":"100.00"}}])";
  EXPECT_EQ(settled(bill("outpatient", used_up)).second, 0);
  for (const std::string& given : {used_up, std::string(R"({"month":{"b":"100.00"}})")}) {
    const auto [after_a_stay, paid] = settled(bill("inpatient", given));
    EXPECT_EQ(paid, 10'000);
    EXPECT_EQ(settled(bill("outpatient", after_a_stay)).second, 0) << after_a_stay;
  }
  const std::string other_month = R"([{"group":"month","key":{"month":202412},"values":{"b":"100.00"}}])";
  EXPECT_EQ(settled(bill("outpatient", settled(bill("outpatient", other_month)).first)).second, 0);
}

}  // namespace
}  // namespace fenming
