#include "settlement/sender.h"

#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

TEST(Sender, SendsManyAndNeverMoreThanItsBound) {
  TestDesk at;
  std::atomic<unsigned> most = 0;
  std::uint64_t settled = 0, refused = 0;
  {
    Sender sender(*at.desk, 5);
    for (int i = 0; i < 200; ++i) {
      sender.send(at.command(TestDesk::sale(yuan(1), i % 10 == 0 ? "P9" : "P1")),
                  [&](const Result<Outcome>& outcome) { ++(outcome ? settled : refused); });
      most = std::max(most.load(), sender.in_flight());
    }
    sender.wait(0);
    EXPECT_EQ(settled, 180U);
    EXPECT_EQ(refused, 20U);
    EXPECT_EQ(sender.in_flight(), 0U);
  }
  EXPECT_LE(most, 5U);
}

TEST(Sender, WaitsForWhatIsOnItsWayBeforeItGoes) {
  TestDesk at;
  int answered = 0;
  {
    Sender sender(*at.desk, 64);
    for (int i = 0; i < 50; ++i)
      sender.send(at.command(TestDesk::sale(yuan(1))), [&](const Result<Outcome>&) { ++answered; });
  }
  EXPECT_EQ(answered, 50);
}

TEST(Sender,
     MayGoWhileItsLastAnswerStillWakesIt) {  // what is touched then must be there: the sanitizers look
  TestDesk at;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 300; ++i) {
    auto sender = std::make_unique<Sender>(*at.desk, 2);
    sender->send(at.command(CreditAccount{"P1", yuan(1), "a"}), [&](const Result<Outcome>&) { ++answered; });
  }
  EXPECT_EQ(answered, 300);
}

}  // namespace
}  // namespace fenming::testing_desk
