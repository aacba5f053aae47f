#include <fmt/format.h>

#include <span>
#include <tuple>

#include "base/json_out.h"
#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/text_table.h"
#include "cli/values.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::string domain_text(const Region& region, std::uint32_t domain) {
  std::string text;
  for (const std::string& member : region.domains.at(domain).members)
    text += (text.empty() ? "" : " ") + member;
  return text;
}

std::string type_text(const Region& region, const Fact& fact) {
  switch (fact.type) {
    case Type::money: return "money";
    case Type::ratio: return "ratio";
    case Type::integer: return fmt::format("int {}..{}", fact.low, fact.high);
    case Type::dec: return "dec";
    case Type::date: return "date";
    case Type::boolean: return "yes / no";
    case Type::code: return domain_text(region, fact.domain);
    case Type::set: return "[" + domain_text(region, fact.domain) + "]";
    case Type::id: return "id";
  }
  return "";
}

std::string dates_text(Date from, Date to) {
  return (from > date_min ? to_text(from) : "") + ".." + (to < date_max ? to_text(to) : "");
}

void print_facts(Terminal& t, const Region& region, std::string_view heading, std::span<const Fact> facts) {
  TextTable table({std::string(heading), "", std::string(t.say("取值", "values")),
                   std::string(t.say("默认", "default"))});
  for (const Fact& fact : facts)
    table.add({fact.name,
               fact.name == label(fact.labels, fact.name, t.language)
                   ? ""
                   : label(fact.labels, fact.name, t.language),
               shortened(type_text(region, fact), 70),
               fact.has_default ? value_text(region, fact.type, fact.domain, fact.default_value)
                                : std::string(t.say("必填", "needed"))});
  if (!table.empty()) table.print(t);
}

void print_groups(Terminal& t, const Region& region) {
  TextTable table({std::string(t.say("累计", "accumulators")), std::string(t.say("按", "per")),
                   std::string(t.say("项目", "members"))});
  for (const Group& group : region.groups) {
    std::string key, members;
    for (const std::uint32_t reg : group.key)
      key += (key.empty() ? "" : " ") + std::string(key_part(region, reg).name);
    for (const Group::Member& member : group.members) members += (members.empty() ? "" : " ") + member.name;
    table.add({group.name, key, members});
  }
  if (!table.empty()) table.print(t);
}

void print_funds(Terminal& t, const Region& region) {
  TextTable table(
      {std::string(t.say("支付方", "payer")), "", std::string(t.say("国家字段", "national field"))});
  for (const Fund& fund : region.funds)
    table.add({fund.name, payer_label(fund, t.language), std::string(national_field(fund))});
  if (!table.empty()) table.print(t);
}

std::span<const Fact> columns_of_choice(const Region& region) {
  return std::span(region.line_fields).subspan(5);  // behind amount, qty, price, date, listed_limit
}

void print_pots(Terminal& t, const Region& region) {
  if (region.pots.size() < 2) return;  // `eligible` alone says nothing
  t.out << "  " << t.paint(Paint::heading, t.say("明细去向", "pots")) << "  ";
  for (const std::string& pot : region.pots) t.out << pot << ' ';
  t.out << "out\n";
}

// Which of the three rules of lines there are, and the articles they quote.
void print_line_rules(Terminal& t, const Plan& plan) {
  const std::tuple<std::string_view, const Slot*, const std::string*> rules[] = {
      {"limit", &plan.line_limit, &plan.limit_article},
      {"prepay", &plan.line_prepay, &plan.prepay_article},
      {"pot", &plan.line_pot, &plan.pot_article}};
  std::string names, articles;
  for (const auto& [name, slot, article] : rules) {
    const bool given = slot->kind != Slot::Kind::none && !(name == "limit" && slot->kind == Slot::Kind::line);
    if (given) names += " " + std::string(name);
    if (articles.find(*article) == std::string::npos) articles += "  " + *article;
  }
  if (names.empty()) return;
  t.out << "    " << t.paint(Paint::heading, t.say("明细规则", "line rules")) << " " << names
        << shortened(articles, 60) << '\n';
}

void print_version(Terminal& t, const Region& region, const PolicyVersion& version) {
  t.out << "  " << t.paint(Paint::heading, version.policy) << "  " << version.file << "  "
        << t.say("施行", "in force") << " " << dates_text(version.in_force_from, version.in_force_to);
  if (version.known > date_min) t.out << "  " << t.say("公布", "known") << " " << to_text(version.known);
  t.out << '\n';
  if (version.plans.empty()) return;
  print_line_rules(t, version.plans.back());
  TextTable table({std::string(t.say("层", "layer")), "", std::string(t.say("支付方", "payer")),
                   std::string(t.say("依据", "article"))});
  const Plan& plan = version.plans.back();
  for (const Step& step : plan.steps) {
    if (!step.layer) continue;
    const LayerPlan& layer = plan.layers[step.index];
    table.add({layer.name, label(layer.labels, "", t.language), region.funds.at(layer.fund).name,
               shortened(layer.article, 60)});
  }
  if (!table.empty()) table.print(t, "    ");
}

void print_library(Terminal& t, const Library& library) {
  const Region& region = library.region;
  t.out << t.paint(Paint::heading, region.code) << "  " << label(region.labels, region.name, t.language);
  if (!region.base.empty()) t.out << "  (" << t.say("国家标准", "base") << " " << region.base << ")";
  t.out << '\n';
  if (!region.source.empty()) t.out << "  " << t.paint(Paint::faint, region.source) << '\n';
  print_facts(t, region, t.say("参数", "fact"), region.facts);
  print_facts(t, region, t.say("明细列", "line fact"), columns_of_choice(region));
  print_pots(t, region);
  print_groups(t, region);
  print_funds(t, region);
  for (const PolicyVersion& version : library.versions) print_version(t, region, version);
}

void write_fact(JsonOut& out, const Region& region, const Fact& fact) {
  out.open_object().field("name", fact.name).field("values", type_text(region, fact));
  if (!fact.labels.zh.empty()) out.field("zh", fact.labels.zh);
  if (!fact.labels.en.empty()) out.field("en", fact.labels.en);
  if (fact.has_default) out.field("default", value_text(region, fact.type, fact.domain, fact.default_value));
  out.close_object();
}

void write_library(JsonOut& out, const Library& library) {
  const Region& region = library.region;
  out.open_object()
      .field("region", region.code)
      .field("name", region.name)
      .field("base", region.base)
      .key("facts")
      .open_array();
  for (const Fact& fact : region.facts) write_fact(out, region, fact);
  out.close_array().key("line_facts").open_array();
  for (const Fact& field : columns_of_choice(region)) write_fact(out, region, field);
  out.close_array().key("pots").open_array();
  for (const std::string& pot : region.pots) out.text(pot);
  out.close_array().key("accumulators").open_array();
  for (const Group& group : region.groups) {
    out.open_object().field("group", group.name).key("per").open_array();
    for (const std::uint32_t reg : group.key) out.text(key_part(region, reg).name);
    out.close_array().key("of").open_array();
    for (const Group::Member& member : group.members) out.text(member.name);
    out.close_array().close_object();
  }
  out.close_array().key("versions").open_array();
  for (const PolicyVersion& version : library.versions) {
    out.open_object()
        .field("policy", version.policy)
        .field("file", version.file)
        .field("digest", version.digest);
    out.field("in_force", dates_text(version.in_force_from, version.in_force_to)).key("layers").open_array();
    if (!version.plans.empty())
      for (const LayerPlan& layer : version.plans.back().layers) out.text(layer.name);
    out.close_array().close_object();
  }
  out.close_array().close_object();
}

}  // namespace

int rules_show_command(Terminal& terminal, const RulesOptions& options) {
  const auto folders = library_folders(options.folder);
  if (!folders) return terminal.refuse(folders.error());
  JsonOut json(2);
  json.open_array();
  int code = exit_ok;
  for (const fs::path& folder : *folders) {
    const auto library = load_library(folder);
    if (!library)
      code = terminal.refuse(library.error());
    else if (options.json)
      write_library(json, **library);
    else
      print_library(terminal, **library);
  }
  if (options.json) terminal.out << json.close_array().str() << '\n';
  return code;
}

}  // namespace fenming
