// fenming rules check: findings with place and counter-example, what was accepted, how far the search went.
#include <fmt/format.h>

#include "base/json_out.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
#include "cli/text_table.h"
#include "cli/values.h"
#include "policy/check.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

class RulesCheck {
 public:
  RulesCheck(Terminal& terminal, const RulesOptions& options) : t_(terminal), options_(options), json_(2) {}
  int run();

 private:
  void check_folder(const fs::path& folder);
  void refused(std::vector<Error> errors);
  void print(const Library& library, const CheckReport& report);
  void print_findings(const CheckReport& report);
  void print_example(const Example& example);
  void print_coverage(const CheckReport& report);
  void print_notes(const CheckReport& report);
  void write(const Library& library, const CheckReport& report);
  void write_finding(const Finding& finding);
  void write_example(const Example& example);
  void write_coverage(const Coverage& coverage);

  Terminal& t_;
  const RulesOptions& options_;
  JsonOut json_;
  std::string name_;
  bool passed_ = true;
  std::vector<Error> errors_;
};

std::string dates_text(Date from, Date to) {
  return (from > date_min ? to_text(from) : "") + ".." + (to < date_max ? to_text(to) : "");
}

std::string joined(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    text += text.empty() ? "" : ", ";
    text += value.empty() ? name : name + " " + value;
  }
  return text;
}

std::string count_text(std::uint64_t count) {
  return count == UINT64_MAX ? "> 10^18" : std::to_string(count);
}

void RulesCheck::refused(std::vector<Error> errors) {
  errors_.insert(errors_.end(), errors.begin(), errors.end());
}

void RulesCheck::check_folder(const fs::path& folder) {
  name_ = folder.filename().string();
  const auto library = load_library(folder);
  if (!library) return refused(library.error());
  if ((*library)->versions.empty()) return;  // a national base: checked with each region that fills it in
  CheckReport report = check_library(**library);
  std::error_code ignored;
  if (fs::is_regular_file(folder / "accepted.yaml", ignored)) {
    auto text = read_file(folder / "accepted.yaml");
    if (!text) return refused({text.error()});
    auto accepted = read_accepted({"accepted.yaml", std::move(*text)});
    if (!accepted) {
      for (Error& error : accepted.error()) error.place = name_ + "/" + error.place;
      return refused(std::move(accepted.error()));
    }
    accept(report, *accepted, "accepted.yaml");
  }
  passed_ = passed_ && report.passed();
  if (options_.json)
    write(**library, report);
  else
    print(**library, report);
}

// ---- for people

void RulesCheck::print(const Library& library, const CheckReport& report) {
  const Region& region = library.region;
  std::size_t accepted = 0;
  for (const Finding& finding : report.findings) accepted += finding.accepted() ? 1 : 0;
  t_.out << t_.paint(Paint::heading, name_) << "  " << label(region.labels, region.name, t_.language) << "  "
         << t_.paint(report.passed() ? Paint::good : Paint::bad,
                     fmt::format(fmt::runtime(t_.say("{} 错误，{} 警告，{} 提示，{} 已接受",
                                                     "{} errors, {} warnings, {} notes, {} accepted")),
                                 report.open(Level::error), report.open(Level::warning),
                                 report.open(Level::note), accepted))
         << '\n';
  print_findings(report);
  print_notes(report);
  if (!options_.quiet) print_coverage(report);
}

std::string_view level_text(const Terminal& t, Level level) {
  if (level == Level::error) return t.say("错误", "error");
  return level == Level::warning ? t.say("警告", "warning") : t.say("提示", "note");
}

void RulesCheck::print_findings(const CheckReport& report) {
  for (const Finding& finding : report.findings) {
    if (finding.level == Level::note || finding.accepted()) continue;
    t_.out << "  " << t_.paint(Paint::bad, level_text(t_, finding.level)) << "  " << finding.id << '\n'
           << "      " << name_ << "/" << to_text(finding.error, t_.language) << '\n';
    print_example(finding.example);
  }
  for (const Finding& finding : report.findings) {
    if (!finding.accepted()) continue;
    t_.out << "  " << t_.paint(Paint::faint, t_.say("已接受", "accepted")) << "  " << finding.id << '\n'
           << "      " << name_ << "/" << to_text(finding.error, t_.language) << '\n'
           << "      " << t_.say("理由", "reason") << ": " << finding.reason
           << (finding.article.empty() ? "" : "  [" + finding.article + "]") << '\n';
    if (!options_.quiet) print_example(finding.example);
  }
}

void RulesCheck::print_example(const Example& example) {
  if (example.empty()) return;
  const auto row = [&](std::string_view what, const std::string& text) {
    if (!text.empty()) t_.out << "      " << t_.paint(Paint::faint, what) << " " << text << '\n';
  };
  row(t_.say("出院日", "discharge"), example.date.days != 0 ? to_text(example.date) : "");
  row(t_.say("参数", "facts"), joined(example.facts));
  row(t_.say("累计", "before"), joined(example.accumulators));
  row(t_.say("明细", "line"), joined(example.line));
  TextTable table({std::string(t_.say(">费用", ">line amount")), std::string(t_.say(">待遇", ">benefit")),
                   std::string(t_.say(">个人", ">person pays"))});
  for (const ExampleBill& bill : example.bills)
    table.add({fen_text(bill.amount), fen_text(bill.benefit), fen_text(bill.person)});
  if (!table.empty()) table.print(t_, "      ");
}

void RulesCheck::print_notes(const CheckReport& report) {
  for (const Finding& finding : report.findings) {
    if (finding.level != Level::note || finding.accepted() || options_.quiet) continue;
    t_.out << "  " << t_.paint(Paint::faint, level_text(t_, finding.level)) << "  " << finding.id << "  "
           << name_ << "/" << to_text(finding.error, t_.language) << '\n';
  }
}

void RulesCheck::print_coverage(const CheckReport& report) {
  t_.out << "  "
         << fmt::format(
                fmt::runtime(t_.say(
                    "{} 个版本，{} 行表格；选择政策的参数组合试了 {} / {}",
                    "{} versions, {} rows of tables; combinations that choose the policy: {} of {} tried")),
                report.versions, report.rows, report.choices_tried, count_text(report.choices))
         << '\n';
  TextTable table({std::string(t_.say("搜索范围", "searched")), "",
                   std::string(t_.say(">参数组合", ">facts")), std::string(t_.say(">其中试过", ">tried")),
                   std::string(t_.say(">行为", ">behaviours")), std::string(t_.say(">走查", ">walks")),
                   std::string(t_.say(">未走完", ">incomplete")), std::string(t_.say(">线段", ">pieces")),
                   std::string(t_.say(">账单", ">bills"))});
  for (const Coverage& c : report.coverage)
    table.add({c.policy, dates_text(c.from, c.to), count_text(c.combinations), count_text(c.tried),
               count_text(c.behaviours), count_text(c.walks), count_text(c.incomplete_walks),
               count_text(c.pieces), count_text(c.bills)});
  if (!table.empty()) table.print(t_);
}

// ---- for machines

void RulesCheck::write(const Library& library, const CheckReport& report) {
  json_.open_object().field("library", name_).field("region", library.region.code);
  json_.key("passed").boolean(report.passed()).key("findings").open_array();
  for (const Finding& finding : report.findings) write_finding(finding);
  json_.close_array().field("rows", static_cast<std::int64_t>(report.rows));
  json_.field("choices", count_text(report.choices)).field("choices_tried", count_text(report.choices_tried));
  json_.key("coverage").open_array();
  for (const Coverage& coverage : report.coverage) write_coverage(coverage);
  json_.close_array().close_object();
}

void RulesCheck::write_finding(const Finding& finding) {
  json_.open_object()
      .field("id", finding.id)
      .field("level", name(finding.level))
      .field("code", tag(finding.error.code));
  json_.field("name", fenming::name(finding.error.code)).field("place", name_ + "/" + finding.error.place);
  json_.field("message", sentence(finding.error, t_.language));
  if (finding.accepted()) json_.field("accepted", finding.reason);
  if (!finding.article.empty()) json_.field("article", finding.article);
  if (!finding.example.empty()) write_example(finding.example);
  json_.close_object();
}

void RulesCheck::write_example(const Example& example) {
  json_.key("example").open_object().field("policy", example.policy);
  if (example.date.days != 0) json_.field("date", to_text(example.date));
  const auto pairs = [&](std::string_view what, const auto& list) {
    json_.key(what).open_object();
    for (const auto& [name, value] : list) json_.field(name, value);
    json_.close_object();
  };
  pairs("facts", example.facts);
  pairs("accumulators", example.accumulators);
  json_.field("line", joined(example.line)).key("bills").open_array();
  for (const ExampleBill& bill : example.bills)
    json_.open_object()
        .field("amount", fen_text(bill.amount))
        .field("benefit", fen_text(bill.benefit))
        .field("person", fen_text(bill.person))
        .close_object();
  json_.close_array().close_object();
}

void RulesCheck::write_coverage(const Coverage& c) {
  json_.open_object()
      .field("policy", c.policy)
      .field("file", c.file)
      .field("dates", dates_text(c.from, c.to));
  json_.field("combinations", count_text(c.combinations));
  const std::pair<std::string_view, std::uint64_t> counts[] = {
      {"tried", c.tried},   {"behaviours", c.behaviours},
      {"walks", c.walks},   {"incomplete_walks", c.incomplete_walks},
      {"pieces", c.pieces}, {"bills", c.bills}};
  for (const auto& [what, count] : counts) json_.field(what, static_cast<std::int64_t>(count));
  json_.close_object();
}

int RulesCheck::run() {
  const auto folders = library_folders(options_.folder);
  if (!folders) return options_.json ? t_.refuse_json(folders.error()) : t_.refuse(folders.error());
  if (options_.json) json_.open_object().key("libraries").open_array();
  for (const fs::path& folder : *folders) check_folder(folder);
  if (options_.json) {
    json_.close_array().key("errors").raw(errors_json(errors_, t_.language)).close_object();
    t_.out << json_.str() << '\n';
  } else {
    for (const Error& error : errors_) t_.err << to_text(error, t_.language) << '\n';
  }
  if (!errors_.empty()) return exit_code(errors_);
  return passed_ ? exit_ok : exit_findings;
}

}  // namespace

int rules_check_command(Terminal& terminal, const RulesOptions& options) {
  return RulesCheck(terminal, options).run();
}

}  // namespace fenming
