#include "protocol/bill_out.h"

#include "base/json_out.h"

namespace fenming {
namespace {

void write_value(JsonOut& out, const FactValue& value) {
  out.key(value.name);
  switch (value.kind) {
    case FactValue::Kind::text: out.text(value.text); return;
    case FactValue::Kind::number: out.raw(value.text); return;
    case FactValue::Kind::boolean: out.boolean(value.text == "yes"); return;
    case FactValue::Kind::list:
      out.open_array();
      for (const std::string& member : value.list) out.text(member);
      out.close_array();
  }
}

void write_values(JsonOut& out, const std::vector<FactValue>& values) {
  out.open_object();
  for (const FactValue& value : values) write_value(out, value);
  out.close_object();
}

// The short form where every row has it, else the long one; a short row among long ones cannot be said and
// does not occur.
void write_accumulators(JsonOut& out, const std::vector<AccumulatorRow>& rows) {
  out.key("accumulators");
  if (rows.front().first_part) {
    out.open_object();
    for (const AccumulatorRow& row : rows) {
      out.key(row.group);
      write_values(out, row.values);
    }
    out.close_object();
    return;
  }
  out.open_array();
  for (const AccumulatorRow& row : rows) {
    out.open_object().field("group", row.group).key("key");
    write_values(out, row.key);
    out.key("values");
    write_values(out, row.values);
    out.close_object();
  }
  out.close_array();
}

void write_line(JsonOut& out, const BillLine& line) {
  out.open_object().field("id", line.id);
  if (!line.item.empty()) out.field("item", line.item);
  if (!line.item_name.empty()) out.field("name", line.item_name);
  for (const FactValue& column : line.columns) write_value(out, column);
  if (line.price) out.field("price", to_text(*line.price));
  if (line.quantity) out.field("qty", to_text(*line.quantity));
  out.field("amount", to_text(line.amount));
  if (line.date) out.field("date", to_text(*line.date));
  if (line.listed_limit) out.field("listed_limit", to_text(*line.listed_limit));
  if (!line.refund_of.empty()) out.field("refund_of", line.refund_of);
  out.close_object();
}

}  // namespace

std::string write_bill(const Bill& bill, int indent) {
  JsonOut out(indent);
  out.open_object().field("bill", bill.id).field("region", bill.region).key("visit").open_object();
  if (!bill.visit_kind.empty()) out.field("kind", bill.visit_kind);
  out.field("from", to_text(bill.from)).field("to", to_text(bill.to)).close_object();
  out.field("settle", to_text(bill.settle)).field("known", to_text(bill.known)).key("facts");
  write_values(out, bill.facts);
  if (!bill.accumulators.empty()) write_accumulators(out, bill.accumulators);
  if (bill.total) out.field("total", to_text(*bill.total));
  out.key("lines").open_array();
  for (const BillLine& line : bill.lines) write_line(out, line);
  return out.close_array().close_object().take();
}

}  // namespace fenming
