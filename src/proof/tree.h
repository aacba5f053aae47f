// ProofTree: JSON and YAML alike as a plain tree. Scalars keep the text as written, so that no digit is lost.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fenming {

struct ProofTree {
  enum class Kind : std::uint8_t { null, boolean, number, text, list, map };
  Kind kind = Kind::null;         // a YAML scalar is always `text`
  std::string text;               // of a scalar; JSON numbers and booleans as written
  std::vector<std::string> keys;  // of a map, beside items
  std::vector<ProofTree> items;

  const ProofTree* find(std::string_view key) const;    // null when this is no map or has no such key
  const ProofTree* at(std::string_view pointer) const;  // JSON pointer (RFC 6901); null when it leads nowhere
  bool scalar() const { return kind != Kind::null && kind != Kind::list && kind != Kind::map; }
};

// A key or number as a part of a JSON pointer: "~" and "/" escaped.
std::string pointer_part(std::string_view key);

// The last part of a pointer, unescaped; empty for "".
std::string pointer_last(std::string_view pointer);

// A whole number in decimal digits, without sign, or nothing.
std::optional<std::size_t> parse_index(std::string_view text);

std::string_view trimmed(std::string_view text);  // without blanks at both ends

}  // namespace fenming
