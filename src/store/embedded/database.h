// One database file of the store: made whole or not at all, its format checked and brought up to date when opened, and its
// write-ahead log kept small.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>

#include "store/embedded/sqlite.h"

namespace fenming {

struct Migration {
  std::int64_t version;  // that the database has afterwards: 1, 2, 3 ...
  std::string sql;
};

struct DatabaseKind {
  std::int64_t application_id;  // in the header of the file
  int page_bytes;
  bool checked_pages;  // store/embedded/store_vfs.h
  std::span<const Migration> migrations;
};

struct ConnectionOptions {
  std::string vfs;  // below the checks
  std::size_t cache_bytes = 16 << 20;
  std::string_view synchronous = "FULL";
};

// Code::store_not_ours for a file of something else, store_version for one of a newer program.
Result<void> migrate(Connection& connection, const DatabaseKind& kind);
Result<void> create_database(const std::string& path, const DatabaseKind& kind, const std::string& vfs);
// Checks nothing: for further connections to a database that was opened by open_database.
Result<Connection> connect(const std::string& path, const DatabaseKind& kind,
                           const ConnectionOptions& options);
Result<Connection> open_database(const std::string& path, const DatabaseKind& kind,
                                 const ConnectionOptions& options);
// Makes what was written to a file, and a rename or a new file in a folder, outlive a power cut.
Result<void> sync_file(const std::string& path);
Result<void> sync_folder(const std::string& folder);

// The write-ahead log of one database stays below a size. A thread of its own moves pages from the log into the database while the
// writer goes on; the writer itself moves the small rest, after which the log begins anew. Pages that are synced in one go hold up the
// commits beside them, many small portions write a page many times: a log that took a quarter of a second or longer to its first 8 MB is
// moved from there on, one that grew faster when it has a quarter of its size.
class WalKeeper {
 public:
  static Result<std::unique_ptr<WalKeeper>> start(Connection& writer, const std::string& path,
                                                  const DatabaseKind& kind, const ConnectionOptions& options,
                                                  std::size_t wal_bytes_max);
  ~WalKeeper();
  WalKeeper(const WalKeeper&) = delete;
  WalKeeper& operator=(const WalKeeper&) = delete;

  // Before a transaction: an error when the log is over its size and cannot be moved.
  Result<void> room();
  void committed();  // after each
  // Everything into the database, the log empty: whatever a failed commit left in it is gone for good.
  Result<void> empty();

 private:
  WalKeeper(Connection& writer, std::size_t frame_bytes, std::size_t wal_bytes_max)
      : writer_(writer), frame_bytes_(frame_bytes), wal_bytes_max_(wal_bytes_max) {}
  void work();
  Result<void> begin_log_anew();
  void began();
  bool due(int frames);
  std::size_t bytes(int frames) const { return static_cast<std::size_t>(frames) * frame_bytes_; }

  Connection& writer_;
  Connection mover_;
  std::size_t frame_bytes_, wal_bytes_max_;
  int frames_ = 0, frames_before_ = 0;           // in the log; written by the writer's thread
  std::chrono::steady_clock::time_point began_;  // when the log did; the same
  std::optional<bool> slow_;  // whether it grew slowly; known when it has a portion; the same
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false, stop_ = false;  // guarded by mutex_
  int moved_ = 0;                       // the same: frames the last run found moved
  std::thread thread_;
};

}  // namespace fenming
