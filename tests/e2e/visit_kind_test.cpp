// An outpatient's visit and a stay are two things: each transaction works on its own, with the visit codes of its own.
#include <fmt/format.h>

#include "e2e/region.h"

namespace fenming::e2e {
namespace {

constexpr const char *stay_code = "21", *outpatient_code = "11";

std::string plain(std::string_view psn_no, std::string_view mdtrt_id) {
  return fmt::format(R"({{"data":{{"psn_no":"{}","mdtrt_id":"{}","ipt_otp_no":"MZ1","chrg_bchno":"0000"}}}})",
                     psn_no, mdtrt_id);
}

std::string discharged(std::string_view psn_no, std::string_view mdtrt_id) {
  return fmt::format(
      R"({{"dscginfo":{{"mdtrt_id":"{}","psn_no":"{}","insutype":"310","endtime":"{} 10:00:00","dscg_dept_codg":"A03",)"
      R"("dscg_dept_name":"呼吸内科","dscg_way":"1"}},"diseinfo":[]}})",
      mdtrt_id, psn_no, today());
}

std::string with_code(std::string input, std::string_view from, std::string_view to) {
  const std::string member = fmt::format(R"("med_type":"{}")", from);
  return input.replace(input.find(member), member.size(), fmt::format(R"("med_type":"{}")", to));
}

struct Hospital {
  Region region;
  WireClient client = region.client();
  std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  std::string stay = good(client.call("2401", admission(employee, today()))).value("mdtrt_id");
  std::string refused_as(const char* infno, const std::string& input) {
    const std::string before = metric(region, "fenming_journal_position");
    std::string code = refused(client.call(infno, input));
    EXPECT_EQ(metric(region, "fenming_journal_position"), before) << infno;
    return code;
  }
};

// REQ SET-01, SET-02
TEST(VisitKind, an_outpatients_registration_never_gives_the_benefit_of_a_stay) {
  Hospital at;
  good(at.client.call("2204", lines_of(employee, at.visit, "B1", 2, "4000.00")));
  const std::string settle = settle_outpatient(employee, at.visit, "B1", "8000.00", stay_code);
  for (const char* infno : {"2206", "2207", "2207A"}) EXPECT_EQ(at.refused_as(infno, settle), "[WIR-019]");
  EXPECT_EQ(at.refused_as("2102", with_code(purchase(employee), "41", stay_code)), "[WIR-019]");
  EXPECT_EQ(at.refused_as("2401", with_code(admission(employee, today()), stay_code, outpatient_code)),
            "[WIR-019]");
  EXPECT_EQ(at.refused_as("2304", settle_stay(employee, at.visit, "8000.00")), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2303", settle_stay(employee, at.visit, "8000.00")), "[DSK-055]");
  good(at.client.call("2207", settle_outpatient(employee, at.visit, "B1", "8000.00")));
}

// REQ SET-01, SET-02
TEST(VisitKind, transactions_of_outpatients_leave_stays_alone_and_the_reverse) {
  Hospital at;
  good(at.client.call("2301", lines_of(employee, at.stay, "B1", 2)));
  EXPECT_EQ(at.refused_as("2202", plain(employee, at.stay)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2204", lines_of(employee, at.stay, "B2", 1, "20.00", 7)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2205", plain(employee, at.stay)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2207", settle_outpatient(employee, at.stay, "B1", "40.00")), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2301", lines_of(employee, at.visit, "", 1)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2402", discharged(employee, at.visit)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2404", plain(employee, at.visit)), "[DSK-055]");
}

// REQ SET-02
TEST(VisitKind, a_stay_is_settled_for_good_after_its_end) {
  Hospital at;
  good(at.client.call("2301", lines_of(employee, at.stay, "", 2)));
  good(at.client.call("2303", settle_stay(employee, at.stay, "40.00")));  // a trial may come before
  EXPECT_EQ(at.refused_as("2304", settle_stay(employee, at.stay, "40.00")), "[DSK-006]");
  good(at.client.call("2402", discharged(employee, at.stay)));
  good(at.client.call("2304", settle_stay(employee, at.stay, "40.00")));
}

// REQ SET-07
TEST(VisitKind, a_cancellation_names_the_right_visit_by_the_right_transaction) {
  Hospital at;
  good(at.client.call("2301", lines_of(employee, at.stay, "", 2)));
  good(at.client.call("2402", discharged(employee, at.stay)));
  const std::string settled =
      good(at.client.call("2304", settle_stay(employee, at.stay, "40.00"))).value("setl_id");
  for (const char* infno : {"2103", "2208"})
    EXPECT_EQ(at.refused_as(infno, cancel(employee, at.stay, settled)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2305", cancel(employee, at.visit, settled)), "[DSK-004]");
  const WireAnswer sold = good(at.client.call("2102", purchase(employee)));
  const std::string sale = sold.value("setl_id");
  EXPECT_EQ(at.refused_as("2305", cancel(employee, sale, sale)), "[DSK-055]");
  EXPECT_EQ(at.refused_as("2103", cancel(employee, at.visit, sale)), "[DSK-004]");
  good(at.client.call("2103", cancel(employee, sold.value("mdtrt_id"), sale)));
  good(at.client.call("2305", cancel(employee, at.stay, settled)));
}

}  // namespace
}  // namespace fenming::e2e
