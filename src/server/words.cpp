#include "server/words.h"

#include <algorithm>

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

VisitFamily visit_family(std::string_view infno) {
  return infno.starts_with("23") || infno.starts_with("24") ? VisitFamily::stay : VisitFamily::outpatient;
}

Result<std::string> kind_of(const RegionWords& words, std::string_view med_type, VisitFamily family,
                            const std::string& place) {
  const bool of_stays = std::ranges::find(words.stays, med_type) != words.stays.end();
  const auto found = words.med_type.find(med_type);
  if (found != words.med_type.end() && of_stays == (family == VisitFamily::stay)) return found->second;
  return std::unexpected(Error{Code::wire_not_mapped, place, std::string(med_type), {"med_type"}});
}

bool is_stay(const RegionWords& words, std::string_view kind) {
  return std::ranges::any_of(words.stays,
                             [&](const std::string& code) { return word(words.med_type, code) == kind; });
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
