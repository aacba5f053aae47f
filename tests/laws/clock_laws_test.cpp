// Laws 7 and 8: what the two clocks decide. Timers go by the monotonic one, records by the wall's, and nothing is settled by either while
// they are apart.
#include "laws/law_desk.h"
#include "settlement/replay.h"

namespace fenming::testing_desk {
namespace {

std::string waiting(TestDesk& at) {
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  return at.good(sale).decision->made;
}

TEST(Law7, TheTimerGoesByTheMonotonicClock) {  // LAW 7: half an hour where nothing else is agreed
  EXPECT_EQ(RegisterProvider().confirm_minutes, 30);
  EXPECT_EQ(ProviderState().confirm_minutes, 30);
  TestDesk at;
  const std::string early = waiting(at);
  at.pass(30 * minutes - 1);
  at.wall_ms += 50'000;  // the wall clock is ahead, less than is doubted
  let_timers_run(at);
  at.good(Confirm{early});
  const std::string late = waiting(at);
  at.pass(30 * minutes);
  at.wall_ms -= 100'000;  // and behind
  let_timers_run(at);
  EXPECT_EQ(at.refused(Confirm{late}), "desk_expired");
}

TEST(Law7, AnExpiryIsACommandWithItsTime) {  // LAW 3, 7: replay asks no clock
  TestDesk at;
  const std::string late = waiting(at);
  at.pass(31 * minutes);
  let_timers_run(at);
  const auto record = *at.desk->record(at.desk->figures().head.position);
  const auto* expire = std::get_if<Expire>(&record->command.action);
  ASSERT_NE(expire, nullptr);
  EXPECT_EQ(expire->settlement, late);
  EXPECT_EQ(expire->at, Instant{at.wall_ms});
  at.pass(500 * minutes);
  const auto replayed = replay_store(at.desk->store());
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->different, 0U);
}

TEST(Law7, WhicheverTheJournalHasFirstStands) {  // LAW 7: of a confirmation and an expiry
  TestDesk at;
  const std::string confirmed = waiting(at);
  at.good(Confirm{confirmed});
  EXPECT_EQ(at.refused(Expire{confirmed, Instant{at.wall_ms}}), "desk_not_pending");
  at.pass(60 * minutes);
  const std::uint64_t head = at.desk->figures().head.position;
  let_timers_run(at);
  EXPECT_EQ(at.desk->figures().head.position, head) << "its timer has nothing to do any more";
  const std::string expired = waiting(at);
  std::vector<std::string> said;
  const auto note = [&](const Result<Outcome>& outcome) {
    said.push_back(outcome ? "done" : std::string(name(outcome.error().code)));
  };
  at.desk->submit(at.command(Expire{expired, Instant{at.wall_ms}}), note);
  at.desk->submit(at.command(Confirm{expired}), note);
  ASSERT_TRUE(at.desk->catch_up());
  EXPECT_EQ(said, (std::vector<std::string>{"done", "desk_expired"}));
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100)))).deductible, 0) << "the confirmed one counts";
}

TEST(Law8, AMinuteApartIsTooMuchInEitherDirection) {  // LAW 8
  for (const auto& [off_ms, said] :
       {std::pair{60'000, ""}, {60'001, "desk_clock"}, {-60'000, ""}, {-60'001, "desk_clock"}}) {
    TestDesk at;
    at.pass(minutes);
    at.wall_ms += off_ms;
    EXPECT_EQ(at.refused(TestDesk::sale(yuan(10))), said) << off_ms;
  }
}

TEST(Law8, NothingExpiresWhileTheClockIsDoubted) {  // LAW 7, 8
  TestDesk at;
  const std::string pending = waiting(at);
  at.wall_ms += 2 * minutes;
  at.pass(31 * minutes);
  const std::uint64_t head = at.desk->figures().head.position;
  let_timers_run(at);
  EXPECT_EQ(at.refused(Confirm{pending}), "desk_clock");
  EXPECT_EQ(at.desk->figures().head.position, head);
  at.good(AcceptClock{Instant{at.wall_ms}, "chief"});
  let_timers_run(at);
  EXPECT_EQ(at.refused(Confirm{pending}), "desk_expired");
}

}  // namespace
}  // namespace fenming::testing_desk
