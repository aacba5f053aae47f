#include "server/line_log.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/date.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "fenming-log-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  std::vector<std::string> lines(const std::string& file) const {
    std::ifstream in(path / file, std::ios::binary);
    std::vector<std::string> out;
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
};

std::unique_ptr<LineLog> opened(const fs::path& path) {
  auto log = LineLog::open(path.string(), "access");
  if (!log) ADD_FAILURE() << to_text(log.error(), Language::en);
  return log ? std::move(*log) : nullptr;
}

const Instant day{day_begin(*make_date(2026, 11, 22)).ms + 1'000};
const Instant next_day{day.ms + 86'400'000};

std::string value(const std::string& line, const std::string& key) {
  const std::size_t at = line.find("\"" + key + "\":");
  std::string rest = line.substr(at + key.size() + 3);
  if (rest.starts_with('"')) rest.erase(0, 1);
  return rest.substr(0, rest.find_first_of("\",}"));
}

// Each line names the digest of the one before, and is numbered by one more.
void expect_chain(const std::vector<std::string>& lines) {
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(value(lines[i], "after"), to_hex(bytes_of(sm3(lines[i - 1] + "\n")))) << i;
    EXPECT_EQ(std::stoul(value(lines[i], "n")), std::stoul(value(lines[i - 1], "n")) + 1);
  }
}

// REQ SEC-06
TEST(LineLog, lines_are_chained_over_days_and_restarts) {
  const Folder folder;
  {
    auto log = opened(folder.path);
    log->add(day, "{\"a\":1");
    log->add(day, "{\"a\":2");
    log->flush();
    EXPECT_EQ(folder.lines("access-2026-11-22.ndjson").size(), 2U);
    log->add(next_day, "{\"a\":3");
  }
  {
    auto log = opened(folder.path);
    log->add(next_day, "{\"a\":4");
  }
  std::vector<std::string> all = folder.lines("access-2026-11-22.ndjson");
  for (const std::string& line : folder.lines("access-2026-11-23.ndjson")) all.push_back(line);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(value(all[0], "n"), "1");
  EXPECT_EQ(value(all[0], "after"), std::string(64, '0'));
  EXPECT_EQ(value(all[3], "a"), "4");
  expect_chain(all);
}

TEST(LineLog, goes_on_behind_a_line_that_a_crash_cut_off) {
  const Folder folder;
  {
    auto log = opened(folder.path);
    log->add(day, "{\"a\":1");
  }
  fs::resize_file(folder.path / "access-2026-11-22.ndjson",
                  fs::file_size(folder.path / "access-2026-11-22.ndjson") - 9);
  {
    auto log = opened(folder.path);
    log->add(day, "{\"a\":2");
  }
  const auto lines = folder.lines("access-2026-11-22.ndjson");
  ASSERT_EQ(lines.size(), 2U);
  expect_chain(lines);
}

TEST(LineLog, is_for_its_owner) {
  const Folder folder;
  opened(folder.path)->add(day, "{\"a\":1");
  struct stat about{};
  ASSERT_EQ(::stat((folder.path / "access-2026-11-22.ndjson").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
}

TEST(LineLog, a_folder_that_cannot_be_written_to_is_an_error) {
  const Folder folder;
  std::ofstream(folder.path / "file") << "x";
  const auto below_a_file = LineLog::open((folder.path / "file" / "access").string(), "access");
  ASSERT_FALSE(below_a_file);
  EXPECT_EQ(below_a_file.error().code, Code::file_unwritable);
  EXPECT_FALSE(LineLog::open("/proc", "access"));
}

TEST(LineLog, lines_that_cannot_be_written_are_counted) {
  const Folder folder;
  auto log = opened(folder.path / "gone");
  fs::remove_all(folder.path / "gone");
  log->add(day, "{\"a\":1");
  log->add(next_day, "{\"a\":2");
  log->flush();
  EXPECT_EQ(log->lost(), 2U);
  fs::create_directory(folder.path / "gone");
  log->add(day, "{\"a\":3");
  log->flush();
  EXPECT_EQ(log->lost(), 2U);
  EXPECT_EQ(value(folder.lines("gone/access-2026-11-22.ndjson").at(0), "n"), "3");  // the gap shows
}

}  // namespace
}  // namespace fenming
