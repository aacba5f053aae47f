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

TEST(Answer, ARefusalSaysWhichRowOfTheMessage) {
  const auto said = [](std::string place, Language language = Language::zh) {
    const Error unknown{Code::item_unknown, std::move(place), "X1", {"2024-02-03"}};
    return member(refusal_text(head(), std::span(&unknown, 1), language), "err_msg");
  };
  const std::string plain = said("/item");
  EXPECT_EQ(said("feedetail/11/med_list_codg"), plain + "（第12行）");
  EXPECT_EQ(said("/input/feedetail/0/cnt"), plain + "（第1行）");
  EXPECT_TRUE(said("/input/feedetail/0/cnt", Language::en).ends_with(" (row 1)"));
  EXPECT_EQ(said(at_line("A/7", "item")), plain + "（feedetl_sn A/7）");
  EXPECT_TRUE(said(at_line("A/7", "item"), Language::en).ends_with(" (feedetl_sn A/7)"));
  EXPECT_EQ(said("/input/2403a/certno"), plain);
  EXPECT_EQ(said("/input/99999999999999999999999/certno"), plain);
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
