#include "store/embedded/embedded_store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "store/embedded/journal_db.h"
#include "store/embedded/views_db.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> refuse(Code code, std::string value) {
  return std::unexpected(Error{code, "", std::move(value), {}});
}

// Held as long as it lives; the kernel lets go of it when the process ends, however that happens.
class FolderLock {
 public:
  FolderLock() = default;
  FolderLock(FolderLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock() {
    if (file_ >= 0) ::close(file_);
  }

  static Result<FolderLock> take(const std::string& folder) {
    const std::string path = folder + "/lock";
    FolderLock lock;
    lock.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.file_ < 0) return refuse(Code::store_failed, path + ": " + std::strerror(errno));
    if (::flock(lock.file_, LOCK_EX | LOCK_NB) != 0) return refuse(Code::store_in_use, folder);
    return lock;
  }

 private:
  int file_ = -1;
};

class EmbeddedStore final : public Store {
 public:
  EmbeddedStore(FolderLock lock, std::unique_ptr<JournalDb> journal, std::unique_ptr<ViewsDb> views,
                std::string vfs)
      : lock_(std::move(lock)),
        journal_(std::move(journal)),
        views_(std::move(views)),
        vfs_(std::move(vfs)) {}

  Result<Head> head() override { return journal_->head(); }
  Result<Head> append(std::span<const NewRecord> records, const Head& expected) override {
    return journal_->append(records, expected);
  }
  Result<void> read(std::uint64_t first, const TakeRecord& take, std::uint64_t count_max) override {
    return journal_->read(first, take, count_max);
  }
  Result<void> read_batches(std::uint64_t from_position, const TakeBatch& take) override {
    return journal_->read_batches(from_position, take);
  }
  Result<Digest> put_artifact(std::string_view bytes) override { return journal_->put_artifact(bytes); }
  Result<std::string> artifact(const Digest& digest) override { return journal_->artifact(digest); }
  Result<void> put_signed_head(const SignedHead& head) override { return journal_->put_signed_head(head); }
  Result<std::vector<SignedHead>> signed_heads(std::uint64_t from_position, std::size_t count_max) override {
    return journal_->signed_heads(from_position, count_max);
  }

  Result<std::uint64_t> watermark() override { return views_->watermark(); }
  Result<void> write_views(const ViewBatch& batch) override { return views_->write(batch); }
  Result<void> drop_views() override { return views_->drop(); }
  Result<std::optional<Found>> find(const MessageKey& key) override { return views_->find(key); }
  Result<std::string> newest_message(const std::string& provider) override {
    return views_->newest_message(provider);
  }
  Result<std::vector<StateRow>> state(std::span<const std::string> objects) override {
    return views_->state(objects);
  }
  Result<void> rows(ViewTable table, std::span<const ViewCell> from, const TakeRow& take) override {
    return views_->rows(table, from, take);
  }

  Result<void> backup(const std::string& folder) override;

 private:
  FolderLock lock_;
  std::unique_ptr<JournalDb> journal_;
  std::unique_ptr<ViewsDb> views_;
  std::string vfs_;
};

// The pages of a database, some at a time, from its writing connection: what is written in between is carried over by SQLite.
template <class Database>
Result<void> copy_database(Database& database, const std::string& path, const DatabaseKind& kind,
                           const std::string& vfs) {
  constexpr int pages_at_once = 256;
  if (auto created = create_database(path, kind, vfs); !created) return created;
  auto to = connect(path, kind, {vfs});
  if (!to) return std::unexpected(to.error());
  if (auto run = to->run("PRAGMA journal_mode=DELETE"); !run) return run;
  sqlite3_backup* copy = nullptr;
  auto begun = database.with_writer([&](Connection& from) -> Result<void> {
    copy = sqlite3_backup_init(to->handle(), "main", from.handle(), "main");
    if (copy == nullptr) return std::unexpected(to->error(sqlite3_extended_errcode(to->handle())));
    return {};
  });
  if (!begun) return begun;
  int result = SQLITE_OK;
  Result<void> stepped;
  while (result == SQLITE_OK || result == SQLITE_BUSY || result == SQLITE_LOCKED) {
    stepped = database.with_writer([&](Connection&) -> Result<void> {
      result = sqlite3_backup_step(copy, pages_at_once);
      return {};
    });
    if (!stepped) break;
    std::this_thread::sleep_for(std::chrono::microseconds(100));  // lets the writer in
  }
  const auto finished = database.with_writer([&](Connection&) -> Result<void> {
    result = sqlite3_backup_finish(copy);
    return {};
  });
  if (!finished) sqlite3_backup_finish(copy);  // the database was closed meanwhile: nobody else uses it
  if (!stepped) return stepped;
  if (!finished) return finished;
  if (result != SQLITE_OK) return std::unexpected(to->error(result));
  return {};
}

Result<void> EmbeddedStore::backup(const std::string& folder) {
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error))
    return refuse(Code::store_failed, folder + " is not empty");
  fs::create_directories(folder, error);
  if (error) return refuse(Code::store_failed, folder + ": " + error.message());
  // The views first: the journal, copied later, is then not behind them.
  if (auto done = copy_database(*views_, folder + "/views.db", views_kind(), vfs_); !done) return done;
  if (auto done = copy_database(*journal_, folder + "/journal.db", journal_kind, vfs_); !done) return done;
  return sync_folder(folder);
}

// An absent or empty folder becomes a store; one with other files is somebody else's.
Result<void> begin_store(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return refuse(Code::store_failed, folder + ": " + error.message());
  if (fs::exists(folder + "/journal.db")) return {};
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "views.db" || name == "head")
      return refuse(Code::store_damaged, folder + "/journal.db is missing");
    if (name != "lock" && !name.starts_with("journal.db.new")) return refuse(Code::store_not_ours, folder);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Store>> open_embedded(const std::string& folder, const EmbeddedOptions& options) {
  if (auto begun = begin_store(folder); !begun) return std::unexpected(begun.error());
  auto lock = FolderLock::take(folder);
  if (!lock) return std::unexpected(lock.error());
  if (!fs::exists(folder + "/journal.db"))
    if (auto created = create_database(folder + "/journal.db", journal_kind, options.vfs); !created)
      return std::unexpected(created.error());
  auto journal = JournalDb::open(folder, options);
  if (!journal) return std::unexpected(journal.error());
  auto views = ViewsDb::open(folder, options);
  if (!views) return std::unexpected(views.error());
  const auto head = (*journal)->head();
  if (!head) return std::unexpected(head.error());
  const auto watermark = (*views)->watermark();
  if (!watermark) return std::unexpected(watermark.error());
  if (*watermark > head->position)
    return refuse(Code::store_damaged, "journal.db: ends at record " + std::to_string(head->position) +
                                           ", but the views were made from " + std::to_string(*watermark));
  return std::make_unique<EmbeddedStore>(*std::move(lock), *std::move(journal), *std::move(views),
                                         options.vfs);
}

namespace {

Result<void> sync_all(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (auto synced = sync_file(entry.path().string()); !synced) return synced;
  if (error) return refuse(Code::store_failed, folder + ": " + error.message());
  return sync_folder(folder);
}

}  // namespace

Result<ChainReport> restore_embedded(const std::string& from, const std::string& to) {
  const std::string unfinished = to + ".new";
  std::error_code error;
  if (fs::exists(to, error) && !fs::is_empty(to, error))
    return refuse(Code::store_failed, to + " is not empty");
  if (!fs::exists(from + "/journal.db", error)) return refuse(Code::store_not_ours, from);
  fs::remove_all(unfinished, error);
  fs::create_directories(unfinished, error);
  for (const std::string_view name : {"/journal.db", "/views.db"}) {
    if (error || !fs::exists(from + std::string(name))) continue;
    fs::copy_file(from + std::string(name), unfinished + std::string(name), error);
  }
  Result<ChainReport> report = refuse(Code::store_failed, unfinished + ": " + error.message());
  if (!error) {
    const auto store = open_embedded(unfinished);
    report = store ? verify_chain(**store) : std::unexpected(store.error());
  }
  if (report)
    if (const auto synced = sync_all(unfinished); !synced) report = std::unexpected(synced.error());
  if (!report) {
    fs::remove_all(unfinished, error);
    return report;
  }
  fs::remove(to, error);  // an empty folder
  fs::rename(unfinished, to, error);
  if (error) return refuse(Code::store_failed, to + ": " + error.message());
  const fs::path parent = fs::absolute(to).parent_path();
  if (auto synced = sync_folder(parent.string()); !synced) return std::unexpected(synced.error());
  return report;
}

}  // namespace fenming
