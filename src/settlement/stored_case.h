// StoredCase: a settlement or adjustment of the journal as the policy saw it, out of its records and artifacts: what an explanation is
// computed from (laws.md 3). Nothing in it is decided again.
#pragma once

#include <memory>
#include <string>

#include "catalog/catalogue.h"
#include "model/decision.h"
#include "policy/assess.h"
#include "policy/bind.h"
#include "settlement/artifacts.h"

namespace fenming {

struct StoredCase {
  std::shared_ptr<const Library> library;      // those in force then
  std::shared_ptr<const Catalogue> catalogue;  // null: none
  Bill bill;                                   // not priced; without accumulators
  std::vector<BoundRow> rows;                  // accumulators as they stood before it
  SettlementResult result;                     // as it is stored
  std::uint32_t engine = 0;                    // version that decided it
};

// Codes: desk_settlement_unknown (a cancellation is none: it computes nothing), those of the store.
Result<StoredCase> stored_case(Store& store, const std::string& setl_id);

// National names of the amounts that differ between the stored result and one computed again, with both values; empty: it re-adds.
struct StoredDifference {
  std::string name;
  std::int64_t stored_fen = 0, now_fen = 0;
};
std::vector<StoredDifference> compare_stored(const SettlementResult& stored, const Assessment& now,
                                             const Library& library);

}  // namespace fenming
