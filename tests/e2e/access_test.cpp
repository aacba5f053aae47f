// The record of accesses to personal data, and that nothing else of a region holds any in the clear.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/key_ring.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/store_desk.h"
#include "conformance/filled_input.h"
#include "e2e/region.h"
#include "identity/vault.h"

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

// Fields that say who a person is or where to find him; others name staff, departments, things.
bool personal(std::string_view field) {
  static const std::set<std::string_view> names = {
      "psn_name",   "patn_name", "patient_name", "coner_name",   "agnter_name",   "certno", "cert_no",
      "tel",        "coner_tel", "emp_tel",      "agnter_tel",   "agnter_certno", "addr",   "curr_addr",
      "coner_addr", "emp_addr",  "agnter_addr",  "agnter_photo", "mdtrt_cert_no", "email"};
  return names.contains(field);
}

FilledValues planted(const Transaction& transaction, const std::string& mdtrt_id,
                     const std::string& setl_id) {
  const std::string_view infno = transaction.infno;
  FilledValues values = {{"psn_no", std::string(employee)},
                         {"mdtrt_id", mdtrt_id},
                         {"setl_id", setl_id},
                         {"insutype", "310"},
                         {"dise_codg", ""},
                         {"init_feedetl_sn", ""},
                         {"med_list_codg", "XA02BC01"},
                         {"med_type", infno.starts_with("23") || infno.starts_with("24") ? "21" : "11"}};
  if (infno == "2204" || infno == "2301") values["fee_ocur_time"] = today() + " 09:00:00";
  for (const WireNode& node : transaction.input)
    for (const WireField& field : node.fields) {
      const std::size_t length = field.length == 0 ? 20 : std::min<std::size_t>(20, field.length);
      if (field.type == WireType::text && personal(field.name))
        values[std::string(field.name)] = ("PLANTED-" + std::string(field.name)).substr(0, length);
    }
  return values;
}

std::size_t files_with(const Region& region, std::string_view text) {
  std::size_t found = 0;
  for (const auto& entry : fs::recursive_directory_iterator(region.folder))
    if (entry.is_regular_file() && file_text(entry.path()).find(text) != std::string::npos) ++found;
  return found;
}

// LAW 4. Every transaction, filled to the last field, about a visit, a stay and a sale.
TEST(Access, Law4NoMessageLeavesAPersonsDataInTheClear) {
  Region region;
  std::set<std::string_view> accepted;
  {
    WireClient client = region.client();
    const std::string sale = good(client.call("2102", purchase(employee))).value("setl_id");
    const std::string visit = good(client.call("2201", register_outpatient(employee))).value("mdtrt_id");
    const std::string stay = good(client.call("2401", admission(employee, today()))).value("mdtrt_id");
    const std::set<std::string_view> ending = {"2103", "2202", "2205", "2208", "2302",
                                               "2305", "2402", "2404", "2405", "2601"};
    for (const Transaction& transaction : transactions())
      for (const std::string& about : {visit, stay, sale})
        if (!ending.contains(transaction.infno) &&
            client.call(transaction.infno, filled_input(transaction, planted(transaction, about, sale))).ok())
          accepted.insert(transaction.infno);
    EXPECT_EQ(files_with(region, "PLANTED-"), 0U) << "write-ahead logs too";
  }
  for (const char* infno :
       {"2102", "2201", "2203", "2204", "2301", "2401", "2403", "2501", "2503", "2505", "4101"})
    EXPECT_TRUE(accepted.contains(infno)) << infno;
  region.stop();
  EXPECT_EQ(files_with(region, "PLANTED-"), 0U);
  EXPECT_GT(files_with(region, employee), 1U) << "the search finds what is there";
}

// What a node says of a person who shows his number, with the keys as they are now.
std::string name_said(Region& region, std::string_view psn_no) {
  region.restart();
  const WireAnswer answer = region.client().call("1101", person_02(certno_of(psn_no)));
  region.stop();
  return answer.value("psn_name");
}

Head head_of(const Region& region) { return *(*open_store((region.folder / "store").string()))->head(); }

// LAW 4. The digests are over ciphertext: neither a new master key nor an erased group touches the journal.
TEST(Access, Law4KeysAreWrappedAnewAndAnErasedGroupIsGone) {
  ASSERT_NE(Vault::group_of(employee), Vault::group_of(resident));
  Region region;
  region.stop();
  const Head before = head_of(region);
  const fs::path keys = region.folder / "keys";
  KeyRing ring = *KeyRing::read(file_text(keys / "ring.txt"));
  const SecretKey old_master = *SecretKey::from_hex(file_text(keys / "master.key")),
                  new_master = SecretKey::random();
  ASSERT_TRUE(ring.rewrap(old_master, new_master, "master-2"));
  ASSERT_FALSE(write_secret_file((keys / "ring.txt").string(), ring.write()));
  ASSERT_FALSE(write_secret_file((keys / "master.key").string(), to_hex(new_master.bytes()) + "\n"));
  EXPECT_EQ(name_said(region, employee), name_of(employee));
  ASSERT_TRUE(erase_group(keys.string(), Vault::group_of(employee)) == std::nullopt);
  EXPECT_EQ(name_said(region, employee), "");
  EXPECT_EQ(name_said(region, resident), name_of(resident));
  EXPECT_EQ(head_of(region), before);
  const auto report = verify_store(**open_store((region.folder / "store").string()));
  EXPECT_TRUE(report) << to_text(report.error(), Language::en);
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
