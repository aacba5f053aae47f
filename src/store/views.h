// Views: the tables that a follower derives from the journal and people read with SQL (docs/tables.md is made from this list and a
// test compares). One description serves SQLite and PostgreSQL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace fenming {

enum class ViewTable : std::uint8_t {
  record,
  message,
  settlement,
  balance_day,
  visit,
  person_index,
  document
};
inline constexpr std::size_t view_table_count = 7;

struct ViewColumn {
  std::string_view name;
  enum class Type : std::uint8_t {
    integer,
    text
  } type = Type::integer;   // money: fen; dates: text 2025-03-01; times: text
  std::string_view zh, en;  // what it is
};
struct ViewTableInfo {
  std::string_view name, zh, en;
  std::span<const ViewColumn> columns;
  std::size_t key_columns = 1;  // the first so many are the primary key
  bool adds =
      false;  // balance_day: the last column is added to what stands there; else a row replaces the one of its key
};
const ViewTableInfo& info(ViewTable table);

// Small rows that always come together (the lines of a bill, the entries of a record) stand as one JSON text in a row of a table, a
// list of lists: writing them one by one would cost more than settling the bill. People read them as rows, through a view in SQL.
struct PackedRows {
  std::string_view name, zh, en;
  ViewTable table;
  std::string_view column;  // of the table, that holds the list
  std::span<const ViewColumn>
      beside;  // columns of the table that each row shows too; the first comes before `n`
  std::span<const ViewColumn> elements;  // of an inner list, in order
};
std::span<const PackedRows> packed_rows();

using ViewCell = std::variant<std::int64_t, std::string_view>;

// Rows of every table, cell behind cell. Texts are kept in blocks that never move, so cells may point into them.
class ViewRows {
 public:
  ViewRows() = default;
  ViewRows(ViewRows&&) = default;
  ViewRows& operator=(ViewRows&&) = default;

  std::string_view keep(std::string_view text);  // copied; lives as long as this
  // As many cells as the table has columns; texts must be kept. Where a table adds, rows of one key become one.
  void add(ViewTable table, std::initializer_list<ViewCell> row);
  std::size_t count(ViewTable table) const;
  std::span<const ViewCell> row(ViewTable table, std::size_t index) const;
  void clear();

 private:
  bool added(ViewTable table, std::initializer_list<ViewCell> row);

  std::array<std::vector<ViewCell>, view_table_count> cells_;
  std::unordered_map<std::string, std::size_t> sums_;  // table and key → its row's last cell
  std::string key_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_used_ = 0, block_size_ = 0;
};

}  // namespace fenming
