// Small region: the rules of a made-up region whose numbers are so small that a few bills reach every bound: deductible, bands, limit of
// the month, caps, accounts. All that a correction may have to put right hangs together in it.
#pragma once

#include <string>
#include <vector>

#include "policy/library.h"

namespace fenming::walk {

inline const std::string region_code = "880099";

struct Corrections {
  std::string cancel = "last_first", late = "gains";
};
// `release` 0 or 1: the same accumulators, other numbers.
std::vector<SourceFile> small_region(const Corrections& corrections, int release = 0);

}  // namespace fenming::walk
