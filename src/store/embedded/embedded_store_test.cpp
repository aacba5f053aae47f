#include "store/embedded/embedded_store.h"

#include <fstream>
#include <thread>

#include "store/checksum.h"
#include "store/embedded/database.h"
#include "store/embedded/journal_db.h"
#include "store/embedded/test_embedded.h"
#include "store/embedded/test_faulty_vfs.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

Error refusal(const std::string& folder, const EmbeddedOptions& options = quick_options()) {
  const auto store = open_embedded(folder, options);
  return store ? Error{Code::store_moved, "", "opened", {}} : store.error();
}

std::unique_ptr<Store> opened(const std::string& folder, const EmbeddedOptions& options = quick_options()) {
  auto store = open_embedded(folder, options);
  EXPECT_TRUE(store) << to_text(store.error(), Language::en);
  return store ? *std::move(store) : nullptr;
}

Head append(Store& store, std::uint64_t seed, std::size_t count, std::size_t bytes = 100) {
  const auto head = store.append(test_records(seed, count, bytes), store.head().value());
  EXPECT_TRUE(head) << to_text(head.error(), Language::en);
  return head.value_or(Head{});
}

// As a kill -9 leaves them: the files while the store is open.
void copy_files(const std::string& from, const std::string& to) {
  fs::create_directories(to);
  for (const auto& entry : fs::directory_iterator(from))
    if (entry.path().extension() != ".db-shm" && entry.path().filename() != "lock")
      fs::copy_file(entry.path(), to / entry.path().filename(), fs::copy_options::overwrite_existing);
}

void overwrite(const std::string& path, std::streamoff at, const std::string& bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(at);
  file << bytes;
}

TEST(EmbeddedStore, one_process_at_a_time) {
  const TestFolder folder;
  auto store = opened(folder / "s");
  const Error error = refusal(folder / "s");
  EXPECT_EQ(error.code, Code::store_in_use);
  EXPECT_EQ(error.value, folder / "s");
  store.reset();
  EXPECT_TRUE(opened(folder / "s"));
}

TEST(EmbeddedStore, refuses_what_is_not_a_store) {
  const TestFolder folder;
  fs::create_directories(folder / "other");
  std::ofstream(folder / "other/letter.txt") << "hello";
  EXPECT_EQ(refusal(folder / "other").code, Code::store_not_ours);
  EXPECT_FALSE(fs::exists(folder / "other/journal.db"));
  opened(folder / "s");
  run_sql(folder / "s/journal.db", "PRAGMA application_id=7");
  EXPECT_EQ(refusal(folder / "s").code, Code::store_not_ours);
}

// REQ PLT-06
TEST(EmbeddedStore, refuses_the_format_of_a_newer_program) {
  const TestFolder folder;
  for (const std::string file : {"journal.db", "views.db"}) {
    opened(folder / file);
    run_sql(folder / (file + "/" + file), "PRAGMA user_version=99");
    const Error error = refusal(folder / file);
    EXPECT_EQ(error.code, Code::store_version);
    EXPECT_EQ(error.value, "99");
  }
}

// REQ PLT-06
TEST(EmbeddedStore, migrations_run_once_each_and_all_or_none) {
  const TestFolder folder;
  const std::vector<Migration> one = {{1, "CREATE TABLE a(x); INSERT INTO a VALUES(1)"}};
  std::vector<Migration> three = one;
  three.push_back({2, "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = 5"});
  three.push_back({3, "CREATE TABLE b(z)"});
  std::vector<Migration> faulty = one;
  faulty.push_back({2, "CREATE TABLE c(x); INSERT INTO nowhere VALUES(1)"});
  ASSERT_TRUE(create_database(folder / "a.db", {5, 4'096, true, one}, ""));
  const auto ask = [&](std::span<const Migration> migrations, const char* sql) -> Result<std::int64_t> {
    auto connection = open_database(folder / "a.db", {5, 4'096, true, migrations}, {});
    if (!connection) return std::unexpected(connection.error());
    return connection->ask(sql);
  };
  EXPECT_EQ(ask(one, "PRAGMA user_version").value(), 1);
  EXPECT_FALSE(ask(faulty, "SELECT 1"));
  EXPECT_EQ(ask(one, "SELECT count(*) FROM sqlite_schema WHERE name = 'c'").value(), 0);
  EXPECT_EQ(ask(three, "SELECT y FROM a").value(), 5);
  EXPECT_EQ(ask(three, "SELECT count(*) FROM a").value(), 1);
  EXPECT_EQ(ask(three, "PRAGMA user_version").value(), 3);
  EXPECT_EQ(ask(one, "SELECT 1").error().code, Code::store_version);
}

TEST(EmbeddedStore, a_beginning_that_was_cut_off_is_begun_again) {
  const TestFolder folder;
  fs::create_directories(folder / "s");
  std::ofstream(folder / "s/journal.db.new") << "half";
  const auto store = opened(folder / "s");
  EXPECT_EQ(append(*store, 1, 2).position, 2U);
}

TEST(EmbeddedStore, a_missing_journal_is_damage_missing_views_are_begun_anew) {
  const TestFolder folder;
  {
    const auto store = opened(folder / "s");
    append(*store, 1, 4);
    ASSERT_TRUE(store->write_views(test_views(0, 4)));
  }
  fs::remove(folder / "s/views.db");
  {
    const auto store = opened(folder / "s");
    EXPECT_EQ(store->watermark().value(), 0U);
    EXPECT_EQ(store->head().value().position, 4U);
    ASSERT_TRUE(store->write_views(test_views(0, 4)));
  }
  fs::remove(folder / "s/journal.db");
  EXPECT_EQ(refusal(folder / "s").code, Code::store_damaged);
}

// LAW 1.2, REQ PLT-05
TEST(EmbeddedStore, law_1_what_was_acknowledged_is_there_after_a_kill) {
  const TestFolder folder;
  const auto store = opened(folder / "s");
  Head head;
  for (std::uint64_t i = 0; i < 20; ++i) {
    head = append(*store, i * 3, 3);
    ASSERT_TRUE(store->write_views(test_views(i * 3, i * 3 + 3)));
  }
  const std::string views = all_views(*store);
  copy_files(folder / "s", folder / "killed");
  const auto after = opened(folder / "killed");
  EXPECT_EQ(after->head().value(), head);
  EXPECT_EQ(all_views(*after), views);
  EXPECT_TRUE(verify_chain(*after));
}

// LAW 1.2, REQ PLT-05: SQLite takes a damaged frame for the end of the log
TEST(EmbeddedStore, law_1_records_lost_with_a_damaged_log_are_noticed) {
  const TestFolder folder;
  const auto store = opened(folder / "s");
  for (std::uint64_t i = 0; i < 20; ++i) append(*store, i * 3, 3);
  copy_files(folder / "s", folder / "killed");
  const auto size = static_cast<std::streamoff>(fs::file_size(folder / "killed/journal.db-wal"));
  overwrite(folder / "killed/journal.db-wal", size / 2, "x");
  const Error error = refusal(folder / "killed");
  EXPECT_EQ(error.code, Code::store_damaged);
  EXPECT_NE(error.value.find("journal.db: ends at record"), std::string::npos) << error.value;
}

// LAW 1.2, REQ PLT-05: a power cut takes nothing either
TEST(EmbeddedStore, law_1_what_was_acknowledged_had_been_synced) {
  EXPECT_TRUE(EmbeddedOptions().sync);
  FaultyDisk& disk = FaultyDisk::get();
  disk.heal();
  for (const bool sync : {true, false}) {  // without it the probe must see the difference
    const TestFolder folder;
    EmbeddedOptions options;
    options.vfs = FaultyDisk::vfs();
    options.sync = sync;
    const auto store = opened(folder / "s", options);
    const int not_yet = sync ? 0 : 1;
    for (std::uint64_t i = 0; i < 5; ++i) {
      const Head head = append(*store, i * 3, 3);
      EXPECT_EQ(disk.unsynced_logs(), not_yet);
      ASSERT_TRUE(store->put_signed_head({head.position, head.root, Instant{1}, "signed"}));
      EXPECT_EQ(disk.unsynced_logs(), not_yet);
      ASSERT_TRUE(store->put_artifact("artifact " + std::to_string(i)));
      EXPECT_EQ(disk.unsynced_logs(), not_yet);
    }
  }
}

// LAW 1.6
TEST(EmbeddedStore, law_1_a_damaged_page_of_the_views_is_named_and_views_can_be_begun_anew) {
  const TestFolder folder;
  {
    const auto store = opened(folder / "s");
    append(*store, 1, 60);
    ASSERT_TRUE(store->write_views(test_views(0, 60)));
  }
  const std::string path = folder / "s/views.db";
  const auto pages = static_cast<std::streamoff>(fs::file_size(path) / 4'096);
  for (std::streamoff page = 1; page < pages; ++page) overwrite(path, page * 4'096 + 4'000, "damage");
  const Error closed = refusal(folder / "s");
  EXPECT_EQ(closed.code, Code::store_damaged);
  EXPECT_TRUE(closed.value.starts_with("views.db: page ")) << closed.value;
  EmbeddedOptions anew = quick_options();
  anew.views_anew = true;
  const auto store = opened(folder / "s", anew);
  EXPECT_EQ(store->watermark().value(), 0U);
  ASSERT_TRUE(store->write_views(test_views(0, 60)));
  EXPECT_TRUE(store->find({"H1", "2207A", "M1000004"}).value());
}

// LAW 2, REQ SEC-05: changed by somebody who knows the checksums of the rows, not the chain
TEST(EmbeddedStore, law_2_a_record_exchanged_with_its_checksum_is_named) {
  const TestFolder folder;
  {
    const auto store = opened(folder / "s");
    append(*store, 1, 20);
    append(*store, 21, 20);
  }
  run_sql(folder / "s/journal.db",
          "UPDATE journal SET (record, checksum) = (x'00', " +
              std::to_string(static_cast<std::int64_t>(checksum64(std::string(1, '\0'), 17))) +
              ") WHERE pos = 17");
  const auto store = opened(folder / "s");
  EXPECT_TRUE(store->read(17, [](std::uint64_t, std::string_view) { return false; }));
  EXPECT_EQ(verify_chain(*store).error().value, "record 17");
}

TEST(EmbeddedStore, restoring_verifies_first) {
  const TestFolder folder;
  const auto store = opened(folder / "s");
  append(*store, 1, 40);
  ASSERT_TRUE(store->backup(folder / "copy"));
  EXPECT_EQ(store->backup(folder / "copy").error().code, Code::store_failed);
  EXPECT_EQ(restore_embedded(folder / "nowhere", folder / "r").error().code, Code::store_not_ours);
  EXPECT_EQ(restore_embedded(folder / "copy", folder / "s").error().code, Code::store_failed);
  run_sql(folder / "copy/journal.db", "UPDATE journal SET record = x'01' WHERE pos = 9");
  const auto damaged = restore_embedded(folder / "copy", folder / "r");
  ASSERT_FALSE(damaged);
  EXPECT_TRUE(damaged.error().value.ends_with("record 9")) << damaged.error().value;
  EXPECT_FALSE(fs::exists(folder / "r"));
}

// LAW 1.7, REQ PLT-05
TEST(EmbeddedStore, law_1_the_logs_stay_below_their_size) {
  EXPECT_EQ(EmbeddedOptions().wal_bytes_max, 256U << 20U);
  const TestFolder folder;
  EmbeddedOptions options = quick_options();
  options.wal_bytes_max = 4 << 20;
  const auto store = opened(folder / "s", options);
  std::uintmax_t largest_journal = 0, largest_views = 0, written = 0;
  for (std::uint64_t at = 0; at < 12'000; at += 100) {
    append(*store, at, 100, 1'000);
    ASSERT_TRUE(store->write_views(test_views(at, at + 100)));
    written += 100 * 1'000;
    largest_journal = std::max(largest_journal, fs::file_size(folder / "s/journal.db-wal"));
    largest_views = std::max(largest_views, fs::file_size(folder / "s/views.db-wal"));
  }
  EXPECT_GT(written, 2 * options.wal_bytes_max);
  EXPECT_LE(largest_journal, options.wal_bytes_max);
  EXPECT_LE(largest_views, options.wal_bytes_max);
  EXPECT_TRUE(verify_chain(*store));
}

TEST(EmbeddedStore, a_log_that_grows_slowly_is_moved_in_small_portions) {
  const TestFolder folder;
  const auto store = opened(folder / "s");
  constexpr std::uintmax_t megabyte = 1 << 20;
  std::uintmax_t largest = 0;
  for (std::uint64_t at = 0; at < 30'000; at += 1'000) {
    append(*store, at, 1'000, 1'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    largest = std::max(largest, fs::file_size(folder / "s/journal.db-wal"));
  }
  EXPECT_GT(largest, 8 * megabyte);
  EXPECT_LT(largest, 20 * megabyte) << "a quarter of its 256 MB would be 64";
}

TEST(EmbeddedStore, people_read_histories_providers_days_and_lines) {
  const TestFolder folder;
  {
    const auto store = opened(folder / "s");
    append(*store, 1, 21);
    ViewBatch batch = test_views(0, 21);
    batch.state = {{"PP3", "x", 17}, {"S", "x", 21}};
    ASSERT_TRUE(store->write_views(batch));
  }
  auto connection = Connection::open(folder / "s/views.db", false, store_vfs("", true));
  ASSERT_TRUE(connection);
  const auto text = [&](const char* sql) {
    auto statement = connection->prepare(sql);
    EXPECT_TRUE(statement) << to_text(statement.error(), Language::en);
    std::string found;
    while (statement && statement->step().value()) found += std::string(statement->text(0)) + " ";
    return found;
  };
  EXPECT_EQ(text("SELECT pos FROM history WHERE psn_no = 'P3'"), "17 10 3 ");
  EXPECT_EQ(text("SELECT settlements FROM settlement_by_provider WHERE provider = 'H1' AND booked = "
                 "'2025-03-11'"),
            "7 ");
  EXPECT_EQ(text("SELECT feedetl_sn FROM line WHERE pos = 5"), "L1000005 ");
  EXPECT_EQ(text("SELECT feedetl_sn || '/' || mdtrt_id FROM line WHERE pos = 6"), "L1000006/V1 ");
}

}  // namespace
}  // namespace fenming
