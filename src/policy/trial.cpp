#include "policy/trial.h"

#include <algorithm>
#include <map>

#include "policy/fact_space.h"
#include "policy/plan_reads.h"

namespace fenming {

Trial::Trial(const Library& library, const PolicyVersion& version, const Plan& plan)
    : library_(library), version_(version), plan_(plan) {
  for (std::size_t policy = 0; policy < library.by_policy.size(); ++policy)
    if (library.versions[library.by_policy[policy].front()].policy == version.policy) policy_ = policy;
  possible_ = choose_day();
}

bool Trial::is_chosen(Date day, Date known) {
  if (day < plan_.from || day > plan_.to) return false;
  if (version_on(library_, policy_, day, known) != &version_ || plan_on(version_, day) != &plan_)
    return false;
  to_ = day;
  from_ = Date{std::max(day.days - 10, plan_.from.days)};
  if (version_on(library_, policy_, from_, known) != &version_) from_ = day;
  known_ = known;
  return true;
}

// A day in the middle of a year when there is one, so that no stay is cut; else the first or last of the plan.
bool Trial::choose_day() {
  std::vector<Date> days;
  for (const int year : {2024, civil(plan_.from).year, civil(plan_.from).year + 1, civil(plan_.to).year})
    if (const auto day = make_date(year, 6, 20)) days.push_back(*day);
  for (const Date day : {Date{plan_.from.days + 12}, plan_.to, plan_.from, version_.known})
    days.push_back(day);
  current_ =
      std::ranges::any_of(days, [&](Date day) { return is_chosen(day, std::max(day, version_.known)); });
  return current_ || std::ranges::any_of(days, [&](Date day) { return is_chosen(day, version_.known); });
}

BoundBill Trial::bill() const {
  BoundBill bill;
  bill.facts = plain_facts(library_.region);
  bill.fact_given.assign(bill.facts.size(), 1);
  bill.from = from_;
  bill.to = bill.settle = to_;
  bill.known = known_;
  for (const std::uint32_t group : plan_.groups_used) {
    BoundRow row;
    row.group = group;
    row.first_part = true;
    row.values.resize(library_.region.groups[group].members.size());
    bill.rows.push_back(std::move(row));
  }
  return bill;
}

void Trial::add_line(BoundBill& bill, const LineKind& kind, std::int64_t amount) const {
  bill.lines.push_back({kind.fields, 0, -1});
  bill.lines.back().fields[line_date] = to_.days;
  set_variable(bill, {true, bill.lines.size() - 1, 0, 0}, amount);
}

bool Trial::run(const BoundBill& bill, Tried& outcome) {
  ++bills_;
  refusal_ = assess(library_, bill, workspace_, assessment_);
  if (refusal_ || assessment_.parts[0].plan != &plan_) return false;
  const Split& split = *assessment_.split;
  outcome.person = (split.cash() + split.account() + split.family()).fen();
  outcome.charged = assessment_.charged;
  outcome.benefit = outcome.charged - outcome.person;
  outcome.layers = assessment_.parts[0].layers;
  return true;
}

bool Trial::run_at(BoundBill& bill, const WalkVariable& variable, std::int64_t x, Tried& outcome) {
  set_variable(bill, variable, x);
  return run(bill, outcome);
}

std::vector<LineKind> Trial::line_kinds(const BoundBill& like) {
  const Region& region = library_.region;
  std::vector<FactAxis> axes;
  std::uint64_t size = 1;
  for (const std::uint32_t field : line_reads(plan_).fields) {
    if (field < 4) continue;
    const Fact& fact = region.line_fields[field];
    const bool coded = fact.type == Type::code || fact.type == Type::set;
    FactAxis axis{field, interesting_values(fact, coded ? region.domains.at(fact.domain).members.size() : 0,
                                            {&plan_}, field, true)};
    if (field == 4) axis.values = {none_fen, 50'000};
    if (size * axis.values.size() > 5'000) continue;
    size *= axis.values.size();
    axes.push_back(std::move(axis));
  }
  std::map<std::pair<std::int32_t, int>, LineKind> kinds;  // pot; 0 least pre-pay, 1 most, 2 above its limit
  Tried ignored;
  for (std::uint64_t number = 0; number < size; ++number) {
    LineKind kind;
    for (const Fact& field : region.line_fields) kind.fields.push_back(field.default_value);
    kind.fields[line_quantity] = 1'000'000;
    std::uint64_t rest = number;
    for (const FactAxis& axis : axes) {
      kind.fields[axis.fact] = axis.values[rest % axis.values.size()];
      rest /= axis.values.size();
    }
    BoundBill bill = like;
    bill.lines.clear();
    add_line(bill, kind, 100'000);
    if (!run(bill, ignored)) continue;
    const LineShares& shares = assessment_.lines[0];
    kind.prepay_rate = shares.prepay;
    for (std::size_t pot = 0; pot < region.pots.size(); ++pot)
      if (assessment_.pots[pot] != 0) kind.pot = static_cast<std::int32_t>(pot);
    if (shares.over != 0) {
      kinds.try_emplace({kind.pot, 2}, kind);
      continue;
    }
    LineKind& least = kinds.try_emplace({kind.pot, 0}, kind).first->second;
    if (kind.prepay_rate < least.prepay_rate) least = kind;
    if (shares.prepay == 0) continue;
    LineKind& most = kinds.try_emplace({kind.pot, 1}, kind).first->second;
    if (kind.prepay_rate > most.prepay_rate) most = kind;
  }
  std::vector<LineKind> list;
  for (auto& [key, kind] : kinds)
    if (list.empty() || list.back().fields != kind.fields) list.push_back(std::move(kind));
  std::ranges::stable_sort(list, {},
                           [](const LineKind& kind) { return std::pair(kind.pot < 0, kind.prepay_rate); });
  return list;
}

void Trial::describe_line(const BoundLine& line, Example& example) const {
  const Region& region = library_.region;
  for (std::size_t f = 4; f < line.fields.size(); ++f) {
    const Fact& field = region.line_fields[f];
    if (line.fields[f] != field.default_value)
      example.line.emplace_back(field.name, fact_text(region, field, line.fields[f]));
  }
}

Example Trial::example(BoundBill bill, const WalkVariable& variable, std::span<const std::int64_t> amounts) {
  const Region& region = library_.region;
  Example example;
  example.policy = version_.policy;
  example.date = bill.to;
  std::vector<std::uint32_t> read = plan_.facts_read;
  read.insert(read.end(), plan_.facts_for.begin(), plan_.facts_for.end());
  std::ranges::sort(read);
  read.erase(std::ranges::unique(read).begin(), read.end());
  for (const std::uint32_t index : read) {
    const Fact& fact = region.facts[index];
    if (fact.has_default && bill.facts[index] == fact.default_value) continue;
    example.facts.emplace_back(fact.name, fact_text(region, fact, bill.facts[index]));
  }
  for (const BoundRow& row : bill.rows) {
    const Group& group = region.groups[row.group];
    for (std::size_t m = 0; m < row.values.size(); ++m) {
      if (row.values[m] == 0) continue;
      const bool money = group.members[m].type == Type::money;
      example.accumulators.emplace_back(
          group.name + "." + group.members[m].name,
          money ? to_text(Money::from_fen(row.values[m])) : std::to_string(row.values[m]));
    }
  }
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    if (bill.lines.size() > 1)
      example.line.emplace_back(
          i == variable.index ? "line" : "other line",
          i == variable.index ? "" : to_text(Money::from_fen(bill.lines[i].fields[line_amount])));
    describe_line(bill.lines[i], example);
  }
  Tried outcome;
  for (const std::int64_t amount : amounts)
    if (run_at(bill, variable, amount, outcome))
      example.bills.push_back({amount, outcome.benefit, outcome.person});
  return example;
}

}  // namespace fenming
