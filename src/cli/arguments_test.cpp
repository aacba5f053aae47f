// The program as it is typed: every command once on a town of two policies, with its exit code.
#include "cli/arguments.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "cli/files.h"
#include "protocol/json.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::string region(std::string_view code, std::string_view ratio) {
  return "region: " + std::string(code) + "\nname: Town " + std::string(code) +
         "\nfacts: {level: [L1, L2], stay: id, account: {type: money, default: 0}}\n"
         "keep: {year: {per: [year], of: {stays: int, fund: money}}, stay: {per: [stay], of: {days: int}}}\n"
         "funds: {basic: {field: hifp_pay, zh: 统筹基金, en: pooled fund}}\n"
         "policy: main\nfor: yes\nsteps:\n"
         "  - {layer: basic, base: eligible, deductible: {by: year.stays, 0: 1000, 1..: 500}, ratio: " +
         std::string(ratio) +
         ", add: {year.stays: 1, year.fund: paid, stay.days: 1}}\n"
         "  - {layer: account, base: left, ratio: 100%, cap: account}\n";
}

constexpr std::string_view bill_text =
    R"({"bill": "B-1", "region": "990001", "visit": {"from": "2024-03-01", "to": "2024-03-05"}, "total": "3300.00",)"
    R"( "facts": {"level": "L1", "stay": "S-77", "account": "100.00"}, "accumulators": {"year": {"stays": 1}},)"
    R"( "lines": [{"id": "1", "name": "药", "amount": "3000.00"}, {"id": "2", "class": "C", "amount": 300}]})";

constexpr std::string_view case_text = R"(case T-01 two stays
status reproducible
on 2024-03-01..2024-03-05
fact level L1, stay S1
line 3000.00
expect basic.paid 1600.00, cash 1400.00, year.stays 1, stay.days 1
published fund 1600, person 1400
then on 2024-05-01
line 1500.00
expect basic.deductible 500.00, basic.paid 800.00, year.fund 2400, stay.days 2
case T-02 unknown level
status derived
on 2024-03-01
fact level L9, stay S1
expect error BIL-014
)";

class CommandLine : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("fenming-cli-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    write("rules/990001-a/region.yaml", region("990001", "80%"));
    write("rules/990002-b/region.yaml", region("990002", "90%"));
    write("rules/990001-a/cases/town.case", case_text);
    write("new/990001-a/region.yaml", region("990001", "75%"));
    write("bill.json", bill_text);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    fs::create_directories((folder_ / name).parent_path());
    ASSERT_FALSE(write_file(folder_ / name, text));
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  // Runs the words; a word that begins with '@' is a file of the test's folder.
  int run(std::vector<std::string> words) {
    words.insert(words.begin(), "fenming");
    std::vector<char*> pointers;
    for (std::string& word : words) {
      if (word.starts_with('@')) word = path(word.substr(1));
      pointers.push_back(word.data());
    }
    std::ostringstream out, err;
    Terminal terminal(out, err);
    const int code = run_arguments(static_cast<int>(pointers.size()), pointers.data(), terminal);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  // The text of a member of the last JSON output.
  std::string field(std::string_view name) {
    JsonReader reader;
    const auto root = reader.read(out_);
    if (!root) return "no JSON";
    for (auto member = root->first(); member; member = member->next())
      if (member->key() == name) return std::string(member->text());
    return "no " + std::string(name);
  }

  bool says(std::string_view text) const { return (out_ + err_).find(text) != std::string::npos; }

  fs::path folder_;
  std::string out_, err_;
};

TEST_F(CommandLine, SettlesABillByNationalNames) {
  ASSERT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bill.json", "--json"}), exit_ok) << out_;
  EXPECT_EQ(field("medfee_sumamt"), "3300.00");
  EXPECT_EQ(field("fulamt_ownpay_amt"), "300.00");
  EXPECT_EQ(field("inscp_scp_amt"), "3000.00");
  EXPECT_EQ(field("act_pay_dedc"), "500.00");
  EXPECT_EQ(field("hifp_pay"), "2000.00");
  EXPECT_EQ(field("fund_pay_sumamt"), "2000.00");
  EXPECT_EQ(field("acct_pay"), "100.00");
  EXPECT_EQ(field("psn_cash_pay"), "1200.00");
  EXPECT_EQ(field("psn_part_amt"), "1300.00");
  EXPECT_EQ(field("hosp_part_amt"), "0.00");
  EXPECT_TRUE(says(R"("stay": "S-77")")) << out_;
  EXPECT_TRUE(says(R"("stays": 2)"));
}

TEST_F(CommandLine, SettlesForAPerson) {
  ASSERT_EQ(run({"settle", "--rules", "@rules/990001-a", "--bill", "@bill.json", "--lang", "zh"}), exit_ok)
      << err_;
  EXPECT_TRUE(says("统筹基金"));
  EXPECT_TRUE(says("1200.00"));
  ASSERT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bill.json", "--lang", "en"}), exit_ok);
  EXPECT_TRUE(says("pooled fund"));
  EXPECT_EQ(out_.find('\x1b'), std::string::npos) << "no colours where nobody looks";
}

TEST_F(CommandLine, RefusesABadBillWithCodeAndPlace) {
  std::string text(bill_text);
  write("bad.json", text.replace(text.find("L1"), 2, "L7"));
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bad.json", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(err_.starts_with("/facts/level: BIL-014")) << err_;
  EXPECT_EQ(out_, "");
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bad.json", "--json"}), exit_bad_input);
  EXPECT_TRUE(says(R"("place":"/facts/level")"));
  write("other.json", R"({"bill": "1", "region": "990003", "visit": {"to": "2024-01-01"}})");
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--bill", "@other.json"}), exit_bad_input);
  EXPECT_TRUE(says("BIL-025"));
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--bill", "@nothing.json"}), exit_broken);
  EXPECT_EQ(run({"settle", "--rules", "@nothing", "--bill", "@bill.json"}), exit_broken);
}

TEST_F(CommandLine, ExplainsAndVerifies) {  // REQ SET-09
  ASSERT_EQ(run({"explain", "--rules", "@rules", "--bill", "@bill.json", "--lang", "zh"}), exit_ok) << err_;
  EXPECT_TRUE(says("80%")) << out_;
  ASSERT_EQ(run({"explain", "--rules", "@rules", "--bill", "@bill.json", "--for", "staff", "--lang", "zh"}),
            exit_ok);
  EXPECT_TRUE(says("2500.00")) << out_;
  ASSERT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bill.json", "--json"}), exit_ok);
  write("answer.json", out_);
  ASSERT_EQ(run({"explain", "--rules", "@rules", "--bill", "@bill.json", "--json"}), exit_ok);
  const std::string trace = out_;
  write("trace.json", trace);
  const std::vector<std::string> verify = {"explain",      "--verify", "@trace.json", "--settlement",
                                           "@answer.json", "--rules",  "@rules"};
  EXPECT_EQ(run(verify), exit_ok) << err_;
  std::string wrong = trace;
  const std::size_t paid = wrong.find("\"2000.00\"");
  ASSERT_NE(paid, std::string::npos) << trace;
  write("trace.json", wrong.replace(paid, 9, "\"2000.01\""));
  EXPECT_EQ(run(verify), exit_findings) << "one fen off";
  write("trace.json", trace);
  write("rules/990001-a/region.yaml", region("990001", "81%"));
  EXPECT_EQ(run(verify), exit_findings) << "another library";
}

TEST_F(CommandLine, PricesByACatalogue) {
  write("c.csv", "item,name_zh,name_en,class,kind,source,unit_limit,from,to\nX1,甲药,,C,drug,,,,\n");
  write(
      "item.json",
      R"({"bill": "1", "region": "990001", "visit": {"to": "2024-01-01"}, "facts": {"level": "L1", "stay": "S"},)"
      R"("lines": [{"id": "1", "item": "X1", "amount": "50.00"}]})");
  ASSERT_EQ(run({"settle", "--rules", "@rules", "--bill", "@item.json", "--catalog", "@c.csv", "--json"}),
            exit_ok)
      << out_;
  EXPECT_EQ(field("fulamt_ownpay_amt"), "50.00");
  ASSERT_EQ(run({"settle", "--rules", "@rules", "--bill", "@item.json", "--json"}), exit_ok) << out_;
  EXPECT_EQ(field("fulamt_ownpay_amt"), "0.00");
}

TEST_F(CommandLine, SettlesABatchAndGoesOn) {
  write("in.ndjson", std::string(bill_text) + "\n{}\n" + std::string(bill_text) + "\n");
  const std::vector<std::string> words = {"settle", "--rules",     "@rules",    "--batch", "@in.ndjson",
                                          "--out",  "@out.ndjson", "--threads", "2"};
  EXPECT_EQ(run(words), exit_findings);
  const std::string whole = *read_file(path("out.ndjson"));
  EXPECT_TRUE(whole.starts_with(R"({"bill":"B-1")"));
  EXPECT_NE(whole.find("\n{\"line\":2,\"errors\":[{\"code\":\"BIL-003\""), std::string::npos);
  write("out.ndjson", whole.substr(0, whole.size() - 20));
  EXPECT_EQ(run(words), exit_findings);
  EXPECT_EQ(*read_file(path("out.ndjson")), whole);
  write("rules/990002-b/region.yaml", region("990002", "91%"));
  EXPECT_EQ(run(words), exit_bad_input) << "other rules";
}

TEST_F(CommandLine, RunsCases) {
  EXPECT_EQ(run({"rules", "test", "@rules", "--lang", "en"}), exit_ok) << out_ << err_;
  EXPECT_TRUE(says("T-01 two stays"));
  EXPECT_TRUE(says("fund 1600, person 1400"));
  EXPECT_TRUE(says("reproducible 1/1, derived 1/1"));
  std::string wrong(case_text);
  write("rules/990001-a/cases/town.case", wrong.replace(wrong.find("year.fund 2400"), 14, "year.fund 2401"));
  EXPECT_EQ(run({"rules", "test", "@rules/990001-a", "--lang", "en"}), exit_findings);
  EXPECT_TRUE(says("990001-a/cases/town.case:10: year.fund should be 2401, is 2400.00")) << out_;
  EXPECT_TRUE(says("reproducible 0/1"));
}

TEST_F(CommandLine, DoesNotSayThatThereAreNoCasesWhereTheyDidNotRun) {
  write("rules/990001-a/region.yaml", region("990001", "80"));
  EXPECT_EQ(run({"rules", "test", "@rules", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(says("cases not run: errors 1")) << out_;
  EXPECT_FALSE(says("no cases"));
  write("rules/990001-a/region.yaml", region("990001", "80%"));
  write("rules/990001-a/cases/second.case", "case x\nstatus guessed\n");
  EXPECT_EQ(run({"rules", "test", "@rules", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(says("derived 1/1, errors ")) << out_;
  EXPECT_EQ(run({"rules", "test", "@new", "--lang", "en"}), exit_ok);
  EXPECT_TRUE(says("no cases"));
}

TEST_F(CommandLine, ShowsRareAmountsWhereTheyOccur) {
  ASSERT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bill.json", "--lang", "en"}), exit_ok);
  for (const std::string_view rare : {"above limit", "off payment", "hospital"})
    EXPECT_FALSE(says(rare)) << rare;
  write("rules/990003-c/region.yaml",
        "region: 990003\nname: Town\nfacts: {fixed_price: money}\ncharged: fixed_price\nsteps:\n"
        "  - {layer: basic, base: charged, limit: 2000, ratio: 80%, after: 70}\n");
  const auto settle = [&](const std::string& price) {
    write("packaged.json",
          R"({"bill": "1", "region": "990003", "visit": {"to": "2024-01-01"}, "facts": {"fixed_price": ")" +
              price + R"("}, "lines": [{"id": "1", "amount": "3000.00"}]})");
    return run({"settle", "--rules", "@rules", "--bill", "@packaged.json", "--lang", "en"});
  };
  ASSERT_EQ(settle("2500.00"), exit_ok) << err_;
  EXPECT_TRUE(says("base  above limit  deductible  covered  off payment     paid")) << out_;
  EXPECT_TRUE(says("2500.00       500.00           -  2000.00        70.00  1530.00")) << out_;
  EXPECT_TRUE(says("borne by the hospital   500.00")) << out_;
  ASSERT_EQ(settle("3100.00"), exit_ok) << err_;
  EXPECT_TRUE(says("kept by the hospital  -100.00")) << out_;
}

TEST_F(CommandLine, ShowsALibrary) {
  EXPECT_EQ(run({"rules", "show", "@rules", "--lang", "en"}), exit_ok);
  for (const std::string_view text :
       {"990001", "level", "L1 L2", "year", "stays fund", "hifp_pay", "acct_pay", "basic"})
    EXPECT_TRUE(says(text)) << text;
  write("rules/990003-c/region.yaml",
        "region: 990003\nline_facts: {zero_margin: {type: bool, default: no}}\npots: [eligible, organ]\n"
        "lines: {prepay: 10%, article: 第五条 先付一成}\nsteps: [{layer: basic, base: organ, ratio: 50%}]\n");
  EXPECT_EQ(run({"rules", "show", "@rules/990003-c", "--lang", "en"}), exit_ok);
  for (const std::string_view text : {"zero_margin", "pots  eligible organ out", "prepay", "第五条 先付一成"})
    EXPECT_TRUE(says(text)) << text << out_;
}

TEST_F(CommandLine, ComparesTwoRegions) {  // REQ POL-10
  ASSERT_EQ(
      run({"rules", "compare", "@rules/990001-a", "@rules/990002-b", "--bill", "@bill.json", "--lang", "en"}),
      exit_ok)
      << err_;
  EXPECT_TRUE(says("80.00%"));
  EXPECT_TRUE(says("90.00%"));
  EXPECT_TRUE(says("+10.00%"));
  EXPECT_TRUE(says("-250.00")) << out_;  // cash 1200 and 950
  ASSERT_EQ(run({"rules", "compare", "@rules/990001-a", "@rules/990002-b", "--bill", "@bill.json",
                 "--second-fact", "account=0", "--json"}),
            exit_ok);
  EXPECT_TRUE(says(R"("name": "account",
      "first": "100.00",
      "second": "0.00")"))
      << out_;
}

TEST_F(CommandLine, MeasuresTheImpactOfAChange) {  // REQ POL-08
  std::string low(bill_text);
  low.replace(low.find("B-1"), 3, "B-2").replace(low.find("L1"), 2, "L2");
  low.replace(low.find("\"3300.00\""), 9, "\"300.00\"").replace(low.find("\"3000.00\""), 9, "\"0.00\"");
  write("year.ndjson", std::string(bill_text) + "\n" + low + "\n");
  ASSERT_EQ(run({"rules", "impact", "@rules", "@new", "--bills", "@year.ndjson", "--by", "level", "--threads",
                 "2", "--json"}),
            exit_ok)
      << err_;
  EXPECT_EQ(field("bills"), "2");
  EXPECT_EQ(field("lose"), "1");
  EXPECT_EQ(field("lost"), "125.00");  // 2500 x 5 %
  EXPECT_EQ(field("identical"), "1");
  ASSERT_EQ(run({"rules", "impact", "@rules", "@new", "--bills", "@year.ndjson", "--lang", "en"}), exit_ok);
  EXPECT_TRUE(says("B-1 +125.00")) << out_;
  EXPECT_TRUE(says("1 more layers with the same sum")) << out_;
  ASSERT_EQ(run({"rules", "impact", "@rules", "@new", "--bills", "@year.ndjson", "--by", "level", "--json"}),
            exit_ok);
  const std::size_t group = out_.find("\"value\": \"L1\""), next = out_.find("\"value\": \"L2\"");
  ASSERT_LT(group, next);
  const std::string of_l1 = out_.substr(group, next - group);
  EXPECT_NE(of_l1.find("\"before\": \"2000.00\""), std::string::npos) << of_l1;
  EXPECT_NE(of_l1.find("\"after\": \"1875.00\""), std::string::npos) << of_l1;
}

TEST_F(CommandLine, RefusesAnImpactOfWrongWords) {
  write("year.ndjson", std::string(bill_text) + "\n");
  EXPECT_EQ(
      run({"rules", "impact", "@rules", "@new", "--bills", "@year.ndjson", "--by", "levle", "--lang", "en"}),
      exit_usage);
  EXPECT_TRUE(err_.starts_with("--by: BIL-012")) << err_;
  EXPECT_TRUE(says("level?"));
  EXPECT_EQ(out_, "");
  for (const std::string by : {"region", "visit"})
    EXPECT_EQ(run({"rules", "impact", "@rules", "@new", "--bills", "@year.ndjson", "--by", by}), exit_ok);
  EXPECT_EQ(run({"rules", "impact", "@rules/990002-b", "@new", "--bills", "@year.ndjson"}), exit_usage);
  EXPECT_TRUE(err_.find("CLI-012") != std::string::npos) << err_;
  EXPECT_EQ(std::ranges::count(err_, '\n'), 1);
}

TEST_F(CommandLine, SaysWhereABillIsNoJson) {
  write("bad.json", "{bill: 1}");
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bad.json", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(err_.starts_with("1:2: BIL-001")) << err_;
  EXPECT_TRUE(says("\"bill\" stands where \"name\": is expected"));
  write("pretty.json", "{\n  \"bill\": \"1\",\n  \"region\": \"990001\"\n}\n");
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--batch", "@pretty.json", "--out", "@out", "--lang", "en"}),
            exit_bad_input);
  EXPECT_TRUE(says("CLI-008")) << err_;
  EXPECT_EQ(std::ranges::count(err_, '\n'), 1);
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(CommandLine, VerifiesTracesOnly) {
  EXPECT_EQ(run({"explain", "--rules", "@rules", "--verify", "@bill.json", "--lang", "en"}), exit_bad_input);
  EXPECT_EQ(err_, "TRC-046 this is not a trace; make one with explain --json\n");
  write("bad.json", "{bill: 1}");
  EXPECT_EQ(run({"explain", "--rules", "@rules", "--verify", "@bad.json", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(err_.find("TRC-001") != std::string::npos) << err_;
  ASSERT_EQ(run({"explain", "--rules", "@rules", "--bill", "@bill.json", "--json"}), exit_ok);
  std::string trace = out_;
  const std::size_t region = trace.find("\"990001\"");
  ASSERT_NE(region, std::string::npos);
  write("trace.json", trace.replace(region, 8, "\"990002\""));
  EXPECT_EQ(run({"explain", "--rules", "@rules", "--verify", "@trace.json", "--lang", "en"}), exit_findings);
  EXPECT_TRUE(says("TRC-042")) << err_;
  EXPECT_LE(std::ranges::count(err_, '\n'), 2) << err_;
}

TEST_F(CommandLine, ComparesLayersOfOneFundWhateverTheirNames) {
  std::string other = region("990002", "90%");
  other.replace(other.find("layer: basic"), 12, "layer: pooled, fund: basic");
  write("rules/990002-b/region.yaml", other);
  ASSERT_EQ(
      run({"rules", "compare", "@rules/990001-a", "@rules/990002-b", "--bill", "@bill.json", "--lang", "en"}),
      exit_ok)
      << err_;
  EXPECT_TRUE(says("basic / pooled")) << out_;
  EXPECT_TRUE(says("+10.00%")) << out_;
  EXPECT_EQ(out_.find(" \n"), std::string::npos);
}

TEST_F(CommandLine, NamesTheFolderThatIsMeant) {
  EXPECT_EQ(run({"rules", "compare", "@rules", "@rules/990001-a", "--bill", "@bill.json"}), exit_bad_input);
  EXPECT_TRUE(says("CLI-011")) << err_;
  EXPECT_TRUE(says("rules/990001-a"));
  write("rules/990003-c/region.yaml", "region: 990003\nname: Town\nbase: 000000-nation\n");
  EXPECT_EQ(run({"rules", "check", "@rules/990003-c", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(says("990003-c/region.yaml: CLI-010")) << out_ << err_;
  EXPECT_EQ(run({"demo", "--home", "@rules", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(says("CLI-009")) << err_;
}

TEST_F(CommandLine, RefusesCasesThatAskForUnknownAmounts) {
  std::string wrong(case_text);
  write("rules/990001-a/cases/town.case", wrong.replace(wrong.find("basic.paid"), 10, "basic.pdai"));
  EXPECT_EQ(run({"rules", "test", "@rules/990001-a", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(err_.starts_with("990001-a/cases/town.case:6: CLI-013")) << err_;
  EXPECT_TRUE(says("→ basic.paid?")) << err_;
  EXPECT_FALSE(says("×")) << err_;
}

TEST_F(CommandLine, TellsAnUnknownAmountOnceWithTheCountOfTheOthers) {
  std::string wrong(case_text);
  for (const char* known : {"basic.paid", "basic.paid"})
    wrong.replace(wrong.find(known), 10, "basic_care.paid");
  write("rules/990001-a/cases/town.case", wrong);
  EXPECT_EQ(run({"rules", "test", "@rules/990001-a", "--lang", "en"}), exit_bad_input);
  EXPECT_EQ(std::ranges::count(err_, '\n'), 1) << err_;
  EXPECT_TRUE(says("\"basic_care.paid\" (→ basic.paid?)")) << err_;
  EXPECT_TRUE(says("correct the name (×2)")) << err_;
}

TEST_F(CommandLine, TestsALibraryWithoutCases) {
  write("rules/990003-c/region.yaml", region("990003", "150%"));
  EXPECT_EQ(run({"rules", "test", "@rules/990003-c", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(err_.starts_with("990003-c/region.yaml:")) << err_;
  EXPECT_TRUE(says("POL-023")) << err_;
  EXPECT_FALSE(says("no cases"));
  EXPECT_EQ(run({"rules", "check", "@rules/990003-c", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(err_.starts_with("990003-c/region.yaml:")) << "the path once: " << err_;
}

TEST_F(CommandLine, SaysInWhichRowOfACaseTheBillIsWrong) {
  write("rules/990001-a/cases/town.case",
        "case x\nstatus derived\non 2024-03-01\nfact stay S1\nfact level L9\nline 1.00\nexpect cash 1\n"
        "case y\nstatus derived\non 2024-03-01\nfact level L1, stay S1\nline 1.00\nline 2.00 qty 3 price "
        "4\nexpect cash 1\n"
        "case z\nstatus derived\non 2024-03-01\nfact level L1, stay S1\nline 1.00\nthen on 2024-03-02\nfact "
        "age 3\nline 1.00\nexpect cash 1\n");
  EXPECT_EQ(run({"rules", "test", "@rules/990001-a", "--lang", "en"}), exit_findings);
  EXPECT_TRUE(says("town.case:5: BIL-014")) << out_;
  EXPECT_TRUE(says("town.case:13: BIL-016")) << out_;
  EXPECT_TRUE(says("town.case:21: BIL-012")) << out_;
  EXPECT_TRUE(says("WRONG  derived  x                  error BIL-014")) << out_;
}

TEST_F(CommandLine, ShowsARowForEachBillOfACase) {
  EXPECT_EQ(run({"rules", "test", "@rules/990001-a", "--lang", "en"}), exit_ok);
  EXPECT_TRUE(
      says("         status        case                published               found\n  right  reproducible  "
           "T-01 two stays      fund 1600"))
      << out_;
  EXPECT_TRUE(
      says("\n                         then 2024-05-01                           basic.deductible 500.00"))
      << out_;
}

TEST_F(CommandLine, SuggestsTheValueThatWasMeant) {
  const std::string schemes = "facts: {level: [primary, secondary], ";
  std::string library = region("990001", "80%"), bill(bill_text);
  library.replace(library.find("facts: {level: [L1, L2], "), 25, schemes);
  write("rules/990001-a/region.yaml", library);
  write("bill.json", bill.replace(bill.find("L1"), 2, "secondray"));
  EXPECT_EQ(run({"settle", "--rules", "@rules", "--bill", "@bill.json", "--lang", "en"}), exit_bad_input);
  EXPECT_TRUE(says("→ secondary?")) << err_;
}

// REQ PLT-01
TEST_F(CommandLine, ShowsThreeBillsOfTheSandbox) {
  ASSERT_EQ(run({"demo", "--home", FENMING_SOURCE_DIR, "--lang", "en"}), exit_ok) << err_;
  std::size_t statements = 0;
  for (std::size_t at = 0; (at = out_.find("How it comes about:", at)) != std::string::npos; ++at)
    ++statements;
  EXPECT_EQ(statements, 3U) << out_;
  EXPECT_TRUE(says("    fenming settle --rules "));
  EXPECT_EQ(err_, "");
}

TEST_F(CommandLine, HelpsWithMistypedNames) {
  EXPECT_EQ(run({"setle"}), exit_usage);
  EXPECT_TRUE(err_.starts_with("setle → settle?")) << err_;
  EXPECT_EQ(run({"rules", "tset", "@rules"}), exit_usage);
  EXPECT_TRUE(says("tset → test?"));
  EXPECT_EQ(run({"settle", "--rule", "@rules", "--bill", "@bill.json"}), exit_usage);
  EXPECT_TRUE(says("--rule → --rules?"));
  EXPECT_EQ(run({"settle", "--rules", "@rules"}), exit_usage);
  EXPECT_EQ(run({}), exit_usage);
  EXPECT_TRUE(err_.find("Subcommands:") != std::string::npos) << err_;
  EXPECT_EQ(out_, "");
  EXPECT_EQ(run({"--lang", "en", "demo"}), exit_usage);
  EXPECT_TRUE(says("--lang → demo --lang?")) << err_;
  EXPECT_EQ(run({"rules", "test", "@rules", "--xson"}), exit_usage);
  EXPECT_TRUE(says("--xson → --json?")) << err_;
  EXPECT_EQ(run({"rules", "test", "@rules", "--threads", "2"}), exit_usage);
  EXPECT_FALSE(says("→")) << err_;
  EXPECT_EQ(run({"rules", "compare", "@rules/990001-a", "@rules/990002-b", "--bill", "@bill.json",
                 "--second-fact", "level"}),
            exit_usage);
  EXPECT_EQ(run({"--help"}), exit_ok);
  EXPECT_TRUE(says("fenming demo"));
  for (const std::string command : {"show", "test", "check", "compare", "impact"}) {
    EXPECT_EQ(run({"rules", command, "--help"}), exit_ok);
    EXPECT_TRUE(says("Examples:\n  fenming rules " + command)) << out_;
  }
  EXPECT_EQ(run({"version"}), exit_ok);
}

}  // namespace
}  // namespace fenming
