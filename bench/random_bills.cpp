#include "random_bills.h"

#include <string>

namespace fenming {
namespace {

using Random = std::mt19937_64;
using Kind = FactValue::Kind;

// A remainder and not a distribution: those of the standard library differ from one library to the next.
std::int64_t below(Random& random, std::int64_t end) {
  return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
}

// Most bills are small, some pass every bound.
std::int64_t line_fen(Random& random, std::int64_t scale) { return 1 + below(random, scale); }
std::int64_t random_scale(Random& random) {
  static constexpr std::int64_t scales[] = {400'00, 4'000'00, 20'000'00, 40'000'00};
  return scales[below(random, 4)];
}

char random_class(Random& random) {
  const std::int64_t percent = below(random, 100);
  return percent < 55 ? 'A' : percent < 90 ? 'B' : 'C';
}

Bill empty_bill() {
  Bill bill;
  bill.from = *make_date(2025, 3, 1);
  bill.to = bill.settle = bill.known = *make_date(2025, 3, 12);
  return bill;
}

BillLine line_of(std::size_t number, std::int64_t fen, char item_class) {
  BillLine line;
  line.id = std::to_string(number + 1);
  line.amount = Money::from_fen(fen);
  line.columns.push_back({"class", Kind::text, std::string(1, item_class), {}});
  return line;
}

FactValue random_fact(const Fact& fact, const Region& region, Random& random) {
  FactValue value{fact.name, Kind::text, "", {}};
  switch (fact.type) {
    case Type::code: {
      const auto& members = region.domains[fact.domain].members;
      value.text =
          members[static_cast<std::size_t>(below(random, static_cast<std::int64_t>(members.size())))];
      break;
    }
    case Type::boolean:
      value.kind = Kind::boolean;
      value.text = below(random, 2) == 0 ? "no" : "yes";
      break;
    case Type::integer:
      value.text = std::to_string(fact.low + below(random, fact.high - fact.low + 1));
      break;
    case Type::money: value.text = to_text(Money::from_fen(below(random, 5'000'00))); break;
    case Type::set: value.kind = Kind::list; break;
    default: value.text = "S" + std::to_string(below(random, 1'000'000));
  }
  return value;
}

AccumulatorRow random_row(const Group& group, Random& random) {
  AccumulatorRow row;
  row.group = group.name;
  row.first_part = true;
  for (const Group::Member& member : group.members) {
    const bool count = member.type == Type::integer;
    const std::string text =
        count ? std::to_string(below(random, 3)) : to_text(Money::from_fen(below(random, 30'000'00)));
    row.values.push_back({member.name, Kind::number, text, {}});
  }
  return row;
}

}  // namespace

StandardBill random_standard(Random& random) {
  StandardBill bill;
  const std::int64_t scale = random_scale(random);
  for (StandardLine& line : bill.lines) line = {line_fen(random, scale), random_class(random)};
  bill.prior_fen = below(random, 100'000'00 + 1);
  return bill;
}

Bill to_bill(const StandardBill& standard) {
  Bill bill = empty_bill();
  for (std::size_t i = 0; i < standard_lines; ++i)
    bill.lines.push_back(line_of(i, standard.lines[i].fen, standard.lines[i].item_class));
  bill.accumulators.push_back(
      {"year", true, {}, {{"basic", Kind::number, to_text(Money::from_fen(standard.prior_fen)), {}}}});
  return bill;
}

Bill random_stay(const Region& region, Random& random) {
  static constexpr const char* kinds[] = {"drug", "drug", "surgery", "bed", "implant"};
  static constexpr const char* sources[] = {"domestic", "joint", "imported"};
  Bill bill = empty_bill();
  for (const Fact& fact : region.facts) bill.facts.push_back(random_fact(fact, region, random));
  for (FactValue& fact : bill.facts) {
    if (fact.name == "visit") fact.text = "inpatient";
    if (fact.name == "scheme") fact.text = "employees";
    if (fact.name == "person") fact.text = below(random, 2) == 0 ? "active" : "retired";
  }
  for (const Group& group : region.groups) bill.accumulators.push_back(random_row(group, random));
  const std::int64_t scale = random_scale(random);
  for (std::size_t i = 0; i < standard_lines; ++i) {
    BillLine line = line_of(i, line_fen(random, scale), random_class(random));
    line.columns.push_back({"kind", Kind::text, kinds[below(random, 5)], {}});
    line.columns.push_back({"source", Kind::text, sources[below(random, 3)], {}});
    if (below(random, 6) == 0) line.listed_limit = Money::from_fen(line_fen(random, scale));
    bill.lines.push_back(std::move(line));
  }
  return bill;
}

}  // namespace fenming
