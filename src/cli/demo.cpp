#include <fmt/format.h>

#include <sstream>

#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/settled_text.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

// sandbox/demo.txt: the sample bills shown, one name on each line.
std::vector<std::string> bill_names(const std::string& text) {
  std::vector<std::string> names;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (!line.empty() && !line.starts_with('#')) names.push_back(line);
  return names;
}

int show_bill(Terminal& t, Clerk& clerk, const fs::path& file) {
  const auto text = read_file(file);
  if (!text) return t.refuse(text.error());
  const auto settled = clerk.settle(*text);
  if (!settled) return t.refuse(settled.error());
  const Settled& s = **settled;
  print_settled(t, s);
  t.out << '\n' << t.paint(Paint::heading, t.say("这样算出来的：", "How it comes about:")) << '\n';
  const auto explained = clerk.explain();
  if (!explained) return t.refuse(explained.error());
  t.out << patient_text(**explained, s.bill, t.language) << '\n';
  return exit_ok;
}

// As it would be typed here: from the working folder where that is shorter.
std::string typed(const fs::path& path) {
  std::error_code error;
  const fs::path near = fs::relative(path, error);
  std::string full = path.string(), there = near.string();
  if (error || there.empty()) return full;
  return !there.starts_with("..") || there.size() < full.size() ? there : full;
}

void what_next(Terminal& t, const fs::path& home, const std::string& program, const std::string& first_bill) {
  const std::string rules = typed(home / "rules"), bill = typed(home / "sandbox" / "bills" / first_bill);
  const auto command = [&](std::string_view what, const std::string& line) {
    t.out << "  " << t.paint(Paint::faint, what) << "\n    " << line << '\n';
  };
  t.out << t.paint(Paint::heading, t.say("接下来可以试试：", "What to try next:")) << '\n';
  command(t.say("结算一张账单，输出国家标准字段", "settle a bill, with the national fields"),
          fmt::format("{} settle --rules {} --bill {} --json", program, rules, bill));
  command(t.say("经办人员看的逐条依据", "every step with its article, for the insurer's staff"),
          fmt::format("{} explain --rules {} --bill {} --for staff", program, rules, bill));
  command(t.say("重算所有公布的算例", "recompute every published example"),
          fmt::format("{} rules test {}", program, rules));
  command(t.say("自己写一个地区的政策", "write a region's policy yourself"),
          typed(home / "docs" / "policy-language.md"));
}

}  // namespace

// REQ PLT-01
int demo_command(Terminal& terminal, const DemoOptions& options) {
  const auto home = find_home(options.home);
  if (!home)
    return terminal.refuse(Error{Code::home_missing, "", options.home.empty() ? "." : options.home, {}});
  const auto list = read_file(*home / "sandbox" / "demo.txt");
  if (!list) return terminal.refuse(list.error());
  const auto desk = Desk::open(*home / "rules", *home / "sandbox" / "catalog.csv");
  if (!desk) return terminal.refuse(desk.error());
  Clerk clerk(**desk);
  const std::vector<std::string> names = bill_names(*list);
  for (const std::string& name : names)
    if (const int code = show_bill(terminal, clerk, *home / "sandbox" / "bills" / name); code != exit_ok)
      return code;
  what_next(terminal, *home, options.program, names.empty() ? "" : names.front());
  return exit_ok;
}

}  // namespace fenming
