// For tests: one kind of store each, with what the contract cannot say: opening again, damage, restoring. And rows to write.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "store/store.h"

namespace fenming {

class TestStores {
 public:
  virtual ~TestStores() = default;
  // On the same data as before; the store opened before is closed.
  virtual std::unique_ptr<Store> open() = 0;
  // From a copy that Store::backup(name_of_copy()) made.
  virtual std::string name_of_copy() = 0;
  virtual std::unique_ptr<Store> restore() = 0;
  virtual void damage_record(std::uint64_t position) = 0;
  virtual void damage_state(const std::string& object) = 0;
};
using MakeTestStores = std::function<std::unique_ptr<TestStores>()>;

inline NewRecord test_record(std::uint64_t seed, std::size_t bytes = 100) {
  NewRecord record;
  for (std::size_t i = 0; i < bytes; ++i)
    record.bytes += static_cast<char>((seed * 0x9e3779b97f4a7c15U + i * (seed + 7)) >> 13);
  record.leaf = merkle_leaf(record.bytes);
  return record;
}

inline std::vector<NewRecord> test_records(std::uint64_t first_seed, std::size_t count,
                                           std::size_t bytes = 100) {
  std::vector<NewRecord> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(test_record(first_seed + i, bytes));
  return records;
}

// The rows of one record at `position`, in every table.
inline void add_test_rows(ViewBatch& batch, std::uint64_t position) {
  const auto pos = static_cast<std::int64_t>(position);
  ViewRows& rows = batch.rows;
  const auto text = [&rows](const std::string& value) { return rows.keep(value); };
  const std::string person = "P" + std::to_string(position % 7),
                    provider = "H" + std::to_string(position % 3);
  const std::string number = std::to_string(1'000'000 + position),
                    day = "2025-03-1" + std::to_string(position % 3);
  const std::int64_t fen = pos * 100;
  // The lines of even positions were uploaded to a visit, the others are a counter sale's.
  const std::string lines = "[[\"L" + number + "\",\"\",\"\",\"" + day +
                            "\",\"X01\",\"medi\\\"cine\",1000000," + std::to_string(fen * 10'000) + "," +
                            std::to_string(fen / 2) + ",0,0,0,0]]";
  const std::string settled = "[[" + std::to_string(pos) + ",0," + std::to_string(fen / 2) + ",0,0,0," +
                              std::to_string(fen / 2) + "]]";
  const std::string entries = "[[\"pooled\",\"\"," + std::to_string(-fen) + "],[\"payable\",\"" + provider +
                              "\"," + std::to_string(fen) + "]]";
  rows.add(ViewTable::record,
           {pos, "2025-03-10 08:00:00.000", text(day), "settle", text(provider), "clerk", text(person),
            pos > 7 ? pos - 7 : 0, text("S" + number), std::int64_t{700}, pos % 2 == 0 ? "V1" : "",
            text(entries), text(lines), pos % 2 == 0 ? text(settled) : "[]"});
  rows.add(ViewTable::message, {text(provider), text("M" + number), "2207A", pos, pos % 2});
  rows.add(ViewTable::settlement, {text("S" + number),
                                   pos,
                                   text(day),
                                   text(provider),
                                   "settled",
                                   "",
                                   text(person),
                                   "",
                                   "11",
                                   text(day),
                                   text(day),
                                   text(day),
                                   pos % 2,
                                   fen,
                                   std::int64_t{0},
                                   std::int64_t{0},
                                   std::int64_t{0},
                                   fen,
                                   std::int64_t{0},
                                   fen / 2,
                                   std::int64_t{0},
                                   std::int64_t{0},
                                   fen - fen / 2,
                                   std::int64_t{0},
                                   text("[[\"pooled\"," + std::to_string(fen / 4) + "],[\"large\"," +
                                        std::to_string(fen / 2 - fen / 4) + "]]")});
  rows.add(ViewTable::balance_day, {text(day), "payable", text(provider), fen});
  rows.add(ViewTable::visit, {text("V" + std::to_string(position % 5)), text(person), text(provider), "21",
                              text("Z" + number), text(day), "", "open"});
}

// A group of rows and states for the positions after `from` up to `to`.
inline ViewBatch test_views(std::uint64_t from, std::uint64_t to) {
  ViewBatch batch;
  batch.watermark = to;
  batch.after = from;
  for (std::uint64_t position = from + 1; position <= to; ++position) add_test_rows(batch, position);
  for (std::uint64_t person = 0; person < 7; ++person)
    if (to >= person + 1)
      batch.state.push_back({"P " + std::to_string(person),
                             "state of " + std::to_string(person) + " at " + std::to_string(to), to});
  return batch;
}

// Every row of every table and the state of every test person, as one text.
inline std::string all_views(Store& store) {
  std::string text = "watermark " + std::to_string(store.watermark().value_or(0)) + "\n";
  for (std::size_t t = 0; t < view_table_count; ++t) {
    const auto table = static_cast<ViewTable>(t);
    const auto read = store.rows(table, {}, [&](std::span<const ViewCell> row) {
      text += info(table).name;
      for (const ViewCell& cell : row)
        text += " | " + (std::holds_alternative<std::int64_t>(cell)
                             ? std::to_string(std::get<std::int64_t>(cell))
                             : std::string(std::get<std::string_view>(cell)));
      text += '\n';
      return true;
    });
    if (!read) return to_text(read.error(), Language::en);
  }
  std::vector<std::string> objects;
  for (int person = 0; person < 7; ++person) objects.push_back("P " + std::to_string(person));
  const auto states = store.state(objects);
  if (!states) return to_text(states.error(), Language::en);
  for (const StateRow& row : *states)
    text += row.object + ": " + row.bytes + " at " + std::to_string(row.position) + "\n";
  return text;
}

}  // namespace fenming
