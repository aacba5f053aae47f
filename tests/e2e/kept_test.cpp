// Uploads that are kept, from hands that mean no good or make mistakes.
#include <fmt/format.h>

#include "conformance/filled_input.h"
#include "e2e/region.h"
#include "protocol/interface.h"

namespace fenming::e2e {
namespace {

std::string filing(std::string_view infno) {
  return filled_input(*find_transaction(infno),
                      {{"psn_no", std::string(resident)}, {"refl_date", "2026-01-05"}});
}

std::string withdrawal(std::string_view psn_no, std::string_view number) {
  return fmt::format(R"({{"data":{{"trt_dcla_detl_sn":"{}","psn_no":"{}","memo":""}}}})", number, psn_no);
}

// REQ SEC-12, LAW 5
TEST(KeptFilings, LAW_5_are_withdrawn_by_whom_and_for_whom_they_were_made_and_once) {
  Region region;
  WireClient owner = region.client(), other = region.client(SignVariant::csb);
  for (const auto& [made_by, withdrawn_by] :
       {std::pair("2501", "2502"), std::pair("2503", "2504"), std::pair("2505", "2506")}) {
    const std::string number = good(owner.call(made_by, filing(made_by))).value("trt_dcla_detl_sn");
    EXPECT_EQ(refused(other.call(withdrawn_by, withdrawal(resident, number))), "[WIR-028]") << withdrawn_by;
    EXPECT_EQ(refused(owner.call(withdrawn_by, withdrawal(employee, number))), "[WIR-028]") << withdrawn_by;
    EXPECT_EQ(refused(owner.call(withdrawn_by, withdrawal(resident, "nosuch"))), "[WIR-028]") << withdrawn_by;
    const WireAnswer withdrawn = good(owner.call(withdrawn_by, withdrawal(resident, number)));
    EXPECT_EQ(owner.call(withdrawn_by, withdrawal(resident, number), owner.last_msgid()).body,
              withdrawn.body);
    EXPECT_EQ(refused(owner.call(withdrawn_by, withdrawal(resident, number))), "[WIR-028]") << withdrawn_by;
  }
}

// REQ SEC-07. An ordinary upload of 250 rows, asked for while another hospital works.
TEST(KeptGoods, two_hundred_and_fifty_rows_are_shown_at_once) {
  Region region;
  WireClient client = region.client();
  std::string rows;
  for (int i = 0; i < 250; ++i)
    rows += fmt::format(
        R"({}{{"med_list_codg":"X","fixmedins_bchno":"B{}","fixmedins_hilist_id":"H","invdate":"2026-01-05","inv_cnt":1}})",
        i == 0 ? "" : ",", i);
  good(client.call("3501A", R"({"invinfoDetail":[)" + rows + "]}"));
  const auto began = std::chrono::steady_clock::now();
  const WireAnswer shown = good(client.call(
      "3508",
      R"({"data":{"fixmedins_code":"","medins_list_codg":"","fixmedins_bchno":"","begndate":"2026-01-01","enddate":"2026-12-31"}})"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
  EXPECT_EQ(shown.value("invCnt"), "1");
}

// LAW 10. The bound holds for a node wherever it stands in the message.
TEST(KeptGoods, LAW_10_rows_inside_rows_count_together) {
  Region region;
  WireClient client = region.client();
  const auto goods = [](int rows, int inside) {
    std::string codes, text;
    for (int i = 0; i < inside; ++i) codes += i == 0 ? "{}" : ",{}";
    for (int i = 0; i < rows; ++i)
      text += fmt::format(R"({}{{"fixmedins_bchno":"B{}","fixmedins_hilist_id":"H","drugtracinfo":[{}]}})",
                          i == 0 ? "" : ",", i, codes);
    return R"({"invinfoDetail":[)" + text + "]}";
  };
  EXPECT_EQ(refused(client.call("3501A", goods(1'000, 190))), "[WIR-015]");
  EXPECT_EQ(refused(client.call("3501A", goods(4, 251))), "[WIR-015]");
  good(client.call("3501A", goods(4, 250)));
}

// REQ SEC-06: another content under a number already used is refused by the name of what differs; what is sealed stays so.
TEST(KeptGoods, a_difference_says_no_ciphertext) {
  Region region;
  WireClient client = region.client();
  const auto department = [](std::string_view name) {
    return filled_input(*find_transaction("3401"),
                        {{"hosp_dept_codg", "A02"}, {"hosp_dept_name", std::string(name)}});
  };
  good(client.call("3401", department("one")));
  const WireAnswer other = client.call("3401", department("two"), client.last_msgid());
  EXPECT_EQ(refused(other), "[DSK-043]");
  EXPECT_NE(other.value("err_msg").find("input"), std::string::npos) << other.body;
  EXPECT_NE(other.value("err_msg").find("***"), std::string::npos) << other.body;
}

}  // namespace
}  // namespace fenming::e2e
