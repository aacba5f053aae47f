#include "settlement/desk.h"

#include <latch>

#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

TEST(Desk, SettlesExactlyAndCounts) {  // REQ SET-03, SET-17
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const SettlementResult first = TestDesk::result(at.good(TestDesk::sale(yuan(300))));
  EXPECT_EQ(first.deductible, 10'000);
  EXPECT_EQ(first.funds, 16'000);  // 80 % of 200
  EXPECT_EQ(first.account, 5'000);
  EXPECT_EQ(first.cash, 9'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
  const SettlementResult second = TestDesk::result(at.good(TestDesk::sale(yuan(100)), "", "H2"));
  EXPECT_EQ(second.deductible, 0);
  EXPECT_EQ(second.funds, 6'000);  // level L2: the provider's own fact
}

TEST(Desk, ATrialHasNoEffectAndIsEqual) {  // REQ SET-04, LAW 9 e
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const std::string before = at.normal("P1");
  const auto trial = at.desk->trial(at.command(TestDesk::sale(yuan(300))));
  ASSERT_TRUE(trial);
  EXPECT_EQ(at.normal("P1"), before);
  const Outcome settled = at.good(TestDesk::sale(yuan(300)));
  EXPECT_EQ(trial->decision.entries, settled.decision->entries);
  EXPECT_EQ(trial->decision.results.front().lines, settled.decision->results.front().lines);
  EXPECT_EQ(trial->person_head, settled.decision->persons.front().previous);
}

TEST(Desk,
     AnEqualTrialIsAnEqualSettlement) {  // LAW 9 e: also for the payer's money, and the provider's level
  TestDesk at;
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31")});
  at.good(CreditAccount{"P2", yuan(10), "a"});
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "P2";
  const auto told = [&] {
    const auto trial = at.desk->trial(at.command(sale));
    EXPECT_TRUE(trial);
    return std::tuple(trial->person_head, trial->payer_head, trial->provider_register);
  };
  const auto first = told();
  at.good(CreditAccount{"P3", yuan(10), "a"});
  EXPECT_EQ(told(), first);
  at.good(CreditAccount{"P2", yuan(10), "a"});
  const auto second = told();
  EXPECT_NE(second, first) << "more family money";
  at.good(RegisterProvider{"H1", "H1", {fact("level", "L2")}, 30});
  EXPECT_NE(told(), second) << "another level";
  EXPECT_EQ(at.good(sale).decision->persons[1].previous, std::get<1>(second));
}

TEST(Desk, CancelLeavesNothing) {  // REQ SET-07, LAW 6
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  at.good(TestDesk::sale(yuan(20)));
  const std::string before = at.normal("P1");
  const Outcome settled = at.good(TestDesk::sale(yuan(300)));
  EXPECT_NE(at.normal("P1"), before);
  at.good(CancelSettlement{settled.decision->made, "P1"});
  EXPECT_EQ(at.normal("P1"), before);
  EXPECT_EQ(at.refused(CancelSettlement{settled.decision->made, "P1"}), "desk_cancelled");
}

TEST(Desk, LaterSettlementsAreNamed) {  // LAW 6
  TestDesk at;
  const Outcome first = at.good(TestDesk::sale(yuan(300))), second = at.good(TestDesk::sale(yuan(40)));
  const auto refused = at.call(CancelSettlement{first.decision->made, "P1"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::desk_later_settlements);
  EXPECT_EQ(refused.error().details.front(), second.decision->made);
  at.good(CancelSettlement{second.decision->made, "P1"});
  at.good(CancelSettlement{first.decision->made, "P1"});
}

TEST(Desk, RecomputesWhereTheRegionSaysSo) {  // LAW 6
  TestDesk at(region("corrections: {cancel: recompute, late: gains}"));
  const std::string before = at.normal("P1");
  const Outcome first = at.good(TestDesk::sale(yuan(300)));
  at.good(TestDesk::sale(yuan(200)));  // the deductible is used up: 160 paid
  const Outcome cancelled = at.good(CancelSettlement{first.decision->made, "P1"});
  const SettlementResult& adjusted = cancelled.decision->results.back();
  EXPECT_EQ(adjusted.kind, ResultKind::adjusted);
  EXPECT_EQ(adjusted.funds, 8'000);  // now the second bears the deductible
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), -8'000);
  const Outcome undone = at.good(CancelSettlement{adjusted.corrects, "P1"});
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
  EXPECT_EQ(at.normal("P1"), before);
}

TEST(Desk, ALateStatusPaysTheDifferenceOnce) {  // REQ POL-07, LAW 9 c
  TestDesk at(region("corrections: {cancel: recompute, late: gains}"));
  at.good(TestDesk::sale(yuan(300)));
  at.good(TestDesk::sale(yuan(100)));
  const SetStatus poor{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"),
                       false};
  at.good(poor);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 8'000);  // half of 140 and of 20
  at.good(poor);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 8'000);
  SetStatus revoked = poor;
  revoked.revoke = true;
  at.good(revoked);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
}

TEST(Desk, OneMessageOnce) {  // REQ SET-05, LAW 5
  TestDesk at;
  const Outcome first = at.good(TestDesk::sale(yuan(300)), "one");
  const Outcome again = at.good(TestDesk::sale(yuan(300)), "one");
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.position, first.position);
  const auto other = at.call(TestDesk::sale(yuan(301)), "one");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::desk_message_differs);
  EXPECT_EQ(other.error().place, "feedetail/0/line/det_item_fee_sumamt");
  at.desk->catch_up();
  at.reopen();
  EXPECT_TRUE(at.good(TestDesk::sale(yuan(300)), "one").repeated);
}

TEST(Desk, AReversalBeforeTheMessageWins) {  // REQ SET-06, LAW 5
  TestDesk at;
  at.good(Reverse{"P1", "2207", "lost"});
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(300)), "lost"), "desk_message_reversed");
  const std::string before = at.normal("P1");
  at.good(TestDesk::sale(yuan(300)), "seen");
  EXPECT_EQ(at.refused(Reverse{"P2", "2207", "seen"}), "desk_settlement_of_other");
  at.good(Reverse{"P1", "2207", "seen"});
  at.good(Reverse{"P1", "2207", "seen"});
  EXPECT_EQ(at.normal("P1"), before);
}

TEST(Desk, TwoPhases) {  // REQ SET-06, LAW 7
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const std::string before = at.normal("P1");
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const Outcome pending = at.good(sale);
  EXPECT_EQ(at.balance(AccountKind::hold, "P1"), 5'000);
  at.reopen();
  at.pass(29 * 60'000);
  EXPECT_EQ(at.good(Confirm{pending.decision->made}).decision->made, pending.decision->made);
  EXPECT_EQ(at.balance(AccountKind::hold, "P1"), 0);
  at.good(CancelSettlement{pending.decision->made, "P1"});
  EXPECT_EQ(at.normal("P1"), before);
  const Outcome late = at.good(sale);
  at.good(Expire{late.decision->made, Instant{at.wall_ms}});
  EXPECT_EQ(at.normal("P1"), before);
  EXPECT_EQ(at.refused(Confirm{late.decision->made}), "desk_expired");
}

TEST(Desk, TheFamilyPaysByConsent) {  // REQ SET-11, LAW 9 d
  TestDesk at;
  at.good(CreditAccount{"P2", yuan(500), "2025-03"});
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "P2";
  EXPECT_NE(at.refused(sale), "");
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  EXPECT_EQ(TestDesk::result(at.good(sale)).family, 14'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 36'000);
}

TEST(Desk, AVisitFromAdmissionToCancel) {  // REQ SET-01, SET-02, LAW 9 a
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(100)), line("2", yuan(200))}});
  EXPECT_EQ(at.refused(UploadLines{visit, {line("2", yuan(1))}}), "desk_line_known");
  at.good(UploadLines{visit, {line("3", yuan(-50), "2")}});
  EXPECT_EQ(at.refused(UploadLines{visit, {line("4", yuan(-151), "2")}}), "desk_refund_excess");
  EXPECT_EQ(at.refused(CloseVisit{visit, TestDesk::day("2025-03-01"), {}}, "", "H2"), "desk_visit_of_other");
  at.good(CloseVisit{visit, TestDesk::day("2025-03-01"), {}});
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit, settle.total = yuan(250);
  const Outcome settled = at.good(settle);
  EXPECT_EQ(TestDesk::result(settled).total, 25'000);
  EXPECT_EQ(TestDesk::result(settled).uploaded.size(), 2u);
  EXPECT_EQ(at.refused(RemoveLines{visit, {"1"}}), "desk_line_settled");
  EXPECT_EQ(at.refused(ReopenVisit{visit}), "desk_visit_settled");
  at.good(CancelSettlement{settled.decision->made, "P1"});
  at.good(RemoveLines{visit, {}});
  at.good(CancelVisit{visit});
}

TEST(Desk, PartRefundIsCancelAndTheRest) {  // LAW 9 h
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.lines = {line("1", yuan(100)), line("2", yuan(200))};
  const Outcome settled = at.good(sale);
  const Outcome rest =
      at.good(RefundPart{settled.decision->made, "P1", {{"2", Decimal{1'000'000}, yuan(200)}}});
  ASSERT_EQ(rest.decision->results.size(), 2u);
  EXPECT_EQ(TestDesk::result(rest).total, 10'000);
  EXPECT_EQ(TestDesk::result(rest).cash, 10'000);
  at.good(CancelSettlement{rest.decision->made, "P1"});
}

TEST(Desk, ClosedDaysStayClosed) {  // LAW 8
  TestDesk at;
  at.good(CloseDay{TestDesk::day("2025-03-01")});
  EXPECT_EQ(at.good(TestDesk::sale(yuan(10))).decision->booked, TestDesk::day("2025-03-02"));
  EXPECT_EQ(at.refused(CloseDay{TestDesk::day("2025-03-01")}), "desk_day_closed");
  EXPECT_EQ(at.refused(CloseDay{TestDesk::day("2025-03-03")}), "desk_day_ahead");
}

TEST(Desk, AJumpingClockSettlesNothing) {  // LAW 8
  TestDesk at;
  at.pass(1000);
  at.wall_ms = at.wall_ms + 61'000;
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(10))), "desk_clock");
  EXPECT_EQ(at.refused(AcceptClock{Instant{at.wall_ms}, ""}), "desk_accepted_by");
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(10))), "desk_clock") << "nobody has accepted it";
  const auto trial = at.desk->trial(at.command(TestDesk::sale(yuan(10))));
  ASSERT_FALSE(trial) << "whose day would that be?";
  EXPECT_EQ(trial.error().code, Code::desk_clock);
  at.good(AcceptClock{Instant{at.wall_ms}, "chief"});
  EXPECT_TRUE(at.desk->trial(at.command(TestDesk::sale(yuan(10)))));
  at.good(TestDesk::sale(yuan(10)));
}

TEST(Desk, WhatComesWithTheAcceptedClockIsSettledByIt) {  // LAW 8: in one batch
  TestDesk at;
  at.pass(1000);
  std::latch asked(1), go(1);
  at.desk->try_out(at.command(TestDesk::sale(yuan(10))), [&](const auto&) {
    asked.count_down();
    go.wait();
  });
  asked.wait();
  at.wall_ms = at.wall_ms + 61'000;
  std::vector<std::string> answers;
  const auto done = [&](const Result<Outcome>& outcome) {
    answers.emplace_back(outcome ? "good" : name(outcome.error().code));
  };
  at.desk->submit(at.command(TestDesk::sale(yuan(10))), done);
  at.desk->submit(at.command(AcceptClock{Instant{at.wall_ms}, "chief"}), done);
  at.desk->submit(at.command(TestDesk::sale(yuan(10))), done);
  go.count_down();
  ASSERT_TRUE(at.desk->catch_up());
  EXPECT_EQ(answers, (std::vector<std::string>{"desk_clock", "good", "good"}));
}

TEST(Desk, SignInsOfEarlierDaysAreForgotten) {
  TestDesk at;
  const auto sign_in = [&](int day, int number) {
    SignOperator sign;
    sign.operator_no = std::to_string(day) + "-" + std::to_string(number);
    at.good(sign);
    return sign;
  };
  SignOperator last;
  for (int day = 0; day < 6; ++day, at.pass(86'400'000))
    for (int number = 0; number < 40; ++number) last = sign_in(day, number);
  EXPECT_EQ(at.desk->object(provider_object("H1"))->with(sign_cell("")).size(), 40U);
  for (int number = 0; number < 3; ++number) last = sign_in(6, number);
  EXPECT_EQ(at.desk->object(provider_object("H1"))->with(sign_cell("")).size(), 3U);
  last.out = true;
  at.good(last);
  EXPECT_EQ(at.desk->object(provider_object("H1"))->with(sign_cell("")).size(), 2U);
}

TEST(Desk, AnEarlierStartIsAcceptedForLaterStartsToo) {  // LAW 8
  constexpr std::int64_t hour = 3'600'000;
  TestDesk at;
  const Instant before = at.good(TestDesk::sale(yuan(10))).decision->time;
  const auto start = [&](std::int64_t ms) {
    at.desk.reset();
    at.wall_ms = ms;
    at.open();
  };
  start(before.ms - hour);
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(10))), "desk_clock");
  at.good(AcceptClock{Instant{at.wall_ms}, "chief"});
  EXPECT_EQ(at.good(TestDesk::sale(yuan(10))).decision->time, before) << "record time never runs back";
  start(before.ms - hour + 1000);
  EXPECT_EQ(at.good(TestDesk::sale(yuan(10))).decision->time, before);
  start(before.ms - 2 * hour);
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(10))), "desk_clock") << "earlier than what was accepted";
  start(before.ms + hour);
  at.good(TestDesk::sale(yuan(10)));
  start(before.ms);
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(10))), "desk_clock") << "the acceptance was of an older clock";
}

TEST(Desk, ManualClaimsNeedASecondPerson) {  // REQ SET-08
  TestDesk at;
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = TestDesk::day("2025-02-01");
  claim.facts = {fact("stay", "paper")};
  claim.lines = {line("1", yuan(600))}, claim.total = yuan(600), claim.entered_by = "Lin";
  const std::string id = at.good(claim).decision->made;
  EXPECT_EQ(at.refused(DecideClaim{id, true, "Lin", ""}), "desk_same_person");
  at.good(DecideClaim{id, true, "Mei", ""});
  EXPECT_EQ(at.balance(AccountKind::claimant, "P1"), 40'000);
  EXPECT_EQ(at.refused(DecideClaim{id, true, "Mei", ""}), "desk_claim_decided");
}

TEST(Desk, FoldsAgainAfterAnything) {  // LAW 1
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  for (int i = 0; i < 20; ++i) at.good(TestDesk::sale(yuan(10 + i), i % 2 == 0 ? "P1" : "P2"));
  const std::string before = at.normal("P1") + at.normal("P2");
  at.reopen();
  EXPECT_EQ(at.normal("P1") + at.normal("P2"), before);
  PlainObjects plain;
  const auto read = at.desk->store().read(1, [&](std::uint64_t position, std::string_view bytes) {
    const auto decision = read_record(bytes);
    return decision && !fold(plain, position, *decision);
  });
  ASSERT_TRUE(read);
  EXPECT_EQ(plain.object("PP1"), *at.desk->object("PP1"));
  EXPECT_EQ(plain.object("S"), *at.desk->object("S"));
}

TEST(Desk, AMessageIsKnownForEverWhateverOrderItCameIn) {  // LAW 5
  TestDesk at;
  constexpr int count = 20'000;
  std::vector<std::uint64_t> positions(count);
  const auto send = [&](int i, auto done) {
    at.desk->submit(at.command(CreditAccount{"P1", yuan(1), "x"}, std::to_string(1'000'000 + i)), done);
  };
  for (int i = 0; i < count; i += 2)  // every second one, and these in pairs that have changed places
    send(i ^ 2, [&positions, at = i ^ 2](const Result<Outcome>& outcome) {
      positions[static_cast<std::size_t>(at)] = outcome && !outcome->repeated ? outcome->position : 0;
    });
  ASSERT_TRUE(at.desk->catch_up());
  at.good(CreditAccount{"P1", yuan(1), "x"}, "2000000");
  for (const int i : {0, 2, 4, 1'000, 9'998, count - 4, count - 2}) {
    const Outcome again = at.good(CreditAccount{"P1", yuan(1), "x"}, std::to_string(1'000'000 + i));
    EXPECT_TRUE(again.repeated) << i;
    EXPECT_EQ(again.position, positions[static_cast<std::size_t>(i)]) << i;
  }
  for (const int i : {1, 3, 9'999, count - 1})  // never sent, though higher ones were
    EXPECT_FALSE(at.good(CreditAccount{"P1", yuan(1), "x"}, std::to_string(1'000'000 + i)).repeated) << i;
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), (count / 2 + 1 + 4) * 100);
}

TEST(Desk, WithRoomForFewObjectsItDecidesTheSame) {  // LAW 1
  TestDesk roomy, narrow;
  narrow.objects_max = 1;
  narrow.reopen();
  for (int i = 0; i < 300; ++i) {
    const std::string person = "P" + std::to_string(1 + i * 7 % 3);
    for (TestDesk* at : {&roomy, &narrow}) {
      at->good(CreditAccount{person, yuan(1 + i % 5), "x"});
      at->good(TestDesk::sale(yuan(20 + i % 90), person), "", i % 2 == 0 ? "H1" : "H2");
      if (i % 50 == 0) {
        ASSERT_TRUE(at->desk->catch_up());
      }
    }
  }
  for (const char* person : {"P1", "P2", "P3"}) EXPECT_EQ(roomy.normal(person), narrow.normal(person));
  EXPECT_EQ(roomy.desk->figures().head.root, narrow.desk->figures().head.root);
}

TEST(Desk, BatchesWithRepeatsInside) {  // LAW 5: the second waits for the first
  TestDesk at;
  std::atomic<int> repeated = 0, done = 0;
  for (int i = 0; i < 200; ++i)
    at.desk->submit(at.command(TestDesk::sale(yuan(1)), "same"), [&](const Result<Outcome>& outcome) {
      ++done;
      if (outcome && outcome->repeated) ++repeated;
    });
  at.desk->catch_up();
  EXPECT_EQ(done, 200);
  EXPECT_EQ(repeated, 199);
}

}  // namespace
}  // namespace fenming::testing_desk
