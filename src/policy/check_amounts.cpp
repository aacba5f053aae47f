// Amounts: one search for each plan, then what only several bills show together: versions, persons, the order of two bills.
#include <algorithm>
#include <array>
#include <memory>

#include "policy/plan_search.h"

namespace fenming {
namespace {

constexpr std::array<std::int64_t, 7> grid = {30'000,    150'000,    600'000,   2'500'000,
                                              9'000'000, 30'000'000, 90'000'000};
constexpr std::size_t compared_max = 300;
constexpr WalkVariable first_line{true, 0, 0, 0};

using Search = std::unique_ptr<PlanSearch>;

class AmountCheck {
 public:
  AmountCheck(const Library& library, const CheckLimits& limits, CheckReport& report, FindingList& findings)
      : library_(library), limits_(limits), report_(report), findings_(findings) {}

  void run() {
    std::uint64_t plans = 0;
    for (const PolicyVersion& version : library_.versions) plans += version.plans.size();
    if (plans == 0) return;
    report_.coverage.resize(plans);
    const SearchBudget budget{std::max<std::uint64_t>(400, limits_.combinations / plans),
                              limits_.evaluations / plans, limits_.random_bills / plans, limits_.seed};
    std::size_t number = 0;
    for (const PolicyVersion& version : library_.versions) {
      std::vector<Search> searches;
      for (const Plan& plan : version.plans) {
        searches.push_back(std::make_unique<PlanSearch>(library_, version, plan, budget, findings_,
                                                        report_.coverage[number++]));
        searches.back()->run();
      }
      idle_layers(version, searches);
      for (const Search& search : searches) {
        retired(*search);
        order(*search);
      }
      for (Search& search : searches) searches_.push_back(std::move(search));
    }
    later();
  }

 private:
  void idle_layers(const PolicyVersion& version, const std::vector<Search>& searches) {
    if (std::ranges::none_of(searches, [](const Search& search) { return !search->behaviours().empty(); }))
      return;
    for (const LayerPlan& layer : version.plans.back().layers) {
      if (layer.bands.kind == Slot::Kind::none) continue;
      if (std::ranges::any_of(searches,
                              [&](const Search& search) { return search->paying().contains(layer.name); }))
        continue;
      findings_.add("layer-idle:" + version.policy + "." + layer.name, Level::warning, Code::check_layer_idle,
                    layer.place, layer.name, {version.policy, layer.name});
    }
  }

  static bool settle(Trial& trial, const std::vector<std::int64_t>& facts, const LineKind& kind,
                     std::int64_t amount, Tried& outcome) {
    BoundBill bill = trial.bill();
    bill.facts = facts;
    trial.add_line(bill, kind, amount);
    return trial.run(bill, outcome);
  }

  Example example_of(Trial& trial, const std::vector<std::int64_t>& facts, const LineKind& kind,
                     std::int64_t amount) {
    BoundBill bill = trial.bill();
    bill.facts = facts;
    trial.add_line(bill, kind, amount);
    return trial.example(bill, first_line, std::array{amount});
  }

  template <class Visit>  // some behaviours, spread over all of them
  static void some(const PlanSearch& search, Visit visit) {
    const std::size_t step = std::max<std::size_t>(1, search.behaviours().size() / compared_max);
    for (std::size_t b = 0; b < search.behaviours().size(); b += step)
      if (!visit(search.behaviours()[b])) return;
  }

  // ---- retired below active
  void retired(PlanSearch& search) {
    const Region& region = library_.region;
    for (std::size_t f = 0; f < region.facts.size(); ++f) {
      if (region.facts[f].type != Type::code) continue;
      const std::vector<std::string>& members = region.domains.at(region.facts[f].domain).members;
      const auto old = std::ranges::find(members, "retired"), young = std::ranges::find(members, "active");
      if (old == members.end() || young == members.end()) continue;
      some(search, [&](std::vector<std::int64_t> facts) {
        facts[f] = young - members.begin();
        std::vector<std::int64_t> other = facts;
        other[f] = old - members.begin();
        return !compare_persons(search, facts, other);
      });
    }
  }

  bool compare_persons(PlanSearch& search, const std::vector<std::int64_t>& active,
                       const std::vector<std::int64_t>& retired) {
    Trial& trial = search.trial();
    Tried a, r;
    for (const std::int64_t amount : grid) {
      const LineKind& kind = search.kinds().front();
      if (!settle(trial, active, kind, amount, a) || !settle(trial, retired, kind, amount, r)) continue;
      if (r.benefit >= a.benefit - trial.tolerance()) continue;
      Example example = example_of(trial, retired, kind, amount);
      example.bills.insert(example.bills.begin(), {amount, a.benefit, a.person});
      const std::string& policy = trial.version().policy;
      findings_.add("retired-less:" + policy, Level::note, Code::check_retired_less, trial.version().place,
                    policy, {policy}, std::move(example));
      return true;
    }
    return false;
  }

  // ---- the order of two bills
  void order(PlanSearch& search) {
    std::size_t looked = 0;
    some(search, [&](const std::vector<std::int64_t>& facts) {
      for (std::size_t i = 0; i < grid.size(); ++i)
        for (std::size_t j = i + 1; j < grid.size(); ++j)
          if (compare_orders(search, facts, grid[i], grid[j])) return false;
      return ++looked < 12;
    });
  }

  // What both bills get, the second with the accumulators the first has left.
  std::optional<std::int64_t> in_order(Trial& trial, const std::vector<std::int64_t>& facts,
                                       const LineKind& kind, std::int64_t first, std::int64_t second) {
    BoundBill bill = trial.bill();
    bill.facts = facts;
    trial.add_line(bill, kind, first);
    Tried outcome;
    if (!trial.run(bill, outcome)) return std::nullopt;
    std::int64_t sum = outcome.benefit;
    bill.rows.clear();
    const Assessment& done = trial.assessment();
    for (std::size_t r = 0; r < done.row_count; ++r) {
      BoundRow row;
      row.group = done.rows[r].group;
      row.key = done.rows[r].key;
      row.values = done.rows[r].after;
      const auto& key = library_.region.groups[row.group].key;
      const auto is_id = [&](std::uint32_t reg) {
        return reg < library_.region.facts.size() && library_.region.facts[reg].type == Type::id;
      };
      if (std::ranges::none_of(key, is_id))
        bill.rows.push_back(std::move(row));  // the next stay has an id of its own
    }
    set_variable(bill, first_line, second);
    if (!trial.run(bill, outcome)) return std::nullopt;
    return sum + outcome.benefit;
  }

  bool compare_orders(PlanSearch& search, const std::vector<std::int64_t>& facts, std::int64_t small,
                      std::int64_t large) {
    Trial& trial = search.trial();
    const LineKind& kind = search.kinds().front();
    const auto rising = in_order(trial, facts, kind, small, large),
               falling = in_order(trial, facts, kind, large, small);
    const std::int64_t apart = rising && falling ? *rising - *falling : 0;
    if (apart <= 2 * trial.tolerance() && apart >= -2 * trial.tolerance()) return false;
    Example example = example_of(trial, facts, kind, small);
    example.bills = {{small, *rising, small + large - *rising}, {large, *falling, small + large - *falling}};
    const std::string& policy = trial.version().policy;
    findings_.add("order-matters:" + policy, Level::note, Code::check_order, trial.version().place, policy,
                  {policy}, std::move(example));
    return true;
  }

  // ---- a later version pays less
  void later() {
    for (const Search& after : searches_) {
      PlanSearch* before = nullptr;
      for (const Search& other : searches_) {
        const bool same = other->trial().version().policy == after->trial().version().policy &&
                          !other->behaviours().empty() && other->trial().current();
        if (!same || other->trial().plan().from >= after->trial().plan().from) continue;
        if (before == nullptr || before->trial().plan().from < other->trial().plan().from)
          before = other.get();
      }
      if (before != nullptr && after->trial().current()) compare_versions(*before, *after);
    }
  }

  void compare_versions(PlanSearch& before, PlanSearch& after) {
    Tried old, now;
    some(after, [&](const std::vector<std::int64_t>& facts) {
      for (const std::int64_t amount : grid) {
        const LineKind& kind = after.kinds().front();
        if (!settle(before.trial(), facts, kind, amount, old) ||
            !settle(after.trial(), facts, kind, amount, now))
          continue;
        if (now.benefit >= old.benefit - after.trial().tolerance()) continue;
        Example example = example_of(after.trial(), facts, kind, amount);
        example.bills.insert(example.bills.begin(), {amount, old.benefit, old.person});
        const std::string &policy = after.trial().version().policy, date = to_text(after.trial().plan().from);
        findings_.add("later-less:" + policy + "@" + date, Level::note, Code::check_later_less,
                      after.trial().version().place, date, {policy, date}, std::move(example));
        return false;
      }
      return true;
    });
  }

  const Library& library_;
  const CheckLimits& limits_;
  CheckReport& report_;
  FindingList& findings_;
  std::vector<Search> searches_;
};

}  // namespace

void check_amounts(const Library& library, const CheckLimits& limits, CheckReport& report,
                   FindingList& findings) {
  AmountCheck(library, limits, report, findings).run();
}

}  // namespace fenming
