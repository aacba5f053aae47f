// A bill of one region laid before another region's policy: what that region does not know is left out, and
// named.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "model/bill.h"
#include "model/error.h"
#include "policy/library.h"

namespace fenming {

struct AdaptedBill {
  Bill bill;
  std::vector<std::string> left_out;  // "facts.level", "lines.origin", "accumulators.year.stays"
};

// `facts`: "name=value" put into the bill first, over what it says; a list as a,b for a set. Code of an
// error: shape_wrong.
Result<AdaptedBill> adapt(const Region& region, Bill bill, std::span<const std::string> facts);

}  // namespace fenming
