// Uploads that are kept, from hands that mean no good or make mistakes.
#include <fmt/format.h>

#include "conformance/filled_input.h"
#include "e2e/region.h"
#include "protocol/interface.h"

namespace fenming::e2e {
namespace {

// REQ PLT-02. An ordinary upload of 250 rows, asked for while another hospital works.
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
  EXPECT_EQ(shown.value("invCnt"), "1.00");
}

}  // namespace
}  // namespace fenming::e2e
