#include "protocol/answer.h"

#include <gtest/gtest.h>

#include "protocol/json.h"
#include "protocol/wire_value.h"

namespace fenming {
namespace {

AnswerHead head() {
  const std::int64_t noon = day_begin(*make_date(2026, 11, 23)).ms + 12 * 3'600'000;
  return {"990000", Instant{noon + 7}, Instant{noon + 1'025}, 42};
}

std::string member(std::string_view text, std::string_view key) {
  JsonReader reader;
  const auto root = reader.read(text);
  EXPECT_TRUE(root) << text;
  for (auto one = root->first(); one; one = one->next())
    if (one->key() == key) return std::string(one->text());
  return "(missing)";
}

TEST(Answer, IsAFunctionOfItsArguments) {
  const std::string text = answer_text(head(), R"({"setlinfo":{"setl_id":"1"}})");
  EXPECT_EQ(
      text,
      R"({"infcode":0,"inf_refmsgid":"990000202611231200010000000042","refmsg_time":"20261123120000007",)"
      R"("respond_time":"20261123120001025","enctype":"","signtype":"","cainfo":"","err_msg":"","warn_msg":"",)"
      R"("output":{"setlinfo":{"setl_id":"1"}}})");
  EXPECT_EQ(answer_text(head(), R"({"setlinfo":{"setl_id":"1"}})"), text);
  EXPECT_EQ(refmsgid(head()).size(), 30U);
}

TEST(Answer, HasNoOutputWhenThereIsNoResult) {
  EXPECT_EQ(member(answer_text(head(), ""), "output"), "null");
  EXPECT_EQ(member(answer_text(head(), ""), "infcode"), "0");
}

TEST(Answer, ARefusalNamesItsCode) {
  const Error missing{Code::wire_missing, "/input/data/psn_no", "", {"psn_no", "人员编号"}};
  const std::string text = refusal_text(head(), std::span(&missing, 1));
  EXPECT_EQ(member(text, "infcode"), "-1");
  EXPECT_EQ(member(text, "output"), "null");
  EXPECT_EQ(member(text, "err_msg"), "[WIR-006] 缺少必填项 psn_no（人员编号）；请补充");
  EXPECT_EQ(member(refusal_text(head(), std::span(&missing, 1), Language::en), "err_msg"),
            "[WIR-006] the field psn_no (人员编号) is missing; add it");
}

TEST(Answer, ARefusalHasAtMost200Characters) {
  std::vector<Error> errors(20, Error{Code::wire_missing, "", "", {"mdtrt_cert_type", "就诊凭证类型"}});
  const std::string many = member(refusal_text(head(), errors), "err_msg");
  EXPECT_LE(character_count(many), 200U);
  EXPECT_TRUE(many.ends_with("处")) << many;
  const Error value{
      Code::wire_type, "", std::string(300, 'x'), {std::string(300, 'y'), std::string(300, 'z')}};
  const std::string one = member(refusal_text(head(), std::span(&value, 1)), "err_msg");
  EXPECT_EQ(character_count(one), 200U);
  EXPECT_TRUE(one.starts_with("[WIR-007]"));
  errors.insert(errors.begin(), value);
  EXPECT_EQ(character_count(member(refusal_text(head(), errors, Language::en), "err_msg")), 200U);
}

}  // namespace
}  // namespace fenming
