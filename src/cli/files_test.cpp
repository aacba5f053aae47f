#include "cli/files.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace fenming {
namespace {

namespace fs = std::filesystem;

// Also over a file that somebody left there for everybody.
TEST(Files, ASecretIsForItsOwner) {
  const fs::path path = fs::temp_directory_path() / ("fenming-secret-" + std::to_string(::getpid()));
  for (const fs::path& left : {path, fs::path(path.string() + ".new")}) {
    ASSERT_FALSE(write_file(left, "old"));
    fs::permissions(left, fs::perms::all);
  }
  ASSERT_FALSE(write_secret_file(path, "secret"));
  EXPECT_EQ(read_file(path).value_or(""), "secret");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  fs::remove(path);
}

}  // namespace
}  // namespace fenming
