// Claims: what the rows of a trace say beside its nodes (which layers of which text, whose accumulators) against the
// library's text, the bill, and how the nodes were computed.
#pragma once

#include <string>
#include <vector>

#include "proof/leaves.h"

namespace fenming {

// Every layer of the policy's text stands once for each part, in order, with its fund and article; and its amounts
// are one computation from base to paid (docs/policy-calculus.md section 5).
void check_layer_rows(const ProofScene& scene, std::vector<Error>& errors);
void check_layer_steps(const ProofScene& scene, std::vector<Error>& errors);

// Every accumulator that was read or is written has its row, under the key that facts and calendar give, and follows
// from what it was and what the layers add.
void check_accumulators(const ProofScene& scene, std::vector<Error>& errors);

// The text of a layer by name, or null.
const ProofLayerText* layer_text(const ProofScene& scene, std::string_view name);

// ---- Nodes, compared through any number of `same`. Nothing and an empty sum are one: 0 because nothing contributes.
int origin_number(const ProofScene& scene, int number);
bool is_nothing(const ProofScene& scene, int number);
bool same_node(const ProofScene& scene, int a, int b);
Exact number_of(const ProofScene& scene, int number);  // 0 of nothing

}  // namespace fenming
