// Comma-separated values (RFC 4180): quoted fields, doubled quotes, line breaks inside quotes, CRLF, a
// byte-order mark in front.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace fenming {

struct CsvRow {
  std::size_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
};

// Blank lines are left out. `file` is for the place of an error ("file:line:column", column = number of the
// field).
Result<std::vector<CsvRow>> read_csv(std::string_view text, std::string_view file);

}  // namespace fenming
