// Every call that SQLite makes of the disk fails once, in every way it can: no answer is false, and a kill at any of these moments leaves a
// store that opens with exactly what was acknowledged. The long form: FENMING_STORE_APPENDS=1000 (tests/soak/store.sh).
#include <cstdlib>

#include "store/embedded/test_embedded.h"
#include "store/embedded/test_faulty_vfs.h"
#include "store/fake/fake_store.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t records_each = 3;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

EmbeddedOptions faulty_options() {
  EmbeddedOptions options;
  options.vfs = FaultyDisk::vfs();
  options.wal_bytes_max = 512 << 10;  // so that logs are moved, and begin anew, often
  options.journal_cache_bytes = options.views_cache_bytes = options.reading_cache_bytes = 256 << 10;
  return options;
}

std::string name_of(IoFault fault) {
  switch (fault) {
    case IoFault::refused: return "refused";
    case IoFault::half: return "half";
    case IoFault::full: return "full";
    case IoFault::after_done: return "after_done";
    case IoFault::lasting: return "lasting";
  }
  return "";
}

class Faults : public testing::TestWithParam<IoFault> {
 protected:
  void SetUp() override {
    disk().heal();
    reference_ = open_fake(make_fake_disk());
    expected_[0] = all_views(*reference_);
    open();
  }
  void TearDown() override {
    disk().heal();
    store_.reset();
  }

  static FaultyDisk& disk() { return FaultyDisk::get(); }

  void open() {
    auto store = open_embedded(folder_ / "s", faulty_options());
    ASSERT_TRUE(store) << to_text(store.error(), Language::en);
    store_ = *std::move(store);
  }

  // What head() says once the disk works again. It may refuse before, but not lie.
  Head true_head() {
    auto head = store_->head();
    if (!head) {
      disk().heal();
      head = store_->head();
    }
    EXPECT_TRUE(head) << to_text(head.error(), Language::en);
    return head.value_or(Head{});
  }

  // Whether the records are in the journal afterwards; the model is kept in step.
  bool append() {
    const auto records = test_records(head_.position, records_each, 300);
    const auto answer = store_->append(records, head_);
    disk_hit_ = disk().hit();
    const Batch batch = make_batch(records, head_);
    const Head done = {head_.position + records_each, batch.root, 0};
    const Head now = true_head();
    EXPECT_TRUE(now == head_ || now == done) << now.position << " instead of " << head_.position;
    if (answer) {
      EXPECT_EQ(*answer, done);
      EXPECT_EQ(now, done);
    } else if (answer.error().code != Code::store_unknown) {
      EXPECT_EQ(now, head_) << "said that nothing was written: " << to_text(answer.error(), Language::en);
    }
    const bool written = now == done;
    head_ = now;
    return written;
  }

  bool write_views() {
    const auto answer = store_->write_views(test_views(watermark_, watermark_ + records_each));
    disk_hit_ = disk().hit();
    auto stands = store_->watermark();
    if (!stands) {  // a disk that does not answer says so
      disk().heal();
      stands = store_->watermark();
    }
    const std::uint64_t now = stands.value();
    EXPECT_EQ(now, watermark_ + (answer ? records_each : 0));
    watermark_ = now;
    return answer.has_value();
  }

  const std::string& expected_views(std::uint64_t watermark) {
    for (std::uint64_t at = reference_->watermark().value(); at < watermark; at += records_each) {
      EXPECT_TRUE(reference_->write_views(test_views(at, at + records_each)));
      expected_[at + records_each] = all_views(*reference_);
    }
    return expected_[watermark];
  }

  void check_after_kill() {
    const std::string killed = folder_ / "killed";
    fs::remove_all(killed);
    fs::create_directories(killed);
    for (const auto& entry : fs::directory_iterator(folder_ / "s"))
      if (entry.path().extension() != ".db-shm" && entry.path().filename() != "lock")
        fs::copy_file(entry.path(), killed / entry.path().filename());
    const auto opened = open_embedded(killed, quick_options());
    ASSERT_TRUE(opened) << to_text(opened.error(), Language::en);
    Store& store = **opened;
    EXPECT_EQ(store.head().value(), head_);
    const auto report = verify_chain(store);
    EXPECT_TRUE(report) << to_text(report.error(), Language::en);
    // The views of a commit that failed may be there after all: they are derived, from records that are.
    const std::uint64_t watermark = store.watermark().value();
    EXPECT_TRUE(watermark == watermark_ || watermark == watermark_ + records_each) << watermark;
    EXPECT_LE(watermark, head_.position);
    EXPECT_EQ(all_views(store), expected_views(watermark));
    ++checked_;
  }

  // Does the step until it is done: `nth` call failing, then the next ... A fault after the commit ends the step too; the calls that
  // were left then fail in the next step of the kind.
  template <class Step>
  void every_call_fails(std::int64_t& nth, Step step) {
    for (bool done = false; !done && !HasFailure();) {
      disk().arm(nth, GetParam());
      done = step();
      disk().heal();
      nth = disk_hit_ ? nth + 1 : 1;
      if (disk_hit_ && ++faults_ % check_each_ == 0) check_after_kill();
    }
  }

  TestFolder folder_;
  std::unique_ptr<Store> store_, reference_;
  std::map<std::uint64_t, std::string> expected_;
  Head head_;
  std::uint64_t watermark_ = 0, faults_ = 0, checked_ = 0;
  std::uint64_t check_each_ = from_environment("FENMING_STORE_CHECK_EACH", 37);
  bool disk_hit_ = false;
};

// LAW 1.2, REQ PLT-05
TEST_P(Faults, law_1_no_false_answer_whatever_call_fails) {
  const std::uint64_t appends = from_environment("FENMING_STORE_APPENDS", 5);
  std::int64_t nth_of_append = 1, nth_of_views = 1;
  for (std::uint64_t i = 0; i < appends && !HasFailure(); ++i) {
    every_call_fails(nth_of_append, [this] { return append(); });
    if (!HasFailure()) every_call_fails(nth_of_views, [this] { return write_views(); });
  }
  check_after_kill();
  store_.reset();
  open();
  EXPECT_EQ(store_->head().value(), head_);
  EXPECT_EQ(all_views(*store_), expected_views(watermark_));
  EXPECT_GT(faults_, appends * 10);
  RecordProperty("faults", static_cast<int>(faults_));
}

// REQ PLT-05
TEST_P(Faults, opening_that_fails_leaves_the_store_as_it_was) {
  for (int i = 0; i < 4; ++i) append(), write_views();
  for (std::int64_t nth = 1;; ++nth) {
    store_.reset();
    disk().arm(nth, GetParam());
    auto store = open_embedded(folder_ / "s", faulty_options());
    const bool hit = disk().hit();
    disk().heal();
    if (!store) {
      EXPECT_NE(store.error().code, Code::store_damaged) << to_text(store.error(), Language::en);
      open();
    } else {
      store_ = *std::move(store);
    }
    ASSERT_TRUE(store_);
    ASSERT_EQ(store_->head().value(), head_);
    ASSERT_EQ(all_views(*store_), expected_views(watermark_));
    if (!hit) break;
    ++faults_;
  }
  EXPECT_GT(faults_, 20U);
}

INSTANTIATE_TEST_SUITE_P(All, Faults,
                         testing::Values(IoFault::refused, IoFault::half, IoFault::full, IoFault::after_done,
                                         IoFault::lasting),
                         [](const auto& kind) -> std::string { return name_of(kind.param); });

// REQ PLT-05
TEST(FullDisk, refuses_clearly_and_goes_on_by_itself) {
  const TestFolder folder;
  FaultyDisk& disk = FaultyDisk::get();
  disk.heal();
  const auto store = open_embedded(folder / "s", faulty_options()).value();
  Head head = store->append(test_records(1, 3), Head{}).value();
  int full = 0;
  for (std::int64_t nth = 1; nth < 60; ++nth) {
    disk.arm(nth, IoFault::full);
    const auto answer = store->append(test_records(4, 3), head);
    const bool hit = disk.hit();
    disk.heal();
    if (!answer && answer.error().code == Code::store_full) {
      ++full;
      EXPECT_EQ(store->head().value(), head);
    }
    if (answer) head = *answer;
    if (!hit) break;
    if (!answer) head = store->head().value();
  }
  EXPECT_GT(full, 2);
  EXPECT_TRUE(store->append(test_records(9, 3), store->head().value()));
  EXPECT_TRUE(verify_chain(*store));
}

}  // namespace
}  // namespace fenming
