#include "policy/fact_space.h"

#include <algorithm>

#include "policy/plan_reads.h"

namespace fenming {
namespace {

constexpr std::size_t numbers_max = 9;

std::vector<std::int64_t> usual_values(Type type) {
  if (type == Type::money) return {0, 10'000, 200'000, 10'000'000};
  if (type == Type::ratio) return {0, 500'000, 1'000'000};
  if (type == Type::dec) return {0, 1'000'000, 10'000'000};
  return {};
}

// Codes, yes and no, sets of none, one and all: as many as there are.
std::vector<std::int64_t> counted_values(const Fact& fact, std::size_t members) {
  std::vector<std::int64_t> values;
  if (fact.type == Type::id) return {1};
  if (fact.type == Type::set) {
    values.push_back(0);
    for (std::size_t m = 0; m < members; ++m) values.push_back(std::int64_t{1} << m);
    if (members > 1) values.push_back((std::int64_t{1} << members) - 1);
    return values;
  }
  const std::size_t count = fact.type == Type::boolean ? 2 : members;
  for (std::size_t m = 0; m < count; ++m) values.push_back(static_cast<std::int64_t>(m));
  return values;
}

}  // namespace

std::int64_t plain_value(const Fact& fact) {
  if (fact.has_default) return fact.default_value;
  if (fact.type == Type::code || fact.type == Type::set || fact.type == Type::boolean) return 0;
  if (fact.type == Type::id) return 1;
  return std::clamp<std::int64_t>(0, fact.low, fact.high);
}

std::vector<std::int64_t> plain_facts(const Region& region) {
  std::vector<std::int64_t> values;
  for (const Fact& fact : region.facts) values.push_back(plain_value(fact));
  return values;
}

std::vector<std::int64_t> interesting_values(const Fact& fact, std::size_t members,
                                             const std::vector<const Plan*>& plans, std::uint32_t index,
                                             bool field) {
  std::vector<std::int64_t> values;
  const bool counted = fact.type == Type::code || fact.type == Type::set || fact.type == Type::boolean ||
                       fact.type == Type::id;
  if (counted) {
    values = counted_values(fact, members);
  } else {
    std::set<std::int64_t> found;
    for (const Plan* plan : plans) found.merge(critical_values(*plan, index, field, fact.type));
    for (const std::int64_t value : usual_values(fact.type)) found.insert(value);
    if (fact.type == Type::integer) found.merge(std::set{fact.low, fact.high});
    if (fact.type == Type::ratio)
      found.merge(std::set{fact.low, std::min<std::int64_t>(fact.high, 1'000'000)});
    for (const std::int64_t value : found)
      if (value >= fact.low && value <= fact.high) values.push_back(value);
    while (values.size() > numbers_max) {  // thin out evenly, ends kept
      std::vector<std::int64_t> fewer;
      for (std::size_t i = 0; i < values.size(); ++i)
        if (i % 2 == 0 || i + 1 == values.size()) fewer.push_back(values[i]);
      values = std::move(fewer);
    }
  }
  const std::int64_t plain = plain_value(fact);
  std::erase(values, plain);
  values.insert(values.begin(), plain);
  return values;
}

FactSpace::FactSpace(const Region& region, const std::vector<const Plan*>& plans,
                     const std::vector<std::uint32_t>& facts) {
  for (const std::uint32_t index : facts) {
    const Fact& fact = region.facts[index];
    const bool coded = fact.type == Type::code || fact.type == Type::set;
    const std::size_t members = coded ? region.domains.at(fact.domain).members.size() : 0;
    FactAxis axis{index, interesting_values(fact, members, plans, index, false)};
    const std::uint64_t count = axis.values.size();
    size_ = size_ > UINT64_MAX / count ? UINT64_MAX : size_ * count;
    axes_.push_back(std::move(axis));
  }
}

void FactSpace::set(std::uint64_t number, std::vector<std::int64_t>& facts) const {
  for (std::size_t i = axes_.size(); i-- > 0;) {
    const std::uint64_t count = axes_[i].values.size();
    facts[axes_[i].fact] = axes_[i].values[number % count];
    number /= count;
  }
}

std::string fact_text(const Region& region, const Fact& fact, std::int64_t value) {
  switch (fact.type) {
    case Type::money: return value >= none_fen ? "none" : to_text(Money::from_fen(value));
    case Type::ratio: return to_percent(Decimal{value});
    case Type::dec: return to_text(Decimal{value});
    case Type::date: return to_text(Date{static_cast<std::int32_t>(value)});
    case Type::boolean: return value != 0 ? "yes" : "no";
    case Type::code: return region.domains.at(fact.domain).members.at(static_cast<std::size_t>(value));
    case Type::set: {
      std::string text = "[";
      const std::vector<std::string>& members = region.domains.at(fact.domain).members;
      for (std::size_t m = 0; m < members.size(); ++m)
        if (((value >> m) & 1) != 0) text += (text.size() > 1 ? ", " : "") + members[m];
      return text + "]";
    }
    case Type::integer:
    case Type::id: break;
  }
  return std::to_string(value);
}

}  // namespace fenming
