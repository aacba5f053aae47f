#include "store/embedded/checked_vfs.h"

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

namespace fenming {
namespace {

constexpr int page_bytes_min = 512;
constexpr std::size_t page_bytes_max = 65'536;
thread_local std::uint64_t last_damaged_page = 0;

constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;  // multiplication by an odd number loses nothing
std::uint64_t folded(std::uint64_t sum, std::uint64_t word) { return std::rotl((sum ^ word) * odd, 29); }

std::uint64_t word_at(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

struct CheckedFile {
  sqlite3_file base;
  bool pages;  // a database: its pages are checked
  sqlite3_file* below;
};

CheckedFile& checked(sqlite3_file* file) { return *reinterpret_cast<CheckedFile*>(file); }
sqlite3_file* below(sqlite3_file* file) { return checked(file).below; }

bool is_page(int amount, sqlite3_int64 offset) {
  return amount >= page_bytes_min && std::has_single_bit(static_cast<unsigned>(amount)) &&
         offset % amount == 0;
}

std::uint64_t page_checksum(const char* page, int amount, sqlite3_int64 offset) {
  const auto content = static_cast<std::size_t>(amount - page_checksum_bytes);
  return checksum64({page, content}, static_cast<std::uint64_t>(offset / amount) + 1);
}

int close(sqlite3_file* file) {
  const int result = below(file)->pMethods->xClose(below(file));
  ::operator delete(below(file));
  return result;
}

int read(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  const int result = below(file)->pMethods->xRead(below(file), into, amount, offset);
  if (result != SQLITE_OK || !checked(file).pages || !is_page(amount, offset)) return result;
  const char* const page = static_cast<const char*>(into);
  if (word_at(page + amount - page_checksum_bytes) == page_checksum(page, amount, offset)) return SQLITE_OK;
  last_damaged_page = static_cast<std::uint64_t>(offset / amount) + 1;
  return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  const sqlite3_file* const lower = below(file);
  if (!checked(file).pages || !is_page(amount, offset))
    return lower->pMethods->xWrite(below(file), from, amount, offset);
  thread_local std::vector<char> page(page_bytes_max);
  std::memcpy(page.data(), from, static_cast<std::size_t>(amount));
  std::uint64_t sum = page_checksum(page.data(), amount, offset);
  if constexpr (std::endian::native == std::endian::big) sum = __builtin_bswap64(sum);
  std::memcpy(page.data() + amount - page_checksum_bytes, &sum, sizeof sum);
  return lower->pMethods->xWrite(below(file), page.data(), amount, offset);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  return below(file)->pMethods->xTruncate(below(file), size);
}
int sync(sqlite3_file* file, int flags) { return below(file)->pMethods->xSync(below(file), flags); }
int size_of(sqlite3_file* file, sqlite3_int64* size) {
  return below(file)->pMethods->xFileSize(below(file), size);
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

struct CheckedVfs {
  sqlite3_vfs vfs;
  std::string name;
};

sqlite3_vfs* vfs_below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* flags_out) {
  CheckedFile& opened = checked(file);
  sqlite3_vfs* const lower = vfs_below(vfs);
  opened.base.pMethods = nullptr;
  opened.pages = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  opened.below =
      static_cast<sqlite3_file*>(::operator new(static_cast<std::size_t>(lower->szOsFile), std::nothrow));
  if (opened.below == nullptr) return SQLITE_NOMEM;
  std::memset(opened.below, 0, static_cast<std::size_t>(lower->szOsFile));
  const int result = lower->xOpen(lower, path, opened.below, flags, flags_out);
  if (result == SQLITE_OK) {
    opened.base.pMethods = &methods;
    return SQLITE_OK;
  }
  if (opened.below->pMethods != nullptr) opened.below->pMethods->xClose(opened.below);
  ::operator delete(opened.below);
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

std::unique_ptr<CheckedVfs> make(sqlite3_vfs* lower) {
  auto made = std::make_unique<CheckedVfs>();
  made->name = std::string("checked-") + lower->zName;
  sqlite3_vfs& vfs = made->vfs;
  vfs = {};
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(CheckedFile);
  vfs.mxPathname = lower->mxPathname;
  vfs.zName = made->name.c_str();
  vfs.pAppData = lower;
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

std::uint64_t checksum64(std::string_view bytes, std::uint64_t seed) {
  std::array<std::uint64_t, 4> sums = {seed, seed + 1, seed + 2, seed + 3};
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 32; left -= 32, at += 32)
    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] = folded(sums[lane], word_at(at + 8 * lane));
  std::array<char, 32> tail = {};
  if (left > 0) std::memcpy(tail.data(), at, left);
  std::uint64_t sum = bytes.size();
  for (std::size_t lane = 0; lane < 4; ++lane) {
    sums[lane] = folded(sums[lane], word_at(tail.data() + 8 * lane));
    sum = folded(sum, sums[lane]);
  }
  return sum ^ (sum >> 32);
}

std::uint64_t damaged_page() { return last_damaged_page; }

std::string checked_vfs(const std::string& below) {
  static std::mutex mutex;
  static std::map<sqlite3_vfs*, std::unique_ptr<CheckedVfs>> made;  // SQLite keeps pointers to them
  const std::lock_guard guard(mutex);
  sqlite3_vfs* const lower = sqlite3_vfs_find(below.empty() ? nullptr : below.c_str());
  CHECK(lower != nullptr, "the file system below is known to SQLite");
  auto& entry = made[lower];
  if (!entry) {
    entry = make(lower);
    const int result = sqlite3_vfs_register(&entry->vfs, 0);
    CHECK(result == SQLITE_OK, "SQLite takes one more file system");
  }
  return entry->name;
}

}  // namespace fenming
