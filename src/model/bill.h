// Bill: what the provider sends, as plain values. Nothing is priced or decided yet; the reader (protocol/bill_json.h) has checked
// shapes, sizes, dates and sums, the library's names are checked when the bill is bound to a library (policy/bind.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "money/decimal.h"

namespace fenming {

struct FactValue {
  enum class Kind : std::uint8_t { text, number, boolean, list };
  std::string name;
  Kind kind = Kind::text;
  std::string text;  // number: as written; boolean: yes or no
  std::vector<std::string> list;
};

struct BillLine {
  std::string id, item, item_name;
  Money amount;
  std::optional<Decimal> quantity, price;
  std::optional<Date> date;           // default: the last day of the visit
  std::optional<Money> listed_limit;  // highest amount that may enter for this line; none: no limit
  std::string refund_of;              // id of the original line; only and always where amount < 0
  std::vector<FactValue> columns;     // class, kind, source and the region's own
};

struct AccumulatorRow {
  std::string group;
  bool first_part = false;  // short form: the row that the bill's first part reads; `key` is then empty
  std::vector<FactValue> key, values;
};

struct Bill {
  std::string id, region, visit_kind;
  Date from, to, settle, known;
  std::vector<FactValue> facts;
  std::vector<AccumulatorRow> accumulators;
  std::optional<Money> total;
  std::vector<BillLine> lines;
};

}  // namespace fenming
