// Computing settlements again on a changed past: after a cancellation where the region says so, and for a late status (laws.md 6.3, 9 c;
// policy-calculus.md 9). A posted settlement never changes: each difference is an adjustment with an id of its own.
//
// Where late statuses give gains only, a settlement counts fund by fund with the best of what it came to before and after each of
// them. Its floors name the facts of before; computed again, all settlements of the person are folded once for each such status, as
// they were then, and once as they are now. So what counts is a function of the settlements that are left and of the statuses, and
// a cancellation that has nothing to do with a status takes nothing of its gains back.
#include <algorithm>
#include <set>

#include "settlement/decider.h"

namespace fenming {
namespace {

void put_amount(std::vector<FactValue>& facts, std::string_view name, std::int64_t fen) {
  const auto known = std::ranges::find(facts, name, &FactValue::name);
  if (known != facts.end()) known->text = to_text(Money::from_fen(fen));
}

std::int64_t share_of(const SettlementResult& result, const std::string& fund) {
  const auto at = std::ranges::find(result.shares, fund, &Share::fund);
  return at == result.shares.end() ? 0 : at->fen;
}

// Fund by fund the better of two, and never more than is left of the bill: of account money no more than in either, and what a fund gains
// ends where nothing is left.
void keep_gains(const SettlementResult& before, SettlementResult& after) {
  for (const Share& old_share : before.shares) {
    const auto at = std::ranges::find(after.shares, old_share.fund, &Share::fund);
    if (at == after.shares.end())
      after.shares.push_back(old_share);
    else
      at->fen = std::max(at->fen, old_share.fen);
  }
  after.provider_part = std::max(after.provider_part, before.provider_part);
  after.account = std::min(after.account, before.account);
  after.family = std::min(after.family, before.family);
  const auto sum = [&] {
    std::int64_t funds = 0;
    for (const Share& share : after.shares) funds += share.fen;
    return funds;
  };
  std::int64_t excess = sum() + after.account + after.family + after.provider_part - after.total;
  const std::int64_t reduction =  // the provider pays behind the funds
      std::clamp<std::int64_t>(excess, 0,
                               after.provider_part - std::min(after.provider_part, before.provider_part));
  after.provider_part -= reduction;
  excess -= reduction;
  for (auto share = after.shares.rbegin(); share != after.shares.rend() && excess > 0; ++share) {
    const std::int64_t cut =
        std::min(excess, share->fen - std::min(share->fen, share_of(before, share->fund)));
    share->fen -= cut;
    excess -= cut;
  }
  after.funds = sum();
  after.cash = after.total - after.funds - after.account - after.family - after.provider_part;
}

bool same_facts(const std::vector<FactValue>& one, const std::vector<FactValue>& other) {
  return std::ranges::equal(one, other, [](const FactValue& a, const FactValue& b) {
    return a.name == b.name && a.kind == b.kind && a.text == b.text && a.list == b.list;
  });
}

bool same_amounts(const SettlementResult& one, const SettlementResult& other) {
  const auto amounts = [](const SettlementResult& r) {
    return std::tie(r.total, r.over, r.out, r.prepay, r.in_scope, r.charged, r.deductible, r.funds, r.account,
                    r.family, r.cash, r.provider_part, r.shares, r.lines, r.policies);
  };
  return amounts(one) == amounts(other);
}

// With what facts it counted until that status came.
const std::vector<FactValue>& facts_before(const std::vector<Floor>& floors, std::uint64_t event,
                                           const std::vector<FactValue>& now) {
  const auto at = std::ranges::lower_bound(floors, event, {}, &Floor::event);
  return at == floors.end() ? now : at->facts;
}

bool has_floor(const std::vector<Floor>& floors, std::uint64_t event) {
  return std::ranges::binary_search(floors, event, {}, &Floor::event);
}

}  // namespace

// ---- Which

// Settlements of a person that count, under all numbers, back to the first record that is `behind`, in journal order.
Result<std::vector<Decider::Live>> Decider::live_since(const std::string& psn_no, const Behind& behind) {
  std::vector<Live> found;
  for (const std::string& number : numbers_of(psn_no, position_))
    if (auto refused = add_live_since(number, behind, found)) return std::unexpected(std::move(*refused));
  std::ranges::sort(found, {}, &Live::position);
  return found;
}

Decider::Refusal Decider::add_live_since(const std::string& number, const Behind& behind,
                                         std::vector<Live>& found) {
  auto at = static_cast<std::uint64_t>(read_integer(objects_.object(person_object(number)).find(last_cell)));
  while (at != 0) {
    const auto record = records_.at(at);
    if (!record) return record.error();
    if (behind(at, **record)) break;
    for (const SettlementResult& result : (*record)->results) {
      if (result.kind != ResultKind::settled || result.psn_no != number) continue;
      auto one = live(result.settlement);
      if (!one) return one.error();
      if (one->state.status != SettlementStatus::cancelled && one->state.status != SettlementStatus::expired)
        found.push_back(std::move(*one));
    }
    const auto link = std::ranges::find((*record)->persons, number, &PersonLink::psn_no);
    at = link == (*record)->persons.end() ? 0 : link->previous;
  }
  return std::nullopt;
}

// Takes in whatever else a status reached that set a floor to one of them.
Decider::Refusal Decider::reach_floors(const std::string& psn_no, const std::string& without,
                                       std::vector<Live>& found) {
  for (;;) {
    std::uint64_t first = UINT64_MAX;
    for (const Live& one : found)
      for (const Floor& floor : one.floors) first = std::min(first, floor.first);
    if (found.empty() || first >= found.front().position) return std::nullopt;
    auto more = live_since(psn_no, [&](std::uint64_t position, const Decision&) { return position < first; });
    if (!more) return more.error();
    std::erase_if(*more, [&](const Live& one) { return one.id == without; });
    if (more->size() == found.size()) return std::nullopt;
    found = std::move(*more);
  }
}

// What has to be computed again when a settlement goes: all later ones of the person, as one that comes out otherwise may change
// what others read; none when it changed nothing that a later one read, now or before a status that set a floor.
Result<std::vector<Decider::Again>> Decider::again_without(const Live& settlement, bool in_scope) {
  const std::string psn_no = now_called(settlement.original->psn_no);
  auto found = live_since(
      psn_no, [&](std::uint64_t position, const Decision&) { return position <= settlement.position; });
  if (!found) return std::unexpected(found.error());
  const bool floors = std::ranges::any_of(*found, [](const Live& one) { return !one.floors.empty(); });
  if (!in_scope && !floors) return std::vector<Again>();
  if (auto refused = reach_floors(psn_no, settlement.id, *found)) return std::unexpected(std::move(*refused));
  std::vector<Again> again;
  for (Live& one : *found) {
    Again& made = again.emplace_back(std::move(one), std::vector<FactValue>(), std::vector<Floor>());
    made.facts = made.live.counted->facts;
    made.floors = made.live.floors;
  }
  return again;
}

// ---- What they come to

Decider::Refusal Decider::assess_again(const Again& again, const std::vector<FactValue>& facts,
                                       SettlementResult& after) {
  const Live& one = again.live;
  const SettlementResult& before = *one.counted;
  auto made = case_again(one, facts);
  if (!made) return made.error();
  // Account money only moves back (policy-calculus.md 9): where the policy asks what there is, and where it asks nothing (below).
  put_amount(made->facts, "account", before.account);
  put_amount(made->facts, "family", before.family);
  after.kind = ResultKind::adjusted;
  after.corrects = one.id;
  after.psn_no = before.psn_no, after.provider = before.provider, after.visit = before.visit,
  after.payer = before.payer;
  after.interim = before.interim, after.pending = one.state.status == SettlementStatus::pending;
  after.uploaded = before.uploaded;
  if (auto refused =
          assess_case(std::move(*made), one.record->rules, one.record->catalogue, after, one.position))
    return refused;
  for (const auto part : {&SettlementResult::account, &SettlementResult::family}) {
    const std::int64_t above = std::max<std::int64_t>(0, after.*part - before.*part);
    after.*part -= above;
    after.cash += above;
  }
  return std::nullopt;
}

// All that were settled before a status, as they counted until it came. What is folded for it is not kept.
Decider::Refusal Decider::add_world(const std::vector<Again>& settlements, std::uint64_t event,
                                    Floors& floors) {
  const std::size_t results = out_.results.size();
  const std::vector<Change> changes = out_.changes;
  Refusal refused;
  for (const Again& one : settlements) {
    if (one.live.position > event || refused) break;
    SettlementResult then;
    refused = assess_again(one, facts_before(one.floors, event, one.facts), then);
    if (refused) break;
    out_.results.push_back(then);
    if (!has_floor(one.floors, event)) continue;
    if (const auto lower = floors.find(one.live.position); lower != floors.end())
      keep_gains(lower->second, then);
    floors[one.live.position] = std::move(then);
  }
  out_.results.resize(results);
  out_.changes = changes;
  forget();
  return refused;
}

Result<Decider::Floors> Decider::floors_of(const std::vector<Again>& settlements) {
  std::set<std::uint64_t> events;
  for (const Again& one : settlements)
    for (const Floor& floor : one.floors) events.insert(floor.event);
  Floors floors;
  for (const std::uint64_t event : events)
    if (auto refused = add_world(settlements, event, floors)) return std::unexpected(std::move(*refused));
  return floors;
}

// `settlements` in journal order; what they added to the rows has been taken out already. `gains_only`: none is to come to less than it
// does now.
Decider::Refusal Decider::compute_again(const std::vector<Again>& settlements, bool gains_only) {
  const auto floors = gains_only ? Floors() : floors_of(settlements);
  if (!floors) return floors.error();
  for (const Again& again : settlements) {
    const Live& one = again.live;
    const SettlementResult& before = *one.counted;
    SettlementResult after;
    if (auto refused = assess_again(again, again.facts, after)) return refused;
    const auto floor = floors->find(one.position);
    if (gains_only)
      keep_gains(before, after);
    else if (floor != floors->end())
      keep_gains(floor->second, after);
    const auto same = comes_out_the_same(again, after);
    if (!same) return same.error();
    keep_floors(again);
    if (*same) {
      put_rows_back(after);
      continue;
    }
    after.settlement = id('S');
    if (!after.pending) post(to_present_owners(adjustment_postings(before, after)));
    SettlementState state = one.state;
    state.adjustments.push_back(after.settlement);
    set(settlement_object(one.id), std::string(settlement_cell), write_cell(state));
    about(before.psn_no);
    out_.results.push_back(std::move(after));
  }
  return std::nullopt;
}

// Nothing to correct: it saw and said what it does now, and the rows lead from it to the same ones before it.
Result<bool> Decider::comes_out_the_same(const Again& again, const SettlementResult& after) {
  const SettlementResult& before = *again.live.counted;
  if (!same_facts(again.facts, before.facts) || !same_amounts(before, after) ||
      before.rows.size() != after.rows.size())
    return false;
  for (std::size_t i = 0; i < after.rows.size(); ++i) {
    const Change &was = before.rows[i], &is = after.rows[i];
    const Row row = read_row(is.before);
    if (was.object != is.object || was.cell != is.cell || read_row(was.before).members != row.members ||
        read_row(was.after).members != read_row(is.after).members)
      return false;
    const auto toucher = toucher_before(was);
    if (!toucher) return std::unexpected(toucher.error());
    if (*toucher != row.last) return false;
  }
  return true;
}

void Decider::put_rows_back(const SettlementResult& unchanged) {
  const bool clears = !out_.results.empty() && (out_.results.back().kind == ResultKind::cleared ||
                                                out_.results.back().kind == ResultKind::cancelled);
  if (!clears) {
    SettlementResult cleared;
    cleared.kind = ResultKind::cleared;
    cleared.psn_no = unchanged.psn_no;
    out_.results.push_back(std::move(cleared));
  }
  std::vector<Change>& rows = out_.results.back().rows;
  for (const Change& row : unchanged.rows) {
    const auto known = std::ranges::find_if(
        rows, [&](const Change& one) { return one.cell == row.cell && one.object == row.object; });
    if (known == rows.end())
      rows.push_back(row);
    else
      known->after = row.after;
  }
  std::erase_if(rows, [](const Change& row) { return row.before == row.after; });
}

// ---- Floors

void Decider::keep_floors(const Again& again) {
  set(settlement_object(again.live.id), std::string(floors_cell),
      again.floors.empty() ? std::string() : write_cell(again.floors));
}

// A status of which nothing is left, for none of them, sets no floor any more.
void Decider::drop_floors_without_effect(std::vector<Again>& settlements) {
  std::set<std::uint64_t> with_effect;
  for (const Again& one : settlements)
    for (const Floor& floor : one.floors) {
      if (!same_facts(floor.facts, facts_before(one.floors, floor.event + 1, one.facts)))
        with_effect.insert(floor.event);
    }
  for (Again& one : settlements)
    std::erase_if(one.floors, [&](const Floor& floor) { return !with_effect.contains(floor.event); });
}

}  // namespace fenming
