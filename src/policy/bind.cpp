#include "policy/bind.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/nearest.h"
#include "policy/region_reader.h"

namespace fenming {
namespace {

using Kind = FactValue::Kind;

constexpr int nights_max = 4000;  // the range of the fact `days`

std::string hint(std::string_view wanted, const std::vector<std::string>& known) {
  return nearest_hint(wanted, known);
}

std::vector<std::string> names_of(const std::vector<Fact>& facts) {
  std::vector<std::string> names;
  for (const Fact& fact : facts) names.push_back(fact.name);
  return names;
}

std::string shown(const FactValue& value) {
  if (value.kind != Kind::list) return value.text;
  std::string text = "[";
  for (const std::string& member : value.list) text += (text.size() > 1 ? ", " : "") + member;
  return text + "]";
}

// An id serves only as a key: equal texts, equal numbers. Different ones too by chance of 2^-62, or on purpose in a bill
// that brings its rows: Binder::id(). The ids of a node are its own.
std::int64_t id_number(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash >> 2);
}

class Binder {
 public:
  Binder(const Library& library, const Bill& bill, std::span<const BillLine* const> lines)
      : region_(library.region), bill_(bill), lines_(lines) {
    for (std::size_t f = first_column; f < region_.line_fields.size(); ++f)
      if (region_.line_fields[f].name == "item") item_field_ = f;
  }

  Result<BoundBill> bind() {
    bound_.from = bill_.from;
    bound_.to = bill_.to;
    bound_.settle = bill_.settle;
    bound_.known = bill_.known;
    if (bill_.to.days - bill_.from.days > nights_max)
      fail(Code::split_too_long, "/visit/from", to_text(bill_.from), {std::to_string(nights_max)});
    if (!error_) facts();
    bound_.lines.reserve(lines_.size());
    for (std::size_t i = 0; i < lines_.size() && !error_; ++i) line(i);
    if (!error_) sums();
    for (std::size_t i = 0; i < bill_.accumulators.size() && !error_; ++i) row(i);
    if (error_) return std::unexpected(std::move(*error_));
    return std::move(bound_);
  }

 private:
  void fail(Code code, std::string place, std::string value, std::vector<std::string> details = {}) {
    if (!error_) error_ = Error{code, std::move(place), std::move(value), std::move(details)};
  }

  const Domain* domain_of(const Fact& fact) const {
    return fact.type == Type::code || fact.type == Type::set ? &region_.domains.at(fact.domain) : nullptr;
  }

  std::optional<std::int64_t> read(const Fact& fact, const FactValue& value) {
    if (fact.type == Type::set) return read_set(fact, value);
    const bool number = fact.type == Type::money || fact.type == Type::integer || fact.type == Type::dec;
    const bool right_kind = value.kind == Kind::text || (value.kind == Kind::number && number) ||
                            (value.kind == Kind::boolean && fact.type == Type::boolean);
    if (!right_kind) return std::nullopt;
    if (fact.type == Type::id) return id(value.text);
    if (value.text.ends_with("元")) return std::nullopt;
    const auto read = parse_cell(value.text, fact.type, domain_of(fact));
    if (!read || *read < fact.low || *read > fact.high) return std::nullopt;
    return read;
  }

  // A second text with the number of a first would read its rows: whoever makes such a bill is refused.
  std::optional<std::int64_t> id(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const std::int64_t number = id_number(text);
    const auto known = std::ranges::find(ids_, number, &Id::number);
    if (known == ids_.end())
      ids_.push_back({number, text});
    else if (known->text != text)
      return std::nullopt;
    return number;
  }

  std::optional<std::int64_t> read_set(const Fact& fact, const FactValue& value) const {
    if (value.kind != Kind::list) return std::nullopt;
    const std::vector<std::string>& members = region_.domains.at(fact.domain).members;
    std::int64_t mask = 0;
    for (const std::string& name : value.list) {
      const auto member = std::ranges::find(members, name);
      if (member == members.end()) return std::nullopt;
      mask |= std::int64_t{1} << (member - members.begin());
    }
    return mask;
  }

  std::string allowed(const Fact& fact) const {
    std::string text = type_text(fact.type, domain_of(fact));
    if (fact.type == Type::id) text += ", no second text that gives the number of one before";
    if (fact.type == Type::integer) text = fmt::format("int {}..{}", fact.low, fact.high);
    if (fact.type == Type::money)
      text +=
          fmt::format(", {}..{}", to_text(Money::from_fen(fact.low)), to_text(Money::from_fen(fact.high)));
    return text;
  }

  // What it must be, and which member was probably meant.
  std::string wanted(const Fact& fact, const FactValue& value) const {
    const Domain* domain = domain_of(fact);
    if (domain == nullptr) return allowed(fact);
    for (const std::string& name : value.list)
      if (std::ranges::find(domain->members, name) == domain->members.end())
        return allowed(fact) + hint(name, domain->members);
    return allowed(fact) + hint(value.text, domain->members);
  }

  // ---- facts
  void facts() {
    bound_.facts.resize(region_.facts.size());
    bound_.fact_given.resize(region_.facts.size());
    for (std::size_t i = 0; i < region_.facts.size(); ++i) {
      if (!region_.facts[i].has_default) continue;
      bound_.facts[i] = region_.facts[i].default_value;
      bound_.fact_given[i] = 2;
    }
    for (const FactValue& value : bill_.facts) {
      const auto fact = std::ranges::find(region_.facts, value.name, &Fact::name);
      const std::string place = "/facts/" + value.name;
      if (fact == region_.facts.end())
        return fail(Code::fact_unknown, place, value.name, {hint(value.name, names_of(region_.facts))});
      const auto number = read(*fact, value);
      if (!number) return fail(Code::fact_value, place, shown(value), {value.name, wanted(*fact, value)});
      const auto index = static_cast<std::size_t>(fact - region_.facts.begin());
      bound_.facts[index] = *number;
      bound_.fact_given[index] = 1;
    }
    if (region_.visit_fact < 0 || bill_.visit_kind.empty()) return;
    const auto index = static_cast<std::size_t>(region_.visit_fact);
    const Fact& fact = region_.facts[index];
    const auto number = parse_cell(bill_.visit_kind, fact.type, domain_of(fact));
    if (!number)
      return fail(Code::fact_value, "/visit/kind", bill_.visit_kind,
                  {"visit", wanted(fact, {"visit", Kind::text, bill_.visit_kind, {}})});
    bound_.facts[index] = *number;
    bound_.fact_given[index] = 1;
  }

  // ---- lines
  static std::string line_place(std::size_t i, std::string_view field) {
    return fmt::format("/lines/{}/{}", i, field);
  }

  void line(std::size_t i) {
    const BillLine& line = *lines_[i];
    BoundLine bound;
    bound.fields.reserve(region_.line_fields.size());
    for (const Fact& field : region_.line_fields) bound.fields.push_back(field.default_value);
    set(bound, line_amount, line.amount.fen());
    if (line.quantity)
      set(bound, line_quantity, line.quantity->millionths);
    else if (line.amount.fen() < 0)
      bound.fields[line_quantity] = -bound.fields[line_quantity];
    if (line.price)
      set(bound, line_price, line.price->millionths);
    else
      bound.fields[line_price] = price_of(line);
    bound.fields[line_date] = bill_.to.days;
    if (line.date) {
      if (*line.date < bill_.from || *line.date > bill_.to)
        return fail(Code::line_date_outside, line_place(i, "date"), to_text(*line.date),
                    {fmt::format("{}..{}", to_text(bill_.from), to_text(bill_.to))});
      set(bound, line_date, line.date->days);
    }
    if (line.quantity &&
        (line.amount.fen() < 0 ? line.quantity->millionths > 0 : line.quantity->millionths < 0))
      return fail(Code::fact_value, line_place(i, "qty"), to_text(*line.quantity),
                  {"qty", line.amount.fen() < 0 ? "<= 0" : ">= 0"});
    if (line.listed_limit) set(bound, line_listed_limit, line.listed_limit->fen());
    product(i, line);
    columns(i, line, bound);
    for (std::size_t f = first_column; f < region_.line_fields.size(); ++f)
      if (!region_.line_fields[f].has_default && (bound.given >> f & 1) == 0)
        return fail(Code::field_missing, line_place(i, region_.line_fields[f].name), "",
                    {region_.line_fields[f].name});
    refund(i, line, bound);
    bound_.lines.push_back(std::move(bound));
  }

  // Of a line that does not say its price: the amount over the quantity, half up at the sixth place (decision 0001 no. 6).
  static std::int64_t price_of(const BillLine& line) {
    const Wide amount = std::abs(line.amount.fen());
    const std::int64_t quantity = std::abs(line.quantity.value_or(Decimal{1'000'000}).millionths);
    if (quantity == 0) return 0;
    const Wide price = divide(amount * power_of_ten(10), quantity, Rounding::half_up);
    return static_cast<std::int64_t>(std::min(price, Wide{decimal_max} * 1'000'000));
  }

  // laws.md 9 (j): the amount rules; it may differ from quantity x price by the region's tolerance. A price alone is that of one; a refund
  // of a part of the money takes no quantity back.
  void product(std::size_t i, const BillLine& line) {
    if (!line.price || (!line.quantity && line.amount.fen() < 0)) return;
    const Wide exact = Wide{line.quantity.value_or(Decimal{1'000'000}).millionths} * line.price->millionths;
    const Wide fen = divide(exact, power_of_ten(10), Rounding::half_up);
    const Wide off = fen - line.amount.fen();
    if (off > region_.tolerance_fen || -off > region_.tolerance_fen)
      fail(Code::amount_mismatch, line_place(i, "amount"), to_text(line.amount),
           {to_text(Exact{fen, 2}, 2), to_text(Money::from_fen(region_.tolerance_fen))});
  }

  void columns(std::size_t i, const BillLine& line, BoundLine& bound) {
    if (item_field_ != 0 && !line.item.empty())
      column(i, item_field_, {"item", Kind::text, line.item, {}}, bound);
    seen_.resize(std::max(seen_.size(), line.columns.size()));
    for (std::size_t c = 0; c < line.columns.size(); ++c) {
      const FactValue& value = line.columns[c];
      Seen& seen = seen_[c];
      if (seen.value == nullptr || seen.value->name != value.name) {
        seen = {};
        for (std::size_t f = first_column; f < region_.line_fields.size(); ++f)
          if (region_.line_fields[f].name == value.name) seen.field = f;
        if (seen.field == 0)
          return fail(Code::field_unknown, line_place(i, value.name), value.name,
                      {hint(value.name, names_of(region_.line_fields))});
      }
      const bool same = seen.value != nullptr && seen.value->kind == value.kind && value.kind != Kind::list &&
                        seen.value->text == value.text;
      if (same) {
        set(bound, seen.field, seen.number);
        continue;
      }
      column(i, seen.field, value, bound);
      seen.value = &value;
      seen.number = bound.fields[seen.field];
    }
  }

  static void set(BoundLine& bound, std::size_t field, std::int64_t value) {
    bound.fields[field] = value;
    bound.given |= std::uint64_t{1} << field;
  }

  void column(std::size_t i, std::size_t index, const FactValue& value, BoundLine& bound) {
    const Fact& field = region_.line_fields[index];
    auto number = read(field, value);
    if (!number && field.type == Type::code && value.kind == Kind::text && open_column(field.name)) {
      const std::vector<std::string>& members = region_.domains.at(field.domain).members;
      const auto other = std::ranges::find(members, "other");
      if (other != members.end()) number = other - members.begin();
    }
    if (!number)
      return fail(Code::fact_value, line_place(i, value.name), shown(value),
                  {value.name, wanted(field, value)});
    set(bound, index, *number);
  }

  // class, kind and source are the nation's words, a strange one is a mistake; of items and local columns a region names only some.
  static bool open_column(std::string_view name) {
    return name != "class" && name != "kind" && name != "source";
  }

  void refund(std::size_t i, const BillLine& line, BoundLine& bound) {
    if (line.amount.fen() >= 0) {
      remaining_.emplace_back(line.amount.fen(), bound.fields[line_quantity]);
      return;
    }
    remaining_.emplace_back(0, 0);
    if (line.refund_of.empty())
      return fail(Code::refund_without_origin, line_place(i, "amount"), to_text(line.amount));
    for (; originals_known_ < i; ++originals_known_)
      if (lines_[originals_known_]->amount.fen() >= 0)
        originals_.emplace(lines_[originals_known_]->id, originals_known_);
    const auto origin = originals_.find(line.refund_of);
    if (origin == originals_.end())
      return fail(Code::refund_unknown, line_place(i, "refund_of"), line.refund_of);
    auto& [amount, quantity] = remaining_[origin->second];
    amount += line.amount.fen();
    if (!line.quantity) bound.fields[line_quantity] = 0;
    quantity += bound.fields[line_quantity];
    if (amount < 0)
      return fail(Code::refund_excess, line_place(i, "amount"), to_text(Money::from_fen(amount)),
                  {line.refund_of});
    if (quantity < 0)
      return fail(Code::refund_excess, line_place(i, "qty"), to_text(Decimal{quantity}), {line.refund_of});
    bound.refund_of = static_cast<std::int32_t>(origin->second);
  }

  void sums() {
    Wide sum = 0;
    for (const BoundLine& line : bound_.lines)
      sum += line.fields[line_amount] > 0 ? line.fields[line_amount] : 0;
    if (sum > money_fen_max)
      return fail(Code::amount_too_large, "/lines", to_text(Exact{sum, 2}, 2),
                  {to_text(Money::from_fen(money_fen_max))});
    sum = 0;
    for (const BoundLine& line : bound_.lines) sum += line.fields[line_amount];
    if (bill_.total && (sum != bill_.total->fen()))
      fail(Code::total_mismatch, "/total", to_text(*bill_.total), {to_text(Exact{sum, 2}, 2)});
  }

  // ---- accumulators
  void row(std::size_t i) {
    const AccumulatorRow& row = bill_.accumulators[i];
    const std::string place =
        row.first_part ? "/accumulators/" + row.group : fmt::format("/accumulators/{}", i);
    const auto group = std::ranges::find(region_.groups, row.group, &Group::name);
    if (group == region_.groups.end()) {
      std::vector<std::string> known;
      for (const Group& one : region_.groups) known.push_back(one.name);
      return fail(Code::accumulator_unknown, place, row.group, {hint(row.group, known)});
    }
    BoundRow bound;
    bound.group = static_cast<std::uint32_t>(group - region_.groups.begin());
    bound.first_part = row.first_part;
    bound.position = static_cast<std::int32_t>(i);
    bound.values.resize(group->members.size());
    for (const FactValue& value : row.values) member(place, *group, value, bound, row.first_part);
    if (!row.first_part) key(place, *group, row, bound);
    if (error_) return;
    for (const BoundRow& known : bound_.rows)
      if (known.group == bound.group && known.first_part == bound.first_part && known.key == bound.key)
        return fail(Code::field_doubled, place, row.group);
    bound_.rows.push_back(std::move(bound));
  }

  void member(const std::string& place, const Group& group, const FactValue& value, BoundRow& bound,
              bool short_form) {
    const auto found = std::ranges::find(group.members, value.name, &Group::Member::name);
    const std::string at = place + (short_form ? "/" : "/values/") + value.name;
    const std::string full = group.name + "." + value.name;
    if (found == group.members.end()) {
      std::vector<std::string> known;
      for (const Group::Member& one : group.members) known.push_back(one.name);
      return fail(Code::accumulator_unknown, at, full, {hint(value.name, known)});
    }
    const bool readable = value.kind == Kind::text || value.kind == Kind::number;
    const auto number =
        readable && !value.text.ends_with("元") ? parse_cell(value.text, found->type, nullptr) : std::nullopt;
    const std::int64_t bound_size = accumulator_max(found->type);
    if (!number || *number > bound_size || *number < -bound_size)
      return fail(Code::accumulator_value, at, shown(value), {full, type_text(found->type, nullptr)});
    const auto index = static_cast<std::size_t>(found - group.members.begin());
    bound.values[index] = *number;
    bound.given |= std::uint64_t{1} << index;
  }

  void key(const std::string& place, const Group& group, const AccumulatorRow& row, BoundRow& bound) {
    static constexpr std::string_view calendar[] = {"year", "quarter", "month", "period"};
    for (const std::uint32_t reg : group.key) {
      const bool fact = reg < region_.facts.size();
      const std::string name = fact ? region_.facts[reg].name : std::string(calendar[reg - region_.year()]);
      const auto value = std::ranges::find(row.key, name, &FactValue::name);
      if (value == row.key.end()) return fail(Code::field_missing, place + "/key", "", {name});
      const auto number =
          fact ? read(region_.facts[reg], *value) : parse_cell(value->text, Type::integer, nullptr);
      if (!number)
        return fail(Code::fact_value, place + "/key/" + name, shown(*value),
                    {name, fact ? allowed(region_.facts[reg]) : "int"});
      bound.key.push_back(*number);
    }
    if (row.key.size() != group.key.size()) fail(Code::field_unknown, place + "/key", row.group, {""});
  }

  // A column of an earlier line, at the same place: most lines have the same columns, and often the same values.
  struct Seen {
    const FactValue* value = nullptr;
    std::size_t field = 0;
    std::int64_t number = 0;
  };
  struct Id {
    std::int64_t number;
    std::string_view text;
  };

  const Region& region_;
  const Bill& bill_;
  std::span<const BillLine* const> lines_;
  std::size_t item_field_ = 0;  // 0: the region's lines have none
  std::vector<Seen> seen_;
  std::vector<Id> ids_;
  BoundBill bound_;
  std::optional<Error> error_;
  std::map<std::string_view, std::size_t> originals_;  // filled when the first refund comes
  std::size_t originals_known_ = 0;
  std::vector<std::pair<std::int64_t, std::int64_t>> remaining_;
};

}  // namespace

Result<BoundBill> bind(const Library& library, const Bill& bill) {
  std::vector<const BillLine*> lines;
  lines.reserve(bill.lines.size());
  for (const BillLine& line : bill.lines) lines.push_back(&line);
  return bind_lines(library, bill, lines);
}

Result<BoundBill> bind_lines(const Library& library, const Bill& bill,
                             std::span<const BillLine* const> lines) {
  return Binder(library, bill, lines).bind();
}

}  // namespace fenming
