// The reference's folding: bills assessed one after the other from nothing, money added up from nothing.
#include <fmt/format.h>

#include <algorithm>

#include "policy/workspace.h"
#include "walk/reference.h"

namespace fenming::walk {
namespace {

std::string fact_text(const Library& library, std::uint32_t reg, std::int64_t value,
                      const std::map<std::string, FactValue>& facts) {
  const Region& region = library.region;
  if (reg >= region.facts.size()) return std::to_string(value);  // of the calendar
  const Fact& fact = region.facts[reg];
  if (fact.type == Type::code) return region.domains[fact.domain].members.at(static_cast<std::size_t>(value));
  return facts.at(fact.name).text;  // an id: only the bill knows its text
}

std::string key_name(const Library& library, std::uint32_t reg) {
  static const char* const calendar[] = {"year", "quarter", "month", "period"};
  const Region& region = library.region;
  return reg < region.facts.size() ? region.facts[reg].name : calendar[reg - region.year()];
}

std::string value_text(Type type, std::int64_t value) {
  return type == Type::money ? to_text(Money::from_fen(value)) : std::to_string(value);
}

FactValue text_fact(const std::string& name, const std::string& text) {
  return {name, FactValue::Kind::text, text, {}};
}

}  // namespace

std::int64_t Reference::Amounts::benefits() const {
  std::int64_t sum = account + family;
  for (const auto& [fund, fen] : funds) sum += fen;
  return sum;
}

// Puts what the bill comes to into `settlement` and its accumulators into `rows`; false: refused.
bool Reference::assess_into(Settlement& settlement, Rows& rows) {
  const Library& library = *settlement.made.library;
  Bill bill;
  bill.id = settlement.name, bill.region = library.region.code, bill.visit_kind = settlement.made.kind;
  bill.from = settlement.made.from, bill.to = settlement.made.to;
  bill.settle = settlement.made.settle, bill.known = settlement.made.known;
  for (const auto& [name, fact] : settlement.made.facts) bill.facts.push_back(fact);
  bill.lines = settlement.made.lines, bill.total = settlement.made.total;
  for (const auto& [name, values] : rows) {
    if (name.psn_no != settlement.psn_no || values.empty()) continue;
    AccumulatorRow& row = bill.accumulators.emplace_back();
    row.group = name.group;
    for (const auto& [key, text] : name.key) row.key.push_back(text_fact(key, text));
    for (const auto& [member, text] : values) row.values.push_back(text_fact(member, text));
  }
  const auto bound = bind(library, bill);
  if (!bound || assess(library, *bound, *workspace_, assessment_) || require_lines(*bound, assessment_))
    return false;
  Amounts amounts;
  amounts.total = assessment_.total;
  for (std::size_t f = 0; f < assessment_.funds.size(); ++f)
    if (library.region.funds[f].role == FundRole::fund && assessment_.funds[f] != 0)
      amounts.funds[library.region.funds[f].name] = assessment_.funds[f];
  amounts.account = assessment_.split->account().fen(), amounts.family = assessment_.split->family().fen();
  amounts.provider = assessment_.split->provider().fen(), amounts.cash = assessment_.split->cash().fen();
  settlement.fresh = amounts;
  settlement.rows.clear();
  for (std::size_t r = 0; r < assessment_.row_count; ++r) {
    const AccumulatorResult& result = assessment_.rows[r];
    const Group& group = library.region.groups[result.group];
    Touched touched{{settlement.psn_no, group.name, {}}, {}, {}};
    for (std::size_t k = 0; k < group.key.size(); ++k)
      touched.name.key.emplace_back(key_name(library, group.key[k]),
                                    fact_text(library, group.key[k], result.key[k], settlement.made.facts));
    std::ranges::sort(touched.name.key);
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      const auto& [name, type, reg] = group.members[m];
      if (result.before[m] != 0) touched.before[name] = value_text(type, result.before[m]);
      if (result.after[m] != 0) touched.after[name] = value_text(type, result.after[m]);
    }
    if (touched.before.empty() && touched.after.empty()) continue;
    rows[touched.name] = touched.after;
    if (touched.after.empty()) rows.erase(touched.name);
    settlement.rows.push_back(std::move(touched));
  }
  return true;
}

namespace {

// No payer pays less than before, nobody pays more than the bill.
auto with_gains(const auto& before, auto next, const Region& region) {
  for (const auto& [fund, fen] : before.funds) next.funds[fund] = std::max(next.funds[fund], fen);
  next.provider = std::max(next.provider, before.provider);
  std::int64_t excess = next.benefits() + next.provider - next.total;
  const std::int64_t less = std::clamp<std::int64_t>(excess, 0, next.provider - before.provider);
  next.provider -= less, excess -= less;
  for (auto fund = region.funds.rbegin(); fund != region.funds.rend(); ++fund) {
    const auto at = next.funds.find(fund->name);
    if (at == next.funds.end() || excess <= 0) continue;
    const auto old = before.funds.find(fund->name);
    const std::int64_t gain = at->second - (old == before.funds.end() ? 0 : old->second);
    const std::int64_t cut = std::min(excess, gain);
    at->second -= cut, excess -= cut;
  }
  for (std::int64_t* part : {&next.account, &next.family}) {
    const std::int64_t cut = std::clamp<std::int64_t>(excess, 0, *part);
    *part -= cut, excess -= cut;
  }
  std::erase_if(next.funds, [](const auto& share) { return share.second == 0; });
  next.cash = next.total - next.benefits() - next.provider;
  return next;
}

}  // namespace

Reference::Case Reference::case_again(const Settlement& one, bool again) {
  Case made = one.made;
  if (!again) return made;
  for (const auto& [fact, fen] : {std::pair{"account", one.counted.account}, {"family", one.counted.family}})
    if (const auto at = made.facts.find(fact); at != made.facts.end())  // account money only moves back
      at->second.text = to_text(Money::from_fen(fen));
  made.total.reset();
  return made;
}

// What `names` came to until each late status of which only gains were given: the whole shard folded as it was then.
Reference::ByName Reference::floors_of(const std::set<std::string>& names) {
  std::set<std::int64_t> events;
  for (const Settlement& one : live_)
    for (const Floor& floor : one.floors)
      if (names.contains(one.name)) events.insert(floor.event);
  ByName floors;
  for (const std::int64_t event : events) {
    Rows rows;
    for (const Settlement& one : live_) {
      if (one.number > event) break;
      Settlement then = one;
      const auto floor =
          std::ranges::find_if(then.floors, [&](const Floor& any) { return any.event >= event; });
      const bool has = floor != then.floors.end();
      if (has) then.made.facts = floor->facts;
      then.made = case_again(then, names.contains(one.name));
      if (!assess_into(then, rows)) broken_ = one.name + " was settled once and is refused now";
      if (!has || floor->event != event) continue;
      const auto lower = floors.find(one.name);
      floors[one.name] = lower == floors.end()
                             ? then.fresh
                             : with_gains(lower->second, then.fresh, one.made.library->region);
    }
  }
  return floors;
}

// All over again: `names` count as they come out now; of the others nothing may change.
void Reference::recompute(const std::set<std::string>& names, bool gains_only) {
  const ByName floors = gains_only ? ByName() : floors_of(names);
  rows_.clear();
  for (Settlement& one : live_) {
    const bool again = names.contains(one.name);
    one.made = case_again(one, again);
    const Amounts before = one.fresh;
    if (!assess_into(one, rows_)) {
      broken_ = "what was settled as " + one.name + " is refused now";
      return;
    }
    const bool same = before.funds == one.fresh.funds && before.account == one.fresh.account &&
                      before.family == one.fresh.family && before.provider == one.fresh.provider;
    if (!again && !same) broken_ = one.name + " is out of scope and came out otherwise";
    if (!again) continue;
    const auto floor = floors.find(one.name);
    const Region& region = one.made.library->region;
    if (gains_only)
      one.counted = with_gains(one.counted, one.fresh, region);
    else
      one.counted = floor == floors.end() ? one.fresh : with_gains(floor->second, one.fresh, region);
    if (one.counted.cash < 0) broken_ = one.name + " is paid more than it comes to";
  }
}

// All of a person from there on, and whatever a late status reached that set one of them a floor.
std::set<std::string> Reference::reached(const std::string& psn_no, std::int64_t first) const {
  for (std::int64_t before = first + 1; before != first;) {
    before = first;
    for (const Settlement& one : live_)
      if (one.psn_no == psn_no && one.number >= before)
        for (const Floor& floor : one.floors) first = std::min(first, floor.first);
  }
  std::set<std::string> names;
  for (const Settlement& one : live_)
    if (one.psn_no == psn_no && one.number >= first) names.insert(one.name);
  return names;
}

// Whether a later one read a row that it wrote.
bool Reference::later_in_scope(const Settlement& settlement) const {
  std::set<RowName> written;
  for (const Touched& row : settlement.rows)
    if (row.before != row.after) written.insert(row.name);
  return std::ranges::any_of(live_, [&](const Settlement& one) {
    return one.number > settlement.number &&
           std::ranges::any_of(one.rows, [&](const Touched& row) { return written.contains(row.name); });
  });
}

std::map<std::string, std::int64_t> Reference::balances() const {
  std::map<std::string, std::int64_t> sums;
  for (const auto& [owner, reason, fen] : credits_)
    sums["personal " + owner] += fen, sums["contribution " + reason] -= fen;
  for (const auto& [visit, psn_no, fen] : deposits_)
    sums["deposit " + visit] += fen, sums["cash " + psn_no] -= fen;
  for (const Settlement& one : live_) {
    if (one.pending) {
      sums["personal " + one.psn_no] -= one.first.account, sums["hold " + one.psn_no] += one.first.account;
      sums["personal " + one.payer] -= one.first.family, sums["hold " + one.payer] += one.first.family;
      continue;
    }
    for (const auto& [fund, fen] : one.counted.funds) sums["fund " + fund] -= fen;
    sums["personal " + one.psn_no] -= one.counted.account;
    sums["personal " + one.payer] -= one.counted.family;
    sums["receivable " + one.psn_no] +=
        one.counted.benefits() + one.counted.provider - one.base.benefits() - one.base.provider;
    sums["reduction " + one.provider] -= one.counted.provider;
    if (one.provider.empty()) {
      sums["claimant " + one.psn_no] += one.base.benefits();
      continue;
    }
    sums["cash " + one.psn_no] -= one.base.cash;
    sums["provider " + one.provider] += one.base.total;
  }
  std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
  return sums;
}

std::int64_t Reference::balance(const std::string& account) const {
  const auto sums = balances();
  const auto at = sums.find(account);
  return at == sums.end() ? 0 : at->second;
}

std::vector<std::string> Reference::normal_form() const {
  std::vector<std::string> lines;
  std::int64_t sum = 0;
  for (const auto& [account, fen] : balances()) {
    lines.push_back(fmt::format("balance {} {}", account, to_text(Money::from_fen(fen))));
    sum += fen;
  }
  if (sum != 0) lines.push_back("the reference itself is out of balance");
  for (const auto& [name, values] : rows_) {
    std::string key;
    for (const auto& [fact, text] : name.key) key += (key.empty() ? "" : ", ") + fact + " " + text;
    for (const auto& [member, text] : values)
      lines.push_back(fmt::format("row {} {}.{} [{}] {}", name.psn_no, name.group, member, key, text));
  }
  std::map<std::string, int> count;
  for (const Settlement& one : live_) {
    ++count[one.psn_no];
    if (one.pending || one.confirmed)
      lines.push_back(fmt::format("settlement {} {}", one.name, one.pending ? "pending" : "confirmed"));
  }
  for (const auto& [name, undone] : undone_)
    lines.push_back(fmt::format("settlement {} {}", name, undone.how));
  for (const auto& [psn_no, number] : count) lines.push_back(fmt::format("live {} {}", psn_no, number));
  static const char* const states[] = {"open", "closed", "cancelled"};
  for (const auto& [name, visit] : visits_) {
    lines.push_back(fmt::format("visit {} {} {} {}..{} {}", name, visit.psn_no, visit.kind,
                                to_text(visit.begin), to_text(visit.end),
                                states[static_cast<int>(visit.state)]));
    for (std::size_t i = 0; i < visit.lines.size(); ++i) {
      const Line& line = visit.lines[i];
      lines.push_back(fmt::format("line {} {} {} {}", name, i, line.fee.line.id,
                                  line.removed              ? "removed"
                                  : line.settled_by.empty() ? "open"
                                                            : "settled"));
    }
    for (const auto& [batch, by] : visit.batches)
      lines.push_back(fmt::format("batch {} {} {}", name, batch, by));
  }
  for (const auto& [name, claim] : claims_) lines.push_back(fmt::format("claim {} {}", name, claim.decided));
  for (const auto& [psn_no, person] : persons_) {
    for (const auto& [key, span] : person.spans)
      lines.push_back(fmt::format("status {} {}={} {}..{}", psn_no, span.fact.name, span.fact.text,
                                  to_text(span.from), to_text(span.to)));
    for (const auto& [user, days] : person.consents)
      lines.push_back(
          fmt::format("consent {} for {} {}..{}", psn_no, user, to_text(days.first), to_text(days.second)));
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace fenming::walk
