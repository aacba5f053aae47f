// Runs a case: settles its bills one after the other, the accumulators of each carried over to the next, and
// compares with what the case expects.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/case_file.h"
#include "cli/desk.h"

namespace fenming {

struct CaseFinding {
  std::size_t line = 0;               // of the case file
  std::string name, expected, found;  // an amount that differs; name empty: `found` is an error sentence
};

struct CaseOutcome {
  std::vector<CaseFinding> findings;  // none: the case is right
  // Of each bill that was settled or refused: "basic.paid 13160.00", what was found for each expectation.
  std::vector<std::vector<std::string>> amounts;
  std::vector<Error> errors;  // names that no bill of this library can have: nothing was compared
  bool right() const { return findings.empty(); }
};

CaseOutcome run_case(const Case& of, const LibraryPointer& library, Clerk& clerk, Language language);

// The value of a name that `expect` may use, as text; nothing when the library has no such name.
std::optional<std::string> outcome_value(const Settled& settled, std::string_view name);

// Nothing where outcome_value may find this name, whichever policies apply; otherwise a hint at the names that
// may be meant: " (→ basic.paid?)".
std::optional<std::string> unknown_outcome(const Library& library, std::string_view name);

// The rows of an assessment as they are given with the next bill of the same person, over those known before.
std::vector<AccumulatorRow> carried_over(const Settled& settled, std::vector<AccumulatorRow> before);

}  // namespace fenming
