// One person with two numbers: enrolled twice, or two numbers that became one.
#include "cli/store_desk.h"
#include "e2e/region.h"
#include "identity/vault.h"
#include "protocol/json.h"

namespace fenming::e2e {
namespace {

constexpr std::string_view second = "990000000000";  // sorts before the employee's first number

void done(Region& region, Action action) {
  const auto outcome = region.running->desk().call({{}, "test", std::move(action)});
  EXPECT_TRUE(outcome) << (outcome ? "" : to_text(outcome.error(), Language::en));
}

// The employee once more, as a resident who was insured until `to`.
void enrol_again(Region& region, Date to) {
  const std::string psn_no(second);
  const Vault& vault = region.running->node().vault();
  JsonOut plain;
  plain.open_object().field("name", name_of(employee)).field("certno", certno_of(employee)).close_object();
  done(region, RegisterPerson{
                   psn_no, vault.seal_same(psn_no, plain.str()), {}, {vault.found_by(certno_of(employee))}});
  const Date from = *parse_date("2025-01-01");
  done(region, SetStatus{psn_no, {"insured", FactValue::Kind::boolean, "yes", {}}, from, to, false});
  done(region, SetStatus{psn_no, {"scheme", FactValue::Kind::text, "residents", {}}, from, date_max, false});
  region.catch_up();
}

TEST(PersonNumbers, the_enrolment_in_force_is_answered) {
  Region region;
  enrol_again(region, *parse_date("2025-12-31"));
  WireClient client = region.client();
  const WireAnswer person = good(client.call("1101", person_02(certno_of(employee))));
  EXPECT_EQ(person.value("psn_no"), employee);
  EXPECT_EQ(person.value("insutype"), "310");
}

// Both in force: whose number is which enrolment's stands in its row.
TEST(PersonNumbers, each_of_two_enrolments_has_its_number) {
  Region region;
  enrol_again(region, date_max);
  WireClient client = region.client();
  const WireAnswer person = good(client.call("1101", person_02(certno_of(employee))));
  EXPECT_NE(person.body.find(R"("emp_name":"","psn_no":"990000000000"})"), std::string::npos) << person.body;
  EXPECT_NE(person.body.find(R"("emp_name":"","psn_no":"990000000001"})"), std::string::npos) << person.body;
}

// LAW 5
TEST(PersonNumbers, LAW_5_a_repeat_after_a_corrected_name_has_the_same_bytes) {
  Region region;
  WireClient client = region.client();
  const WireAnswer sold = good(client.call("2102", purchase(employee)));
  const std::string msgid = client.last_msgid(), psn_no(employee);
  const Vault& vault = region.running->node().vault();
  JsonOut plain;
  plain.open_object().field("name", "更正").field("certno", certno_of(employee)).close_object();
  done(region, RegisterPerson{
                   psn_no, vault.seal_same(psn_no, plain.str()), {}, {vault.found_by(certno_of(employee))}});
  EXPECT_EQ(good(client.call("2102", purchase(employee))).value("psn_name"), "更正");
  EXPECT_EQ(client.call("2102", purchase(employee), msgid).body, sold.body);
}

TEST(PersonNumbers, a_merged_number_leads_to_the_living_one) {
  Region region;
  enrol_again(region, date_max);
  WireClient client = region.client();
  const std::string psn_no(second);
  const std::string visit = good(client.call("2201", register_outpatient(psn_no))).value("mdtrt_id");
  good(client.call("2204", lines_of(psn_no, visit, "B1", 1)));
  const WireAnswer settled = good(client.call("2207", settle_outpatient(psn_no, visit, "B1", "20.00")));
  const auto totals = [&](std::string_view number) {
    const WireAnswer answer =
        good(client.call("5206", R"({"data":{"psn_no":")" + std::string(number) + R"(","cum_ym":""}})"));
    const std::size_t begin = answer.body.find("\"cuminfo\":[") + 11;
    return answer.body.substr(begin, answer.body.find(']', begin) - begin);
  };
  const std::string of_second = totals(second);
  EXPECT_NE(of_second, "");
  done(region, MergePersons{std::string(employee), psn_no, "test"});
  region.catch_up();
  EXPECT_EQ(totals(employee), of_second) << "what the merged number had used up";
  EXPECT_EQ(totals(second), of_second) << "by either number";
  const WireAnswer person = good(client.call("1101", person_02(certno_of(employee))));
  EXPECT_EQ(person.value("psn_no"), employee);
  EXPECT_EQ(person.body.find(R"("psn_no":"990000000000")"), std::string::npos) << person.body;
  EXPECT_EQ(person.body.find("insutype"), person.body.rfind("insutype")) << person.body;
  const std::string next = good(client.call("2201", register_outpatient(employee, "MZ2"))).value("mdtrt_id");
  good(client.call("2204", lines_of(employee, next, "B2", 1)));
  good(client.call("2207", settle_outpatient(employee, next, "B2", "20.00")));
  EXPECT_EQ(totals(employee), totals(second));
  EXPECT_NE(totals(employee), of_second) << "and what is used up since";
  for (const std::string_view named : {employee, second}) {
    const std::string input = cancel(named, visit, settled.value("setl_id"));
    EXPECT_EQ(good(client.call("5203", input)).value("setl_id"), settled.value("setl_id")) << named;
    EXPECT_EQ(good(client.call("5204", input)).value("feedetl_sn"), "1") << named;
  }
  const WireAnswer visits = good(client.call("5201", R"({"data":{"psn_no":"990000000001","begntime":")" +
                                                         today() + R"( 00:00:00","endtime":")" + today() +
                                                         R"( 23:59:59","med_type":"11"}})"));
  EXPECT_NE(visits.body.find(visit), std::string::npos) << visits.body;
}

}  // namespace
}  // namespace fenming::e2e
