#include "store/postgres/pq.h"

#include <libpq-fe.h>

#include <charconv>
#include <istream>

#include "base/digest.h"

namespace fenming {
namespace {

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) line += c == '\n' ? ' ' : c;
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

Code code_of(std::string_view state) {
  if (state == "53100") return Code::store_full;                         // disk_full
  if (state == "XX001" || state == "XX002") return Code::store_damaged;  // data or index corrupted
  return Code::store_failed;
}

}  // namespace

void PqArray::add(std::int64_t value) {
  next();
  literal_ += std::to_string(value);
}

void PqArray::add(std::string_view text) {
  next();
  literal_ += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') literal_ += '\\';
    literal_ += c;
  }
  literal_ += '"';
}

void PqArray::add_bytes(std::string_view bytes) {
  next();
  literal_ += "\"\\\\x" + to_hex(bytes) + '"';
}

std::string PqArray::take() {
  std::string literal = literal_.empty() ? "{}" : literal_ + "}";
  literal_.clear();
  return literal;
}

void PqRows::Clear::operator()(pg_result* result) const { PQclear(result); }
void PqConnection::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

int PqRows::count() const { return PQntuples(result_.get()); }

std::int64_t PqRows::integer(int row, int column) const {
  const std::string_view digits = text(row, column);
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string_view PqRows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::string PqRows::bytes(int row, int column) const {
  std::size_t size = 0;
  unsigned char* const raw =
      PQunescapeBytea(reinterpret_cast<const unsigned char*>(PQgetvalue(result_.get(), row, column)), &size);
  if (raw == nullptr) return {};
  std::string bytes(reinterpret_cast<const char*>(raw), size);
  PQfreemem(raw);
  return bytes;
}

Result<PqConnection> PqConnection::open(const std::string& connection) {
  PqConnection opened;
  opened.connection_.reset(PQconnectdb(connection.c_str()));
  if (PQstatus(opened.connection_.get()) != CONNECTION_OK) return std::unexpected(opened.error(nullptr));
  const auto receive = [](void* warned, const PGresult* notice) {
    const char* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::string_view(severity) == "WARNING") *static_cast<bool*>(warned) = true;
  };
  PQsetNoticeReceiver(opened.connection_.get(), receive, opened.warned_.get());
  return opened;
}

Result<PqRows> PqConnection::run(const std::string& sql, const PqParameters& parameters) {
  std::vector<const char*> values;
  std::vector<int> lengths;
  for (const std::string& value : parameters.values) {
    values.push_back(value.c_str());
    lengths.push_back(static_cast<int>(value.size()));
  }
  PqRows rows;
  rows.result_.reset(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                  values.data(), lengths.data(), parameters.formats.data(), 0));
  const ExecStatusType status = PQresultStatus(rows.result_.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    return std::unexpected(error(rows.result_.get()));
  return rows;
}

Result<void> PqConnection::script(const std::string& sql) {
  const std::unique_ptr<pg_result, PqRows::Clear> result(PQexec(connection_.get(), sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return std::unexpected(error(result.get()));
  return {};
}

std::string PqConnection::quoted(std::string_view name) const {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += c;
    text += c;
  }
  return text + "\"";
}

bool PqConnection::reset(const std::string& schema) {
  PQreset(connection_.get());
  return is_alive() && script("SET search_path TO " + quoted(schema)).has_value();
}

Result<void> PqConnection::copy_out(const std::string& table,
                                    const std::function<bool(std::string_view)>& take) {
  const std::unique_ptr<pg_result, PqRows::Clear> begun(
      PQexec(connection_.get(), ("COPY " + table + " TO STDOUT (FORMAT binary)").c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_OUT) return std::unexpected(error(begun.get()));
  char* row = nullptr;
  int size = 0;
  bool taken = true;
  while ((size = PQgetCopyData(connection_.get(), &row, 0)) > 0) {
    taken = taken && take({row, static_cast<std::size_t>(size)});
    PQfreemem(row);
  }
  Result<void> done;
  if (size != -1) done = std::unexpected(error(nullptr));
  while (pg_result* const rest = PQgetResult(connection_.get())) {
    if (done && PQresultStatus(rest) != PGRES_COMMAND_OK) done = std::unexpected(error(rest));
    PQclear(rest);
  }
  if (done && !taken) return std::unexpected(Error{Code::store_failed, "", "the copy cannot be written", {}});
  return done;
}

Result<void> PqConnection::copy_in(const std::string& table, std::istream& from) {
  const std::unique_ptr<pg_result, PqRows::Clear> begun(
      PQexec(connection_.get(), ("COPY " + table + " FROM STDIN (FORMAT binary)").c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return std::unexpected(error(begun.get()));
  std::vector<char> bytes(1 << 20);
  while (from) {
    from.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto count = static_cast<int>(from.gcount());
    if (count > 0 && PQputCopyData(connection_.get(), bytes.data(), count) != 1)
      return std::unexpected(error(nullptr));
  }
  if (PQputCopyEnd(connection_.get(), nullptr) != 1) return std::unexpected(error(nullptr));
  Result<void> done;
  while (pg_result* const rest = PQgetResult(connection_.get())) {
    if (done && PQresultStatus(rest) != PGRES_COMMAND_OK) done = std::unexpected(error(rest));
    PQclear(rest);
  }
  return done;
}

bool PqConnection::is_alive() const { return PQstatus(connection_.get()) == CONNECTION_OK; }

Error PqConnection::error(const pg_result* result) const {
  const char* const state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const message =
      result == nullptr ? PQerrorMessage(connection_.get()) : PQresultErrorMessage(result);
  const std::string_view code = state == nullptr ? "" : state;
  return {code_of(code), "", "PostgreSQL: " + one_line(message), {std::string(code)}};
}

}  // namespace fenming
