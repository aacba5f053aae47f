// Providers of the make-believe region: hospitals of three levels, clinics, pharmacies, one school's clinic, and two hospitals far
// away where a few go. How many depends on the number of persons.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/command.h"
#include "population/random.h"

namespace fenming {

enum class ProviderKind : std::uint8_t { hospital3, hospital2, hospital1, clinic, pharmacy, school, away };

struct MadeProvider {
  std::string code, name;
  ProviderKind kind = ProviderKind::clinic;

  std::string_view level() const;  // L1, L2, L3
};

class Providers {
 public:
  explicit Providers(std::uint32_t persons);

  std::span<const MadeProvider> all() const { return list_; }
  const MadeProvider& one(std::uint32_t index) const { return list_[index]; }
  // Of a kind; `near` (the family's number) keeps those of one family at the same place.
  std::uint32_t near(ProviderKind kind, std::uint32_t near) const;
  static RegisterProvider command(const MadeProvider& provider);

 private:
  std::vector<MadeProvider> list_;  // by kind
  std::uint32_t first_[8] = {};     // of each kind; the last is the end
};

}  // namespace fenming
