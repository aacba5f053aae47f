#include "store/postgres/schema.h"

#include <filesystem>
#include <fstream>

#include "store/postgres/postgres_store.h"
#include "store/views_sql.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t format_version = 2;
constexpr std::string_view ours = "fenming store";

const std::vector<std::string>& own_tables() {
  static const std::vector<std::string> tables = {"head",        "journal", "batch", "artifact",
                                                  "signed_head", "state",   "meta"};
  return tables;
}

std::string views_sql() {
  std::string sql;
  for (std::size_t t = 0; t < view_table_count; ++t)
    sql += create_table(static_cast<ViewTable>(t), Dialect::postgres) + ";";
  sql += std::string(settlement_index) + ";";
  for (const PeoplesView& view : peoples_views(Dialect::postgres))
    sql += "CREATE VIEW " + view.name + " AS " + view.select + ";";
  return sql;
}

std::string tables_sql() {
  std::string sql =
      "CREATE TABLE head(one boolean PRIMARY KEY CHECK (one), pos bigint NOT NULL, root bytea NOT NULL, "
      "epoch "
      "bigint NOT NULL);"
      "INSERT INTO head VALUES(true, 0, '\\x" +
      std::string(64, '0') +
      "', 0);"
      "CREATE TABLE journal(pos bigint PRIMARY KEY, record bytea NOT NULL);"
      "CREATE TABLE batch(first bigint PRIMARY KEY, count bigint NOT NULL, batch_root bytea NOT NULL, root "
      "bytea "
      "NOT NULL, leaf_heads bytea NOT NULL);"
      "CREATE TABLE artifact(digest bytea PRIMARY KEY, bytes bytea NOT NULL);"
      "CREATE TABLE signed_head(pos bigint PRIMARY KEY, root bytea NOT NULL, time bigint NOT NULL, signature "
      "bytea NOT NULL);"
      "CREATE TABLE state(object text COLLATE \"C\" PRIMARY KEY, bytes bytea NOT NULL, pos bigint NOT NULL, "
      "checksum bigint NOT NULL);"
      "CREATE TABLE meta(watermark bigint NOT NULL, version bigint NOT NULL);"
      "INSERT INTO meta VALUES(0, " +
      std::to_string(format_version) + ");";
  return sql + views_sql();
}

// Version 2 packs small rows. Views are derived: those of version 1 go, and the journal is folded again.
std::string second_version() {
  return "BEGIN; DROP VIEW IF EXISTS history, settlement_by_provider, line; "
         "DROP TABLE IF EXISTS record, message, settlement, settlement_fund, fee_line, settled_line, entry, "
         "balance_day, visit, person_index, document; TRUNCATE state; UPDATE meta SET watermark = 0, version "
         "= 2; " +
         views_sql() + "COMMIT";
}

Error failed(const std::string& what) { return {Code::store_failed, "", what, {}}; }

std::vector<std::string> all_tables() {
  std::vector<std::string> tables = own_tables();
  for (std::size_t t = 0; t < view_table_count; ++t)
    tables.emplace_back(info(static_cast<ViewTable>(t)).name);
  return tables;
}

}  // namespace

Result<void> choose_schema(PqConnection& connection, const std::string& schema) {
  return connection.script("SET search_path TO " + connection.quoted(schema));
}

Result<void> make_schema(PqConnection& connection, const std::string& schema) {
  const auto found =
      connection.run("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = $1",
                     PqParameters().text(schema));
  if (!found) return std::unexpected(found.error());
  if (auto chosen = choose_schema(connection, schema); !chosen) return chosen;
  if (found->count() == 0)
    return connection.script("BEGIN; CREATE SCHEMA " + connection.quoted(schema) + "; COMMENT ON SCHEMA " +
                             connection.quoted(schema) + " IS '" + std::string(ours) + "'; " + tables_sql() +
                             "COMMIT");
  if (found->text(0, 0) != ours) return std::unexpected(Error{Code::store_not_ours, "", schema, {}});
  const auto version = connection.run("SELECT version FROM meta");
  if (!version) return std::unexpected(version.error());
  if (version->integer(0, 0) > format_version)
    return std::unexpected(
        Error{Code::store_version, "", std::string(version->text(0, 0)), {std::to_string(format_version)}});
  if (version->integer(0, 0) < format_version) return connection.script(second_version());
  return {};
}

std::string upsert_sql(ViewTable table) {
  const ViewTableInfo& about = info(table);
  const std::string columns = column_list(table), key = key_list(table, about.key_columns);
  const std::string name(about.name), last(about.columns.back().name);
  std::string arrays, replaced;
  for (std::size_t i = 0; i < about.columns.size(); ++i) {
    const bool is_text = about.columns[i].type == ViewColumn::Type::text;
    arrays += (i == 0 ? "$" : ", $") + std::to_string(i + 1) + (is_text ? "::text[]" : "::bigint[]");
    const std::string column(about.columns[i].name);
    if (i >= about.key_columns) replaced += (replaced.empty() ? "" : ", ") + column + " = excluded." + column;
  }
  if (about.adds)
    return "INSERT INTO " + name + " SELECT " + key + ", sum(" + last + ") FROM unnest(" + arrays +
           ") AS u(" + columns + ") GROUP BY " + key + " ON CONFLICT (" + key + ") DO UPDATE SET " + last +
           " = " + name + "." + last + " + excluded." + last;
  return "INSERT INTO " + name + " SELECT DISTINCT ON (" + key + ") " + columns + " FROM unnest(" + arrays +
         ") WITH ORDINALITY AS u(" + columns + ", row_number) ORDER BY " + key +
         ", row_number DESC ON CONFLICT (" + key + ") DO UPDATE SET " + replaced;
}

std::string page_sql(ViewTable table, std::size_t key_columns, bool after, std::int64_t limit) {
  const ViewTableInfo& about = info(table);
  std::string sql = "SELECT " + column_list(table) + " FROM " + std::string(about.name);
  if (key_columns > 0) {
    sql += " WHERE (" + key_list(table, key_columns) + ") " + (after ? ">" : ">=") + " (";
    for (std::size_t i = 0; i < key_columns; ++i) {
      const bool is_text = about.columns[i].type == ViewColumn::Type::text;
      sql += (i == 0 ? "$" : ", $") + std::to_string(i + 1) + (is_text ? "::text" : "::bigint");
    }
    sql += ")";
  }
  return sql + " ORDER BY " + key_list(table, about.key_columns) + " LIMIT " + std::to_string(limit);
}

std::string view_table_list() {
  std::string list;
  for (std::size_t t = 0; t < view_table_count; ++t)
    list += (t == 0 ? "" : ", ") + std::string(info(static_cast<ViewTable>(t)).name);
  return list;
}

Result<void> copy_out(const std::string& connection, const std::string& schema, const std::string& folder) {
  auto opened = PqConnection::open(connection);
  if (!opened) return std::unexpected(opened.error());
  if (auto chosen = choose_schema(*opened, schema); !chosen) return chosen;
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error))
    return std::unexpected(failed(folder + " is not empty"));
  fs::create_directories(folder, error);
  if (auto begun = opened->script("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); !begun) return begun;
  for (const std::string& table : all_tables()) {
    std::ofstream file(folder + "/" + table, std::ios::binary);
    const auto take = [&file](std::string_view bytes) {
      file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      return file.good();
    };
    if (auto copied = opened->copy_out(table, take); !copied) return copied;
    if (!file.flush()) return std::unexpected(failed(folder + "/" + table + " cannot be written"));
  }
  return opened->script("COMMIT");
}

Result<void> restore_postgres(const std::string& from, const PostgresOptions& options) {
  if (!fs::exists(from + "/journal")) return std::unexpected(Error{Code::store_not_ours, "", from, {}});
  auto connection = PqConnection::open(options.connection);
  if (!connection) return std::unexpected(connection.error());
  const auto found =
      connection->run("SELECT 1 FROM pg_namespace WHERE nspname = $1", PqParameters().text(options.schema));
  if (!found) return std::unexpected(found.error());
  if (found->count() > 0)
    return std::unexpected(failed("the schema " + options.schema + " is there already"));
  if (auto made = make_schema(*connection, options.schema); !made) return made;
  if (auto emptied = connection->script("BEGIN; TRUNCATE head, meta"); !emptied) return emptied;
  for (const std::string& table : all_tables()) {
    std::ifstream file(from + "/" + table, std::ios::binary);
    if (!file) return std::unexpected(failed(from + "/" + table + " cannot be read"));
    if (auto copied = connection->copy_in(table, file); !copied) return copied;
  }
  return connection->script("COMMIT");
}

}  // namespace fenming
