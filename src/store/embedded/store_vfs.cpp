#include "store/embedded/store_vfs.h"

#include <sqlite3.h>

#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <vector>

#include "base/check.h"
#include "store/checksum.h"
#include "store/embedded/log_buffer.h"
#include "store/embedded/write_behind.h"

namespace fenming {
namespace {

constexpr int page_bytes_min = 512;
constexpr std::size_t page_bytes_max = 65'536;
thread_local std::uint64_t last_damaged_page = 0;

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

struct StoreFile {
  sqlite3_file base;
  bool pages;  // a database whose pages are checked
  sqlite3_file* below;
  LogBuffer* log;         // of a write-ahead log
  WriteBehind* portions;  // of both
};

StoreFile& opened(sqlite3_file* file) { return *reinterpret_cast<StoreFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return opened(file).below; }

int flush(sqlite3_file* file) { return opened(file).log == nullptr ? SQLITE_OK : opened(file).log->flush(); }

bool is_page(int amount, sqlite3_int64 offset) {
  return amount >= page_bytes_min && std::has_single_bit(static_cast<unsigned>(amount)) &&
         offset % amount == 0;
}

std::uint64_t page_checksum(const char* page, int amount, sqlite3_int64 offset) {
  const auto content = static_cast<std::size_t>(amount - page_checksum_bytes);
  return checksum64({page, content}, static_cast<std::uint64_t>(offset / amount) + 1);
}

int close(sqlite3_file* file) {
  delete opened(file).log;
  const int result = below(file)->pMethods->xClose(below(file));
  delete opened(file).portions;  // last: its descriptor's end drops the process's locks on the file
  ::operator delete(below(file));
  return result;
}

int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  if (const int flushed = flush(file); flushed != SQLITE_OK) return flushed;
  const int result = below(file)->pMethods->xRead(below(file), into, amount, offset);
  if (result != SQLITE_OK || !opened(file).pages || !is_page(amount, offset)) return result;
  const char* const page = static_cast<const char*>(into);
  if (word_at(page + amount - page_checksum_bytes) == page_checksum(page, amount, offset)) return SQLITE_OK;
  last_damaged_page = static_cast<std::uint64_t>(offset / amount) + 1;
  return SQLITE_IOERR_DATA;
}

int write_page(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  const sqlite3_file* const lower = below(file);
  if (!opened(file).pages || !is_page(amount, offset))
    return lower->pMethods->xWrite(below(file), from, amount, offset);
  thread_local std::vector<char> page(page_bytes_max);
  std::memcpy(page.data(), from, static_cast<std::size_t>(amount));
  std::uint64_t sum = page_checksum(page.data(), amount, offset);
  if constexpr (std::endian::native == std::endian::big) sum = __builtin_bswap64(sum);
  std::memcpy(page.data() + amount - page_checksum_bytes, &sum, sizeof sum);
  return lower->pMethods->xWrite(below(file), page.data(), amount, offset);
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  if (opened(file).log != nullptr)
    return opened(file).log->write(static_cast<const char*>(from), amount, offset);
  const int result = write_page(file, from, amount, offset);
  if (result == SQLITE_OK && opened(file).portions != nullptr)
    opened(file).portions->wrote(offset, static_cast<std::size_t>(amount));
  return result;
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  const int flushed = flush(file);
  return flushed != SQLITE_OK ? flushed : below(file)->pMethods->xTruncate(below(file), size);
}

int sync(sqlite3_file* file, int flags) {
  const int flushed = flush(file);
  if (opened(file).portions != nullptr) opened(file).portions->synced();
  return flushed != SQLITE_OK ? flushed : below(file)->pMethods->xSync(below(file), flags);
}

int size_of(sqlite3_file* file, sqlite3_int64* size) {
  const int flushed = flush(file);
  return flushed != SQLITE_OK ? flushed : below(file)->pMethods->xFileSize(below(file), size);
}

int lock(sqlite3_file* file, int level) { return below(file)->pMethods->xLock(below(file), level); }
int unlock(sqlite3_file* file, int level) { return below(file)->pMethods->xUnlock(below(file), level); }
int reserved(sqlite3_file* file, int* out) {
  return below(file)->pMethods->xCheckReservedLock(below(file), out);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}
int sector(sqlite3_file* file) { return below(file)->pMethods->xSectorSize(below(file)); }
int traits(sqlite3_file* file) { return below(file)->pMethods->xDeviceCharacteristics(below(file)); }
int shm_map(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, at);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { below(file)->pMethods->xShmBarrier(below(file)); }
int shm_unmap(sqlite3_file* file, int remove) {
  return below(file)->pMethods->xShmUnmap(below(file), remove);
}

// Version 2: no memory mapping, which would go around the checks.
constexpr sqlite3_io_methods methods = {2,        close,       read,      write,   truncate, sync,   size_of,
                                        lock,     unlock,      reserved,  control, sector,   traits, shm_map,
                                        shm_lock, shm_barrier, shm_unmap, nullptr, nullptr};

struct StoreVfs {
  sqlite3_vfs vfs;
  std::string name;
  sqlite3_vfs* below;
  bool checked_pages;
};

sqlite3_vfs* vfs_below(sqlite3_vfs* vfs) { return static_cast<StoreVfs*>(vfs->pAppData)->below; }

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  StoreFile& made = opened(file);
  sqlite3_vfs* const lower = vfs_below(vfs);
  made = {};
  made.pages = (flags & SQLITE_OPEN_MAIN_DB) != 0 && static_cast<StoreVfs*>(vfs->pAppData)->checked_pages;
  const auto size = static_cast<std::size_t>(lower->szOsFile);
  made.below = static_cast<sqlite3_file*>(::operator new(size, std::nothrow));
  if (made.below == nullptr) return SQLITE_NOMEM;
  std::memset(made.below, 0, size);
  const int result = lower->xOpen(lower, path, made.below, flags, flags_out);
  if (result == SQLITE_OK) {
    made.base.pMethods = &methods;
    if ((flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) != 0 && path != nullptr)
      made.portions = new WriteBehind(path);
    if ((flags & SQLITE_OPEN_WAL) != 0)
      made.log = new LogBuffer(
          [file = made.below, portions = made.portions](const void* from, int amount, std::int64_t offset) {
            const int done = file->pMethods->xWrite(file, from, amount, offset);
            if (done == SQLITE_OK && portions != nullptr)
              portions->wrote(offset, static_cast<std::size_t>(amount));
            return done;
          });
    return SQLITE_OK;
  }
  if (made.below->pMethods != nullptr) made.below->pMethods->xClose(made.below);
  ::operator delete(made.below);
  return result;
}

// The other calls get the lower file system itself.
int remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  return vfs_below(vfs)->xDelete(vfs_below(vfs), path, sync_folder);
}
int access(sqlite3_vfs* vfs, const char* path, int flags, int* out) {
  return vfs_below(vfs)->xAccess(vfs_below(vfs), path, flags, out);
}
int full_path(sqlite3_vfs* vfs, const char* path, int size, char* out) {
  return vfs_below(vfs)->xFullPathname(vfs_below(vfs), path, size, out);
}
int randomness(sqlite3_vfs* vfs, int size, char* out) {
  return vfs_below(vfs)->xRandomness(vfs_below(vfs), size, out);
}
int sleep(sqlite3_vfs* vfs, int microseconds) { return vfs_below(vfs)->xSleep(vfs_below(vfs), microseconds); }
int current_time(sqlite3_vfs* vfs, sqlite3_int64* time) {
  return vfs_below(vfs)->xCurrentTimeInt64(vfs_below(vfs), time);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return vfs_below(vfs)->xGetLastError(vfs_below(vfs), size, out);
}

std::unique_ptr<StoreVfs> make(sqlite3_vfs* lower, bool checked_pages) {
  auto made = std::make_unique<StoreVfs>();
  made->name = std::string(checked_pages ? "fenming-checked-" : "fenming-") + lower->zName;
  made->below = lower;
  made->checked_pages = checked_pages;
  sqlite3_vfs& vfs = made->vfs;
  vfs = {};
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(StoreFile);
  vfs.mxPathname = lower->mxPathname;
  vfs.zName = made->name.c_str();
  vfs.pAppData = made.get();
  vfs.xOpen = open;
  vfs.xDelete = remove;
  vfs.xAccess = access;
  vfs.xFullPathname = full_path;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTimeInt64 = current_time;
  vfs.xGetLastError = last_error;
  return made;
}

}  // namespace

std::uint64_t damaged_page() { return last_damaged_page; }

std::string store_vfs(const std::string& below, bool checked_pages) {
  static std::mutex mutex;
  static std::map<std::pair<sqlite3_vfs*, bool>, std::unique_ptr<StoreVfs>>
      made;  // SQLite keeps pointers to them
  const std::lock_guard guard(mutex);
  sqlite3_vfs* const lower = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
  CHECK(lower != nullptr, "the file system below is known to SQLite");
  auto& entry = made[{lower, checked_pages}];
  if (!entry) {
    entry = make(lower, checked_pages);
    const int result = sqlite3_vfs_register(&entry->vfs, 0);
    CHECK(result == SQLITE_OK, "SQLite takes one more file system");
  }
  return entry->name;
}

}  // namespace fenming
