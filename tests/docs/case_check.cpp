#include "docs/case_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "cli/case_file.h"
#include "policy/assess.h"
#include "policy/region_reader.h"
#include "policy/workspace.h"

namespace fenming {
namespace {

using Amounts = std::map<std::string, std::string, std::less<>>;

std::string fen_text(std::int64_t fen) { return to_text(Exact{fen, 2}, 2); }

std::string value_text(const Region& region, Type type, std::uint32_t domain, std::int64_t value) {
  if (type == Type::money) return fen_text(value);
  if (type == Type::boolean) return value != 0 ? "yes" : "no";
  if (type == Type::code) return region.domains.at(domain).members.at(static_cast<std::size_t>(value));
  return to_text(Exact{value, stored_scale(type)});
}

void totals(const Region& region, const Assessment& a, Amounts& to) {
  to["total"] = fen_text(a.total);
  to["over"] = fen_text(a.over);
  to["out"] = fen_text(a.out);
  to["prepay"] = fen_text(a.prepay);
  to["charged"] = fen_text(a.charged);
  to["cash"] = to["left"] = fen_text(a.split->cash().fen());
  to["account"] = fen_text(a.split->account().fen());
  to["family"] = fen_text(a.split->family().fen());
  to["provider"] = fen_text(a.split->provider().fen());
  to["funds"] = fen_text(a.split->funds().fen());
  for (std::size_t i = 0; i < region.pots.size(); ++i) to[region.pots[i]] = fen_text(a.pots[i]);
  for (std::size_t i = 0; i < region.funds.size(); ++i) to["fund." + region.funds[i].name] = fen_text(a.funds[i]);
  for (std::size_t i = 0; i < a.row_count; ++i) {
    const Group& group = region.groups.at(a.rows[i].group);
    for (std::size_t m = 0; m < group.members.size(); ++m)
      to[group.name + "." + group.members[m].name] = value_text(region, group.members[m].type, 0, a.rows[i].after[m]);
  }
}

// Layers of all parts added up; a let as the last part has it.
void steps(const Region& region, const Assessment& a, Amounts& to) {
  static constexpr std::array<std::pair<std::string_view, std::int64_t LayerAmounts::*>, 8> fields = {
      {{"base", &LayerAmounts::base}, {"over", &LayerAmounts::over}, {"deductible", &LayerAmounts::deductible}, {"covered", &LayerAmounts::covered},
       {"after", &LayerAmounts::after}, {"paid", &LayerAmounts::paid}, {"consumed", &LayerAmounts::consumed}, {"cut", &LayerAmounts::cut}}};
  const Plan& plan = *a.parts.front().plan;
  for (std::size_t i = 0; i < plan.layers.size(); ++i)
    for (const auto& [name, field] : fields) {
      std::int64_t sum = 0;
      for (std::size_t part = 0; part < a.part_count; ++part) sum += a.parts[part].layers[i].*field;
      to[fmt::format("{}.{}", plan.layers[i].name, name)] = fen_text(sum);
    }
  for (std::size_t i = 0; i < plan.lets.size(); ++i)
    to[plan.lets[i].name] = value_text(region, plan.lets[i].type, plan.lets[i].domain, a.parts[a.part_count - 1].names[i]);
}

void lines(const Bill& bill, const Assessment& a, Amounts& to) {
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    const std::string name = "line." + bill.lines[i].id;
    to[name + ".over"] = fen_text(a.lines[i].over);
    to[name + ".out"] = fen_text(a.lines[i].out);
    to[name + ".prepay"] = fen_text(a.lines[i].prepay);
    to[name + ".in"] = fen_text(a.lines[i].in);
  }
}

bool same(std::string_view expected, std::string_view found) {
  const auto a = parse_exact(expected, 6), b = parse_exact(found, 6);
  if (!a || !b) return expected == found;
  const int places = std::max(a->places, b->places);
  return a->digits * power_of_ten(places - a->places) == b->digits * power_of_ten(places - b->places);
}

class CaseCheck {
 public:
  explicit CaseCheck(const Library& library) : library_(library) {}

  void check(const Case& of) {
    std::vector<AccumulatorRow> rows;
    for (const CaseStep& step : of.steps) {
      if (step.expectations.empty()) findings_.push_back(of.title + ": expects nothing");
      Bill bill = step.bill;
      if (&step != &of.steps.front()) bill.accumulators = rows;
      Assessment a;
      const auto error = settle(bill, a);
      Amounts amounts;
      if (error) amounts["error"] = to_string_of(*error);
      else totals(library_.region, a, amounts), steps(library_.region, a, amounts), lines(bill, a, amounts);
      compare(of, step, amounts, error ? to_text(*error, Language::en) : "");
      if (error) return;
      rows = carried(bill, a);
    }
  }

  std::vector<std::string> take() { return std::move(findings_); }

 private:
  static std::string to_string_of(const Error& error) { return std::string(tag(error.code)); }

  std::optional<Error> settle(const Bill& bill, Assessment& a) const {
    const auto bound = bind(library_, bill);
    if (!bound) return bound.error();
    Workspace workspace;
    return assess(library_, *bound, workspace, a);
  }

  void compare(const Case& of, const CaseStep& step, const Amounts& amounts, const std::string& error) {
    for (const Expectation& expected : step.expectations) {
      const auto found = amounts.find(expected.name);
      const std::string text = found == amounts.end() ? (error.empty() ? "no such name" : error) : found->second;
      if (!same(expected.value, text)) findings_.push_back(fmt::format("{}: {} {}, found {}", of.title, expected.name, expected.value, text));
    }
  }

  // The rows after the bill, for the next one. An id in a key cannot be turned back into text: such rows are not carried.
  std::vector<AccumulatorRow> carried(const Bill&, const Assessment& a) const {
    static constexpr std::array<std::string_view, 4> calendar = {"year", "quarter", "month", "period"};
    const Region& region = library_.region;
    std::vector<AccumulatorRow> rows;
    for (std::size_t i = 0; i < a.row_count; ++i) {
      const Group& group = region.groups.at(a.rows[i].group);
      AccumulatorRow row{group.name, false, {}, {}};
      bool named = true;
      for (std::size_t k = 0; k < group.key.size(); ++k) {
        const std::uint32_t reg = group.key[k];
        const bool fact = reg < region.facts.size();
        const Type type = fact ? region.facts[reg].type : Type::integer;
        named = named && type != Type::id;
        const std::string name = fact ? region.facts[reg].name : std::string(calendar[reg - region.year()]);
        const auto text = type == Type::id ? "" : value_text(region, type, fact ? region.facts[reg].domain : 0, a.rows[i].key[k]);
        row.key.push_back({name, FactValue::Kind::text, text, {}});
      }
      for (std::size_t m = 0; m < group.members.size(); ++m)
        row.values.push_back({group.members[m].name, FactValue::Kind::text, value_text(region, group.members[m].type, 0, a.rows[i].after[m]), {}});
      if (named) rows.push_back(std::move(row));
    }
    return rows;
  }

  const Library& library_;
  std::vector<std::string> findings_;
};

}  // namespace

std::vector<std::string> findings_of(std::string_view cases, const Library& library) {
  const auto read = read_cases(cases, "case", library.region.code);
  std::vector<std::string> findings;
  if (!read) {
    for (const Error& error : read.error()) findings.push_back(to_text(error, Language::en));
    return findings;
  }
  CaseCheck check(library);
  for (const Case& one : *read) check.check(one);
  return check.take();
}

}  // namespace fenming
