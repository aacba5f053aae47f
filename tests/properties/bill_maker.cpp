#include "properties/bill_maker.h"

#include <algorithm>

namespace fenming::properties {
namespace {

using Kind = FactValue::Kind;

const Date early = *make_date(2005, 1, 1), late = *make_date(2029, 12, 31);

std::string fen_text(std::int64_t fen) { return to_text(Money::from_fen(fen)); }

std::int64_t magnitude(Random& random, int digits_max) {  // all sizes alike
  const std::int64_t digits = random.between(1, digits_max);
  std::int64_t top = 1;
  for (std::int64_t i = 0; i < digits; ++i) top *= 10;
  return random.between(0, top);
}

}  // namespace

BillMaker::BillMaker(const Library& library) : library_(library) {
  amounts_ = {0, 1, 100};
  integers_ = {0, 1, 2};
  for (const PolicyVersion& version : library.versions) {
    for (const Date day : {version.in_force_from, version.in_force_to, version.known})
      if (day >= early && day <= late) days_.push_back(day);
    for (const Plan& plan : version.plans) gather(plan);
  }
  days_.push_back(*make_date(2024, 2, 29));
  days_.push_back(*make_date(2023, 12, 31));
  std::ranges::sort(amounts_);
  amounts_.erase(std::unique(amounts_.begin(), amounts_.end()), amounts_.end());
}

void BillMaker::gather(const Plan& plan) {
  for (const Date day : {plan.from, plan.to})
    if (day >= early && day <= late) days_.push_back(day);
  for (const Constant& constant : plan.constants) {
    if (constant.type == Type::integer && constant.value >= 0 && constant.value < 5000)
      integers_.push_back(static_cast<std::int64_t>(constant.value));
    if (constant.type != Type::money || constant.scale > 18) continue;
    const Wide fen = constant.scale <= 2 ? constant.value * power_of_ten(2 - constant.scale)
                                         : constant.value / power_of_ten(constant.scale - 2);
    if (fen > 0 && fen < money_fen_max) amounts_.push_back(static_cast<std::int64_t>(fen));
  }
  for (const std::int64_t bound : plan.bounds) {
    if (bound >= 0 && bound < 5000) integers_.push_back(bound);
    if (bound > 0 && bound < money_fen_max) amounts_.push_back(bound);
  }
}

std::int64_t BillMaker::amount(Random& random) const {
  const std::int64_t form = random.between(0, 9);
  if (form == 0) return 0;
  if (form <= 5) return std::max<std::int64_t>(0, random.of(amounts_) + random.between(-1, 1));
  if (form == 6) return random.of(amounts_) + random.of(amounts_) + random.between(-1, 1) + 1;
  return magnitude(random, 9);
}

std::int64_t BillMaker::integer(Random& random, std::int64_t low, std::int64_t high) const {
  const std::int64_t form = random.between(0, 5);
  if (form == 0) return low;
  if (form == 1) return high;
  if (form <= 3) return std::clamp(random.of(integers_) + random.between(-1, 1), low, high);
  return random.between(low, std::min(high, low + 100'000));
}

FactValue BillMaker::set_value(const Fact& fact, Random& random) const {
  FactValue result{fact.name, Kind::list, "", {}};
  const int percent = static_cast<int>(random.between(0, 4)) * 20;
  for (const std::string& member : library_.region.domains[fact.domain].members)
    if (random.chance(percent)) result.list.push_back(member);
  return result;
}

FactValue BillMaker::value(const Fact& fact, Random& random) const {
  switch (fact.type) {
    case Type::boolean: return {fact.name, Kind::boolean, random.chance(50) ? "yes" : "no", {}};
    case Type::code:
      return {fact.name, Kind::text, random.of(library_.region.domains[fact.domain].members), {}};
    case Type::set: return set_value(fact, random);
    case Type::id: return {fact.name, Kind::text, "id-" + std::to_string(random.between(1, 3)), {}};
    case Type::date: {
      const Date day{static_cast<std::int32_t>(random.between(early.days, late.days))};
      return {
          fact.name,
          Kind::text,
          to_text(Date{static_cast<std::int32_t>(std::clamp<std::int64_t>(day.days, fact.low, fact.high))}),
          {}};
    }
    case Type::integer:
      return {fact.name, Kind::number, std::to_string(integer(random, fact.low, fact.high)), {}};
    case Type::money:
      return {fact.name, Kind::text, fen_text(std::clamp(amount(random), fact.low, fact.high)), {}};
    case Type::ratio: {
      const std::int64_t whole = random.between(0, 100) * 10'000;
      return {fact.name, Kind::text, to_percent(Decimal{std::clamp(whole, fact.low, fact.high)}), {}};
    }
    case Type::dec: {
      const std::int64_t number = std::clamp(magnitude(random, 9), fact.low, fact.high);
      return {fact.name, Kind::text, to_text(Decimal{number}), {}};
    }
  }
  return {};
}

void BillMaker::dates(Bill& bill, Random& random) const {
  const Date base = random.chance(70)
                        ? random.of(days_)
                        : Date{static_cast<std::int32_t>(random.between(early.days, late.days))};
  const std::int64_t off = random.chance(60) ? random.between(-1, 1) : random.between(0, 400);
  bill.to = Date{static_cast<std::int32_t>(std::clamp<std::int64_t>(base.days + off, early.days, late.days))};
  static const std::vector<std::pair<int, int>> stays = {{0, 0},   {0, 1},     {1, 30},    {1, 30},   {1, 30},
                                                         {85, 95}, {170, 190}, {355, 370}, {400, 800}};
  const auto [shortest, longest] = random.of(stays);
  bill.from = Date{bill.to.days - static_cast<std::int32_t>(random.between(shortest, longest))};
  bill.settle = bill.to;
  if (random.chance(20)) bill.settle.days += static_cast<std::int32_t>(random.between(0, 60));
  bill.known = bill.settle;
  if (random.chance(20)) bill.known.days += static_cast<std::int32_t>(random.between(0, 400));
}

void BillMaker::facts(Bill& bill, Random& random) const {
  const Region& region = library_.region;
  for (std::size_t i = 0; i < region.facts.size(); ++i) {
    const Fact& fact = region.facts[i];
    if (static_cast<std::int32_t>(i) == region.visit_fact) {
      bill.visit_kind = value(fact, random).text;
      continue;
    }
    if (fact.has_default && random.chance(40)) continue;
    bill.facts.push_back(value(fact, random));
  }
}

BillLine BillMaker::line(const Bill& bill, Random& random, std::int64_t room) const {
  BillLine line;
  line.id = std::to_string(bill.lines.size() + 1);
  if (random.chance(25)) {
    line.quantity = Decimal{random.between(1, 20'000'000)};
    line.price = Decimal{random.between(0, 500'000'000)};
    const Wide fen =
        divide(Wide{line.quantity->millionths} * line.price->millionths, power_of_ten(10), Rounding::half_up);
    line.amount = Money::from_fen(static_cast<std::int64_t>(fen));
    if (fen > room) line.quantity = std::nullopt;
  }
  if (!line.quantity) {
    line.price = std::nullopt;
    line.amount = Money::from_fen(std::min(amount(random), room));
  }
  if (bill.from < bill.to && random.chance(70))
    line.date = Date{static_cast<std::int32_t>(random.between(bill.from.days, bill.to.days))};
  if (random.chance(20))
    line.listed_limit = Money::from_fen(std::max<std::int64_t>(
        0, random.chance(50) ? line.amount.fen() + random.between(-1, 1) : amount(random)));
  for (std::size_t f = 5; f < library_.region.line_fields.size(); ++f)
    if (random.chance(60)) line.columns.push_back(value(library_.region.line_fields[f], random));
  return line;
}

void BillMaker::lines(Bill& bill, Random& random) const {
  const std::int64_t count = random.chance(4)    ? 0
                             : random.chance(10) ? random.between(10, 40)
                                                 : random.between(1, 6);
  std::int64_t room = money_fen_max;
  if (random.chance(98)) room = 1'000'000'000;  // ten million yuan; else the largest bill allowed
  for (std::int64_t i = 0; i < count; ++i) {
    bill.lines.push_back(line(bill, random, room));
    if (random.chance(1)) {
      bill.lines.back().amount =
          Money::from_fen(random.between(room - std::min<std::int64_t>(room, 3), room));
      bill.lines.back().quantity = bill.lines.back().price = std::nullopt;
    }
    room -= bill.lines.back().amount.fen();
  }
  if (random.chance(30)) refunds(bill, random);
}

// Refunds, whole or in pieces; sometimes with a quantity in proportion.
void BillMaker::refunds(Bill& bill, Random& random) const {
  const std::vector<BillLine> originals = bill.lines;
  for (const BillLine& line : originals) {
    std::int64_t rest = line.amount.fen();
    for (std::int64_t pieces = random.chance(40) ? random.between(1, 2) : 0; pieces > 0 && rest > 0;
         --pieces) {
      BillLine back;
      back.id = std::to_string(bill.lines.size() + 1);
      back.refund_of = line.id;
      const std::int64_t fen = random.chance(40) ? rest : random.between(1, rest);
      if (line.quantity && fen == rest && pieces == 1 && rest == line.amount.fen()) {
        back.quantity = Decimal{-line.quantity->millionths};
        back.price = line.price;
      }
      back.amount = Money::from_fen(-fen);
      back.date = random.chance(50) ? line.date : std::nullopt;
      rest -= fen;
      // Anywhere after the line it takes back.
      const auto origin = std::ranges::find(bill.lines, back.refund_of, &BillLine::id) - bill.lines.begin();
      const auto at = random.chance(50)
                          ? random.between(origin + 1, static_cast<std::int64_t>(bill.lines.size()))
                          : static_cast<std::int64_t>(bill.lines.size());
      bill.lines.insert(bill.lines.begin() + at, back);
    }
  }
}

void BillMaker::accumulators(Bill& bill, Random& random) const {
  for (const Group& group : library_.region.groups) {
    if (random.chance(35)) continue;
    AccumulatorRow row{group.name, true, {}, {}};
    for (const Group::Member& member : group.members) {
      if (random.chance(30)) continue;
      const Fact fact{member.name, member.type, 0,  0, member.type == Type::integer ? 1000 : money_fen_max,
                      false,       0,           {}, {}};
      FactValue given = value(fact, random);
      if (member.type == Type::money && random.chance(70)) given.text = fen_text(amount(random));
      row.values.push_back(std::move(given));
    }
    bill.accumulators.push_back(std::move(row));
  }
}

Bill BillMaker::make(std::uint64_t seed) const {
  Random random(seed);
  Bill bill;
  bill.id = "R" + std::to_string(seed);
  bill.region = library_.region.code;
  dates(bill, random);
  facts(bill, random);
  lines(bill, random);
  accumulators(bill, random);
  if (random.chance(50) && !bill.lines.empty()) {
    Money sum;
    for (const BillLine& one : bill.lines) sum = sum + one.amount;
    bill.total = sum;
  }
  return bill;
}

}  // namespace fenming::properties
