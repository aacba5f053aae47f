// Store: the one narrow door to durable data (docs/journal-format.md, laws 1 and 2). Bytes in, bytes out: it knows positions, digests,
// message keys and tables, and nothing of insurance. Implementations: store/embedded (SQLite), store/postgres, store/fake (memory, with
// faults). One contract test (store/contract_test.cpp) holds for all.
//
// Threads: append, put_signed_head and put_artifact belong to one thread (the writer), write_views to one other (the follower); find,
// state, read, artifact and signed_heads may be called by any thread at any time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/instant.h"
#include "model/command.h"
#include "model/error.h"
#include "store/views.h"

namespace fenming {

struct Head {                  // of the journal: everything up to `position` is durable
  std::uint64_t position = 0;  // 0: empty
  Digest root = {};            // laws.md 2; zeros when empty
  std::uint64_t epoch = 0;     // of the owner (laws.md 11); 0 for an embedded store
  friend bool operator==(const Head&, const Head&) = default;
};

struct NewRecord {
  std::string bytes;
  Digest leaf;  // merkle_leaf(bytes), computed by who decided
};

// As committed: root = SM3(previous root ‖ batch root ‖ first position (8 bytes, big end first) ‖ count (4 bytes, the same))
struct Batch {
  std::uint64_t first = 0, count = 0;
  Digest batch_root = {}, root = {};
  std::string
      leaf_heads;  // the first 8 bytes of every leaf: they name the record when the batch root does not fit
};
inline constexpr std::size_t leaf_head_bytes = 8;
// The batch that follows `head`; at least one record.
Batch make_batch(std::span<const NewRecord> records, const Head& head);
Digest chain_root(const Digest& previous, const Digest& batch_root, std::uint64_t first, std::uint64_t count);

struct SignedHead {
  std::uint64_t position = 0;
  Digest root = {};
  Instant time;
  std::string signature;  // DER, SM2 with SM3
};

std::string head_message(std::uint64_t position, const Digest& root,
                         Instant time);  // what the signature is over

struct StateRow {
  std::string object, bytes;
  std::uint64_t position = 0;  // of the last record that changed it
};

// What a follower writes in one transaction together with the new watermark.
struct ViewBatch {
  std::uint64_t watermark = 0;  // position of the last record folded in
  std::uint64_t after = 0;      // the watermark that it follows
  std::vector<StateRow> state;  // sorted by object; empty bytes: the object is gone
  ViewRows rows;                // by table, in the order of positions
};

// Where servers take a shard over from each other, whoever lost it is refused every write: Code::store_lost.
class Store {
 public:
  virtual ~Store() = default;

  virtual Result<Head> head() = 0;

  // All records or, when the head is not `expected`, none (Code::store_moved). Durable when it returns. After Code::store_unknown the
  // caller reads head() to learn what happened and never repeats blindly; other codes: nothing was written. No records: no batch, the
  // head as it is. The leaves are taken as given; verify_chain (store/verify.h) computes them again.
  virtual Result<Head> append(std::span<const NewRecord> records, const Head& expected) = 0;

  // Calls `take` for the records from `first` on, at most so many, in order of position until it returns false or the durable head is
  // reached. The bytes live until `take` returns; `take` may call the store. The same holds for read_batches and rows.
  using TakeRecord = std::function<bool(std::uint64_t position, std::string_view bytes)>;
  static constexpr std::uint64_t all_records = UINT64_MAX;
  // NOLINTNEXTLINE(google-default-arguments): every override has the same
  virtual Result<void> read(std::uint64_t first, const TakeRecord& take,
                            std::uint64_t count_max = all_records) = 0;
  using TakeBatch = std::function<bool(const Batch&)>;
  // The batches from the one that holds `from_position` on.
  virtual Result<void> read_batches(std::uint64_t from_position, const TakeBatch& take) = 0;

  // ---- Artifacts: bytes by their SM3; putting the same again is no fault.
  virtual Result<Digest> put_artifact(std::string_view bytes) = 0;
  virtual Result<std::string> artifact(const Digest& digest) = 0;  // Code::store_no_artifact

  virtual Result<void> put_signed_head(const SignedHead& head) = 0;  // one for a position: the later stands
  virtual Result<std::vector<SignedHead>> signed_heads(std::uint64_t from_position,
                                                       std::size_t count_max) = 0;

  // ---- Views: derived, behind the head by the lag
  virtual Result<std::uint64_t> watermark() = 0;
  // All of it or nothing. Only on views that stand at `after`; else Code::store_moved, so that nobody writes records into the views that
  // are there already. After another code it may have been written: the watermark says so. After a crash the views may stand at an
  // earlier watermark, never at a torn one. A text holds no NUL.
  virtual Result<void> write_views(const ViewBatch& batch) = 0;
  virtual Result<void> drop_views() = 0;  // to an empty state with watermark 0, for a rebuild

  struct Found {
    std::uint64_t position = 0;
    std::uint8_t kind = 0;  // BindKind
  };
  virtual Result<std::optional<Found>> find(const MessageKey& key) = 0;  // up to the watermark
  // The highest msgid, byte by byte, of a provider's messages up to the watermark; empty when there is none.
  virtual Result<std::string> newest_message(const std::string& provider) = 0;
  // In the order of `objects`; what is not there has empty bytes and position 0. A row whose checksum is wrong: Code::store_damaged.
  virtual Result<std::vector<StateRow>> state(std::span<const std::string> objects) = 0;
  // Rows of a table in key order, beginning at `from` (values of the leading key columns; empty: all), until `take` returns false.
  using TakeRow = std::function<bool(std::span<const ViewCell> row)>;
  virtual Result<void> rows(ViewTable table, std::span<const ViewCell> from, const TakeRow& take) = 0;

  // ---- Whole stores
  // A consistent copy in a new folder, taken while settlement goes on: journal up to some head, views not beyond it.
  virtual Result<void> backup(const std::string& folder) = 0;
};

}  // namespace fenming
