#include "settlement/project.h"

#include "ledger/entry.h"
#include "model/record.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

class Projection {
 public:
  Projection(std::uint64_t position, const Decision& decision, ViewRows& rows)
      : position_(static_cast<std::int64_t>(position)),
        decision_(decision),
        rows_(rows),
        booked_(rows.keep(to_text(decision.booked))) {}

  void record(std::size_t bytes) {
    const bool person = !decision_.persons.empty();
    rows_.add(ViewTable::record,
              {position_, rows_.keep(to_text(decision_.time)), booked_, action_name(decision_.command.action),
               keep(decision_.command.key.provider), keep(decision_.command.made_by),
               person ? keep(decision_.persons.front().psn_no) : "",
               person ? static_cast<std::int64_t>(decision_.persons.front().previous) : 0,
               keep(decision_.made), static_cast<std::int64_t>(bytes)});
    for (const Bound& bound : decision_.bound)
      rows_.add(ViewTable::message, {keep(bound.key.provider), keep(bound.key.msgid), keep(bound.key.infno),
                                     position_, static_cast<std::int64_t>(bound.kind)});
  }

  void results() {
    std::int64_t fund = 0, line = 0;
    for (const SettlementResult& result : decision_.results) {
      if (result.kind == ResultKind::cleared) continue;
      settlement(result);
      const std::string_view id = keep(result.settlement);
      for (const Share& share : result.shares)
        rows_.add(ViewTable::settlement_fund, {position_, fund++, id, keep(share.fund), share.fen});
      lines(result, line);
    }
  }

  void fee_lines() {
    if (const auto* upload = std::get_if<UploadLines>(&decision_.command.action))
      brought(upload->visit, upload->lines);
    if (const auto* claim = std::get_if<EnterClaim>(&decision_.command.action))
      brought(decision_.made, claim->lines);
    if (const Settle* sale = counter_sale()) brought("", sale->lines, &decision_.results.front().lines);
  }

  void entries() {
    std::int64_t n = 0;
    for (const Posting& posting : decision_.entries) {
      const std::string_view kind = name(posting.account.kind), owner = keep(posting.account.owner);
      rows_.add(ViewTable::entry, {position_, n++, booked_, kind, owner, posting.amount.fen()});
      const bool personal = has_balance(posting.account.kind) || posting.account.kind == AccountKind::cash;
      rows_.add(ViewTable::balance_day, {booked_, kind, personal ? "" : owner, posting.amount.fen()});
    }
  }

  void kept() {
    if (const auto* person = std::get_if<RegisterPerson>(&decision_.command.action))
      for (const std::string& number : person->found_by)
        rows_.add(ViewTable::person_index, {keep(number), keep(person->psn_no)});
    if (const auto* document = std::get_if<KeepDocument>(&decision_.command.action))
      rows_.add(ViewTable::document,
                {keep(document->kind), keep(decision_.command.key.provider), keep(document->subject),
                 position_, keep(document->psn_no), static_cast<std::int64_t>(document->withdraw)});
  }

  void visits() {
    for (const Change& change : decision_.changes) {
      if (change.cell != visit_cell) continue;
      const auto visit = read_cell<Visit>(change.after);
      static constexpr std::string_view names[] = {"open", "closed", "cancelled"};
      const bool open = visit->status == static_cast<std::uint8_t>(VisitStatus::open);
      rows_.add(ViewTable::visit, {keep(change.object.substr(1)), keep(visit->psn_no), keep(visit->provider),
                                   keep(visit->kind), keep(visit->number), keep(to_text(visit->begin)),
                                   open ? "" : keep(to_text(visit->end)), names[visit->status]});
    }
  }

 private:
  std::string_view keep(std::string_view text) { return rows_.keep(text); }

  void settlement(const SettlementResult& result) {
    static constexpr std::string_view kinds[] = {"settled", "cancelled", "adjusted", "cleared"};
    rows_.add(ViewTable::settlement, {keep(result.settlement),
                                      position_,
                                      booked_,
                                      keep(result.provider),
                                      kinds[static_cast<std::size_t>(result.kind)],
                                      keep(result.corrects),
                                      keep(result.psn_no),
                                      keep(result.visit),
                                      keep(result.visit_kind),
                                      keep(to_text(result.from)),
                                      keep(to_text(result.to)),
                                      keep(to_text(result.settle)),
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
                                      result.provider_part});
  }

  const Settle* counter_sale() const {
    const auto* settle = std::get_if<Settle>(&decision_.command.action);
    return settle != nullptr && settle->visit.empty() && !decision_.results.empty() ? settle : nullptr;
  }

  // A counter sale's lines stand in fee_line together with their result, a visit's where they were uploaded.
  void lines(const SettlementResult& result, std::int64_t& n) {
    if (counter_sale() != nullptr) return;
    std::size_t at = 0;
    const auto add = [&](std::int64_t line_position, std::int64_t line_n) {
      const LineResult& line = result.lines[at++];
      rows_.add(ViewTable::settled_line, {position_, n++, line_position, line_n, line.amount, line.over,
                                          line.out, line.prepay, line.in});
    };
    for (const LineRef& ref : result.uploaded)
      for (const std::uint32_t index : ref.indices)
        if (at < result.lines.size()) add(static_cast<std::int64_t>(ref.position), index);
    for (std::int64_t own = 0; at < result.lines.size(); ++own)
      add(result.uploaded.empty() ? position_ : 0, own);
  }

  void brought(std::string_view visit, const std::vector<FeeLine>& fees,
               const std::vector<LineResult>* results = nullptr) {
    const std::string_view mdtrt = keep(visit);
    std::int64_t n = 0;
    for (const FeeLine& fee : fees) {
      const BillLine& line = fee.line;
      const LineResult result = results == nullptr ? LineResult{} : results->at(static_cast<std::size_t>(n));
      rows_.add(
          ViewTable::fee_line,
          {position_, n++, mdtrt, keep(line.id), keep(line.refund_of), keep(fee.batch),
           line.date ? keep(to_text(*line.date)) : "", keep(line.item), keep(line.item_name),
           line.quantity ? line.quantity->millionths : 1'000'000, line.price ? line.price->millionths : 0,
           line.amount.fen(), result.over, result.out, result.prepay, result.in});
    }
  }

  std::int64_t position_;
  const Decision& decision_;
  ViewRows& rows_;
  std::string_view booked_;
};

}  // namespace

void project(std::uint64_t position, const Decision& decision, std::size_t record_bytes, ViewRows& rows) {
  Projection projection(position, decision, rows);
  projection.record(record_bytes);
  projection.results();
  projection.fee_lines();
  projection.entries();
  projection.visits();
  projection.kept();
}

}  // namespace fenming
