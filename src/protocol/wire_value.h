// WireValue: one value of a message against its field. Knows types, lengths, code tables and the ways real clients write; not
// where the value stands.
#pragma once

#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "protocol/interface.h"
#include "protocol/json.h"
#include "protocol/tolerance.h"

namespace fenming {

// Texts that had to be written anew ("2E+1" is read as "20"). Views into it hold until the next clear.
class WireTexts {
 public:
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  void clear() { texts_.clear(); }

 private:
  std::deque<std::string> texts_;
};

// The value as text: "" when it is empty in any of the ways there are; a number as written; of `bytes` the bytes themselves. What was
// accepted as integer, decimal, date or datetime can be read as such. The error has value and details, and no place.
std::expected<std::string_view, Error> wire_value(Json value, const WireField& field, Tolerances tolerances,
                                                  WireTexts& texts);

std::string titled(const WireField& field);          // "psn_no（人员编号）"
std::size_t character_count(std::string_view text);  // of UTF-8

}  // namespace fenming
