#include "store/embedded/journal_db.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "store/checksum.h"

namespace fenming {
namespace {

const std::array<Migration, 1> migrations = {{{1, R"sql(
CREATE TABLE journal(pos INTEGER PRIMARY KEY, record BLOB NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE batch(first INTEGER PRIMARY KEY, count INTEGER NOT NULL, batch_root BLOB NOT NULL, root BLOB NOT NULL,
                   leaf_heads BLOB NOT NULL, checksum INTEGER NOT NULL);
CREATE TABLE artifact(digest BLOB PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE signed_head(pos INTEGER PRIMARY KEY, root BLOB NOT NULL, time INTEGER NOT NULL, signature BLOB NOT NULL,
                         checksum INTEGER NOT NULL);
)sql"}}};

constexpr std::int64_t application_id = 0x46656e4a;  // "FenJ"
constexpr int page_bytes = 4'096;
constexpr std::size_t records_at_once = 512, bytes_at_once = 1 << 20, batches_at_once = 256;

std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
std::uint64_t unsigned_of(std::int64_t value) { return static_cast<std::uint64_t>(value); }

std::int64_t checksum(const Batch& batch) {
  std::uint64_t sum = checksum64(bytes_of(batch.batch_root), batch.first);
  sum = checksum64(bytes_of(batch.root), sum + batch.count);
  return signed_of(checksum64(batch.leaf_heads, sum));
}

std::int64_t checksum(const SignedHead& head) {
  const std::uint64_t sum = checksum64(bytes_of(head.root), head.position);
  return signed_of(checksum64(head.signature, sum + unsigned_of(head.time.ms)));
}

std::int64_t record_checksum(std::string_view record, std::uint64_t position) {
  return signed_of(checksum64(record, position));
}

bool is_digest(std::string_view bytes) { return bytes.size() == Digest().size(); }

// Columns first, count, batch_root, root, leaf_heads, checksum.
std::optional<Batch> batch_of(const Statement& row) {
  if (!is_digest(row.blob(2)) || !is_digest(row.blob(3))) return std::nullopt;
  Batch batch{unsigned_of(row.integer(0)), unsigned_of(row.integer(1)), to_digest(row.blob(2)),
              to_digest(row.blob(3)), std::string(row.blob(4))};
  if (batch.count == 0 || row.integer(5) != checksum(batch)) return std::nullopt;
  return batch;
}

Result<void> prepare(Connection& connection, Statement& statement, std::string_view sql) {
  auto prepared = connection.prepare(sql);
  if (!prepared) return std::unexpected(prepared.error());
  statement = *std::move(prepared);
  return {};
}

Result<void> prepare_all(Connection& connection,
                         std::initializer_list<std::pair<Statement*, std::string_view>> statements) {
  for (const auto& [statement, sql] : statements)
    if (auto prepared = prepare(connection, *statement, sql); !prepared) return prepared;
  return {};
}

}  // namespace

const DatabaseKind journal_kind = {application_id, page_bytes, false, migrations};

Result<std::unique_ptr<JournalDb>> JournalDb::open(const std::string& folder,
                                                   const EmbeddedOptions& options) {
  auto known = KnownHead::open(folder + "/head");
  if (!known) return std::unexpected(known.error());
  std::unique_ptr<JournalDb> journal(new JournalDb(*std::move(known)));
  if (auto done = journal->connect_all(folder + "/journal.db", options); !done)
    return std::unexpected(done.error());
  if (auto done = journal->compare_with_known(); !done) return std::unexpected(done.error());
  return journal;
}

Result<void> JournalDb::connect_all(const std::string& path, const EmbeddedOptions& options) {
  const std::string_view synchronous = options.sync ? "FULL" : "OFF";
  path_ = path;
  writer_options_ = {options.vfs, options.journal_cache_bytes, synchronous};
  reader_options_ = {options.vfs, options.reading_cache_bytes, synchronous};
  wal_bytes_max_ = options.wal_bytes_max;
  if (auto done = connect_writer(); !done) return done;
  return connect_reader();
}

Result<void> JournalDb::connect_writer() {
  auto writer = open_database(path_, journal_kind, writer_options_);
  if (!writer) return std::unexpected(writer.error());
  writer_ = *std::move(writer);
  auto keeper = WalKeeper::start(writer_, path_, journal_kind, writer_options_, wal_bytes_max_);
  if (!keeper) return std::unexpected(keeper.error());
  keeper_ = *std::move(keeper);
  return prepare_all(writer_,
                     {{&insert_record_, "INSERT INTO journal VALUES(?,?,?)"},
                      {&insert_batch_, "INSERT INTO batch VALUES(?,?,?,?,?,?)"},
                      {&insert_artifact_, "INSERT OR IGNORE INTO artifact VALUES(?,?)"},
                      {&insert_signed_head_, "INSERT OR REPLACE INTO signed_head VALUES(?,?,?,?,?)"}});
}

// The statements go first: with them a connection would live on, and its locks.
void JournalDb::disconnect_writer() {
  keeper_.reset();
  for (Statement* statement : {&insert_record_, &insert_batch_, &insert_artifact_, &insert_signed_head_})
    *statement = {};
  writer_.close();
}

Result<void> JournalDb::connect_reader() {
  auto reader = connect(path_, journal_kind, reader_options_);
  if (!reader) return std::unexpected(reader.error());
  reader_ = *std::move(reader);
  return prepare_all(
      reader_,
      {{&select_records_,
        "SELECT pos, record, checksum FROM journal WHERE pos >= ? AND pos <= ? ORDER BY pos LIMIT ?"},
       {&select_batches_,
        "SELECT * FROM batch WHERE first >= coalesce((SELECT max(first) FROM batch WHERE first <= "
        "?1), 0) ORDER BY first LIMIT ?2"},
       {&select_artifact_, "SELECT bytes FROM artifact WHERE digest = ?"},
       {&select_signed_heads_, "SELECT * FROM signed_head WHERE pos >= ? ORDER BY pos LIMIT ?"}});
}

Error JournalDb::damaged(const std::string& what) const {
  return {Code::store_damaged, "", "journal.db: " + what, {}};
}

Result<Head> JournalDb::last_batch() {
  auto statement = writer_.prepare("SELECT * FROM batch ORDER BY first DESC LIMIT 1");
  if (!statement) return std::unexpected(statement.error());
  const auto row = statement->step();
  if (!row) return std::unexpected(row.error());
  const auto last = writer_.ask("SELECT max(pos) FROM journal");
  if (!last) return std::unexpected(last.error());
  if (!*row) return *last == 0 ? Result<Head>(Head{}) : std::unexpected(damaged("record 1: no batch"));
  const auto batch = batch_of(*statement);
  if (!batch) return std::unexpected(damaged("the batch of record " + std::to_string(*last)));
  const Head head{batch->first + batch->count - 1, batch->root, 0};
  if (unsigned_of(*last) != head.position)
    return std::unexpected(
        damaged("record " + std::to_string(std::min(unsigned_of(*last), head.position) + 1)));
  return head;
}

Result<void> JournalDb::compare_with_known() {
  const auto head = last_batch();
  if (!head) return std::unexpected(head.error());
  const auto signed_position = writer_.ask("SELECT max(pos) FROM signed_head");
  if (!signed_position) return std::unexpected(signed_position.error());
  const auto artifacts = writer_.ask("SELECT count(digest) FROM artifact");
  if (!artifacts) return std::unexpected(artifacts.error());
  head_ = *head;
  marks_ = {head->position, unsigned_of(*signed_position), unsigned_of(*artifacts)};
  if (const auto known = known_.read()) {
    const auto lost = [&](const char* what, std::uint64_t is, std::uint64_t was) {
      return std::unexpected(damaged("ends at " + std::string(what) + " " + std::to_string(is) + ", but " +
                                     std::to_string(was) + " was durable; records are lost"));
    };
    if (known->position > marks_.position) return lost("record", marks_.position, known->position);
    if (known->signed_position > marks_.signed_position)
      return lost("signed head", marks_.signed_position, known->signed_position);
    if (known->artifacts > marks_.artifacts) return lost("artifact", marks_.artifacts, known->artifacts);
  }
  known_.write(marks_);
  return {};
}

Head JournalDb::known_head() {
  const std::lock_guard lock(head_mutex_);
  return head_;
}

void JournalDb::advance(const Head& head) {
  {
    const std::lock_guard lock(head_mutex_);
    head_ = head;
    doubt_ = false;
  }
  marks_.position = head.position;
  known_.write(marks_);
}

Result<Head> JournalDb::head() {
  {
    const std::lock_guard lock(head_mutex_);
    if (!doubt_) return head_;
  }
  const std::lock_guard lock(writer_mutex_);
  if (auto settled = settle_doubt(); !settled) return std::unexpected(settled.error());
  return known_head();
}

// SQLite takes the failed commit for undone, but its pages may stand in the log, where the next opening would find them. So the log
// is emptied before anybody gets an answer.
Result<void> JournalDb::settle_doubt() {
  {
    const std::lock_guard lock(head_mutex_);
    if (!doubt_) return {};
  }
  if (!keeper_)
    if (auto connected = connect_writer(); !connected) return connected;
  if (auto emptied = keeper_->empty(); !emptied) {
    disconnect_writer();  // the next attempt begins with a new connection
    return emptied;
  }
  const auto head = last_batch();
  if (!head) return std::unexpected(head.error());
  advance(*head);
  return {};
}

Result<void> JournalDb::insert(std::span<const NewRecord> records, const Batch& batch) {
  std::uint64_t position = batch.first;
  for (const NewRecord& record : records) {
    insert_record_.bind(1, signed_of(position)).bind_blob(2, record.bytes);
    if (auto run = insert_record_.bind(3, record_checksum(record.bytes, position)).run(); !run) return run;
    ++position;
  }
  return insert_batch_.bind(1, signed_of(batch.first))
      .bind(2, signed_of(batch.count))
      .bind_blob(3, bytes_of(batch.batch_root))
      .bind_blob(4, bytes_of(batch.root))
      .bind_blob(5, batch.leaf_heads)
      .bind(6, checksum(batch))
      .run();
}

Result<Head> JournalDb::append(std::span<const NewRecord> records, const Head& expected) {
  const std::lock_guard lock(writer_mutex_);
  {
    const std::lock_guard head_lock(head_mutex_);
    if (doubt_)
      return std::unexpected(
          Error{Code::store_failed, "", "the outcome of an earlier append is not known; read the head", {}});
    if (head_ != expected)
      return std::unexpected(Error{Code::store_moved, "", std::to_string(head_.position), {}});
  }
  if (records.empty()) return expected;
  if (auto room = keeper_->room(); !room) return std::unexpected(room.error());
  auto transaction = SqlTransaction::begin(writer_);
  if (!transaction) return std::unexpected(transaction.error());
  const Batch batch = make_batch(records, expected);
  if (auto inserted = insert(records, batch); !inserted) return std::unexpected(inserted.error());
  if (auto committed = transaction->commit(); !committed) {
    if (!may_have_committed(committed.error())) return std::unexpected(committed.error());
    const std::lock_guard head_lock(head_mutex_);
    doubt_ = true;
    return std::unexpected(Error{Code::store_unknown, "", committed.error().value, {}});
  }
  const Head head{batch.first + batch.count - 1, batch.root, 0};
  advance(head);
  keeper_->committed();
  return head;
}

// The records from `first` on, one behind the other, with the ends of each.
Result<std::string> JournalDb::next_records(std::uint64_t first, std::uint64_t last,
                                            std::vector<std::size_t>& ends) {
  const std::lock_guard lock(reader_mutex_);
  const Reset reset(select_records_);
  select_records_.bind(1, signed_of(first)).bind(2, signed_of(last)).bind(3, std::int64_t{records_at_once});
  std::string bytes;
  ends.clear();
  std::uint64_t position = first;
  while (bytes.size() < bytes_at_once) {
    const auto row = select_records_.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    const std::string_view record = select_records_.blob(1);
    if (unsigned_of(select_records_.integer(0)) != position ||
        select_records_.integer(2) != record_checksum(record, position))
      return std::unexpected(damaged("record " + std::to_string(position)));
    bytes += record;
    ends.push_back(bytes.size());
    ++position;
  }
  if (ends.empty()) return std::unexpected(damaged("record " + std::to_string(first) + ": missing"));
  return bytes;
}

Result<void> JournalDb::read(std::uint64_t first, const Store::TakeRecord& take, std::uint64_t count_max) {
  std::vector<std::size_t> ends;
  std::uint64_t position = std::max<std::uint64_t>(first, 1);
  const std::uint64_t wanted = count_max > UINT64_MAX - position ? UINT64_MAX : position + count_max - 1;
  while (true) {
    const std::uint64_t last = std::min(wanted, known_head().position);
    if (position > last) return {};
    const auto bytes = next_records(position, last, ends);
    if (!bytes) return std::unexpected(bytes.error());
    std::size_t begin = 0;
    for (const std::size_t end : ends) {
      if (!take(position, std::string_view(*bytes).substr(begin, end - begin))) return {};
      begin = end;
      ++position;
    }
  }
}

Result<std::vector<Batch>> JournalDb::next_batches(std::uint64_t from_position) {
  const std::lock_guard lock(reader_mutex_);
  const Reset reset(select_batches_);
  select_batches_.bind(1, signed_of(from_position)).bind(2, std::int64_t{batches_at_once});
  std::vector<Batch> batches;
  while (true) {
    const auto row = select_batches_.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return batches;
    auto batch = batch_of(select_batches_);
    if (!batch)
      return std::unexpected(damaged("the batch of record " + std::to_string(select_batches_.integer(0))));
    if (batch->first + batch->count > from_position) batches.push_back(*std::move(batch));
  }
}

Result<void> JournalDb::read_batches(std::uint64_t from_position, const Store::TakeBatch& take) {
  for (std::uint64_t from = std::max<std::uint64_t>(from_position, 1);;) {
    const std::uint64_t last = known_head().position;
    if (from > last) return {};
    const auto batches = next_batches(from);
    if (!batches) return std::unexpected(batches.error());
    if (batches->empty()) return std::unexpected(damaged("the batch of record " + std::to_string(from)));
    for (const Batch& batch : *batches) {
      if (batch.first > last) return {};
      if (!take(batch)) return {};
      from = batch.first + batch.count;
    }
  }
}

Result<Digest> JournalDb::put_artifact(std::string_view bytes) {
  const Digest digest = sm3(bytes);
  const std::lock_guard lock(writer_mutex_);
  if (auto settled = settle_doubt(); !settled) return std::unexpected(settled.error());
  auto transaction = SqlTransaction::begin(writer_);
  if (!transaction) return std::unexpected(transaction.error());
  if (auto run = insert_artifact_.bind_blob(1, bytes_of(digest)).bind_blob(2, bytes).run(); !run)
    return std::unexpected(run.error());
  const auto count = writer_.ask("SELECT count(digest) FROM artifact");
  if (!count) return std::unexpected(count.error());
  if (auto committed = transaction->commit(); !committed) return std::unexpected(committed.error());
  marks_.artifacts = unsigned_of(*count);
  known_.write(marks_);
  keeper_->committed();
  return digest;
}

Result<std::string> JournalDb::artifact(const Digest& digest) {
  const std::lock_guard lock(reader_mutex_);
  const Reset reset(select_artifact_);
  const auto row = select_artifact_.bind_blob(1, bytes_of(digest)).step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::unexpected(Error{Code::store_no_artifact, "", to_hex(bytes_of(digest)), {}});
  std::string bytes(select_artifact_.blob(0));
  if (sm3(bytes) != digest) return std::unexpected(damaged("artifact " + to_hex(bytes_of(digest))));
  return bytes;
}

Result<void> JournalDb::put_signed_head(const SignedHead& head) {
  const std::lock_guard lock(writer_mutex_);
  if (auto settled = settle_doubt(); !settled) return settled;
  auto transaction = SqlTransaction::begin(writer_);
  if (!transaction) return std::unexpected(transaction.error());
  insert_signed_head_.bind(1, signed_of(head.position)).bind_blob(2, bytes_of(head.root));
  insert_signed_head_.bind(3, head.time.ms).bind_blob(4, head.signature).bind(5, checksum(head));
  if (auto run = insert_signed_head_.run(); !run) return run;
  if (auto committed = transaction->commit(); !committed) return committed;
  marks_.signed_position = std::max(marks_.signed_position, head.position);
  known_.write(marks_);
  keeper_->committed();
  return {};
}

Result<std::vector<SignedHead>> JournalDb::signed_heads(std::uint64_t from_position, std::size_t count_max) {
  const std::lock_guard lock(reader_mutex_);
  const Reset reset(select_signed_heads_);
  select_signed_heads_.bind(1, signed_of(from_position)).bind(2, static_cast<std::int64_t>(count_max));
  std::vector<SignedHead> heads;
  while (true) {
    const auto row = select_signed_heads_.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return heads;
    const Statement& s = select_signed_heads_;
    if (!is_digest(s.blob(1))) return std::unexpected(damaged("signed head " + std::to_string(s.integer(0))));
    SignedHead head{unsigned_of(s.integer(0)), to_digest(s.blob(1)), Instant{s.integer(2)},
                    std::string(s.blob(3))};
    if (s.integer(4) != checksum(head))
      return std::unexpected(damaged("signed head " + std::to_string(head.position)));
    heads.push_back(std::move(head));
  }
}

Result<void> JournalDb::with_writer(const std::function<Result<void>(Connection&)>& use) {
  const std::lock_guard lock(writer_mutex_);
  if (!keeper_) return std::unexpected(Error{Code::store_failed, "", "journal.db is being opened again", {}});
  return use(writer_);
}

}  // namespace fenming
