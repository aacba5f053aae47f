// QueryLane and Rate: what bounds the callers.
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "server/node.h"

namespace fenming {
namespace {

TEST(Rate, a_seconds_worth_at_once_then_evenly) {
  Rate rate(10);
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += rate.take(5'000) ? 1 : 0;
  EXPECT_EQ(taken, 10);
  EXPECT_FALSE(rate.take(5'099));
  EXPECT_TRUE(rate.take(5'100));
  EXPECT_FALSE(rate.take(5'100));
  for (std::int64_t ms = 5'101; ms <= 15'100; ++ms) taken += rate.take(ms) ? 1 : 0;
  EXPECT_EQ(taken, 110);  // 10 at first, 100 in ten seconds
}

TEST(Rate, no_more_than_a_second_is_saved_up) {
  Rate rate(3);
  EXPECT_TRUE(rate.take(0));
  int taken = 0;
  for (int i = 0; i < 10; ++i) taken += rate.take(86'400'000) ? 1 : 0;
  EXPECT_EQ(taken, 3);
}

TEST(Rate, none_is_no_bound) {
  Rate rate;
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(rate.take(0));
}

TEST(Rate, a_clock_that_stands_gives_nothing_more) {
  Rate rate(1);
  EXPECT_TRUE(rate.take(1'000));
  EXPECT_FALSE(rate.take(1'000));
  EXPECT_FALSE(rate.take(900));
  EXPECT_FALSE(rate.take(1'000));
}

TEST(QueryLane, a_full_line_refuses_and_the_others_are_done) {
  std::promise<void> gate;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> done{0};
  std::promise<void> begun;
  {
    QueryLane lane(1, 3);
    ASSERT_TRUE(lane.add([&] {
      begun.set_value();
      open.wait();
      ++done;
    }));
    begun.get_future().wait();  // it is at work, no longer in line
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(lane.add([&] { ++done; }));
    EXPECT_EQ(lane.waiting(), 3U);
    EXPECT_FALSE(lane.add([&] { ++done; }));
    gate.set_value();
  }  // what was taken is done before it ends
  EXPECT_EQ(done, 4);
}

TEST(QueryLane, what_one_asks_in_turn_leaves_a_thread_to_the_others) {
  std::promise<void> gate, other;
  const std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> done{0}, together{0};
  {
    QueryLane lane(2, 100);
    const auto slow = [&] {
      EXPECT_EQ(++together, 1);
      open.wait();
      --together;
      ++done;
    };
    int taken = 0;
    for (int i = 0; i < 20; ++i) taken += lane.add(slow, "H1") ? 1 : 0;
    EXPECT_GE(taken, 8);  // and the one that a thread has taken by then
    EXPECT_LE(taken, 9);
    ASSERT_TRUE(lane.add([&] { other.set_value(); }, "H2"));
    other.get_future().wait();  // while the first of H1 still waits
    EXPECT_EQ(done, 0);
    gate.set_value();
  }
  EXPECT_GE(done, 8);
}

TEST(QueryLane, threads_work_side_by_side) {
  std::promise<void> first, second;
  QueryLane lane(2, 10);
  ASSERT_TRUE(lane.add([&] {
    first.set_value();
    second.get_future().wait();
  }));
  ASSERT_TRUE(lane.add([&] {
    first.get_future().wait();
    second.set_value();
  }));
}

}  // namespace
}  // namespace fenming
