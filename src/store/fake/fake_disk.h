// FakeDisk: the data of a fake store. Views are kept twice: as they are, and as they were some groups ago with the groups since, so
// that a crash can take the last ones back.
#pragma once

#include <deque>
#include <map>
#include <mutex>

#include "store/fake/fake_store.h"

namespace fenming {

using FakeCell = std::variant<std::int64_t, std::string>;
using FakeRow = std::vector<FakeCell>;  // ordered as its cells are: numbers by value, texts by bytes

// A group of rows as written, owning its texts.
struct FakeGroup {
  std::uint64_t watermark = 0;
  std::vector<StateRow> state;
  std::vector<std::pair<ViewTable, FakeRow>> rows;
};
FakeGroup own(const ViewBatch& batch);

struct FakeState {
  std::string bytes;
  std::uint64_t position = 0;
  Digest checksum = {};
};

struct FakeViews {
  std::uint64_t watermark = 0;
  std::map<std::string, FakeState> state;
  std::array<std::map<FakeRow, FakeRow>, view_table_count> tables;  // key columns -> row

  void fold(const FakeGroup& group);
};

class FakeDisk {
 public:
  std::mutex mutex;
  std::vector<std::string> records;  // position 1 first
  std::vector<Batch> batches;
  std::map<Digest, std::string> artifacts;
  std::map<std::uint64_t, SignedHead> signed_heads;
  FakeViews views, durable_views;
  std::deque<FakeGroup> groups;  // folded into `views`, not yet into `durable_views`
  std::map<std::string, std::shared_ptr<FakeDisk>> backups;

  Head head() const;
  void write(FakeGroup group);
  std::shared_ptr<FakeDisk> copy() const;  // without backups
};

Digest state_checksum(const std::string& object, const std::string& bytes, std::uint64_t position);

}  // namespace fenming
