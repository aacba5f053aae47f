// Settlements that came out otherwise later, and answers of what is decided that cannot be made at once.
#include <fmt/format.h>

#include "e2e/hidden_libraries.h"
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

std::string setl_id_of(const WireAnswer& answer) { return answer.value("setl_id"); }

// A stay of the resident's, interim bill of 8,000 yuan.
struct Stay {
  std::string visit;
  WireAnswer settled;
};
Stay settled_stay(WireClient& client) {
  std::string visit = good(client.call("2401", admission(resident, today()))).value("mdtrt_id");
  good(client.call("2301", lines_of(resident, visit, "", 10, "4000.00")));
  WireAnswer settled = good(client.call("2304", settle_stay(resident, visit, "40000.00", true)));
  return {std::move(visit), std::move(settled)};
}

// REQ POL-07, SET-07, LAW 5. A class of assistance for a past day adjusts what was settled; it is cancelled like any other.
TEST(Adjusted, a_settlement_that_a_late_status_adjusted_is_shown_and_cancelled) {
  Region region;
  WireClient client = region.client();
  const Stay stay = settled_stay(client);
  const auto late = region.running->desk().call({{},
                                                 "bureau",
                                                 SetStatus{std::string(resident),
                                                           {"aid", FactValue::Kind::text, "destitute", {}},
                                                           *parse_date("2025-01-01"),
                                                           date_max,
                                                           false}});
  ASSERT_TRUE(late) << to_text(late.error(), Language::en);
  std::string adjustment;
  for (const SettlementResult& result : late->decision->results)
    if (result.kind == ResultKind::adjusted) adjustment = result.settlement;
  ASSERT_NE(adjustment, "");
  const WireAnswer adjusted = good(client.call("5203", cancel(resident, stay.visit, adjustment)));
  EXPECT_NE(adjusted.value("maf_pay"), stay.settled.value("maf_pay"))
      << "the fund of assistance, by its name";
  const WireAnswer back = good(client.call("2305", cancel(resident, stay.visit, setl_id_of(stay.settled))));
  EXPECT_EQ(back.value("medfee_sumamt"), "-40000.00");
  EXPECT_EQ(back.value("maf_pay"), "-" + adjusted.value("maf_pay"));
  EXPECT_EQ(back.value("oth_pay"), "0.00");
  EXPECT_EQ(good(client.call("5203", cancel(resident, stay.visit, setl_id_of(back)))).value("maf_pay"),
            back.value("maf_pay"));
}

// LAW 5. The money has moved: nobody is told that it has not.
TEST(Adjusted, what_is_decided_is_never_told_as_a_refusal) {
  Region region;
  WireClient first = region.client();
  const Stay stay = settled_stay(first);
  region.stop();
  ASSERT_TRUE(hide_libraries(region.folder, true));
  region.restart();
  WireClient client = region.client();
  const std::string input = cancel(resident, stay.visit, setl_id_of(stay.settled));
  const WireAnswer unread = client.call("2305", input);
  const std::string msgid = client.last_msgid();
  EXPECT_EQ(unread.status, 503);
  EXPECT_EQ(refused(unread), "[SRV-016]") << unread.body;
  const WireAnswer still = client.call("2305", input, msgid);
  EXPECT_EQ(still.status, 503);
  EXPECT_EQ(refused(still), "[SRV-016]") << still.body;
  region.stop();
  ASSERT_TRUE(hide_libraries(region.folder, false));
  region.restart();
  WireClient later = region.client();
  EXPECT_EQ(good(later.call("2305", input, msgid)).value("medfee_sumamt"), "-40000.00");
  EXPECT_EQ(refused(later.call("2305", input)), "[DSK-026]") << "once";
}

}  // namespace
}  // namespace fenming::e2e
