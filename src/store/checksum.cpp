#include "store/checksum.h"

#include <array>
#include <bit>
#include <cstring>

namespace fenming {
namespace {

constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;  // multiplication by an odd number loses nothing
std::uint64_t folded(std::uint64_t sum, std::uint64_t word) { return std::rotl((sum ^ word) * odd, 29); }

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

}  // namespace

std::uint64_t checksum64(std::string_view bytes, std::uint64_t seed) {
  std::array<std::uint64_t, 4> sums = {seed, seed + 1, seed + 2, seed + 3};
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; left -= 32, at += 32)
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] = folded(sums[lane], word_at(at + 8 * lane));
  std::array<char, 32> tail = {};
  if (left > 0) std::memcpy(tail.data(), at, left);
  std::uint64_t sum = bytes.size();
  for (std::size_t lane = 0; lane < 4; ++lane) {
    sums[lane] = folded(sums[lane], word_at(tail.data() + 8 * lane));
    sum = folded(sum, sums[lane]);
  }
  return sum ^ (sum >> 32);
}

}  // namespace fenming
