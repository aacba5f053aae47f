#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "base/json_out.h"
#include "base/nearest.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/impact.h"
#include "cli/progress.h"
#include "cli/text_table.h"
#include "cli/values.h"

namespace fenming {
namespace {

std::string signed_text(std::int64_t fen) { return (fen > 0 ? "+" : "") + fen_text(fen); }

std::string payer_name(const Terminal& t, std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> zh[] = {{"funds", "基金"},
                                                                  {"account", "个人账户"},
                                                                  {"family", "家庭共济"},
                                                                  {"provider", "医院负担"},
                                                                  {"cash", "个人现金"}};
  if (t.chinese())
    for (const auto& [english, chinese] : zh)
      if (english == name) return std::string(chinese);
  return std::string(name);
}

void print_sums(Terminal& t, std::string_view heading, const std::map<std::string, ImpactSum>& sums,
                const std::function<std::string(const std::string&)>& shown) {
  TextTable table({std::string(heading), ">" + std::string(t.say("原", "before")),
                   ">" + std::string(t.say("新", "after")), ">" + std::string(t.say("相差", "change"))});
  for (const auto& [name, sum] : sums)
    table.add({shown(name), fen_text(sum.before), fen_text(sum.after), signed_text(sum.after - sum.before)});
  if (!table.empty()) table.print(t);
}

// Those that change; how many do not.
void print_layers(Terminal& t, const Impact& impact) {
  std::map<std::string, ImpactSum> changed = impact.all.layers;
  const std::size_t same =
      std::erase_if(changed, [](const auto& layer) { return layer.second.before == layer.second.after; });
  print_sums(t, t.say("层", "layer"), changed, [&](const std::string& name) {
    const auto shown = impact.names.find(name);
    return shown == impact.names.end() || shown->second == name ? name : shown->second + " " + name;
  });
  if (same != 0)
    t.out << fmt::format(
        fmt::runtime(t.say("  另有 {} 层合计不变\n", "  {} more layers with the same sum\n")), same);
}

std::vector<std::string> group_cells(const std::string& name, const ImpactGroup& group) {
  return {name,
          std::to_string(group.bills),
          std::to_string(group.gain),
          fen_text(group.gained),
          std::to_string(group.lose),
          fen_text(group.lost),
          signed_text(group.after - group.before)};
}

void print_groups(Terminal& t, const Impact& impact, const std::string& by) {
  TextTable table({by.empty() ? "" : by, ">" + std::string(t.say("账单", "bills")),
                   ">" + std::string(t.say("受益", "gain")), ">" + std::string(t.say("少付", "gained")),
                   ">" + std::string(t.say("受损", "lose")), ">" + std::string(t.say("多付", "lost")),
                   ">" + std::string(t.say("个人负担变化", "person's share"))});
  for (const auto& [name, group] : impact.groups) table.add(group_cells(name, group));
  table.add_painted(Paint::heading, group_cells(std::string(t.say("全部", "all")), impact.all));
  table.print(t);
}

void print_bills(Terminal& t, std::string_view heading, const std::vector<ImpactBill>& bills) {
  if (bills.empty()) return;
  t.out << "  " << heading << ": ";
  for (std::size_t i = 0; i < bills.size() && i < 5; ++i)
    t.out << (i == 0 ? "" : ", ") << bills[i].bill << " " << signed_text(bills[i].change);
  t.out << '\n';
}

void print_impact(Terminal& t, const Impact& impact, const std::string& by) {
  print_groups(t, impact, by);
  print_layers(t, impact);
  print_sums(t, t.say("支付方", "payer"), impact.payers,
             [&](const std::string& name) { return payer_name(t, name); });
  print_bills(t, t.say("受益最多", "largest gains"), impact.gainers);
  print_bills(t, t.say("受损最多", "largest losses"), impact.losers);
  t.out << fmt::format(fmt::runtime(t.say("  {} 张账单分文不变", "  {} bills are the same to the fen")),
                       impact.identical);
  if (impact.refused != 0)
    t.out << fmt::format(fmt::runtime(t.say("，{} 张被拒绝", ", {} were refused")), impact.refused);
  t.out << '\n';
}

void write_group(JsonOut& out, const ImpactGroup& group) {
  out.field("bills", static_cast<std::int64_t>(group.bills))
      .field("gain", static_cast<std::int64_t>(group.gain));
  out.field("lose", static_cast<std::int64_t>(group.lose)).field("gained", fen_text(group.gained));
  out.field("lost", fen_text(group.lost))
      .field("before", fen_text(group.before))
      .field("after", fen_text(group.after));
}

void write_sums(JsonOut& out, std::string_view key, const std::map<std::string, ImpactSum>& sums,
                const std::map<std::string, std::string>& names = {}) {
  out.key(key).open_array();
  for (const auto& [name, sum] : sums) {
    out.open_object().field("name", name);
    if (const auto shown = names.find(name); shown != names.end()) out.field("shown", shown->second);
    out.field("before", fen_text(sum.before)).field("after", fen_text(sum.after)).close_object();
  }
  out.close_array();
}

void write_bills(JsonOut& out, std::string_view key, const std::vector<ImpactBill>& bills) {
  out.key(key).open_array();
  for (const ImpactBill& bill : bills)
    out.open_object().field("bill", bill.bill).field("change", fen_text(bill.change)).close_object();
  out.close_array();
}

void write_impact(Terminal& t, const Impact& impact, const std::string& by) {
  JsonOut out(2);
  out.open_object();
  write_group(out, impact.all);
  out.field("identical", static_cast<std::int64_t>(impact.identical))
      .field("refused", static_cast<std::int64_t>(impact.refused));
  out.field("by", by).key("groups").open_array();
  for (const auto& [name, group] : impact.groups) {
    out.open_object().field("value", name);
    write_group(out, group);
    write_sums(out, "layers", group.layers, impact.names);
    out.close_object();
  }
  out.close_array();
  write_sums(out, "layers", impact.all.layers, impact.names);
  write_sums(out, "payers", impact.payers);
  write_bills(out, "gainers", impact.gainers);
  write_bills(out, "losers", impact.losers);
  out.key("refusals").open_array();
  for (const std::string& refusal : impact.refusals) out.text(refusal);
  t.out << out.close_array().close_object().str() << '\n';
}

// What a folder's libraries know, as far as they can be read; the run itself refuses the others.
struct Known {
  std::vector<std::string> regions, names;
};

Known known_in(const std::string& folder) {
  Known known;
  const auto folders = library_folders(folder);
  for (std::size_t i = 0; folders && i < folders->size(); ++i) {
    const auto library = load_library((*folders)[i]);
    if (!library) continue;
    known.regions.push_back((*library)->region.code);
    for (const Fact& fact : (*library)->region.facts) known.names.push_back(fact.name);
  }
  return known;
}

// Mistakes in the words themselves, found before a year of bills is read: another region, an unknown fact.
int refuse_words(Terminal& terminal, const ImpactOptions& options) {
  Known before = known_in(options.before), after = known_in(options.after);
  if (before.regions.empty() || after.regions.empty()) return exit_ok;
  if (std::ranges::find_first_of(before.regions, after.regions) == before.regions.end()) {
    const auto shown = [](const Known& known) { return fmt::format("{}", fmt::join(known.regions, ", ")); };
    terminal.refuse(
        Error{Code::regions_differ, "", options.before, {options.after, shown(before), shown(after)}});
    return exit_usage;
  }
  std::vector<std::string> names = std::move(before.names);
  names.insert(names.end(), after.names.begin(), after.names.end());
  names.insert(names.end(), {"region", "visit"});
  if (options.by.empty() || std::ranges::find(names, options.by) != names.end()) return exit_ok;
  terminal.refuse(Error{Code::fact_unknown, "--by", options.by, {nearest_hint(options.by, names)}});
  return exit_usage;
}

}  // namespace

// REQ POL-08
int rules_impact_command(Terminal& terminal, const ImpactOptions& options) {
  const auto before = Desk::open(options.before);
  if (!before) return terminal.refuse(before.error());
  const auto after = Desk::open(options.after);
  if (!after) return terminal.refuse(after.error());
  if (const int code = refuse_words(terminal, options); code != exit_ok) return code;
  const auto bills = MappedFile::open(options.bills);
  if (!bills) return terminal.refuse(bills.error());
  Impact impact;
  {
    Progress progress(terminal);
    impact =
        measure_impact(**before, **after, bills->text(), {options.by, options.threads, terminal.language},
                       [&](std::size_t done, std::size_t all) { progress.show(done, all); });
  }
  if (options.json)
    write_impact(terminal, impact, options.by);
  else
    print_impact(terminal, impact, options.by);
  for (const std::string& refusal : impact.refusals) terminal.err << refusal << '\n';
  return impact.refused == 0 ? exit_ok : exit_findings;
}

}  // namespace fenming
