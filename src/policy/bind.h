// Binding: a bill's names and texts become the numbers of one library. Everything that can be wrong about a bill with respect to a
// region is found here. What assess() may still refuse lies in the rules: no policy for the day, facts that only the chosen one needs, a
// divisor of 0, a table without a row, a negative payment, an amount or an accumulator beyond its range, a balance spent twice.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/bill.h"
#include "policy/library.h"

namespace fenming {

struct BoundLine {
  std::vector<std::int64_t> fields;  // in the order of Region::line_fields
  std::uint64_t given = 0;           // bit i: field i stands in the bill (else its default)
  std::int32_t refund_of = -1;       // index of the original line
};

struct BoundRow {  // an accumulator row before the bill
  std::uint32_t group = 0;
  bool first_part = false;  // key unknown until the first part's facts are: short form
  std::vector<std::int64_t> key, values;
  std::uint64_t given = 0;     // bit i: member i stands in the bill
  std::int32_t position = -1;  // in Bill::accumulators, for the trace
};

struct BoundBill {
  std::vector<std::int64_t> facts;       // in the order of Region::facts; sets are bit masks
  std::vector<std::uint8_t> fact_given;  // 0 missing, 1 from the bill, 2 the region's default
  Date from, to, settle, known;
  std::vector<BoundLine> lines;
  std::vector<BoundRow> rows;
};

Result<BoundBill> bind(const Library& library, const Bill& bill);
// The same with lines that stand elsewhere instead of the bill's own.
Result<BoundBill> bind_lines(const Library& library, const Bill& bill,
                             std::span<const BillLine* const> lines);

}  // namespace fenming
