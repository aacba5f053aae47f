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
    EXPECT_NE(said.out.find("272 data keys"), std::string::npos) << said.out;
  }
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_NE(text("ring.txt").find(" master-3 "), std::string::npos);
  EXPECT_FALSE(fs::exists(fs::path(keys) / "master.key.next"));
  put("master.key", master);
  EXPECT_FALSE(open_vault(keys)) << "the old master key is good for nothing";
  put("ring.txt", ring);
  EXPECT_EQ(opened("1", before), "张三") << "but for an older copy of the ring";
}

// LAW 4. Cut off after the new key was written, or after the ring was.
TEST_F(KeyFolder, law_4_a_rotation_that_was_cut_off_leaves_a_folder_that_opens) {
  const std::string before = sealed("1");
  const std::string master = text("master.key");
  put("master.key.next", std::string(64, 'a') + "\n");
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_EQ(text("master.key"), master);
  ASSERT_EQ(run({"keys", "rotate", keys}).code, exit_ok);
  const std::string next = text("master.key");
  for (const char* name : {"master.key.next", "master.next"}) {  // the second: of an earlier version
    put(name, next);
    put("master.key", master);
    EXPECT_EQ(opened("1", before), "张三") << name;
    EXPECT_EQ(text("master.key"), next);
  }
}

// The master key may lie elsewhere, the folder holding a link to it: it stays there.
TEST_F(KeyFolder, law_4_a_rotation_follows_a_link_to_the_master_key) {
  const std::string before = sealed("1");
  const fs::path link = fs::path(keys) / "master.key", elsewhere = fs::path(folder / "vault");
  fs::create_directories(elsewhere);
  fs::rename(link, elsewhere / "m.key");
  fs::create_symlink(elsewhere / "m.key", link);
  const std::string master = text("master.key");
  ASSERT_EQ(run({"keys", "rotate", keys}).code, exit_ok);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_NE(*read_file(elsewhere / "m.key"), master);
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_EQ(std::distance(fs::directory_iterator(elsewhere), fs::directory_iterator()), 1);
}

// LAW 4. Two folders keep their master keys in one place: a rotation of one that was cut off survives one of the other.
TEST_F(KeyFolder, law_4_folders_with_master_keys_in_one_place_do_not_meet) {
  const std::string before = sealed("1"), other = folder / "other";
  const fs::path elsewhere = fs::path(folder / "vault");
  fs::create_directories(elsewhere);
  ASSERT_TRUE(open_vault(other));
  for (const auto& [keys_of, name] : {std::pair{keys, "a.key"}, {other, "b.key"}}) {
    fs::rename(fs::path(keys_of) / "master.key", elsewhere / name);
    fs::create_symlink(elsewhere / name, fs::path(keys_of) / "master.key");
  }
  const std::string master = text("master.key");
  ASSERT_EQ(run({"keys", "rotate", keys}).code, exit_ok);
  ASSERT_FALSE(
      write_secret_file(elsewhere / "a.key.next", text("master.key")));  // as if cut off before the last step
  ASSERT_FALSE(write_secret_file(elsewhere / "a.key", master));
  ASSERT_EQ(run({"keys", "rotate", other}).code, exit_ok);
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_TRUE(open_vault(other));
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

// LAW 4. One group is gone for good, the others stay, and what comes later has a key of its own.
TEST_F(KeyFolder, law_4_an_erased_group_cannot_be_read_again) {
  const std::string other = Vault::group_of("1") == Vault::group_of("2") ? "3" : "2";
  const std::string before = sealed("1"), stays = sealed(other), ring = text("ring.txt");
  const Said asked = run({"keys", "erase", keys, "--person", "1"});
  EXPECT_EQ(asked.code, exit_bad_input);
  EXPECT_NE(asked.err.find("CLI-016"), std::string::npos) << asked.err;
  EXPECT_EQ(text("ring.txt"), ring);
  const Said said = run({"keys", "erase", keys, "--person", "1", "--yes"});
  ASSERT_EQ(said.code, exit_ok) << said.err;
  EXPECT_NE(said.out.find("group " + Vault::group_of("1")), std::string::npos) << said.out;
  EXPECT_EQ(opened("1", before), std::nullopt);
  EXPECT_EQ(opened(other, stays), "张三");
  const std::string after = sealed("1");
  ASSERT_EQ(run({"keys", "rotate", keys}).code, exit_ok);
  EXPECT_EQ(opened("1", after), "张三");
  ASSERT_EQ(run({"keys", "erase", keys, Vault::group_of("1"), "--yes"}).code, exit_ok);
  EXPECT_EQ(opened("1", after), std::nullopt);
  EXPECT_EQ(opened(other, stays), "张三");
  EXPECT_EQ(opened("1", sealed("1")), "张三");
}

// LAW 4. Who has the folder open would go on sealing under a key that is gone.
TEST_F(KeyFolder, law_4_nothing_is_erased_under_an_open_vault) {
  const std::string before = sealed("1");
  {
    const auto open = open_vault(keys);
    const Said said = run({"keys", "erase", keys, "g000", "--yes"});
    EXPECT_EQ(said.code, exit_bad_input);
    EXPECT_NE(said.err.find("CLI-014"), std::string::npos) << said.err;
    ASSERT_EQ(run({"keys", "rotate", keys}).code, exit_ok) << "a new master key disturbs nobody";
  }
  for (const char* group : {"g256", "g1", "p16", "g000.2", ""})
    EXPECT_NE(run({"keys", "erase", keys, group, "--yes"}).code, exit_ok) << group;
  EXPECT_EQ(opened("1", before), "张三");
  EXPECT_EQ(run({"keys", "erase", keys, "g000", "--yes"}).code, exit_ok);
}

// A folder of an earlier version, from before providers had keys of their own.
TEST_F(KeyFolder, a_folder_without_keys_of_providers_gets_them) {
  const std::string before = sealed("1");
  std::string ring = text("ring.txt");
  ring.erase(ring.find("key p00"));
  put("ring.txt", ring);
  EXPECT_EQ(opened("1", before), "张三");
  const std::string now = text("ring.txt");
  EXPECT_NE(now.find("key p15 master-1 "), std::string::npos);
  EXPECT_TRUE((*open_vault(keys))->unseal("H1", (*open_vault(keys))->seal_same_of_provider("H1", "file")));
  EXPECT_EQ(text("ring.txt"), now) << "once";
  std::string damaged = now;
  damaged.erase(damaged.find("key g017"), damaged.find("key g018") - damaged.find("key g017"));
  put("ring.txt", damaged);
  EXPECT_FALSE(open_vault(keys)) << "a lost key is damage";
  damaged = now;
  damaged.erase(damaged.find("key p03"), damaged.find("key p04") - damaged.find("key p03"));
  put("ring.txt", damaged);
  EXPECT_FALSE(open_vault(keys));
  put("ring.txt", now);
  ASSERT_EQ(run({"keys", "erase", keys, "g017", "--yes"}).code, exit_ok);
  damaged = text("ring.txt");
  damaged.erase(damaged.find("key g017.2"), damaged.find("key g018") - damaged.find("key g017.2"));
  put("ring.txt", damaged);
  EXPECT_FALSE(open_vault(keys)) << "nothing to seal with";
  put("ring.txt", "");
  EXPECT_EQ(run({"keys", "rotate", keys}).code, exit_broken);
  EXPECT_FALSE(open_vault(keys));
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
