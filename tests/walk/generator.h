// Generator: walks from seeds, the same on every machine. It does not know what will be refused; it only prefers what fits together.
#pragma once

#include "walk/steps.h"

namespace fenming::walk {

Walk make_walk(std::uint64_t seed);

}  // namespace fenming::walk
