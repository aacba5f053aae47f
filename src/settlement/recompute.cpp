// Computing settlements again on a changed past: after a cancellation where the region says so, and for a late status (laws.md 6.3, 9 c;
// policy-calculus.md 9). A posted settlement never changes: each difference is an adjustment with an id of its own.
#include <algorithm>

#include "registry/status.h"
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

// Only what the person gains is posted, fund by fund, and never more than is left of the bill.
void keep_gains(const SettlementResult& before, SettlementResult& after) {
  for (const Share& old_share : before.shares) {
    const auto at = std::ranges::find(after.shares, old_share.fund, &Share::fund);
    if (at == after.shares.end())
      after.shares.push_back(old_share);
    else
      at->fen = std::max(at->fen, old_share.fen);
  }
  after.provider_part = std::max(after.provider_part, before.provider_part);
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
  for (std::int64_t* part :
       {&after.account, &after.family}) {  // account money moves back for what funds pay now
    const std::int64_t cut = std::clamp<std::int64_t>(excess, 0, *part);
    *part -= cut;
    excess -= cut;
  }
  after.funds = sum();
  after.cash = after.total - after.funds - after.account - after.family - after.provider_part;
}

}  // namespace

bool Decider::recomputes(const Live& settlement) {
  const auto library = artifacts_.library(settlement.record->rules);
  return library && (*library)->region.cancel == "recompute";
}

// The lines that a settlement was about, from the commands that brought them.
Result<std::vector<BillLine>> Decider::lines_of(const Live& settlement) {
  std::vector<BillLine> lines;
  const auto copy = [&](const std::vector<FeeLine>& fees) {
    for (const FeeLine& fee : fees) lines.push_back(fee.line);
  };
  const Action& action = settlement.record->command.action;
  if (const auto* sale = std::get_if<Settle>(&action); sale != nullptr && sale->visit.empty())
    copy(sale->lines);
  for (const LineRef& ref : settlement.original->uploaded) {
    const auto record = records_.at(ref.position);
    if (!record) return std::unexpected(record.error());
    const auto& upload = std::get<UploadLines>((*record)->command.action);
    for (const std::uint32_t index : ref.indices) lines.push_back(upload.lines.at(index).line);
  }
  if (const auto* decided = std::get_if<DecideClaim>(&action)) {
    const auto record = record_of('C', decided->claim);
    if (!record) return std::unexpected(record.error());
    copy(std::get<EnterClaim>((*record)->command.action).lines);
  }
  if (const auto* refund = std::get_if<RefundPart>(&action)) {
    const auto before = live(refund->settlement);
    if (!before) return std::unexpected(before.error());
    auto rest = lines_of(*before);
    if (!rest) return rest;
    SettlementCase made;
    made.lines = std::move(*rest);
    const std::uint64_t here =
        std::exchange(position_, settlement.position);  // ids of refund lines name their record
    const auto refused = add_refunds(*refund, made);
    position_ = here;
    if (refused) return std::unexpected(*refused);
    lines = std::move(made.lines);
  }
  return lines;
}

Result<SettlementCase> Decider::case_again(const Live& settlement, const std::vector<FactValue>& facts) {
  const SettlementResult& result = *settlement.original;
  SettlementCase made;
  made.id = settlement.id, made.kind = result.visit_kind;
  made.from = result.from, made.to = result.to, made.settle = result.settle, made.known = result.known;
  made.facts = facts;
  auto lines = lines_of(settlement);
  if (!lines) return std::unexpected(lines.error());
  made.lines = std::move(*lines);
  return made;
}

Result<SettlementCase> Decider::stored_case(const std::string& setl_id, std::uint64_t position) {
  position_ = position;
  out_ = Decision{};
  held_.clear();
  region_ = cell(shard_object, std::string(region_cell));
  const auto made = parse_id('S', region_, setl_id);
  if (!made || made->position >= position)
    return std::unexpected(refuse(Code::desk_settlement_unknown, "setl_id", setl_id));
  const auto record = records_.at(made->position);
  if (!record) return std::unexpected(record.error());
  const auto result = std::ranges::find((*record)->results, setl_id, &SettlementResult::settlement);
  if (result == (*record)->results.end() || result->kind == ResultKind::cancelled)
    return std::unexpected(refuse(Code::desk_settlement_unknown, "setl_id", setl_id));
  const auto settlement = live(result->kind == ResultKind::adjusted ? result->corrects : setl_id);
  if (!settlement) return std::unexpected(settlement.error());
  return case_again(*settlement, result->facts);
}

// `settlements` in journal order; what they added to the rows has been taken out already.
Decider::Refusal Decider::compute_again(const std::vector<Live>& settlements, const Again& again) {
  for (const Live& one : settlements) {
    const SettlementResult& before = *one.counted;
    auto made = case_again(one, again.facts ? again.facts(one) : before.facts);
    if (!made) return made.error();
    put_amount(made->facts, "account", before.account);  // account money only moves back
    put_amount(made->facts, "family", before.family);
    SettlementResult after;
    after.kind = ResultKind::adjusted;
    after.settlement = id('S');
    after.corrects = one.id;
    after.psn_no = before.psn_no, after.provider = before.provider, after.visit = before.visit,
    after.payer = before.payer;
    after.interim = before.interim, after.pending = one.state.status == SettlementStatus::pending;
    after.uploaded = before.uploaded;
    if (auto refused =
            assess_case(std::move(*made), one.record->rules, one.record->catalogue, after, one.position))
      return refused;
    if (again.gains_only) keep_gains(before, after);
    if (!after.pending) post(to_present_owners(adjustment_postings(before, after)));
    SettlementState state = one.state;
    state.adjustments.push_back(after.settlement);
    set(settlement_object(one.id), std::string(settlement_cell), write_cell(state));
    about(before.psn_no);
    out_.results.push_back(std::move(after));
  }
  return std::nullopt;
}

// ---- A status granted or revoked for a past date

// Settlements of a person that count, under all numbers, from the first one decided on that day or later, in journal order.
Result<std::vector<Decider::Live>> Decider::live_since(const std::string& psn_no, Date from) {
  std::vector<Live> found;
  for (const std::string& number : numbers_of(psn_no, position_))
    if (auto refused = add_live_since(number, from, found)) return std::unexpected(std::move(*refused));
  std::ranges::sort(found, {}, &Live::position);
  return found;
}

Decider::Refusal Decider::add_live_since(const std::string& number, Date from, std::vector<Live>& found) {
  auto at = static_cast<std::uint64_t>(read_integer(objects_.object(person_object(number)).find(last_cell)));
  while (at != 0) {
    const auto record = records_.at(at);
    if (!record) return record.error();
    if (civil_day((*record)->time) < from) break;  // nothing is settled before it is served
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

namespace {

std::optional<FactValue> fact_at(const Object& person, const std::string& name, Date day) {
  for (FactValue& fact : facts_at(person, day))
    if (fact.name == name) return std::move(fact);
  return std::nullopt;
}

bool same(const std::optional<FactValue>& one, const std::optional<FactValue>& other) {
  if (!one || !other) return one.has_value() == other.has_value();
  return one->text == other->text && one->list == other->list;
}

}  // namespace

// `taken`: what was granted before is taken back, wholly or its last days.
Decider::Refusal Decider::late_status(const SetStatus& command, bool taken) {
  if (command.from > today()) return std::nullopt;
  const std::string rules = cell(shard_object, std::string(rules_cell));
  if (rules.empty()) return std::nullopt;
  const auto library = artifacts_.library(rules);
  if (!library) return library.error();
  const Region& region = (*library)->region;
  const std::string& name = command.fact.name;
  if (region.late == "none" || std::ranges::find(region.facts, name, &Fact::name) == region.facts.end())
    return std::nullopt;
  auto affected = live_since(command.psn_no, command.from);
  if (!affected) return affected.error();
  const Object before = objects_.object(person_object(command.psn_no));
  const Object after = changed(person_object(command.psn_no));
  const auto changes = [&](const Live& one) {
    return !same(fact_at(before, name, one.original->to), fact_at(after, name, one.original->to));
  };
  Again again;
  again.gains_only = region.late == "gains" && !taken;
  again.facts = [&](const Live& one) {
    std::vector<FactValue> facts = one.counted->facts;
    if (!changes(one)) return facts;
    std::erase_if(facts, [&](const FactValue& fact) { return fact.name == name; });
    if (auto now = fact_at(after, name, one.original->to)) facts.push_back(std::move(*now));
    return facts;
  };
  // Whatever was settled after the first that changes may build on it, for whichever day it was.
  const auto first = std::ranges::find_if(*affected, changes);
  affected->erase(affected->begin(), first);
  if (affected->empty()) return std::nullopt;
  SettlementResult cleared;  // rows without all of them
  for (auto one = affected->rbegin(); one != affected->rend(); ++one)
    if (auto refused = take_out(*one, cleared)) return refused;
  cleared.kind = ResultKind::cleared;
  cleared.psn_no = command.psn_no;
  out_.results.push_back(std::move(cleared));
  return compute_again(*affected, again);
}

}  // namespace fenming
