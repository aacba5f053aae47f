#include "policy/assess.h"

#include <fmt/format.h>

#include "policy/runner.h"
#include "policy/workspace.h"

namespace fenming {

bool cut_stay(const Region& region, Date from, Date to, std::int64_t days, bool year_end,
              std::vector<PartDates>& parts) {
  parts.clear();
  Date start = from;
  while (true) {
    if (parts.size() == parts_max) return false;
    std::int64_t next = to.days + 1;  // first day of the part after this one
    if (days > 0 && start.days + days < to.days) next = start.days + days;
    if (year_end) {
      const std::int64_t year = calendar_facts(region, start).year;
      const auto new_year = make_date(static_cast<int>(year) + 1, region.year_month, region.year_day);
      if (new_year && new_year->days <= to.days && new_year->days < next) next = new_year->days;
    }
    const bool last = next > to.days;
    parts.push_back({start, last ? to : Date{static_cast<std::int32_t>(next - 1)}});
    if (last) return true;
    start = Date{static_cast<std::int32_t>(next)};
  }
}

CalendarFacts calendar_facts(const Region& region, Date date) {
  const CivilDay day = civil(date);
  const bool before_start =
      day.month < region.year_month || (day.month == region.year_month && day.day < region.year_day);
  return {day.year - (before_start ? 1 : 0), day.year * 10LL + (day.month + 2) / 3,
          day.year * 100LL + day.month};
}

Date calendar_date(const Region& region, Date from, Date to, Date settle) {
  if (region.year_by == PickDate::settle) return settle;
  return region.year_by == PickDate::service ? from : to;
}

std::vector<std::int64_t> first_part_key(const Region& region, const BoundBill& bill,
                                         const Assessment& assessment, std::uint32_t group) {
  const PartResult& part = assessment.parts.front();
  const CalendarFacts facts = calendar_facts(region, calendar_date(region, part.from, part.to, bill.settle));
  const Date end = assessment.part_count > 1 ? assessment.parts[1].from : bill.to;
  const std::int64_t calendar[] = {
      facts.year,     facts.quarter, facts.month,     day_number(part.from), nights(part.from, end),
      part.from.days, part.to.days,  bill.settle.days};
  std::vector<std::int64_t> key;
  for (const std::uint32_t reg : region.groups.at(group).key)
    key.push_back(reg < region.facts.size() ? bill.facts[reg] : calendar[reg - region.year()]);
  return key;
}

std::int64_t nights(Date from, Date to) { return std::max(1, to.days - from.days); }

std::int64_t day_number(Date date) {
  const CivilDay day = civil(date);
  return (day.year * 100LL + day.month) * 100LL + day.day;
}

Date picking_date(PickDate by, const BoundBill& bill, Date service) {
  if (by == PickDate::settle) return bill.settle;
  return by == PickDate::service ? service : bill.to;
}

const PolicyVersion* version_on(const Library& library, std::size_t policy, Date date, Date known) {
  for (const std::uint32_t index : library.by_policy[policy]) {  // the latest release first
    const PolicyVersion& version = library.versions[index];
    if (version.known <= known && version.in_force_from <= date && date <= version.in_force_to)
      return &version;
  }
  return nullptr;
}

const Plan* plan_on(const PolicyVersion& version, Date date) {
  const Plan* found = &version.plans.front();
  for (const Plan& plan : version.plans)
    if (plan.from <= date) found = &plan;
  return found;
}

std::optional<Error> require_facts(const Region& region, const BoundBill& bill,
                                   const std::vector<std::uint32_t>& facts) {
  for (const std::uint32_t index : facts) {
    if (bill.fact_given[index] != 0) continue;
    const Fact& fact = region.facts[index];
    return Error{Code::fact_missing,
                 "/facts/" + fact.name,
                 fact.name,
                 {fact.labels.zh.empty() ? fact.name : fact.labels.zh}};
  }
  return std::nullopt;
}

namespace {

// Why a policy does not govern the day, by the key of its text: "inpatient (in_force 2025-01-01..)".
std::string exclusion(const Library& library, const std::vector<std::uint32_t>& versions, Date date,
                      Date known) {
  std::optional<Date> release;
  Date first = date_max, last = date_min;  // the days that all versions govern together
  for (const std::uint32_t index : versions) {
    const PolicyVersion& version = library.versions[index];
    const bool in_force = date >= version.in_force_from && date <= version.in_force_to;
    if (in_force && version.known <= known) return version.policy + " (for)";
    if (in_force) release = release ? std::min(*release, version.known) : version.known;
    first = std::min(first, version.in_force_from);
    last = std::max(last, version.in_force_to);
  }
  const std::string& name = library.versions[versions.front()].policy;
  if (release) return fmt::format("{} (known {})", name, to_text(*release));
  return fmt::format("{} (in_force {}..{})", name, first > date_min ? to_text(first) : "",
                     last < date_max ? to_text(last) : "");
}

}  // namespace

Error no_policy(const Library& library, const BoundBill& bill, Date date, const Choice* first,
                const Choice* second) {
  if (first != nullptr) return {Code::policy_two, "", "", {first->version->policy, second->version->policy}};
  std::string reasons;
  for (const auto& versions : library.by_policy)
    reasons += (reasons.empty() ? "" : ", ") + exclusion(library, versions, date, bill.known);
  return {Code::policy_none, "", "", {to_text(date), to_text(bill.known), reasons}};
}

Error rule_failed(std::string_view where) { return {Code::rule_failed, "", std::string(where), {}}; }

Error negative_layer(const LayerPlan& layer) { return {Code::layer_negative, "", layer.name, {}}; }

Error balance_overdrawn(const PolicyVersion& version, const std::string& fact, std::int64_t paid,
                        std::int64_t held) {
  return {Code::balance_overdrawn,
          "/facts/" + fact,
          version.policy,
          {fact, to_text(Money::from_fen(paid)), to_text(Money::from_fen(held))}};
}

Error stay_too_long(const BoundBill& bill) {
  return {Code::split_too_long,
          "/visit/from",
          fmt::format("{}..{}", to_text(bill.from), to_text(bill.to)),
          {std::to_string(parts_max)}};
}

std::optional<Error> assess(const Library& library, const BoundBill& bill, Workspace& workspace,
                            Assessment& out) {
  if (library.narrow) {
    Plain<std::int64_t> arithmetic;
    auto error = Runner(library, bill, arithmetic, workspace.narrow, workspace.parts, out).run();
    if (!arithmetic.overflowed()) return error;
  }
  return assess_wide(library, bill, workspace, out);
}

std::optional<Error> assess_wide(const Library& library, const BoundBill& bill, Workspace& workspace,
                                 Assessment& out) {
  Plain<Wide> arithmetic;
  return Runner(library, bill, arithmetic, workspace.wide, workspace.parts, out).run();
}

std::optional<Error> require_lines(const BoundBill& bill, const Assessment& assessment) {
  const PartResult& part = assessment.parts.front();
  if (!bill.lines.empty() || part.plan->charged.kind != Slot::Kind::none) return std::nullopt;
  return Error{Code::lines_missing, "/lines", "", {part.version->policy}};
}

}  // namespace fenming
