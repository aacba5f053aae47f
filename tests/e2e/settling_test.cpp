// What a settlement counts and for whom it is: the parts of a message that decide.
#include <fmt/format.h>

#include <atomic>

#include "cli/store_desk.h"
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

// The day of a sale that names none is the record's: the message that asks again after midnight is the same one.
// REQ SET-05, LAW 5
TEST(Settling, LAW_5_a_sale_without_a_day_is_repeated_after_midnight) {
  static std::atomic<std::int64_t> ahead_ms = 0;
  ahead_ms = 0;
  Region region({}, {}, [] {
    Now now = system_clock_now();
    now.wall.ms += ahead_ms, now.steady_ms += ahead_ms;
    return now;
  });
  const std::int64_t day_ms = 24 * 3'600'000LL;
  std::string sale = purchase(employee);
  const std::string day = "\"begntime\":\"" + today() + " 09:00:00\",";
  sale.erase(sale.find(day), day.size());
  WireClient client = region.client(SignVariant::none);
  good(client.call("2101", sale));
  const WireAnswer first = good(client.call("2102", sale));
  const std::string msgid = client.last_msgid();
  ahead_ms = day_ms;
  EXPECT_EQ(client.call("2102", sale, msgid).body, first.body);
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// REQ SET-05, LAW 5
TEST(Settling, LAW_5_who_sent_it_when_and_how_is_no_part_of_a_message) {
  Region region;
  WireClient client = region.client();
  const WireAnswer first = good(client.call("2102", purchase(employee)));
  const std::string msgid = client.last_msgid();
  const auto sent = [&](std::string_view from, std::string_view to, std::int64_t later_ms = 0) {
    const Instant now = system_clock_now().wall;
    const std::string body = client.envelope("2102", purchase(employee), msgid, {now.ms + later_ms});
    return client.connection().exchange(client.request(with(body, from, to), now));
  };
  for (const auto& [from, to] : {std::pair{R"("sign_no":"")", R"("sign_no":"N9")"},
                                 {R"("cainfo":"")", R"("cainfo":"c2ln")"},
                                 {R"("dev_no":"")", R"("dev_no":"D9")"},
                                 {R"("dev_safe_info":"")", R"("dev_safe_info":"x")"},
                                 {R"("opter":"op1")", R"("opter":"op2")"},
                                 {R"("opter_name":"op1")", R"("opter_name":"乙")"},
                                 {R"("opter_type":"1")", R"("opter_type":"2")"},
                                 {R"("medfee_sumamt":20.00)", R"("medfee_sumamt":"20.0")"},
                                 {R"("druginfo":{)", R"("druginfo":{"nobodys_field":"x",)"}})
    EXPECT_EQ(sent(from, to).body, first.body) << to;
  EXPECT_EQ(sent("", "", 61'000).body, first.body) << "another inf_time";
  EXPECT_EQ(refused(sent(R"("cnt":2)", R"("cnt":1)")), "[DSK-043]");
}

// REQ SET-05, LAW 5
TEST(Settling, LAW_5_what_changed_nothing_binds_no_message) {
  Region region;
  WireClient client = region.client();
  const WireAnswer sold = good(client.call("2102", purchase(employee)));
  good(client.call("5203", cancel(employee, "x", sold.value("setl_id"))));
  const std::string asked = client.last_msgid();
  EXPECT_EQ(refused(client.call("5203", cancel(employee, "x", "S1"), asked)), "[DSK-024]") << "a query";
  good(client.call("2101", purchase(employee)));
  const std::string tried = client.last_msgid();
  EXPECT_EQ(good(client.call("2101", purchase(employee, 2), tried)).value("medfee_sumamt"), "40.00");
  const std::string wrong = with(purchase(employee), R"("medfee_sumamt":20.00)", R"("medfee_sumamt":19.00)");
  refused(client.call("2102", wrong));
  const std::string corrected = client.last_msgid();
  EXPECT_EQ(good(client.call("2102", purchase(employee), corrected)).value("medfee_sumamt"), "20.00");
}

// REQ SET-01, SET-09
TEST(Settling, a_line_that_was_not_approved_is_the_persons_own) {
  Region region;
  WireClient client = region.client();
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  std::string lines = lines_of(employee, visit, "B1", 2, "800.00");
  const std::string approved = R"("hosp_appr_flag":"1")";
  lines.replace(lines.find(approved), approved.size(), R"("hosp_appr_flag":"2")");
  const WireAnswer uploaded = good(client.call("2204", lines));
  EXPECT_EQ(uploaded.value("fulamt_ownpay_amt"), "800.00");
  EXPECT_EQ(uploaded.value("chrgitm_lv"), "03");
  EXPECT_EQ(uploaded.value("selfpay_prop"), "1");
  const WireAnswer settled = good(client.call("2207", settle_outpatient(employee, visit, "B1", "1600.00")));
  EXPECT_EQ(settled.value("fulamt_ownpay_amt"), "800.00");
  EXPECT_EQ(broken_identity(settled), "") << settled.body;
}

std::string insured_as(std::string input, std::string_view insutype) {
  const std::size_t at = input.find("\"insutype\":\"") + 12;
  return input.replace(at, 3, insutype);
}

// What the register has counts, and a message that says otherwise is about another person or another day.
// REQ SET-01, SET-02, SET-03
TEST(Settling, another_insurance_than_the_registers_is_refused) {
  Region region;
  WireClient client = region.client();
  const auto code = [&](const char* infno, const std::string& input) {
    return refused(client.call(infno, insured_as(input, "390")));
  };
  EXPECT_EQ(code("2101", purchase(employee)), "[DSK-056]");
  EXPECT_EQ(code("2102", purchase(employee)), "[DSK-056]");
  EXPECT_EQ(code("2201", register_outpatient(employee)), "[DSK-056]");
  EXPECT_EQ(code("2401", admission(employee, today())), "[DSK-056]");
  EXPECT_EQ(refused(client.call("2102", insured_as(purchase(employee), "510"))), "[WIR-019]");
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  good(client.call("2204", lines_of(employee, visit, "B1", 1)));
  EXPECT_EQ(code("2206", settle_outpatient(employee, visit, "B1", "20.00")), "[DSK-056]");
  EXPECT_EQ(code("2207", settle_outpatient(employee, visit, "B1", "20.00")), "[DSK-056]");
  const auto check = [](std::string_view psn_no, std::string_view insutype) {
    return fmt::format(
        R"({{"data":{{"psn_no":"{}","insutype":"{}","fixmedins_code":"H99000000001","med_type":"11","begntime":"{} 08:00:00"}}}})",
        psn_no, insutype, today());
  };
  EXPECT_EQ(refused(client.call("2001", check(employee, "390"))), "[DSK-056]");
  EXPECT_EQ(good(client.call("2001", check(employee, "310"))).value("fund_pay_type"), "310100");
  EXPECT_EQ(good(client.call("2001", check(resident, "390"))).value("fund_pay_type"), "390100");
}

TEST(Settling, visits_are_listed_of_the_code_asked_for) {
  Region region;
  WireClient client = region.client();
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  const std::string stay = good(client.call("2401", admission(employee, today()))).value("mdtrt_id");
  const auto listed = [&](std::string_view med_type) {
    const std::string body =
        good(client.call("5201", fmt::format(R"({{"data":{{"psn_no":"{0}","begntime":"{1} 00:00:00",)"
                                             R"("endtime":"{1} 23:59:59","med_type":"{2}"}}}})",
                                             employee, today(), med_type)))
            .body;
    return std::string(body.find(visit) != std::string::npos ? "v" : "") +
           (body.find(stay) != std::string::npos ? "s" : "");
  };
  EXPECT_EQ(listed("11"), "v");
  EXPECT_EQ(listed("21"), "s");
  EXPECT_EQ(listed("52"), "");
  EXPECT_EQ(listed(""), "vs");
}

std::string reverse(std::string_view psn_no, std::string_view infno, std::string_view msgid) {
  return fmt::format(R"({{"data":{{"psn_no":"{}","omsgid":"{}","oinfno":"{}"}}}})", psn_no, msgid, infno);
}

// REQ SET-06, LAW 5
TEST(Settling, LAW_5_an_admission_in_doubt_is_reversed) {
  Region region;
  WireClient client = region.client();
  const std::string stay = good(client.call("2401", admission(employee, today()))).value("mdtrt_id");
  const std::string msgid = client.last_msgid();
  EXPECT_EQ(refused(client.call("2601", reverse(poor, "2401", msgid))), "[DSK-005]");
  good(client.call("2301", lines_of(employee, stay, "", 1)));
  EXPECT_EQ(refused(client.call("2601", reverse(employee, "2401", msgid))), "[DSK-008]");
  good(client.call(
      "2302",
      fmt::format(R"({{"data":[{{"feedetl_sn":"0000","mdtrt_id":"{}","psn_no":"{}"}}]}})", stay, employee)));
  good(client.call("2601", reverse(employee, "2401", msgid)));
  good(client.call("2601", reverse(employee, "2401", msgid)));  // the same answer
  EXPECT_EQ(refused(client.call("2301", lines_of(employee, stay, "", 1, "20.00", 7))), "[DSK-006]");
}

// REQ SET-06
TEST(Settling, a_settlement_by_the_variant_in_doubt_is_reversed) {
  Region region;
  WireClient client = region.client();
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  good(client.call("2204", lines_of(employee, visit, "B1", 1)));
  good(client.call("2207A", settle_outpatient(employee, visit, "B1", "20.00")));
  good(client.call("2601", reverse(employee, "2207A", client.last_msgid())));
  good(client.call("2207", settle_outpatient(employee, visit, "B1", "20.00")));
  EXPECT_EQ(refused(client.call("2601", reverse(employee, "2208", client.last_msgid()))), "[WIR-023]");
}

// LAW 10
TEST(Settling, LAW_10_a_visit_has_a_bounded_number_of_lines) {
  Region region("[limits]\nrows = 4\nvisit_lines = 6\n");
  WireClient client = region.client();
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  EXPECT_EQ(refused(client.call("2204", lines_of(employee, visit, "B1", 5))), "[WIR-015]");
  good(client.call("2204", lines_of(employee, visit, "B1", 4)));
  EXPECT_EQ(refused(client.call("2204", lines_of(employee, visit, "B1", 3, "20.00", 5))), "[DSK-054]");
  good(client.call("2204", lines_of(employee, visit, "B1", 2, "20.00", 5)));
}

// LAW 10
TEST(Settling, LAW_10_amounts_and_quantities_have_limits_of_the_node) {
  Region region("[limits]\namount = 50\nquantity = 2\n");
  WireClient client = region.client();
  good(client.call("2102", purchase(employee, 1, "50.00")));
  EXPECT_EQ(refused(client.call("2102", purchase(employee, 1, "50.02"))), "[DSK-001]");
  EXPECT_EQ(refused(client.call("2102", purchase(employee, 3, "20.00"))), "[BIL-021]");
  const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
  std::string three = lines_of(employee, visit, "B1", 1, "30.00");
  three.replace(three.find("\"cnt\":2,\"pric\":15.00"), 20, "\"cnt\":3,\"pric\":10.00");
  EXPECT_EQ(refused(client.call("2204", three)), "[DSK-057]");
  good(client.call("2204", lines_of(employee, visit, "B1", 2, "30.00")));
  EXPECT_EQ(refused(client.call("2207", settle_outpatient(employee, visit, "B1", "60.00"))), "[BIL-021]");
}

}  // namespace
}  // namespace fenming::e2e
