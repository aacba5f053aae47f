// A store in a folder with a desk over it, for the commands that need one; the system's clock.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "settlement/desk.h"
#include "settlement/verify.h"

namespace fenming {

Now system_clock_now();

// Begins a store where there is none only when `create` is set: a mistyped folder must not become an empty store.
Result<std::unique_ptr<Store>> open_store(const std::string& folder, bool create = false,
                                          bool views_anew = false);
struct DeskUse {
  std::function<Now()> clock = system_clock_now;
  std::string keys = {};  // a key folder; heads are signed when it is given
  bool attach_person = false;
  std::size_t batch_max = DeskOptions().batch_max;
  Limits limits = {};
};
Result<std::unique_ptr<SettlementDesk>> open_desk(std::unique_ptr<Store> store, DeskUse use = {});

// Rules and catalogue as artifacts, put in force. `library`: a folder with a region.yaml; `catalogue`: a CSV file or empty.
Checked<std::string> adopt(SettlementDesk& desk, const std::string& library, const std::string& catalogue,
                           const std::string& by);
// A catalogue's text, read before without a fault; the digest.
Result<std::string> adopt_catalogue(SettlementDesk& desk, const std::string& text, const std::string& by);

}  // namespace fenming
