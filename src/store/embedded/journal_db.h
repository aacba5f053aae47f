// JournalDb: journal.db. What is acknowledged is durable; what is read was written so (a checksum stands in every row).
#pragma once

#include <memory>
#include <mutex>

#include "store/embedded/database.h"
#include "store/embedded/embedded_store.h"
#include "store/embedded/known_head.h"

namespace fenming {

extern const DatabaseKind journal_kind;

class JournalDb {
 public:
  // The file exists.
  static Result<std::unique_ptr<JournalDb>> open(const std::string& folder, const EmbeddedOptions& options);

  Result<Head> head();
  Result<Head> append(std::span<const NewRecord> records, const Head& expected);
  Result<void> read(std::uint64_t first, const Store::TakeRecord& take, std::uint64_t count_max);
  Result<void> read_batches(std::uint64_t from_position, const Store::TakeBatch& take);
  Result<Digest> put_artifact(std::string_view bytes);
  Result<std::string> artifact(const Digest& digest);
  Result<void> put_signed_head(const SignedHead& head);
  Result<std::vector<SignedHead>> signed_heads(std::uint64_t from_position, std::size_t count_max);

  // For a backup: the writing connection, while `use` runs nobody writes.
  Result<void> with_writer(const std::function<Result<void>(Connection&)>& use);

 private:
  explicit JournalDb(KnownHead known) : known_(std::move(known)) {}
  Result<void> connect_all(const std::string& path, const EmbeddedOptions& options);
  Result<void> connect_writer();
  void disconnect_writer();
  Result<void> connect_reader();
  Result<void> compare_with_known();
  Result<Head> last_batch();
  Result<void> insert(std::span<const NewRecord> records, const Batch& batch);
  Result<void> settle_doubt();  // with writer_mutex_ held
  Result<std::string> next_records(std::uint64_t first, std::uint64_t last, std::vector<std::size_t>& ends);
  Result<std::vector<Batch>> next_batches(std::uint64_t from_position);
  Error damaged(const std::string& what) const;
  Head known_head();
  void advance(const Head& head);

  std::string path_;
  ConnectionOptions writer_options_, reader_options_;
  std::size_t wal_bytes_max_ = 0;

  std::mutex head_mutex_;
  Head head_;  // guarded by head_mutex_
  bool doubt_ =
      false;  // the same: a commit failed and may have reached the disk; what is true is found out by head()

  std::mutex writer_mutex_;  // guards what follows
  KnownHead known_;
  KnownHead::Marks marks_;
  Connection writer_;
  Statement insert_record_, insert_batch_, insert_artifact_, insert_signed_head_;
  std::unique_ptr<WalKeeper> keeper_;

  std::mutex reader_mutex_;  // guards what follows
  Connection reader_;
  Statement select_records_, select_batches_, select_artifact_, select_signed_heads_;
};

}  // namespace fenming
