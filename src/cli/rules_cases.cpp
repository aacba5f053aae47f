#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "base/json_out.h"
#include "cli/case_run.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/text_table.h"
#include "cli/values.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

struct Tally {
  std::size_t right = 0, all = 0;
};

struct BillRow {  // of the table: a bill of a case
  Paint paint = Paint::good;
  std::string verdict, status, title, published, found;
};

class RulesTest {
 public:
  RulesTest(Terminal& terminal, const RulesOptions& options) : t_(terminal), options_(options) {}
  int run();

 private:
  void test_library(const fs::path& folder);
  void test_file(const fs::path& file, const LibraryPointer& library, Clerk& clerk);
  void report(const Case& of, const CaseOutcome& outcome);
  void add_rows(const Case& of, const CaseOutcome& outcome);
  void print_rows();
  void report_json(const Case& of, const CaseOutcome& outcome);
  void refuse(std::span<const Error> errors);
  void print_summary();

  Terminal& t_;
  const RulesOptions& options_;
  std::map<std::string, Tally> tallies_;  // by status
  std::vector<std::string> wrong_;        // "file:line: name: expected ..., found ..."
  std::vector<Error> errors_;
  std::map<std::string, int> repeated_;  // unknown names that were told before
  std::string library_name_;
  std::vector<BillRow> rows_;  // of this library
  JsonOut json_{2};
};

// The same wrong name stands in many cases: it is told at its first place, with how often it stands.
void RulesTest::refuse(std::span<const Error> errors) {
  for (const Error& error : errors) {
    const auto known = std::ranges::find_if(errors_, [&](const Error& e) {
      return error.code == Code::expectation_unknown && e.code == error.code && e.value == error.value;
    });
    if (known == errors_.end())
      errors_.push_back(error);
    else
      known->details.at(1) = fmt::format(" (×{})", ++repeated_[error.value] + 1);
  }
}

std::vector<fs::path> case_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder / "cases", error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".case") files.push_back(at->path());
  std::ranges::sort(files);
  return files;
}

void RulesTest::report(const Case& of, const CaseOutcome& outcome) {
  Tally& tally = tallies_[of.status];
  ++tally.all;
  if (outcome.right()) ++tally.right;
  for (const CaseFinding& finding : outcome.findings) {
    const std::string place = fmt::format("{}:{}", of.file, finding.line);
    wrong_.push_back(
        finding.name.empty()
            ? place + ": " + finding.found
            : fmt::format(fmt::runtime(t_.say("{}：{} 应为 {}，得到 {}", "{}: {} should be {}, is {}")),
                          place, finding.name, finding.expected, finding.found));
  }
  if (options_.json) return report_json(of, outcome);
  if (!options_.quiet || !outcome.right()) add_rows(of, outcome);
}

// A row for each bill, so that a case of ten visits shows what each of them gave.
void RulesTest::add_rows(const Case& of, const CaseOutcome& outcome) {
  for (std::size_t i = 0; i < outcome.amounts.size(); ++i) {
    const CaseStep& step = of.steps.at(i);
    BillRow row;
    row.paint = outcome.right() ? Paint::good : Paint::bad;
    row.published = shortened(fmt::format("{}", fmt::join(step.published, "; ")), 44);
    row.found = shortened(fmt::format("{}", fmt::join(outcome.amounts[i], ", ")), 60);
    if (i == 0) {
      row.verdict = outcome.right() ? t_.say("对", "right") : t_.say("错", "WRONG");
      row.status = of.status;
      row.title = shortened(of.title, 52);
    } else {
      row.title = "  then " + to_text(step.bill.to);
    }
    rows_.push_back(std::move(row));
  }
}

void RulesTest::print_rows() {
  const bool published =
      std::ranges::any_of(rows_, [](const BillRow& row) { return !row.published.empty(); });
  std::vector<std::string> headings = {"", std::string(t_.say("性质", "status")),
                                       std::string(t_.say("案例", "case"))};
  if (published) headings.emplace_back(t_.say("公布", "published"));
  headings.emplace_back(t_.say("算得", "found"));
  TextTable table(std::move(headings));
  for (BillRow& row : rows_) {
    std::vector<std::string> cells = {row.verdict, row.status, row.title};
    if (published) cells.push_back(row.published);
    cells.push_back(row.found);
    table.add_painted(row.paint, std::move(cells));
  }
  table.print(t_);
}

void RulesTest::report_json(const Case& of, const CaseOutcome& outcome) {
  json_.open_object()
      .field("library", library_name_)
      .field("file", of.file)
      .field("line", static_cast<std::int64_t>(of.line));
  json_.field("case", of.title).field("status", of.status).key("right").boolean(outcome.right());
  json_.key("published").open_array();
  for (const CaseStep& step : of.steps)
    for (const std::string& text : step.published) json_.text(text);
  json_.close_array().key("amounts").open_array();
  for (const auto& bill : outcome.amounts)
    for (const std::string& amount : bill) json_.text(amount);
  json_.close_array().key("findings").open_array();
  for (const CaseFinding& finding : outcome.findings) {
    json_.open_object().field("line", static_cast<std::int64_t>(finding.line)).field("name", finding.name);
    json_.field("expected", finding.expected).field("found", finding.found).close_object();
  }
  json_.close_array().close_object();
}

void RulesTest::test_file(const fs::path& file, const LibraryPointer& library, Clerk& clerk) {
  const auto text = read_file(file);
  if (!text) return refuse(std::span(&text.error(), 1));
  const auto cases =
      read_cases(*text, library_name_ + "/cases/" + file.filename().string(), library->region.code);
  if (!cases) return refuse(cases.error());
  for (const Case& of : *cases) {
    const CaseOutcome outcome = run_case(of, library, clerk, t_.language);
    refuse(outcome.errors);
    if (outcome.errors.empty()) report(of, outcome);
  }
}

void RulesTest::test_library(const fs::path& folder) {
  library_name_ = folder.filename().string();
  const auto library = load_library(folder);  // its errors are told also where there is no case yet
  if (!library) return refuse(library.error());
  const std::vector<fs::path> files = case_files(folder);
  if (files.empty()) return;  // a national base has no cases of its own
  auto desk = Desk::open(folder);
  if (!desk) return refuse(desk.error());
  Clerk clerk(**desk);
  rows_.clear();
  for (const fs::path& file : files) test_file(file, *library, clerk);
  if (options_.json || rows_.empty()) return;
  const Region& region = (*library)->region;
  t_.out << t_.paint(Paint::heading, library_name_) << "  " << label(region.labels, region.name, t_.language)
         << '\n';
  print_rows();
}

void RulesTest::print_summary() {
  for (const std::string& line : wrong_) t_.out << t_.paint(Paint::bad, line) << '\n';
  std::string text;
  for (const std::string_view status : case_statuses) {
    const Tally& tally = tallies_[std::string(status)];
    if (tally.all != 0)
      text += fmt::format("{}{} {}/{}", text.empty() ? "" : ", ", status, tally.right, tally.all);
  }
  if (text.empty() && errors_.empty()) text = t_.say("没有案例", "no cases");
  if (!errors_.empty())
    text +=
        fmt::format(fmt::runtime(text.empty() ? t_.say("案例未运行：{} 处错误", "cases not run: errors {}")
                                              : t_.say("，错误 {}", ", errors {}")),
                    errors_.size());
  t_.out << t_.paint(wrong_.empty() && errors_.empty() ? Paint::good : Paint::bad, text) << '\n';
}

int RulesTest::run() {
  const auto folders = library_folders(options_.folder);
  if (!folders) return options_.json ? t_.refuse_json(folders.error()) : t_.refuse(folders.error());
  if (options_.json) json_.open_object().key("cases").open_array();
  for (const fs::path& folder : *folders) test_library(folder);
  if (options_.json) {
    json_.close_array().key("errors").raw(errors_json(errors_, t_.language)).close_object();
    t_.out << json_.str() << '\n';
  } else {
    for (const Error& error : errors_) t_.err << to_text(error, t_.language) << '\n';
    print_summary();
  }
  if (!errors_.empty()) return exit_code(errors_);
  return wrong_.empty() ? exit_ok : exit_findings;
}

}  // namespace

int rules_test_command(Terminal& terminal, const RulesOptions& options) {
  return RulesTest(terminal, options).run();
}

}  // namespace fenming
