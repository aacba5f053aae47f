// A message about a visit names its person too. Both must go together, so that a mistyped or guessed number of a visit changes nobody
// else's. And the visit is of the provider that asks.
#include <fmt/format.h>

#include <functional>

#include "conformance/filled_input.h"
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

using Input = std::function<std::string(std::string_view psn_no)>;
struct Message {
  const char* infno;
  Input input;
};

std::string plain(std::string_view psn_no, std::string_view mdtrt_id) {
  return fmt::format(R"({{"data":{{"psn_no":"{}","mdtrt_id":"{}","ipt_otp_no":"MZ1","chrg_bchno":"0000"}}}})",
                     psn_no, mdtrt_id);
}

std::string diagnosis(std::string_view psn_no) {
  return fmt::format(
      R"({{"psn_no":"{}","diag_type":"1","maindiag_flag":"1","diag_srt_no":"1","diag_code":"J06.9","diag_name":"感冒",)"
      R"("diag_dept":"A02","dise_dor_no":"D1","dise_dor_name":"医生甲","diag_time":"{} 08:00:00","vali_flag":"1"}})",
      psn_no, today());
}

std::string visit_data(std::string_view psn_no, std::string_view mdtrt_id) {
  return fmt::format(
      R"({{"mdtrtinfo":{{"mdtrt_id":"{}","psn_no":"{}","med_type":"11","begntime":"{} 08:00:00"}},"diseinfo":[{}]}})",
      mdtrt_id, psn_no, today(), diagnosis(psn_no));
}

std::string changed_stay(std::string_view psn_no, std::string_view mdtrt_id) {
  return fmt::format(
      R"({{"adminfo":{{"mdtrt_id":"{}","psn_no":"{}","begntime":"{} 08:00:00","adm_bed":"12"}},"diseinfo":[]}})",
      mdtrt_id, psn_no, today());
}

std::string discharged(std::string_view psn_no, std::string_view mdtrt_id,
                       const std::string& diagnoses = "[]") {
  return fmt::format(
      R"({{"dscginfo":{{"mdtrt_id":"{}","psn_no":"{}","insutype":"390","endtime":"{} 10:00:00","dscg_dept_codg":"A03",)"
      R"("dscg_dept_name":"呼吸内科","dscg_way":"1"}},"diseinfo":{}}})",
      mdtrt_id, psn_no, today(), diagnoses);
}

std::string no_lines(std::string_view psn_no, std::string_view mdtrt_id) {
  return fmt::format(R"({{"data":[{{"feedetl_sn":"0000","mdtrt_id":"{}","psn_no":"{}"}}]}})", mdtrt_id,
                     psn_no);
}

// For another person, then by another provider, it is refused and leaves nothing behind; for the visit's own it is done.
class Door {
 public:
  void only_for(std::string_view psn_no, const Message& message) {
    const std::string before = metric(region, "fenming_journal_position");
    EXPECT_EQ(refused(owner.call(message.infno, message.input(poor))), "[DSK-005]") << message.infno;
    EXPECT_EQ(refused(owner.call(message.infno, message.input("990000000009"))), "[DSK-005]")
        << message.infno;
    EXPECT_EQ(refused(other.call(message.infno, message.input(psn_no))), "[DSK-004]") << message.infno;
    EXPECT_EQ(metric(region, "fenming_journal_position"), before) << message.infno;
    const WireAnswer done = good(owner.call(message.infno, message.input(psn_no)));
    const std::string msgid = owner.last_msgid();
    EXPECT_EQ(owner.call(message.infno, message.input(psn_no), msgid).body, done.body) << message.infno;
    EXPECT_EQ(refused(owner.call(message.infno, message.input(poor), msgid)), "[DSK-043]") << message.infno;
  }
  Region region;
  WireClient owner = region.client(), other = region.client(SignVariant::csb);
};

// REQ SEC-12, LAW 5
TEST(VisitPerson, LAW_5_an_outpatients_visit_is_changed_only_in_his_name) {
  Door door;
  const std::string visit = good(door.owner.call("2201", register_outpatient(employee))).value("mdtrt_id");
  const auto with = [&](auto* form) {
    return [&visit, form](std::string_view psn_no) { return form(psn_no, visit); };
  };
  door.only_for(employee, {"2203", with(visit_data)});
  door.only_for(employee,
                {"2204", [&](std::string_view psn_no) { return lines_of(psn_no, visit, "B1", 2); }});
  door.only_for(employee, {"2205", with(plain)});
  door.only_for(employee, {"2202", with(plain)});
}

// REQ SEC-12, LAW 5
TEST(VisitPerson, LAW_5_a_stay_is_changed_only_in_its_persons_name) {
  Door door;
  const std::string stay = good(door.owner.call("2401", admission(resident, today()))).value("mdtrt_id");
  const auto with = [&](auto* form) {
    return [&stay, form](std::string_view psn_no) { return form(psn_no, stay); };
  };
  door.only_for(resident, {"2403", with(changed_stay)});
  door.only_for(resident, {"2301", [&](std::string_view psn_no) { return lines_of(psn_no, stay, "", 2); }});
  door.only_for(resident, {"2302", with(no_lines)});
  for (const char* infno : {"2306", "2406"})
    door.only_for(resident, {infno, [&stay, infno](std::string_view psn_no) {
                               return filled_input(*find_transaction(infno),
                                                   {{"psn_no", std::string(psn_no)}, {"mdtrt_id", stay}});
                             }});
  door.only_for(resident, {"2402", [&](std::string_view psn_no) { return discharged(psn_no, stay); }});
  door.only_for(resident, {"2405", with(plain)});
  door.only_for(resident, {"2404", with(plain)});
}

// REQ SEC-12. A settlement list names a settlement, its visit and its person, and the settlement counts.
TEST(VisitPerson, a_settlement_list_is_of_the_settlement_it_names) {
  Door door;
  const std::string setl_id = good(door.owner.call("2102", purchase(employee))).value("setl_id");
  const auto list = [](std::string_view psn_no, const std::string& mdtrt_id, const std::string& setl) {
    return filled_input(
        *find_transaction("4101"),
        {{"psn_no", std::string(psn_no)}, {"mdtrt_id", mdtrt_id}, {"setl_id", setl}, {"stas_type", "0"}});
  };
  const std::string before = metric(door.region, "fenming_journal_position");
  EXPECT_EQ(refused(door.owner.call("4101", list(poor, setl_id, setl_id))), "[DSK-025]");
  EXPECT_EQ(refused(door.owner.call("4101", list(employee, "V1", setl_id))), "[DSK-004]");
  EXPECT_EQ(refused(door.owner.call("4101", list(employee, setl_id, "S1"))), "[DSK-024]");
  EXPECT_EQ(refused(door.other.call("4101", list(employee, setl_id, setl_id))), "[DSK-024]");
  EXPECT_EQ(metric(door.region, "fenming_journal_position"), before);
  good(door.owner.call("4101", list(employee, setl_id, setl_id)));
  good(door.owner.call("2103", fmt::format(R"({{"data":{{"psn_no":"{}","mdtrt_id":"{}","setl_id":"{}"}}}})",
                                           employee, setl_id, setl_id)));
  EXPECT_EQ(refused(door.owner.call("4101", list(employee, setl_id, setl_id))), "[DSK-026]");
}

// Every row of a message speaks of the same person.
TEST(VisitPerson, rows_of_two_persons_are_refused) {
  Door door;
  const std::string visit = good(door.owner.call("2201", register_outpatient(employee))).value("mdtrt_id");
  std::string lines = lines_of(employee, visit, "B1", 2);
  lines.replace(lines.rfind(employee), employee.size(), resident);
  EXPECT_EQ(refused(door.owner.call("2204", lines)), "[DSK-005]");
  good(door.owner.call("2204", lines_of(employee, visit, "B1", 2)));
  const std::string stay = good(door.owner.call("2401", admission(resident, today()))).value("mdtrt_id");
  EXPECT_EQ(refused(door.owner.call("2402", discharged(resident, stay, "[" + diagnosis(poor) + "]"))),
            "[DSK-005]");
  good(door.owner.call("2402", discharged(resident, stay, "[" + diagnosis(resident) + "]")));
}

// What rests on a visit names it, and in no row another one.
TEST(VisitPerson, rows_of_two_visits_are_refused) {
  Door door;
  const std::string stay = good(door.owner.call("2401", admission(resident, today()))).value("mdtrt_id");
  const auto remarks = [](std::initializer_list<std::pair<std::string_view, std::string_view>> rows) {
    std::string list;
    for (const auto& [psn_no, mdtrt_id] : rows)
      list += fmt::format(
          R"({}{{"bkkp_sn":"1","psn_no":"{}","mdtrt_id":"{}","memo":"8100","med_list_codg":"X1"}})",
          list.empty() ? "" : ",", psn_no, mdtrt_id);
    return R"({"data":[)" + list + "]}";
  };
  const std::string before = metric(door.region, "fenming_journal_position");
  EXPECT_EQ(refused(door.owner.call("2306", remarks({{resident, stay}, {resident, "V9"}}))), "[WIR-029]");
  EXPECT_EQ(refused(door.owner.call("2306", remarks({{resident, stay}, {poor, stay}}))), "[DSK-005]");
  EXPECT_EQ(refused(door.owner.call("2306", remarks({{resident, ""}, {resident, "V9"}}))), "[WIR-029]");
  EXPECT_EQ(refused(door.owner.call("2306", remarks({{resident, ""}}))), "[WIR-006]");
  EXPECT_EQ(metric(door.region, "fenming_journal_position"), before);
  good(door.owner.call("2306", remarks({{resident, stay}, {resident, stay}})));
}

// A person whose number was merged into another is named by either.
TEST(VisitPerson, either_number_of_a_merged_person_is_his) {
  Door door;
  const std::string visit = good(door.owner.call("2201", register_outpatient(poor))).value("mdtrt_id");
  good(door.owner.call("2204", lines_of(poor, visit, "B1", 1)));
  const std::string before = door.owner.last_msgid();
  const auto merged = door.region.running->desk().call(
      {{}, "test", MergePersons{std::string(resident), std::string(poor), "test"}});
  ASSERT_TRUE(merged);
  EXPECT_TRUE(door.owner.call("2204", lines_of(poor, visit, "B1", 1), before).ok());
  good(door.owner.call("2204", lines_of(resident, visit, "B2", 1, "20.00", 2)));
  const std::string after = door.owner.last_msgid();
  EXPECT_TRUE(door.owner.call("2204", lines_of(resident, visit, "B2", 1, "20.00", 2), after).ok());
  EXPECT_EQ(refused(door.owner.call("2205", plain(employee, visit))), "[DSK-005]");
  good(door.owner.call("2205", plain(poor, visit)));
  good(door.owner.call("2202", plain(resident, visit)));
}

}  // namespace
}  // namespace fenming::e2e
