// For tests: embedded stores in a folder of their own, and SQL behind their back.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "store/embedded/embedded_store.h"
#include "store/embedded/sqlite.h"
#include "store/embedded/store_vfs.h"
#include "store/test_stores.h"

namespace fenming {

// Goes away with everything in it.
class TestFolder {
 public:
  TestFolder() {
    static int count = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("fenming-store-" + std::to_string(::getpid()) + "-" + std::to_string(++count));
    std::filesystem::create_directories(path_);
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline void run_sql(const std::string& database, const std::string& sql) {
  const bool checked = database.ends_with("views.db");
  auto connection = Connection::open(database, false, store_vfs("", checked));
  ASSERT_TRUE(connection) << to_text(connection.error(), Language::en);
  const auto run = connection->run(sql);
  ASSERT_TRUE(run) << to_text(run.error(), Language::en);
}

inline EmbeddedOptions quick_options() {
  EmbeddedOptions options;
  options.sync = false;
  return options;
}

class EmbeddedStores final : public TestStores {
 public:
  std::unique_ptr<Store> open() override { return opened(folder_ / "store"); }
  std::string name_of_copy() override { return folder_ / "copy"; }
  std::unique_ptr<Store> restore() override {
    const auto report = restore_embedded(folder_ / "copy", folder_ / "restored");
    EXPECT_TRUE(report) << to_text(report.error(), Language::en);
    return opened(folder_ / "restored");
  }
  void damage_record(std::uint64_t position) override {
    run_sql(folder_ / "store/journal.db",
            "UPDATE journal SET record = x'00' || record WHERE pos = " + std::to_string(position));
  }
  void damage_state(const std::string& object) override {
    run_sql(folder_ / "store/views.db", "UPDATE state SET pos = pos + 1 WHERE object = '" + object + "'");
  }

 private:
  static std::unique_ptr<Store> opened(const std::string& folder) {
    auto store = open_embedded(folder, quick_options());
    EXPECT_TRUE(store) << to_text(store.error(), Language::en);
    return store ? *std::move(store) : nullptr;
  }

  TestFolder folder_;
};

}  // namespace fenming
