#include "settlement/words.h"

#include "settlement/cells.h"

namespace fenming {

std::optional<std::uint64_t> Words::known(std::string_view text) const {
  const std::string value = find_(std::string(word_prefix) + std::string(text));
  if (value.empty()) return std::nullopt;
  return static_cast<std::uint64_t>(read_integer(value));
}

std::uint64_t Words::number(std::string_view text) {
  if (const auto word = known(text)) return *word;
  const std::int64_t next = read_integer(find_(std::string(word_count_cell))) + 1;
  put_(std::string(word_prefix) + std::string(text), integer_cell(next));
  put_(std::string(word_count_cell), integer_cell(next));
  return static_cast<std::uint64_t>(next);
}

}  // namespace fenming
