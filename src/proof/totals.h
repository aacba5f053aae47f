// Totals: who pays adds up to the bill, line by line and fund by fund, and every line of the bill is behind
// it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "proof/leaves.h"

namespace fenming {

// Appends what does not add up.
void check_totals(const ProofScene& scene, std::vector<Error>& errors);

// Every line's amount must lie under an output.
void check_reach(const ProofScene& scene, std::vector<Error>& errors);

// The amounts of a settlement's answer are those of the trace.
void check_settlement(const ProofScene& scene, const ProofTree& settlement, std::vector<Error>& errors);

}  // namespace fenming
