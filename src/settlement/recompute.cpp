// The case of a settlement again, out of its records, and what a status granted or revoked for a past date changes (laws.md 9 c).
#include <algorithm>

#include "registry/status.h"
#include "settlement/decider.h"

namespace fenming {
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

// ---- A status granted or revoked for a past date

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
  auto affected = live_since(command.psn_no, [&](std::uint64_t, const Decision& record) {
    return civil_day(record.time) < command.from;  // nothing is settled before it is served
  });
  if (!affected) return affected.error();
  const Object before = objects_.object(person_object(command.psn_no));
  const Object after = changed(person_object(command.psn_no));
  const auto changes = [&](const Live& one) {
    return !same(fact_at(before, name, one.original->to), fact_at(after, name, one.original->to));
  };
  // Whatever was settled after the first that changes may build on it, for whichever day it was.
  affected->erase(affected->begin(), std::ranges::find_if(*affected, changes));
  if (affected->empty()) return std::nullopt;
  const bool gains_only = region.late == "gains" && !taken;
  if (!gains_only)
    if (auto refused = reach_floors(command.psn_no, "", *affected)) return refused;
  const auto change = [&](const Live& one, std::vector<FactValue>& facts) {
    std::erase_if(facts, [&](const FactValue& fact) { return fact.name == name; });
    if (auto now = fact_at(after, name, one.original->to)) facts.push_back(std::move(*now));
  };
  std::vector<Again> again;
  for (const Live& one : *affected) {
    Again& made = again.emplace_back(one, one.counted->facts, one.floors);
    if (gains_only) made.floors.push_back({position_, affected->front().position, made.facts});
    if (!changes(one)) continue;
    change(one, made.facts);
    if (!gains_only)
      for (Floor& floor : made.floors) change(one, floor.facts);  // as if it had never been granted
  }
  if (!gains_only) drop_floors_without_effect(again);
  SettlementResult cleared;  // rows without all of them
  for (auto one = affected->rbegin(); one != affected->rend(); ++one)
    if (auto refused = take_out(*one, cleared)) return refused;
  cleared.kind = ResultKind::cleared;
  cleared.psn_no = command.psn_no;
  out_.results.push_back(std::move(cleared));
  return compute_again(again, gains_only);
}

}  // namespace fenming
