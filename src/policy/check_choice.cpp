// The choice of the policy: facts to which none applies, facts to which two apply. On the last day the library knows for holes, on every
// stretch of dates for clashes.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "policy/check_parts.h"
#include "policy/fact_space.h"
#include "policy/runner.h"

namespace fenming {
namespace {

constexpr std::uint64_t points_max = 200'000;
constexpr std::size_t holes_max = 40;

class ChoiceCheck {
 public:
  ChoiceCheck(const Library& library, CheckReport& report, FindingList& findings)
      : library_(library), region_(library.region), report_(report), findings_(findings) {}

  void run() {
    std::set<std::uint32_t> read;
    std::vector<const Plan*> plans;
    for (const PolicyVersion& version : library_.versions)
      for (const Plan& plan : version.plans) {
        read.insert(plan.facts_for.begin(), plan.facts_for.end());
        plans.push_back(&plan);
      }
    const FactSpace space(region_, plans, {read.begin(), read.end()});
    report_.choices = space.size();
    report_.choices_tried = std::min(space.size(), points_max);
    const std::vector<Date> days = stretches();
    if (days.empty()) return;
    for (const Date day : days) {
      std::vector<bool> covered(report_.choices_tried);
      const std::uint64_t stride = space.size() / report_.choices_tried;
      for (std::uint64_t point = 0; point < covered.size(); ++point)
        covered[point] = applies(space, point * stride, day);
      if (day == days.back() && covered.size() == space.size()) holes(space, covered, day);
    }
  }

 private:
  // First days of the stretches on which some policy is in force.
  std::vector<Date> stretches() const {
    std::set<Date> days;
    for (const PolicyVersion& version : library_.versions) {
      if (version.in_force_to < date_max) days.insert(Date{version.in_force_to.days + 1});
      for (const Plan& plan : version.plans) days.insert(plan.from);
    }
    std::vector<Date> kept;
    for (const Date day : days) {
      for (std::size_t policy = 0; policy < library_.by_policy.size(); ++policy)
        if (version_on(library_, policy, day, date_max) != nullptr) {
          kept.push_back(day);
          break;
        }
    }
    return kept;
  }

  std::vector<std::pair<std::string, std::string>> named(const FactSpace& space,
                                                         const std::vector<std::int64_t>& facts,
                                                         const std::vector<bool>& fixed) const {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t i = 0; i < space.axes().size(); ++i) {
      const Fact& fact = region_.facts[space.axes()[i].fact];
      if (fixed.empty() || fixed[i])
        pairs.emplace_back(fact.name, fact_text(region_, fact, facts[space.axes()[i].fact]));
    }
    return pairs;
  }

  static std::string joined(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::string text;
    for (const auto& [name, value] : pairs) text += (text.empty() ? "" : ",") + name + "=" + value;
    return text;
  }

  bool applies(const FactSpace& space, std::uint64_t point, Date day) {
    std::vector<std::int64_t> facts = plain_facts(region_);
    space.set(point, facts);
    const PolicyVersion* first = nullptr;
    for (std::size_t policy = 0; policy < library_.by_policy.size(); ++policy) {
      const PolicyVersion* version = version_on(library_, policy, day, date_max);
      if (version == nullptr || !holds(*plan_on(*version, day), facts, day)) continue;
      if (first != nullptr) clash(*first, *version, named(space, facts, {}), day);
      first = version;
    }
    return first != nullptr;
  }

  bool holds(const Plan& plan, const std::vector<std::int64_t>& facts, Date day) {
    if (plan.applies.kind == Slot::Kind::none) return true;
    std::vector<Wide> registers(std::max(plan.register_count, region_.register_count()));
    std::ranges::copy(facts, registers.begin());
    const CalendarFacts calendar = calendar_facts(region_, day);
    registers[region_.year()] = calendar.year;
    registers[region_.quarter()] = calendar.quarter;
    registers[region_.month()] = calendar.month;
    registers[region_.period()] = day_number(day);
    registers[region_.days()] = 1;
    for (const std::uint32_t reg : {region_.from(), region_.to(), region_.settle()})
      registers[reg] = day.days;
    Plain<Wide> arithmetic;
    Engine<Plain<Wide>> engine(region_, plan, arithmetic, registers.data());
    return arithmetic.truth(engine.slot(plan.applies));
  }

  void clash(const PolicyVersion& a, const PolicyVersion& b,
             std::vector<std::pair<std::string, std::string>> facts, Date day) {
    Example example;
    example.policy = a.policy;
    example.date = day;
    const std::string text = joined(facts);
    example.facts = std::move(facts);
    findings_.add("two-policies:" + a.policy + "+" + b.policy, Level::error, Code::check_clash, b.place, text,
                  {a.policy, b.policy, text}, std::move(example));
  }

  // Each hole as the fewest facts that make it: a fact is left out when the hole stays one for all its values.
  void holes(const FactSpace& space, const std::vector<bool>& covered, Date day) {
    std::vector<bool> told(space.size());
    std::size_t count = 0;
    for (std::uint64_t point = 0; point < space.size() && count < holes_max; ++point) {
      if (covered[point] || told[point]) continue;
      std::vector<bool> fixed(space.axes().size(), true);
      for (std::size_t axis = fixed.size(); axis-- > 0;) {
        fixed[axis] = false;
        if (!all_uncovered(space, covered, point, fixed)) fixed[axis] = true;
      }
      each_like(space, point, fixed, [&](std::uint64_t other) {
        told[other] = true;
        return true;
      });
      hole(space, point, fixed, day);
      ++count;
    }
  }

  void hole(const FactSpace& space, std::uint64_t point, const std::vector<bool>& fixed, Date day) {
    std::vector<std::int64_t> facts = plain_facts(region_);
    space.set(point, facts);
    Example example;
    example.date = day > date_min ? day : *make_date(2024, 6, 20);
    example.facts = named(space, facts, fixed);
    const std::string text = joined(example.facts);
    findings_.add("no-policy:" + text, Level::warning, Code::check_hole, {0, "", -1, -1, 1, 1}, text, {text},
                  std::move(example));
  }

  static bool all_uncovered(const FactSpace& space, const std::vector<bool>& covered, std::uint64_t point,
                            const std::vector<bool>& fixed) {
    return each_like(space, point, fixed, [&](std::uint64_t other) { return !covered[other]; });
  }

  // Visits every combination that agrees on the fixed axes, until `visit` says no.
  template <class Visit>
  static bool each_like(const FactSpace& space, std::uint64_t point, const std::vector<bool>& fixed,
                        Visit visit) {
    std::vector<std::uint64_t> strides(fixed.size());
    std::uint64_t stride = 1, start = point;
    for (std::size_t i = fixed.size(); i-- > 0;) {
      const std::uint64_t count = space.axes()[i].values.size();
      strides[i] = stride;
      if (!fixed[i]) start -= point / stride % count * stride;
      stride *= count;
    }
    return visit_from(space, fixed, strides, 0, start, visit);
  }

  template <class Visit>
  static bool visit_from(const FactSpace& space, const std::vector<bool>& fixed,
                         const std::vector<std::uint64_t>& strides, std::size_t axis, std::uint64_t at,
                         Visit& visit) {
    if (axis == fixed.size()) return visit(at);
    const std::uint64_t count = fixed[axis] ? 1 : space.axes()[axis].values.size();
    for (std::uint64_t i = 0; i < count; ++i)
      if (!visit_from(space, fixed, strides, axis + 1, at + i * strides[axis], visit)) return false;
    return true;
  }

  const Library& library_;
  const Region& region_;
  CheckReport& report_;
  FindingList& findings_;
};

}  // namespace

void check_choice(const Library& library, CheckReport& report, FindingList& findings) {
  ChoiceCheck(library, report, findings).run();
}

}  // namespace fenming
