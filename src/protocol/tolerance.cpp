#include "protocol/tolerance.h"

#include <algorithm>
#include <array>

namespace fenming {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Tolerance::count_)> names = {
    "number_form",   "input_as_text", "input_capital",     "node_shape",  "node_alias", "unknown_envelope",
    "unknown_field", "msgid_form",    "empty_division",    "infver_form", "null_words", "date_form",
    "not_listed",    "long_text",     "header_underscore", "path_form",   "charset"};
static_assert(!names.back().empty(), "every tolerance has a name");

}  // namespace

std::string_view name(Tolerance tolerance) { return names[static_cast<std::size_t>(tolerance)]; }

std::optional<Tolerance> find_tolerance(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Tolerance>(found - names.begin());
}

}  // namespace fenming
