// Undoing: cancel, part refund, reversal of a lost answer, confirmation and expiry (laws.md 5 to 7).
#include <algorithm>
#include <set>

#include "base/check.h"
#include "model/record.h"
#include "settlement/decider.h"

namespace fenming {
namespace {

bool counts(SettlementStatus status) {
  return status != SettlementStatus::expired && status != SettlementStatus::cancelled;
}

const SettlementResult* result_of(const Decision& decision, const std::string& id) {
  const auto at = std::ranges::find(decision.results, id, &SettlementResult::settlement);
  return at == decision.results.end() ? nullptr : &*at;
}

const SettlementResult* settled_in(const Decision& decision) {
  const auto at = std::ranges::find(decision.results, ResultKind::settled, &SettlementResult::kind);
  return at == decision.results.end() ? nullptr : &*at;
}

}  // namespace

// The record that an id of another record names.
Result<std::shared_ptr<const Decision>> Decider::record_of(char letter, const std::string& id) {
  const auto made = parse_id(letter, region_, id);
  if (!made) return std::unexpected(refuse(Code::store_damaged, id, id));
  return records_.at(made->position);
}

Result<Decider::Live> Decider::live(const std::string& setl_id) {
  const Error unknown = refuse(Code::desk_settlement_unknown, "setl_id", setl_id);
  const auto made = parse_id('S', region_, setl_id);
  if (!made || made->position >= position_) return std::unexpected(unknown);
  auto record = records_.at(made->position);
  if (!record) return std::unexpected(record.error());
  Live live;
  live.id = setl_id;
  live.position = made->position;
  live.record = live.counted_record = std::move(*record);
  live.original = live.counted = result_of(*live.record, setl_id);
  if (live.original == nullptr || live.original->kind != ResultKind::settled) return std::unexpected(unknown);
  if (auto state = read_cell<SettlementState>(cell(settlement_object(setl_id), settlement_cell)))
    live.state = std::move(*state);
  if (auto floors = read_cell<std::vector<Floor>>(cell(settlement_object(setl_id), floors_cell)))
    live.floors = std::move(*floors);
  if (live.state.adjustments.empty()) return live;
  const std::string& last = live.state.adjustments.back();
  auto counted = record_of('S', last);
  if (!counted) return std::unexpected(counted.error());
  live.counted_record = std::move(*counted);
  live.counted = result_of(*live.counted_record, last);
  CHECK(live.counted != nullptr, "an adjustment's id leads to it");
  return live;
}

// ---- Rows

namespace {

bool wrote(const Change& row) { return read_row(row.before).members != read_row(row.after).members; }

const Change* row_in(const SettlementResult& result, const Change& wanted) {
  const auto at = std::ranges::find_if(
      result.rows, [&](const Change& row) { return row.cell == wanted.cell && row.object == wanted.object; });
  return at == result.rows.end() ? nullptr : &*at;
}

}  // namespace

// Who was the last live one to touch a row before this settlement did.
Result<std::uint64_t> Decider::toucher_before(const Change& row) {
  std::uint64_t at = read_row(row.before).last;
  while (at != 0) {
    const auto record = records_.at(at);
    if (!record) return std::unexpected(record.error());
    const std::string& id = settled_in(**record)->settlement;
    const auto state = read_cell<SettlementState>(cell(settlement_object(id), settlement_cell));
    if (!state || counts(state->status)) break;
    const auto other = live(id);
    if (!other) return std::unexpected(other.error());
    const Change* before = row_in(*other->counted, row);
    at = before == nullptr ? 0 : read_row(before->before).last;
  }
  return at;
}

// All live settlements after this one that read a row it wrote.
Result<std::vector<Decider::Live>> Decider::later_in_scope(const Live& settlement) {
  std::map<std::uint64_t, Live> found;
  for (const Change& row : settlement.counted->rows) {
    if (!wrote(row)) continue;
    std::uint64_t at = read_row(cell(row.object, row.cell)).last;
    while (at > settlement.position) {
      const auto record = records_.at(at);
      if (!record) return std::unexpected(record.error());
      auto other = live(settled_in(**record)->settlement);
      if (!other) return std::unexpected(other.error());
      const Change* touched = row_in(*other->counted, row);
      if (counts(other->state.status)) found.emplace(at, *other);
      at = touched == nullptr ? 0 : read_row(touched->before).last;
    }
  }
  std::vector<Live> later;
  for (auto& [position, one] : found) later.push_back(std::move(one));
  return later;
}

// Takes what a settlement added to its rows out of them again, as part of `result`.
Decider::Refusal Decider::take_out(const Live& settlement, SettlementResult& result) {
  for (const Change& row : settlement.counted->rows) {
    const auto known = std::ranges::find_if(
        result.rows, [&](const Change& one) { return one.cell == row.cell && one.object == row.object; });
    const std::string now = known == result.rows.end() ? cell(row.object, row.cell) : known->after;
    const Row current = read_row(now);
    Row left = less(current, read_row(row.before), read_row(row.after));
    if (current.last == settlement.position) {
      const auto toucher = toucher_before(row);
      if (!toucher) return toucher.error();
      left.last = *toucher;
    }
    std::string bytes = left.members.empty() ? std::string() : write_row(left);
    if (known != result.rows.end())
      known->after = std::move(bytes);
    else if (now != bytes)
      result.rows.push_back({row.object, row.cell, now, std::move(bytes)});
  }
  return std::nullopt;
}

SettlementResult Decider::cancelled_result(const Live& settlement) {
  SettlementResult result = *settlement.counted;
  result.kind = ResultKind::cancelled;
  result.settlement = id('S');
  result.corrects = settlement.id;
  result.rows.clear(), result.facts.clear(), result.lines.clear(), result.policies.clear(),
      result.uploaded.clear();
  for (std::int64_t* amount : {&result.total, &result.over, &result.out, &result.prepay, &result.in_scope,
                               &result.charged, &result.deductible, &result.funds, &result.account,
                               &result.family, &result.cash, &result.provider_part})
    *amount = -*amount;
  for (Share& share : result.shares) share.fen = -share.fen;
  result.balance = balance(AccountKind::personal, result.psn_no);
  return result;
}

// The entries of a settlement and of its adjustments, the other way round: stored fen, nothing is computed again.
Decider::Refusal Decider::post_back(const Live& settlement) {
  if (settlement.state.status == SettlementStatus::pending) {
    post(to_present_owners(negated(pending_postings(*settlement.original))));
    return std::nullopt;
  }
  std::vector<const SettlementResult*> steps = {settlement.original};
  for (const std::string& adjustment : settlement.state.adjustments) {
    auto record = record_of('S', adjustment);
    if (!record) return record.error();
    steps.push_back(result_of(**record, adjustment));
    held_.push_back(std::move(*record));
  }
  post(to_present_owners(negated(settlement_postings(*steps[settlement.state.folded]))));
  for (std::size_t step = settlement.state.folded + 1; step < steps.size(); ++step)
    post(to_present_owners(negated(adjustment_postings(*steps[step - 1], *steps[step]))));
  return std::nullopt;
}

Decider::Refusal Decider::undo(const Live& settlement, bool must, SettlementStatus becomes) {
  const bool recompute = must || recomputes(settlement);
  const auto later = later_in_scope(settlement);
  if (!later) return later.error();
  std::string names;
  for (const Live& one : *later) names += (names.empty() ? "" : ", ") + one.id;
  if (!later->empty() && !recompute)
    return refuse(Code::desk_later_settlements, "setl_id", settlement.id, {names});
  const auto again = recompute ? again_without(settlement, !later->empty()) : std::vector<Again>();
  if (!again) return again.error();
  const std::string& visit = settlement.original->visit;
  if (!visit.empty() && !must) {  // interim bills: the last first, whatever the region says
    const auto settled = objects_.object(visit_object(visit)).with("t");
    if (!settled.empty() && cell_position(settled.back().first) > settlement.position)
      return refuse(Code::desk_later_settlements, "setl_id", settlement.id,
                    {std::string(settled.back().second)});
  }
  if (out_.rules.empty()) out_.rules = settlement.counted_record->rules;  // whose funds the shares are
  SettlementResult result = cancelled_result(settlement);
  std::vector<const Live*> out = {&settlement};
  for (const Again& one : *again) out.push_back(&one.live);
  std::ranges::sort(out, std::greater(), &Live::position);
  for (const Live* one : out)
    if (auto refused = take_out(*one, result)) return refused;
  out_.made = result.settlement;
  out_.results.push_back(std::move(result));
  if (auto refused = post_back(settlement)) return refused;
  if (settlement.state.status == SettlementStatus::pending)
    track_pending(settlement.id, settlement.original->provider, false);
  SettlementState state = settlement.state;
  state.status = becomes;
  state.position = position_;
  set(settlement_object(settlement.id), std::string(settlement_cell), write_cell(state));
  set(settlement_object(settlement.id), std::string(floors_cell), "");
  about(settlement.original->psn_no);
  if (!settlement.original->payer.empty()) about(settlement.original->payer);
  if (!visit.empty()) {
    set(visit_object(visit), visit_settlement_cell(settlement.position), "");
    std::vector<std::string> batches;
    for (const auto& [batch, settled_by] : objects_.object(visit_object(visit)).with("k"))
      if (settled_by == settlement.id) batches.emplace_back(batch);
    for (const std::string& batch : batches) set(visit_object(visit), batch, "");
    if (auto refused = mark_lines(visit, settlement.original->uploaded, line_settled, line_open))
      return refused;
  }
  return compute_again(*again, false);
}

// ---- Commands

Result<Decider::Live> Decider::settlement_for(const std::string& setl_id, const std::string& psn_no) {
  auto settlement = live(setl_id);
  if (!settlement) return settlement;
  const SettlementResult& result = *settlement->original;
  if (result.provider != command_->key.provider)  // a manual claim has none: only the bureau itself
    return std::unexpected(
        refuse(Code::desk_settlement_of_other, "fixmedins_code", command_->key.provider, {setl_id}));
  if (!same_person(result.psn_no, psn_no))
    return std::unexpected(refuse(Code::desk_settlement_of_other, "psn_no", psn_no, {setl_id}));
  if (auto refused = not_as_said(*settlement)) return std::unexpected(std::move(*refused));
  if (!counts(settlement->state.status)) {
    const auto record = records_.at(settlement->state.position);
    if (!record) return std::unexpected(record.error());
    const Code code =
        settlement->state.status == SettlementStatus::expired ? Code::desk_expired : Code::desk_cancelled;
    return std::unexpected(refuse(code, "setl_id", setl_id, {to_text((*record)->time), (*record)->made}));
  }
  return settlement;
}

// The visit's number and kind, as far as the sender says them. A counter sale has its own setl_id for a number, and what is left after
// a refund in part any of those before it.
Decider::Refusal Decider::not_as_said(const Live& settlement) {
  const std::string& visit = settlement.original->visit;
  bool named = command_->visit.empty() || command_->visit == visit;
  Live first = settlement;
  while (visit.empty() && !first.original->corrects.empty()) {
    named = named || command_->visit == first.id;
    auto before = live(first.original->corrects);
    if (!before) return before.error();
    first = std::move(*before);
  }
  named = named || (visit.empty() && command_->visit == first.id);
  if (!named) return refuse(Code::desk_visit_unknown, "mdtrt_id", command_->visit);
  if (visit.empty()) return began_otherwise(settlement.id, first.record->command.key.infno);
  const auto infno = opened_with(visit);
  return infno ? began_otherwise(settlement.id, *infno) : infno.error();
}

Decider::Refusal Decider::run(const CancelSettlement& command) {
  const auto settlement = settlement_for(command.settlement, command.psn_no);
  if (!settlement) return settlement.error();
  return undo(*settlement, false, SettlementStatus::cancelled);
}

// A message id begins with the code of the provider that made it; a key is found under its own provider only, so an id of another
// one would look as if it had never come (laws.md 5).
Decider::Refusal Decider::message_of_other(const Reverse& command) const {
  constexpr std::size_t code_digits = 12;
  if (reversed_.bound || command.msgid.size() <= code_digits) return std::nullopt;
  const std::string maker = command.msgid.substr(0, code_digits);
  if (maker == command_->key.provider || cell(provider_object(maker), std::string(provider_cell)).empty())
    return std::nullopt;
  return refuse(Code::desk_message_of_other, "omsgid", command.msgid, {maker});
}

Decider::Refusal Decider::run(const Reverse& command) {
  if (auto refused = message_of_other(command)) return refused;
  if (!reversed_.bound) {
    out_.bound.push_back({{command_->key.provider, command.infno, command.msgid}, BindKind::tombstone});
    return std::nullopt;
  }
  if (reversed_.tombstone) return std::nullopt;
  const auto record = records_.at(reversed_.position);
  if (!record) return record.error();
  if (std::holds_alternative<OpenVisit>((*record)->command.action)) return reverse_visit(**record, command);
  const SettlementResult* result = settled_in(**record);
  if (result == nullptr || (*record)->command.action.index() != Action(Settle()).index())
    return refuse(Code::desk_not_reversible, "oinfno", command.infno,
                  {std::string(action_name((*record)->command.action))});
  if (!same_person(result->psn_no, command.psn_no))
    return refuse(Code::desk_settlement_of_other, "psn_no", command.psn_no, {result->settlement});
  const auto settlement = live(result->settlement);
  if (!settlement) return settlement.error();
  if (!counts(settlement->state.status)) return std::nullopt;  // undone already: the same answer
  return undo(*settlement, true, SettlementStatus::cancelled);
}

// What was built on the visit since must go first: whoever did that knows its number, and has its own cancellations.
Decider::Refusal Decider::reverse_visit(const Decision& opened, const Reverse& command) {
  auto visit = read_cell<Visit>(cell(visit_object(opened.made), visit_cell));
  CHECK(visit, "a visit that was opened is there");
  if (!same_person(visit->psn_no, command.psn_no))
    return refuse(Code::desk_visit_of_other, "psn_no", command.psn_no, {opened.made});
  if (visit->status == static_cast<std::uint8_t>(VisitStatus::cancelled)) return std::nullopt;
  return cancel_visit(opened.made, std::move(*visit));
}

Decider::Refusal Decider::run(const Confirm& command) {
  const auto made = live(command.settlement);
  if (!made) return made.error();
  const auto settlement = settlement_for(command.settlement, made->original->psn_no);
  if (!settlement) return settlement.error();
  if (settlement->state.status != SettlementStatus::pending)
    return refuse(Code::desk_not_pending, "setl_id", command.settlement);
  about(settlement->original->psn_no);
  if (!settlement->original->payer.empty()) about(settlement->original->payer);
  post(to_present_owners(negated(pending_postings(*settlement->original))));
  post(to_present_owners(settlement_postings(*settlement->counted)));
  track_pending(command.settlement, settlement->original->provider, false);
  SettlementState state = settlement->state;
  state.status = SettlementStatus::confirmed;
  state.folded = state.adjustments.size();
  state.position = position_;
  set(settlement_object(command.settlement), std::string(settlement_cell), write_cell(state));
  out_.made = command.settlement;
  return std::nullopt;
}

Decider::Refusal Decider::run(const Expire& command) {
  const auto settlement = live(command.settlement);
  if (!settlement) return settlement.error();
  if (settlement->state.status != SettlementStatus::pending)
    return refuse(Code::desk_not_pending, "setl_id", command.settlement);
  return undo(*settlement, true, SettlementStatus::expired);
}

// Whether account money was asked for; what is left after a part refund is paid as the bill itself was.
Result<bool> Decider::used_account(const Live& settlement) {
  const Action& action = settlement.record->command.action;
  if (const auto* settle = std::get_if<Settle>(&action)) return settle->use_account;
  const auto* refund = std::get_if<RefundPart>(&action);
  if (refund == nullptr) return false;  // a manual claim
  const auto before = live(refund->settlement);
  if (!before) return std::unexpected(before.error());
  return used_account(*before);
}

// Cancel and settle the rest: one Command, one answer, ids of its own (laws.md 9 h).
Decider::Refusal Decider::run(const RefundPart& command) {
  const auto settlement = settlement_for(command.settlement, command.psn_no);
  if (!settlement) return settlement.error();
  if (settlement->state.status == SettlementStatus::pending || !settlement->original->visit.empty())
    return refuse(Code::desk_no_part_refund, "setl_id", command.settlement);
  if (command.lines.empty()) return refuse(Code::desk_no_lines, "feedetail", command.settlement);
  for (const RefundPart::Line& line : command.lines)  // here and not where it is computed again: laws.md 6.3
    if (auto wrong = in_range(line.amount, "amount")) return wrong;
  auto made = case_again(*settlement, settlement->counted->facts);
  if (!made) return made.error();
  if (auto refused = undo(*settlement, false, SettlementStatus::cancelled)) return refused;
  if (auto refused = add_refunds(command, *made)) return refused;
  made->settle = made->known = std::max(today(), made->to);
  Settle as;
  as.psn_no = now_called(command.psn_no);
  as.payer = now_called(settlement->original->payer);
  if (as.payer == as.psn_no) as.payer.clear();  // merged since: one account
  const auto use_account = used_account(*settlement);
  if (!use_account) return use_account.error();
  as.use_account = *use_account;
  SettlementResult result;
  result.psn_no = as.psn_no;
  result.provider = settlement->original->provider;
  result.payer = as.payer;
  result.corrects = command.settlement;
  out_.made.clear();
  return settle(as, std::move(*made), result);
}

Decider::Refusal Decider::add_refunds(const RefundPart& command, SettlementCase& made) {
  Money total;
  unsigned number = 0;
  for (const RefundPart::Line& wanted : command.lines) {
    const auto line = std::ranges::find(made.lines, wanted.id, &BillLine::id);
    if (line == made.lines.end() || !line->refund_of.empty())
      return refuse(Code::desk_line_unknown, "feedetl_sn", wanted.id);
    BillLine refund = *line;
    refund.id = wanted.id + "-r" + std::to_string(++number) + "-" + std::to_string(position_);
    refund.refund_of = wanted.id;
    refund.amount = -wanted.amount;
    refund.quantity = Decimal{-wanted.quantity.millionths};
    refund.listed_limit.reset();
    if (wanted.quantity.millionths < 0)
      return refuse(Code::desk_refund_excess, "cnt", to_text(wanted.quantity), {wanted.id});
    made.lines.push_back(std::move(refund));
  }
  for (const BillLine& line : made.lines) total = total + line.amount;
  made.total = total;
  return std::nullopt;
}

}  // namespace fenming
