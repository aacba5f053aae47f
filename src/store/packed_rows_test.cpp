// The small rows that stand packed in the tables are the same rows in SQLite and in PostgreSQL.
#include <gtest/gtest.h>

#include "store/embedded/test_embedded.h"
#include "store/postgres/test_postgres.h"
#include "store/views_sql.h"

namespace fenming {
namespace {

// Each row as one text, in the order of the key.
std::string select(const PackedRows& packed) {
  std::string sql = "SELECT ";
  for (const std::string_view column : columns_of(packed))
    sql += (sql.size() > 7 ? " || '|' || " : "") + std::string(column);
  return sql + " FROM " + std::string(packed.name) + " ORDER BY pos, n";
}

void write(Store& store) {
  ASSERT_TRUE(store.append(test_records(1, 12), store.head().value()));
  ASSERT_TRUE(store.write_views(test_views(0, 12)));
}

std::vector<std::string> of_sqlite(const std::string& views, const PackedRows& packed) {
  auto connection = Connection::open(views, false, store_vfs("", true));
  EXPECT_TRUE(connection);
  auto statement = connection->prepare(select(packed));
  if (!statement) return {to_text(statement.error(), Language::en)};
  std::vector<std::string> rows;
  while (*statement->step()) rows.emplace_back(statement->text(0));
  return rows;
}

TEST(PackedRows, are_rows_for_whoever_reads_them_with_sql) {
  const TestFolder folder;
  auto store = open_embedded(folder / "s", quick_options());
  ASSERT_TRUE(store);
  write(**store);
  const std::string views = folder / "s/views.db";
  const auto rows = [&](std::size_t packed) { return of_sqlite(views, packed_rows()[packed]); };
  EXPECT_EQ(rows(0).front(), "S1000001|0|1|pooled|25");
  EXPECT_EQ(rows(0).size(), 24U);
  EXPECT_EQ(rows(1).front(), "1|0||L1000001|||2025-03-11|X01|medi\"cine|1000000|1000000|50|0|0|0|0");
  EXPECT_EQ(rows(1).size(), 12U);
  EXPECT_EQ(rows(2), (std::vector<std::string>{"2|0|2|0|100|0|0|0|100", "4|0|4|0|200|0|0|0|200",
                                               "6|0|6|0|300|0|0|0|300", "8|0|8|0|400|0|0|0|400",
                                               "10|0|10|0|500|0|0|0|500", "12|0|12|0|600|0|0|0|600"}));
  EXPECT_EQ(rows(3)[1], "1|1|2025-03-11|payable|H1|100");
  EXPECT_EQ(rows(3).size(), 24U);
}

TEST(PackedRows, are_the_same_in_both_dialects) {
  const TestCluster* const cluster = TestCluster::get();
  if (cluster == nullptr) GTEST_SKIP() << "PostgreSQL is not installed";
  const TestFolder folder;
  auto embedded = open_embedded(folder / "s", quick_options());
  ASSERT_TRUE(embedded);
  write(**embedded);
  PostgresStores stores(*cluster);
  const auto store = stores.open();
  ASSERT_TRUE(store);
  write(*store);
  auto connection = PqConnection::open(stores.options().connection);
  ASSERT_TRUE(connection);
  ASSERT_TRUE(choose_schema(*connection, stores.options().schema));
  for (const PackedRows& packed : packed_rows()) {
    const auto rows = connection->run(select(packed));
    ASSERT_TRUE(rows) << to_text(rows.error(), Language::en);
    std::vector<std::string> texts;
    for (int i = 0; i < rows->count(); ++i) texts.emplace_back(rows->text(i, 0));
    EXPECT_EQ(texts, of_sqlite(folder / "s/views.db", packed)) << packed.name;
  }
}

}  // namespace
}  // namespace fenming
