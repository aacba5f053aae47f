// What a plan's slots read: registers and line fields, through tables and formulas. And which constants a number is laid beside.
#pragma once

#include <set>

#include "policy/plan.h"

namespace fenming {

struct Reads {
  std::set<std::uint32_t> registers, fields;
};

void add_reads(const Plan& plan, const Slot& slot, Reads& reads);
void add_reads(const Plan& plan, const Meters& meters, Reads& reads);
Reads line_reads(const Plan& plan);                           // limit, prepay, pot
Reads layer_reads(const Plan& plan, const LayerPlan& layer);  // all slots and writes
Reads all_reads(const Plan& plan);

// Values at which something may change for the number in `reg` (or field, when `field`): bounds of range keys and the constants of the
// same formula, at the number's stored scale.
std::set<std::int64_t> critical_values(const Plan& plan, std::uint32_t index, bool field, Type type);

}  // namespace fenming
