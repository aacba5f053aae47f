// What a desk keeps in memory, and what leaves it: beside a store that has none of it, whatever is found is in memory.
#include "settlement/state.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/fake/fake_store.h"

namespace fenming {
namespace {

class Kept : public testing::Test {
 protected:
  void put(Memory& memory, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t position = first; position <= last; ++position) {
      Object object;
      object.set("c", "1");
      memory.put(fmt::format("P{}", position), std::move(object), position);
    }
  }
  std::uint64_t there(Memory& memory, std::uint64_t last) {
    std::uint64_t found = 0;
    for (std::uint64_t position = 1; position <= last; ++position)
      found += memory.object(fmt::format("P{}", position)).empty() ? 0 : 1;
    return found;
  }
  static MessageKey key(std::uint64_t number) { return {"H1", "2207", fmt::format("m{:06}", number)}; }

  std::unique_ptr<Store> store_ = open_fake(make_fake_disk());
};

// LAW 1.3
TEST_F(Kept, what_no_view_has_yet_stays) {
  Memory memory(*store_, 10);
  put(memory, 1, 100);
  memory.written(0);
  EXPECT_EQ(memory.dirty(), 100U);
  EXPECT_EQ(memory.left(), 0U);
  EXPECT_EQ(there(memory, 100), 100U);
}

TEST_F(Kept, of_what_the_views_have_so_many_stay) {
  Memory memory(*store_, 10);
  put(memory, 1, 100);
  memory.written(100);
  EXPECT_EQ(memory.dirty(), 0U);
  EXPECT_EQ(memory.left(), 90U);
  put(memory, 101, 150);
  memory.written(149);
  EXPECT_EQ(memory.dirty(), 1U);
  memory.written(150);
  EXPECT_EQ(memory.left(), 140U);
  EXPECT_LE(there(memory, 150), 10U);
}

TEST_F(Kept, an_object_changed_again_waits_for_its_last_change) {
  Memory memory(*store_, 1);
  put(memory, 1, 20);
  Object again;
  again.set("c", "2");
  memory.put("P1", std::move(again), 21);
  memory.written(20);
  EXPECT_EQ(memory.object("P1").find("c"), "2");
  EXPECT_EQ(memory.dirty(), 1U);
}

TEST_F(Kept, of_messages_that_the_views_have_the_newest_stay) {
  constexpr std::uint64_t kept = 8'192, all = kept + 500;
  Memory memory(*store_, 10);
  for (std::uint64_t number = 1; number <= all; ++number) memory.bind({key(number), BindKind::done}, number);
  memory.written(0);
  EXPECT_TRUE(memory.find(key(1))->has_value()) << "no view has it";
  memory.written(all);
  EXPECT_FALSE(memory.find(key(1))->has_value());
  EXPECT_FALSE(memory.find(key(500))->has_value());
  EXPECT_TRUE(memory.find(key(501))->has_value());
  EXPECT_EQ(memory.find(key(all))->value().position, all);
}

}  // namespace
}  // namespace fenming
