// Settling: a visit's lines or a counter sale, in one phase or two; manual claims.
#include <algorithm>
#include <unordered_set>

#include "registry/eligibility.h"
#include "settlement/decider.h"

namespace fenming {
namespace {

void put(std::vector<FactValue>& facts, FactValue fact) {
  const auto known = std::ranges::find(facts, fact.name, &FactValue::name);
  if (known == facts.end())
    facts.push_back(std::move(fact));
  else
    *known = std::move(fact);
}

bool declares(const Library& library, std::string_view name) {
  return std::ranges::find(library.region.facts, name, &Fact::name) != library.region.facts.end();
}

// The first id, in order, that is empty or was there before.
const std::string* empty_or_doubled(const std::vector<FeeLine>& lines) {
  constexpr std::size_t few = 16;  // up to here, comparing all with all is the quicker way
  std::unordered_set<std::string_view> ids;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& id = lines[i].line.id;
    const auto begin = lines.begin(), here = begin + static_cast<std::ptrdiff_t>(i);
    const bool doubled =
        lines.size() > few
            ? !ids.insert(id).second
            : std::any_of(begin, here, [&](const FeeLine& before) { return before.line.id == id; });
    if (id.empty() || doubled) return &id;
  }
  return nullptr;
}

}  // namespace

// The caller says what happened at the visit; the register says who the person and the provider are, and goes before it.
Result<std::vector<FactValue>> Decider::facts_of(const std::string& psn_no, const std::string& provider,
                                                 const std::vector<FactValue>& visit, Date day) {
  const std::string rules = cell(shard_object, std::string(rules_cell));
  if (rules.empty()) return std::unexpected(refuse(Code::desk_no_rules, "", region_));
  const auto library = artifacts_.library(rules);
  if (!library) return std::unexpected(library.error());
  std::vector<FactValue> facts;
  for (const FactValue& fact : visit) {
    if (!cell(shard_object, "f" + fact.name).empty())
      return std::unexpected(refuse(Code::desk_fact_registered, "facts/" + fact.name, fact.name));
    put(facts, fact);
  }
  const auto known = [&](const std::vector<FactValue>& registered) {
    for (const FactValue& fact : registered)
      if (declares(**library, fact.name)) put(facts, fact);
  };
  if (const auto state = read_cell<ProviderState>(cell(provider_object(provider), provider_cell)))
    known(state->facts);
  known(facts_at(objects_.object(person_object(psn_no)), day));
  return facts;
}

// Balances as they stand, as far as the policy asks for them; the visit's id where it keeps something for each stay.
void Decider::add_balances(SettlementCase& made, const Settle& command, const Library& library) const {
  const auto balance_fact = [&](const char* name, const std::string& owner, bool use) {
    if (!declares(library, name)) return;
    const Money money =
        Money::from_fen(use ? std::max<std::int64_t>(0, balance(AccountKind::personal, owner)) : 0);
    put(made.facts, {name, FactValue::Kind::text, to_text(money), {}});
  };
  balance_fact("account", command.psn_no, command.use_account);
  balance_fact("family", command.payer, !command.payer.empty());
  if (declares(library, "stay") && !command.visit.empty())
    put(made.facts, {"stay", FactValue::Kind::text, command.visit, {}});
}

// The lines of a visit that a bill up to `made.to` is about.
Decider::Refusal Decider::take_open_lines(const Settle& command, SettlementCase& made,
                                          SettlementResult& result) {
  if (!command.batch.empty()) made.batches.insert(command.batch);
  const auto lines = uploaded_lines(command.visit);
  if (!lines) return lines.error();
  const auto later = [&](const BillLine& line) { return line.date && *line.date > made.to; };
  const Uploaded* ahead = nullptr;
  // A line and its refunds go together, when the last has come.
  std::unordered_set<std::string_view> taken, waiting;
  for (const Uploaded& one : *lines)
    if (one.state == line_open && later(one.line->line)) waiting.insert(one.line->line.refund_of);
  for (const Uploaded& one : *lines) {
    if (one.state != line_open) continue;
    const BillLine& line = one.line->line;
    const bool of_batch = command.batch.empty() || one.line->batch == command.batch;
    if (of_batch && later(line)) ahead = &one;
    if (line.refund_of.empty() ? !of_batch || later(line) || waiting.contains(line.id)
                               : !taken.contains(line.refund_of))
      continue;
    taken.insert(line.id);
    if (line.refund_of.empty() && !one.line->batch.empty()) made.batches.insert(one.line->batch);
    made.lines.push_back(line);
    if (result.uploaded.empty() || result.uploaded.back().position != one.position)
      result.uploaded.push_back({one.position, {}});
    result.uploaded.back().indices.push_back(one.index);
  }
  // Else the total alone would be said to be wrong. What follows a settlement has its own refusal.
  if (!made.lines.empty() || command.total == Money() || has_live_settlement(command.visit))
    return std::nullopt;
  if (ahead != nullptr)
    made.without_lines = refuse(Code::desk_date_ahead, at_line(ahead->line->line.id, "fee_ocur_time"),
                                to_text(*ahead->line->line.date), {to_text(made.to)});
  else if (!command.batch.empty())
    made.without_lines = refuse(Code::desk_no_lines, "chrg_bchno", command.batch);
  return std::nullopt;
}

Result<SettlementCase> Decider::case_of(const Settle& command, SettlementResult& result) {
  SettlementCase made;
  std::vector<FactValue> visit_facts = command.facts;
  if (command.visit.empty()) {
    made.kind = command.kind, made.from = command.from, made.to = command.to;
    if (made.from == Date()) made.from = made.to = today();
    made.brought = &command.lines;
    if (command.lines.size() > limits_.lines_max)
      return std::unexpected(refuse(Code::desk_too_many_lines, "feedetail",
                                    std::to_string(command.lines.size()),
                                    {std::to_string(limits_.lines_max)}));
    if (const std::string* twice = empty_or_doubled(command.lines))
      return std::unexpected(refuse(Code::desk_line_known, "feedetl_sn", *twice));
    if (auto refused = lines_in_range(command.lines)) return std::unexpected(std::move(*refused));
  } else {
    const auto visit = visit_of(command.visit);
    if (!visit) return std::unexpected(visit.error());
    if (now_called(visit->psn_no) != command.psn_no)
      return std::unexpected(refuse(Code::desk_visit_of_other, "psn_no", command.psn_no, {command.visit}));
    const bool closed = visit->status == static_cast<std::uint8_t>(VisitStatus::closed);
    if (command.interim && closed)
      return std::unexpected(refuse(Code::desk_visit_state, "mid_setl_flag", command.visit, {"closed"}));
    if (command_->ended && !closed && !trial_)
      return std::unexpected(refuse(Code::desk_visit_state, "mdtrt_id", command.visit, {"open"}));
    made.kind = command.kind.empty() ? visit->kind : command.kind, made.from = visit->begin;
    made.to = closed ? visit->end : command.to.days != 0 ? command.to : std::max(visit->begin, today());
    for (const FactValue& fact : visit->facts) put(visit_facts, fact);
    for (const FactValue& fact : command.facts) put(visit_facts, fact);
    if (const std::string settled = cell(visit_object(command.visit), batch_cell(command.batch));
        !command.batch.empty() && !settled.empty())
      return std::unexpected(refuse(Code::desk_batch_settled, "chrg_bchno", command.batch, {settled}));
    if (auto refused = take_open_lines(command, made, result)) return std::unexpected(std::move(*refused));
    if (made.lines.empty() && has_live_settlement(command.visit)) {
      const auto settled = objects_.object(visit_object(command.visit)).with("t");
      return std::unexpected(
          refuse(Code::desk_lines_settled, "mdtrt_id", command.visit, {std::string(settled.back().second)}));
    }
    result.visit = command.visit;
  }
  if (made.to < made.from)
    return std::unexpected(refuse(Code::desk_dates, "endtime", to_text(made.to), {to_text(made.from)}));
  if (made.to > today())
    return std::unexpected(refuse(Code::desk_date_ahead, "endtime", to_text(made.to), {to_text(today())}));
  made.settle = made.known = std::max(today(), made.to);
  made.total = command.total;
  auto facts = facts_of(command.psn_no, command_->key.provider, visit_facts, made.to);
  if (!facts) return std::unexpected(facts.error());
  made.facts = std::move(*facts);
  return made;
}

Decider::Refusal Decider::run(const Settle& command) {
  SettlementResult result;
  result.psn_no = command.psn_no;
  result.provider = command_->key.provider;
  result.payer = command.payer;
  result.pending = command.two_phase;
  result.interim = command.interim;
  if (cell(provider_object(result.provider), std::string(provider_cell)).empty())
    return refuse(Code::desk_provider_unknown, "fixmedins_code", result.provider);
  if (auto refused = no_person(command.psn_no)) return refused;
  auto made = case_of(command, result);
  if (!made) return made.error();
  if (auto refused = charges_in_range(made->lines, made->brought)) return refused;
  if (const auto insured =
          check_eligibility(objects_.object(person_object(command.psn_no)), command.psn_no, made->to);
      !insured)
    return insured.error();
  if (auto refused = insured_otherwise(command.psn_no, made->to)) return refused;
  if (!command.payer.empty())
    if (auto refused = no_consent(command.payer, command.psn_no)) return refused;
  if (made->without_lines) return made->without_lines;
  return settle(command, std::move(*made), result);
}

Decider::Refusal Decider::settle(const Settle& command, SettlementCase made, SettlementResult& result) {
  const std::string rules = cell(shard_object, std::string(rules_cell));
  const std::string catalogue = cell(shard_object, std::string(catalogue_cell));
  const auto library = artifacts_.library(rules);
  if (!library) return library.error();
  result.settlement = id('S');
  made.id = result.settlement;
  add_balances(made, command, **library);
  const std::set<std::string> batches = std::move(made.batches);
  about(command.psn_no);
  if (!command.payer.empty()) about(command.payer);
  if (auto refused = assess_case(std::move(made), rules, catalogue, result, position_)) return refused;
  const std::int64_t own = balance(AccountKind::personal, result.psn_no);
  result.balance = own;
  if (result.account > own)
    return refuse(Code::desk_account_short, "acct_pay", to_text(Money::from_fen(result.account)),
                  {to_text(Money::from_fen(own))});
  if (result.family > 0 &&
      (result.payer.empty() || result.family > balance(AccountKind::personal, result.payer)))
    return refuse(Code::desk_account_short, "acct_mulaid_pay", to_text(Money::from_fen(result.family)),
                  {result.payer});
  out_.rules = rules;
  out_.catalogue = catalogue;
  post(result.pending ? pending_postings(result) : settlement_postings(result));
  if (result.pending) {
    track_pending(result.settlement, result.provider, true);
    set(settlement_object(result.settlement), std::string(settlement_cell),
        write_cell(SettlementState{SettlementStatus::pending, position_, {}, 0}));
  }
  if (!result.visit.empty()) {
    set(visit_object(result.visit), visit_settlement_cell(position_), result.settlement);
    for (const std::string& batch : batches)  // settled by the first that took lines of it
      if (cell(visit_object(result.visit), batch_cell(batch)).empty())
        set(visit_object(result.visit), batch_cell(batch), result.settlement);
    if (auto refused = mark_lines(result.visit, result.uploaded, line_open, line_settled)) return refused;
  }
  if (out_.made.empty()) out_.made = result.settlement;
  out_.results.push_back(std::move(result));
  return std::nullopt;
}

// Who waits for a confirmation is listed with the provider, so that a start finds them without a search.
void Decider::track_pending(const std::string& setl_id, const std::string& provider, bool waits) {
  const std::string object = provider_object(provider);
  const auto pending = objects_.object(object).with(pending_prefix);
  const bool others = std::any_of(pending.begin(), pending.end(),
                                  [&](const Object::CellView& one) { return one.second != setl_id; });
  set(object, std::string(pending_prefix) + setl_id, waits ? setl_id : "");
  if (!others) set(waiting_object, provider, waits ? "1" : "");
}

// ---- Manual claims: entered by one, decided by another.

Decider::Refusal Decider::run(const EnterClaim& command) {
  if (region_.empty()) return refuse(Code::desk_no_rules, "", "");
  if (auto refused = no_person(command.psn_no)) return refused;
  if (command.lines.empty()) return refuse(Code::desk_no_lines, "feedetail", command.psn_no);
  if (command.lines.size() > limits_.lines_max)
    return refuse(Code::desk_too_many_lines, "feedetail", std::to_string(command.lines.size()),
                  {std::to_string(limits_.lines_max)});
  if (const std::string* twice = empty_or_doubled(command.lines))
    return refuse(Code::desk_line_known, "feedetail", *twice);
  if (auto refused = lines_in_range(command.lines)) return refused;
  if (auto refused = charges_in_range({}, &command.lines)) return refused;
  if (command.entered_by.empty()) return refuse(Code::desk_accepted_by, "entered_by", "");
  if (command.to < command.from)
    return refuse(Code::desk_dates, "endtime", to_text(command.to), {to_text(command.from)});
  if (command.to > today())
    return refuse(Code::desk_date_ahead, "endtime", to_text(command.to), {to_text(today())});
  out_.made = id('C');
  set(claim_object(out_.made), std::string(claim_cell),
      write_cell(ClaimState{command.psn_no, position_, 0, ""}));
  about(command.psn_no);
  return std::nullopt;
}

Decider::Refusal Decider::run(const DecideClaim& command) {
  auto state = read_cell<ClaimState>(cell(claim_object(command.claim), claim_cell));
  if (!state) return refuse(Code::desk_claim_unknown, "claim", command.claim);
  if (state->decided != 0)
    return refuse(Code::desk_claim_decided, "claim", command.claim, {state->settlement});
  const auto record = records_.at(state->entered);
  if (!record) return record.error();
  const auto& claim = std::get<EnterClaim>((*record)->command.action);
  if (command.decided_by.empty() || command.decided_by == claim.entered_by)
    return refuse(Code::desk_same_person, "decided_by", command.decided_by, {claim.entered_by});
  const std::string psn_no = now_called(claim.psn_no);
  about(psn_no);
  state->decided = command.approve ? 1 : 2;
  out_.made = command.claim;
  if (command.approve) {
    if (const std::string* twice = empty_or_doubled(claim.lines))
      return refuse(Code::desk_line_known, "feedetail", *twice);
    SettlementCase made;
    made.kind = claim.kind, made.from = claim.from, made.to = claim.to;
    made.settle = made.known = std::max(today(), claim.to);
    made.brought = &claim.lines;
    made.total = claim.total;
    auto facts = facts_of(psn_no, "", claim.facts, claim.to);
    if (!facts) return facts.error();
    made.facts = std::move(*facts);
    if (const auto insured = check_eligibility(objects_.object(person_object(psn_no)), psn_no, claim.to);
        !insured)
      return insured.error();
    Settle as;
    as.psn_no = psn_no, as.use_account = false;
    SettlementResult result;
    result.psn_no = psn_no;
    if (auto refused = settle(as, std::move(made), result)) return refused;
    state->settlement = out_.results.back().settlement;
  }
  set(claim_object(command.claim), std::string(claim_cell), write_cell(*state));
  return std::nullopt;
}

}  // namespace fenming
