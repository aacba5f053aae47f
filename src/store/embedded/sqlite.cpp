#include "store/embedded/sqlite.h"

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>

#include "base/check.h"
#include "store/embedded/store_vfs.h"

namespace fenming {
namespace {

constexpr int busy_ms = 10'000;

Code code_of(int result, int system_error) {
  switch (result & 0xff) {
    case SQLITE_FULL: return Code::store_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Code::store_damaged;
    case SQLITE_IOERR:
      if (result == SQLITE_IOERR_DATA || result == SQLITE_IOERR_CORRUPTFS) return Code::store_damaged;
      return system_error == ENOSPC || system_error == EDQUOT ? Code::store_full : Code::store_failed;
    case SQLITE_CANTOPEN: return system_error == ENOSPC ? Code::store_full : Code::store_failed;
    default: return Code::store_failed;
  }
}

Error error_of(sqlite3* handle, std::string_view file, int result) {
  const int system_error = handle == nullptr ? 0 : sqlite3_system_errno(handle);
  std::string what(file);
  if (result == SQLITE_IOERR_DATA) {
    what += ": page " + std::to_string(damaged_page());
  } else {
    what += ": ";
    what += handle == nullptr ? sqlite3_errstr(result) : sqlite3_errmsg(handle);
  }
  return {code_of(result, system_error), "", what, {std::to_string(result)}};
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Statement& Statement::bind(int parameter, std::int64_t value) {
  const int result = sqlite3_bind_int64(statement_.get(), parameter, value);
  CHECK(result == SQLITE_OK, "a parameter of the statement, not yet running");
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  const int result =
      sqlite3_bind_text64(statement_.get(), parameter, text.data() == nullptr ? "" : text.data(), text.size(),
                          SQLITE_STATIC, SQLITE_UTF8);
  CHECK(result == SQLITE_OK, "a parameter of the statement, not yet running");
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
  const int result = sqlite3_bind_blob64(
      statement_.get(), parameter, bytes.data() == nullptr ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
  CHECK(result == SQLITE_OK, "a parameter of the statement, not yet running");
  return *this;
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  Error error = error_of(sqlite3_db_handle(statement_.get()), file_, result);
  sqlite3_reset(statement_.get());
  return std::unexpected(std::move(error));
}

Result<void> Statement::run() {
  const auto row = step();
  sqlite3_reset(statement_.get());
  if (!row) return std::unexpected(row.error());
  return {};
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return text == nullptr ? std::string_view() : std::string_view(text, static_cast<std::size_t>(bytes));
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int count = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(count));
}

bool Statement::is_text(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_TEXT;
}

Result<Connection> Connection::open(const std::string& path, bool create, const std::string& vfs) {
  Connection connection;
  connection.file_ = std::make_shared<std::string>(std::filesystem::path(path).filename().string());
  sqlite3* handle = nullptr;
  const int flags =
      SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  connection.handle_.reset(handle);
  if (result != SQLITE_OK) return std::unexpected(connection.error(result));
  sqlite3_busy_timeout(handle, busy_ms);
  return connection;
}

void Connection::close() { handle_.reset(); }

Result<void> Connection::run(const std::string& sql) {
  const int result = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return std::unexpected(error(result));
  return {};
}

Result<Statement> Connection::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
  Statement statement;
  statement.statement_.reset(prepared);
  statement.file_ = *file_;
  if (result != SQLITE_OK) return std::unexpected(error(result));
  return statement;
}

Result<std::int64_t> Connection::ask(std::string_view sql) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return std::unexpected(row.error());
  return *row ? statement->integer(0) : 0;
}

Error Connection::error(int result) const { return error_of(handle_.get(), *file_, result); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

Result<SqlTransaction> SqlTransaction::begin(Connection& connection) {
  if (auto begun = connection.run("BEGIN IMMEDIATE"); !begun) return std::unexpected(begun.error());
  return SqlTransaction(connection);
}

SqlTransaction::~SqlTransaction() {
  // A rollback that fails leaves the connection in its transaction: the next BEGIN says so.
  if (connection_ != nullptr && connection_->in_transaction())
    static_cast<void>(connection_->run("ROLLBACK"));
}

Result<void> SqlTransaction::commit() { return connection_->run("COMMIT"); }

bool may_have_committed(const Error& error) {
  const int result = error.details.empty() ? SQLITE_ERROR : std::stoi(error.details.front());
  return (result & 0xff) != SQLITE_FULL && (result & 0xff) != SQLITE_BUSY;
}

}  // namespace fenming
