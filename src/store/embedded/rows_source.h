// RowsSource: rows in memory as a table that SQL reads, so that one statement writes them all: a third of the time of a statement for
// each row.
#pragma once

#include <span>
#include <vector>

#include "store/embedded/sqlite.h"
#include "store/views.h"

namespace fenming {

class RowsSource {
 public:
  // Makes the table temp.source(c0, c1, ...) of `connection`, which reads what `show` was told last. This must outlive the connection.
  Result<void> attach(Connection& connection);
  void show(const ViewRows& rows, ViewTable table);

  // For the table's cursor: rows in the order of their keys; of two with the same key the earlier first.
  std::size_t count() const { return order_.size(); }
  std::span<const ViewCell> row(std::size_t index) const { return rows_->row(table_, order_[index]); }
  std::span<const ViewColumn> columns() const { return info(table_).columns; }

 private:
  const ViewRows* rows_ = nullptr;
  ViewTable table_ = ViewTable::record;
  std::vector<std::uint32_t> order_;
};

}  // namespace fenming
