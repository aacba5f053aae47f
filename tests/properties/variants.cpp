#include "properties/variants.h"

#include <fmt/format.h>

#include <algorithm>

namespace fenming::properties {
namespace {

using Kind = FactValue::Kind;

Problem same_money(const Assessment& a, const Assessment& b) {
  if (a.total != b.total || a.over != b.over || a.out != b.out || a.prepay != b.prepay || a.pots != b.pots)
    return "the lines' sums differ";
  if (a.funds != b.funds) return "the funds differ";
  if (a.split->cash() != b.split->cash() || a.split->provider() != b.split->provider())
    return "cash or the provider's share differs";
  for (std::size_t i = 0; i < a.row_count; ++i)
    if (i >= b.row_count || a.rows[i].after != b.rows[i].after) return "an accumulator differs";
  return std::nullopt;
}

bool has_refunds(const Bill& bill) {
  return std::ranges::any_of(bill.lines, [](const BillLine& line) { return !line.refund_of.empty(); });
}

// Does any slot of the plan read this register?
bool reads(const Plan& plan, std::uint32_t reg) {
  for (const Instruction& i : plan.instructions)
    if (i.op == Op::reg && i.arg == reg) return true;
  const auto slot_reads = [reg](const Slot& slot) {
    return slot.kind == Slot::Kind::reg && slot.index == reg;
  };
  return std::ranges::any_of(plan.cells, slot_reads) ||
         std::ranges::any_of(plan.keys, [&](const TableKey& key) { return slot_reads(key.key); }) ||
         std::ranges::any_of(plan.lets, [&](const Let& let) { return slot_reads(let.value); }) ||
         std::ranges::any_of(plan.writes, [&](const Write& write) { return slot_reads(write.amount); });
}

std::string key_text(const Region& region, std::uint32_t reg, std::int64_t value, const Bill& bill) {
  if (reg >= region.facts.size()) return std::to_string(value);
  const Fact& fact = region.facts[reg];
  for (const FactValue& given : bill.facts)
    if (given.name == fact.name) return given.text;
  if (static_cast<std::int32_t>(reg) == region.visit_fact) return bill.visit_kind;
  return fact.type == Type::code      ? region.domains[fact.domain].members[static_cast<std::size_t>(value)]
         : fact.type == Type::boolean ? (value != 0 ? "yes" : "no")
         : fact.type == Type::money   ? to_text(Money::from_fen(value))
                                      : std::to_string(value);
}

std::string number_text(std::int64_t value, Type type) {
  if (type == Type::money) return to_text(Money::from_fen(value));
  if (type == Type::ratio) return to_percent(Decimal{value});
  return type == Type::dec ? to_text(Decimal{value}) : std::to_string(value);
}

AccumulatorRow long_form(const Region& region, const AccumulatorResult& row,
                         const std::vector<std::int64_t>& values, const Bill& bill) {
  const Group& group = region.groups[row.group];
  AccumulatorRow written{group.name, false, {}, {}};
  static const std::vector<std::string> calendar = {"year", "quarter", "month", "period"};
  for (std::size_t k = 0; k < group.key.size(); ++k) {
    const std::uint32_t reg = group.key[k];
    const bool fact = reg < region.facts.size();
    const Kind kind = fact && region.facts[reg].type == Type::boolean ? Kind::boolean : Kind::text;
    const std::string& name = fact ? region.facts[reg].name : calendar.at(reg - region.year());
    written.key.push_back({name, kind, key_text(region, reg, row.key[k], bill), {}});
  }
  for (std::size_t m = 0; m < group.members.size(); ++m)
    written.values.push_back(
        {group.members[m].name, Kind::text, number_text(values[m], group.members[m].type), {}});
  return written;
}

// The bill of one part, with the accumulators as they then stand.
Bill part_bill(const Library& library, const Bill& bill, const BoundBill& bound, const Assessment& whole,
               std::size_t part, const std::vector<AccumulatorRow>& rows) {
  const PartResult& dates = whole.parts[part];
  Bill own = bill;
  own.from = dates.from;
  own.to = dates.to;
  own.total = std::nullopt;
  own.accumulators = rows;
  own.lines.clear();
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    const std::int32_t origin = bound.lines[i].refund_of;
    const std::size_t dated = origin < 0 ? i : static_cast<std::size_t>(origin);
    const Date day{static_cast<std::int32_t>(bound.lines[dated].fields[line_date])};
    if (day < dates.from || day > dates.to) continue;
    own.lines.push_back(bill.lines[i]);
    own.lines.back().date = day;
  }
  (void)library;
  return own;
}

// A part's own bill is the same only where nothing asks for the whole stay: nights, days of the whole, a date of its own rule.
bool parts_can_stand_alone(const Region& region, const PartResult& part) {
  return region.year_by != PickDate::service && !reads(*part.plan, region.days());
}

std::vector<AccumulatorRow> rows_now(const Region& region, const std::vector<AccumulatorResult>& rows,
                                     std::size_t count, const Bill& bill) {
  std::vector<AccumulatorRow> written;
  for (std::size_t i = 0; i < count; ++i) written.push_back(long_form(region, rows[i], rows[i].after, bill));
  return written;
}

}  // namespace

Problem netted_before(const Library& library, const Bill& bill, const Settled& settled,
                      Workspace& workspace) {
  if (!has_refunds(bill)) return std::nullopt;
  Bill netted = bill;
  netted.lines.clear();
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    if (!bill.lines[i].refund_of.empty()) continue;
    BillLine line = bill.lines[i];
    const std::vector<std::int64_t>& fields = settled.bound.lines[i].fields;
    std::int64_t fen = fields[line_amount], quantity = fields[line_quantity];
    for (const BoundLine& back : settled.bound.lines) {
      if (back.refund_of != static_cast<std::int32_t>(i)) continue;
      fen += back.fields[line_amount];
      quantity += back.fields[line_quantity];
    }
    line.amount = Money::from_fen(fen);
    line.price = Decimal{fields[line_price]};
    line.quantity = Decimal{quantity};
    netted.lines.push_back(std::move(line));
  }
  const Settled other = settle(library, netted, workspace);
  if (other.error && other.error->code == Code::amount_mismatch)
    return std::nullopt;  // a part of the amount, the whole quantity
  if (other.error) return "refunds netted before: refused: " + to_text(*other.error, Language::en);
  if (auto problem = same_money(settled.result, other.result)) return "refunds netted before: " + *problem;
  return std::nullopt;
}

Problem any_order(const Library& library, const Bill& bill, const Settled& settled, Workspace& workspace) {
  if (bill.lines.size() < 2 || has_refunds(bill)) return std::nullopt;
  Bill turned = bill;
  std::ranges::reverse(turned.lines);
  const Settled other = settle(library, turned, workspace);
  if (other.error) return "lines turned round: refused: " + to_text(*other.error, Language::en);
  if (auto problem = same_money(settled.result, other.result)) return "lines turned round: " + *problem;
  return std::nullopt;
}

Problem settled_by_parts(const Library& library, const Bill& bill, const Settled& settled,
                         Workspace& workspace) {
  const Assessment& whole = settled.result;
  if (whole.part_count < 2 || bill.lines.empty() || !parts_can_stand_alone(library.region, whole.parts[0]))
    return std::nullopt;
  std::vector<AccumulatorRow> rows = bill.accumulators;  // the first part's short form
  for (std::size_t part = 0; part < whole.part_count; ++part) {
    const Bill own = part_bill(library, bill, settled.bound, whole, part, rows);
    const Settled other = settle(library, own, workspace);
    if (other.error) return std::nullopt;  // no policy on that day: the parts follow the day of discharge
    if (own.lines.empty() || other.result.part_count != 1 ||
        other.result.parts[0].plan != whole.parts[part].plan)
      return std::nullopt;
    if (other.result.parts[0].layers != whole.parts[part].layers)
      return fmt::format("part {} as a bill of its own differs", part + 1);
    std::vector<AccumulatorRow> next =
        rows_now(library.region, other.result.rows, other.result.row_count, bill);
    for (const AccumulatorRow& row : rows) {  // rows of other keys stay as they were
      const bool renewed = std::ranges::any_of(next, [&](const AccumulatorRow& known) {
        return known.group == row.group &&
               std::ranges::equal(known.key, row.key, {}, &FactValue::text, &FactValue::text);
      });
      if (!renewed && !row.first_part) next.push_back(row);
    }
    rows = std::move(next);
  }
  return std::nullopt;
}

}  // namespace fenming::properties
