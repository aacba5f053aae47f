// Driver: takes a walk through a desk on a fake store and through the reference side by side, and says where they part.
#pragma once

#include <optional>
#include <string>

#include "walk/steps.h"

namespace fenming::walk {

struct Failure {
  int step = 0;  // number of the step after which it was seen
  std::string what;
};

struct Tally {  // what walks have done, so that a test sees that they did something
  std::uint64_t steps = 0, accepted = 0, settled = 0, undone = 0, adjusted = 0, repeated = 0, reopened = 0,
                expired = 0;
};

std::optional<Failure> run(const Walk& walk, Tally& tally);

}  // namespace fenming::walk
