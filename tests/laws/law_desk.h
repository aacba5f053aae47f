// What the tests of the laws share: the desk of src/settlement/test_desk.h, and ways to open it again.
#pragma once

#include "settlement/test_desk.h"

namespace fenming::testing_desk {

// The same shard behind a store that fails.
inline void reopen_with(TestDesk& at, const FakeFaults& faults) {
  at.desk.reset();
  DeskOptions options;
  options.region = "123456";
  options.clock = [&at] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  auto opened = SettlementDesk::open(open_fake(at.disk, faults), options);
  ASSERT_TRUE(opened) << to_text(opened.error(), Language::en);
  at.desk = std::move(*opened);
}

inline const std::string recomputing = region("corrections: {cancel: recompute, late: gains}");

inline SetStatus poor(const std::string& from = "2025-01-01", const std::string& to = "2025-12-31") {
  return {"P1", fact("aid", "poor"), TestDesk::day(from), TestDesk::day(to), false};
}

inline std::int64_t posted(const Decision& decision, AccountKind kind) {
  std::int64_t fen = 0;
  for (const Posting& posting : decision.entries)
    if (posting.account.kind == kind) fen += posting.amount.fen();
  return fen;
}

// From here on the pool pays this ratio at hospitals of the first level: a library like the one before but for that.
inline void adopt_ratio(TestDesk& at, const std::string& percent, const std::string& corrections = "") {
  std::string rules = region(corrections);
  rules.replace(rules.find("L1: 80%"), 7, "L1: " + percent);
  const auto digest = at.desk->put_artifact(pack_library({{"region.yaml", rules}}, {}));
  ASSERT_TRUE(digest);
  at.good(AdoptRules{std::string(bytes_of(*digest))});
}

// Timers run after every question: once the second is answered, those of the first are done.
inline void let_timers_run(TestDesk& at) {
  for (int question = 0; question < 2; ++question) (void)at.desk->object(shard_object);
}

inline constexpr std::int64_t minutes = 60'000, days = 24 * 60 * minutes;

}  // namespace fenming::testing_desk
