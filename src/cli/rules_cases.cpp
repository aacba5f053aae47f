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

class RulesTest {
 public:
  RulesTest(Terminal& terminal, const RulesOptions& options) : t_(terminal), options_(options) {}
  int run();

 private:
  void test_library(const fs::path& folder);
  void test_file(const fs::path& file, const LibraryPointer& library, Clerk& clerk, TextTable& table);
  void report(const Case& of, const CaseOutcome& outcome, TextTable& table);
  void report_json(const Case& of, const CaseOutcome& outcome);
  void refuse(std::span<const Error> errors);
  void print_summary();

  Terminal& t_;
  const RulesOptions& options_;
  std::map<std::string, Tally> tallies_;  // by status
  std::vector<std::string> wrong_;        // "file:line: name: expected ..., found ..."
  std::vector<Error> errors_;
  std::string library_name_;
  JsonOut json_{2};
};

void RulesTest::refuse(std::span<const Error> errors) {
  errors_.insert(errors_.end(), errors.begin(), errors.end());
}

std::vector<fs::path> case_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder / "cases", error), end; !error && at != end; at.increment(error))
    if (at->path().extension() == ".case") files.push_back(at->path());
  std::ranges::sort(files);
  return files;
}

void RulesTest::report(const Case& of, const CaseOutcome& outcome, TextTable& table) {
  Tally& tally = tallies_[of.status];
  ++tally.all;
  if (outcome.right()) ++tally.right;
  std::vector<std::string> published;
  for (const CaseStep& step : of.steps)
    published.insert(published.end(), step.published.begin(), step.published.end());
  for (const CaseFinding& finding : outcome.findings) {
    const std::string place = fmt::format("{}:{}", of.file, finding.line);
    wrong_.push_back(
        finding.name.empty()
            ? place + ": " + finding.found
            : fmt::format(fmt::runtime(t_.say("{}：{} 应为 {}，得到 {}", "{}: {} should be {}, is {}")),
                          place, finding.name, finding.expected, finding.found));
  }
  if (options_.json) return report_json(of, outcome);
  if (options_.quiet && outcome.right()) return;
  const std::string ours = fmt::format("{}", fmt::join(outcome.amounts, ", "));
  table.add_painted(
      outcome.right() ? Paint::good : Paint::bad,
      {outcome.right() ? std::string(t_.say("对", "right")) : std::string(t_.say("错", "WRONG")), of.status,
       shortened(of.title, 52), shortened(fmt::format("{}", fmt::join(published, "; ")), 44),
       shortened(ours, 60)});
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
  for (const std::string& amount : outcome.amounts) json_.text(amount);
  json_.close_array().key("findings").open_array();
  for (const CaseFinding& finding : outcome.findings) {
    json_.open_object().field("line", static_cast<std::int64_t>(finding.line)).field("name", finding.name);
    json_.field("expected", finding.expected).field("found", finding.found).close_object();
  }
  json_.close_array().close_object();
}

void RulesTest::test_file(const fs::path& file, const LibraryPointer& library, Clerk& clerk,
                          TextTable& table) {
  const auto text = read_file(file);
  if (!text) return refuse(std::span(&text.error(), 1));
  const auto cases =
      read_cases(*text, library_name_ + "/cases/" + file.filename().string(), library->region.code);
  if (!cases) return refuse(cases.error());
  for (const Case& of : *cases) {
    const CaseOutcome outcome = run_case(of, library, clerk, t_.language);
    refuse(outcome.errors);
    if (outcome.errors.empty()) report(of, outcome, table);
  }
}

void RulesTest::test_library(const fs::path& folder) {
  library_name_ = folder.filename().string();
  const std::vector<fs::path> files = case_files(folder);
  if (files.empty()) return;  // a national base has no cases of its own
  const auto library = load_library(folder);
  if (!library) return refuse(library.error());
  auto desk = Desk::open(folder);
  if (!desk) return refuse(desk.error());
  Clerk clerk(**desk);
  TextTable table({"", "", std::string(t_.say("案例", "case")), std::string(t_.say("公布", "published")),
                   std::string(t_.say("结果", "result"))});
  for (const fs::path& file : files) test_file(file, *library, clerk, table);
  if (options_.json || table.empty()) return;
  const Region& region = (*library)->region;
  t_.out << t_.paint(Paint::heading, library_name_) << "  " << label(region.labels, region.name, t_.language)
         << '\n';
  table.print(t_);
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
