// Cells: constants as people write them, and which row of a table its keys choose.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/error.h"
#include "proof/tree.h"
#include "proof/value.h"

namespace fenming {

// One token of an expression, in code points of its text.
struct ProofToken {
  std::size_t begin = 0, end = 0;
  std::string_view text;
};

// Bytes of the token that a text begins with; 0 of an empty text.
std::size_t token_bytes(std::string_view text);

// The token that is exactly the characters [begin, end), or nothing: a part of a number is no constant.
std::optional<ProofToken> token_at(std::string_view text, std::size_t begin, std::size_t end);

// `alone`: the constant is the whole scalar, so that money needs no unit and a code no quotes. A list is a
// set.
std::optional<ProofValue> parse_proof_constant(ProofType type, std::string_view text, bool alone);
std::optional<ProofValue> parse_proof_constant(ProofType type, const ProofTree& cell);

// The row of a table (a map with `by`) that the keys choose, as the part of a JSON pointer that follows the
// table's.
Result<std::string> choose_row(const ProofTree& table, std::span<const ProofValue* const> keys);

// The row of a map with `since` that holds on a day.
Result<std::string> choose_since(const ProofTree& table, Date date);

}  // namespace fenming
