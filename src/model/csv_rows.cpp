#include "model/csv_rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace fenming {

CsvRows::CsvRows(std::string_view text, std::string_view file) : text_(text), file_(file) {
  if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
}

std::string CsvRows::place(std::size_t column) const {
  return fmt::format("{}:{}:{}", file_, row_line_, column);
}

bool CsvRows::next() {
  while (!error_ && at_ < text_.size()) {
    row_line_ = line_;
    if (!read_row()) return false;
    if (fields_.size() > 1 || !fields_[0].empty()) return true;
  }
  return false;
}

bool CsvRows::read_row() {
  fields_.clear();
  undoubled_.clear();
  for (;;) {
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    if (!(quoted ? read_quoted() : read_plain())) return false;
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      continue;
    }
    skip_line_end();
    return true;
  }
}

bool CsvRows::read_plain() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\n' && text_[at_] != '\r' &&
         text_[at_] != '"')
    ++at_;
  if (at_ < text_.size() && text_[at_] == '"') return malformed("\" inside a field without quotes");
  fields_.push_back(text_.substr(begin, at_ - begin));
  return true;
}

bool CsvRows::read_quoted() {
  const std::size_t begin = ++at_;
  bool doubled = false;
  for (; at_ < text_.size(); ++at_) {
    if (text_[at_] == '\n') ++line_;
    if (text_[at_] != '"') continue;
    if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
      doubled = true;
      ++at_;
      continue;
    }
    std::string_view field = text_.substr(begin, at_ - begin);
    if (doubled) {
      std::string& plain = undoubled_.emplace_back();
      for (std::size_t i = 0; i < field.size(); ++i) {
        plain += field[i];
        if (field[i] == '"') ++i;
      }
      field = plain;
    }
    ++at_;
    if (at_ < text_.size() && !std::string_view(",\r\n").contains(text_[at_]))
      return malformed("text after the closing \"");
    fields_.push_back(field);
    return true;
  }
  return malformed("\" is not closed");
}

void CsvRows::skip_line_end() {
  if (at_ < text_.size() && text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') {
    ++at_;
    ++line_;
  }
}

bool CsvRows::malformed(std::string reason) {
  error_ = Error{Code::csv_malformed, place(fields_.size() + 1), "", {std::move(reason)}};
  return false;
}

}  // namespace fenming
