#include "proof/value.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "proof/exact.h"
#include "proof/tree.h"

namespace fenming {
namespace {

constexpr std::array<std::string_view, 9> type_names = {"money", "ratio", "int", "dec", "bool",
                                                        "date",  "code",  "set", "id"};
constexpr std::size_t name_bytes_max = 256;

std::optional<std::vector<std::string>> parse_members(std::string_view text) {
  std::vector<std::string> members;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view member = trimmed(text.substr(0, comma));
    if (member.empty() || comma + 1 == text.size()) return std::nullopt;
    members.emplace_back(member);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  std::ranges::sort(members);
  if (std::ranges::adjacent_find(members) != members.end()) return std::nullopt;
  return members;
}

bool parse_content(ProofValue& value, std::string_view text) {
  switch (value.type) {
    case ProofType::boolean: value.yes = text == "yes"; return text == "yes" || text == "no";
    case ProofType::date: {
      const auto date = parse_date(text);
      if (date) value.date = *date;
      return date.has_value();
    }
    case ProofType::code:
    case ProofType::id: value.text = text; return !text.empty() && text.size() <= name_bytes_max;
    case ProofType::set: {
      auto members = parse_members(text);
      if (members) value.members = std::move(*members);
      return members.has_value();
    }
    default: break;
  }
  value.none = value.type == ProofType::money && text == "none";
  if (value.none) return true;
  const auto number = parse_exact(text, proof_places_max);
  if (number) value.number = proof_normal(*number);
  return number && (value.type != ProofType::integer || value.number.places == 0);
}

}  // namespace

std::optional<ProofType> parse_proof_type(std::string_view text) {
  const auto found = std::ranges::find(type_names, text);
  if (found == type_names.end()) return std::nullopt;
  return static_cast<ProofType>(found - type_names.begin());
}

std::string_view to_text(ProofType type) { return type_names.at(static_cast<std::size_t>(type)); }
bool is_number(ProofType type) { return type <= ProofType::dec; }

std::optional<ProofValue> parse_proof_value(ProofType type, std::string_view text) {
  ProofValue value;
  value.type = type;
  if (!parse_content(value, text)) return std::nullopt;
  return value;
}

std::string to_text(const ProofValue& value) {
  switch (value.type) {
    case ProofType::boolean: return value.yes ? "yes" : "no";
    case ProofType::date: return to_text(value.date);
    case ProofType::code:
    case ProofType::id: return value.text;
    case ProofType::set: return fmt::format("{}", fmt::join(value.members, ","));
    default: return value.none ? "none" : to_text(value.number, value.type == ProofType::money ? 2 : 0);
  }
}

ProofValue proof_number(ProofType type, Exact number) {
  ProofValue value;
  value.type = type;
  value.number = proof_normal(number);
  return value;
}

ProofValue proof_bool(bool yes) {
  ProofValue value;
  value.type = ProofType::boolean;
  value.yes = yes;
  return value;
}

ProofValue proof_none() {
  ProofValue value;
  value.none = true;
  return value;
}

bool same_type(ProofType a, ProofType b) {
  const auto plain = [](ProofType type) {
    return type == ProofType::integer ? ProofType::dec : type == ProofType::id ? ProofType::code : type;
  };
  return plain(a) == plain(b);
}

bool same_value(const ProofValue& a, const ProofValue& b) {
  if (!same_type(a.type, b.type)) return false;
  if (!is_number(a.type))
    return a.yes == b.yes && a.date == b.date && a.text == b.text && a.members == b.members;
  if (a.none || b.none) return a.none == b.none;
  const Exact x = proof_normal(a.number), y = proof_normal(b.number);
  return x.digits == y.digits && x.places == y.places;
}

}  // namespace fenming
