#include "server/words.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

RegionWords words() {
  RegionWords words;
  words.med_type = {{"11", "outpatient"}, {"14", "chronic"}, {"21", "inpatient"}};
  words.stays = {"21"};
  words.psn_type = {{"active", "1101"}};
  words.facts = {{"psn_setlway", "way", {{"01", "by item"}}}, {"fetus_cnt", "newborns", {}}};
  return words;
}

struct Message {
  RequestReader reader;
  std::string text;
  WireRow row;
  Request request;
  explicit Message(const std::string& members) {
    text =
        R"({"infno":"2207","msgid":"H99000000001202611220908070001","mdtrtarea_admvs":"990000","recer_sys_code":"x",)"
        R"("infver":"V1.0","opter_type":"1","opter":"o","opter_name":"o","inf_time":"2026-11-22 09:08:07",)"
        R"("fixmedins_code":"H99000000001","fixmedins_name":"n","input":{"data":{"psn_no":"P","mdtrt_cert_type":"02",)"
        R"("med_type":"11","medfee_sumamt":1,"mdtrt_id":"V","chrg_bchno":"B","insutype":"310",)"
        R"("acct_used_flag":"1")" +
        members + "}}}";
    EXPECT_TRUE(reader.read_envelope(text));
    auto read = reader.read_input({});
    if (!read) {
      ADD_FAILURE() << to_text(read.error().front(), Language::en);
      return;
    }
    request = *read;
    row = request.row("data");
  }
};

TEST(Words, a_code_is_said_in_the_words_of_the_policy) {
  const auto kind = kind_of(words(), "14", VisitFamily::outpatient, "/x");
  ASSERT_TRUE(kind);
  EXPECT_EQ(*kind, "chronic");
  EXPECT_EQ(word(words().psn_type, "active"), "1101");
  EXPECT_EQ(word(words().psn_type, "other", "99"), "99");
  EXPECT_EQ(code_for(words().med_type, "outpatient"), "11");
  EXPECT_EQ(code_for(words().med_type, "nothing", "?"), "?");
}

// A bill never falls into another kind because its code was unknown.
TEST(Words, what_is_not_listed_is_refused_by_name) {
  const auto kind = kind_of(words(), "99", VisitFamily::outpatient, "/input/data/med_type");
  ASSERT_FALSE(kind);
  EXPECT_EQ(kind.error().code, Code::wire_not_mapped);
  EXPECT_EQ(kind.error().place, "/input/data/med_type");
  EXPECT_FALSE(kind_of(words(), "", VisitFamily::outpatient, "/x"));
}

TEST(Words, a_stays_code_is_no_outpatients) {
  EXPECT_TRUE(kind_of(words(), "21", VisitFamily::stay, "/x"));
  EXPECT_FALSE(kind_of(words(), "21", VisitFamily::outpatient, "/x"));
  EXPECT_FALSE(kind_of(words(), "11", VisitFamily::stay, "/x"));
  EXPECT_TRUE(is_stay(words(), "inpatient"));
  EXPECT_FALSE(is_stay(words(), "chronic"));
}

TEST(Words, facts_of_a_row) {
  const Message message(R"(,"psn_setlway":"01")");
  const auto facts = facts_of(words(), message.row);
  ASSERT_TRUE(facts);
  ASSERT_EQ(facts->size(), 1U);
  EXPECT_EQ(facts->front().name, "way");
  EXPECT_EQ(facts->front().text, "by item");
  const Message other(R"(,"psn_setlway":"02")");
  const auto refused = facts_of(words(), other.row);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().place, "/input/data/psn_setlway");
  const Message none("");
  EXPECT_TRUE(facts_of(words(), none.row)->empty());
}

}  // namespace
}  // namespace fenming
