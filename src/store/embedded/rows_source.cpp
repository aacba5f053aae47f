#include "store/embedded/rows_source.h"

#include <sqlite3.h>

#include <algorithm>
#include <new>
#include <numeric>

#include "base/check.h"

namespace fenming {
namespace {

constexpr std::size_t columns_max = 32;

struct Table {
  sqlite3_vtab base;
  const RowsSource* source;
};
struct Cursor {
  sqlite3_vtab_cursor base;
  std::size_t at;
  std::span<const ViewCell> row;
};

const RowsSource& source_of(sqlite3_vtab_cursor* cursor) {
  return *reinterpret_cast<Table*>(cursor->pVtab)->source;
}
Cursor& cursor_of(sqlite3_vtab_cursor* cursor) { return *reinterpret_cast<Cursor*>(cursor); }

void load(sqlite3_vtab_cursor* cursor) {
  const RowsSource& source = source_of(cursor);
  if (cursor_of(cursor).at < source.count()) cursor_of(cursor).row = source.row(cursor_of(cursor).at);
}

int make(sqlite3* handle, void* source, int, const char* const*, sqlite3_vtab** out, char**) {
  std::string sql = "CREATE TABLE source(";
  for (std::size_t i = 0; i < columns_max; ++i) sql += (i == 0 ? "c" : ", c") + std::to_string(i);
  const int result = sqlite3_declare_vtab(handle, (sql + ")").c_str());
  if (result != SQLITE_OK) return result;
  auto* table = new (std::nothrow) Table{{}, static_cast<const RowsSource*>(source)};
  if (table == nullptr) return SQLITE_NOMEM;
  *out = &table->base;
  return SQLITE_OK;
}

int drop(sqlite3_vtab* table) {
  delete reinterpret_cast<Table*>(table);
  return SQLITE_OK;
}

int plan(sqlite3_vtab*, sqlite3_index_info* index) {
  index->estimatedCost = 1'000;
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
  auto* cursor = new (std::nothrow) Cursor{};
  if (cursor == nullptr) return SQLITE_NOMEM;
  *out = &cursor->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete reinterpret_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value**) {
  cursor_of(cursor).at = 0;
  load(cursor);
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++cursor_of(cursor).at;
  load(cursor);
  return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* cursor) { return cursor_of(cursor).at >= source_of(cursor).count() ? 1 : 0; }

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  const auto number = static_cast<std::size_t>(index);
  const std::span<const ViewCell> row = cursor_of(cursor).row;
  if (number >= row.size()) return SQLITE_OK;  // null
  const bool is_text = source_of(cursor).columns()[number].type == ViewColumn::Type::text;
  const ViewCell& cell = row[number];
  CHECK(is_text == (cell.index() == 1), "a cell is of its column's type");
  if (!is_text) {
    sqlite3_result_int64(context, std::get<std::int64_t>(cell));
    return SQLITE_OK;
  }
  const std::string_view text = std::get<std::string_view>(cell);
  sqlite3_result_text64(context, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                        SQLITE_UTF8);
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
  *out = static_cast<sqlite3_int64>(cursor_of(cursor).at);
  return SQLITE_OK;
}

sqlite3_module module_of_rows() {
  sqlite3_module module = {};
  module.xCreate = make;
  module.xConnect = make;
  module.xBestIndex = plan;
  module.xDisconnect = drop;
  module.xDestroy = drop;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = at_end;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}

}  // namespace

Result<void> RowsSource::attach(Connection& connection) {
  static const sqlite3_module module = module_of_rows();
  const int result = sqlite3_create_module(connection.handle(), "fenming_rows", &module, this);
  if (result != SQLITE_OK) return std::unexpected(connection.error(result));
  return connection.run("CREATE VIRTUAL TABLE temp.source USING fenming_rows");
}

void RowsSource::show(const ViewRows& rows, ViewTable table) {
  rows_ = &rows;
  table_ = table;
  order_.resize(rows.count(table));
  std::iota(order_.begin(), order_.end(), 0U);
  const std::size_t key_columns = info(table).key_columns;
  const auto before = [&](std::uint32_t one, std::uint32_t other) {
    const auto a = rows.row(table, one).first(key_columns), b = rows.row(table, other).first(key_columns);
    return std::ranges::lexicographical_compare(a, b);
  };
  if (!std::ranges::is_sorted(order_, before)) std::ranges::stable_sort(order_, before);
}

}  // namespace fenming
