// A copy that is told as restored outlives a power cut: its files were synced before. This program's fsync notes what is synced.
#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>
#include <set>

#include "store/embedded/test_embedded.h"

namespace {

std::mutex synced_mutex;
std::set<std::string>* synced = nullptr;  // names of files, while a test looks

}  // namespace

extern "C" int fsync(int file) {
  {
    const std::lock_guard lock(synced_mutex);
    std::error_code error;
    if (synced != nullptr)
      synced->insert(
          std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), error).filename());
  }
  return static_cast<int>(::syscall(SYS_fsync, file));
}

namespace fenming {
namespace {

// REQ SEC-08
TEST(Restore, files_are_synced_before_it_is_told_as_done) {
  const TestFolder folder;
  {
    const auto store = open_embedded(folder / "s", quick_options()).value();
    ASSERT_TRUE(store->append(test_records(1, 40), store->head().value()));
    ASSERT_TRUE(store->write_views(test_views(0, 40)));
    ASSERT_TRUE(store->backup(folder / "copy"));
  }
  std::set<std::string> names;
  {
    const std::lock_guard lock(synced_mutex);
    synced = &names;
  }
  const auto restored = restore_embedded(folder / "copy", folder / "r");
  {
    const std::lock_guard lock(synced_mutex);
    synced = nullptr;
  }
  ASSERT_TRUE(restored) << to_text(restored.error(), Language::en);
  for (const char* name : {"journal.db", "views.db", "head", "r.new"})
    EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace fenming
