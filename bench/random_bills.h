// Random bills from a seed, the same on every machine: of the standard case (standard.yaml), and of a region whose facts are drawn from
// its own declarations.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "model/bill.h"
#include "policy/plan.h"

namespace fenming {

inline constexpr std::size_t standard_lines = 12;

struct StandardLine {
  std::int64_t fen = 0;
  char item_class = 'A';
};

struct StandardBill {
  std::array<StandardLine, standard_lines> lines;
  std::int64_t prior_fen = 0;  // paid by the first layer earlier in the year
};

StandardBill random_standard(std::mt19937_64& random);
Bill to_bill(const StandardBill& standard);

// A stay of an employee with twelve lines: every fact of the region that is not part of the choice is drawn, as are the accumulators.
Bill random_stay(const Region& region, std::mt19937_64& random);

}  // namespace fenming
