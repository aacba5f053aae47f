#include "cli/impact.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/in_order.h"

namespace fenming {
namespace {

constexpr std::size_t shown_max = 10, lines_per_piece = 64;

std::int64_t person_share(const Assessment& a) {
  return a.split->account().fen() + a.split->family().fen() + a.split->cash().fen();
}

void keep_largest(std::vector<ImpactBill>& bills) {
  std::ranges::sort(bills, [](const ImpactBill& a, const ImpactBill& b) {
    const std::int64_t x = a.change < 0 ? -a.change : a.change, y = b.change < 0 ? -b.change : b.change;
    return x != y ? x > y : a.bill < b.bill;
  });
  if (bills.size() > shown_max) bills.resize(shown_max);
}

std::string fact_text(const Bill& bill, const std::string& by) {
  if (by == "region") return bill.region;
  if (by == "visit") return bill.visit_kind.empty() ? "-" : bill.visit_kind;
  const auto fact = std::ranges::find(bill.facts, by, &FactValue::name);
  if (fact == bill.facts.end()) return "-";
  if (fact->kind != FactValue::Kind::list) return fact->text;
  std::string text;
  for (const std::string& member : fact->list) text += (text.empty() ? "" : ",") + member;
  return text.empty() ? "-" : text;
}

using Amounts = std::map<std::string, std::int64_t>;

void name_layers(const Assessment& a, Language language, std::map<std::string, std::string>& names) {
  for (std::size_t p = 0; p < a.part_count; ++p)
    for (std::size_t i = 0; a.parts[p].plan != nullptr && i < a.parts[p].plan->layers.size(); ++i) {
      const LayerPlan& layer = a.parts[p].plan->layers[i];
      if (!names.contains(layer.name)) names.emplace(layer.name, label(layer.labels, layer.name, language));
    }
}

Amounts layer_amounts(const Assessment& a) {
  Amounts amounts;
  for (std::size_t p = 0; p < a.part_count; ++p) {
    const PartResult& part = a.parts[p];
    for (std::size_t i = 0; part.plan != nullptr && i < part.plan->layers.size(); ++i)
      amounts[part.plan->layers[i].name] += part.layers[i].paid;
  }
  return amounts;
}

Amounts payer_amounts(const Assessment& a) {
  return {{"funds", a.split->funds().fen()},
          {"account", a.split->account().fen()},
          {"family", a.split->family().fen()},
          {"provider", a.split->provider().fen()},
          {"cash", a.split->cash().fen()}};
}

// Adds both sides to the sums; true when they are the same.
bool add(std::map<std::string, ImpactSum>& sums, const Amounts& before, const Amounts& after) {
  for (const auto& [name, fen] : before) sums[name].before += fen;
  for (const auto& [name, fen] : after) sums[name].after += fen;
  return before == after;
}

void add(ImpactGroup& group, std::int64_t before, std::int64_t after) {
  ++group.bills;
  group.before += before;
  group.after += after;
  if (after < before) {
    ++group.gain;
    group.gained += before - after;
  } else if (after > before) {
    ++group.lose;
    group.lost += after - before;
  }
}

void merge_sums(std::map<std::string, ImpactSum>& into, const std::map<std::string, ImpactSum>& other) {
  for (const auto& [name, sum] : other) {
    into[name].before += sum.before;
    into[name].after += sum.after;
  }
}

void merge_group(ImpactGroup& into, const ImpactGroup& other) {
  into.bills += other.bills;
  into.gain += other.gain;
  into.lose += other.lose;
  into.before += other.before;
  into.after += other.after;
  into.gained += other.gained;
  into.lost += other.lost;
  merge_sums(into.layers, other.layers);
}

class Measuring {
 public:
  Measuring(Desk& before, Desk& after, const ImpactSettings& settings)
      : before_(before), after_(after), settings_(settings) {}

  void measure(std::string_view line, std::size_t number, Impact& impact) {
    const auto old_settled = before_.settle(line);
    if (!old_settled) return refuse(number, "OLD", old_settled.error(), impact);
    const auto new_settled = after_.settle(line);
    if (!new_settled) return refuse(number, "NEW", new_settled.error(), impact);
    const Assessment &a = (*old_settled)->assessment, &b = (*new_settled)->assessment;
    const Bill& bill = (*old_settled)->bill;
    const Amounts layers_before = layer_amounts(a), layers_after = layer_amounts(b);
    for (const Assessment* one : {&b, &a}) name_layers(*one, settings_.language, impact.names);
    const bool layers_same = add(impact.all.layers, layers_before, layers_after);
    const bool payers_same = add(impact.payers, payer_amounts(a), payer_amounts(b));
    if (layers_same && payers_same) ++impact.identical;
    const std::int64_t before = person_share(a), after = person_share(b);
    add(impact.all, before, after);
    if (!settings_.by.empty()) {
      ImpactGroup& group = impact.groups[fact_text(bill, settings_.by)];
      add(group, before, after);
      add(group.layers, layers_before, layers_after);
    }
    if (after < before) impact.gainers.push_back({bill.id, after - before});
    if (after > before) impact.losers.push_back({bill.id, after - before});
  }

 private:
  void refuse(std::size_t number, std::string_view side, const std::vector<Error>& errors,
              Impact& impact) const {
    ++impact.refused;
    if (impact.refusals.size() < shown_max)
      impact.refusals.push_back(
          fmt::format("{}: {}: {}", number, side, to_text(errors.front(), settings_.language)));
  }

  Clerk before_, after_;
  const ImpactSettings& settings_;
};

}  // namespace

void Impact::merge(const Impact& other) {
  merge_group(all, other.all);
  for (const auto& [name, group] : other.groups) merge_group(groups[name], group);
  merge_sums(payers, other.payers);
  names.insert(other.names.begin(), other.names.end());
  gainers.insert(gainers.end(), other.gainers.begin(), other.gainers.end());
  losers.insert(losers.end(), other.losers.begin(), other.losers.end());
  keep_largest(gainers);
  keep_largest(losers);
  refused += other.refused;
  identical += other.identical;
  for (const std::string& refusal : other.refusals)
    if (refusals.size() < shown_max) refusals.push_back(refusal);
}

Impact measure_impact(Desk& before, Desk& after, std::string_view bills, const ImpactSettings& settings,
                      const std::function<void(std::size_t, std::size_t)>& progress) {
  std::vector<std::string_view> lines;
  while (!bills.empty()) {
    const std::size_t end = std::min(bills.find('\n'), bills.size());
    lines.push_back(bills.substr(0, end));
    bills.remove_prefix(std::min(end + 1, bills.size()));
  }
  Impact impact;
  const auto make_worker = [&] {
    return [&, measuring = std::make_shared<Measuring>(before, after, settings)](std::size_t piece) {
      Impact part;
      const std::size_t begin = piece * lines_per_piece,
                        end = std::min(begin + lines_per_piece, lines.size());
      for (std::size_t i = begin; i < end; ++i) measuring->measure(lines[i], i + 1, part);
      return part;
    };
  };
  in_order((lines.size() + lines_per_piece - 1) / lines_per_piece, settings.threads, make_worker,
           [&](std::size_t piece, const Impact& part) {
             impact.merge(part);
             progress(std::min((piece + 1) * lines_per_piece, lines.size()), lines.size());
             return true;
           });
  return impact;
}

}  // namespace fenming
