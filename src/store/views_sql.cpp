#include "store/views_sql.h"

namespace fenming {
namespace {

constexpr std::string_view history_zh = "参保人的全部记录：从最后一条记录沿 record.previous 向前";
constexpr std::string_view history_en =
    "records of a person, the last first: from the state's position along record.previous";
constexpr std::string_view history = R"sql(WITH RECURSIVE chain(psn_no, pos) AS (
  SELECT substr(s.object, 2), (SELECT r.pos FROM record r WHERE r.pos <= s.pos AND r.psn_no = substr(s.object, 2)
                               ORDER BY r.pos DESC LIMIT 1)
  FROM state s WHERE s.object >= 'P' AND s.object < 'Q'
  UNION ALL
  SELECT c.psn_no, (SELECT b.pos FROM record b WHERE b.pos <= r.previous AND b.psn_no = c.psn_no
                    ORDER BY b.pos DESC LIMIT 1)
  FROM chain c JOIN record r ON r.pos = c.pos WHERE r.previous > 0)
SELECT c.psn_no, r.pos, r.time, r.booked, r.action, r.provider, r.made, r.made_by
FROM chain c JOIN record r ON r.pos = c.pos)sql";

// What the provider's books say: a cancellation takes back what was posted, which is the original's amounts, on its own day; an adjustment
// is between the person and the funds and leaves the provider's claim as it was (docs/commands.md).
constexpr std::string_view provider_day = R"sql(SELECT s.provider, s.booked, count(*) AS settlements,
  sum(CASE s.kind WHEN 'cancelled' THEN -o.medfee_sumamt ELSE s.medfee_sumamt END) AS medfee_sumamt,
  sum(CASE s.kind WHEN 'cancelled' THEN -o.fund_pay_sumamt ELSE s.fund_pay_sumamt END) AS fund_pay_sumamt,
  sum(CASE s.kind WHEN 'cancelled' THEN -o.acct_pay ELSE s.acct_pay END) AS acct_pay,
  sum(CASE s.kind WHEN 'cancelled' THEN -o.psn_cash_pay ELSE s.psn_cash_pay END) AS psn_cash_pay
FROM settlement s LEFT JOIN settlement o ON s.kind = 'cancelled' AND o.setl_id = s.corrects
WHERE s.kind <> 'adjusted' GROUP BY s.provider, s.booked)sql";
constexpr std::string_view provider_day_zh = "各机构每日结算（入账日；冲正取原金额的负数，不含调整）";
constexpr std::string_view provider_day_en =
    "settlements of a provider by day of the books: cancellations take back the original amounts, "
    "adjustments are left out";
constexpr std::string_view line =
    R"sql(SELECT l.pos, l.n, f.mdtrt_id, f.feedetl_sn, f.fee_ocur_date, f.med_list_codg, f.name,
  f.cnt_millionths, f.pric_millionths, l.amount, l.overlmt_selfpay, l.fulamt_ownpay_amt, l.preselfpay_amt,
  l.inscp_scp_amt, l.line_pos, l.line_n
FROM settled_line l JOIN fee_line f ON f.pos = l.line_pos AND f.n = l.line_n
UNION ALL
SELECT pos, n, mdtrt_id, feedetl_sn, fee_ocur_date, med_list_codg, name, cnt_millionths, pric_millionths,
  det_item_fee_sumamt, overlmt_selfpay, fulamt_ownpay_amt, preselfpay_amt, inscp_scp_amt, pos, n
FROM fee_line WHERE mdtrt_id = '')sql";

std::string_view type_of(const ViewColumn& column, Dialect dialect) {
  if (column.type == ViewColumn::Type::integer) return dialect == Dialect::sqlite ? "INTEGER" : "bigint";
  return dialect == Dialect::sqlite ? "TEXT" : "text COLLATE \"C\"";
}

// One row for each inner list. An element is read by its place; PostgreSQL has to be told that it is a number.
std::string unpacked(const PackedRows& packed, Dialect dialect) {
  const bool sqlite = dialect == Dialect::sqlite;
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < packed.beside.size(); ++i) {
    sql += "t." + std::string(packed.beside[i].name) + ", ";
    if (i == 0) sql += sqlite ? "l.key AS n, " : "l.n - 1 AS n, ";
  }
  for (std::size_t i = 0; i < packed.elements.size(); ++i) {
    const ViewColumn& column = packed.elements[i];
    const std::string element = "l.value ->> " + std::to_string(i);
    const bool cast = !sqlite && column.type == ViewColumn::Type::integer;
    sql += (i == 0       ? ""
            : i % 4 == 0 ? ",\n  "
                         : ", ") +
           (cast ? "(" + element + ")::bigint" : element) + " AS " + std::string(column.name);
  }
  const std::string table(info(packed.table).name), list = "t." + std::string(packed.column);
  return sql + "\nFROM " + table + " t, " +
         (sqlite ? "json_each(" + list + ") l"
                 : "jsonb_array_elements(" + list + "::jsonb) WITH ORDINALITY AS l(value, n)");
}

}  // namespace

std::string create_table(ViewTable table, Dialect dialect) {
  const ViewTableInfo& about = info(table);
  // A table with one integer as its key is SQLite's own form already.
  const bool plain = about.key_columns == 1 && about.columns.front().type == ViewColumn::Type::integer;
  std::string sql = "CREATE TABLE " + std::string(about.name) + "(";
  for (const ViewColumn& column : about.columns) {
    sql += std::string(column.name) + " " + std::string(type_of(column, dialect)) + " NOT NULL, ";
  }
  sql += "PRIMARY KEY(" + key_list(table, about.key_columns) + "))";
  if (dialect == Dialect::sqlite && !plain) sql += " WITHOUT ROWID";
  return sql;
}

std::string key_list(ViewTable table, std::size_t columns) {
  std::string list;
  for (const ViewColumn& column : info(table).columns.first(columns)) {
    if (!list.empty()) list += ", ";
    list += column.name;
  }
  return list;
}

std::string column_list(ViewTable table) { return key_list(table, info(table).columns.size()); }

std::vector<std::string_view> columns_of(const PackedRows& packed) {
  std::vector<std::string_view> names;
  for (const ViewColumn& column : packed.beside) {
    names.push_back(column.name);
    if (names.size() == 1) names.emplace_back("n");
  }
  for (const ViewColumn& column : packed.elements) names.push_back(column.name);
  return names;
}

std::vector<PeoplesView> peoples_views(Dialect dialect) {
  std::vector<PeoplesView> views;
  const auto add = [&](std::string_view name, std::string select, std::string_view zh, std::string_view en) {
    views.push_back({std::string(name), std::move(select), std::string(zh), std::string(en)});
  };
  for (const PackedRows& packed : packed_rows())
    add(packed.name, unpacked(packed, dialect), packed.zh, packed.en);
  add("history", std::string(history), history_zh, history_en);
  add("settlement_by_provider", std::string(provider_day), provider_day_zh, provider_day_en);
  add("line", std::string(line), "明细及其结算结果", "fee lines and what became of them");
  return views;
}

}  // namespace fenming
