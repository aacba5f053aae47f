#include "server/words.h"

namespace fenming {

std::string word(const WordMap& map, std::string_view key, std::string_view otherwise) {
  const auto found = map.find(key);
  return found == map.end() ? std::string(otherwise) : found->second;
}

std::string code_for(const WordMap& map, std::string_view value, std::string_view otherwise) {
  for (const auto& [code, name] : map)
    if (name == value) return code;
  return std::string(otherwise);
}

Result<std::string> kind_of(const RegionWords& words, std::string_view med_type, const std::string& place) {
  if (const auto found = words.med_type.find(med_type); found != words.med_type.end()) return found->second;
  return std::unexpected(Error{Code::wire_not_mapped, place, std::string(med_type), {"med_type"}});
}

Result<std::vector<FactValue>> facts_of(const RegionWords& words, const WireRow& row) {
  std::vector<FactValue> facts;
  for (const FactWord& rule : words.facts) {
    const std::string_view value = row.text(rule.field);
    if (value.empty()) continue;
    std::string text(value);
    if (!rule.values.empty()) {
      const auto found = rule.values.find(value);
      if (found == rule.values.end())
        return std::unexpected(Error{Code::wire_not_mapped, row.pointer(rule.field), text, {rule.field}});
      text = found->second;
    }
    facts.push_back({rule.fact, FactValue::Kind::text, std::move(text), {}});
  }
  return facts;
}

}  // namespace fenming
