// Law 5: one message, once.
#include "laws/law_desk.h"

namespace fenming::testing_desk {
namespace {

TEST(Law5, OnlyWhatChangedSomethingBindsItsKey) {  // LAW 5
  TestDesk at;
  Settle wrong = TestDesk::sale(yuan(300));
  wrong.total = yuan(299);
  EXPECT_NE(at.refused(wrong, "one"), "");
  ASSERT_TRUE(at.desk->trial(at.command(TestDesk::sale(yuan(1)), "one")));
  EXPECT_FALSE(at.good(TestDesk::sale(yuan(300)), "one").repeated);
}

TEST(Law5, TheSameKeyWithOtherContentIsRefusedNamingTheField) {  // LAW 5
  TestDesk at;
  const Outcome first = at.good(TestDesk::sale(yuan(300)), "one");
  const auto other = at.call(TestDesk::sale(yuan(300), "P2"), "one");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::desk_message_differs);
  EXPECT_EQ(other.error().place, "psn_no");
  const std::string text = to_text(other.error(), Language::en);
  for (const std::string& named : {first.decision->made, std::string("\"P1\""), std::string("\"P2\"")})
    EXPECT_NE(text.find(named), std::string::npos) << text;
}

TEST(Law5, TheOperatorIsNoPartOfTheContent) {  // LAW 5
  TestDesk at;
  Command command = at.command(TestDesk::sale(yuan(300)), "one");
  ASSERT_TRUE(at.desk->call(command));
  command.made_by = "another window";
  const auto again = at.desk->call(command);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
}

TEST(Law5, TheKeyIsProviderTransactionAndMessage) {  // LAW 5
  TestDesk at;
  at.good(TestDesk::sale(yuan(10)), "one", "H1");
  EXPECT_FALSE(at.good(TestDesk::sale(yuan(10)), "one", "H2").repeated);
  Command other = at.command(TestDesk::sale(yuan(10)), "one");
  other.key.infno = "2304";
  EXPECT_FALSE(at.desk->call(other)->repeated);
}

TEST(Law5, TheSecondWaitsForTheFirst) {  // LAW 5
  TestDesk at;
  std::atomic<std::uint64_t> positions[2] = {0, 0};
  for (auto& position : positions)
    at.desk->submit(at.command(TestDesk::sale(yuan(10)), "one"), [&position](const Result<Outcome>& outcome) {
      position = outcome ? outcome->position : 0;
    });
  at.desk->catch_up();
  EXPECT_NE(positions[0], 0U);
  EXPECT_EQ(positions[0], positions[1]);
}

TEST(Law5, AReversalOfAnUnseenMessageWinsAndAnswersTwice) {  // LAW 5
  TestDesk at;
  at.good(Reverse{"P1", "2207", "lost"});
  at.good(Reverse{"P1", "2207", "lost"});
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(300)), "lost"), "desk_message_reversed");
  at.reopen();
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(300)), "lost"), "desk_message_reversed");
}

TEST(Law5, NobodyElseReversesAMessage) {  // LAW 5
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)), "seen");
  const std::string before = at.normal("P1");
  EXPECT_EQ(at.refused(Reverse{"P2", "2207", "seen"}), "desk_settlement_of_other");
  at.good(Reverse{"P1", "2207", "seen"}, "", "H2");  // H2 has no such message: only its own key is closed
  EXPECT_EQ(at.normal("P1"), before);
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(5)), "seen", "H2"), "desk_message_reversed");
}

TEST(Law5, AMessageIdOfAnotherProviderIsNotReversed) {  // LAW 5: nor closed by a tombstone
  TestDesk at;
  const std::string first = "H00000000001", second = "H00000000002";
  for (const std::string& code : {first, second})
    at.good(RegisterProvider{code, code, {fact("level", "L1")}, 30});
  const std::string msgid = first + "202503010900000001";
  at.good(TestDesk::sale(yuan(300)), msgid, first);
  const std::string before = at.normal("P1");
  const auto refused = at.call(Reverse{"P1", "2207", msgid}, "", second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::desk_message_of_other);
  EXPECT_NE(to_text(refused.error(), Language::en).find(first), std::string::npos);
  EXPECT_EQ(at.normal("P1"), before);
  EXPECT_EQ(at.refused(Reverse{"P1", "2207", first + "202503010900000009"}, "", second),
            "desk_message_of_other")
      << "not even one that never came";
  at.good(Reverse{"P1", "2207", msgid}, "", first);
  EXPECT_NE(at.normal("P1"), before);
  at.good(Reverse{"P1", "2207", "X00000000009" + std::string("202503010900000001")}, "", second);
}

TEST(Law5, WhatIsNoSettlementIsNotReversed) {  // LAW 5
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"}, "credit");
  EXPECT_EQ(at.refused(Reverse{"P1", "2207", "credit"}), "desk_not_reversible");
}

TEST(Law5, ALineAndABatchSettleOnce) {  // LAW 5: two windows, messages of their own
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  FeeLine batched = line("1", yuan(100));
  batched.batch = "b1";
  at.good(UploadLines{visit, {batched, line("2", yuan(30))}});
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit, settle.batch = "b1", settle.total = yuan(100);
  const std::string first = at.good(settle).decision->made;
  const auto second = at.call(settle);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::desk_batch_settled);
  EXPECT_NE(to_text(second.error(), Language::en).find(first), std::string::npos);
  settle.batch.clear();
  settle.total = yuan(30);
  const std::string rest = at.good(settle).decision->made;
  const auto again = at.call(settle);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::desk_lines_settled);
  EXPECT_NE(to_text(again.error(), Language::en).find(rest), std::string::npos);
  at.good(CancelSettlement{rest, "P1"});
  at.good(settle);  // free again
}

Settle of_visit(const std::string& visit, Money total, std::string batch = "") {
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit, settle.total = total, settle.batch = std::move(batch);
  return settle;
}

TEST(Law5, ABatchIsSettledByWhoeverTookItsLines) {  // LAW 5
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  FeeLine first = line("1", yuan(100)), second = line("2", yuan(70));
  first.batch = second.batch = "b1";
  at.good(UploadLines{visit, {first}});
  const std::string all = at.good(of_visit(visit, yuan(100))).decision->made;
  at.good(UploadLines{visit, {second}});
  const auto twice = at.call(of_visit(visit, yuan(70), "b1"));
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().code, Code::desk_batch_settled);
  EXPECT_NE(to_text(twice.error(), Language::en).find(all), std::string::npos);
  const std::string rest = at.good(of_visit(visit, yuan(70))).decision->made;
  at.good(CancelSettlement{rest, "P1"});
  EXPECT_EQ(at.refused(of_visit(visit, yuan(70), "b1")), "desk_batch_settled") << "the first stands";
  at.good(CancelSettlement{all, "P1"});
  at.good(of_visit(visit, yuan(170), "b1"));  // free again
}

}  // namespace
}  // namespace fenming::testing_desk
