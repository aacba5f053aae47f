#include "policy/problems.h"

#include <algorithm>

#include "base/nearest.h"

namespace fenming {

const TextNode& require(const TextNode& map, std::string_view key) {
  const TextNode* found = map.find(key);
  if (found == nullptr) throw Problem{Code::key_missing, map.place, "", {std::string(key)}};
  return *found;
}

const std::string& scalar_of(const TextNode& node, std::string_view expected) {
  if (!node.is_scalar())
    throw Problem{Code::shape_wrong, node.place, node.is_map() ? "{...}" : "[...]", {std::string(expected)}};
  return node.scalar;
}

std::vector<std::string> names_of(const TextNode& node, std::string_view expected) {
  if (node.is_scalar()) return {node.scalar};
  if (!node.is_list()) throw Problem{Code::shape_wrong, node.place, "{...}", {std::string(expected)}};
  std::vector<std::string> names;
  for (const TextEntry& entry : node.entries) names.push_back(scalar_of(entry.value, expected));
  return names;
}

void require_map(const TextNode& node, std::string_view expected) {
  if (!node.is_map())
    throw Problem{
        Code::shape_wrong, node.place, node.is_list() ? "[...]" : node.scalar, {std::string(expected)}};
}

void require_known_keys(const TextNode& map, std::vector<std::string_view> known) {
  for (const TextEntry& entry : map.entries)
    if (std::ranges::find(known, entry.key) == known.end())
      throw Problem{Code::key_unknown, entry.key_place, entry.key, {suggestion(entry.key, known)}};
}

std::string text_or(const TextNode& map, std::string_view key, std::string_view otherwise) {
  const TextNode* found = map.find(key);
  if (found == nullptr) return std::string(otherwise);
  if (!found->is_list()) return scalar_of(*found, "text");
  std::string joined;
  for (const TextEntry& entry : found->entries)
    joined += (joined.empty() ? "" : " ") + scalar_of(entry.value, "text");
  return joined;
}

Labels labels_of(const TextNode& map) { return {text_or(map, "zh"), text_or(map, "en")}; }

std::string suggestion(std::string_view wanted, const std::vector<std::string_view>& candidates) {
  const std::vector<std::string> names(candidates.begin(), candidates.end());
  return nearest_hint(wanted, names);
}

}  // namespace fenming
