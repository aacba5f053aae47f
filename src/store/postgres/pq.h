// libpq as values: a connection, and statements with parameters in binary or text form.
#pragma once

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

struct pg_conn;
struct pg_result;

namespace fenming {

// Parameters of one statement, in order: numbers, texts, bytes, and arrays of them for unnest().
class PqParameters {
 public:
  PqParameters& integer(std::uint64_t value) {
    return add(std::to_string(static_cast<std::int64_t>(value)), false);
  }
  PqParameters& integer(std::int64_t value) { return add(std::to_string(value), false); }
  PqParameters& text(std::string_view value) { return add(std::string(value), false); }
  PqParameters& bytes(std::string_view value) { return add(std::string(value), true); }
  PqParameters& array(std::string literal) { return add(std::move(literal), false); }

  std::vector<std::string> values;
  std::vector<int> formats;  // 1: binary

 private:
  PqParameters& add(std::string value, bool binary) {
    values.push_back(std::move(value));
    formats.push_back(binary ? 1 : 0);
    return *this;
  }
};

// An array as text: {"a","b"}; bytes as \x and digits.
class PqArray {
 public:
  void add(std::int64_t value);
  void add(std::string_view text);
  void add_bytes(std::string_view bytes);
  std::string take();

 private:
  void next() { literal_ += literal_.empty() ? '{' : ','; }
  std::string literal_;
};

class PqRows {
 public:
  int count() const;
  std::int64_t integer(int row, int column) const;
  std::string_view text(int row, int column) const;
  std::string bytes(int row, int column) const;  // of a bytea

 private:
  friend class PqConnection;
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

class PqConnection {
 public:
  static Result<PqConnection> open(const std::string& connection);

  Result<PqRows> run(const std::string& sql, const PqParameters& parameters = {});
  Result<void> script(const std::string& sql);  // several statements
  // A table as the server writes it, piece by piece, and back.
  Result<void> copy_out(const std::string& table, const std::function<bool(std::string_view)>& take);
  Result<void> copy_in(const std::string& table, std::istream& from);
  std::string quoted(std::string_view name) const;
  bool is_alive() const;
  bool reset(const std::string& schema);  // after the server went away
  // Whether the server has warned since, for instance that a standby did not confirm.
  bool warned() const { return *warned_; }
  void forget_warning() { *warned_ = false; }

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  Error error(const pg_result* result) const;
  std::unique_ptr<bool> warned_ = std::make_unique<bool>(false);  // libpq keeps its address
  std::unique_ptr<pg_conn, Close> connection_;
};

}  // namespace fenming
