// ProofBill: the bill inside a trace, indexed for the checks: its lines and which lines a refund takes back,
// its dates.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/error.h"
#include "proof/tree.h"
#include "proof/value.h"

namespace fenming {

struct ProofBillLine {
  std::string id;
  Exact amount;
  int refund_of = -1;  // index of the original line
  const ProofTree* json = nullptr;
};

struct ProofBill {
  const ProofTree* json = nullptr;
  Date from, to, settle;  // of the visit; from and settle are `to` where the bill does not say
  Date known;             // which releases of the rules count; `settle` where the bill does not say
  std::vector<ProofBillLine> lines;
  std::set<Date> dates;                                         // of the visit, its settlement and its lines
  std::map<std::string, std::size_t, std::less<>> line_fields;  // how many lines have the field

  bool some_line_has(std::string_view field) const { return line_fields.contains(field); }
  const ProofBillLine* line_at(std::string_view pointer) const;  // /lines/3 or /lines/3/amount
};

Checked<ProofBill> read_proof_bill(const ProofTree& bill);

// A field of the bill as a value of a type, or nothing.
std::optional<ProofValue> bill_value(ProofType type, const ProofTree& field);

// The rows of `accumulators` in either form: the group, its key (null: the short form) and its members.
struct ProofBillRow {
  std::string group;
  const ProofTree* key = nullptr;
  const ProofTree* values = nullptr;
  std::string pointer;  // of `values`
};
std::vector<ProofBillRow> accumulator_rows(const ProofTree& bill);

}  // namespace fenming
