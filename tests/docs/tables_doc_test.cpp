// docs/tables.md is made from the description of the views. FENMING_UPDATE=1 writes it anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "store/views_sql.h"

namespace fenming {
namespace {

constexpr std::string_view head = R"md(# Tables

What a node keeps for people to read with SQL, derived from the journal (docs/laws.md 1): `views.db` of the embedded store, the shard's
schema in PostgreSQL. They follow the journal by a moment; `meta.watermark` is the position up to which they are complete. Any of it may
be dropped and is rebuilt equal. This file is made from `src/store/views.h` and `src/store/views_sql.cpp` by `tests/docs`.

```console
$ sqlite3 -readonly views.db "SELECT * FROM settlement_by_provider WHERE provider = 'H00000000001'"
```

Use `-readonly`: every page carries a checksum that only the node writes, and a page written by another program counts as damaged (the
views are then rebuilt). Money is in fen, days are texts such as 2025-03-01, times are civil.

One person's history, quickly:

```sql
WITH RECURSIVE chain(pos) AS (
  SELECT (SELECT r.pos FROM record r WHERE r.pos <= s.pos AND r.psn_no = :psn_no ORDER BY r.pos DESC LIMIT 1)
  FROM state s WHERE s.object = 'P' || :psn_no
  UNION ALL
  SELECT (SELECT b.pos FROM record b WHERE b.pos <= r.previous AND b.psn_no = :psn_no ORDER BY b.pos DESC LIMIT 1)
  FROM chain c JOIN record r ON r.pos = c.pos WHERE r.previous > 0)
SELECT r.* FROM chain c JOIN record r ON r.pos = c.pos;
```

What the tables do not say by themselves:

- `record.psn_no` is the first person a record is about. Another one (the payer of a family account, the other number of a merge) finds
  it by `entry.owner`, `settlement.psn_no` or `settlement.corrects`; `history` follows first persons only.
- A two-phase settlement is in `settlement` from its beginning, an adjustment with its whole amounts: what a provider reconciles is
  `fenming statement`, not a sum over `settlement`.
- A settlement computed again and an approved claim have lines of their own in `settled_line`. Their `line_pos` and `line_n` lead to where
  the lines were brought: a visit's uploads, the corrected sale, the claim's entry (whose `mdtrt_id` is the claim's id); `line` shows both
  together. The lines that a partial refund gives back are in `settled_line` only, below zero: `line` shows what the bill was, `settlement` what
  is left of it. What is left after a second partial refund of one counter sale leads to the first refund, a rest or a claim
  computed again to its own record, which brought no line: `fenming explain --store DIR --setl ID` shows it. A folder written before November 24, 2026 has the adjusting record's own
  number there until its views are made again (`fenming rebuild`).

## state

Objects as the journal's records left them (docs/journal-format.md, "State").

| column | type | 中文 | English |
|---|---|---|---|
| object | text | 对象 | object, the key |
| bytes | bytes | 内容 | its cells |
| pos | integer | 最后改动它的记录位置 | record that changed it last |
| checksum | integer | 校验和 | checked whenever it is read |
)md";

constexpr std::string_view packed_head = R"md(
## Packed rows

Rows that always come together stand as one JSON text, a list of lists, in a row of a table; a view of the name shown here makes them
rows again. `n` is the place in the list, from 0.

```console
$ sqlite3 -readonly views.db "SELECT * FROM fee_line WHERE pos = 1200"
```
)md";

std::string written() {
  std::string text(head);
  for (std::size_t t = 0; t < view_table_count; ++t) {
    const auto table = static_cast<ViewTable>(t);
    const ViewTableInfo& about = info(table);
    text +=
        fmt::format("\n## {}\n\n{}: {}. Key: {}.\n\n| column | type | 中文 | English |\n|---|---|---|---|\n",
                    about.name, about.zh, about.en, key_list(table, about.key_columns));
    for (const ViewColumn& column : about.columns)
      text +=
          fmt::format("| {} | {} | {} | {} |\n", column.name,
                      column.type == ViewColumn::Type::integer ? "integer" : "text", column.zh, column.en);
  }
  text += packed_head;
  for (const PackedRows& packed : packed_rows()) {
    std::string columns;
    for (const std::string_view column : columns_of(packed)) {
      columns += columns.empty() ? "" : ", ";
      columns += column;
    }
    text += fmt::format(
        "\n### {}\n\n{}: {}. In {}.{}. Columns: {}.\n\n| element | column | type | 中文 | English |\n"
        "|--:|---|---|---|---|\n",
        packed.name, packed.zh, packed.en, info(packed.table).name, packed.column, columns);
    for (std::size_t i = 0; i < packed.elements.size(); ++i) {
      const ViewColumn& column = packed.elements[i];
      text +=
          fmt::format("| {} | {} | {} | {} | {} |\n", i, column.name,
                      column.type == ViewColumn::Type::integer ? "integer" : "text", column.zh, column.en);
    }
  }
  text += "\n## Views over the tables\n\nIn the form of SQLite; PostgreSQL's differ where they unpack.\n";
  for (const PeoplesView& view : peoples_views(Dialect::sqlite))
    text += fmt::format("\n`{}`: {}; {}\n\n```sql\n{}\n```\n", view.name, view.zh, view.en, view.select);
  return text;
}

TEST(TablesDocument, is_current) {
  const std::string path = std::string(FENMING_SOURCE_DIR) + "/docs/tables.md", now = written();
  if (std::getenv("FENMING_UPDATE") != nullptr) std::ofstream(path) << now;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), now) << "FENMING_UPDATE=1 docs_test writes docs/tables.md anew";
}

}  // namespace
}  // namespace fenming
