// Measuring: settlements per second of CPU time of this process, and the allocations made meanwhile. CPU time and not the clock on the
// wall: other programs on the machine then change the answer little.
#pragma once

#include <cstdint>
#include <functional>

namespace fenming {

double cpu_seconds();         // of this process so far, user and system
std::uint64_t allocations();  // calls of operator new so far, in this program

struct Measured {
  double per_second = 0;  // median of the rounds
  double slowest = 0, fastest = 0;
  double allocations_each = 0;  // per settlement, all rounds after the warming one
};

// `round` settles `count` bills; it is called once to warm up, then until `rounds` have been timed.
Measured measure(std::size_t count, int rounds, const std::function<void()>& round);

}  // namespace fenming
