#include "population/sales.h"

#include <array>

namespace fenming {
namespace {

constexpr std::string_view sale_names[] = {"outpatient", "chronic", "pharmacy", "campus"};
constexpr std::int64_t per_fen = 10'000;  // millionths of a yuan

// How many lines a bill has, and of ten lines how many come from which shelf.
struct Basket {
  int lines_min, lines_max;
  std::array<Shelf, 10> shelves;
  int quantity_max;
};
constexpr Basket baskets[] = {
    {9,
     19,
     {Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs,
      Shelf::exams, Shelf::exams, Shelf::services, Shelf::services, Shelf::materials},
     2},
    {8,
     16,
     {Shelf::drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs,
      Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::exams, Shelf::services, Shelf::cheap_drugs},
     4},
    {5,
     13,
     {Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs,
      Shelf::cheap_drugs, Shelf::drugs, Shelf::materials, Shelf::others, Shelf::cheap_drugs},
     3},
    {4,
     10,
     {Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::services,
      Shelf::cheap_drugs, Shelf::services, Shelf::cheap_drugs, Shelf::cheap_drugs, Shelf::cheap_drugs},
     2}};

void append_digits(std::string& text, std::uint64_t number, std::size_t width) {
  char digits[20];
  std::size_t count = 0;
  do digits[count++] = static_cast<char>('0' + number % 10);
  while ((number /= 10) > 0);
  for (std::size_t i = count; i < width; ++i) text += '0';
  while (count > 0) text += digits[--count];
}

SaleKind kind_for(const MadePerson& person, Random& random) {
  if (person.kind == PersonKind::student && random.chance(6000)) return SaleKind::campus;
  if (person.diseases != 0 && random.chance(4000)) return SaleKind::chronic;
  return random.chance(3500) ? SaleKind::pharmacy : SaleKind::outpatient;
}

void add_visit_facts(Settle& sale, SaleKind kind, Date day, Random& random) {
  if (kind == SaleKind::pharmacy && random.chance(4000))
    sale.facts.push_back({"prescription", FactValue::Kind::boolean, "yes", {}});
  if (kind != SaleKind::campus) return;
  sale.facts.push_back({"campus_heads", FactValue::Kind::number, "8000", {}});
  const int spent = day.days % 365 * 600;
  sale.facts.push_back({"campus_spent", FactValue::Kind::number, std::to_string(spent) + ".00", {}});
}

}  // namespace

FactValue text_fact(std::string_view name, std::string_view value) {
  return {std::string(name), FactValue::Kind::text, std::string(value), {}};
}

MessageKey message_key(std::string_view provider, std::string_view infno, Date day, std::uint64_t number) {
  const CivilDay date = civil(day);
  MessageKey key{std::string(provider), std::string(infno), {}};
  key.msgid.reserve(30);
  key.msgid += provider;
  const auto digits = std::uint64_t{static_cast<std::uint32_t>(date.year)} * 10'000 +
                      static_cast<std::uint32_t>(date.month) * 100U + static_cast<std::uint32_t>(date.day);
  append_digits(key.msgid, digits, 8);
  append_digits(key.msgid, number, 10);
  return key;
}

Money LineMaker::add(std::vector<FeeLine>& lines, Shelf shelf, int quantity_max, Date day,
                     std::uint32_t number, Random& random) const {
  const Item& item = items.pick(shelf, random);
  const std::int64_t quantity = random.between(1, quantity_max);
  const std::int64_t price = item.price_fen * random.between(90, 105) / 100 + 1;
  BillLine& line = lines.emplace_back().line;
  append_digits(line.id, number, 1);
  line.item = item.code;
  line.amount = Money::from_fen(price * quantity);
  line.quantity = Decimal{quantity * 1'000'000};
  line.price = Decimal{price * per_fen};
  line.date = day;
  if (!columns) return line.amount;
  line.columns.reserve(3);
  line.columns.push_back(text_fact("class", std::string_view(&item.item_class, 1)));
  line.columns.push_back(text_fact("kind", item_kind_names[static_cast<std::size_t>(item.kind)]));
  line.columns.push_back(text_fact("source", source_names[item.source]));
  return line.amount;
}

std::uint32_t Sales::provider_of(const MadePerson& person, SaleKind kind, Random& random) const {
  const std::uint32_t family = person.index / 4;
  if (kind == SaleKind::campus) return providers_.near(ProviderKind::school, family);
  if (kind == SaleKind::pharmacy) return providers_.near(ProviderKind::pharmacy, family + random.below(3));
  const std::uint32_t draw = random.below(10);
  if (draw < 3) return providers_.near(ProviderKind::clinic, family);
  if (draw < 6) return providers_.near(ProviderKind::hospital1, family);
  if (draw < 8) return providers_.near(ProviderKind::hospital2, family);
  return providers_.near(ProviderKind::hospital3, family);
}

Command Sales::make(std::uint32_t index, Date day, std::uint64_t number) const {
  const MadePerson person = people_.person(index);
  Random random(seed_, 21, number);
  return make(person, kind_for(person, random), day, number);
}

Command Sales::make(const MadePerson& person, SaleKind kind, Date day, std::uint64_t number) const {
  Random random(seed_ ^ person.index, 22, number);
  const MadeProvider& provider = providers_.one(provider_of(person, kind, random));
  const Basket& basket = baskets[static_cast<std::size_t>(kind)];
  Command command;
  command.key = message_key(provider.code, kind == SaleKind::pharmacy ? "2102" : "2207", day, number);
  command.made_by = "op1";
  Settle& sale = command.action.emplace<Settle>();
  sale.psn_no = People::psn_no(person.index);
  sale.kind = sale_names[static_cast<std::size_t>(kind)];
  sale.from = sale.to = day;
  add_visit_facts(sale, kind, day, random);
  const int count = random.between(basket.lines_min, basket.lines_max);
  sale.lines.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    sale.total = sale.total + maker_.add(sale.lines, random.of(basket.shelves), basket.quantity_max, day,
                                         static_cast<std::uint32_t>(i + 1), random);
  if (random.chance(5000))
    if (const auto payer = people_.payer(person)) sale.payer = People::psn_no(*payer);
  return command;
}

}  // namespace fenming
