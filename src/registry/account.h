// A personal account: interest of a year, and consents that a family member's bills may be paid from it. Balances and entries
// belong to ledger/; here are the numbers that go into them.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "model/command.h"
#include "model/error.h"
#include "model/state.h"

namespace fenming {

struct Movement {  // of one account
  Date day;
  Money change;
};

// Interest by daily products: the sum of the balances at the end of each day of the year × rate / 360, rounded half up once
// (docs/decisions/0005-account-interest.md). `opening`: balance when the year begins; movements in any order, those of other
// years are left out. A day below zero bears nothing. Codes: interest_rate (below 0 or above 100 %), interest_year.
Result<Money> year_interest(Money opening, std::span<const Movement> movements, std::int64_t year,
                            Decimal rate);

// Consents stand in the owner's Object, one cell for each user: "c" + psn_no.
struct Consent {
  Date from, to;
  friend bool operator==(const Consent&, const Consent&) = default;
};
std::optional<Consent> consent_of(const Object& owner, std::string_view user);
bool may_pay(const Object& owner, std::string_view user, Date day);
// The same with its reason: account_not_shared.
std::optional<Error> refuse_payer(const Object& owner, std::string_view owner_no, std::string_view user,
                                  Date day);

// What a command changes in the owner's Object; a second consent for the same user takes the first one's place. Nothing when it
// holds already. Codes: share_self, status_dates, share_missing (withdrawn without being there).
Result<std::vector<Change>> share_account(const Object& owner, const ShareAccount& command);

}  // namespace fenming
