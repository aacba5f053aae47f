// A store in a folder of one machine, on SQLite: journal.db (journal, batches, artifacts, signed heads), views.db (docs/tables.md), each
// with its write-ahead log; `head` (what was last known durable) and `lock` (one process at a time). Every page carries a checksum.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "store/store.h"
#include "store/verify.h"

namespace fenming {

struct EmbeddedOptions {
  bool sync = true;                            // false: a power cut may lose what was acknowledged; for tests
  std::size_t wal_bytes_max = 256 << 20;       // of each of the two databases
  std::size_t journal_cache_bytes = 32 << 20;  // of the writing connection
  std::size_t views_cache_bytes = 256 << 20;   // the same
  std::size_t reading_cache_bytes = 64 << 20;  // of each reading connection
  bool views_anew = false;                     // throws views.db away first: for a rebuild after damage
  std::string vfs;                             // SQLite's name of the file system below; empty: its own
};

// Opens the store in `folder` or begins one when the folder is empty or absent. Codes: store_in_use, store_not_ours, store_version,
// store_damaged, store_failed, store_full.
Result<std::unique_ptr<Store>> open_embedded(const std::string& folder, const EmbeddedOptions& options = {});

// Makes a store in the new folder `to` out of a copy that Store::backup made in `from`; the whole chain is verified first.
Result<ChainReport> restore_embedded(const std::string& from, const std::string& to);

}  // namespace fenming
