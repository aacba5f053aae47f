// Assessment: the one pure function of (library, bill, facts, accumulators before, dates). Trial and final are the same call: what
// the caller does with the result makes the difference. Amounts are fen.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/split.h"
#include "policy/bind.h"

namespace fenming {

struct LineShares {  // amount = over + out + prepay + in, each row and every sum
  std::int64_t amount = 0, over = 0, out = 0, prepay = 0, in = 0;
  friend bool operator==(const LineShares&, const LineShares&) = default;
};

struct LayerAmounts {  // policy-calculus.md section 5; `applies`: who held
  std::int64_t base = 0, over = 0, deductible = 0, covered = 0, after = 0, paid = 0, consumed = 0, cut = 0;
  bool applies = false;
  friend bool operator==(const LayerAmounts&, const LayerAmounts&) = default;
};

struct PartResult {                        // a settlement period of a long stay; most bills have one
  const PolicyVersion* version = nullptr;  // null: no policy step pays anything
  const Plan* plan = nullptr;
  Date from, to;
  std::vector<std::int64_t> names;   // values of plan->names (lets), same order
  std::vector<LayerAmounts> layers;  // plan->layers, same order
};

struct AccumulatorResult {
  std::uint32_t group = 0;
  std::vector<std::int64_t> key, before, after;
};

struct Assessment {
  std::optional<Split> split;  // always there after success
  std::int64_t total = 0, over = 0, out = 0, prepay = 0, in_scope = 0, charged = 0, deductible = 0;
  std::vector<std::int64_t> pots;   // Region::pots, same order
  std::vector<std::int64_t> funds;  // Region::funds, same order; account, family and provider included
  std::vector<LineShares> lines;    // the bill's lines, same order, refunds included
  std::size_t part_count = 0;       // parts[0..part_count); the rest is kept for reuse
  std::vector<PartResult> parts;
  std::size_t row_count = 0;
  std::vector<AccumulatorResult> rows;  // every row read or written
};

// The key that the bill's first part has for a group of rows, read by the policy or not: facts of the bill and days of the calendar.
std::vector<std::int64_t> first_part_key(const Region& region, const BoundBill& bill,
                                         const Assessment& assessment, std::uint32_t group);

// A bill without lines is complete only when the policy itself says what is charged (an allowance, a packaged price).
std::optional<Error> require_lines(const BoundBill& bill, const Assessment& assessment);

class Workspace;  // buffers of one thread, reused from bill to bill: no allocation once warm

// On error `out` holds nothing to be used. After success total = funds + account + family + cash + provider.
std::optional<Error> assess(const Library& library, const BoundBill& bill, Workspace& workspace,
                            Assessment& out);

// The same in 128 bits, whether the plan needs them or not: what the tests of the 64-bit engine compare with.
std::optional<Error> assess_wide(const Library& library, const BoundBill& bill, Workspace& workspace,
                                 Assessment& out);

}  // namespace fenming
