// Visits, their fee lines and deposits.
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "registry/status.h"
#include "settlement/decider.h"

namespace fenming {
namespace {

std::string status_name(std::uint8_t status) {
  return status == 0 ? "open" : status == 1 ? "closed" : "cancelled";
}

void merge(std::vector<FactValue>& facts, const std::vector<FactValue>& news) {
  for (const FactValue& one : news) {
    const auto known = std::ranges::find(facts, one.name, &FactValue::name);
    if (known == facts.end())
      facts.push_back(one);
    else
      *known = one;
  }
}

}  // namespace

Result<Visit> Decider::visit_of(const std::string& mdtrt_id) const {
  const auto visit = read_cell<Visit>(cell(visit_object(mdtrt_id), visit_cell));
  if (!visit) return std::unexpected(refuse(Code::desk_visit_unknown, "mdtrt_id", mdtrt_id));
  if (visit->provider != command_->key.provider)
    return std::unexpected(refuse(Code::desk_visit_of_other, "mdtrt_id", mdtrt_id, {command_->key.provider}));
  if (!command_->person.empty() && !same_person(visit->psn_no, command_->person))
    return std::unexpected(refuse(Code::desk_visit_of_other, "psn_no", command_->person, {mdtrt_id}));
  if (visit->status == static_cast<std::uint8_t>(VisitStatus::cancelled))
    return std::unexpected(
        refuse(Code::desk_visit_state, "mdtrt_id", mdtrt_id, {status_name(visit->status)}));
  if (command_->began_with.empty()) return *visit;
  const auto infno = opened_with(mdtrt_id);
  if (!infno) return std::unexpected(infno.error());
  if (auto refused = began_otherwise(mdtrt_id, *infno)) return std::unexpected(std::move(*refused));
  return *visit;
}

// A visit's number leads to the record that opened it: an outpatient's or a stay is what that message made of it.
Result<std::string> Decider::opened_with(const std::string& mdtrt_id) const {
  const auto id = parse_id('V', region_, mdtrt_id);
  CHECK(id, "a visit that is there has a number of ours");
  const auto record = records_.at(id->position);
  if (!record) return std::unexpected(record.error());
  return (*record)->command.key.infno;
}

// What no message began (the bureau's own tools) goes with any.
Decider::Refusal Decider::began_otherwise(const std::string& named, const std::string& infno) const {
  if (command_->began_with.empty() || infno.empty() || infno == command_->began_with) return std::nullopt;
  return refuse(Code::desk_visit_kind, "mdtrt_id", named, {infno, command_->began_with});
}

Decider::Refusal Decider::insured_otherwise(const std::string& psn_no, Date day) const {
  const FactValue& said = command_->insured;
  if (said.name.empty()) return std::nullopt;
  const auto facts = facts_at(objects_.object(person_object(psn_no)), day);
  const auto known = std::ranges::find(facts, said.name, &FactValue::name);
  if (known == facts.end() || known->text == said.text) return std::nullopt;
  return refuse(Code::desk_insured_otherwise, "insutype", psn_no, {to_text(day), known->text, said.text});
}

Decider::Refusal Decider::put_visit(const std::string& mdtrt_id, const Visit& visit) {
  set(visit_object(mdtrt_id), std::string(visit_cell), write_cell(visit));
  about(visit.psn_no);
  return std::nullopt;
}

bool Decider::has_live_settlement(const std::string& mdtrt_id) const {
  const Object& object = objects_.object(visit_object(mdtrt_id));
  return !object.with("t").empty();
}

Decider::Refusal Decider::run(const OpenVisit& command) {
  if (region_.empty()) return refuse(Code::desk_no_rules, "", "");
  if (auto refused = no_person(command.psn_no)) return refused;
  if (cell(provider_object(command_->key.provider), std::string(provider_cell)).empty())
    return refuse(Code::desk_provider_unknown, "fixmedins_code", command_->key.provider);
  if (auto refused = insured_otherwise(command.psn_no, command.begin)) return refused;
  Visit visit;
  visit.psn_no = command.psn_no;
  visit.provider = command_->key.provider;
  visit.kind = command.kind;
  visit.number = command.number;
  visit.begin = visit.end = command.begin;
  visit.facts = command.facts;
  out_.made = id('V');
  return put_visit(out_.made, visit);
}

Decider::Refusal Decider::run(const ChangeVisit& command) {
  auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  merge(visit->facts, command.facts);
  return put_visit(command.visit, *visit);
}

Decider::Refusal Decider::run(const CloseVisit& command) {
  auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  if (visit->status != static_cast<std::uint8_t>(VisitStatus::open))
    return refuse(Code::desk_visit_state, "mdtrt_id", command.visit, {status_name(visit->status)});
  if (command.end < visit->begin)
    return refuse(Code::desk_dates, "endtime", to_text(command.end), {to_text(visit->begin)});
  if (command.end > today())
    return refuse(Code::desk_date_ahead, "endtime", to_text(command.end), {to_text(today())});
  visit->end = command.end;
  visit->status = static_cast<std::uint8_t>(VisitStatus::closed);
  merge(visit->facts, command.facts);
  return put_visit(command.visit, *visit);
}

Decider::Refusal Decider::run(const ReopenVisit& command) {
  auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  if (visit->status != static_cast<std::uint8_t>(VisitStatus::closed))
    return refuse(Code::desk_visit_state, "mdtrt_id", command.visit, {status_name(visit->status)});
  if (has_live_settlement(command.visit)) return refuse(Code::desk_visit_settled, "mdtrt_id", command.visit);
  visit->status = static_cast<std::uint8_t>(VisitStatus::open);
  visit->end = visit->begin;
  return put_visit(command.visit, *visit);
}

Decider::Refusal Decider::run(const CancelVisit& command) {
  auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  return cancel_visit(command.visit, std::move(*visit));
}

Decider::Refusal Decider::cancel_visit(const std::string& mdtrt_id, Visit visit) {
  if (has_live_settlement(mdtrt_id)) return refuse(Code::desk_visit_settled, "mdtrt_id", mdtrt_id);
  const auto lines = uploaded_lines(mdtrt_id);
  if (!lines) return lines.error();
  if (std::ranges::any_of(*lines, [](const Uploaded& line) { return line.state == line_open; }))
    return refuse(Code::desk_visit_lines, "mdtrt_id", mdtrt_id);
  if (const std::int64_t left = balance(AccountKind::deposit, mdtrt_id); left != 0)
    return refuse(Code::desk_deposit_left, "mdtrt_id", mdtrt_id, {to_text(Money::from_fen(left))});
  visit.status = static_cast<std::uint8_t>(VisitStatus::cancelled);
  return put_visit(mdtrt_id, visit);
}

// ---- Lines

Result<std::vector<Decider::Uploaded>> Decider::uploaded_lines(const std::string& mdtrt_id) {
  std::vector<Uploaded> lines;
  const std::string name = visit_object(mdtrt_id);
  std::vector<std::pair<std::string, std::string>> cells;
  for (const auto& [cell_name, states] : objects_.object(name).with("l"))
    cells.emplace_back(cell_name, cell(name, std::string(cell_name)));
  for (const auto& [cell_name, states] : cells) {
    const std::uint64_t position = cell_position(cell_name);
    auto record = records_.at(position);
    if (!record) return std::unexpected(record.error());
    const auto& upload = std::get<UploadLines>((*record)->command.action);
    for (std::size_t i = 0; i < upload.lines.size(); ++i)
      lines.push_back({position, static_cast<std::uint32_t>(i), &upload.lines[i], states[i]});
    held_.push_back(std::move(*record));
  }
  return lines;
}

Decider::Refusal Decider::mark_lines(const std::string& mdtrt_id, std::span<const LineRef> lines, char from,
                                     char to) {
  for (const LineRef& ref : lines) {
    const std::string name = lines_cell(ref.position);
    std::string states = cell(visit_object(mdtrt_id), name);
    if (objects_.failure()) return objects_.failure();
    for (const std::uint32_t index : ref.indices) {
      CHECK(index < states.size() && states[index] == from, "only lines in the right state are marked");
      states[index] = to;
    }
    set(visit_object(mdtrt_id), name, std::move(states));
  }
  return std::nullopt;
}

// The setl_id of the settlement that took a line; empty when it cannot be read.
std::string Decider::settled_by(const std::string& mdtrt_id, const Uploaded& line) {
  for (const auto& [name, setl_id] : objects_.object(visit_object(mdtrt_id)).with("t")) {
    const auto one = live(std::string(setl_id));
    if (!one) continue;
    for (const LineRef& ref : one->original->uploaded)
      if (ref.position == line.position && std::ranges::binary_search(ref.indices, line.index))
        return one->id;
  }
  return {};
}

Decider::Refusal Decider::run(const UploadLines& command) {
  const auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  if (command.lines.empty()) return refuse(Code::desk_no_lines, "feedetail", command.visit);
  if (command.lines.size() > limits_.lines_max)
    return refuse(Code::desk_too_many_lines, "feedetail", std::to_string(command.lines.size()),
                  {std::to_string(limits_.lines_max)});
  std::size_t lines = command.lines.size();
  for (const auto& [upload, states] : objects_.object(visit_object(command.visit)).with("l"))
    lines += states.size();
  if (lines > limits_.visit_lines_max)
    return refuse(Code::desk_visit_too_long, "mdtrt_id", command.visit,
                  {std::to_string(lines), std::to_string(limits_.visit_lines_max)});
  const auto known = uploaded_lines(command.visit);
  if (!known) return known.error();
  std::unordered_map<std::string, Money> left;  // by feedetl_sn: the original's amount less its refunds
  std::unordered_set<std::string> ids;
  std::unordered_map<std::string_view, const Uploaded*> settled;
  const auto take = [&](const BillLine& line) {
    ids.insert(line.id);
    Money& amount = left[line.refund_of.empty() ? line.id : line.refund_of];
    amount = amount + line.amount;
  };
  for (const Uploaded& one : *known)
    if (one.state != line_removed) {
      take(one.line->line);
      if (one.state == line_settled) settled.emplace(one.line->line.id, &one);
    }
  for (std::size_t i = 0; i < command.lines.size(); ++i) {
    const BillLine& line = command.lines[i].line;
    const std::string place = "feedetail/" + std::to_string(i) + "/";
    if (line.id.empty() || ids.contains(line.id))
      return refuse(Code::desk_line_known, place + "feedetl_sn", line.id);
    if (auto refused = line_in_range(line, i)) return refused;
    if (line.refund_of.empty() != (line.amount >= Money()) ||
        (!line.refund_of.empty() && !ids.contains(line.refund_of)))
      return refuse(Code::desk_refund_of, place + "init_feedetl_sn", line.refund_of, {line.id});
    if (const auto original = settled.find(line.refund_of); original != settled.end())
      return refuse(Code::desk_refund_settled, place + "init_feedetl_sn", line.refund_of,
                    {settled_by(command.visit, *original->second)});
    take(line);
    if (!line.refund_of.empty() && left[line.refund_of] < Money())
      return refuse(Code::desk_refund_excess, place + "det_item_fee_sumamt", to_text(line.amount),
                    {line.refund_of});
  }
  set(visit_object(command.visit), lines_cell(position_), std::string(command.lines.size(), line_open));
  if (auto refused = price_upload(command, *visit)) return refused;
  about(visit->psn_no);
  return std::nullopt;
}

Decider::Refusal Decider::run(const RemoveLines& command) {
  const auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  const auto lines = uploaded_lines(command.visit);
  if (!lines) return lines.error();
  std::vector<std::string> wanted_lines = command.lines;
  if (!command.batch.empty()) {
    for (const Uploaded& one : *lines)
      if (one.line->batch == command.batch && one.state != line_removed)
        wanted_lines.push_back(one.line->line.id);
    if (wanted_lines.empty()) return refuse(Code::desk_no_lines, "chrg_bchno", command.batch);
  }
  const std::unordered_set<std::string_view> names(wanted_lines.begin(), wanted_lines.end());
  const auto named = [&](const std::string& line) { return names.empty() || names.contains(line); };
  std::unordered_map<std::string_view, char> states;
  for (const Uploaded& one : *lines)
    if (one.state != line_removed) states.emplace(one.line->line.id, one.state);
  for (const std::string& wanted : wanted_lines) {
    const auto state = states.find(wanted);
    if (state == states.end()) return refuse(Code::desk_line_unknown, "feedetl_sn", wanted);
    if (state->second == line_settled) return refuse(Code::desk_line_settled, "feedetl_sn", wanted);
  }
  std::vector<LineRef> gone;
  for (const Uploaded& one : *lines) {
    if (one.state != line_open || !named(one.line->line.id)) {
      const bool orphan = one.state != line_removed && !one.line->line.refund_of.empty() &&
                          !named(one.line->line.id) && named(one.line->line.refund_of);
      if (orphan)
        return refuse(Code::desk_refund_of, "feedetl_sn", one.line->line.refund_of, {one.line->line.id});
      continue;
    }
    if (gone.empty() || gone.back().position != one.position) gone.push_back({one.position, {}});
    gone.back().indices.push_back(one.index);
  }
  if (gone.empty()) return refuse(Code::desk_no_lines, "feedetl_sn", command.visit);
  about(visit->psn_no);
  return mark_lines(command.visit, gone, line_open, line_removed);
}

// ---- Deposits

Decider::Refusal Decider::run(const PayDeposit& command) {
  const auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  if (auto wrong = in_range(command.amount, "amount")) return wrong;
  about(visit->psn_no);
  post(transfer({AccountKind::cash, visit->psn_no}, {AccountKind::deposit, command.visit}, command.amount));
  return std::nullopt;
}

Decider::Refusal Decider::run(const ReturnDeposit& command) {
  const auto visit = visit_of(command.visit);
  if (!visit) return visit.error();
  if (auto wrong = in_range(command.amount, "amount")) return wrong;
  const std::int64_t left = balance(AccountKind::deposit, command.visit);
  if (command.amount.fen() > left)
    return refuse(Code::desk_deposit_short, "amount", to_text(command.amount),
                  {to_text(Money::from_fen(left))});
  about(visit->psn_no);
  post(transfer({AccountKind::deposit, command.visit}, {AccountKind::cash, visit->psn_no}, command.amount));
  return std::nullopt;
}

}  // namespace fenming
