// CsvRows: comma-separated values (RFC 4180) one row after the other: quoted fields, doubled quotes, line breaks inside quotes, CRLF,
// a byte-order mark in front. Fields are views that live until the next row; nothing is copied but fields with doubled quotes.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace fenming {

class CsvRows {
 public:
  CsvRows(std::string_view text, std::string_view file);

  // The next row that is not blank. False: the end, or error() says what is wrong (Code::csv_malformed at "file:line:column").
  bool next();
  const std::vector<std::string_view>& fields() const { return fields_; }
  std::size_t line() const { return row_line_; }  // where the row begins, from 1
  std::size_t bytes_read() const { return at_; }
  const std::optional<Error>& error() const { return error_; }
  std::string place(std::size_t column) const;  // "file:line:column", column from 1

 private:
  bool read_row();
  bool read_plain();
  bool read_quoted();
  void skip_line_end();
  bool malformed(std::string reason);

  std::string_view text_, file_;
  std::size_t at_ = 0, line_ = 1, row_line_ = 1;
  std::vector<std::string_view> fields_;
  std::deque<std::string> undoubled_;
  std::optional<Error> error_;
};

}  // namespace fenming
