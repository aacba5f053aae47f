// ImportTable: what reading any import file has in common: its columns by name, problems with their place, two passes, message ids.
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "model/csv_rows.h"
#include "registry/import.h"

namespace fenming {

struct Column {
  std::string_view name;
  bool needed = false;
};

// A status or fact for which the file has a column of its own; "diseases[]" is a list.
struct FactColumn {
  std::size_t at = 0;
  std::string name;
  bool list = false;
};

class ImportTable {
 public:
  ImportTable(std::string_view text, std::string_view file, const ImportOptions& options);

  // Reads the header. `facts`: other columns are facts; else they are refused. False: problems() says why.
  bool open(std::span<const Column> columns, bool facts);
  std::vector<Error> take_problems();

  // Calls `row` for every row, first to check, then (when no problem was found) to make its Commands.
  template <class Row>
  Checked<ImportCounts> run(const CommandSink& sink, const Row& row) {
    pass(row);
    if (counts_.rows == 0 && problems_.empty()) refuse_file(Code::import_empty);
    if (!problems_.empty()) return std::unexpected(take_problems());
    sink_ = &sink;
    pass(row);
    return counts_;
  }

  // ---- of the row being read
  bool checking() const { return sink_ == nullptr; }
  std::size_t line() const { return rows_.line(); }
  std::string_view text(std::string_view column) const;  // empty when the file has no such column
  std::optional<Date> date(std::string_view column);     // nothing: empty or refused
  std::vector<FactValue> row_facts();
  FactValue fact(const FactColumn& column, std::string_view value);
  bool good_number(std::string_view column);  // psn_no, code: 1 to 30 letters, digits, - and _
  void refuse(Code code, std::string_view column, std::string_view value,
              std::vector<std::string> details = {});
  // The same key in an earlier row: refused. Checking only.
  void once(std::string key, Code code, std::string_view column);
  void put(Action action);

 private:
  template <class Row>
  void pass(const Row& row) {
    rows_ = CsvRows(text_, file_);
    rows_.next();
    counts_.rows = 0;
    while (rows_.next()) {
      ++counts_.rows;
      in_row_ = 0;
      if (rows_.fields().size() != width_)
        refuse(Code::import_fields, "", std::to_string(rows_.fields().size()), {std::to_string(width_)});
      else
        row();
      if (counts_.rows % 4096 == 0) report_progress();
    }
    if (rows_.error()) problems_.push_back(*rows_.error());
    report_progress();
  }
  void report_progress() const;
  void refuse_file(Code code, std::string_view value = {}, std::vector<std::string> details = {});
  std::size_t column_of(std::string_view name) const;

  std::string_view text_, file_;
  const ImportOptions& options_;
  CsvRows rows_;
  std::string digest_;
  std::size_t width_ = 0, in_row_ = 0, more_ = 0;
  std::vector<std::pair<std::string, std::size_t>> columns_;
  std::vector<FactColumn> facts_;
  std::unordered_map<std::string, std::size_t> seen_;  // key → line
  const CommandSink* sink_ = nullptr;
  std::vector<Error> problems_;
  ImportCounts counts_;
};

}  // namespace fenming
