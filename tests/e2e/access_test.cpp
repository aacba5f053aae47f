// The record of accesses to personal data, and that nothing else of a region holds any in the clear.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "e2e/region.h"

namespace fenming::e2e {
namespace {

namespace fs = std::filesystem;

std::string file_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::vector<std::string> access_lines(const Region& region) {
  std::vector<std::string> lines;
  for (const auto& entry : fs::directory_iterator(region.folder / "access")) {
    std::istringstream in(file_text(entry.path()));
    for (std::string line; std::getline(in, line);) lines.push_back(line);
  }
  return lines;
}

// REQ SEC-06, SEC-04, LAW 4
TEST(Access, Law4EachAnswerThatShowsAPersonHasItsLineAndNoneHoldsHim) {
  Region region;
  std::map<std::string, int> shown;  // by infno and msgid
  {
    WireClient client = region.client();
    const auto call = [&](const char* infno, const std::string& input, bool shows) {
      const WireAnswer answer = client.call(infno, input);
      EXPECT_EQ(answer.ok(), shows || std::string_view(infno) == "2201") << infno << answer.body;
      EXPECT_EQ(answer.body.find(name_of(employee)) != std::string::npos,
                shows && std::string_view(infno) != "5204" && std::string_view(infno) != "5206" &&
                    std::string_view(infno) != "5301" && std::string_view(infno) != "2001")
          << infno << answer.body;
      if (shows) ++shown[std::string(infno) + " " + client.last_msgid()];
      return answer;
    };
    call("1101", person_02(certno_of(employee), name_of(employee)), true);
    call("1101", person_02(certno_of(employee), name_of(resident)), false);
    call("2101", purchase(employee), true);
    const WireAnswer sold = call("2102", purchase(employee), true);
    const std::string again = client.last_msgid();
    EXPECT_EQ(client.call("2102", purchase(employee), again).body, sold.body);
    ++shown["2102 " + again];
    const std::string setl_id = sold.value("setl_id");
    call("5203", cancel(employee, "x", setl_id), true);
    call("5204", cancel(employee, "x", setl_id), true);
    call("5203", cancel(employee, "x", "S9900000000000000000000"), false);
    call("5206", R"({"data":{"psn_no":"990000000001","cum_ym":""}})", true);
    call("5301", R"({"data":{"psn_no":"990000000001"}})", true);
    call(
        "2001",
        R"({"data":{"psn_no":"990000000001","insutype":"310","fixmedins_code":"H99000000001","med_type":"11","begntime":")" +
            today() + R"( 08:00:00"}})",
        true);
    call("2201", register_outpatient(employee), false);
    call("2103", cancel(employee, setl_id, setl_id), true);
  }
  region.stop();
  std::map<std::string, int> recorded;
  for (const std::string& line : access_lines(region)) {
    WireAnswer read;
    read.body = line;
    EXPECT_EQ(read.value("psn_no"), employee) << line;
    EXPECT_EQ(read.value("provider"), "H99000000001");
    EXPECT_EQ(read.value("opter"), "op1");
    ++recorded[read.value("infno") + " " + read.value("msgid")];
  }
  EXPECT_EQ(recorded.size(), shown.size());
  for (const auto& [message, times] : shown) EXPECT_GE(recorded[message], times) << message;
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(region.folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string text = file_text(entry.path());
    ++files;
    for (const std::string_view person : {employee, resident, poor}) {
      EXPECT_EQ(text.find(certno_of(person)), std::string::npos) << entry.path();
      EXPECT_EQ(text.find(name_of(person)), std::string::npos) << entry.path();
    }
  }
  EXPECT_GE(files, 3);
}

// Keys made anew beside a journal would open nobody's data and seal the next ones under keys that no copy has.
// REQ SEC-06. The result of 3202 shows rows that only we have, and those that differ.
TEST(Access, a_statement_that_shows_rows_of_ours_names_their_persons) {
  Region region;
  {
    WireClient client = region.client();
    for (const std::string_view person : {employee, employee, resident})
      good(client.call("2102", purchase(person)));
    const std::string file =
        good(client.call("9101", R"({"fsUploadIn":{"in":[10],"filename":"a.txt","fixmedins_code":"x"}})"))
            .value("file_qury_no");
    good(client.call("3202", R"({"data":{"clr_type":"41","setl_optins":"990000","file_qury_no":")" + file +
                                 R"(","stmt_begndate":")" + today() + R"(","stmt_enddate":")" + today() +
                                 R"(","medfee_sumamt":0,"fund_pay_sumamt":0,"cash_payamt":0,)"
                                 R"("fixmedins_setl_cnt":0,"REFD_SETL_FLAG":"1"}})"));
  }
  region.stop();
  std::multiset<std::string> persons;
  for (const std::string& line : access_lines(region)) {
    WireAnswer read;
    read.body = line;
    if (read.value("infno") == "3202") persons.insert(read.value("psn_no"));
  }
  EXPECT_EQ(persons, (std::multiset<std::string>{std::string(employee), std::string(resident)}));
}

TEST(Access, a_journal_without_its_keys_stops_the_start) {
  Region region;
  region.stop();
  for (const char* key : {"master.key", "index.key", "ring.txt"}) {
    const fs::path file = region.folder / "keys" / key, away = region.folder / key;
    fs::rename(file, away);
    const auto running = RunningNode::start(region.config, region.folder.string());
    ASSERT_FALSE(running) << key;
    EXPECT_EQ(running.error().code, Code::file_unreadable);
    EXPECT_FALSE(fs::exists(file)) << key;
    fs::rename(away, file);
  }
  region.restart();
  EXPECT_TRUE(region.client().call("1101", person_02(certno_of(employee), name_of(employee))).ok());
}

TEST(Access, a_folder_that_cannot_be_written_to_stops_the_start) {
  Region region;
  region.stop();
  std::ofstream(region.folder / "file") << "x";
  region.config.access_folder = "file";
  const auto running = RunningNode::start(region.config, region.folder.string());
  ASSERT_FALSE(running);
  EXPECT_EQ(running.error().code, Code::file_unwritable);
}

}  // namespace
}  // namespace fenming::e2e
