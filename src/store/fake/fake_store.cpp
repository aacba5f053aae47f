#include "store/fake/fake_store.h"

#include <random>

#include "store/fake/fake_disk.h"

namespace fenming {
namespace {

std::unexpected<Error> refuse(Code code, std::string value) {
  return std::unexpected(Error{code, "", std::move(value), {}});
}

constexpr unsigned out_of = 1'000;

class FakeStore final : public Store {
 public:
  FakeStore(std::shared_ptr<FakeDisk> disk, const FakeFaults& faults)
      : disk_(std::move(disk)), faults_(faults), random_(faults.seed) {}

  Result<Head> head() override {
    const std::lock_guard lock(disk_->mutex);
    if (drawn(faults_.head_failed)) return refuse(Code::store_failed, "head, drawn");
    return disk_->head();
  }

  Result<Head> append(std::span<const NewRecord> records, const Head& expected) override {
    const std::lock_guard lock(disk_->mutex);
    if (drawn(faults_.append_failed)) return refuse(Code::store_failed, "append, drawn");
    if (drawn(faults_.append_full)) return refuse(Code::store_full, "append, drawn");
    const bool unknown = drawn(faults_.append_unknown);
    const Head head = disk_->head();
    if (head != expected) return refuse(Code::store_moved, std::to_string(head.position));
    if (!unknown || drawn(out_of / 2)) write(records, head);
    if (unknown) return refuse(Code::store_unknown, "append, drawn");
    return disk_->head();
  }

  Result<void> read(std::uint64_t first, const TakeRecord& take, std::uint64_t count_max) override {
    for (std::uint64_t position = std::max<std::uint64_t>(first, 1); count_max > 0; ++position, --count_max) {
      std::string record;
      {
        const std::lock_guard lock(disk_->mutex);
        if (position > disk_->records.size()) return {};
        if (drawn(faults_.read_failed)) return refuse(Code::store_failed, "read, drawn");
        record = disk_->records[position - 1];
      }
      if (!take(position, record)) return {};
    }
    return {};
  }

  Result<void> read_batches(std::uint64_t from_position, const TakeBatch& take) override {
    std::vector<Batch> batches;
    {
      const std::lock_guard lock(disk_->mutex);
      if (drawn(faults_.read_failed)) return refuse(Code::store_failed, "read_batches, drawn");
      for (const Batch& batch : disk_->batches)
        if (batch.first + batch.count > from_position) batches.push_back(batch);
    }
    for (const Batch& batch : batches)
      if (!take(batch)) break;
    return {};
  }

  Result<Digest> put_artifact(std::string_view bytes) override {
    const std::lock_guard lock(disk_->mutex);
    const Digest digest = sm3(bytes);
    disk_->artifacts[digest] = bytes;
    return digest;
  }

  Result<std::string> artifact(const Digest& digest) override {
    const std::lock_guard lock(disk_->mutex);
    const auto found = disk_->artifacts.find(digest);
    if (found == disk_->artifacts.end()) return refuse(Code::store_no_artifact, to_hex(bytes_of(digest)));
    return found->second;
  }

  Result<void> put_signed_head(const SignedHead& head) override {
    const std::lock_guard lock(disk_->mutex);
    disk_->signed_heads[head.position] = head;
    return {};
  }

  Result<std::vector<SignedHead>> signed_heads(std::uint64_t from_position, std::size_t count_max) override {
    const std::lock_guard lock(disk_->mutex);
    std::vector<SignedHead> heads;
    for (auto at = disk_->signed_heads.lower_bound(from_position);
         at != disk_->signed_heads.end() && heads.size() < count_max; ++at)
      heads.push_back(at->second);
    return heads;
  }

  Result<std::uint64_t> watermark() override {
    const std::lock_guard lock(disk_->mutex);
    return disk_->views.watermark;
  }

  Result<void> write_views(const ViewBatch& batch) override {
    FakeGroup group = own(batch);
    const std::lock_guard lock(disk_->mutex);
    if (drawn(faults_.views_failed)) return refuse(Code::store_failed, "write_views, drawn");
    const std::uint64_t stands = disk_->views.watermark;
    if (stands != batch.after) return refuse(Code::store_moved, std::to_string(stands));
    disk_->write(std::move(group));
    return {};
  }

  Result<void> drop_views() override {
    const std::lock_guard lock(disk_->mutex);
    disk_->views = disk_->durable_views = {};
    disk_->groups.clear();
    return {};
  }

  Result<std::optional<Found>> find(const MessageKey& key) override {
    const std::lock_guard lock(disk_->mutex);
    if (drawn(faults_.read_failed)) return refuse(Code::store_failed, "find, drawn");
    const auto& messages = disk_->views.tables[static_cast<std::size_t>(ViewTable::message)];
    const auto found = messages.find({key.provider, key.msgid, key.infno});
    if (found == messages.end()) return std::nullopt;
    const FakeRow& row = found->second;
    return Found{static_cast<std::uint64_t>(std::get<std::int64_t>(row[3])),
                 static_cast<std::uint8_t>(std::get<std::int64_t>(row[4]))};
  }

  Result<std::string> newest_message(const std::string& provider) override {
    const std::lock_guard lock(disk_->mutex);
    if (drawn(faults_.read_failed)) return refuse(Code::store_failed, "newest_message, drawn");
    const auto& messages = disk_->views.tables[static_cast<std::size_t>(ViewTable::message)];
    std::string newest;
    for (auto at = messages.lower_bound({provider}); at != messages.end(); ++at) {
      if (std::get<std::string>(at->first[0]) != provider) break;
      newest = std::get<std::string>(at->first[1]);
    }
    return newest;
  }

  Result<std::vector<StateRow>> state(std::span<const std::string> objects) override {
    const std::lock_guard lock(disk_->mutex);
    if (drawn(faults_.read_failed)) return refuse(Code::store_failed, "state, drawn");
    std::vector<StateRow> rows;
    for (const std::string& object : objects) {
      const auto found = disk_->views.state.find(object);
      if (found == disk_->views.state.end()) {
        rows.push_back({object, "", 0});
        continue;
      }
      const auto& [bytes, position, checksum] = found->second;
      if (checksum != state_checksum(object, bytes, position))
        return refuse(Code::store_damaged, "state of " + object);
      rows.push_back({object, bytes, position});
    }
    return rows;
  }

  Result<void> rows(ViewTable table, std::span<const ViewCell> from, const TakeRow& take) override {
    FakeRow begin;
    for (const ViewCell& cell : from) {
      if (const auto* text = std::get_if<std::string_view>(&cell))
        begin.emplace_back(std::string(*text));
      else
        begin.emplace_back(std::get<std::int64_t>(cell));
    }
    std::vector<FakeRow> found;
    {
      const std::lock_guard lock(disk_->mutex);
      const auto& rows_by_key = disk_->views.tables[static_cast<std::size_t>(table)];
      for (auto at = rows_by_key.lower_bound(begin); at != rows_by_key.end(); ++at)
        found.push_back(at->second);
    }
    std::vector<ViewCell> cells;
    for (const FakeRow& row : found) {
      cells.clear();
      for (const FakeCell& cell : row)
        std::visit([&cells](const auto& value) { cells.emplace_back(value); }, cell);
      if (!take(cells)) break;
    }
    return {};
  }

  Result<void> backup(const std::string& folder) override {
    const std::lock_guard lock(disk_->mutex);
    disk_->backups[folder] = disk_->copy();
    return {};
  }

 private:
  bool drawn(unsigned of_thousand) { return of_thousand > 0 && random_() % out_of < of_thousand; }

  void write(std::span<const NewRecord> records, const Head& head) {
    if (records.empty()) return;
    for (const NewRecord& record : records) disk_->records.push_back(record.bytes);
    disk_->batches.push_back(make_batch(records, head));
  }

  std::shared_ptr<FakeDisk> disk_;  // its mutex guards random_ too
  FakeFaults faults_;
  std::mt19937_64 random_;
};

}  // namespace

std::unique_ptr<Store> open_fake(std::shared_ptr<FakeDisk> disk, const FakeFaults& faults) {
  return std::make_unique<FakeStore>(std::move(disk), faults);
}

}  // namespace fenming
