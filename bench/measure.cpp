#include "measure.h"

#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>

namespace {

std::uint64_t allocation_count = 0;  // the benchmark has one thread

void* counted(std::size_t bytes) {
  ++allocation_count;
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes); }
void* operator new[](std::size_t bytes) { return counted(bytes); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace fenming {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::uint64_t allocations() { return allocation_count; }

Measured measure(std::size_t count, int rounds, const std::function<void()>& round) {
  round();
  std::vector<double> rates;
  rates.reserve(static_cast<std::size_t>(rounds));
  const std::uint64_t before = allocations();
  for (int i = 0; i < rounds; ++i) {
    const double start = cpu_seconds();
    round();
    rates.push_back(static_cast<double>(count) / (cpu_seconds() - start));
  }
  const double each = static_cast<double>(allocations() - before) / (static_cast<double>(count) * rounds);
  std::ranges::sort(rates);
  return {rates[rates.size() / 2], rates.front(), rates.back(), each};
}

}  // namespace fenming
