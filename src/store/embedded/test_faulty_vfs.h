// For tests: a file system for SQLite in which a chosen call fails. Syncs do not reach the disk: a test does not cut the power, it asks
// what the power could have taken.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <string>

namespace fenming {

enum class IoFault : std::uint8_t {
  refused,     // nothing happens, SQLITE_IOERR_...
  half,        // half of the bytes are written, then an error
  full,        // the same, as a full disk says it
  after_done,  // all of it happens, and yet an error is told
  lasting,     // refused, and so is everything after it until healed
};

class FaultyDisk {
 public:
  static FaultyDisk& get() {
    static FaultyDisk disk;
    return disk;
  }
  static const char* vfs() { return get().vfs_.zName; }

  void arm(std::int64_t nth_call, IoFault fault) {
    fault_ = fault;
    hit_ = false;
    left_ = nth_call;
  }
  void heal() { left_ = 0; }
  bool hit() const { return hit_; }
  // Write-ahead logs of a journal that were written to and not synced since.
  int unsynced_logs() const { return unsynced_logs_; }

 private:
  struct File {
    sqlite3_file base;
    sqlite3_file* below;
    bool log, unsynced;
  };
  enum class Then : std::uint8_t { go_on, fail, half, full, after };

  FaultyDisk() : below_(sqlite3_vfs_find(nullptr)) {
    vfs_ = *below_;
    vfs_.iVersion = 2;
    vfs_.zName = "faulty";
    vfs_.szOsFile = sizeof(File);
    vfs_.pNext = nullptr;
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 0);
  }

  Then next() {
    std::int64_t left = left_.load();
    while (left > 1 && !left_.compare_exchange_weak(left, left - 1)) {
    }
    if (left != 1) return Then::go_on;
    if (fault_ == IoFault::lasting) {
      hit_ = true;
      return Then::fail;
    }
    if (!left_.compare_exchange_strong(left, 0)) return Then::go_on;
    hit_ = true;
    switch (fault_.load()) {
      case IoFault::half: return Then::half;
      case IoFault::full: return Then::full;
      case IoFault::after_done: return Then::after;
      default: return Then::fail;
    }
  }

  static sqlite3_file* below(sqlite3_file* file) { return reinterpret_cast<File*>(file)->below; }
  static const sqlite3_io_methods& to(sqlite3_file* file) { return *below(file)->pMethods; }

  static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
    FaultyDisk& disk = get();
    auto* opened = reinterpret_cast<File*>(file);
    opened->base.pMethods = nullptr;
    opened->log = (flags & SQLITE_OPEN_WAL) != 0 && std::strstr(path, "journal.db") != nullptr;
    opened->unsynced = false;
    if (disk.next() != Then::go_on) return SQLITE_CANTOPEN;
    const auto size = static_cast<std::size_t>(disk.below_->szOsFile);
    opened->below = static_cast<sqlite3_file*>(::operator new(size));
    std::memset(opened->below, 0, size);
    const int result = disk.below_->xOpen(disk.below_, path, opened->below, flags, out);
    if (result == SQLITE_OK)
      opened->base.pMethods = &methods();
    else
      ::operator delete(opened->below);
    return result;
  }
  static void mark(sqlite3_file* file, bool unsynced) {
    auto* opened = reinterpret_cast<File*>(file);
    if (!opened->log || opened->unsynced == unsynced) return;
    opened->unsynced = unsynced;
    get().unsynced_logs_ += unsynced ? 1 : -1;
  }
  static int close(sqlite3_file* file) {
    mark(file, false);
    const int result = to(file).xClose(below(file));
    ::operator delete(below(file));
    return result;
  }
  static int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 at) {
    if (get().next() != Then::go_on) return SQLITE_IOERR_READ;
    return to(file).xRead(below(file), into, amount, at);
  }
  static int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 at) {
    const Then then = get().next();
    if (then == Then::fail) return SQLITE_IOERR_WRITE;
    mark(file, true);
    const bool half = then == Then::half || then == Then::full;
    const int result = to(file).xWrite(below(file), from, half ? amount / 2 : amount, at);
    if (result != SQLITE_OK || then == Then::go_on) return result;
    return then == Then::full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
  }
  static int truncate(sqlite3_file* file, sqlite3_int64 size) {
    const Then then = get().next();
    if (then == Then::fail || then == Then::half || then == Then::full) return SQLITE_IOERR_TRUNCATE;
    const int result = to(file).xTruncate(below(file), size);
    return then == Then::after ? SQLITE_IOERR_TRUNCATE : result;
  }
  static int sync(sqlite3_file* file, int) {
    if (get().next() != Then::go_on) return SQLITE_IOERR_FSYNC;
    mark(file, false);
    return SQLITE_OK;
  }
  static int size_of(sqlite3_file* file, sqlite3_int64* size) {
    return to(file).xFileSize(below(file), size);
  }
  static int lock(sqlite3_file* file, int level) { return to(file).xLock(below(file), level); }
  static int unlock(sqlite3_file* file, int level) { return to(file).xUnlock(below(file), level); }
  static int reserved(sqlite3_file* file, int* out) { return to(file).xCheckReservedLock(below(file), out); }
  static int control(sqlite3_file* file, int operation, void* argument) {
    return to(file).xFileControl(below(file), operation, argument);
  }
  static int sector(sqlite3_file* file) { return to(file).xSectorSize(below(file)); }
  static int traits(sqlite3_file* file) { return to(file).xDeviceCharacteristics(below(file)); }
  static int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
    if (get().next() != Then::go_on) return SQLITE_IOERR_SHMMAP;
    return to(file).xShmMap(below(file), region, size, extend, at);
  }
  static int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return to(file).xShmLock(below(file), offset, count, flags);
  }
  static void shm_barrier(sqlite3_file* file) { to(file).xShmBarrier(below(file)); }
  static int shm_unmap(sqlite3_file* file, int remove) { return to(file).xShmUnmap(below(file), remove); }

  static const sqlite3_io_methods& methods() {
    static const sqlite3_io_methods all = {
        2,       close,  read,   write,   truncate, sync,        size_of,   lock,    unlock, reserved,
        control, sector, traits, shm_map, shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};
    return all;
  }

  sqlite3_vfs* below_;
  sqlite3_vfs vfs_;
  std::atomic<std::int64_t> left_ = 0;  // calls until the fault; 0: none to come
  std::atomic<IoFault> fault_ = IoFault::refused;
  std::atomic<bool> hit_ = false;
  std::atomic<int> unsynced_logs_ = 0;
};

}  // namespace fenming
