// Reference: settles a bound bill again, slowly, as policy-calculus.md sections 2 to 5 read, and says where an assessment differs. Of
// the engine it uses nothing; of the compiler only the plan's shape (which slot is read by what), not its scales.
#pragma once

#include <optional>
#include <string>

#include "policy/assess.h"

namespace fenming::properties {

// What differs first, in words; nothing when every amount agrees.
std::optional<std::string> reference_problem(const Library& library, const BoundBill& bill,
                                             const Assessment& result);

}  // namespace fenming::properties
