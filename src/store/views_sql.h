// The SQL of the views: tables from their one description (store/views.h), and the queries that are kept for people.
#pragma once

#include <string>
#include <vector>

#include "store/views.h"

namespace fenming {

enum class Dialect : std::uint8_t { sqlite, postgres };

std::string create_table(ViewTable table, Dialect dialect);
std::string column_list(ViewTable table);                    // "pos, n, setl_id"
std::string key_list(ViewTable table, std::size_t columns);  // the first so many columns

// A view in SQL over the tables, for people; the node itself reads none of them.
struct PeoplesView {
  std::string name, select, zh, en;
};
std::vector<PeoplesView> peoples_views(Dialect dialect);  // those of packed_rows() first, in their order
std::vector<std::string_view> columns_of(const PackedRows& packed);  // as its view shows them

// The index behind `settlement_by_provider`.
inline constexpr std::string_view settlement_index =
    "CREATE INDEX settlement_by_provider_day ON settlement(provider, booked)";

}  // namespace fenming
