// Split: who pays a bill. total = funds + account + family + cash + provider, by construction: cash is what is left, and a split in
// which anybody's share but the provider's would be negative cannot be made.
#pragma once

#include <optional>

#include "money/decimal.h"

namespace fenming {

class Split {
 public:
  // `charged` is what funds and person pay together (a packaged price may differ from the total; the difference is the
  // provider's). Nothing when a share is negative or the payments exceed `charged`.
  static constexpr std::optional<Split> make(Money total, Money charged, Money funds, Money account,
                                             Money family, Money provider_reduction) {
    constexpr Money zero;
    const Money cash = charged - funds - account - family - provider_reduction;
    if (funds < zero || account < zero || family < zero || provider_reduction < zero || cash < zero)
      return std::nullopt;
    return Split(total, funds, account, family, cash, total - charged + provider_reduction);
  }
  constexpr Money total() const { return total_; }
  constexpr Money funds() const { return funds_; }
  constexpr Money account() const { return account_; }  // the person's own account, without the family's
  constexpr Money family() const { return family_; }
  constexpr Money cash() const { return cash_; }
  constexpr Money provider() const { return provider_; }  // may be negative under a packaged price

 private:
  constexpr Split(Money total, Money funds, Money account, Money family, Money cash, Money provider)
      : total_(total), funds_(funds), account_(account), family_(family), cash_(cash), provider_(provider) {}
  Money total_, funds_, account_, family_, cash_, provider_;
};

}  // namespace fenming
