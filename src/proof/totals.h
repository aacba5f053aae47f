// Totals: who pays adds up to the bill, line by line and fund by fund, and every line of the bill is behind
// it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proof/leaves.h"

namespace fenming {

// Appends what does not add up.
void check_totals(const ProofScene& scene, std::vector<Error>& errors);

// Every line's amount must lie under an output.
void check_reach(const ProofScene& scene, std::vector<Error>& errors);

// Fen of a whole amount of money, or nothing; an amount as it is written.
std::optional<Wide> whole_fen(const ProofValue& value);
std::string yuan_text(Wide fen);

// All that a settlement's answer says of policy, amounts, lines, layers and accumulators (settlement.cpp).
void check_settlement(const ProofScene& scene, const ProofTree& settlement, std::vector<Error>& errors);

}  // namespace fenming
