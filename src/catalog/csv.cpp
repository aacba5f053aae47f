#include "catalog/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace fenming {
namespace {

class CsvReading {
 public:
  CsvReading(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<std::vector<CsvRow>> read() {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    while (at_ < text_.size()) {
      CsvRow row{line_, {}};
      if (auto error = read_row(row)) return std::unexpected(std::move(*error));
      if (row.fields.size() > 1 || !row.fields[0].empty()) rows_.push_back(std::move(row));
    }
    return std::move(rows_);
  }

 private:
  std::optional<Error> read_row(CsvRow& row) {
    for (;;) {
      std::string field;
      const bool quoted = at_ < text_.size() && text_[at_] == '"';
      if (auto error = quoted ? read_quoted(field, row) : read_plain(field, row)) return error;
      row.fields.push_back(std::move(field));
      if (at_ < text_.size() && text_[at_] == ',') {
        ++at_;
        continue;
      }
      skip_line_end();
      return std::nullopt;
    }
  }

  std::optional<Error> read_plain(std::string& field, const CsvRow& row) {
    const std::size_t end = std::min(text_.find_first_of(",\r\n\"", at_), text_.size());
    field = text_.substr(at_, end - at_);
    at_ = end;
    if (at_ < text_.size() && text_[at_] == '"') return malformed(row, "\" inside a field without quotes");
    return std::nullopt;
  }

  std::optional<Error> read_quoted(std::string& field, const CsvRow& row) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        field += text_[++at_];
      } else {
        ++at_;
        const bool ends = at_ == text_.size() || std::string_view(",\r\n").contains(text_[at_]);
        return ends ? std::nullopt : malformed(row, "text after the closing \"");
      }
    }
    return malformed(row, "\" is not closed");
  }

  void skip_line_end() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') {
      ++at_;
      ++line_;
    }
  }

  std::optional<Error> malformed(const CsvRow& row, std::string reason) const {
    const std::size_t column = row.fields.size() + 1;
    return Error{
        Code::csv_malformed, fmt::format("{}:{}:{}", file_, row.line, column), "", {std::move(reason)}};
  }

  std::string_view text_, file_;
  std::size_t at_ = 0, line_ = 1;
  std::vector<CsvRow> rows_;
};

}  // namespace

Result<std::vector<CsvRow>> read_csv(std::string_view text, std::string_view file) {
  return CsvReading(text, file).read();
}

}  // namespace fenming
