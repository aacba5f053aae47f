// KnownBill: every bill that the repository brings along: each step of the regions' cases and the bills of the sandbox.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/desk.h"
#include "proof/proof.h"

namespace fenming::explanation {

struct KnownBill {
  std::string name;  // file and title
  LibraryPointer library;
  std::shared_ptr<const ProofLibrary> proof;
  Bill bill;
  bool error_expected = false;
};

// Failures to read anything are test failures.
std::vector<KnownBill> bills_of_cases();
std::vector<KnownBill> bills_of_sandbox();

}  // namespace fenming::explanation
