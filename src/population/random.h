// Random: a small generator that gives the same numbers on every machine. Whole numbers only. One is made for each thing (a person,
// a day of a person), so that any of them can be made alone, in any order.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>

namespace fenming {

inline constexpr std::uint64_t mixed(std::uint64_t z) {  // splitmix64's last step
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}
  constexpr Random(std::uint64_t seed, std::uint64_t thing, std::uint64_t number = 0)
      : state_(mixed(seed + thing * 0x9e3779b97f4a7c15ULL) ^ (number * 0xd6e8feb86659fd93ULL)) {}

  constexpr std::uint64_t next() { return mixed(state_ += 0x9e3779b97f4a7c15ULL); }
  constexpr std::uint32_t below(std::uint32_t end) {  // end > 0
    return static_cast<std::uint32_t>((next() >> 32) * end >> 32);
  }
  constexpr int between(int low, int high) {  // both belong
    return low + static_cast<int>(below(static_cast<std::uint32_t>(high - low + 1)));
  }
  constexpr bool chance(std::uint32_t of_10000) { return below(10'000) < of_10000; }
  template <class List>
  constexpr const auto& of(const List& list) {
    return list[below(static_cast<std::uint32_t>(std::size(list)))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace fenming
