#include "store/fake/fake_disk.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"

namespace fenming {
namespace {

constexpr std::size_t groups_at_risk = 4;  // that many last groups of views a crash may take

FakeCell own(const ViewCell& cell, const ViewColumn& column) {
  const bool is_text = std::holds_alternative<std::string_view>(cell);
  CHECK(is_text == (column.type == ViewColumn::Type::text), "a cell is of its column's type");
  if (is_text) return std::string(std::get<std::string_view>(cell));
  return std::get<std::int64_t>(cell);
}

}  // namespace

FakeGroup own(const ViewBatch& batch) {
  FakeGroup group{batch.watermark, batch.state, {}};
  for (std::size_t t = 0; t < view_table_count; ++t) {
    const auto table = static_cast<ViewTable>(t);
    const auto columns = info(table).columns;
    for (std::size_t i = 0; i < batch.rows.count(table); ++i) {
      FakeRow row;
      const auto cells = batch.rows.row(table, i);
      for (std::size_t c = 0; c < cells.size(); ++c) row.push_back(own(cells[c], columns[c]));
      group.rows.emplace_back(table, std::move(row));
    }
  }
  return group;
}

Digest state_checksum(const std::string& object, const std::string& bytes, std::uint64_t position) {
  std::string text;
  ByteWriter out(text);
  out.text(object);
  out.text(bytes);
  out.number(position);
  return sm3(text);
}

void FakeViews::fold(const FakeGroup& group) {
  watermark = group.watermark;
  for (const StateRow& row : group.state) {
    if (row.bytes.empty())
      state.erase(row.object);
    else
      state[row.object] = {row.bytes, row.position, state_checksum(row.object, row.bytes, row.position)};
  }
  for (const auto& [table, row] : group.rows) {
    const ViewTableInfo& about = info(table);
    const auto key_end = row.begin() + static_cast<std::ptrdiff_t>(about.key_columns);
    const auto [at, inserted] =
        tables[static_cast<std::size_t>(table)].try_emplace({row.begin(), key_end}, row);
    if (inserted) continue;
    FakeRow replaced = row;
    if (about.adds) std::get<std::int64_t>(replaced.back()) += std::get<std::int64_t>(at->second.back());
    at->second = std::move(replaced);
  }
}

Head FakeDisk::head() const {
  return batches.empty() ? Head{} : Head{records.size(), batches.back().root, 0};
}

void FakeDisk::write(FakeGroup group) {
  views.fold(group);
  groups.push_back(std::move(group));
  while (groups.size() > groups_at_risk) {
    durable_views.fold(groups.front());
    groups.pop_front();
  }
}

std::shared_ptr<FakeDisk> FakeDisk::copy() const {
  auto made = std::make_shared<FakeDisk>();
  made->records = records;
  made->batches = batches;
  made->artifacts = artifacts;
  made->signed_heads = signed_heads;
  made->views = made->durable_views = views;
  return made;
}

std::shared_ptr<FakeDisk> make_fake_disk() { return std::make_shared<FakeDisk>(); }

void crash(FakeDisk& disk, std::uint64_t seed) {
  const std::lock_guard lock(disk.mutex);
  const std::size_t kept = seed % (disk.groups.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) disk.durable_views.fold(disk.groups[i]);
  disk.groups.clear();
  disk.views = disk.durable_views;
}

Result<std::shared_ptr<FakeDisk>> restore_fake(const FakeDisk& disk, const std::string& folder) {
  const auto found = disk.backups.find(folder);
  if (found == disk.backups.end()) return std::unexpected(Error{Code::store_not_ours, "", folder, {}});
  return found->second->copy();
}

void damage_record(FakeDisk& disk, std::uint64_t position) {
  const std::lock_guard lock(disk.mutex);
  std::string& record = disk.records.at(position - 1);
  record.at(record.size() / 2) ^= 1;
}

void damage_state(FakeDisk& disk, const std::string& object) {
  const std::lock_guard lock(disk.mutex);
  std::string& bytes = disk.views.state.at(object).bytes;
  bytes.at(bytes.size() / 2) ^= 1;
}

}  // namespace fenming
