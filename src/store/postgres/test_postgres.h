// For tests: a PostgreSQL server of one's own in a folder, on a socket there; nothing when PostgreSQL is not installed. The server does
// not run for root, who therefore starts it as the user `postgres`.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "store/postgres/postgres_store.h"
#include "store/postgres/schema.h"
#include "store/test_stores.h"

namespace fenming {

class TestCluster {
 public:
  // The one server of this program, or nothing.
  static const TestCluster* get() {
    static TestCluster cluster;
    return cluster.runs_ ? &cluster : nullptr;
  }
  std::string connection(int port = 5432) const {
    return "host=" + folder_ + " port=" + std::to_string(port) + " dbname=postgres user=postgres";
  }
  const std::string& folder() const { return folder_; }
  bool pg(const std::string& command) const { return run(bin_ + "/" + command); }

  ~TestCluster() {
    if (runs_) run(bin_ + "/pg_ctl -D " + folder_ + "/data -m immediate stop");
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  TestCluster(const TestCluster&) = delete;
  TestCluster& operator=(const TestCluster&) = delete;

 private:
  TestCluster() {
    namespace fs = std::filesystem;
    std::error_code error;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", error))
      if (fs::exists(version.path() / "bin/initdb")) bin_ = (version.path() / "bin").string();
    if (bin_.empty()) return;
    folder_ = (fs::temp_directory_path() / ("fenming-pg-" + std::to_string(::getpid()))).string();
    fs::create_directories(folder_);
    if (::geteuid() == 0 && std::system(("chown postgres " + folder_).c_str()) != 0) return;
    runs_ = run(bin_ + "/initdb -N -A trust -U postgres --data-checksums --no-locale -E UTF8 -D " + folder_ +
                "/data") &&
            run(bin_ + "/pg_ctl -w -D " + folder_ + "/data -l " + folder_ +
                "/log -o \"-c listen_addresses='' -k " + folder_ + " -c fsync=off\" start");
  }

  static bool run(const std::string& command) {
    const std::string as_user =
        ::geteuid() == 0 ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : "";
    return std::system((as_user + command + " >/dev/null 2>&1").c_str()) == 0;
  }

  std::string bin_, folder_;
  bool runs_ = false;
};

// A second server that follows the first and is called "standby" by it; stopped and thrown away at the end.
class TestStandby {
 public:
  static constexpr int port = 5433;
  explicit TestStandby(const TestCluster& cluster) : cluster_(cluster), data_(cluster.folder() + "/standby") {
    copied_ = cluster.pg("pg_basebackup -R -X stream -c fast -D " + data_ + " -d \"" + cluster.connection() +
                         " application_name=standby\"");
    runs_ = copied_ && start();
  }
  ~TestStandby() {
    stop();
    std::error_code ignored;
    std::filesystem::remove_all(data_, ignored);
  }
  TestStandby(const TestStandby&) = delete;
  TestStandby& operator=(const TestStandby&) = delete;

  bool runs() const { return runs_; }
  bool start() {
    return cluster_.pg("pg_ctl -w -D " + data_ + " -l " + data_ + ".log -o \"-c listen_addresses='' -k " +
                       cluster_.folder() + " -p " + std::to_string(port) + " -c fsync=off\" start");
  }
  void stop() { cluster_.pg("pg_ctl -w -D " + data_ + " -m immediate stop"); }
  bool promote() { return cluster_.pg("pg_ctl -w -D " + data_ + " promote"); }

 private:
  const TestCluster& cluster_;
  std::string data_;
  bool copied_ = false, runs_ = false;
};

class PostgresStores final : public TestStores {
 public:
  explicit PostgresStores(const TestCluster& cluster) {
    static int count = 0;
    options_.connection = cluster.connection();
    options_.needs_standby = false;
    options_.schema = "shard " + std::to_string(++count);
    copy_ = (std::filesystem::temp_directory_path() /
             ("fenming-pg-copy-" + std::to_string(::getpid()) + "-" + std::to_string(count)))
                .string();
  }
  ~PostgresStores() override {
    std::error_code ignored;
    std::filesystem::remove_all(copy_, ignored);
  }

  std::unique_ptr<Store> open() override { return opened(options_); }
  std::string name_of_copy() override { return copy_; }
  std::unique_ptr<Store> restore() override {
    PostgresOptions restored = options_;
    restored.schema += " restored";
    const auto done = restore_postgres(copy_, restored);
    EXPECT_TRUE(done) << to_text(done.error(), Language::en);
    return opened(restored);
  }
  void damage_record(std::uint64_t position) override {
    run("UPDATE journal SET record = '\\x00'::bytea || record WHERE pos = " + std::to_string(position));
  }
  void damage_state(const std::string& object) override {
    run("UPDATE state SET pos = pos + 1 WHERE object = '" + object + "'");
  }
  const PostgresOptions& options() const { return options_; }

 private:
  static std::unique_ptr<Store> opened(const PostgresOptions& options) {
    auto store = open_postgres(options);
    EXPECT_TRUE(store) << to_text(store.error(), Language::en);
    return store ? *std::move(store) : nullptr;
  }
  void run(const std::string& sql) {
    auto connection = PqConnection::open(options_.connection);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(choose_schema(*connection, options_.schema));
    ASSERT_TRUE(connection->script(sql));
  }

  PostgresOptions options_;
  std::string copy_;
};

inline std::unique_ptr<TestStores> make_postgres_stores() {
  const TestCluster* const cluster = TestCluster::get();
  return cluster == nullptr ? nullptr : std::make_unique<PostgresStores>(*cluster);
}

}  // namespace fenming
