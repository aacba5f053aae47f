// The operations: what a node's value must be, from its arguments' values alone. Leaves and tables are read
// elsewhere.
#pragma once

#include <span>

#include "model/error.h"
#include "proof/library.h"
#include "proof/trace.h"

namespace fenming {

using ProofArgs = std::span<const ProofValue* const>;  // null: an argument that is null

// The value that node `node` must have; an error without place when its arguments do not fit the operation or
// a number leaves the bounds. For `pick`, `sum_of`, `max_of` and `net` only what the arguments' values say.
Result<ProofValue> compute(const ProofNode& node, ProofArgs args, const ProofLibrary& library);

}  // namespace fenming
