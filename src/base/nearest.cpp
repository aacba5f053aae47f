#include "base/nearest.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace fenming {
namespace {

constexpr std::size_t bytes_max = 64;

struct Characters {
  std::array<std::uint32_t, bytes_max> of{};
  std::size_t size = 0;
};

// Bytes that are no UTF-8 end up as some character: good enough to be compared.
Characters characters(std::string_view text) {
  Characters found;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U && found.size != 0) {
      found.of[found.size - 1] = (found.of[found.size - 1] << 6U) | (byte & 0x3FU);
    } else {
      found.of[found.size++] =
          byte >= 'A' && byte <= 'Z' ? byte - std::uint32_t{'A'} + std::uint32_t{'a'} : byte;
    }
  }
  return found;
}

// Edit distance with swaps of neighbours (optimal string alignment), three rows at a time.
std::size_t distance(const Characters& a, const Characters& b) {
  std::array<std::array<std::size_t, bytes_max + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size; ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size; ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i + 2) % 3];
    const auto& second = rows[(i + 1) % 3];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size; ++j) {
      const bool same = a.of[i - 1] == b.of[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && a.of[i - 1] == b.of[j - 2] && a.of[i - 2] == b.of[j - 1])
        row[j] = std::min(row[j], second[j - 2] + 1);
    }
  }
  return rows[a.size % 3][b.size];
}

}  // namespace

std::string nearest_name(std::string_view wanted, std::span<const std::string> candidates) {
  if (wanted.empty() || wanted.size() > bytes_max) return {};
  const Characters meant = characters(wanted);
  const std::string* best = nullptr;
  std::size_t best_distance = bytes_max + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > bytes_max) continue;
    const Characters known = characters(candidate);
    const std::size_t longer = std::max(known.size, meant.size), found = distance(meant, known);
    if (found < best_distance && found < longer && found <= std::clamp<std::size_t>(longer / 3, 1, 4)) {
      best = &candidate;
      best_distance = found;
    }
  }
  return best == nullptr ? std::string() : *best;
}

std::string nearest_hint(std::string_view wanted, std::span<const std::string> candidates) {
  const std::string name = nearest_name(wanted, candidates);
  return name.empty() ? name : " (→ " + name + "?)";
}

}  // namespace fenming
