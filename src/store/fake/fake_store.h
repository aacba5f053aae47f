// A store in memory, for tests: deterministic, with faults drawn from a seed. A FakeDisk is what outlives the process: a FakeStore
// may be thrown away at any moment and another opened on the same disk.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace fenming {

class FakeDisk;  // safe to share between threads
std::shared_ptr<FakeDisk> make_fake_disk();

// How many of 1,000 calls go wrong, drawn from the seed. A call that goes wrong has no effect but for `append_unknown`, of which half
// are written nevertheless.
struct FakeFaults {
  std::uint64_t seed = 1;
  unsigned append_failed = 0;   // Code::store_failed
  unsigned append_full = 0;     // Code::store_full
  unsigned append_unknown = 0;  // Code::store_unknown
  unsigned head_failed = 0;     // Code::store_failed
  unsigned views_failed = 0;    // write_views: Code::store_failed
  unsigned read_failed = 0;     // read, read_batches, find, state: Code::store_failed
};
std::unique_ptr<Store> open_fake(std::shared_ptr<FakeDisk> disk, const FakeFaults& faults = {});

// What a crash leaves: every acknowledged record, artifact and signed head; of the last views written, some (drawn from the seed), but
// never the later without the earlier. Stores open on the disk must not be used afterwards.
void crash(FakeDisk& disk, std::uint64_t seed);

// Copies as made by Store::backup(folder), which for a FakeStore is a name only. Code::store_not_ours when there is none.
Result<std::shared_ptr<FakeDisk>> restore_fake(const FakeDisk& disk, const std::string& folder);

// One bit of a record, of a state row, turned over.
void damage_record(FakeDisk& disk, std::uint64_t position);
void damage_state(FakeDisk& disk, const std::string& object);

}  // namespace fenming
