// Case files (docs/case-files.md): worked examples as text that a case officer reads and writes. Read here
// into bills and expectations; whether a bill is sound is found out when the case is run (case_run.h).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/bill.h"
#include "model/error.h"

namespace fenming {

struct Expectation {
  std::string name, value;  // "basic.paid" "13160.00"; "error" "BIL-013"
  std::size_t line = 0;
};

struct CaseStep {  // one bill
  Bill bill;
  std::vector<Expectation> expectations;
  std::vector<std::string> published;  // what the source printed, free text
  std::size_t line = 0;
  // Where the bill's parts stand in the case file, for the errors of the bill; 0: nowhere.
  std::size_t date_row = 0, given_row = 0;
  std::vector<std::size_t> line_rows;  // one for each line of the bill
  std::map<std::string, std::size_t, std::less<>>
      fact_rows;  // by name; later bills keep those of their facts
};

struct Case {
  std::string file, title, status, source, reason;
  std::vector<CaseStep> steps;  // one at least; the later ones are bills of the same person
  std::size_t line = 0;
};

inline constexpr std::string_view case_statuses[] = {"reproducible", "inferred", "inconsistent", "derived"};

// `region` is the code of the library that the cases belong to. Errors: case_malformed and those of dates and
// amounts, each with "file:line:column".
Checked<std::vector<Case>> read_cases(std::string_view text, std::string_view file, std::string_view region);

}  // namespace fenming
