// The balances that a plan's account layers spend: the money facts that their caps read. No bill takes more from an account than these hold
// together (decision 0015, 5).
#pragma once

#include "policy/plan.h"

namespace fenming {

// Leaves a role open whose layers are capped by something else too: nothing, an accumulator, a `let`.
void fill_balances(const Region& region, Plan& plan);

}  // namespace fenming
