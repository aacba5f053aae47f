// Random walks (issue of the desk and the store): a desk and the reference take the same commands and must say the same after each.
// FENMING_WALKS and FENMING_SEED make it longer: tests/soak/walk.sh. FENMING_SHRINK=0: a walk that fails is told as it is, at once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "properties/random.h"
#include "walk/driver.h"
#include "walk/generator.h"

namespace fenming::walk {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::stoull(text);
}

// Drops what came after the failure, then other steps, many at once and then one by one, as long as the walk still fails.
Walk shrunk(Walk walk, int failed_at) {
  Tally ignored;
  Walk shorter = walk;
  std::erase_if(shorter.steps, [&](const Step& step) { return step.number > failed_at; });
  if (run(shorter, ignored)) walk = std::move(shorter);
  for (std::size_t size = walk.steps.size() / 2; size > 0; size /= 2) {
    for (std::size_t at = 0; at + size <= walk.steps.size();) {
      Walk smaller = walk;
      const auto first = smaller.steps.begin() + static_cast<std::ptrdiff_t>(at);
      smaller.steps.erase(first, first + static_cast<std::ptrdiff_t>(size));
      if (run(smaller, ignored))
        walk = std::move(smaller);
      else
        at += size;
    }
  }
  return walk;
}

std::string report(const Walk& walk, const Failure& failure) {
  std::string text = fmt::format("seed {}, cancel {}, late {}{}\n", walk.seed, walk.corrections.cancel,
                                 walk.corrections.late, walk.faults ? ", with faults" : "");
  for (const Step& step : walk.steps) text += describe(step) + "\n";
  return text + fmt::format("after step {}: {}", failure.step, failure.what);
}

TEST(Walk, DeskAndReferenceAgree) {  // LAW 1, 3, 5, 6, 7, 9
  const std::uint64_t first = setting("FENMING_SEED", 1), count = setting("FENMING_WALKS", 200);
  Tally tally;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Walk walk = make_walk(properties::mixed(first, i));
    const auto seen = run(walk, tally);
    if (!seen) continue;
    ASSERT_NE(setting("FENMING_SHRINK", 1), 0U) << report(walk, *seen);
    const Walk smaller = shrunk(walk, seen->step);
    Tally ignored;
    const auto failure = run(smaller, ignored);
    ASSERT_TRUE(failure) << "walk " << i << " fails only sometimes: " << seen->what;
    FAIL() << "walk " << i << "\n" << report(smaller, *failure);
  }
  EXPECT_GT(tally.accepted * 3, tally.steps) << "most walks do something";
  fmt::print(
      "{} walks, {} steps: {} accepted, {} settled, {} undone, {} adjusted, {} repeated, {} expired, {} "
      "opened again\n",
      count, tally.steps, tally.accepted, tally.settled, tally.undone, tally.adjusted, tally.repeated,
      tally.expired, tally.reopened);
}

}  // namespace
}  // namespace fenming::walk
