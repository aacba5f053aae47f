// SQLite as values: a connection and its prepared statements; failures become Errors with a code of the store.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "model/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace fenming {

// A prepared statement. Numbering as in SQLite: parameters from 1, columns from 0. A text or blob that was bound must live until the
// statement is reset; one that was read until the next step.
class Statement {
 public:
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);

  Result<bool> step();  // true: there is a row
  Result<void> run();   // to its end, then ready again
  void reset();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_text(int column) const;

 private:
  friend class Connection;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::string_view file_;
};

// Resets when it goes out of scope, so that no read transaction stays open.
class Reset {
 public:
  explicit Reset(Statement& statement) : statement_(statement) {}
  ~Reset() { statement_.reset(); }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  Statement& statement_;
};

// One connection; the caller keeps two threads from using it at once.
class Connection {
 public:
  Connection() = default;
  // `create`: the file is made when absent. `vfs`: a name, empty for SQLite's own.
  static Result<Connection> open(const std::string& path, bool create, const std::string& vfs);
  void close();
  bool is_open() const { return handle_ != nullptr; }

  Result<void> run(const std::string& sql);  // several statements, without rows
  Result<Statement> prepare(std::string_view sql);
  Result<std::int64_t> ask(std::string_view sql);  // the first cell of the first row; 0 without a row
  Error error(int result) const;                   // of the last call
  const std::string& file() const { return *file_; }
  bool in_transaction() const;
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, Close> handle_;
  std::shared_ptr<const std::string> file_;  // name without folder, for errors
};

// Undoes what it began unless committed.
class SqlTransaction {
 public:
  static Result<SqlTransaction> begin(Connection& connection);
  SqlTransaction(SqlTransaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  ~SqlTransaction();
  Result<void> commit();  // on failure it is undone

 private:
  explicit SqlTransaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

// Whether a COMMIT that failed so can nevertheless have reached the disk.
bool may_have_committed(const Error& error);

}  // namespace fenming
