// Words: texts that stand in many cells (names of accumulators, of their members, of codes), as small numbers. The shard's object holds
// them ("w" + text); a word that is met for the first time becomes a change of the decision that needs it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/state.h"

namespace fenming {

inline constexpr std::string_view word_prefix = "w", word_count_cell = "W";

// Reads the shard's object as it stands in the decision being made, and adds to it.
class Words {
 public:
  using Find = std::function<std::string(const std::string& cell)>;
  using Put = std::function<void(const std::string& cell, const std::string& value)>;
  Words(Find find, Put put) : find_(std::move(find)), put_(std::move(put)) {}

  std::uint64_t number(std::string_view text);  // a new one when need be
  std::optional<std::uint64_t> known(std::string_view text) const;

 private:
  Find find_;
  Put put_;
};

}  // namespace fenming
