// The embedded store and the fake one give the same answers (tests/fuzz/fuzz_store.cpp looks for sequences on which they do not).
#include <random>

#include "store/embedded/test_embedded.h"
#include "store/fake/fake_store.h"
#include "store/test_walk.h"

namespace fenming {
namespace {

TEST(StoreWalk, embedded_and_fake_agree_on_random_sequences) {
  std::mt19937_64 random(7);
  for (int turn = 0; turn < 4; ++turn) {
    const TestFolder folder;
    const auto disk = make_fake_disk();
    StoreWalk walk([&] { return open_embedded(folder / "s", quick_options()).value(); },
                   [&] { return open_fake(disk); });
    std::string bytes(240, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const auto difference = walk.run(bytes);
    EXPECT_FALSE(difference) << *difference;
  }
}

TEST(StoreWalk, a_difference_is_found) {
  const auto disk = make_fake_disk(), other = make_fake_disk();
  StoreWalk walk([&] { return open_fake(disk); },
                 [&] { return open_fake(other, {.seed = 5, .append_full = 200}); });
  EXPECT_TRUE(walk.run(std::string(200, '\1')));
}

}  // namespace
}  // namespace fenming
