#include "policy/plan_search.h"

#include <algorithm>
#include <numeric>

#include "policy/fact_space.h"
#include "policy/plan_reads.h"

namespace fenming {
namespace {

constexpr std::int64_t amount_max = 500'000'000;  // 5,000,000 yuan: above every cap met so far
constexpr std::int64_t probe_amounts[] = {20'000, 500'000, 6'000'000, 80'000'000};
constexpr std::int64_t companion_amount = 2'000'000;
constexpr std::size_t choices_max = 2'000, values_per_accumulator = 10;

std::uint64_t mixed(std::uint64_t hash, std::int64_t value) {
  return (hash ^ static_cast<std::uint64_t>(value)) * 1099511628211ULL;
}

}  // namespace

PlanSearch::PlanSearch(const Library& library, const PolicyVersion& version, const Plan& plan,
                       const SearchBudget& budget, FindingList& findings, Coverage& coverage)
    : library_(library),
      plan_(plan),
      budget_(budget),
      findings_(findings),
      coverage_(coverage),
      trial_(library, version, plan),
      walker_(library),
      random_(budget.seed) {
  coverage_.policy = version.policy;
  coverage_.file = version.file;
  coverage_.from = plan.from;
  coverage_.to = plan.to;
}

void PlanSearch::run() {
  if (!trial_.possible()) return;
  try_combinations();
  coverage_.behaviours = behaviours_.size();
  if (!behaviours_.empty()) {
    find_states();
    walk_all();
    random_pairs();
  }
  coverage_.bills = trial_.bills();
}

BoundBill PlanSearch::bill_of(const std::vector<std::int64_t>& facts, const State& state) const {
  BoundBill bill = trial_.bill();
  bill.facts = facts;
  if (state.value != 0) bill.rows[state.row].values[state.member] = state.value;
  return bill;
}

// ---- combinations of facts

void PlanSearch::try_combinations() {
  const Region& region = library_.region;
  const FactSpace choosing(region, {&plan_}, plan_.facts_for);
  std::vector<std::uint32_t> others;
  for (const std::uint32_t fact : plan_.facts_read)
    if (std::ranges::find(plan_.facts_for, fact) == plan_.facts_for.end()) others.push_back(fact);
  const FactSpace rest(region, {&plan_}, others);
  Tried outcome;
  BoundBill bill = trial_.bill();
  for (std::uint64_t number = 0;
       number < std::min<std::uint64_t>(choosing.size(), 100'000) && choices_.size() < choices_max;
       ++number) {
    choosing.set(number, bill.facts);
    if (trial_.run(bill, outcome) || (trial_.refusal() && trial_.refusal()->code == Code::layer_negative))
      choices_.push_back(bill.facts);
  }
  if (choices_.empty()) return;
  find_kinds(rest);
  if (kinds_.empty()) return;
  const bool countable = rest.size() < UINT64_MAX / choices_.size();
  coverage_.combinations = countable ? choices_.size() * rest.size() : UINT64_MAX;
  if (coverage_.combinations <= budget_.combinations) {
    for (const std::vector<std::int64_t>& choice : choices_)
      for (std::uint64_t number = 0; number < rest.size(); ++number) {
        std::vector<std::int64_t> facts = choice;
        rest.set(number, facts);
        try_facts(facts);
      }
    return;
  }
  for (const std::vector<std::int64_t>& choice : choices_) {  // every value once, all else plain
    if (coverage_.tried > budget_.combinations / 2) break;
    for (const FactAxis& axis : rest.axes())
      for (const std::int64_t value : axis.values) {
        std::vector<std::int64_t> facts = choice;
        facts[axis.fact] = value;
        try_facts(facts);
      }
  }
  while (coverage_.tried < budget_.combinations) {
    std::vector<std::int64_t> facts = choices_[random_() % choices_.size()];
    for (const FactAxis& axis : rest.axes()) facts[axis.fact] = axis.values[random_() % axis.values.size()];
    try_facts(facts);
  }
}

// Kinds of lines, as the first facts see them for which the policy settles anything.
void PlanSearch::find_kinds(const FactSpace& rest) {
  constexpr std::uint64_t facts_max = 200;
  for (std::uint64_t number = 0;
       number < std::min(facts_max, choices_.size() * std::min(facts_max, rest.size())); ++number) {
    BoundBill bill = trial_.bill();
    bill.facts = choices_[number % choices_.size()];
    rest.set(number / choices_.size(), bill.facts);
    kinds_ = trial_.line_kinds(bill);
    if (!kinds_.empty()) return;
    report_refusal(bill);
  }
}

// Bills with a line of each kind, small to large: what they give together is the behaviour of these facts.
void PlanSearch::try_facts(const std::vector<std::int64_t>& facts) {
  ++coverage_.tried;
  BoundBill bill = trial_.bill();
  bill.facts = facts;
  for (const LineKind& kind : kinds_) trial_.add_line(bill, kind, 0);
  Tried outcome;
  std::uint64_t signature = 14695981039346656037ULL;
  for (const std::int64_t amount : probe_amounts) {
    for (std::size_t i = 0; i < bill.lines.size(); ++i) set_variable(bill, {true, i, 0, 0}, amount);
    if (!trial_.run(bill, outcome)) return report_refusal(bill);
    look_at(bill, outcome);
    for (const LayerAmounts& layer : outcome.layers)
      signature = mixed(mixed(signature, layer.paid), layer.base);
  }
  if (signatures_.insert(signature).second) behaviours_.push_back(facts);
}

void PlanSearch::look_at(const BoundBill& bill, const Tried& outcome) {
  for (std::size_t i = 0; i < outcome.layers.size(); ++i)
    if (outcome.layers[i].paid > 0) paying_.insert(plan_.layers[i].name);
  report_clamp(bill, outcome);
}

// ---- accumulators: where they meet a limit

void PlanSearch::find_states() {
  states_.push_back({});
  const Region& region = library_.region;
  const Reads reads = all_reads(plan_);
  for (std::uint32_t order = 0; order < plan_.groups_used.size(); ++order) {
    const Group& group = region.groups[plan_.groups_used[order]];
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      if (!reads.registers.contains(group.members[m].reg)) continue;
      std::set<std::int64_t> values;
      if (group.members[m].type != Type::money) {
        values = critical_values(plan_, group.members[m].reg, false, group.members[m].type);
        values.insert({1, 2, 3});
      } else {
        const std::size_t step = std::max<std::size_t>(1, behaviours_.size() / 4);
        for (std::size_t b = 0; b < behaviours_.size() && values.size() < 60; b += step) {
          BoundBill bill = bill_of(behaviours_[b], {});
          trial_.add_line(bill, kinds_.front(), 20'000'000);
          std::vector<Piece> pieces;
          walker_.walk(bill, {false, order, m, order}, 0, amount_max, pieces);
          for (const Piece& piece : pieces)
            for (const std::int64_t near : {-1, 0, 1}) values.insert(piece.from + near);
        }
      }
      std::erase_if(values, [](std::int64_t value) { return value <= 0 || value > amount_max; });
      std::size_t taken = 0;
      const std::size_t stride = std::max<std::size_t>(1, values.size() / values_per_accumulator);
      for (const std::int64_t value : values)
        if (taken++ % stride == 0) states_.push_back({order, m, value});
    }
  }
}

// ---- walks

void PlanSearch::walk_all() {
  const std::uint64_t before = walker_.evaluations();
  const auto spent = [&] { return walker_.evaluations() - before; };
  const auto round = [&](std::size_t first_state, std::size_t last_state, std::uint64_t until) {
    // Behaviours in an order that visits distant ones first, so that a budget that ends early has seen all sorts.
    const std::size_t count = behaviours_.size();
    std::size_t stride = count / 2 + 1;
    while (std::gcd(stride, count) != 1) ++stride;
    std::size_t at = 0;
    for (std::size_t n = 0; n < count && spent() < until; ++n, at = (at + stride) % count)
      for (std::size_t s = first_state; s < last_state && spent() < until; ++s)
        for (const LineKind& kind : kinds_) walk_one(behaviours_[at], kind, states_[s]);
  };
  round(0, 1, budget_.evaluations * 6 / 10);
  round(1, states_.size(), budget_.evaluations);
}

void PlanSearch::walk_one(const std::vector<std::int64_t>& facts, const LineKind& kind, const State& state) {
  BoundBill bill = bill_of(facts, state);
  trial_.add_line(bill, kind, 0);
  const auto along = [&](BoundBill& walked) {
    const WalkVariable variable{true, 0, 0, 0};
    std::vector<Piece> pieces;
    const bool complete = walker_.walk(walked, variable, 0, amount_max, pieces);
    ++coverage_.walks;
    coverage_.pieces += pieces.size();
    if (!complete) ++coverage_.incomplete_walks;
    report_ratios(walked);
    judge(walked, variable, pieces);
  };
  along(bill);
  if (kind.fields == kinds_.front().fields) return;
  BoundBill beside =
      bill_of(facts, state);  // a line that counts little alone, beside one that has passed the deductible
  trial_.add_line(beside, kind, 0);
  trial_.add_line(beside, kinds_.front(), companion_amount);
  along(beside);
}

// ---- random bills: directions along which no walk went

void PlanSearch::random_pairs() {
  const auto amount = [&] {
    std::int64_t most = 100'000;
    for (auto size = random_() % 5; size > 0; --size) most *= 6;
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(most));
  };
  Tried less, more;
  for (std::uint64_t n = 0; n < budget_.random_bills; ++n) {
    BoundBill bill = bill_of(behaviours_[random_() % behaviours_.size()], {});
    for (auto count = random_() % 4; count > 0 && states_.size() > 1; --count) {
      const State& state = states_[random_() % states_.size()];
      if (state.value != 0) bill.rows[state.row].values[state.member] = state.value;
    }
    for (auto count = 1 + random_() % 4; count > 0; --count)
      trial_.add_line(bill, kinds_[random_() % kinds_.size()], amount());
    const WalkVariable variable{true, random_() % bill.lines.size(), 0, 0};
    constexpr std::int64_t steps[] = {1, 10'000, 1'000'000};
    const std::int64_t low = bill.lines[variable.index].fields[line_amount],
                       high = low + steps[random_() % 3];
    if (!trial_.run(bill, less)) continue;
    look_at(bill, less);
    if (!trial_.run_at(bill, variable, high, more)) continue;
    if (falls(less, more) || pays_less(less, more)) judge_pair(bill, variable, low, high);
  }
}

}  // namespace fenming
