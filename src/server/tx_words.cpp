#include "server/tx_words.h"

#include <algorithm>

#include "server/node.h"

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
  for (const LineRef& ref : result.uploaded) {
    const auto record = call.node().desk().record(ref.position);
    if (!record) return std::unexpected(record.error());
    const auto& upload = std::get<UploadLines>((*record)->command.action);
    for (const std::uint32_t index : ref.indices) list.push_back(upload.lines[index]);
  }
  return list;
}

Error missing(const WireRow& row, std::string_view field) {
  return {Code::wire_missing, row.pointer(field), "", {std::string(field), std::string(field)}};
}

}  // namespace fenming
