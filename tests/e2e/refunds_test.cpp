// Taking back what was sold or settled: what a refund may ask for, and what the queries say of it afterwards.
#include <fmt/format.h>

#include "e2e/region.h"
#include "money/decimal.h"

namespace fenming::e2e {
namespace {

std::string refund(std::string_view psn_no, const WireAnswer& sold, std::string_view exp_content) {
  return fmt::format(R"({{"data":{{"setl_id":"{}","mdtrt_id":"{}","psn_no":"{}","exp_content":{}}}}})",
                     sold.value("setl_id"), sold.value("mdtrt_id"), psn_no, exp_content);
}

constexpr const char* one_yuan_back = R"({"REFD_DETAIL":[{"feedetl_sn":"1","cnt":0.1,"amt":"1.00"}]})";

// A refund in part that cannot be read must not become one of the whole bill.
// REQ SET-07
TEST(Refunds, one_in_part_that_cannot_be_read_takes_nothing_back) {
  Region region;
  WireClient client = region.client();
  const WireAnswer sold = good(client.call("2102", purchase(employee, 2)));
  const std::string before = metric(region, "fenming_journal_position");
  const auto code = [&](std::string_view exp_content) {
    return refused(client.call("2103", refund(employee, sold, exp_content)));
  };
  EXPECT_EQ(code(R"("{\"REFD_DETAIL\":[{\"feedetl_sn\":\"1\",\"cnt\":1,\"amt\":\"10.00\"},]}")"),
            "[WIR-001]");
  EXPECT_EQ(code(R"("  {\"REFD_DETAIL\":[")"), "[WIR-001]");
  for (const char* empty : {R"({"REFD_DETAIL":""})", R"({"REFD_DETAIL":null})", R"("{\"REFD_DETAIL\":null}")",
                            R"({"REFD_DETAIL":{}})", R"({"REFD_DETAIL":"x"})"})
    EXPECT_EQ(code(empty), "[WIR-014]") << empty;
  EXPECT_EQ(code(R"({"REFD_DETAIL":[]})"), "[DSK-012]");
  EXPECT_EQ(metric(region, "fenming_journal_position"), before);
  EXPECT_EQ(good(client.call("2103", refund(employee, sold, one_yuan_back))).value("medfee_sumamt"), "39.00");
}

std::string query(std::string_view psn_no, const std::string& setl_id) {
  return fmt::format(R"({{"data":{{"psn_no":"{}","setl_id":"{}","mdtrt_id":""}}}})", psn_no, setl_id);
}

std::string reverse(std::string_view psn_no, std::string_view infno, std::string_view msgid) {
  return fmt::format(R"({{"data":{{"psn_no":"{}","omsgid":"{}","oinfno":"{}"}}}})", psn_no, msgid, infno);
}

// REQ SET-07
TEST(Refunds, the_query_says_that_a_settlement_was_taken_back_and_by_which) {
  Region region;
  WireClient client = region.client();
  const WireAnswer sold = good(client.call("2102", purchase(employee)));
  const std::string setl_id = sold.value("setl_id");
  const auto asked = [&](const std::string& id) { return good(client.call("5203", query(employee, id))); };
  EXPECT_EQ(asked(setl_id).value("refd_setl_flag"), "0");
  EXPECT_EQ(asked(setl_id).value("refd_setl_id"), "");
  const WireAnswer back = good(client.call("2103", cancel(employee, sold.value("mdtrt_id"), setl_id)));
  EXPECT_EQ(asked(setl_id).value("refd_setl_flag"), "1");
  EXPECT_EQ(asked(setl_id).value("refd_setl_id"), back.value("setl_id"));
  EXPECT_EQ(asked(setl_id).value("medfee_sumamt"), "20.00");  // what was settled stays
  EXPECT_EQ(asked(back.value("setl_id")).value("refd_setl_flag"), "1");
  EXPECT_EQ(asked(back.value("setl_id")).value("init_setl_id"), setl_id);
  EXPECT_EQ(asked(back.value("setl_id")).value("medfee_sumamt"), "-20.00");
  const WireAnswer lost = good(client.call("2102", purchase(employee)));
  good(client.call("2601", reverse(employee, "2102", client.last_msgid())));
  EXPECT_EQ(asked(lost.value("setl_id")).value("refd_setl_flag"), "1");
  EXPECT_NE(asked(lost.value("setl_id")).value("refd_setl_id"), "");
}

// REQ SET-07
TEST(Refunds, are_booked_on_the_codes_of_what_they_take_back) {
  Region region;
  WireClient client = region.client();
  const std::string stay = good(client.call("2401", admission(resident, today()))).value("mdtrt_id");
  good(client.call("2301", lines_of(resident, stay, "", 2, "4000.00")));
  const WireAnswer settled = good(client.call("2304", settle_stay(resident, stay, "8000.00", true)));
  ASSERT_EQ(settled.value("fund_pay_type"), "390100");
  const WireAnswer back = good(client.call("2305", cancel(resident, stay, settled.value("setl_id"))));
  const WireAnswer asked = good(client.call("5203", query(resident, back.value("setl_id"))));
  for (const WireAnswer* answer : {&back, &asked}) {
    EXPECT_EQ(answer->value("fund_pay_type"), "390100");
    EXPECT_EQ(answer->value("insutype"), "390");
    EXPECT_EQ(answer->value("psn_type"), settled.value("psn_type"));
  }
}

std::string sum_of(const WireAnswer& answer, const std::string& field) {
  Money sum;
  const std::string key = "\"" + field + "\":";
  for (std::size_t at = answer.body.find(key); at != std::string::npos; at = answer.body.find(key, at + 1)) {
    const std::size_t from = at + key.size();
    sum = sum + *parse_money(answer.body.substr(from, answer.body.find_first_of(",}", from) - from));
  }
  return to_text(sum);
}

// REQ SET-07, SET-09
TEST(Refunds, lines_are_shown_of_what_is_left_and_of_what_came_back) {
  Region region;
  WireClient client = region.client();
  const auto lines = [&](const WireAnswer& answer) {
    return good(client.call("5204", query(employee, answer.value("setl_id"))));
  };
  const WireAnswer sold = good(client.call("2102", purchase(employee, 2)));
  const WireAnswer rest = good(client.call("2103", refund(employee, sold, one_yuan_back)));
  EXPECT_EQ(sum_of(lines(rest), "det_item_fee_sumamt"), "39.00");
  EXPECT_NE(lines(rest).body.find("-1.00"), std::string::npos);
  const WireAnswer none = good(client.call("2103", cancel(employee, "", rest.value("setl_id"))));
  EXPECT_EQ(sum_of(lines(none), "det_item_fee_sumamt"), "-39.00");
  EXPECT_EQ(sum_of(lines(none), "inscp_scp_amt"), "-" + sum_of(lines(rest), "inscp_scp_amt"));
}

}  // namespace
}  // namespace fenming::e2e
