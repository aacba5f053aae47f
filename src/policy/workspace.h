// Workspace: the buffers of one thread for assess(). Holds nothing from one bill to the next but memory.
#pragma once

#include "policy/runner.h"

namespace fenming {

class Workspace {
 public:
  Buffers<std::int64_t> narrow;
  Buffers<Wide> wide;
  std::vector<PartDates> parts;
};

}  // namespace fenming
