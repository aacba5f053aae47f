// The contract of store.h, clause by clause, for every kind of store.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "store/embedded/test_embedded.h"
#include "store/fake/fake_store.h"
#include "store/postgres/test_postgres.h"
#include "store/test_stores.h"
#include "store/verify.h"

namespace fenming {
namespace {

class FakeStores final : public TestStores {
 public:
  std::unique_ptr<Store> open() override { return open_fake(disk_); }
  std::string name_of_copy() override { return "copy"; }
  std::unique_ptr<Store> restore() override { return open_fake(restore_fake(*disk_, "copy").value()); }
  void damage_record(std::uint64_t position) override { fenming::damage_record(*disk_, position); }
  void damage_state(const std::string& object) override { fenming::damage_state(*disk_, object); }

 private:
  std::shared_ptr<FakeDisk> disk_ = make_fake_disk();
};

struct Kind {
  std::string name;
  MakeTestStores make;  // nothing: this kind cannot be had here
  friend void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }
};

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    stores_ = GetParam().make();
    if (!stores_) GTEST_SKIP() << GetParam().name << " is not installed here";
    store_ = stores_->open();
    ASSERT_TRUE(store_);
  }

  void reopen() {
    store_.reset();
    store_ = stores_->open();
  }

  Head head() { return store_->head().value(); }

  // Appends and gives the head afterwards; fails the test when refused.
  Head append(const std::vector<NewRecord>& records) {
    const auto head = store_->append(records, this->head());
    EXPECT_TRUE(head) << to_text(head.error(), Language::en);
    return head.value_or(Head{});
  }

  std::vector<std::string> read_from(std::uint64_t first) {
    std::vector<std::string> found;
    std::uint64_t expected = std::max<std::uint64_t>(first, 1);
    const auto read = store_->read(first, [&](std::uint64_t position, std::string_view bytes) {
      EXPECT_EQ(position, expected++);
      found.emplace_back(bytes);
      return true;
    });
    EXPECT_TRUE(read);
    return found;
  }

  std::vector<Batch> batches_from(std::uint64_t position) {
    std::vector<Batch> found;
    EXPECT_TRUE(store_->read_batches(position, [&](const Batch& batch) {
      found.push_back(batch);
      return true;
    }));
    return found;
  }

  std::unique_ptr<TestStores> stores_;
  std::unique_ptr<Store> store_;
};

TEST_P(StoreContract, a_new_store_is_empty) {
  EXPECT_TRUE(batches_from(0).empty());
  EXPECT_TRUE(batches_from(1).empty());
  EXPECT_EQ(head().position, 0U);
  EXPECT_EQ(head().root, Digest{});
  EXPECT_EQ(store_->watermark().value(), 0U);
  EXPECT_TRUE(read_from(1).empty());
  EXPECT_TRUE(batches_from(1).empty());
  EXPECT_TRUE(store_->signed_heads(0, 10).value().empty());
  EXPECT_FALSE(store_->find({"H", "2207A", "1"}).value());
}

// LAW 1.1
TEST_P(StoreContract, law_1_positions_are_dense_and_in_order) {
  const auto one = test_records(1, 3), two = test_records(4, 1), three = test_records(5, 200);
  EXPECT_EQ(append(one).position, 3U);
  EXPECT_EQ(append(two).position, 4U);
  EXPECT_EQ(append(three).position, 204U);
  for (int turn = 0; turn < 2; ++turn) {
    const auto all = read_from(1);
    ASSERT_EQ(all.size(), 204U);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], test_record(i + 1).bytes);
    EXPECT_EQ(read_from(0).size(), 204U);
    EXPECT_EQ(read_from(4).front(), two[0].bytes);
    EXPECT_TRUE(read_from(205).empty());
    reopen();
  }
}

TEST_P(StoreContract, reading_stops_when_told_and_may_call_the_store) {
  append(test_records(1, 50));
  std::uint64_t last = 0;
  EXPECT_TRUE(store_->read(10, [&](std::uint64_t position, std::string_view) {
    last = position;
    EXPECT_EQ(head().position, 50U);
    EXPECT_TRUE(store_->read(position, [](std::uint64_t, std::string_view) { return false; }));
    return position < 20;
  }));
  EXPECT_EQ(last, 20U);
}

TEST_P(StoreContract, reading_gives_at_most_as_many_as_wanted) {
  append(test_records(1, 1'200));
  for (const std::uint64_t count : {0U, 1U, 700U, 1'001U}) {
    std::uint64_t read = 0;
    ASSERT_TRUE(store_->read(100, [&](std::uint64_t, std::string_view) { return ++read > 0; }, count));
    EXPECT_EQ(read, count);
  }
  std::uint64_t read = 0;
  ASSERT_TRUE(store_->read(1'199, [&](std::uint64_t, std::string_view) { return ++read > 0; }, 700));
  EXPECT_EQ(read, 2U);
}

TEST_P(StoreContract, records_of_all_sizes) {
  std::vector<NewRecord> records;
  for (const std::size_t bytes : {1U, 2U, 700U, 4'000U, 4'096U, 70'000U, 3'000'000U})
    records.push_back(test_record(bytes, bytes));
  append(records);
  reopen();
  const auto all = read_from(1);
  ASSERT_EQ(all.size(), records.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_TRUE(all[i] == records[i].bytes) << i;
  EXPECT_TRUE(verify_chain(*store_));
}

// LAW 1.1, LAW 11, REQ PLT-05
TEST_P(StoreContract, law_1_a_moved_head_refuses_and_nothing_is_written) {
  const Head first = append(test_records(1, 2));
  const Head second = append(test_records(3, 2));
  Head other_root = second;
  other_root.root[0] ^= 1;
  Head ahead = second;
  ++ahead.position;
  Head other_epoch = second;
  ++other_epoch.epoch;
  for (const Head& wrong : {Head{}, first, other_root, ahead, other_epoch}) {
    const auto answer = store_->append(test_records(9, 3), wrong);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::store_moved);
    EXPECT_EQ(head(), second);
  }
  EXPECT_EQ(read_from(1).size(), 4U);
  EXPECT_EQ(batches_from(1).size(), 2U);
}

TEST_P(StoreContract, appending_nothing_changes_nothing) {
  const Head before = append(test_records(1, 2));
  EXPECT_EQ(append({}), before);
  EXPECT_EQ(batches_from(1).size(), 1U);
  EXPECT_EQ(store_->append({}, Head{}).error().code, Code::store_moved);
}

// LAW 1.1, LAW 2
TEST_P(StoreContract, law_2_each_root_covers_the_one_before) {
  Digest root = {};
  std::uint64_t first = 1;
  for (const std::size_t count : {1U, 2U, 7U, 64U}) {
    const auto records = test_records(first, count);
    std::vector<Digest> leaves;
    for (const NewRecord& record : records) leaves.push_back(record.leaf);
    root = chain_root(root, merkle_root(leaves), first, count);
    EXPECT_EQ(append(records).root, root);
    const Batch batch = batches_from(first).back();
    EXPECT_EQ(batch.first, first);
    EXPECT_EQ(batch.count, count);
    EXPECT_EQ(batch.batch_root, merkle_root(leaves));
    EXPECT_EQ(batch.root, root);
    EXPECT_EQ(batch.leaf_heads.size(), count * leaf_head_bytes);
    first += count;
  }
  reopen();
  EXPECT_EQ(head().root, root);
  EXPECT_EQ(head().position, 74U);
}

TEST_P(StoreContract, batches_are_read_from_the_one_that_holds_the_position) {
  append(test_records(1, 3));
  append(test_records(4, 5));
  append(test_records(9, 1));
  EXPECT_EQ(batches_from(0).size(), 3U);
  EXPECT_EQ(batches_from(3).size(), 3U);
  EXPECT_EQ(batches_from(4).front().first, 4U);
  EXPECT_EQ(batches_from(8).front().first, 4U);
  EXPECT_EQ(batches_from(9).front().first, 9U);
  EXPECT_TRUE(batches_from(10).empty());
  int taken = 0;
  EXPECT_TRUE(store_->read_batches(1, [&](const Batch&) { return ++taken < 2; }));
  EXPECT_EQ(taken, 2);
}

TEST_P(StoreContract, artifacts_are_found_by_their_digest) {
  const std::string big(300'000, 'x'), nul("a\0b", 3);
  for (const std::string& bytes : {std::string(), big, nul}) {
    const auto digest = store_->put_artifact(bytes);
    ASSERT_TRUE(digest);
    EXPECT_EQ(*digest, sm3(bytes));
    EXPECT_EQ(store_->put_artifact(bytes).value(), *digest);
    EXPECT_EQ(store_->artifact(*digest).value(), bytes);
  }
  reopen();
  EXPECT_EQ(store_->artifact(sm3(nul)).value(), nul);
  const auto absent = store_->artifact(sm3("absent"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::store_no_artifact);
}

TEST_P(StoreContract, signed_heads_are_read_in_order) {
  for (const std::uint64_t position : {5U, 9U, 12U})
    ASSERT_TRUE(store_->put_signed_head({position, sm3(std::to_string(position)), Instant{1'000}, "sig"}));
  ASSERT_TRUE(store_->put_signed_head({9, sm3("later"), Instant{2'000}, std::string("s\0g", 3)}));
  reopen();
  const auto all = store_->signed_heads(0, 10).value();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].position, 9U);
  EXPECT_EQ(all[1].root, sm3("later"));
  EXPECT_EQ(all[1].time, Instant{2'000});
  EXPECT_EQ(all[1].signature, std::string("s\0g", 3));
  EXPECT_EQ(store_->signed_heads(6, 1).value().at(0).position, 9U);
  EXPECT_EQ(store_->signed_heads(10, 9).value().size(), 1U);
  EXPECT_TRUE(store_->signed_heads(13, 9).value().empty());
  EXPECT_TRUE(store_->signed_heads(0, 0).value().empty());
}

// LAW 1.5
TEST_P(StoreContract, law_1_messages_are_found_up_to_the_watermark) {
  append(test_records(1, 20));
  ASSERT_TRUE(store_->write_views(test_views(0, 12)));
  EXPECT_EQ(store_->watermark().value(), 12U);
  const auto found = store_->find({"H1", "2207A", "M1000004"}).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->position, 4U);
  EXPECT_EQ(found->kind, 0U);
  EXPECT_EQ(store_->find({"H2", "2207A", "M1000005"}).value()->kind, 1U);
  EXPECT_FALSE(store_->find({"H2", "2207A", "M1000004"}).value());
  EXPECT_FALSE(store_->find({"H1", "2207", "M1000004"}).value());
  EXPECT_FALSE(store_->find({"H1", "2207A", "M100000"}).value());
  EXPECT_FALSE(store_->find({"H1", "2207A", "M1000013"}).value());
  ASSERT_TRUE(store_->write_views(test_views(12, 13)));
  EXPECT_TRUE(store_->find({"H1", "2207A", "M1000013"}).value());
}

TEST_P(StoreContract, state_is_given_in_the_order_asked) {
  append(test_records(1, 5));
  ViewBatch batch;
  batch.watermark = 3;
  batch.state = {{"P a", std::string("1\0 2", 4), 1}, {"P b", "two", 2}, {"S", std::string(5'000, 's'), 3}};
  ASSERT_TRUE(store_->write_views(batch));
  const std::vector<std::string> objects = {"S", "P c", "P a", "P a"};
  const auto rows = store_->state(objects).value();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].bytes, std::string(5'000, 's'));
  EXPECT_EQ(rows[0].position, 3U);
  EXPECT_EQ(rows[1].object, "P c");
  EXPECT_EQ(rows[1].bytes, "");
  EXPECT_EQ(rows[1].position, 0U);
  EXPECT_EQ(rows[2].bytes, std::string("1\0 2", 4));
  EXPECT_EQ(rows[3].object, "P a");
  EXPECT_TRUE(store_->state({}).value().empty());
  ViewBatch later;
  later.watermark = 5;
  later.after = 3;
  later.state = {{"P a", "new", 5}, {"P b", "", 5}};
  ASSERT_TRUE(store_->write_views(later));
  reopen();
  const auto now = store_->state(std::vector<std::string>{"P a", "P b"}).value();
  EXPECT_EQ(now[0].bytes, "new");
  EXPECT_EQ(now[0].position, 5U);
  EXPECT_EQ(now[1].bytes, "");
}

// LAW 1.3, LAW 11
TEST_P(StoreContract, law_11_views_take_only_what_follows_them) {
  append(test_records(1, 12));
  ASSERT_TRUE(store_->write_views(test_views(0, 6)));
  const std::string before = all_views(*store_);
  for (const auto& [from, to] : {std::pair{0U, 3U}, {0U, 6U}, {0U, 9U}, {3U, 9U}, {8U, 9U}}) {
    const auto late = store_->write_views(test_views(from, to));
    ASSERT_FALSE(late) << from << " to " << to;
    EXPECT_EQ(late.error().code, Code::store_moved);
    EXPECT_EQ(late.error().value, "6");
    EXPECT_EQ(all_views(*store_), before);
  }
  reopen();
  EXPECT_EQ(store_->watermark().value(), 6U);
  ASSERT_TRUE(store_->write_views(test_views(6, 12)));
  const auto reference = open_fake(make_fake_disk());
  ASSERT_TRUE(reference->write_views(test_views(0, 6)));
  ASSERT_TRUE(reference->write_views(test_views(6, 12)));
  EXPECT_EQ(all_views(*store_), all_views(*reference));
}

// LAW 1.6
TEST_P(StoreContract, law_1_a_damaged_state_row_is_named) {
  append(test_records(1, 9));
  ASSERT_TRUE(store_->write_views(test_views(0, 9)));
  store_.reset();
  stores_->damage_state("P 3");
  store_ = stores_->open();
  EXPECT_TRUE(store_->state(std::vector<std::string>{"P 2"}));
  const auto damaged = store_->state(std::vector<std::string>{"P 2", "P 3"});
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Code::store_damaged);
  EXPECT_NE(damaged.error().value.find("P 3"), std::string::npos);
}

// LAW 2, REQ SEC-05
TEST_P(StoreContract, law_2_a_damaged_record_is_named) {
  append(test_records(1, 9));
  append(test_records(10, 70));
  const auto report = verify_chain(*store_);
  ASSERT_TRUE(report) << to_text(report.error(), Language::en);
  EXPECT_EQ(report->head, head());
  EXPECT_EQ(report->batches, 2U);
  store_.reset();
  stores_->damage_record(33);
  store_ = stores_->open();
  const auto damaged = verify_chain(*store_);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, Code::store_damaged);
  EXPECT_TRUE(damaged.error().value.ends_with("record 33")) << damaged.error().value;
}

// LAW 2
TEST_P(StoreContract, law_2_signed_heads_are_heads_of_the_chain) {
  const Head first = append(test_records(1, 9));
  append(test_records(10, 3));
  const Head last = append(test_records(13, 3));
  ASSERT_TRUE(store_->put_signed_head({first.position, first.root, Instant{1}, "s"}));
  ASSERT_TRUE(store_->put_signed_head({last.position, last.root, Instant{2}, "s"}));
  EXPECT_EQ(verify_chain(*store_).value().signed_heads, 2U);
  ASSERT_TRUE(store_->put_signed_head({12, first.root, Instant{2}, "s"}));
  EXPECT_EQ(verify_chain(*store_).error().value, "signed head 12");
}

TEST_P(StoreContract, the_newest_message_of_a_provider_is_the_highest) {
  EXPECT_EQ(*store_->newest_message("H1"), "");
  append(test_records(1, 12));
  ASSERT_TRUE(store_->write_views(test_views(0, 8)));
  EXPECT_EQ(*store_->newest_message("H1"), "M1000007");
  EXPECT_EQ(*store_->newest_message("H2"), "M1000008");
  EXPECT_EQ(*store_->newest_message("H"), "");
  EXPECT_EQ(*store_->newest_message("H4"), "");
  ASSERT_TRUE(store_->write_views(test_views(8, 12)));
  EXPECT_EQ(*store_->newest_message("H1"), "M1000010");
}

TEST_P(StoreContract, rows_come_in_key_order_from_the_key_given) {
  append(test_records(1, 12));
  ASSERT_TRUE(store_->write_views(test_views(0, 12)));
  std::vector<std::string> keys;
  const auto take = [&keys](std::span<const ViewCell> row) {
    keys.push_back(std::string(std::get<std::string_view>(row[0])) + "/" +
                   std::string(std::get<std::string_view>(row[1])));
    return keys.size() < 6;
  };
  const std::string h1 = "H1", m7 = "M1000007";
  ASSERT_TRUE(store_->rows(ViewTable::message, std::array<ViewCell, 2>{h1, m7}, take));
  EXPECT_EQ(keys, (std::vector<std::string>{"H1/M1000007", "H1/M1000010", "H2/M1000002", "H2/M1000005",
                                            "H2/M1000008", "H2/M1000011"}));
  keys.clear();
  ASSERT_TRUE(store_->rows(ViewTable::message, std::array<ViewCell, 1>{h1}, take));
  EXPECT_EQ(keys.front(), "H1/M1000001");
  std::vector<std::int64_t> positions;
  ASSERT_TRUE(store_->rows(ViewTable::record, std::array<ViewCell, 1>{std::int64_t{10}},
                           [&](std::span<const ViewCell> row) {
                             positions.push_back(std::get<std::int64_t>(row[0]));
                             return true;
                           }));
  EXPECT_EQ(positions, (std::vector<std::int64_t>{10, 11, 12}));
}

TEST_P(StoreContract, every_table_gives_back_its_rows) {
  append(test_records(1, 3));
  const ViewBatch batch = test_views(0, 3);
  ASSERT_TRUE(store_->write_views(batch));
  for (std::size_t t = 0; t < view_table_count; ++t) {
    const auto table = static_cast<ViewTable>(t);
    std::multiset<std::vector<ViewCell>> expected, found;
    for (std::size_t i = 0; i < batch.rows.count(table); ++i) {
      const auto row = batch.rows.row(table, i);
      expected.emplace(row.begin(), row.end());
    }
    ViewRows kept;
    ASSERT_TRUE(store_->rows(table, {}, [&](std::span<const ViewCell> row) {
      std::vector<ViewCell> cells;
      for (const ViewCell& cell : row)
        cells.push_back(std::holds_alternative<std::int64_t>(cell)
                            ? cell
                            : ViewCell(kept.keep(std::get<std::string_view>(cell))));
      found.insert(std::move(cells));
      return true;
    }));
    EXPECT_EQ(expected, found) << info(table).name;
  }
}

// LAW 1.9
TEST_P(StoreContract, law_1_balance_day_adds_and_other_rows_replace) {
  append(test_records(1, 3));
  std::uint64_t at = 0;
  for (const std::int64_t fen : {100, 250, -75}) {
    ViewBatch batch;
    batch.after = at;
    batch.watermark = ++at;
    batch.rows.add(ViewTable::balance_day, {"2025-03-10", "payable", "H1", fen});
    batch.rows.add(ViewTable::balance_day, {"2025-03-10", "payable", "H1", std::int64_t{1}});
    batch.rows.add(ViewTable::balance_day, {"2025-03-11", "payable", "H1", fen});
    batch.rows.add(ViewTable::visit, {"V1", "P1", "H1", "21", "Z", "2025-03-10", "", "open"});
    batch.rows.add(ViewTable::visit, {"V1", "P1", "H1", "21", "Z", "2025-03-10", "2025-03-12", "closed"});
    ASSERT_TRUE(store_->write_views(batch));
  }
  std::vector<std::int64_t> sums;
  ASSERT_TRUE(store_->rows(ViewTable::balance_day, {}, [&](std::span<const ViewCell> row) {
    sums.push_back(std::get<std::int64_t>(row[3]));
    return true;
  }));
  EXPECT_EQ(sums, (std::vector<std::int64_t>{278, 275}));
  std::vector<std::string> visits;
  ASSERT_TRUE(store_->rows(ViewTable::visit, {}, [&](std::span<const ViewCell> row) {
    visits.emplace_back(std::get<std::string_view>(row[7]));
    return true;
  }));
  EXPECT_EQ(visits, std::vector<std::string>{"closed"});
}

// LAW 1.6
TEST_P(StoreContract, law_1_views_dropped_and_written_again_are_equal) {
  append(test_records(1, 60));
  for (std::uint64_t at = 0; at < 60; at += 20) ASSERT_TRUE(store_->write_views(test_views(at, at + 20)));
  const std::string before = all_views(*store_);
  EXPECT_NE(before.find("S1000060"), std::string::npos);
  ASSERT_TRUE(store_->drop_views());
  EXPECT_EQ(store_->watermark().value(), 0U);
  EXPECT_FALSE(store_->find({"H1", "2207A", "M1000004"}).value());
  EXPECT_EQ(store_->state(std::vector<std::string>{"P 1"}).value()[0].position, 0U);
  EXPECT_EQ(head().position, 60U);
  for (std::uint64_t at = 0; at < 60; at += 30) ASSERT_TRUE(store_->write_views(test_views(at, at + 30)));
  EXPECT_EQ(all_views(*store_), before);
  reopen();
  EXPECT_EQ(all_views(*store_), before);
}

// REQ SEC-08
TEST_P(StoreContract, a_restored_copy_has_the_same_head) {
  append(test_records(1, 30));
  const auto artifact = store_->put_artifact("library");
  const Head now = append(test_records(31, 30));
  ASSERT_TRUE(store_->put_signed_head({now.position, now.root, Instant{7}, "sig"}));
  ASSERT_TRUE(store_->write_views(test_views(0, 40)));
  const std::string views = all_views(*store_);
  const auto made = store_->backup(stores_->name_of_copy());
  ASSERT_TRUE(made) << to_text(made.error(), Language::en);
  append(test_records(61, 5));
  store_.reset();
  const auto copy = stores_->restore();
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->head().value().position, now.position);
  EXPECT_EQ(copy->head().value().root, now.root);
  EXPECT_EQ(copy->artifact(*artifact).value(), "library");
  EXPECT_EQ(copy->signed_heads(0, 9).value().size(), 1U);
  EXPECT_EQ(all_views(*copy), views);
  EXPECT_TRUE(verify_chain(*copy));
  EXPECT_EQ(copy->append(test_records(61, 1), copy->head().value()).value().position, 61U);
}

// REQ SEC-08
TEST_P(StoreContract, a_copy_taken_while_settlement_goes_on_is_consistent) {
  append(test_records(1, 100));
  std::atomic<bool> stop = false;
  std::thread writer([&] {
    for (std::uint64_t seed = 101; !stop; seed += 20)
      ASSERT_TRUE(store_->append(test_records(seed, 20), store_->head().value()));
  });
  std::thread follower([&] {
    for (std::uint64_t at = 0; !stop;) {
      const std::uint64_t to = store_->head().value().position;
      const std::uint64_t next = std::min(to, at + 200);
      if (next > at) {
        ASSERT_TRUE(store_->write_views(test_views(at, next)));
      }
      at = next;
    }
  });
  const auto made = store_->backup(stores_->name_of_copy());
  stop = true;
  writer.join();
  follower.join();
  ASSERT_TRUE(made) << to_text(made.error(), Language::en);
  store_.reset();
  const auto copy = stores_->restore();
  const auto report = verify_chain(*copy);
  ASSERT_TRUE(report) << to_text(report.error(), Language::en);
  EXPECT_LE(copy->watermark().value(), report->head.position);
}

TEST_P(StoreContract, many_threads_read_while_one_appends_and_one_writes_views) {
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader)
    readers.emplace_back([&] {
      while (!stop) {
        const std::uint64_t watermark = store_->watermark().value();
        if (watermark == 0) continue;
        const std::string number = std::to_string(1'000'000 + watermark);
        EXPECT_TRUE(store_->find({"H" + std::to_string(watermark % 3), "2207A", "M" + number}).value());
        EXPECT_GE(store_->state(std::vector<std::string>{"P 0"}).value()[0].position, watermark);
        std::uint64_t last = watermark - 1;
        EXPECT_TRUE(store_->read(watermark, [&](std::uint64_t position, std::string_view bytes) {
          EXPECT_EQ(position, ++last);
          return bytes == test_record(position).bytes;
        }));
        EXPECT_GE(last, watermark);
      }
    });
  std::thread follower([&] {
    for (std::uint64_t at = 0; at < 400;) {
      const std::uint64_t to = store_->head().value().position;
      if (to > at) {
        ASSERT_TRUE(store_->write_views(test_views(at, to)));
      }
      at = to;
    }
  });
  for (std::uint64_t seed = 1; seed < 400; seed += 10) append(test_records(seed, 10));
  follower.join();
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(store_->watermark().value(), 400U);
}

std::string name_of(const testing::TestParamInfo<Kind>& kind) { return kind.param.name; }

INSTANTIATE_TEST_SUITE_P(All, StoreContract,
                         testing::Values(Kind{"fake", [] { return std::make_unique<FakeStores>(); }},
                                         Kind{"embedded", [] { return std::make_unique<EmbeddedStores>(); }},
                                         Kind{"postgres", make_postgres_stores}),
                         name_of);

}  // namespace
}  // namespace fenming
