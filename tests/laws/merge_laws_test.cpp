// Law 9 (g): two numbers of one person become one.
#include <algorithm>
#include <map>

#include "laws/law_desk.h"
#include "registry/status.h"
#include "settlement/replay.h"

namespace fenming::testing_desk {
namespace {

MergePersons merge(const std::string& kept = "P1", const std::string& merged = "P2") {
  return {kept, merged, "clerk"};
}

TEST(Law9, TwoNumbersOfOnePersonCountTogetherFromTheMergeOn) {  // LAW 9(g)
  TestDesk at;
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(60), "P1"))).deductible, 6'000);
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(30), "P2"))).deductible, 3'000);
  at.good(CreditAccount{"P2", yuan(50), "2025-03"});
  at.good(merge());
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 5'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 0);
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100), "P1"))).deductible, 1'000) << "100 - 60 - 30";
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100), "P1"))).deductible, 0);
  at.reopen();
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100), "P1"))).deductible, 0);
}

TEST(Law9, AMergedNumberIsRefusedNamingTheOther) {  // LAW 9(g)
  TestDesk at;
  EXPECT_EQ(at.refused(merge("P1", "P9")), "desk_person_unknown");
  EXPECT_EQ(at.refused(merge("P1", "P1")), "desk_merge_self");
  EXPECT_EQ(at.refused(MergePersons{"P1", "P2", ""}), "desk_accepted_by");
  at.good(merge());
  EXPECT_EQ(at.refused(merge()), "desk_person_merged");
  EXPECT_EQ(at.refused(merge("P2", "P3")), "desk_person_merged");
  const auto sale = at.call(TestDesk::sale(yuan(30), "P2"));
  ASSERT_FALSE(sale);
  EXPECT_NE(to_text(sale.error(), Language::en).find("use P1"), std::string::npos);
  EXPECT_EQ(at.refused(CreditAccount{"P2", yuan(5), "x"}), "desk_person_merged");
  EXPECT_EQ(at.refused(RegisterPerson{"P2", "", {fact("born", "1980-05-05")}}), "desk_person_merged");
  Settle paid = TestDesk::sale(yuan(30), "P3");
  paid.payer = "P2";
  EXPECT_EQ(at.refused(paid), "desk_person_merged");
}

TEST(Law9, WhatWasSettledUnderAMergedNumberIsCancelledExactly) {  // LAW 9(g), 6.1, 6.2
  TestDesk at;
  at.good(TestDesk::sale(yuan(60), "P1"));
  at.good(CreditAccount{"P2", yuan(50), "2025-03"});
  const std::string kept = at.normal("P1");
  const std::string sold = at.good(TestDesk::sale(yuan(300), "P2")).decision->made;
  at.good(merge());
  const std::string later = at.good(TestDesk::sale(yuan(100), "P1")).decision->made;
  const auto named = at.call(CancelSettlement{sold, "P1"});
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code, Code::desk_later_settlements) << "it reads what the other wrote";
  EXPECT_NE(to_text(named.error(), Language::en).find(later), std::string::npos);
  at.good(CancelSettlement{later, "P1"});
  at.good(CancelSettlement{sold, "P2"});
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 5'000)
      << "what the sale had taken comes back to the kept number";
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 0);
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100), "P1"))).deductible, 4'000) << "100 - 60";
}

TEST(Law9, AMergedNumbersPastIsComputedAgainAsItWas) {  // LAW 9(g), 6.3: each with what it saw then
  TestDesk at(recomputing), never(recomputing);
  for (TestDesk* desk : {&at, &never}) desk->good(TestDesk::sale(yuan(60), "P1"));
  const std::string first = at.good(TestDesk::sale(yuan(70), "P2")).decision->made;
  for (TestDesk* desk : {&at, &never}) {
    desk->good(TestDesk::sale(yuan(80), "P2"));
    desk->good(merge());
    desk->good(TestDesk::sale(yuan(200), "P1"));
  }
  const Outcome cancelled = at.good(CancelSettlement{first, "P1"});
  EXPECT_EQ(cancelled.decision->results.size(), 3U) << "the cancellation and two adjustments";
  for (const char* psn_no : {"P1", "P2"}) {
    const auto rows = [&](TestDesk& desk) {
      std::map<std::string, std::vector<Row::Member>> members;
      const Object person = *desk.desk->object(person_object(psn_no));
      for (const auto& [name, value] : person.cells())
        if (name.starts_with(row_prefix)) members[std::string(name)] = read_row(value).members;
      return members;
    };
    EXPECT_TRUE(rows(at) == rows(never)) << psn_no;
  }
}

TEST(Law9, AJournalWithMergesVerifiesAndReplays) {  // LAW 3, 9(g): three numbers, one after the other
  TestDesk at(recomputing);
  for (const char* psn_no : {"P1", "P2", "P3"}) at.good(TestDesk::sale(yuan(30), psn_no));
  const std::string early = at.good(TestDesk::sale(yuan(80), "P3")).decision->made;
  at.good(merge("P2", "P3"));
  at.good(TestDesk::sale(yuan(20), "P2"));
  at.good(merge("P1", "P2"));
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(50), "P1"))).deductible, 0);
  at.good(CancelSettlement{early, "P1"});
  at.good(poor());
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(5), "P3")), "desk_person_merged");
  ASSERT_TRUE(at.desk->catch_up());
  EXPECT_TRUE(verify_store(at.desk->store()));
  const auto replayed = replay_store(at.desk->store());
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->different, 0U);
}

TEST(Law9, ALateStatusReachesWhatWasSettledUnderAMergedNumber) {  // LAW 9(c), 9(g)
  TestDesk at(region("corrections: {late: gains}"));
  at.good(TestDesk::sale(yuan(300), "P2"));
  at.good(merge());
  const Outcome late = at.good(poor());
  ASSERT_EQ(late.decision->results.size(), 2U);
  EXPECT_GT(at.balance(AccountKind::receivable, "P1"), 0);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P2"), 0);
}

TEST(Law9, StatusConsentAndInterestGoWithTheMergedNumber) {  // LAW 9(b), 9(d), 9(g)
  TestDesk at, whole;
  for (TestDesk* desk : {&at, &whole}) {
    desk->good(CreditAccount{"P1", yuan(1000), "2025-03"});
    desk->good(CreditAccount{desk == &at ? "P2" : "P1", yuan(2000), "2025-03"});
  }
  at.good(
      SetStatus{"P2", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at.good(ShareAccount{"P2", "P3", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at.good(merge());
  Settle paid = TestDesk::sale(yuan(50), "P3");
  paid.payer = "P1";
  EXPECT_EQ(TestDesk::result(at.good(paid)).family, 5'000);
  whole.good(ShareAccount{"P1", "P3", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  whole.good(paid);
  const Outcome sale = at.good(TestDesk::sale(yuan(300), "P1"));
  EXPECT_EQ(std::ranges::count(TestDesk::result(sale).facts, "aid", &FactValue::name), 1);
  at.good(CancelSettlement{sale.decision->made, "P1"});
  for (TestDesk* desk : {&at, &whole}) {
    desk->pass(365 * days);
    desk->good(CreditInterest{"P1", 2025, *parse_decimal("0.02")});
  }
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), whole.balance(AccountKind::personal, "P1"));
}

TEST(Law9, APendingOneOfAMergedNumberIsConfirmedOrGivenBack) {  // LAW 7, 9(g)
  TestDesk at;
  at.good(CreditAccount{"P2", yuan(50), "2025-03"});
  Settle sale = TestDesk::sale(yuan(120), "P2");
  sale.two_phase = true;
  const std::string confirmed = at.good(sale).decision->made;
  const std::string held = at.good(sale).decision->made;
  at.good(merge());
  at.good(Confirm{confirmed});
  at.good(CancelSettlement{held, "P1"});
  for (const char* psn_no : {"P1", "P2"}) EXPECT_EQ(at.balance(AccountKind::hold, psn_no), 0) << psn_no;
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 0);
  EXPECT_GE(at.balance(AccountKind::personal, "P1"), 0);
}

TEST(Law9, APartRefundOfAMergedNumberSettlesTheRestUnderTheKeptOne) {  // LAW 9(g), 9(h)
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P2", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(40))}});
  const std::string sold = at.good(TestDesk::sale(yuan(300), "P2")).decision->made;
  at.good(merge());
  const Outcome refund = at.good(RefundPart{sold, "P1", {{"1", *parse_decimal("1"), yuan(100)}}});
  EXPECT_EQ(TestDesk::result(refund).psn_no, "P1");
  Settle stay;
  stay.psn_no = "P1", stay.visit = visit, stay.total = yuan(40);
  EXPECT_EQ(TestDesk::result(at.good(stay)).psn_no, "P1") << "a visit opened under the other number";
}

// ---- One person, one account, however many numbers he had

TEST(Law9, NobodyIsHisOwnFamily) {  // LAW 9(d), 9(g)
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  at.good(ShareAccount{"P3", "P2", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at.good(ShareAccount{"P1", "P3", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at.good(merge("P1", "P2"));
  at.good(merge("P1", "P3"));
  EXPECT_TRUE(at.desk->object(person_object("P1"))->with("c").empty());
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "P1";
  EXPECT_EQ(at.refused(sale), "share_self");
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 5'000);
  sale.payer.clear();
  EXPECT_EQ(TestDesk::result(at.good(sale)).account, 5'000);
}

TEST(Law9, AMergeTakesNoDayOfAStatusAway) {  // LAW 9(g)
  TestDesk at;
  const auto insured = [&](const char* psn_no, const char* from, Date to) {
    at.good(RegisterPerson{psn_no, "", {fact("born", "1980-05-05"), fact("scheme", "employees")}});
    at.good(SetStatus{psn_no, fact("insured", "yes"), TestDesk::day(from), to, false});
  };
  insured("P8", "2025-03-01", date_max);
  insured("P9", "2024-01-01", TestDesk::day("2025-03-31"));
  at.good(merge("P8", "P9"));
  at.pass(60 * days);
  at.good(TestDesk::sale(yuan(100), "P8", "2025-04-20"));
}

TEST(Law9, AMergeGivesTheDaysThatWereNotSaid) {  // LAW 9(g)
  TestDesk at;
  const auto poor_for = [&](const char* psn_no, const char* from, const char* to) {
    at.good(SetStatus{psn_no, fact("aid", "poor"), TestDesk::day(from), TestDesk::day(to), false});
  };
  poor_for("P1", "2025-04-01", "2025-04-30");
  poor_for("P2", "2025-01-01", "2025-06-30");
  at.good(merge("P1", "P2"));
  std::string spans;
  for (const Status& status : statuses(*at.desk->object(person_object("P1")), "aid"))
    spans += to_text(status.from) + ".." + to_text(status.to) + " ";
  EXPECT_EQ(spans, "2025-03-01..2025-03-31 2025-04-01..2025-04-30 2025-05-01..2025-06-30 ");
}

}  // namespace
}  // namespace fenming::testing_desk
