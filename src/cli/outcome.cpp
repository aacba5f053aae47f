// The names that `expect` and other reports may ask an assessment for.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest.h"
#include "cli/case_run.h"
#include "cli/values.h"

namespace fenming {
namespace {

using Value = std::optional<std::string>;

constexpr std::string_view totals[] = {"total", "over",    "out",    "prepay",   "charged", "cash",
                                       "left",  "account", "family", "provider", "funds"};
constexpr std::string_view line_parts[] = {"amount", "over", "out", "prepay", "in"};
constexpr std::pair<std::string_view, std::int64_t LayerAmounts::*> layer_parts[] = {
    {"base", &LayerAmounts::base},
    {"over", &LayerAmounts::over},
    {"deductible", &LayerAmounts::deductible},
    {"covered", &LayerAmounts::covered},
    {"after", &LayerAmounts::after},
    {"paid", &LayerAmounts::paid},
    {"consumed", &LayerAmounts::consumed},
    {"cut", &LayerAmounts::cut}};

Value line_value(const Settled& settled, std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view id = name.substr(0, dot), part = name.substr(dot + 1);
  const auto line = std::ranges::find(settled.bill.lines, id, &BillLine::id);
  if (line == settled.bill.lines.end()) return std::nullopt;
  const LineShares& shares =
      settled.assessment.lines.at(static_cast<std::size_t>(line - settled.bill.lines.begin()));
  if (part == "amount") return fen_text(shares.amount);
  if (part == "over") return fen_text(shares.over);
  if (part == "out") return fen_text(shares.out);
  if (part == "prepay") return fen_text(shares.prepay);
  if (part == "in") return fen_text(shares.in);
  return std::nullopt;
}

std::int64_t LayerAmounts::* layer_member(std::string_view name) {
  for (const auto& [known, member] : layer_parts)
    if (known == name) return member;
  return nullptr;
}

// Summed over the parts of a long stay.
Value layer_value(const Assessment& a, std::string_view layer, std::string_view part) {
  const auto member = layer_member(part);
  if (member == nullptr) return std::nullopt;
  std::int64_t sum = 0;
  bool found = false;
  for (std::size_t p = 0; p < a.part_count; ++p) {
    const Plan* plan = a.parts[p].plan;
    for (std::size_t i = 0; plan != nullptr && i < plan->layers.size(); ++i) {
      if (plan->layers[i].name != layer) continue;
      sum += a.parts[p].layers[i].*member;
      found = true;
    }
  }
  return found ? Value(fen_text(sum)) : std::nullopt;
}

// After the bill; of several rows of the group the last.
Value accumulator_value(const Settled& settled, std::string_view group_name, std::string_view member_name) {
  const Region& region = settled.library->region;
  const Assessment& a = settled.assessment;
  for (std::size_t r = a.row_count; r-- > 0;) {
    const Group& group = region.groups.at(a.rows[r].group);
    if (group.name != group_name) continue;
    for (std::size_t m = 0; m < group.members.size(); ++m)
      if (group.members[m].name == member_name)
        return value_text(region, group.members[m].type, 0, a.rows[r].after[m]);
  }
  return std::nullopt;
}

Value let_value(const Settled& settled, std::string_view name) {
  const Assessment& a = settled.assessment;
  for (std::size_t p = a.part_count; p-- > 0;) {
    const Plan* plan = a.parts[p].plan;
    for (std::size_t i = 0; plan != nullptr && i < plan->lets.size() && i < a.parts[p].names.size(); ++i) {
      const Let& let = plan->lets[i];
      if (let.name == name)
        return value_text(settled.library->region, let.type, let.domain, a.parts[p].names[i]);
    }
  }
  return std::nullopt;
}

Value total_value(const Assessment& a, std::string_view name) {
  if (name == "total") return fen_text(a.total);
  if (name == "over") return fen_text(a.over);
  if (name == "out") return fen_text(a.out);
  if (name == "prepay") return fen_text(a.prepay);
  if (name == "charged") return fen_text(a.charged);
  if (name == "cash" || name == "left") return to_text(a.split->cash());
  if (name == "account") return to_text(a.split->account());
  if (name == "family") return to_text(a.split->family());
  if (name == "provider") return to_text(a.split->provider());
  if (name == "funds") return to_text(a.split->funds());
  return std::nullopt;
}

Value plain_value(const Settled& settled, std::string_view name) {
  if (auto value = total_value(settled.assessment, name)) return value;
  const auto& pots = settled.library->region.pots;
  if (const auto pot = std::ranges::find(pots, name); pot != pots.end())
    return fen_text(settled.assessment.pots.at(static_cast<std::size_t>(pot - pots.begin())));
  return let_value(settled, name);
}

Value fund_value(const Settled& settled, std::string_view name) {
  const auto& funds = settled.library->region.funds;
  const auto fund = std::ranges::find(funds, name, &Fund::name);
  if (fund == funds.end()) return std::nullopt;
  return fen_text(settled.assessment.funds.at(static_cast<std::size_t>(fund - funds.begin())));
}

// What stands before the dot is mistaken more often than what stands behind: "chronic_care.paid" for "chronic.paid".
std::string outcome_hint(std::string_view name, const std::vector<std::string>& names) {
  if (std::string hint = nearest_hint(name, names); !hint.empty()) return hint;
  const std::size_t dot = name.find('.');
  const std::string_view head = name.substr(0, dot);
  std::vector<std::string> heads, tails;
  for (const std::string& known : names)
    if (const std::size_t end = known.find('.'); end != std::string::npos)
      if (std::ranges::find(heads, known.substr(0, end)) == heads.end())
        heads.push_back(known.substr(0, end));
  std::string meant = nearest_name(head, heads);
  for (const std::string& known : heads)
    if (meant.empty() && std::min(known.size(), head.size()) >= 3 &&
        (head.starts_with(known) || known.starts_with(head)))
      meant = known;
  if (meant.empty()) return fmt::format(" (→ {}?)", fmt::join(heads, ", "));
  for (const std::string& known : names)
    if (known.starts_with(meant + ".")) tails.push_back(known.substr(meant.size() + 1));
  const std::string tail = dot == std::string_view::npos ? "" : nearest_name(name.substr(dot + 1), tails);
  if (!tail.empty()) return fmt::format(" (→ {}.{}?)", meant, tail);
  return fmt::format(" (→ {}.{}?)", meant, fmt::join(tails, fmt::format(", {}.", meant)));
}

}  // namespace

std::optional<std::string> unknown_outcome(const Library& library, std::string_view name) {
  const std::size_t dot = name.find('.');
  if (name.starts_with("line.")) {  // the bill's own ids
    if (std::ranges::find(line_parts, name.substr(name.rfind('.') + 1)) != std::end(line_parts))
      return std::nullopt;
  }
  std::vector<std::string> names(std::begin(totals), std::end(totals));
  const Region& region = library.region;
  names.insert(names.end(), region.pots.begin(), region.pots.end());
  for (const Fund& fund : region.funds) names.push_back("fund." + fund.name);
  for (const Group& group : region.groups)
    for (const Group::Member& member : group.members) names.push_back(group.name + "." + member.name);
  for (const PolicyVersion& version : library.versions)
    for (const Plan& plan : version.plans) {
      for (const Let& let : plan.lets) names.push_back(let.name);
      for (const LayerPlan& layer : plan.layers)
        for (const auto& [part, member] : layer_parts) names.push_back(layer.name + "." + std::string(part));
    }
  if (std::ranges::find(names, name) != names.end()) return std::nullopt;
  if (dot != std::string_view::npos && name.starts_with("line."))
    for (const std::string_view part : line_parts)
      names.push_back(std::string(name.substr(0, name.rfind('.') + 1)) + std::string(part));
  return outcome_hint(name, names);
}

std::optional<std::string> outcome_value(const Settled& settled, std::string_view name) {
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return plain_value(settled, name);
  const std::string_view head = name.substr(0, dot), tail = name.substr(dot + 1);
  if (head == "fund") return fund_value(settled, tail);
  if (head == "line") return line_value(settled, tail);
  if (auto value = layer_value(settled.assessment, head, tail)) return value;
  return accumulator_value(settled, head, tail);
}

}  // namespace fenming
