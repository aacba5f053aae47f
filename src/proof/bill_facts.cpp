#include "proof/bill_facts.h"

#include <fmt/format.h>

#include <algorithm>

#include "proof/cells.h"
#include "proof/trace.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

std::optional<Date> date_at(const ProofTree& json, std::string_view pointer) {
  const ProofTree* field = json.at(pointer);
  return field == nullptr || field->kind != Kind::text ? std::nullopt : parse_date(field->text);
}

std::optional<Error> read_line(const ProofTree& json, const std::string& place, ProofBill& bill,
                               std::map<std::string, int>& by_id) {
  const ProofTree* amount = json.find("amount");
  const auto value = amount == nullptr ? std::nullopt : bill_value(ProofType::money, *amount);
  if (!value || value->none || value->number.places > 2)
    return Error{Code::trace_shape, place + "/amount", amount == nullptr ? "" : amount->text, {"an amount"}};
  ProofBillLine line{std::string(text_field(json, "id")), value->number, -1, &json};
  const int number = static_cast<int>(bill.lines.size());
  if (line.id.empty() || !by_id.emplace(line.id, number).second)
    return Error{Code::trace_shape, place + "/id", line.id, {"an id of its own"}};
  if (const ProofTree* origin = json.find("refund_of"); origin != nullptr && origin->kind != Kind::null) {
    const auto found = by_id.find(origin->text);
    if (found == by_id.end() || found->second == number)
      return Error{Code::trace_shape, place + "/refund_of", origin->text, {"the id of an earlier line"}};
    line.refund_of = found->second;
  }
  if (const auto date = date_at(json, "/date")) bill.dates.insert(*date);
  for (std::size_t i = 0; i < json.keys.size(); ++i)
    if (json.items[i].kind != Kind::null) ++bill.line_fields[json.keys[i]];
  bill.lines.push_back(std::move(line));
  return std::nullopt;
}

}  // namespace

const ProofBillLine* ProofBill::line_at(std::string_view pointer) const {
  constexpr std::string_view start = "/lines/";
  if (!pointer.starts_with(start)) return nullptr;
  pointer.remove_prefix(start.size());
  const auto index = parse_index(pointer.substr(0, pointer.find('/')));
  return index && *index < lines.size() ? &lines[*index] : nullptr;
}

Checked<ProofBill> read_proof_bill(const ProofTree& json) {
  ProofBill bill;
  bill.json = &json;
  std::vector<Error> errors;
  std::map<std::string, int> by_id;
  const auto to = date_at(json, "/visit/to");
  if (!to) errors.push_back({Code::trace_shape, "/bill/visit/to", "", {"a date"}});
  bill.to = to.value_or(Date{});
  bill.from = date_at(json, "/visit/from").value_or(bill.to);
  bill.settle = date_at(json, "/settle").value_or(bill.to);
  bill.known = date_at(json, "/known").value_or(bill.settle);
  for (const std::string_view name : {"settle", "known"}) {
    const ProofTree* field = json.find(name);
    if (field != nullptr && field->kind != Kind::null && !parse_date(field->text))
      errors.push_back({Code::trace_shape, fmt::format("/bill/{}", name), field->text, {"a date"}});
  }
  bill.dates = {bill.from, bill.to, bill.settle};
  const ProofTree* lines = json.find("lines");
  if (lines != nullptr && lines->kind != Kind::list)
    errors.push_back({Code::trace_shape, "/bill/lines", lines->text, {"a list"}});
  for (std::size_t i = 0; errors.empty() && lines != nullptr && i < lines->items.size(); ++i)
    if (auto error = read_line(lines->items[i], fmt::format("/bill/lines/{}", i), bill, by_id))
      errors.push_back(*error);
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return bill;
}

std::optional<ProofValue> bill_value(ProofType type, const ProofTree& field) {
  switch (field.kind) {
    case Kind::boolean:
      return type == ProofType::boolean ? std::optional(proof_bool(field.text == "true")) : std::nullopt;
    case Kind::list: return parse_proof_constant(type, field);
    case Kind::number:
    case Kind::text: break;
    default: return std::nullopt;
  }
  if (type == ProofType::set) return std::nullopt;
  if (type == ProofType::ratio && field.text.ends_with('%'))
    return parse_proof_constant(type, field.text, true);
  return parse_proof_value(type, field.text);
}

std::vector<ProofBillRow> accumulator_rows(const ProofTree& bill) {
  std::vector<ProofBillRow> rows;
  const ProofTree* accumulators = bill.find("accumulators");
  if (accumulators == nullptr) return rows;
  for (std::size_t i = 0; i < accumulators->items.size(); ++i) {
    const ProofTree& row = accumulators->items[i];
    if (accumulators->kind == Kind::map) {
      const std::string& group = accumulators->keys[i];
      rows.push_back({group, nullptr, &row, "/accumulators/" + pointer_part(group)});
    } else if (row.find("values") != nullptr) {
      rows.push_back({std::string(text_field(row, "group")), row.find("key"), row.find("values"),
                      fmt::format("/accumulators/{}/values", i)});
    }
  }
  return rows;
}

}  // namespace fenming
