#include "protocol/bill_json.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "protocol/bill_fields.h"

namespace fenming {
namespace {

using Maybe = std::optional<Json>;

bool is_division_code(std::string_view text) {
  return text.size() == 6 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string range_text(Date from, Date to) { return to_text(from) + ".." + to_text(to); }

class BillReading {
 public:
  explicit BillReading(const BillLimits& limits) : limits_(limits), fields_(limits) {}
  Checked<Bill> read(Json root);

 private:
  void read_visit(Json visit);
  void read_dates(Maybe settle, Maybe known);
  void read_accumulators(Json value);
  void read_short_rows(Json groups);
  void read_long_rows(Json rows);
  void read_lines(Json lines);
  void read_line(Json value);
  void check_line(const BillLine& line, Json value, Maybe amount, Maybe listed_limit, Maybe price);
  void check_refunds(Json lines);
  void check_refund(const BillLine& line, Json value, std::vector<Money>& left);
  void check_sums(Json root);

  const BillLimits& limits_;
  BillFields fields_;
  Bill bill_;
  std::unordered_map<std::string, std::size_t> line_numbers_;
  bool dated_ = false;  // both ends of the visit are known and in order
  Maybe date_outside_;  // the first one: a wrong visit.to puts every line outside
  std::size_t dates_outside_ = 0;
};

Checked<Bill> BillReading::read(Json root) {
  Maybe id, region, visit, settle, known, facts, accumulators, total, lines;
  if (root.kind() != Json::Kind::object) fields_.at_root("1:1");
  if (!fields_.members(root, {{"bill", true, &id},
                              {"region", true, &region},
                              {"visit", true, &visit},
                              {"settle", false, &settle},
                              {"known", false, &known},
                              {"facts", false, &facts},
                              {"accumulators", false, &accumulators},
                              {"total", false, &total},
                              {"lines", false, &lines}}))
    return std::unexpected(fields_.take_errors());
  bill_.id = fields_.id(id);
  bill_.region = fields_.text(region);
  if (region && region->kind() == Json::Kind::text && !is_division_code(bill_.region))
    fields_.refuse(Code::region_malformed, *region, {});
  if (visit) read_visit(*visit);
  read_dates(settle, known);
  bill_.facts = fields_.facts(facts);
  if (accumulators) read_accumulators(*accumulators);
  bill_.total = fields_.money(total);
  if (lines) read_lines(*lines);
  if (fields_.clean()) check_sums(root);
  if (!fields_.clean()) return std::unexpected(fields_.take_errors());
  return std::move(bill_);
}

void BillReading::read_visit(Json visit) {
  Maybe kind, from, to;
  if (!fields_.members(visit, {{"kind", false, &kind}, {"from", false, &from}, {"to", true, &to}})) return;
  bill_.visit_kind = fields_.text(kind);
  const auto last = fields_.date(to), first = fields_.date(from);
  bill_.to = last.value_or(first.value_or(Date{}));
  bill_.from = first.value_or(bill_.to);
  if (first && last && *last < *first)
    fields_.refuse(Code::date_order, *to, {"visit.from " + to_text(*first)});
  dated_ = last && (first || !from) && bill_.from <= bill_.to;
}

void BillReading::read_dates(Maybe settle, Maybe known) {
  const auto settled = fields_.date(settle);
  if (settled && *settled < bill_.from)
    fields_.refuse(Code::date_order, *settle, {"visit.from " + to_text(bill_.from)});
  bill_.settle = settled.value_or(bill_.to);
  bill_.known = fields_.date(known).value_or(bill_.settle);
}

void BillReading::read_accumulators(Json value) {
  if (value.kind() == Json::Kind::array) return read_long_rows(value);
  if (value.kind() == Json::Kind::object) return read_short_rows(value);
  fields_.refuse(Code::field_type, value, {"object {...} / array [...]"});
}

void BillReading::read_short_rows(Json groups) {
  for (auto group = groups.first(); group; group = group->next())
    bill_.accumulators.push_back(AccumulatorRow{std::string(group->key()), true, {}, fields_.facts(*group)});
}

void BillReading::read_long_rows(Json rows) {
  for (auto row = rows.first(); row; row = row->next()) {
    Maybe group, key, values;
    if (!fields_.members(*row, {{"group", true, &group}, {"key", true, &key}, {"values", true, &values}}))
      continue;
    bill_.accumulators.push_back(
        AccumulatorRow{fields_.text(group), false, fields_.facts(key), fields_.facts(values)});
  }
}

void BillReading::read_lines(Json lines) {
  if (!fields_.is(lines, Json::Kind::array)) return;
  if (lines.size() > limits_.lines) {
    fields_.refuse(Code::lines_too_many, lines.pointer(), std::to_string(lines.size()),
                   {std::to_string(limits_.lines)});
    return;
  }
  bill_.lines.reserve(lines.size());
  for (auto line = lines.first(); line; line = line->next()) read_line(*line);
  if (date_outside_)
    fields_.refuse(Code::line_date_outside, *date_outside_,
                   {range_text(bill_.from, bill_.to),
                    dates_outside_ > 1 ? " (x" + std::to_string(dates_outside_) + ")" : ""});
  if (fields_.clean()) check_refunds(lines);
}

void BillReading::read_line(Json value) {
  Maybe id, item, name, amount, quantity, price, date, listed_limit, refund_of;
  std::vector<Json> columns;
  if (!fields_.members(value,
                       {{"id", true, &id},
                        {"item", false, &item},
                        {"name", false, &name},
                        {"amount", true, &amount},
                        {"qty", false, &quantity},
                        {"price", false, &price},
                        {"date", false, &date},
                        {"listed_limit", false, &listed_limit},
                        {"refund_of", false, &refund_of}},
                       &columns))
    return;
  BillLine line;
  line.id = fields_.id(id);
  line.item = fields_.text(item);
  line.item_name = fields_.text(name);
  line.amount = fields_.money(amount).value_or(Money{});
  line.quantity = fields_.decimal(quantity);
  line.price = fields_.decimal(price);
  line.date = fields_.date(date);
  line.listed_limit = fields_.money(listed_limit);
  line.refund_of = fields_.id(refund_of);
  for (const Json column : columns) line.columns.push_back(fields_.fact(column));
  if (id && !line.id.empty() && !line_numbers_.emplace(line.id, bill_.lines.size()).second)
    fields_.refuse(Code::line_doubled, *id);
  if (dated_ && line.date && (*line.date < bill_.from || *line.date > bill_.to)) {
    if (!date_outside_) date_outside_ = date;
    ++dates_outside_;
  }
  check_line(line, value, amount, listed_limit, price);
  bill_.lines.push_back(std::move(line));
}

void BillReading::check_line(const BillLine& line, Json value, Maybe amount, Maybe listed_limit,
                             Maybe price) {
  constexpr Money zero;
  if (amount && line.amount < zero && line.refund_of.empty())
    fields_.refuse(Code::refund_without_origin, amount->pointer(), to_text(line.amount));
  if (amount && line.amount >= zero && !line.refund_of.empty())
    fields_.refuse(Code::refund_not_negative, pointer_to(value.pointer(), "amount"), to_text(line.amount));
  if (line.listed_limit && *line.listed_limit < zero) fields_.refuse(Code::value_negative, *listed_limit);
  if (line.price && line.price->millionths < 0) fields_.refuse(Code::value_negative, *price);
}

// What is left of each original line after the refunds so far.
void BillReading::check_refunds(Json lines) {
  std::vector<Money> left;
  left.reserve(bill_.lines.size());
  std::size_t number = 0;
  for (auto value = lines.first(); value; value = value->next(), ++number) {
    const BillLine& line = bill_.lines[number];
    left.push_back(line.amount);
    if (!line.refund_of.empty()) check_refund(line, *value, left);
  }
}

void BillReading::check_refund(const BillLine& line, Json value, std::vector<Money>& left) {
  const auto origin = line_numbers_.find(line.refund_of);
  const bool earlier = origin != line_numbers_.end() && origin->second + 1 < left.size();
  if (!earlier || !bill_.lines[origin->second].refund_of.empty()) {
    fields_.refuse(Code::refund_unknown, pointer_to(value.pointer(), "refund_of"), line.refund_of);
    return;
  }
  Money& rest = left[origin->second];
  rest = rest + line.amount;
  if (rest < Money{})
    fields_.refuse(Code::refund_excess, pointer_to(value.pointer(), "amount"), to_text(rest),
                   {line.refund_of});
}

void BillReading::check_sums(Json root) {
  Money sum, charges;  // at most 1,000 x 10^11 fen each
  for (const BillLine& line : bill_.lines) {
    sum = sum + line.amount;
    if (line.amount > Money{}) charges = charges + line.amount;
  }
  if (charges.fen() > money_fen_max) {
    fields_.refuse(Code::amount_too_large, pointer_to(root.pointer(), "lines"), to_text(charges),
                   {to_text(Money::from_fen(money_fen_max))});
  }
  if (bill_.total && *bill_.total != sum)
    fields_.refuse(Code::total_mismatch, pointer_to(root.pointer(), "total"), to_text(*bill_.total),
                   {to_text(sum)});
}

}  // namespace

Checked<Bill> read_bill(std::string_view text, JsonReader& reader, const BillLimits& limits) {
  const auto root = reader.read(text, limits.json);
  if (!root) return std::unexpected(std::vector<Error>{root.error()});
  return BillReading(limits).read(*root);
}

Checked<Bill> read_bill(std::string_view text, const BillLimits& limits) {
  JsonReader reader;
  return read_bill(text, reader, limits);
}

}  // namespace fenming
