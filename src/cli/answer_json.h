// The answer to a bill by national names (docs/bill-format.md, "The answer"). The national identities hold
// because each amount is written from the one split.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "model/fund_fields.h"
#include "policy/assess.h"

namespace fenming {

std::string_view national_field(const Fund& fund);  // acct_pay, hosp_part_amt ... for who is no fund

struct NationalAmounts {  // fen
  std::array<std::int64_t, fund_fields.size()> funds{};
  std::int64_t fund_sum = 0, account = 0, family = 0, cash = 0, provider = 0;
  std::int64_t person() const { return account + cash; }  // account: the family's included
};
NationalAmounts national_amounts(const Region& region, const Assessment& assessment);

// `indent` 0: on one line.
std::string answer_json(const Library& library, const Bill& bill, const BoundBill& bound,
                        const Assessment& assessment, int indent = 0);

}  // namespace fenming
