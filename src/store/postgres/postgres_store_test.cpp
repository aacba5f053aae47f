// What a cluster adds to the contract: one owner at a time, and a standby that must have confirmed (laws.md 11).
#include <chrono>
#include <thread>

#include "store/postgres/pq.h"
#include "store/postgres/test_postgres.h"

namespace fenming {
namespace {

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (TestCluster::get() == nullptr) GTEST_SKIP() << "PostgreSQL is not installed";
    stores_ = std::make_unique<PostgresStores>(*TestCluster::get());
  }
  PqConnection connection() { return *PqConnection::open(TestCluster::get()->connection()); }

  std::unique_ptr<PostgresStores> stores_;
};

TEST_F(PostgresStoreTest, law_11_whoever_takes_over_shuts_out_the_one_before) {  // LAW 11, REQ PLT-05
  const auto first = stores_->open();
  const Head before = *first->append(test_records(1, 2), *first->head());
  const auto second = stores_->open();
  const Head taken = *second->head();
  EXPECT_EQ(taken.epoch, before.epoch + 1);
  EXPECT_EQ(taken.position, before.position);
  EXPECT_EQ(taken.root, before.root);
  for (const Head& expected : {before, taken}) {
    const auto late = first->append(test_records(9, 3), expected);
    ASSERT_FALSE(late) << "a paused or split-off server can only lose";
    EXPECT_EQ(late.error().code, Code::store_lost);
    EXPECT_EQ(late.error().value, std::to_string(taken.epoch));
  }
  EXPECT_EQ(second->head()->position, 2U);
  const auto next = second->append(test_records(3, 1), taken);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->position, 3U);
  int records = 0;
  EXPECT_TRUE(second->read(1, [&](std::uint64_t, std::string_view) { return ++records > 0; }));
  EXPECT_EQ(records, 3);
}

TEST_F(PostgresStoreTest, law_11_whoever_lost_the_shard_writes_nothing_at_all) {  // LAW 11, REQ PLT-05
  const auto first = stores_->open();
  const Head head = *first->append(test_records(1, 6), *first->head());
  ASSERT_TRUE(first->write_views(test_views(0, 2)));
  ASSERT_TRUE(first->put_artifact("an artifact"));
  const auto second = stores_->open();
  ASSERT_TRUE(second->write_views(test_views(2, 4)));
  const std::string views = all_views(*second);
  const auto is_lost = [](const auto& answer) { return !answer && answer.error().code == Code::store_lost; };
  EXPECT_TRUE(is_lost(first->write_views(test_views(2, 3)))) << "as it stood when it was paused";
  EXPECT_TRUE(is_lost(first->write_views(test_views(4, 6)))) << "also what would fit";
  EXPECT_TRUE(is_lost(first->drop_views()));
  EXPECT_TRUE(is_lost(first->put_artifact("another")));
  EXPECT_TRUE(is_lost(first->put_artifact("an artifact")));
  EXPECT_TRUE(is_lost(first->put_signed_head({6, head.root, Instant{1}, "signed"})));
  EXPECT_EQ(all_views(*second), views);
  EXPECT_EQ(second->artifact(sm3("another")).error().code, Code::store_no_artifact);
  EXPECT_TRUE(second->signed_heads(0, 9)->empty());
  EXPECT_TRUE(second->put_artifact("another"));
  EXPECT_TRUE(second->put_signed_head({6, head.root, Instant{1}, "signed"}));
  EXPECT_TRUE(second->write_views(test_views(4, 6)));
}

// What an append says while no standby confirms and somebody does `to_backend` to the server's process that waits for one.
Result<Head> append_without_standby(Store& store, const Head& before, PqConnection admin,
                                    const std::string& to_backend) {
  EXPECT_TRUE(admin.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'"));
  EXPECT_TRUE(admin.run("SELECT pg_reload_conf()"));
  std::atomic<bool> answered = false;
  std::thread other([&] {
    while (!answered) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      (void)admin.run("SELECT " + to_backend + "(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  auto answer = store.append(test_records(2, 1), before);
  answered = true;
  other.join();
  EXPECT_TRUE(admin.run("ALTER SYSTEM RESET synchronous_standby_names"));
  EXPECT_TRUE(admin.run("SELECT pg_reload_conf()"));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  return answer;
}

// "canceling wait for synchronous replication due to user request": committed here, perhaps not on the standby.
TEST_F(PostgresStoreTest, law_11_a_cancelled_wait_for_the_standby_is_not_durable) {  // LAW 11, REQ PLT-05
  const auto store = stores_->open();
  const Head before = *store->append(test_records(1, 1), *store->head());
  const auto answer = append_without_standby(*store, before, connection(), "pg_cancel_backend");
  ASSERT_FALSE(answer) << "an answer must not leave";
  EXPECT_EQ(answer.error().code, Code::store_unknown);
  const auto head = store->head();  // the head resolves it, never a repetition
  ASSERT_TRUE(head) << to_text(head.error(), Language::en);
  EXPECT_EQ(head->position, before.position + 1);
}

TEST_F(PostgresStoreTest, law_11_a_connection_lost_in_a_commit_leaves_it_to_the_head) {  // LAW 11, REQ PLT-05
  const auto store = stores_->open();
  const Head before = *store->append(test_records(1, 1), *store->head());
  const auto answer = append_without_standby(*store, before, connection(), "pg_terminate_backend");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::store_unknown);
  const auto blind = store->append(test_records(2, 1), before);
  ASSERT_FALSE(blind) << "nothing is appended before the head was read";
  EXPECT_EQ(blind.error().code, Code::store_failed);
  const auto head = store->head();
  ASSERT_TRUE(head) << to_text(head.error(), Language::en);
  EXPECT_EQ(head->position, before.position + 1);
  EXPECT_EQ(store->append(test_records(3, 1), *head)->position, before.position + 2);
  std::vector<std::string> records;
  EXPECT_TRUE(store->read(1, [&](std::uint64_t, std::string_view bytes) {
    records.emplace_back(bytes);
    return true;
  }));
  EXPECT_EQ(records, (std::vector{test_record(1).bytes, test_record(2).bytes, test_record(3).bytes}));
}

TEST_F(PostgresStoreTest, law_11_a_connection_lost_before_the_commit_wrote_nothing) {  // LAW 11, REQ PLT-05
  const auto store = stores_->open();
  const Head before = *store->append(test_records(1, 1), *store->head());
  PqConnection holder = connection(), admin = connection();
  ASSERT_TRUE(choose_schema(holder, stores_->options().schema));
  ASSERT_TRUE(holder.script("BEGIN; SELECT pos FROM head FOR UPDATE"));
  std::atomic<bool> answered = false;
  std::thread killer([&] {
    while (!answered) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      (void)admin.run(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
    }
  });
  const auto answer = store->append(test_records(2, 1), before);
  answered = true;
  killer.join();
  ASSERT_TRUE(holder.script("ROLLBACK"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::store_failed);
  EXPECT_EQ(*store->head(), before);
  EXPECT_EQ(store->append(test_records(2, 1), before)->position, before.position + 1);
}

void set_standby(PqConnection admin, const std::string& names) {
  EXPECT_TRUE(admin.run("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'"));
  EXPECT_TRUE(admin.run("SELECT pg_reload_conf()"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (admin.run("SELECT current_setting('synchronous_standby_names')")->text(0, 0) != names &&
         std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

TEST_F(PostgresStoreTest, law_11_without_a_synchronous_standby_nothing_is_appended) {  // LAW 11, REQ PLT-05
  PostgresOptions strict = stores_->options();
  strict.needs_standby = true;
  const auto opened = open_postgres(strict);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::store_no_standby);
  ASSERT_TRUE(stores_->open()) << "one server's disk is enough for whoever says so";
  PostgresOptions lax = strict;
  lax.connection += " options='-c synchronous_commit=remote_write'";
  set_standby(connection(), "nobody");
  const auto in_memory = open_postgres(lax);
  set_standby(connection(), "");
  ASSERT_FALSE(in_memory) << "a standby's memory is no disk";
  EXPECT_EQ(in_memory.error().details.front(), "remote_write");
}

// A real standby: nothing is acknowledged that it has not, and it has everything that was.
TEST_F(PostgresStoreTest, law_11_what_is_acknowledged_is_on_the_standby) {  // LAW 11, REQ PLT-05
  TestStandby standby(*TestCluster::get());
  ASSERT_TRUE(standby.runs());
  set_standby(connection(), "standby");
  PostgresOptions strict = stores_->options();
  strict.needs_standby = true;
  const auto store = open_postgres(strict);
  ASSERT_TRUE(store) << to_text(store.error(), Language::en);
  const Head first = *(*store)->append(test_records(1, 3), *(*store)->head());
  standby.stop();
  std::atomic<bool> answered = false;
  Result<Head> second = std::unexpected(Error{});
  std::thread appending([&] {
    second = (*store)->append(test_records(4, 2), first);
    answered = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_FALSE(answered) << "it waits for the standby";
  const bool back = standby.start();
  if (!back) set_standby(connection(), "");  // so that it ends
  appending.join();
  ASSERT_TRUE(back);
  ASSERT_TRUE(second) << to_text(second.error(), Language::en);

  set_standby(connection(), "");
  const auto alone = (*store)->append(test_records(6, 1), *second);
  ASSERT_FALSE(alone) << "somebody took the standby out of the settings";
  EXPECT_EQ(alone.error().code, Code::store_no_standby);
  EXPECT_EQ(*(*store)->head(), *second);

  ASSERT_TRUE(standby.promote());
  PostgresOptions there = stores_->options();
  there.connection = TestCluster::get()->connection(TestStandby::port);
  const auto taken_over = open_postgres(there);
  ASSERT_TRUE(taken_over) << to_text(taken_over.error(), Language::en);
  const Head head = *(*taken_over)->head();
  EXPECT_EQ(head.position, 5U);
  EXPECT_EQ(head.root, second->root);
}

}  // namespace
}  // namespace fenming
