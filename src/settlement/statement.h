// Statement: the rows of a provider's settlements and refunds of some days, out of the journal, as reconcile.h counts them.
#pragma once

#include "model/decision.h"
#include "settlement/reconcile.h"
#include "store/store.h"

namespace fenming {

// Insurance type, clearing type and bureau of a settlement are the region's codes: who knows its code tables says them. None: the fact
// `scheme`, the kind of visit and the region.
using StatementKeyOf = std::function<StatementKey(const SettlementResult&)>;

// mdtrt_id as answers and statements say it: without a visit a settlement is its own, and what corrects one that of the corrected.
const std::string& visit_number(const SettlementResult& result);

struct StatementQuery {
  std::string provider;
  Date from, to;  // of the books, both belong
};

// Every row that counts on these days, by position, and those made on them that do not count (pending, expired, reversed). What stands
// behind the views' watermark is not seen: let the views catch up first. Reads as many records as there are rows.
// Codes: desk_dates; those of the store.
Result<std::vector<StatementRow>> statement_rows(Store& store, const StatementQuery& query,
                                                 const StatementKeyOf& key_of = {});

// The rows of settlements by their ids, each with its refund behind it when there is one: what a provider's file names outside the days
// asked for. Ids that are none of this provider are left out. Codes: store_views_behind when the views do not have one of them yet.
Result<std::vector<StatementRow>> statement_rows_of(Store& store, const std::string& provider,
                                                    std::span<const std::string> setl_ids,
                                                    const StatementKeyOf& key_of = {});

}  // namespace fenming
