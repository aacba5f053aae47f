// PotTable: where the pot of a line follows from one of its codes alone (nearly always its class), it is worked out once, when the plan is
// built, by the engine itself. assess() then looks it up; the explanation goes the long way, for its records.
#pragma once

#include "policy/plan.h"

namespace fenming {

void fill_pot_table(const Region& region, Plan& plan);

}  // namespace fenming
