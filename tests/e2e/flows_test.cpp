// The core flows over a real socket on a real store, in each signing variant: every answer checked by the identities of the interface.
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

class Flows : public testing::TestWithParam<SignVariant> {};

// REQ SET-01, SET-04, SEC-03
TEST_P(Flows, outpatient_from_sign_in_to_cancel) {
  Region region;
  WireClient client = region.client(GetParam());
  good(client.call("9001", R"({"signIn":{"opter_no":"op1","mac":"00-00","ip":"127.0.0.1"}})"));
  region.catch_up();
  const WireAnswer person = good(client.call("1101", person_02(certno_of(employee), name_of(employee))));
  EXPECT_EQ(person.value("psn_no"), employee);
  EXPECT_EQ(person.value("insutype"), "310");
  EXPECT_EQ(person.value("balc"), "1000.00");
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  good(client.call(
      "2203",
      R"({"mdtrtinfo":{"mdtrt_id":")" + visit + R"(","psn_no":"990000000001","med_type":"11","begntime":")" +
          today() + R"( 08:00:00"},"diseinfo":[{"diag_type":"1","diag_srt_no":"1","diag_code":"J06.9",)" +
          R"("diag_name":"上呼吸道感染","diag_dept":"A02","dise_dor_no":"D1","dise_dor_name":"医生甲",)" +
          R"("diag_time":")" + today() + R"( 08:00:00","vali_flag":"1"}]})"));
  const WireAnswer lines = good(client.call("2204", lines_of(employee, visit, "B1", 3, "200.00")));
  EXPECT_EQ(lines.value("det_item_fee_sumamt"), "200.00");
  EXPECT_EQ(lines.value("med_chrgitm_type"), "09") << "a drug of the catalogue";
  const std::string settle = settle_outpatient(employee, visit, "B1", "600.00");
  const WireAnswer trial = good(client.call("2206", settle));
  EXPECT_EQ(trial.value("setl_id"), "");
  const WireAnswer settled = good(client.call("2207", settle));
  EXPECT_EQ(broken_identity(settled), "") << settled.body;
  for (const char* amount : {"fund_pay_sumamt", "acct_pay", "psn_cash_pay", "act_pay_dedc", "balc"})
    EXPECT_EQ(trial.value(amount), settled.value(amount)) << amount;
  EXPECT_EQ(settled.value("medins_setl_id"), client.last_msgid());
  const std::string setl_id = settled.value("setl_id");
  const WireAnswer cancelled = good(client.call("2208", cancel(employee, visit, setl_id)));
  EXPECT_EQ(broken_identity(cancelled), "") << cancelled.body;
  EXPECT_EQ(cancelled.value("medfee_sumamt"), "-600.00");
  EXPECT_EQ(cancelled.value("balc"), "1000.00");
  EXPECT_EQ(refused(client.call("2208", cancel(employee, visit, setl_id))), "[DSK-026]");
  good(client.call(
      "2205", R"({"data":{"mdtrt_id":")" + visit + R"(","chrg_bchno":"0000","psn_no":"990000000001"}})"));
  good(client.call("2202",
                   R"({"data":{"psn_no":"990000000001","mdtrt_id":")" + visit + R"(","ipt_otp_no":"MZ1"}})"));
  good(client.call("9002", R"({"signOut":{"sign_no":"","opter_no":"op1"}})"));
}

// REQ SET-03
TEST_P(Flows, pharmacy_and_partial_refund) {
  Region region;
  WireClient client = region.client(GetParam());
  good(client.call("2101", purchase(employee, 2)));
  const WireAnswer sold = good(client.call("2102", purchase(employee, 2)));
  EXPECT_EQ(broken_identity(sold), "") << sold.body;
  EXPECT_EQ(sold.value("medfee_sumamt"), "40.00");
  const std::string refund = R"({"data":{"setl_id":")" + sold.value("setl_id") + R"(","mdtrt_id":")" +
                             sold.value("mdtrt_id") + R"(","psn_no":"990000000001",)" +
                             R"("exp_content":{"REFD_DETAIL":[{"feedetl_sn":"1","cnt":1,"amt":"10.00"}]}}})";
  const WireAnswer rest = good(client.call("2103", refund));
  EXPECT_EQ(rest.value("medfee_sumamt"), "30.00");
  EXPECT_EQ(broken_identity(rest), "") << rest.body;
  const WireAnswer gone =
      good(client.call("2103", cancel(employee, rest.value("mdtrt_id"), rest.value("setl_id"))));
  EXPECT_EQ(gone.value("medfee_sumamt"), "-30.00");
}

// REQ SET-02
TEST_P(Flows, inpatient_with_interim_bill) {
  Region region;
  WireClient client = region.client(GetParam());
  const std::string stay = good(client.call("2401", admission(resident, today()))).value("mdtrt_id");
  good(client.call("2301", lines_of(resident, stay, "", 4, "1000.00")));
  const WireAnswer interim = good(client.call("2304", settle_stay(resident, stay, "4000.00", true)));
  EXPECT_EQ(broken_identity(interim), "") << interim.body;
  good(client.call("2301", lines_of(resident, stay, "", 4, "1000.00", 11)));
  EXPECT_EQ(
      refused(client.call("2404", R"({"data":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000002"}})")),
      "[DSK-007]");
  const std::string discharge =
      R"({"dscginfo":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000002","insutype":"390","endtime":")" +
      today() + R"( 10:00:00","dscg_dept_codg":"A03","dscg_dept_name":"呼吸内科","dscg_way":"1"},)" +
      R"("diseinfo":[]})";
  good(client.call("2402", discharge));
  const WireAnswer trial = good(client.call("2303", settle_stay(resident, stay, "4000.00")));
  const WireAnswer last = good(client.call("2304", settle_stay(resident, stay, "4000.00")));
  EXPECT_EQ(broken_identity(last), "") << last.body;
  EXPECT_EQ(trial.value("fund_pay_sumamt"), last.value("fund_pay_sumamt"));
  EXPECT_EQ(last.value("act_pay_dedc"), "0.00");  // once a stay
  good(client.call("2305", cancel(resident, stay, last.value("setl_id"))));
  good(client.call("2305", cancel(resident, stay, interim.value("setl_id"))));
  good(client.call("2405", R"({"data":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000002"}})"));
  good(client.call(
      "2302", R"({"data":[{"feedetl_sn":"0000","mdtrt_id":")" + stay + R"(","psn_no":"990000000002"}]})"));
  good(client.call("2404", R"({"data":{"mdtrt_id":")" + stay + R"(","psn_no":"990000000002"}})"));
}

// REQ SET-05, SET-06, LAW 5
TEST_P(Flows, a_lost_answer_is_given_again_and_a_message_in_doubt_is_reversed) {
  Region region;
  WireClient client = region.client(GetParam());
  const WireAnswer first = good(client.call("2102", purchase(employee)));
  const std::string msgid = client.last_msgid();
  const WireAnswer again = client.call("2102", purchase(employee), msgid);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(refused(client.call("2102", purchase(employee, 2), msgid)), "[DSK-043]");
  region.restart();
  WireClient later = region.client(GetParam());
  EXPECT_EQ(later.call("2102", purchase(employee), msgid).body, first.body);
  const auto reverse = [&](std::string_view which) {
    return R"({"data":{"psn_no":"990000000001","omsgid":")" + std::string(which) + R"(","oinfno":"2102"}})";
  };
  good(later.call("2601", reverse(msgid)));
  good(later.call("2601", reverse(msgid)));
  EXPECT_EQ(good(later.call("2102", purchase(employee))).value("balc"), first.value("balc"));
  const std::string never = later.identity().provider + "202601010000000001";  // never arrived: a tombstone
  good(later.call("2601", reverse(never)));
  EXPECT_EQ(refused(later.call("2102", purchase(employee), never)), "[DSK-044]");
}

TEST_P(Flows, queries_show_what_was_settled_also_after_a_restart) {
  Region region;
  WireClient client = region.client(GetParam());
  const WireAnswer sold = good(client.call("2102", purchase(employee, 3)));
  const std::string query =
      R"({"data":{"psn_no":"990000000001","setl_id":")" + sold.value("setl_id") + R"(","mdtrt_id":"x"}})";
  const WireAnswer at_once = good(client.call("5203", query));
  EXPECT_EQ(at_once.value("medfee_sumamt"), "60.00");
  EXPECT_EQ(at_once.value("medins_setl_id"), sold.value("medins_setl_id"));
  const WireAnswer lines = good(client.call("5204", query));
  region.restart();
  WireClient later = region.client(GetParam());
  EXPECT_EQ(good(later.call("5203", query)).value("fund_pay_sumamt"), sold.value("fund_pay_sumamt"));
  EXPECT_EQ(good(later.call("5204", query)).value("det_item_fee_sumamt"), lines.value("det_item_fee_sumamt"));
  good(later.call("5206", R"({"data":{"psn_no":"990000000001","cum_ym":""}})"));
  EXPECT_EQ(good(later.call("5301", R"({"data":{"psn_no":"990000000001"}})")).value("opsp_dise_code"),
            "M03900");
  const std::string stay = good(later.call("2401", admission(resident, today()))).value("mdtrt_id");
  const std::string range = R"({"data":{"psn_no":"990000000002","begntime":")" + today() +
                            R"( 00:00:00","endtime":")" + today() + R"( 23:59:59","med_type":"21"}})";
  EXPECT_EQ(good(later.call("5303", range)).value("mdtrt_id"), stay);
  EXPECT_EQ(good(later.call("5201", range)).value("mdtrt_id"), stay);
}

std::string variant_name(const testing::TestParamInfo<SignVariant>& info) {
  return info.param == SignVariant::tif ? "tif" : info.param == SignVariant::csb ? "csb" : "none";
}

INSTANTIATE_TEST_SUITE_P(Signed, Flows,
                         testing::Values(SignVariant::tif, SignVariant::csb, SignVariant::none),
                         variant_name);

}  // namespace
}  // namespace fenming::e2e
