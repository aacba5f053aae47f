#include "cli/keys.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <sstream>
#include <thread>

#include "cli/arguments.h"
#include "cli/files.h"
#include "store/embedded/test_embedded.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

class KeyFolder : public testing::Test {
 protected:
  std::optional<std::string> opened(const std::string& psn_no, const std::string& sealed) const {
    const auto vault = open_vault(keys);
    return vault ? (*vault)->unseal(psn_no, sealed) : std::nullopt;
  }
  std::string sealed(const std::string& psn_no) const { return (*open_vault(keys))->seal(psn_no, "张三"); }
  std::string text(const char* name) const { return *read_file(fs::path(keys) / name); }
  void put(const char* name, const std::string& text) const {
    ASSERT_FALSE(write_secret_file(fs::path(keys) / name, text));
  }
  struct Said {
    int code;
    std::string out, err;
  };
  static Said run(std::vector<std::string> words) {
    words.insert(words.begin(), "fenming");
    words.insert(words.end(), {"--lang", "en"});
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    std::ostringstream out, err;
    Terminal terminal(out, err);
    const int code = run_arguments(static_cast<int>(arguments.size()), arguments.data(), terminal);
    return {code, out.str(), err.str()};
  }

  TestFolder folder;
  std::string keys = folder / "keys";
};

// LAW 4
TEST_F(KeyFolder, law_4_a_new_master_key_opens_what_was_sealed_before) {
  const std::string before = sealed("1");
  const std::string master = text("master.key"), ring = text("ring.txt");
  for (int times = 0; times < 2; ++times) {
    const Said said = run({"keys", "rotate", keys});
    ASSERT_EQ(said.code, exit_ok) << said.err;
    EXPECT_NE(said.out.find("256 data keys"), std::string::npos) << said.out;
  }
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_NE(text("ring.txt").find(" master-3 "), std::string::npos);
  EXPECT_FALSE(fs::exists(fs::path(keys) / "master.next"));
  put("master.key", master);
  EXPECT_FALSE(open_vault(keys)) << "the old master key is good for nothing";
  put("ring.txt", ring);
  EXPECT_EQ(opened("1", before), "张三") << "but for an older copy of the ring";
}

// LAW 4. Cut off after the new key was written, or after the ring was.
TEST_F(KeyFolder, law_4_a_rotation_that_was_cut_off_leaves_a_folder_that_opens) {
  const std::string before = sealed("1");
  const std::string master = text("master.key");
  put("master.next", std::string(64, 'a') + "\n");
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_EQ(text("master.key"), master);
  ASSERT_EQ(run({"keys", "rotate", keys}).code, exit_ok);
  const std::string next = text("master.key");
  put("master.next", next);
  put("master.key", master);
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_EQ(text("master.key"), next);
}

// LAW 4. Two at once: one after the other, and the folder opens.
TEST_F(KeyFolder, law_4_rotations_do_not_run_over_each_other) {
  const std::string before = sealed("1");
  std::vector<std::thread> rotating;
  std::atomic<int> done = 0;
  for (int i = 0; i < 4; ++i)
    rotating.emplace_back([&] {
      for (int times = 0; times < 5; ++times) done += rotate_master_key(keys) && open_vault(keys) ? 1 : 0;
    });
  for (std::thread& one : rotating) one.join();
  EXPECT_EQ(done, 20);
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_NE(text("ring.txt").find(" master-21 "), std::string::npos);
}

// Half of a folder is no new one: what is there may be all that opens the store.
TEST_F(KeyFolder, what_is_left_of_a_folder_is_not_written_over) {
  const std::string before = sealed("1");
  const std::string ring = text("ring.txt"), master = text("master.key");
  fs::remove(fs::path(keys) / "master.key");
  EXPECT_FALSE(open_vault(keys));
  EXPECT_EQ(text("ring.txt"), ring);
  put("master.key", std::string(64, 'b') + "\n");
  EXPECT_FALSE(open_vault(keys)) << "another master key";
  EXPECT_EQ(run({"keys", "rotate", keys}).code, exit_broken);
  put("master.key", master);
  EXPECT_EQ(opened("1", before), "张三");
}

TEST_F(KeyFolder, without_keys_nothing_is_made) {
  const Said said = run({"keys", "rotate", keys});
  EXPECT_EQ(said.code, exit_broken);
  EXPECT_NE(said.err.find("CLI-001"), std::string::npos) << said.err;
  EXPECT_FALSE(fs::exists(keys));
}

}  // namespace
}  // namespace fenming
