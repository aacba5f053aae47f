#include "settlement/verify.h"

#include "settlement/replay.h"
#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

void a_busy_day(TestDesk& at) {
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  Settle two_phase = TestDesk::sale(yuan(70), "P2");
  two_phase.two_phase = true;
  const Outcome pending = at.good(two_phase);
  const Outcome sale = at.good(TestDesk::sale(yuan(300)), "sale");
  at.good(TestDesk::sale(yuan(90)));
  at.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at.good(Reverse{"P1", "2207", "sale"});
  at.good(Reverse{"P1", "2207", "never"});
  at.good(Confirm{pending.decision->made});
  const Outcome part = at.good(TestDesk::sale(yuan(120), "P3"));
  at.good(RefundPart{part.decision->made, "P3", {{"1", Decimal{}, yuan(20)}}});
}

TEST(VerifyStore, ABusyDayHolds) {  // REQ SEC-05, LAW 2
  TestDesk at(region("corrections: {cancel: recompute, late: gains}"));
  a_busy_day(at);
  at.desk->catch_up();
  const auto report = verify_store(at.desk->store());
  ASSERT_TRUE(report) << to_text(report.error(), Language::en);
  EXPECT_EQ(report->settlements, 5u);
  EXPECT_GT(report->objects, 6u);
  damage_state(*at.disk, "PP1");
  EXPECT_FALSE(verify_store(at.desk->store()));
}

TEST(VerifyStore, ADamagedRecordIsNamed) {  // REQ SEC-05
  TestDesk at;
  a_busy_day(at);
  at.desk->catch_up();
  damage_record(*at.disk, 17);
  const auto report = verify_store(at.desk->store());
  ASSERT_FALSE(report);
  EXPECT_NE(to_text(report.error(), Language::en).find("17"), std::string::npos)
      << to_text(report.error(), Language::en);
}

TEST(VerifyStore, EveryIdentityIsLookedAt) {  // LAW 9
  TestDesk at;
  const Decision sound = *at.good(TestDesk::sale(yuan(300))).decision;
  ASSERT_FALSE(broken_identity(sound));
  const auto broken = [&](auto change) {
    Decision decision = sound;
    change(decision, decision.results.front());
    return broken_identity(decision).has_value();
  };
  EXPECT_TRUE(broken([](auto&, auto& result) { ++result.cash; }));
  EXPECT_TRUE(broken([](auto&, auto& result) { ++result.shares.front().fen; }));
  EXPECT_TRUE(broken([](auto&, auto& result) { ++result.lines.front().in; }));
  EXPECT_TRUE(broken([](auto&, auto& result) { ++result.lines.front().in, ++result.lines.front().amount; }));
  EXPECT_TRUE(broken([](auto&, auto& result) { --result.lines.front().in, ++result.lines.front().out; }));
  EXPECT_TRUE(broken([](auto&, auto& result) { result.cash += 50, result.account -= 50; }));
  EXPECT_TRUE(broken([](auto& decision, auto&) { decision.entries.front().amount = yuan(1); }));
}

TEST(Replay, EveryRecordComesOutByteByByte) {  // REQ PLT-04, LAW 3
  TestDesk at(region("corrections: {cancel: recompute, late: gains}"));
  a_busy_day(at);
  at.desk->catch_up();
  const auto report = replay_store(at.desk->store());
  ASSERT_TRUE(report) << to_text(report.error(), Language::en);
  EXPECT_EQ(report->different, 0u) << report->differences.front().position;
  EXPECT_EQ(report->equal, report->records);
  EXPECT_GT(report->records, 20u);
}

}  // namespace
}  // namespace fenming::testing_desk
