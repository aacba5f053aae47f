#include "store/embedded/write_behind.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/embedded/sqlite.h"
#include "store/embedded/store_vfs.h"
#include "store/embedded/test_embedded.h"

namespace fenming {
namespace {

// Whether another process sees somebody's lock on the file: a process is never told of its own.
bool locked_for_others(const std::string& path) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    const bool seen = ::fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::_exit(seen ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

// The system drops a process's locks on a file with the first descriptor of it that is closed, whichever that is.
TEST(WriteBehind, a_closed_connection_leaves_the_locks_of_the_others) {
  const TestFolder folder;
  const std::string path = folder / "db";
  auto one = Connection::open(path, true, store_vfs("", false));
  ASSERT_TRUE(one);
  ASSERT_TRUE(one->run("PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(1)"));
  ASSERT_TRUE(locked_for_others(path));
  for (const bool checked : {false, true}) {
    auto other = Connection::open(path, false, store_vfs("", checked));
    ASSERT_TRUE(other);
    static_cast<void>(other->run("SELECT a FROM t"));
    other->close();
    EXPECT_TRUE(locked_for_others(path));
  }
  one->close();
  EXPECT_FALSE(locked_for_others(path));
}

TEST(WriteBehind, a_file_that_is_not_there_hurts_nobody) {
  WriteBehind nothing("/nowhere/at/all");
  nothing.synced();
  nothing.wrote(0, 1 << 20);
}

TEST(WriteBehind, what_is_written_is_what_is_read) {
  const TestFolder folder;
  auto database = Connection::open(folder / "db", true, store_vfs("", false));
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE t(a)"));
  for (int round = 0; round < 3; ++round) {  // synced by the first checkpoint, portions in the others
    ASSERT_TRUE(
        database->run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
                      "INSERT INTO t SELECT randomblob(1000) FROM n; PRAGMA wal_checkpoint(FULL)"));
    EXPECT_EQ(database->ask("SELECT count(*) FROM t WHERE length(a) = 1000").value(), 2000 * (round + 1));
  }
  EXPECT_EQ(database->ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'").value(),
            1);
}

}  // namespace
}  // namespace fenming
