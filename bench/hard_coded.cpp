#include "hard_coded.h"

#include <algorithm>

namespace fenming {
namespace {

std::int64_t length(std::int64_t from, std::int64_t to) { return std::max<std::int64_t>(0, to - from); }

// Ratios are in per cent and no product is negative: half up.
std::int64_t rounded(std::int64_t hundredths_of_fen) { return (hundredths_of_fen + 50) / 100; }

}  // namespace

StandardAnswer hard_coded(const StandardBill& bill) {
  std::int64_t total = 0, eligible = 0;
  for (const StandardLine& line : bill.lines) {
    total += line.fen;
    if (line.item_class == 'A') eligible += line.fen;
    if (line.item_class == 'B') eligible += line.fen - rounded(line.fen * 10);
  }
  const std::int64_t low = 1'300'00, first = 30'000'00, next = 40'000'00;
  const std::int64_t full = length(low, std::min(eligible, first)) * 85 +
                            length(first, std::min(eligible, next)) * 90 + length(next, eligible) * 95;
  const std::int64_t basic = std::min(rounded(full), length(bill.prior_fen, 100'000'00));
  const std::int64_t above = length(15'000'00, eligible - basic);
  const std::int64_t more = std::min<std::int64_t>(above, 35'000'00) * 60 +
                            length(35'000'00, std::min<std::int64_t>(above, 85'000'00)) * 65 +
                            length(85'000'00, above) * 70;
  const std::int64_t second = rounded(more);
  return {eligible, basic, second, total - basic - second};
}

}  // namespace fenming
