#include "settlement/project.h"

#include <charconv>

#include "base/json_text.h"
#include "ledger/entry.h"
#include "model/record.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

constexpr std::string_view no_rows = "[]";

// A list of lists as JSON (PackedRows).
class Packed {
 public:
  explicit Packed(std::string& out) : out_(out) { out_.assign(1, '['); }

  void row() {
    out_ += out_.size() > 1 ? ",[" : "[";
    first_ = true;
  }
  void add(std::string_view text) {
    comma();
    append_json(out_, text);
  }
  void add(std::int64_t number) {
    comma();
    char digits[20];
    out_.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
  }
  void end_row() { out_ += ']'; }
  std::string_view end() { return out_ += ']'; }

 private:
  void comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

const Settle* counter_sale(const Decision& decision) {
  const auto* settle = std::get_if<Settle>(&decision.command.action);
  return settle != nullptr && settle->visit.empty() && !decision.results.empty() ? settle : nullptr;
}

struct Brought {  // the fee lines that came with a record
  std::string_view visit;
  const std::vector<FeeLine>* lines = nullptr;
  const std::vector<LineResult>* results = nullptr;  // of a counter sale
};

Brought brought(const Decision& decision) {
  if (const auto* upload = std::get_if<UploadLines>(&decision.command.action))
    return {upload->visit, &upload->lines, nullptr};
  if (const auto* claim = std::get_if<EnterClaim>(&decision.command.action))
    return {decision.made, &claim->lines, nullptr};
  if (const Settle* sale = counter_sale(decision)) return {"", &sale->lines, &decision.results.front().lines};
  return {};
}

// The record that brought lines which no upload names: a claim's entry, the original of what is computed again, or else this one.
std::int64_t brought_by(const Decision& decision, const SettlementResult& result, std::int64_t position) {
  const auto* claim = std::get_if<DecideClaim>(&decision.command.action);
  const auto made = claim != nullptr ? parse_id('C', claim->claim) : parse_id('S', result.corrects);
  return made ? static_cast<std::int64_t>(made->position) : position;
}

}  // namespace

void Projector::add(std::uint64_t position, const Decision& decision, std::size_t record_bytes) {
  position_ = static_cast<std::int64_t>(position);
  const std::string_view booked = day(decision.booked);
  const bool person = !decision.persons.empty();
  rows_.add(ViewTable::record,
            {position_, keep(to_text(decision.time)), booked, action_name(decision.command.action),
             keep(decision.command.key.provider), keep(decision.command.made_by),
             person ? keep(decision.persons.front().psn_no) : "",
             person ? static_cast<std::int64_t>(decision.persons.front().previous) : 0, keep(decision.made),
             static_cast<std::int64_t>(record_bytes), keep(brought(decision).visit),
             entries(decision, booked), lines(decision), settled(decision)});
  for (const Bound& bound : decision.bound)
    rows_.add(ViewTable::message, {keep(bound.key.provider), keep(bound.key.msgid), keep(bound.key.infno),
                                   position_, static_cast<std::int64_t>(bound.kind)});
  for (const SettlementResult& result : decision.results)
    if (result.kind != ResultKind::cleared) settlement(result, booked);
  visits(decision);
  kept(decision);
}

std::string_view Projector::day(Date date) {
  auto& [known, text] = days_[static_cast<std::uint32_t>(date.days) % days_.size()];
  if (text.empty() || known != date) {
    known = date;
    text = keep(to_text(date));
  }
  return text;
}

std::string_view Projector::entries(const Decision& decision, std::string_view booked) {
  if (decision.entries.empty()) return no_rows;
  Packed out(json_);
  for (const Posting& posting : decision.entries) {
    const std::string_view kind = name(posting.account.kind), owner = posting.account.owner;
    out.row();
    out.add(kind), out.add(owner), out.add(posting.amount.fen());
    out.end_row();
    const bool personal = has_balance(posting.account.kind) || posting.account.kind == AccountKind::cash;
    rows_.add(ViewTable::balance_day, {booked, kind, personal ? "" : keep(owner), posting.amount.fen()});
  }
  return keep(out.end());
}

std::string_view Projector::lines(const Decision& decision) {
  const Brought came = brought(decision);
  if (came.lines == nullptr) return no_rows;
  Packed out(json_);
  for (std::size_t n = 0; n < came.lines->size(); ++n) {
    const FeeLine& fee = (*came.lines)[n];
    const BillLine& line = fee.line;
    const LineResult result = came.results == nullptr ? LineResult{} : came.results->at(n);
    out.row();
    out.add(line.id), out.add(line.refund_of), out.add(fee.batch);
    out.add(line.date ? day(*line.date) : ""), out.add(line.item), out.add(line.item_name);
    out.add(line.quantity ? line.quantity->millionths : 1'000'000);
    out.add(line.price ? line.price->millionths : 0);
    for (const std::int64_t fen : {line.amount.fen(), result.over, result.out, result.prepay, result.in})
      out.add(fen);
    out.end_row();
  }
  return keep(out.end());
}

// A counter sale's lines stand in fee_line together with their result, all others where they were brought.
std::string_view Projector::settled(const Decision& decision) {
  if (counter_sale(decision) != nullptr) return no_rows;
  Packed out(json_);
  const auto add = [&](std::int64_t position, std::int64_t n, const LineResult& line) {
    out.row();
    for (const std::int64_t number : {position, n, line.amount, line.over, line.out, line.prepay, line.in})
      out.add(number);
    out.end_row();
  };
  for (const SettlementResult& result : decision.results) {
    if (result.kind == ResultKind::cleared) continue;
    std::size_t at = 0;
    for (const LineRef& ref : result.uploaded)
      for (const std::uint32_t index : ref.indices)
        if (at < result.lines.size()) add(static_cast<std::int64_t>(ref.position), index, result.lines[at++]);
    for (std::int64_t own = 0; at < result.lines.size(); ++own)
      add(brought_by(decision, result, position_), own, result.lines[at++]);
  }
  const std::string_view text = out.end();
  return text == no_rows ? no_rows : keep(text);
}

void Projector::settlement(const SettlementResult& result, std::string_view booked) {
  static constexpr std::string_view kinds[] = {"settled", "cancelled", "adjusted", "cleared"};
  std::string_view funds = no_rows;
  if (!result.shares.empty()) {
    Packed out(json_);
    for (const Share& share : result.shares) {
      out.row();
      out.add(share.fund), out.add(share.fen);
      out.end_row();
    }
    funds = keep(out.end());
  }
  rows_.add(ViewTable::settlement, {keep(result.settlement),
                                    position_,
                                    booked,
                                    keep(result.provider),
                                    kinds[static_cast<std::size_t>(result.kind)],
                                    keep(result.corrects),
                                    keep(result.psn_no),
                                    keep(result.visit),
                                    keep(result.visit_kind),
                                    day(result.from),
                                    day(result.to),
                                    day(result.settle),
                                    static_cast<std::int64_t>(result.pending),
                                    result.total,
                                    result.over,
                                    result.out,
                                    result.prepay,
                                    result.in_scope,
                                    result.deductible,
                                    result.funds,
                                    result.account,
                                    result.family,
                                    result.cash,
                                    result.provider_part,
                                    funds});
}

void Projector::kept(const Decision& decision) {
  if (const auto* person = std::get_if<RegisterPerson>(&decision.command.action))
    for (const std::string& number : person->found_by)
      rows_.add(ViewTable::person_index, {keep(number), keep(person->psn_no)});
  if (const auto* document = std::get_if<KeepDocument>(&decision.command.action))
    rows_.add(ViewTable::document,
              {keep(document->kind), keep(decision.command.key.provider), keep(document->subject), position_,
               keep(document->psn_no), static_cast<std::int64_t>(document->withdraw)});
}

void Projector::visits(const Decision& decision) {
  for (const Change& change : decision.changes) {
    if (change.cell != visit_cell) continue;
    const auto visit = read_cell<Visit>(change.after);
    static constexpr std::string_view names[] = {"open", "closed", "cancelled"};
    const bool open = visit->status == static_cast<std::uint8_t>(VisitStatus::open);
    rows_.add(ViewTable::visit,
              {keep(change.object.substr(1)), keep(visit->psn_no), keep(visit->provider), keep(visit->kind),
               keep(visit->number), day(visit->begin), open ? "" : day(visit->end), names[visit->status]});
  }
}

}  // namespace fenming
