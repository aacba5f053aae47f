// setlinfo: a settlement's result as the national interface says it (spec/nhsa settlement_identities.md). A function of the record and
// the register; the identities I1 to I9 and I13 hold because the record's amounts do.
#pragma once

#include <string>
#include <string_view>

#include "base/json_out.h"
#include "catalog/catalogue.h"
#include "server/call.h"

namespace fenming {

std::string yuan(std::int64_t fen);   // "12.30"
std::string time_text(Instant time);  // "2026-11-22 09:08:07"
std::string fund_code(const RegionWords& words, const std::string& insutype, const std::string& fund);
// The result that a decision made (Decision.made), or its last one.
const SettlementResult* made_result(const Decision& decision);

// The members of setlinfo without the person's, and the rows of setldetail.
Result<void> write_setlinfo(JsonOut& json, const Call& call, const Decision& decision,
                            const SettlementResult& result, bool trial);
Result<void> write_setldetail(JsonOut& json, const Call& call, const Decision& decision,
                              const SettlementResult& result);
// Rows of the lines: feedetl_sn, amounts, class, and the price limit of the catalogue that the record names. Deterministic: an answer that
// is asked for again is the same.
class LineRows {
 public:
  // `day`: of lines that say none.
  static Result<LineRows> of(const Call& call, const Decision& decision, Date day);
  void write(JsonOut& json, const BillLine& line, const LineResult& shares) const;

 private:
  LineRows(std::shared_ptr<const Catalogue> catalogue, Date day, bool by_kind)
      : catalogue_(std::move(catalogue)), day_(day), by_kind_(by_kind) {}
  const CatalogueItem* item_of(const BillLine& line) const;  // null: not in it on that day
  std::shared_ptr<const Catalogue> catalogue_;               // none: none was in force
  Date day_;
  bool by_kind_;  // encoder 2: the charge type is the item's, not "other" for all
};

Result<std::string> settlement_output(
    const Call& call,
    const Decided& decided);  // setlinfo, setldetail, detlcutinfo of a counter sale

}  // namespace fenming
