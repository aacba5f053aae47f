#include "store/embedded/views_db.h"

#include <array>
#include <filesystem>

#include "store/checksum.h"
#include "store/views_sql.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t application_id = 0x46656e56;  // "FenV"
constexpr int page_bytes = 4'096;
constexpr std::size_t rows_at_once = 1'000;

// Version 2 packs small rows. Views are derived: those of version 1 go, and the journal is folded again.
std::string second_version() {
  std::string sql;
  for (const std::string_view view : {"history", "settlement_by_provider", "line"})
    sql += "DROP VIEW IF EXISTS " + std::string(view) + ";\n";
  for (const std::string_view table :
       {"state", "meta", "record", "message", "settlement", "settlement_fund", "fee_line", "settled_line",
        "entry", "balance_day", "visit", "person_index", "document"})
    sql += "DROP TABLE IF EXISTS " + std::string(table) + ";\n";
  sql +=
      "CREATE TABLE state(object TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL, pos INTEGER NOT NULL, "
      "checksum "
      "INTEGER NOT NULL) WITHOUT ROWID;\n"
      "CREATE TABLE meta(watermark INTEGER NOT NULL);\nINSERT INTO meta VALUES(0);\n";
  for (std::size_t t = 0; t < view_table_count; ++t)
    sql += create_table(static_cast<ViewTable>(t), Dialect::sqlite) + ";\n";
  sql += std::string(settlement_index) + ";\n";
  for (const PeoplesView& view : peoples_views(Dialect::sqlite))
    sql += "CREATE VIEW " + std::string(view.name) + " AS " + std::string(view.select) + ";\n";
  return sql;
}

std::string insert_sql(ViewTable table) {
  const ViewTableInfo& about = info(table);
  std::string sql = about.adds ? "INSERT INTO " : "INSERT OR REPLACE INTO ";
  sql += std::string(about.name) + " SELECT ";
  for (std::size_t i = 0; i < about.columns.size(); ++i) sql += (i == 0 ? "c" : ", c") + std::to_string(i);
  sql += " FROM temp.source WHERE true";
  if (about.adds) {
    const std::string sum(about.columns.back().name);
    sql += " ON CONFLICT(" + key_list(table, about.key_columns) + ") DO UPDATE SET " + sum + " = " + sum +
           " + excluded." + sum;
  }
  return sql;
}

std::unexpected<Error> closed() {
  return std::unexpected(
      Error{Code::store_failed, "", "views.db is closed; drop the views and rebuild them", {}});
}

void bind(Statement& statement, int parameter, const ViewCell& cell) {
  if (const auto* text = std::get_if<std::string_view>(&cell))
    statement.bind(parameter, *text);
  else
    statement.bind(parameter, std::get<std::int64_t>(cell));
}

}  // namespace

const DatabaseKind& views_kind() {
  static const std::array<Migration, 1> migrations = {{{2, second_version()}}};
  static const DatabaseKind kind = {application_id, page_bytes, true, migrations};
  return kind;
}

Result<std::unique_ptr<ViewsDb>> ViewsDb::open(const std::string& folder, const EmbeddedOptions& options) {
  std::unique_ptr<ViewsDb> views(new ViewsDb(folder + "/views.db", options));
  if (options.views_anew) {
    if (auto dropped = views->drop(); !dropped) return std::unexpected(dropped.error());
    return views;
  }
  if (auto connected = views->connect(); !connected) return std::unexpected(connected.error());
  return views;
}

Result<void> ViewsDb::connect() {
  if (!fs::exists(path_))
    if (auto created = create_database(path_, views_kind(), options_.vfs); !created) return created;
  auto done = connect_writer();
  if (done) done = connect_readers();
  if (!done) writer_.reset(), reader_.reset(), rows_reader_.reset();
  return done;
}

Result<void> ViewsDb::connect_writer() {
  writer_ = std::make_unique<Writer>();
  const ConnectionOptions options = {options_.vfs, options_.views_cache_bytes,
                                     options_.sync ? "NORMAL" : "OFF"};
  auto connection = open_database(path_, views_kind(), options);
  if (!connection) return std::unexpected(connection.error());
  writer_->connection = *std::move(connection);
  ConnectionOptions mover_options = options;
  mover_options.cache_bytes = 1 << 20;
  auto keeper =
      WalKeeper::start(writer_->connection, path_, views_kind(), mover_options, options_.wal_bytes_max);
  if (!keeper) return std::unexpected(keeper.error());
  writer_->keeper = *std::move(keeper);
  if (auto attached = source_.attach(writer_->connection); !attached) return attached;
  const auto prepare = [this](Statement& statement, const std::string& sql) -> Result<void> {
    auto prepared = writer_->connection.prepare(sql);
    if (!prepared) return std::unexpected(prepared.error());
    statement = *std::move(prepared);
    return {};
  };
  for (std::size_t t = 0; t < view_table_count; ++t)
    if (auto done = prepare(writer_->insert[t], insert_sql(static_cast<ViewTable>(t))); !done) return done;
  if (auto done = prepare(writer_->put_state, "INSERT OR REPLACE INTO state VALUES(?,?,?,?)"); !done)
    return done;
  if (auto done = prepare(writer_->remove_state, "DELETE FROM state WHERE object = ?"); !done) return done;
  if (auto done = prepare(writer_->put_watermark, "UPDATE meta SET watermark = ?"); !done) return done;
  if (auto done = prepare(writer_->watermark, "SELECT watermark FROM meta"); !done) return done;
  const auto watermark = stored_watermark();
  if (!watermark) return std::unexpected(watermark.error());
  watermark_ = *watermark;
  doubt_ = false;
  return {};
}

Result<std::uint64_t> ViewsDb::stored_watermark() {
  const Reset reset(writer_->watermark);
  const auto row = writer_->watermark.step();
  if (!row) return std::unexpected(row.error());
  return *row ? static_cast<std::uint64_t>(writer_->watermark.integer(0)) : 0;
}

Result<std::uint64_t> ViewsDb::watermark() {
  if (!doubt_) return watermark_.load();
  const std::lock_guard lock(writer_mutex_);
  if (!writer_) return std::unexpected(closed().error());
  const auto stored = stored_watermark();
  if (!stored) return stored;
  watermark_ = *stored;
  doubt_ = false;
  return stored;
}

Result<void> ViewsDb::connect_readers() {
  const ConnectionOptions options = {options_.vfs, options_.reading_cache_bytes, "NORMAL"};
  for (std::unique_ptr<Reader>* reader : {&reader_, &rows_reader_}) {
    auto made = std::make_unique<Reader>();
    auto connection = fenming::connect(path_, views_kind(), options);
    if (!connection) return std::unexpected(connection.error());
    made->connection = *std::move(connection);
    auto find = made->connection.prepare(
        "SELECT pos, kind FROM message WHERE provider = ? AND msgid = ? AND infno = ?");
    if (!find) return std::unexpected(find.error());
    made->find = *std::move(find);
    auto newest =
        made->connection.prepare("SELECT msgid FROM message WHERE provider = ? ORDER BY msgid DESC LIMIT 1");
    if (!newest) return std::unexpected(newest.error());
    made->newest = *std::move(newest);
    auto state = made->connection.prepare("SELECT bytes, pos, checksum FROM state WHERE object = ?");
    if (!state) return std::unexpected(state.error());
    made->state = *std::move(state);
    *reader = std::move(made);
  }
  return {};
}

Result<void> ViewsDb::write(const ViewBatch& batch) {
  const std::lock_guard lock(writer_mutex_);
  if (!writer_) return closed();
  if (auto room = writer_->keeper->room(); !room) return room;
  auto transaction = SqlTransaction::begin(writer_->connection);
  if (!transaction) return std::unexpected(transaction.error());
  const auto stands = stored_watermark();
  if (!stands) return std::unexpected(stands.error());
  if (*stands != batch.after)
    return std::unexpected(Error{Code::store_moved, "", std::to_string(*stands), {}});
  if (auto done = insert_rows(batch.rows); !done) return done;
  if (auto done = insert_state(batch.state); !done) return done;
  const auto watermark = static_cast<std::int64_t>(batch.watermark);
  if (auto done = writer_->put_watermark.bind(1, watermark).run(); !done) return done;
  if (auto done = transaction->commit(); !done) {
    doubt_ = true;
    return done;
  }
  watermark_ = batch.watermark;
  writer_->keeper->committed();
  return {};
}

Result<void> ViewsDb::insert_rows(const ViewRows& rows) {
  for (std::size_t t = 0; t < view_table_count; ++t) {
    const auto table = static_cast<ViewTable>(t);
    if (rows.count(table) == 0) continue;
    source_.show(rows, table);
    if (auto done = writer_->insert[t].run(); !done) return done;
  }
  return {};
}

Result<void> ViewsDb::insert_state(std::span<const StateRow> state) {
  for (const StateRow& row : state) {
    if (row.bytes.empty()) {
      if (auto done = writer_->remove_state.bind(1, row.object).run(); !done) return done;
      continue;
    }
    writer_->put_state.bind(1, row.object).bind_blob(2, row.bytes);
    writer_->put_state.bind(3, static_cast<std::int64_t>(row.position));
    writer_->put_state.bind(4, state_checksum64(row.object, row.bytes, row.position));
    if (auto done = writer_->put_state.run(); !done) return done;
  }
  return {};
}

// The files go and are made anew: this also helps when they are damaged. A crash on the way leaves none, which is the same.
Result<void> ViewsDb::drop() {
  const std::scoped_lock lock(writer_mutex_, reader_mutex_, rows_mutex_);
  rows_reader_.reset();
  reader_.reset();
  writer_.reset();
  watermark_ = 0;
  doubt_ = false;
  for (const std::string_view suffix : {"", "-wal", "-shm"}) {
    std::error_code error;
    fs::remove(path_ + std::string(suffix), error);
    if (error) return std::unexpected(Error{Code::store_failed, "", path_ + ": " + error.message(), {}});
  }
  return connect();
}

Result<std::optional<Store::Found>> ViewsDb::find(const MessageKey& key) {
  const std::lock_guard lock(reader_mutex_);
  if (!reader_) return closed();
  Statement& find = reader_->find;
  const Reset reset(find);
  const auto row = find.bind(1, key.provider).bind(2, key.msgid).bind(3, key.infno).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return Store::Found{static_cast<std::uint64_t>(find.integer(0)),
                      static_cast<std::uint8_t>(find.integer(1))};
}

Result<std::string> ViewsDb::newest_message(const std::string& provider) {
  const std::lock_guard lock(reader_mutex_);
  if (!reader_) return closed();
  Statement& newest = reader_->newest;
  const Reset reset(newest);
  const auto row = newest.bind(1, provider).step();
  if (!row) return std::unexpected(row.error());
  return *row ? std::string(newest.text(0)) : std::string();
}

Result<std::vector<StateRow>> ViewsDb::state(std::span<const std::string> objects) {
  const std::lock_guard lock(reader_mutex_);
  if (!reader_) return closed();
  std::vector<StateRow> rows;
  rows.reserve(objects.size());
  Statement& select = reader_->state;
  for (const std::string& object : objects) {
    const Reset reset(select);
    const auto row = select.bind(1, object).step();
    if (!row) return std::unexpected(row.error());
    rows.push_back({object, "", 0});
    if (!*row) continue;
    rows.back().bytes = select.blob(0);
    rows.back().position = static_cast<std::uint64_t>(select.integer(1));
    if (select.integer(2) != state_checksum64(object, rows.back().bytes, rows.back().position))
      return std::unexpected(Error{Code::store_damaged, "", "views.db: state of " + object, {}});
  }
  return rows;
}

Result<ViewsDb::Page> ViewsDb::next_page(ViewTable table, std::span<const ViewCell> from, bool after) {
  const ViewTableInfo& about = info(table);
  std::string sql = "SELECT " + column_list(table) + " FROM " + std::string(about.name);
  if (!from.empty()) {
    sql += " WHERE (" + key_list(table, from.size()) + ") " + (after ? ">" : ">=") + " (?";
    for (std::size_t i = 1; i < from.size(); ++i) sql += ", ?";
    sql += ")";
  }
  sql += " ORDER BY " + key_list(table, about.key_columns) + " LIMIT " + std::to_string(rows_at_once);
  const std::lock_guard lock(rows_mutex_);
  if (!rows_reader_) return closed();
  auto statement = rows_reader_->connection.prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  for (std::size_t i = 0; i < from.size(); ++i) bind(*statement, static_cast<int>(i) + 1, from[i]);
  Page page;
  page.texts.reserve(rows_at_once * about.columns.size());
  std::size_t count = 0;
  for (;; ++count) {
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    for (std::size_t i = 0; i < about.columns.size(); ++i) {
      if (about.columns[i].type == ViewColumn::Type::integer)
        page.cells.emplace_back(statement->integer(static_cast<int>(i)));
      else
        page.cells.emplace_back(page.texts.emplace_back(statement->text(static_cast<int>(i))));
    }
  }
  page.last = count < rows_at_once;
  return page;
}

Result<void> ViewsDb::rows(ViewTable table, std::span<const ViewCell> from, const Store::TakeRow& take) {
  const ViewTableInfo& about = info(table);
  const std::size_t width = about.columns.size();
  auto page = next_page(table, from, false);
  while (true) {
    if (!page) return std::unexpected(page.error());
    const std::span<const ViewCell> cells(page->cells);
    for (std::size_t at = 0; at < cells.size(); at += width)
      if (!take(cells.subspan(at, width))) return {};
    if (page->last) return {};
    auto next = next_page(table, cells.last(width).first(about.key_columns), true);
    page = std::move(next);
  }
}

Result<void> ViewsDb::with_writer(const std::function<Result<void>(Connection&)>& use) {
  const std::lock_guard lock(writer_mutex_);
  if (!writer_) return closed();
  return use(writer_->connection);
}

}  // namespace fenming
