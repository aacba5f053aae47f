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

inline constexpr std::int64_t minutes = 60'000, days = 24 * 60 * minutes;

}  // namespace fenming::testing_desk
