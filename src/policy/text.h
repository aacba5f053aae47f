// Text: the YAML of a library as a tree in which every scalar is exactly the text written. Refused here: anchors, aliases, tags,
// merge keys, doubled keys, keys that are no scalars, keys without value, bad UTF-8, too much of anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "policy/plan.h"

namespace fenming {

struct TextEntry;

struct TextNode {
  enum class Kind : std::uint8_t { scalar, map, list };
  Kind kind = Kind::scalar;
  std::string scalar;
  bool quoted = false;
  Place place;                     // path "/0/steps/1/base": first the number of the document
  std::vector<TextEntry> entries;  // map: in written order; list: keys are empty

  const TextNode* find(std::string_view key) const;  // map entry or nothing
  bool is_map() const { return kind == Kind::map; }
  bool is_list() const { return kind == Kind::list; }
  bool is_scalar() const { return kind == Kind::scalar; }
};

struct TextEntry {
  std::string key;
  Place key_place;
  TextNode value;
};

inline constexpr std::size_t text_bytes_max = 4 << 20, text_nodes_max = 200'000, text_depth_max = 64;

// The documents of one file. Errors carry "name:line:column".
Result<std::vector<TextNode>> read_text(std::string_view name, std::string_view bytes, std::uint32_t file);

// What was written, for a message that expects something else: a scalar as it is, a map by its first key.
std::string shown(const TextNode& node);
std::string error_place(std::string_view file_name, const Place& place);
bool is_utf8(std::string_view bytes);

}  // namespace fenming
