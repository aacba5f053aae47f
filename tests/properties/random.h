// Random: a small generator that gives the same numbers on every machine; one seed per bill, so that any bill can be made alone.
#pragma once

#include <cstdint>
#include <vector>

namespace fenming::properties {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  // Both ends belong.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    if (high <= low) return low;
    const std::uint64_t width = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(next() % width);
  }
  bool chance(int percent) { return between(0, 99) < percent; }
  template <class T>
  const T& of(const std::vector<T>& list) {
    return list[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(list.size()) - 1))];
  }

 private:
  std::uint64_t state_;
};

inline std::uint64_t mixed(std::uint64_t seed, std::uint64_t number) {
  return Random(seed ^ (number * 0xff51afd7ed558ccdULL)).next();
}

}  // namespace fenming::properties
