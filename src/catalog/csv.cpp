#include "catalog/csv.h"

#include "model/csv_rows.h"

namespace fenming {

Result<std::vector<CsvRow>> read_csv(std::string_view text, std::string_view file) {
  std::vector<CsvRow> rows;
  CsvRows reading(text, file);
  while (reading.next()) {
    CsvRow& row = rows.emplace_back();
    row.line = reading.line();
    row.fields.assign(reading.fields().begin(), reading.fields().end());
  }
  if (reading.error()) return std::unexpected(*reading.error());
  return rows;
}

}  // namespace fenming
