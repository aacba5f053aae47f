#include "cli/values.h"

#include <array>

namespace fenming {
namespace {

std::string member_text(const Region& region, std::uint32_t domain, std::int64_t value) {
  const auto& members = region.domains.at(domain).members;
  const auto index = static_cast<std::size_t>(value);
  return index < members.size() ? members[index] : std::to_string(value);
}

std::string set_text(const Region& region, std::uint32_t domain, std::int64_t mask) {
  std::string text;
  for (const std::string& member : region.domains.at(domain).members) {
    if ((mask & 1) != 0) text += (text.empty() ? "" : ",") + member;
    mask >>= 1;
  }
  return text;
}

void write_members(JsonOut& out, const Region& region, std::uint32_t domain, std::int64_t mask) {
  out.open_array();
  for (const std::string& member : region.domains.at(domain).members) {
    if ((mask & 1) != 0) out.text(member);
    mask >>= 1;
  }
  out.close_array();
}

}  // namespace

std::string fen_text(std::int64_t fen) { return to_text(Money::from_fen(fen)); }

std::string value_text(const Region& region, Type type, std::uint32_t domain, std::int64_t value) {
  switch (type) {
    case Type::money: return value >= none_fen ? "none" : fen_text(value);
    case Type::ratio: return to_percent(Decimal{value});
    case Type::dec: return to_text(Decimal{value});
    case Type::integer:
    case Type::id: return std::to_string(value);
    case Type::date: return to_text(Date{static_cast<std::int32_t>(value)});
    case Type::boolean: return value != 0 ? "yes" : "no";
    case Type::code: return member_text(region, domain, value);
    case Type::set: return set_text(region, domain, value);
  }
  return "";
}

void write_value(JsonOut& out, const Region& region, Type type, std::uint32_t domain, std::int64_t value) {
  if (type == Type::integer)
    out.number(value);
  else if (type == Type::boolean)
    out.boolean(value != 0);
  else if (type == Type::set)
    write_members(out, region, domain, value);
  else
    out.text(value_text(region, type, domain, value));
}

KeyPart key_part(const Region& region, std::uint32_t reg) {
  if (reg < region.facts.size()) {
    const Fact& fact = region.facts[reg];
    return {fact.name, fact.type, fact.domain};
  }
  constexpr std::array<std::string_view, 8> calendar = {"year", "quarter", "month", "period",
                                                        "days", "from",    "to",    "settle"};
  const std::size_t index = reg - region.year();
  if (index >= calendar.size()) return {"?", Type::integer, 0};
  return {calendar[index], index < 5 ? Type::integer : Type::date, 0};
}

std::string key_text(const Region& region, const Bill& bill, const BoundBill& bound, std::uint32_t reg,
                     std::int64_t value) {
  const KeyPart part = key_part(region, reg);
  if (part.type != Type::id) return value_text(region, part.type, part.domain, value);
  if (bound.facts[reg] == value)
    for (const FactValue& fact : bill.facts)
      if (fact.name == part.name) return fact.text;
  for (const BoundRow& row : bound.rows) {
    if (row.first_part || row.position < 0) continue;
    const auto& keys = region.groups.at(row.group).key;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] != reg || row.key[i] != value) continue;
      for (const FactValue& key : bill.accumulators.at(static_cast<std::size_t>(row.position)).key)
        if (key.name == part.name) return key.text;
    }
  }
  return "";
}

std::string payer_label(const Fund& fund, Language language) {
  const bool zh = language == Language::zh;
  switch (fund.role) {
    case FundRole::account: return label(fund.labels, zh ? "个人账户" : "account", language);
    case FundRole::family: return label(fund.labels, zh ? "家庭共济" : "family account", language);
    case FundRole::provider: return label(fund.labels, zh ? "医院负担" : "provider", language);
    case FundRole::fund: break;
  }
  return label(fund.labels, fund.name, language);
}

}  // namespace fenming
