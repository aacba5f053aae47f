#include "store/fake/fake_store.h"

#include <gtest/gtest.h>

#include "store/test_stores.h"
#include "store/verify.h"

namespace fenming {
namespace {

struct Outcome {
  unsigned done = 0, refused = 0, unknown_written = 0, unknown_not_written = 0;
  Head head;
};

Outcome run(const std::shared_ptr<FakeDisk>& disk, const FakeFaults& faults) {
  Outcome outcome;
  const auto store = open_fake(disk, faults);
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Head before = store->head().value();
    const auto answer = store->append(test_records(i, 3), before);
    const Head after = store->head().value();
    const bool written = after != before;
    EXPECT_EQ(after.position, before.position + (written ? 3 : 0));
    if (answer) {
      EXPECT_EQ(*answer, after);
      EXPECT_TRUE(written);
      ++outcome.done;
    } else if (answer.error().code == Code::store_unknown) {
      ++(written ? outcome.unknown_written : outcome.unknown_not_written);
    } else {
      EXPECT_FALSE(written);
      ++outcome.refused;
    }
  }
  outcome.head = store->head().value();
  EXPECT_TRUE(verify_chain(*store));
  return outcome;
}

TEST(FakeStore, faults_are_drawn_from_the_seed) {
  const FakeFaults faults{.seed = 11, .append_failed = 100, .append_full = 100, .append_unknown = 200};
  const Outcome one = run(make_fake_disk(), faults), two = run(make_fake_disk(), faults);
  EXPECT_EQ(one.head, two.head);
  EXPECT_GT(one.done, 150U);
  EXPECT_GT(one.refused, 30U);
  EXPECT_GT(one.unknown_written, 10U);
  EXPECT_GT(one.unknown_not_written, 10U);
  FakeFaults other = faults;
  other.seed = 12;
  EXPECT_NE(run(make_fake_disk(), other).head, one.head);
}

TEST(FakeStore, views_that_fail_are_not_written) {
  const auto disk = make_fake_disk();
  const auto store = open_fake(disk, {.seed = 3, .views_failed = 500});
  unsigned failed = 0;
  for (std::uint64_t at = 0; at < 100; ++at) {
    const std::uint64_t before = store->watermark().value();
    const bool written = store->write_views(test_views(before, before + 1)).has_value();
    EXPECT_EQ(store->watermark().value(), before + (written ? 1 : 0));
    if (!written) ++failed;
  }
  EXPECT_GT(failed, 20U);
  EXPECT_LT(failed, 80U);
}

// LAW 1.2
TEST(FakeStore, law_1_a_crash_keeps_what_was_acknowledged_and_may_take_views_back) {
  std::uint64_t furthest = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto disk = make_fake_disk();
    auto store = open_fake(disk);
    for (std::uint64_t i = 0; i < 9; ++i) {
      ASSERT_TRUE(store->append(test_records(i, 2), store->head().value()));
      ASSERT_TRUE(store->write_views(test_views(2 * i, 2 * i + 2)));
    }
    const Head before = store->head().value();
    store.reset();
    crash(*disk, seed);
    store = open_fake(disk);
    EXPECT_EQ(store->head().value(), before);
    const std::uint64_t watermark = store->watermark().value();
    EXPECT_LE(watermark, before.position);
    EXPECT_GE(watermark, before.position - 8);
    EXPECT_EQ(store->find({"H0", "2207A", "M1000018"}).value().has_value(), watermark == 18);
    furthest = std::max(furthest, before.position - watermark);
    ASSERT_TRUE(store->write_views(test_views(watermark, 18)));
    const auto reference = open_fake(make_fake_disk());
    ASSERT_TRUE(reference->write_views(test_views(0, 18)));
    EXPECT_EQ(all_views(*store), all_views(*reference));
  }
  EXPECT_GT(furthest, 0U);
}

}  // namespace
}  // namespace fenming
