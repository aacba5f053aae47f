// Laws 8 and 9: time, and the traps, as far as there are commands for them.
#include "laws/law_desk.h"
#include "settlement/verify.h"

namespace fenming::testing_desk {
namespace {

// ---- Law 8

TEST(Law8, TheOrderIsThatOfTheJournal) {  // LAW 8
  TestDesk at;
  at.good(TestDesk::sale(yuan(100), "P1", "2025-03-01"));
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100), "P1", "2025-01-10"))).deductible, 0);
}

TEST(Law8, RecordTimeNeverRunsBackwards) {  // LAW 8
  TestDesk at;
  const Instant first = at.good(TestDesk::sale(yuan(1))).decision->time;
  at.wall_ms = at.wall_ms - 30'000;
  EXPECT_GE(at.good(TestDesk::sale(yuan(1))).decision->time, first);
}

TEST(Law8, ACorrectionOfAClosedDayPostsIntoTheOpenPeriodWithALink) {  // LAW 8
  TestDesk at;
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  at.good(CloseDay{TestDesk::day("2025-03-01")});
  const Outcome cancelled = at.good(CancelSettlement{sale.decision->made, "P1"});
  EXPECT_EQ(cancelled.decision->booked, TestDesk::day("2025-03-02"));
  EXPECT_EQ(TestDesk::result(cancelled).corrects, sale.decision->made);
}

TEST(Law8, WhatIsAheadOfTodayIsNotSettled) {  // LAW 8: a late status looks no further back than its own day
  TestDesk at;
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(1), "P1", "2025-03-02")), "desk_date_ahead");
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  EXPECT_EQ(at.refused(CloseVisit{visit, TestDesk::day("2025-03-02"), {}}), "desk_date_ahead");
}

// ---- Law 9 (a)

constexpr const char* stays = R"YAML(region: 123456
name: test
facts: {scheme: [employees, residents], level: [L1, L2], stay: {type: id}}
keep:
  stay: {per: [stay], of: {deductible: money, entered: money}}
funds: {pool: {field: hifp_pay}}
steps:
  - layer: pool
    base: eligible
    deductible: {limit: 100, used: stay.deductible}
    at: stay.entered
    bands: [{to: 200, ratio: 50%}, {ratio: 80%}]
    add: {stay.deductible: deductible, stay.entered: covered}
)YAML";

std::string stay_with_lines(TestDesk& at) {
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(200))}});
  return visit;
}
Settle interim_of(const std::string& visit, Money total) {
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit, settle.total = total, settle.interim = true;
  return settle;
}

TEST(Law9, InterimBillsTakeTheDeductibleOnceAndTheBandsOnTheStaysSum) {  // LAW 9(a)
  TestDesk at(stays);
  const std::string visit = stay_with_lines(at);
  const Outcome first = at.good(interim_of(visit, yuan(200)));
  EXPECT_EQ(TestDesk::result(first).deductible, 10'000);
  EXPECT_EQ(TestDesk::result(first).funds, 5'000);  // 100 x 50 %
  at.good(UploadLines{visit, {line("2", yuan(200))}});
  const Outcome second = at.good(interim_of(visit, yuan(200)));
  EXPECT_EQ(TestDesk::result(second).deductible, 0);
  EXPECT_EQ(TestDesk::result(second).funds, 13'000);  // 100 x 50 % + 100 x 80 %
}

TEST(Law9, InsideAStayTheLastIsCancelledFirst) {  // LAW 9(a): whatever the policy says
  TestDesk at(std::string(stays) + "corrections: {cancel: recompute, late: gains}\n");
  const std::string visit = stay_with_lines(at);
  const std::string first = at.good(interim_of(visit, yuan(200))).decision->made;
  at.good(UploadLines{visit, {line("2", yuan(200))}});
  const std::string second = at.good(interim_of(visit, yuan(200))).decision->made;
  EXPECT_EQ(at.refused(CancelSettlement{first, "P1"}), "desk_later_settlements");
  at.good(CancelSettlement{second, "P1"});
  at.good(CancelSettlement{first, "P1"});
}

TEST(Law9, AStayOverTheYearsEndCountsAsThePolicySays) {  // LAW 9(a), 9(b)
  for (const bool cut : {true, false}) {
    std::string rules = stays;
    const auto put = [&](const std::string& old_text, const std::string& text) {
      rules.replace(rules.find(old_text), old_text.size(), text);
    };
    put("stay: {per: [stay], of: {deductible: money, entered: money}}",
        "stay: {per: [year], of: {deductible: money, entered: money}}");
    put("steps:", cut ? "split: {year_end: yes}\nsteps:" : "steps:");
    TestDesk at(rules);
    at.pass(310 * days);  // 2026-01-05
    const std::string before = at.normal("P1");
    const std::string visit =
        at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-12-20"), {}}).decision->made;
    FeeLine december = line("1", yuan(300)), january = line("2", yuan(300));
    december.line.date = TestDesk::day("2025-12-22"), january.line.date = TestDesk::day("2026-01-03");
    at.good(UploadLines{visit, {december, january}});
    Settle settle;
    settle.psn_no = "P1", settle.visit = visit, settle.total = yuan(600);
    const Outcome stay = at.good(settle);
    EXPECT_EQ(TestDesk::result(stay).deductible, cut ? 20'000 : 10'000);
    const Outcome sale = at.good(TestDesk::sale(yuan(300), "P1", "2025-12-31"));
    EXPECT_EQ(TestDesk::result(sale).deductible, cut ? 0 : 10'000) << "the discharge's year, or each its own";
    at.good(CancelSettlement{sale.decision->made, "P1"});
    at.good(CancelSettlement{stay.decision->made, "P1"});  // in January: both years' rows
    EXPECT_EQ(at.normal("P1"), before);
  }
}

// ---- Law 9 (b)

TEST(Law9,
     ACancelInJanuaryWritesLastYearsAccumulators) {  // LAW 9(b): year and month, and leaves this year's alone
  TestDesk at;
  at.pass(305 * days);  // 2025-12-31
  const std::string before = at.normal("P1");
  const Outcome december = at.good(TestDesk::sale(yuan(300), "P1", "2025-12-31"));
  at.pass(2 * days);
  const Outcome january = at.good(TestDesk::sale(yuan(300), "P1", "2026-01-02"));
  EXPECT_EQ(TestDesk::result(january).deductible, 10'000);
  at.good(CancelSettlement{december.decision->made, "P1"});  // the year 2026 is another scope
  const Outcome this_year = at.good(TestDesk::sale(yuan(10), "P1", "2026-01-02"));
  EXPECT_EQ(TestDesk::result(this_year).deductible, 0);
  const Outcome again = at.good(TestDesk::sale(yuan(300), "P1", "2025-12-31"));
  EXPECT_EQ(TestDesk::result(again).deductible, 10'000);
  for (const Outcome& one : {again, this_year, january}) at.good(CancelSettlement{one.decision->made, "P1"});
  EXPECT_EQ(at.normal("P1"), before);
}

TEST(Law9, InterestIsCorrectedByAnEntry) {  // LAW 9(b)
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(3600), "2025-03"});
  at.pass(306 * days);
  at.good(CreditInterest{"P1", 2025, Decimal{10'000}});
  const std::int64_t once = at.balance(AccountKind::personal, "P1");
  EXPECT_EQ(once, 360'000 + 306 * 10);  // 3600 x 306 days x 1 % / 360
  EXPECT_EQ(at.refused(CreditInterest{"P1", 2025, Decimal{10'000}}), "desk_interest_credited");
  at.good(CreditInterest{"P1", 2025, Decimal{20'000}});
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 360'000 + 306 * 20);
}

TEST(Law9, WhoHadNothingGetsNoInterest) {  // LAW 9(b)
  TestDesk at;
  at.pass(306 * days);
  at.good(CreditInterest{"P1", 2025, Decimal{1'000'000}});
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
}

// ---- Law 9 (c)

TEST(Law9, ALateStatusPaysTheDifferenceOnceAndRevokingClaimsItBack) {  // LAW 9(c)
  TestDesk at;
  const std::string before = at.normal("P1");
  const std::string sale = at.good(TestDesk::sale(yuan(300))).decision->made;
  at.good(poor());
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 7'000);  // half of 140
  at.good(poor());
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 7'000);
  SetStatus revoked = poor();
  revoked.revoke = true;
  at.good(revoked);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
  at.good(CancelSettlement{sale, "P1"});
  EXPECT_EQ(at.normal("P1"), before);
}

TEST(Law9, RevokingWhatPaidFromTheBeginningIsAClaim) {  // LAW 9(c)
  TestDesk at;
  at.good(poor());
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  EXPECT_EQ(TestDesk::result(sale).shares.back().fen, 7'000);
  SetStatus revoked = poor();
  revoked.revoke = true;
  at.good(revoked);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), -7'000);  // owed by the person
  at.good(CancelSettlement{sale.decision->made, "P1"});
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
}

TEST(Law9, WhereThePolicySaysSoALateStatusChangesNothing) {  // LAW 9(c)
  TestDesk at(region("corrections: {late: none}"));
  at.good(TestDesk::sale(yuan(300)));
  const Outcome late = at.good(poor());
  EXPECT_TRUE(late.decision->results.empty());
  EXPECT_TRUE(late.decision->entries.empty());
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100)))).shares.back().fund, "aid") << "from now on";
}

TEST(Law9, AGrantThatEndsEarlierTakesTheDaysBack) {  // LAW 9(c)
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)));
  at.good(poor());
  at.good(poor("2025-01-01", "2025-02-28"));
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
}

TEST(Law9, WhatWasSettledLaterForAnEarlierDayIsComputedAgainToo) {  // LAW 9(c)
  constexpr const char* aid_cap = "add: {year.aid: paid}}";
  std::string rules = region("corrections: {cancel: recompute, late: both}");
  rules.replace(rules.find(aid_cap), std::string(aid_cap).size(),
                "cap: {limit: 100, used: year.aid}, add: {year.aid: paid}}");
  TestDesk at(rules);
  at.good(poor("2025-01-01", "2025-01-31"));
  at.good(TestDesk::sale(yuan(500), "P1", "2025-02-10"));
  const Outcome january = at.good(TestDesk::sale(yuan(1000), "P1", "2025-01-10"));
  EXPECT_EQ(TestDesk::result(january).shares.back().fen, 10'000);  // of 200 left, half
  at.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-02-01"), TestDesk::day("2025-02-28"), false});
  // February came first and takes 90 of the year's 100; January is left with 10.
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
}

TEST(Law9, KeptGainsNeverPayMoreThanTheBill) {  // LAW 9(c): the provider's part is one of them
  std::string rules = region("corrections: {cancel: recompute, late: gains}");
  const std::string aid = "ratio: 50%, add: {year.aid: paid}}";
  rules.replace(rules.find(aid), aid.size(),
                "ratio: 100%, cap: {limit: 60, used: year.aid}, add: {year.aid: paid}}\n"
                "  - {layer: goodwill, fund: provider, who: aid == 'poor', base: left, ratio: 50%}");
  TestDesk at(rules);
  at.good(poor("2025-02-01", "2025-12-31"));
  at.good(TestDesk::sale(yuan(200), "P1", "2025-01-10"));
  const Outcome february = at.good(TestDesk::sale(yuan(300), "P1", "2025-02-10"));
  EXPECT_EQ(TestDesk::result(february).cash, 0);  // 240 pool, 60 aid
  const Outcome late = at.good(poor("2025-01-01", "2025-01-31"));
  const SettlementResult& kept = TestDesk::result(late);
  EXPECT_EQ(kept.corrects, february.decision->made);
  EXPECT_EQ(kept.shares.back().fen, 6'000);  // although January has used up the year's aid
  EXPECT_EQ(kept.provider_part, 0);
  EXPECT_EQ(kept.cash, 0);
}

TEST(Law9, KeptGainsTakeNothingFromTheProvidersPart) {  // LAW 9(c): what is too much the grown fund gives up
  std::string rules = region("corrections: {late: gains}");
  const auto put = [&](const std::string& old_text, const std::string& new_text) {
    rules.replace(rules.find(old_text), old_text.size(), new_text);
  };
  put("{by: level, L1: 80%, L2: 60%}", "{by: aid, ordinary: 80%, poor: 100%}");
  put("who: aid == 'poor', base: left - out, ratio: 50%, add: {year.aid: paid}}",
      "who: aid == 'ordinary', base: left, ratio: 50%, add: {year.aid: paid}}\n"
      "  - {layer: goodwill, fund: provider, who: aid == 'ordinary', base: left, ratio: 50%}");
  TestDesk at(rules);
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  EXPECT_EQ(TestDesk::result(sale).provider_part, 3'500);  // 160 pool, 70 aid, 35 each
  const SettlementResult kept = TestDesk::result(at.good(poor()));
  ASSERT_EQ(kept.shares.size(), 2U);
  EXPECT_EQ(kept.shares[0].fen, 19'500);  // of the 200 that the pool alone would pay
  EXPECT_EQ(kept.shares[1].fen, 7'000);
  EXPECT_EQ(kept.provider_part, 3'500);
  EXPECT_EQ(kept.cash, 0);
}

TEST(Law9, ALateStatusLeavesBillsOfOtherDaysAlone) {  // LAW 9(c)
  TestDesk at(region("corrections: {late: gains}"));
  at.good(poor("2025-01-01", "2025-01-31"));
  at.good(TestDesk::sale(yuan(300), "P1", "2025-01-10"));
  EXPECT_TRUE(at.good(poor("2025-02-01", "2025-02-28")).decision->results.empty()) << "poor as before";
}

TEST(Law9, ALateStatusLeavesTheRulesAsTheyWere) {  // LAW 9(c): only the fact changes
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)));
  std::string dearer = region();
  dearer.replace(dearer.find("L1: 80%"), 7, "L1: 10%");
  const auto digest = at.desk->put_artifact(pack_library({{"region.yaml", dearer}}, {}));
  at.good(AdoptRules{std::string(bytes_of(*digest))});
  at.good(poor());
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 7'000);
}

// ---- Law 9 (d) to (h)

TEST(Law9, TheFamilysAccountPaysInTheSameDecision) {  // LAW 9(d)
  TestDesk at;
  at.good(CreditAccount{"P2", yuan(60), "2025-03"});
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "P2";
  EXPECT_EQ(at.refused(sale), "account_not_shared");
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  const Outcome settled = at.good(sale);
  EXPECT_EQ(TestDesk::result(settled).family, 6'000);
  EXPECT_EQ(settled.decision->persons.size(), 2U);
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 0);
  at.good(CancelSettlement{settled.decision->made, "P1"});
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 6'000);
}

TEST(Law9, APayerOfAnotherShardIsRefused) {  // LAW 9(d): for now
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "OTHER";
  EXPECT_EQ(at.refused(sale), "account_not_shared");
  EXPECT_EQ(at.refused(
                ShareAccount{"OTHER", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false}),
            "desk_person_unknown");
}

TEST(Law9, ATrialIsTheSettlement) {  // LAW 9(e)
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const Command sale = at.command(TestDesk::sale(yuan(300)));
  const auto trial = at.desk->trial(sale);
  ASSERT_TRUE(trial);
  const auto settled = at.desk->call(sale);
  ASSERT_TRUE(settled);
  EXPECT_EQ(write_record(trial->decision), write_record(*settled->decision));
  EXPECT_EQ(trial->person_head, settled->decision->persons.front().previous);
  EXPECT_EQ(trial->day, TestDesk::day("2025-03-01"));
}

TEST(Law9, AReturnedHalfFenIsRoundedAsItWasPaid) {  // LAW 9(f)
  std::string rules = region();
  rules.insert(rules.find("keep:"), "lines: {prepay: 10%, pot: eligible}\n");
  TestDesk at(rules);
  Settle sale = TestDesk::sale(Money::from_fen(5));
  sale.lines.push_back(line("2", Money::from_fen(-5), "1"));
  sale.lines.push_back(line("3", yuan(1)));
  sale.total = yuan(1);
  const SettlementResult result = TestDesk::result(at.good(sale));
  EXPECT_EQ(result.lines[0].prepay, 1);   // 0.5 fen
  EXPECT_EQ(result.lines[1].prepay, -1);  // and back
}

TEST(Law9, AnotherInsuranceInTheYearHasItsOwnAccumulators) {  // LAW 9(g)
  TestDesk at;
  at.good(TestDesk::sale(yuan(300), "P1", "2025-02-01"));
  SetStatus employees{"P1", fact("scheme", "employees"), TestDesk::day("2024-01-01"),
                      TestDesk::day("2025-02-15"), false};
  at.good(employees);
  at.good(SetStatus{"P1", fact("scheme", "residents"), TestDesk::day("2025-02-16"), date_max, false});
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(300)))).deductible, 10'000);
}

TEST(Law9, ARefundThatCannotBeLeavesTheSettlement) {  // LAW 9(h): both or neither
  TestDesk at;
  const Outcome settled = at.good(TestDesk::sale(yuan(300)));
  const std::string before = at.normal("P1");
  EXPECT_EQ(at.refused(RefundPart{settled.decision->made, "P1", {{"1", Decimal{}, yuan(301)}}}),
            "refund_excess");
  EXPECT_EQ(at.normal("P1"), before);
  at.good(CancelSettlement{settled.decision->made, "P1"});
}

TEST(Law9, APartRefundIsOneCommandWithIdsOfItsOwn) {  // LAW 9(h)
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.lines = {line("1", yuan(100)), line("2", yuan(200))};
  const Outcome settled = at.good(sale);
  const Outcome rest =
      at.good(RefundPart{settled.decision->made, "P1", {{"2", Decimal{}, yuan(50)}}}, "part");
  ASSERT_EQ(rest.decision->results.size(), 2U);
  EXPECT_NE(rest.decision->results[0].settlement, rest.decision->results[1].settlement);
  EXPECT_EQ(rest.decision->results[0].total, -30'000);
  EXPECT_EQ(rest.decision->results[1].total, 25'000);
  EXPECT_TRUE(
      at.good(RefundPart{settled.decision->made, "P1", {{"2", Decimal{}, yuan(50)}}}, "part").repeated);
  EXPECT_EQ(at.refused(RefundPart{rest.decision->made, "P1", {{"2", Decimal{}, yuan(151)}}}),
            "refund_excess");
}

TEST(
    Law9,
    WhatIsLeftOfAPartRefundIsPaidAsTheBillWas) {  // LAW 9(h): late facts, and no account money where none was used
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(500), "2025-03"});
  Settle sale = TestDesk::sale(yuan(300));
  sale.use_account = false;
  std::string last = at.good(sale).decision->made;
  at.good(poor());
  for (int time = 0; time < 2; ++time) {
    const Outcome rest = at.good(RefundPart{last, "P1", {{"1", Decimal{}, yuan(50)}}});
    EXPECT_EQ(TestDesk::result(rest).account, 0);
    EXPECT_EQ(TestDesk::result(rest).shares.back().fund, "aid");
    last = rest.decision->made;
  }
}

// ---- Law 9 (i) to (l)

TEST(Law9, ARefundLineNeverTakesMoreThanItsOriginal) {  // LAW 9(i)
  TestDesk at;
  const std::string visit = stay_with_lines(at);
  EXPECT_EQ(at.refused(UploadLines{visit, {line("2", yuan(-1))}}), "desk_refund_of");
  EXPECT_EQ(at.refused(UploadLines{visit, {line("2", yuan(-1), "9")}}), "desk_refund_of");
  at.good(UploadLines{visit, {line("2", yuan(-150), "1")}});
  EXPECT_EQ(at.refused(UploadLines{visit, {line("3", yuan(-51), "1")}}), "desk_refund_excess");
  EXPECT_EQ(at.refused(RemoveLines{visit, {"1"}}), "desk_refund_of");  // its refund is still there
  at.good(RemoveLines{visit, {"2"}});
  at.good(UploadLines{visit, {line("3", yuan(-200), "1")}});
}

TEST(Law9, ABillsNetIsNeverBelowZero) {  // LAW 9(i): at the counter too
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(100));
  sale.lines.push_back(line("2", Money::from_fen(-10'001), "1"));
  sale.total = Money::from_fen(-1);
  EXPECT_EQ(at.refused(sale), "refund_excess");
  sale.lines[1] = line("2", yuan(-60), "1");
  sale.lines.push_back(line("3", yuan(-41), "1"));
  sale.total = yuan(-1);
  EXPECT_EQ(at.refused(sale), "refund_excess") << "the refunds of a line together";
  sale.lines[2] = line("3", yuan(-40), "1");
  sale.total = Money();
  EXPECT_EQ(TestDesk::result(at.good(sale)).total, 0);
}

TEST(Law9, TheLinesAmountRulesAndTheTotalIsTheirSum) {  // LAW 9(j)
  TestDesk at;
  Settle sale = TestDesk::sale(Money::from_fen(10'00));
  BillLine& line = sale.lines.front().line;
  line.quantity = Decimal{3'000'000}, line.price = Decimal{3'330'000};  // 9.99
  EXPECT_EQ(TestDesk::result(at.good(sale)).total, 10'00);
  line.price = Decimal{3'320'000};  // 9.96
  EXPECT_EQ(at.refused(sale), "amount_mismatch");
  line.price.reset();
  sale.total = Money::from_fen(10'01);
  EXPECT_EQ(at.refused(sale), "total_mismatch");
}

TEST(Law9, ARegionSaysHowFarAnAmountMayBeOff) {  // LAW 9(j)
  for (const auto& [tolerance, off_by_one, off_by_six] :
       {std::tuple{"", "", "amount_mismatch"},
        {"tolerance: 0.00\n", "amount_mismatch", "amount_mismatch"},
        {"tolerance: 0.06\n", "", ""}}) {
    TestDesk at(region(tolerance));
    for (const auto& [fen, said] : {std::pair{10'01, off_by_one}, {9'99, off_by_one}, {10'06, off_by_six}}) {
      Settle sale = TestDesk::sale(Money::from_fen(fen));
      sale.lines.front().line.quantity = Decimal{2'000'000};
      sale.lines.front().line.price = Decimal{5'000'000};
      EXPECT_EQ(at.refused(sale), said) << tolerance << fen;
    }
  }
}

TEST(Law9, ADepositIsNeverReturnedTwice) {  // LAW 9(k)
  TestDesk at;
  const std::string visit = stay_with_lines(at);
  at.good(PayDeposit{visit, yuan(100), "cash"});
  at.good(ReturnDeposit{visit, yuan(60)});
  EXPECT_EQ(at.refused(ReturnDeposit{visit, yuan(41)}), "desk_deposit_short");
  at.good(RemoveLines{visit, {}});
  EXPECT_EQ(at.refused(CancelVisit{visit}), "desk_deposit_left");
  at.good(ReturnDeposit{visit, yuan(40)});
  at.good(CancelVisit{visit});
}

TEST(Law9, AReversalOfAnotherDayCountsOnItsOwnDay) {  // LAW 9(l)
  TestDesk at;
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  at.pass(days);
  const Outcome cancelled = at.good(CancelSettlement{sale.decision->made, "P1"});
  EXPECT_EQ(sale.decision->booked, TestDesk::day("2025-03-01"));
  EXPECT_EQ(cancelled.decision->booked, TestDesk::day("2025-03-02"));
  EXPECT_EQ(posted(*cancelled.decision, AccountKind::provider), -30'000);
}

// ---- Law 9 (b), (i): what is spent, what is settled

TEST(Law9, InterestTakenBackIsOwedWhenItIsSpent) {  // LAW 9(b)
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(1000), "2025-03"});
  at.pass(310 * days);
  at.good(CreditInterest{"P1", 2025, Decimal{10'000}});
  at.good(TestDesk::sale(yuan(3000), "P1", "2026-01-03"));  // all of it
  ASSERT_EQ(at.balance(AccountKind::personal, "P1"), 0);
  at.good(CreditInterest{"P1", 2025, Decimal{1'000}});
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), -765);  // 1000 x 306 days x 0.9 % / 360
  at.desk->catch_up();
  const auto report = verify_store(at.desk->store());
  EXPECT_TRUE(report) << to_text(report.error(), Language::en);
}

TEST(Law9, ARefundComesBeforeItsLineIsSettled) {  // LAW 9(i)
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(100))}});
  const std::string settled = at.good(interim_of(visit, yuan(100))).decision->made;
  const auto late = at.call(UploadLines{visit, {line("2", yuan(-40), "1")}});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::desk_refund_settled);
  EXPECT_NE(to_text(late.error(), Language::en).find(settled), std::string::npos);
  at.good(CancelSettlement{settled, "P1"});
  at.good(UploadLines{visit, {line("2", yuan(-40), "1"), line("3", yuan(100))}});
  EXPECT_EQ(TestDesk::result(at.good(interim_of(visit, yuan(160)))).total, 16'000);
}

TEST(Law9, ARefundIsSettledWithItsLine) {  // LAW 9(i): of whatever batch, on the later day
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  const auto dated = [](FeeLine fee, const char* on, const char* batch) {
    fee.line.date = TestDesk::day(on);
    fee.batch = batch;
    return fee;
  };
  at.good(UploadLines{
      visit,
      {dated(line("1", yuan(100)), "2025-02-20", "b1"), dated(line("2", yuan(30)), "2025-02-20", "b1"),
       dated(line("3", yuan(-40), "1"), "2025-02-27", "b2")}});
  Settle early = interim_of(visit, yuan(30));
  early.to = TestDesk::day("2025-02-21");
  const std::string first = at.good(early).decision->made;
  const std::string second = at.good(interim_of(visit, yuan(60))).decision->made;
  at.good(CancelSettlement{second, "P1"});
  at.good(CancelSettlement{first, "P1"});
  Settle batch = interim_of(visit, yuan(90));
  batch.batch = "b1";
  EXPECT_EQ(TestDesk::result(at.good(batch)).total, 9'000);
}

TEST(Law9,
     ATrialSaysWhatItWasMadeOn) {  // LAW 9(e): equal means equal fen
  TestDesk at;
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "P2";
  const auto trial = [&] { return *at.desk->trial(at.command(sale)); };
  const TrialOutcome before = trial();
  at.good(TestDesk::sale(yuan(10), "P3"));  // nobody of theirs
  EXPECT_EQ(before.payer_head, trial().payer_head);
  EXPECT_EQ(before.provider_register, trial().provider_register);
  at.good(CreditAccount{"P2", yuan(10), "x"});
  EXPECT_EQ(before.person_head, trial().person_head);
  EXPECT_NE(before.payer_head, trial().payer_head);
  at.good(RegisterProvider{"H1", "H1", {fact("level", "L2")}, 30});
  EXPECT_NE(before.provider_register, trial().provider_register);
  const TrialOutcome old_rules = trial();
  adopt_ratio(at, "70%");
  EXPECT_NE(old_rules.decision.rules, trial().decision.rules);
  EXPECT_EQ(old_rules.decision.catalogue, "");
  const auto catalogue = at.desk->put_artifact(
      "item,name_zh,name_en,class,kind,source,unit_limit,from,to\nX1,x,x,A,drug,domestic,90.00,2024-01-01,"
      "\n");
  at.good(AdoptCatalogue{std::string(bytes_of(*catalogue))});
  EXPECT_EQ(trial().decision.catalogue, bytes_of(*catalogue));
  EXPECT_EQ(trial().day, before.day);
  at.pass(days);
  EXPECT_NE(trial().day, before.day);
}

}  // namespace
}  // namespace fenming::testing_desk
