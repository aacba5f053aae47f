#include "store/embedded/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/check.h"
#include "store/embedded/store_vfs.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::string vfs_of(const DatabaseKind& kind, const std::string& below) {
  return store_vfs(below, kind.checked_pages);
}

Error failed(std::string what) { return {Code::store_failed, "", std::move(what), {}}; }

void remove_database(const std::string& path) {
  std::error_code ignored;  // what is not there need not go; what cannot go is met by whoever makes it anew
  for (const std::string_view suffix : {"", "-wal", "-shm", "-journal"})
    fs::remove(path + std::string(suffix), ignored);
}

Result<void> fill(Connection& connection, const DatabaseKind& kind) {
  int reserved = kind.checked_pages ? page_checksum_bytes : 0;
  sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved);
  const std::string begin = "PRAGMA page_size=" + std::to_string(kind.page_bytes) +
                            "; PRAGMA synchronous=FULL; PRAGMA secure_delete=OFF;";
  if (auto run = connection.run(begin); !run) return run;
  if (auto run = connection.run("PRAGMA application_id=" + std::to_string(kind.application_id)); !run)
    return run;
  if (auto migrated = migrate(connection, kind); !migrated) return migrated;
  return connection.run("PRAGMA journal_mode=WAL");
}

}  // namespace

namespace {

Result<void> sync(const std::string& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = file >= 0 && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!done) return std::unexpected(failed(path + ": " + std::strerror(error)));
  return {};
}

}  // namespace

Result<void> sync_file(const std::string& path) { return sync(path, O_RDONLY); }
Result<void> sync_folder(const std::string& folder) { return sync(folder, O_RDONLY | O_DIRECTORY); }

Result<void> migrate(Connection& connection, const DatabaseKind& kind) {
  const auto id = connection.ask("PRAGMA application_id");
  if (!id) return std::unexpected(id.error());
  if (*id != kind.application_id)
    return std::unexpected(Error{Code::store_not_ours, "", connection.file(), {}});
  const auto version = connection.ask("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const std::int64_t newest = kind.migrations.back().version;
  if (*version > newest)
    return std::unexpected(
        Error{Code::store_version, "", std::to_string(*version), {std::to_string(newest)}});
  if (*version == newest) return {};
  auto transaction = SqlTransaction::begin(connection);
  if (!transaction) return std::unexpected(transaction.error());
  for (const Migration& migration : kind.migrations) {
    if (migration.version <= *version) continue;
    if (auto run = connection.run(migration.sql); !run) return run;
  }
  if (auto run = connection.run("PRAGMA user_version=" + std::to_string(newest)); !run) return run;
  return transaction->commit();
}

Result<void> create_database(const std::string& path, const DatabaseKind& kind, const std::string& vfs) {
  const std::string unfinished = path + ".new";
  remove_database(unfinished);
  auto connection = Connection::open(unfinished, true, vfs_of(kind, vfs));
  if (!connection) return std::unexpected(connection.error());
  auto filled = fill(*connection, kind);
  connection->close();
  if (!filled) {
    remove_database(unfinished);
    return filled;
  }
  std::error_code error;
  fs::rename(unfinished, path, error);
  if (error) return std::unexpected(failed(path + ": " + error.message()));
  return sync_folder(fs::path(path).parent_path().string());
}

Result<Connection> connect(const std::string& path, const DatabaseKind& kind,
                           const ConnectionOptions& options) {
  auto connection = Connection::open(path, false, vfs_of(kind, options.vfs));
  if (!connection) return connection;
  const std::string sql = "PRAGMA synchronous=" + std::string(options.synchronous) + "; PRAGMA cache_size=-" +
                          std::to_string(options.cache_bytes >> 10) +
                          "; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=OFF; PRAGMA "
                          "cell_size_check=ON; PRAGMA temp_store=MEMORY";
  if (auto run = connection->run(sql); !run) return std::unexpected(run.error());
  return connection;
}

Result<Connection> open_database(const std::string& path, const DatabaseKind& kind,
                                 const ConnectionOptions& options) {
  auto connection = connect(path, kind, options);
  if (!connection) return connection;
  if (auto migrated = migrate(*connection, kind); !migrated) return std::unexpected(migrated.error());
  return connection;
}

Result<std::unique_ptr<WalKeeper>> WalKeeper::start(Connection& writer, const std::string& path,
                                                    const DatabaseKind& kind,
                                                    const ConnectionOptions& options,
                                                    std::size_t wal_bytes_max) {
  constexpr std::size_t frame_header_bytes = 24;
  std::unique_ptr<WalKeeper> keeper(
      new WalKeeper(writer, static_cast<std::size_t>(kind.page_bytes) + frame_header_bytes, wal_bytes_max));
  auto mover = connect(path, kind, options);
  if (!mover) return std::unexpected(mover.error());
  keeper->mover_ = *std::move(mover);
  const auto hook = [](void* self, sqlite3*, const char*, int frames) {
    static_cast<WalKeeper*>(self)->frames_ = frames;
    return SQLITE_OK;
  };
  sqlite3_wal_hook(writer.handle(), hook, keeper.get());
  keeper->thread_ = std::thread([self = keeper.get()] { self->work(); });
  return keeper;
}

WalKeeper::~WalKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (writer_.is_open()) sqlite3_wal_hook(writer_.handle(), nullptr, nullptr);
}

void WalKeeper::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return wanted_ || stop_; });
    if (stop_) return;
    lock.unlock();
    int in_log = 0, moved = 0;
    // When it fails, the log grows until room() meets the same fault and tells it.
    sqlite3_wal_checkpoint_v2(mover_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
    lock.lock();
    moved_ = moved;
    wanted_ = false;
    changed_.notify_all();
  }
}

void WalKeeper::began() {
  began_ = std::chrono::steady_clock::now();
  slow_.reset();
}

Result<void> WalKeeper::begin_log_anew() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !wanted_; });
    moved_ = 0;
  }
  const int result =
      sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
  if (result != SQLITE_OK) return std::unexpected(writer_.error(result));
  frames_ = frames_before_ = 0;
  began();
  return {};
}

Result<void> WalKeeper::room() {
  if (bytes(frames_) <= wal_bytes_max_) return {};
  auto begun = begin_log_anew();
  // Somebody reads an old state for long: settlement does not wait for that.
  if (!begun && sqlite3_errcode(writer_.handle()) == SQLITE_BUSY) return {};
  return begun;
}

bool WalKeeper::due(int frames) {
  constexpr std::size_t portion_bytes = 8 << 20;
  constexpr std::chrono::milliseconds pause{250};
  if (bytes(frames) >= wal_bytes_max_ / 4) return true;
  if (bytes(frames) < portion_bytes) return false;
  if (!slow_) slow_ = std::chrono::steady_clock::now() - began_ >= pause;
  return *slow_;
}

void WalKeeper::committed() {
  const int frames = frames_;
  bool began_anew = frames < frames_before_;
  {
    // A log that was moved as a whole may begin anew with a transaction larger than itself: its size does not tell.
    const std::lock_guard lock(mutex_);
    began_anew = began_anew || (moved_ > 0 && moved_ >= frames_before_);
    if (began_anew) moved_ = 0;
  }
  const int of_this = frames > frames_before_ ? frames - frames_before_ : frames;
  frames_before_ = frames;
  if (began_anew) began();
  if (!due(frames)) return;
  const bool full = bytes(frames + of_this) > wal_bytes_max_ / 4 * 3;
  bool finish = full;
  {
    const std::lock_guard lock(mutex_);
    if (wanted_ && !full) return;
    constexpr std::size_t small_rest_bytes = 1 << 20;
    if (!wanted_ && moved_ > 0 && moved_ <= frames && bytes(frames - moved_) <= small_rest_bytes)
      finish = true;
    if (!finish) wanted_ = true;
  }
  if (!finish) {
    changed_.notify_all();
    return;
  }
  // The transaction is durable whatever becomes of this; room() tells a fault that lasts.
  static_cast<void>(begin_log_anew());
}

Result<void> WalKeeper::empty() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !wanted_; });
    moved_ = 0;
  }
  int in_log = 0;
  const int result =
      sqlite3_wal_checkpoint_v2(writer_.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, &in_log, nullptr);
  if (result != SQLITE_OK) return std::unexpected(writer_.error(result));
  CHECK(in_log == 0, "a truncated log is empty");
  frames_ = frames_before_ = 0;
  began();
  return {};
}

}  // namespace fenming
