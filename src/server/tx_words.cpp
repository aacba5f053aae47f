#include "server/tx_words.h"

#include <algorithm>

#include "base/check.h"
#include "server/node.h"
#include "settlement/cells.h"
#include "settlement/stored_case.h"

namespace fenming {

FeeLine fee_line(const WireRow& row) {
  FeeLine fee;
  fee.line.id = row.text("feedetl_sn");
  fee.line.item = row.text("med_list_codg");
  fee.line.amount = row.money("det_item_fee_sumamt");
  // Clients send 0 for what they do not fill in; a line of nothing at no price would say so by its amount.
  if (const Decimal count = row.decimal("cnt"); count.millionths != 0) fee.line.quantity = count;
  if (const Decimal price = row.decimal("pric"); price.millionths != 0) fee.line.price = price;
  fee.line.date = row.date("fee_ocur_time");
  fee.line.refund_of = row.text("init_feedetl_sn");
  fee.batch = row.text("chrg_bchno");
  if (row.text("hosp_appr_flag") != "2") return fee;
  // Not approved: wholly the person's own, whatever the catalogue says of the item's class and price.
  fee.line.columns.push_back({"class", FactValue::Kind::text, "C", {}});
  if (fee.line.amount > Money()) fee.line.listed_limit = fee.line.amount;
  return fee;
}

std::string rest_of(const Call& call, std::string_view psn_no,
                    std::initializer_list<std::string_view> taken) {
  JsonOut json;
  bool any = false;
  json.open_object();
  for (const WireNode& node : call.request().transaction().input) {
    const std::vector<WireRow> rows = call.request().rows(node.name);
    if (rows.empty()) continue;
    bool any_here = false;
    enum class Fate : std::uint8_t { unknown, left_out, kept };  // of a field, found once for all rows
    std::vector<Fate> fates(node.fields.size());
    for (const WireRow& row : rows) {
      for (std::size_t i = 0; i < node.fields.size(); ++i) {
        const std::string_view value = row.value(i);
        if (value.empty() || fates[i] == Fate::left_out) continue;
        if (fates[i] == Fate::unknown)
          fates[i] =
              std::ranges::find(taken, node.fields[i].name) != taken.end() ? Fate::left_out : Fate::kept;
        if (fates[i] == Fate::left_out) continue;
        if (!any_here) json.key(node.name).open_array().open_object();
        any = any_here = true;
        json.field(node.fields[i].name, value);
      }
      if (any_here) json.close_object();
      if (any_here && &row != &rows.back()) json.open_object();
    }
    if (any_here) json.close_array();
  }
  json.close_object();
  return any ? call.node().vault().seal_same(psn_no, json.str()) : std::string();
}

std::string opened_rest(const Call& call, std::string_view psn_no, std::string_view sealed) {
  return sealed.empty() ? "{}" : call.node().vault().unseal(psn_no, sealed).value_or("{}");
}

Result<std::vector<FeeLine>> settled_lines(const Call& call, const Decision& decision,
                                           const SettlementResult& result) {
  std::vector<FeeLine> list;
  if (const auto* settle = std::get_if<Settle>(&decision.command.action);
      settle != nullptr && settle->visit.empty())
    list = settle->lines;
  const bool rebuilt = std::holds_alternative<RefundPart>(decision.command.action) ||
                       std::holds_alternative<DecideClaim>(decision.command.action);
  if (rebuilt && result.uploaded.empty()) {
    const auto made = stored_case(call.node().desk().store(), result.settlement);
    if (!made) return std::unexpected(made.error());
    for (const BillLine& line : made->bill.lines) list.push_back({line, {}});
  }
  for (const LineRef& ref : result.uploaded) {
    const auto record = call.node().desk().record(ref.position);
    if (!record) return std::unexpected(record.error());
    const auto& upload = std::get<UploadLines>((*record)->command.action);
    for (const std::uint32_t index : ref.indices) list.push_back(upload.lines[index]);
  }
  return list;
}

namespace {

// What counted when it was taken back: the settlement as it was last computed.
Result<std::vector<ShownLine>> lines_taken_back(const Call& call, const SettlementResult& refund) {
  SettlementDesk& desk = call.node().desk();
  const auto record_of = [&](const std::string& setl_id) -> Result<std::shared_ptr<const Decision>> {
    const auto id = parse_id('S', call.node().words().region, setl_id);
    if (!id) return std::unexpected(Error{Code::desk_settlement_unknown, "setl_id", setl_id, {}});
    return desk.record(id->position);
  };
  const auto object = desk.object(settlement_object(refund.corrects));
  if (!object) return std::unexpected(object.error());
  const auto state = read_cell<SettlementState>(object->find(settlement_cell));
  const std::string counted =
      state && !state->adjustments.empty() ? state->adjustments.back() : refund.corrects;
  const auto settled = record_of(refund.corrects), shares = record_of(counted);
  if (!settled) return std::unexpected(settled.error());
  if (!shares) return std::unexpected(shares.error());
  const auto result_of = [](const Decision& decision, const std::string& setl_id) {
    return std::ranges::find(decision.results, setl_id, &SettlementResult::settlement);
  };
  const auto original = result_of(**settled, refund.corrects), last = result_of(**shares, counted);
  CHECK(original != (*settled)->results.end() && last != (*shares)->results.end(),
        "what is taken back stands in its record");
  const auto lines = settled_lines(call, **settled, *original);
  if (!lines) return std::unexpected(lines.error());
  std::vector<ShownLine> shown;
  for (std::size_t i = 0; i < lines->size() && i < last->lines.size(); ++i) {
    BillLine line = (*lines)[i].line;
    line.amount = -line.amount;
    if (line.quantity) line.quantity = Decimal{-line.quantity->millionths};
    const LineResult& of = last->lines[i];
    shown.push_back({std::move(line), {-of.amount, -of.over, -of.out, -of.prepay, -of.in}});
  }
  return shown;
}

}  // namespace

Result<std::vector<ShownLine>> shown_lines(const Call& call, const Decision& decision,
                                           const SettlementResult& result) {
  if (result.kind == ResultKind::cancelled) return lines_taken_back(call, result);
  auto lines = settled_lines(call, decision, result);
  if (!lines) return std::unexpected(lines.error());
  std::vector<ShownLine> shown;
  for (std::size_t i = 0; i < lines->size() && i < result.lines.size(); ++i)
    shown.push_back({std::move((*lines)[i].line), result.lines[i]});
  return shown;
}

Error missing(const WireRow& row, std::string_view field) {
  return {Code::wire_missing, row.pointer(field), "", {std::string(field), std::string(field)}};
}

}  // namespace fenming
