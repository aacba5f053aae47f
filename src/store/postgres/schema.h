// The tables of a shard in PostgreSQL, and the SQL over them.
#pragma once

#include <string>

#include "store/postgres/pq.h"
#include "store/views.h"

namespace fenming {

// Makes the schema with all tables when it is absent. Code::store_version for one of a newer program, store_not_ours for a schema of
// something else.
Result<void> make_schema(PqConnection& connection, const std::string& schema);
Result<void> choose_schema(PqConnection& connection, const std::string& schema);

std::string upsert_sql(
    ViewTable table);  // one array per column; of two rows with one key the later stands, or both are added
std::string page_sql(ViewTable table, std::size_t key_columns, bool after, std::int64_t limit);
std::string view_table_list();

// Every table as a file of the folder, all of one moment.
Result<void> copy_out(const std::string& connection, const std::string& schema, const std::string& folder);

}  // namespace fenming
