// SM3 digests (GB/T 32905-2016) of byte strings, and the tree of digests over a batch.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fenming {

using Digest = std::array<std::uint8_t, 32>;

Digest sm3(std::string_view bytes);
Digest sm3(std::initializer_list<std::string_view> parts);  // of the parts one behind the other
std::string sm3_hex(std::string_view bytes);                // 64 lower-case hexadecimal digits

std::string to_hex(std::string_view bytes);
inline std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}
Digest to_digest(std::string_view bytes32);  // exactly 32 bytes

// Merkle tree as in RFC 6962: leaf = SM3(0x00 ‖ bytes), node = SM3(0x01 ‖ left ‖ right), the left subtree the largest power of two
// below the count; the root of no leaves is SM3 of nothing. The two prefixes keep a node from passing for a leaf.
Digest merkle_leaf(std::string_view bytes);
Digest merkle_root(std::span<const Digest> leaves);
std::vector<Digest> merkle_path(std::span<const Digest> leaves, std::size_t index);  // from the leaf upwards
Digest merkle_climb(const Digest& leaf, std::size_t index, std::size_t count, std::span<const Digest> path);

}  // namespace fenming
