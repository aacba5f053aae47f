#include <gtest/gtest.h>

#include "proof/trace_fixture_test.h"

namespace fenming::proof_test {
namespace {

// The answer of `settle --json` to the hand-written bill.
std::string answer() {
  return fmt::format(R"({{"bill":"T-1","region":"990100",
"policy":{{"name":"residents","file":"residents.yaml","digest":"sm3:{}"}},
"medfee_sumamt":"20500.00","fulamt_ownpay_amt":"1500.00","overlmt_selfpay":"0.00","preselfpay_amt":"1900.00",
"inscp_scp_amt":"17100.00","act_pay_dedc":"650.00","hifp_pay":"10000.00","maf_pay":null,
"fund_pay_sumamt":"10000.00","psn_part_amt":"10500.00","acct_pay":"120.00","psn_cash_pay":"10380.00",
"lines":[{{"id":"1","det_item_fee_sumamt":"20000.00","fulamt_ownpay_amt":"0.00","overlmt_amt":"0.00","preselfpay_amt":"2000.00","inscp_scp_amt":"18000.00"}},
{{"id":"2","det_item_fee_sumamt":"1500.00","fulamt_ownpay_amt":"1500.00","overlmt_amt":"0.00","preselfpay_amt":"0.00","inscp_scp_amt":"0.00"}},
{{"id":"3","det_item_fee_sumamt":"-1000.00","fulamt_ownpay_amt":"0.00","overlmt_amt":"0.00","preselfpay_amt":"-100.00","inscp_scp_amt":"-900.00"}}],
"layers":[{{"layer":"basic","part":0,"fund":"basic","article":"Article 9","applies":true,"base":"17100.00","over":"0.00","deductible":"650.00","covered":"16450.00","after":"0.00","paid":"10000.00","consumed":"11764.71","cut":"3982.50"}},
{{"layer":"aid","part":0,"fund":"aid","applies":false,"base":"0.00","over":"0.00","deductible":"0.00","covered":"0.00","after":"0.00","paid":"0.00","consumed":"0.00","cut":"0.00"}},
{{"layer":"account","part":0,"fund":"account","applies":true,"base":"10500.00","over":"0.00","deductible":"0.00","covered":"10500.00","after":"0.00","paid":"120.00","consumed":"120.00","cut":"10380.00"}}],
"accumulators":[{{"group":"year","key":{{"year":2023}},"values":{{"stays":2,"pooled":"100000.00","rest":"0.00"}}}}]}})",
                     sm3_hex(residents_yaml));
}

std::string verdict_beside(const std::string& settlement) {
  return verdict(sample().json(), library_files(), settlement);
}

std::string changed(std::string_view from, std::string_view to) {
  std::string text = answer();
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return verdict_beside(text.replace(at, from.size(), to));
}

TEST(Settlement, HoldsBesideItsTrace) {
  EXPECT_EQ(verdict_beside(answer()), "");
  EXPECT_TRUE(verify_trace(sample().json(), library_files(), answer())->settlement);
  EXPECT_EQ(verdict_beside("{"), "trace_not_json");
}

TEST(Settlement, EveryAmountIsTheTraces) {  // REQ SET-09
  EXPECT_EQ(changed(R"("act_pay_dedc":"650.00")", R"("act_pay_dedc":"650.01")"), "trace_settlement");
  EXPECT_EQ(changed(R"("act_pay_dedc":"650.00",)", ""), "trace_settlement");
  EXPECT_EQ(changed(R"("bill":"T-1")", R"("bill":"T-2")"), "trace_settlement");
  EXPECT_EQ(changed("sm3:", "sm3:0"), "trace_settlement");
  for (const std::string_view amount : {"20000.00", "18000.00", "2000.00", "-100.00", "16450.00", "11764.71",
                                        "3982.50", "100000.00", "10380.00"})
    EXPECT_EQ(changed(fmt::format(R"("{}")", amount), fmt::format(R"("{}1")", amount)), "trace_settlement")
        << amount;
  EXPECT_EQ(changed(R"("stays":2)", R"("stays":3)"), "trace_settlement");
}

TEST(Settlement, EveryRowIsTheTraces) {
  EXPECT_EQ(changed("Article 9", "Article 8"), "trace_settlement");
  EXPECT_EQ(changed(R"("fund":"aid")", R"("fund":"basic")"), "trace_settlement");
  EXPECT_EQ(changed(R"("applies":false)", R"("applies":true)"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("layer":"aid")", R"("layer":"add")"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("year":2023)", R"("year":2022)"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("rest":"0.00")", R"("other":"0.00")"), "trace_settlement_row");
  EXPECT_EQ(changed(R"({"id":"3")", R"({"id":"1")"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("lines":[)", R"("rows":[)"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("layers":[)", R"("rows":[)"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("accumulators":[)", R"("rows":[)"), "trace_settlement_row");
}

}  // namespace
}  // namespace fenming::proof_test
