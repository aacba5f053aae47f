// The combinations of facts on which a plan may behave differently: every code, numbers at the ends of ranges and beside the constants they
// are laid against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "policy/library.h"

namespace fenming {

struct FactAxis {
  std::uint32_t fact = 0;
  std::vector<std::int64_t> values;  // the default first, when it is among them
};

class FactSpace {
 public:
  // The values that matter to these plans for these facts (indices of Region::facts).
  FactSpace(const Region& region, const std::vector<const Plan*>& plans,
            const std::vector<std::uint32_t>& facts);

  const std::vector<FactAxis>& axes() const { return axes_; }
  std::uint64_t size() const { return size_; }  // UINT64_MAX: more than that
  // Writes combination `number` (0 .. size-1; the last axis turns fastest) into `facts`.
  void set(std::uint64_t number, std::vector<std::int64_t>& facts) const;

 private:
  std::vector<FactAxis> axes_;
  std::uint64_t size_ = 1;
};

// What a fact holds when nothing is said of it: its default, else its first code, no, the lowest number.
std::int64_t plain_value(const Fact& fact);
std::vector<std::int64_t> plain_facts(const Region& region);

std::vector<std::int64_t> interesting_values(const Fact& fact, std::size_t members,
                                             const std::vector<const Plan*>& plans, std::uint32_t index,
                                             bool field);

std::string fact_text(const Region& region, const Fact& fact,
                      std::int64_t value);  // "L3", "yes", "1300.00", "[poor, disabled]"

}  // namespace fenming
