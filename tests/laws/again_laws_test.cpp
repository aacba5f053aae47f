// Laws 6.3 and 9 (c): settlements computed again, many of them, in every world they count in.
#include "laws/law_desk.h"
#include "settlement/replay.h"
#include "settlement/verify.h"

namespace fenming::testing_desk {
namespace {

std::vector<std::string> many_sales(TestDesk& at, int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(at.good(TestDesk::sale(yuan(5))).decision->made);
  return ids;
}

void sound(TestDesk& at) {
  ASSERT_TRUE(at.desk->catch_up());
  const auto report = verify_store(at.desk->store());
  EXPECT_TRUE(report) << to_text(report.error(), Language::en);
  const auto again = replay_store(at.desk->store());
  ASSERT_TRUE(again) << to_text(again.error(), Language::en);
  EXPECT_EQ(again->different, 0U);
}

TEST(Law6, MoreThanAHundredLaterOnesAreComputedAgain) {  // LAW 6.3
  TestDesk at(recomputing);
  const std::vector<std::string> ids = many_sales(at, 151);
  EXPECT_EQ(at.good(CancelSettlement{ids.front(), "P1"}).decision->results.size(), 151U);
  for (const std::string& id : {ids[150], ids[120], ids[1]}) at.good(CancelSettlement{id, "P1"});
  sound(at);
}

TEST(Law6, AReversalWithMoreThanAHundredLaterOnes) {  // LAW 6: a 2601 is never refused
  TestDesk at;
  at.good(TestDesk::sale(yuan(5)), "lost");
  const std::vector<std::string> ids = many_sales(at, 150);
  at.good(Reverse{"P1", "2207", "lost"});
  at.good(CancelSettlement{ids.back(), "P1"});
}

TEST(Law9, ALateStatusOverMoreThanAHundred) {  // LAW 9(c)
  TestDesk at;
  const std::vector<std::string> ids = many_sales(at, 130);
  at.good(poor());
  at.good(CancelSettlement{ids.back(), "P1"});
}

// ---- What is computed again is what comes out otherwise, no less and no more

// What the funds have paid out over all records, by fund.
std::map<std::string, std::int64_t> paid_by_funds(TestDesk& at) {
  std::map<std::string, std::int64_t> sums;
  for (std::uint64_t position = at.desk->figures().head.position; position > 0; --position)
    for (const Posting& posting : (*at.desk->record(position))->entries)
      if (posting.account.kind == AccountKind::fund) sums[posting.account.owner] -= posting.amount.fen();
  std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
  return sums;
}

std::vector<std::string> corrected(const Outcome& outcome) {
  std::vector<std::string> ids;
  for (const SettlementResult& result : outcome.decision->results)
    if (result.kind == ResultKind::adjusted) ids.push_back(result.corrects);
  return ids;
}

// A monthly deductible; what it takes counts towards the yearly one of the second layer.
constexpr const char* two_deductibles = R"YAML(region: 123456
name: test
facts:
  level: {type: [L1, L2], default: L1}
  illness: {type: bool, default: no}
keep:
  out: {per: [month], of: {own: money}}
  ill: {per: [year], of: {own: money}}
funds:
  pool: {field: hifp_pay}
  aid: {field: maf_pay}
corrections: {cancel: recompute, late: gains}
---
policy: all
steps:
  - layer: pool
    fund: pool
    who: level == 'L1'
    base: eligible
    deductible: {limit: 100, used: out.own}
    ratio: 100%
    add: {out.own: deductible}
  - layer: aid
    fund: aid
    who: illness
    base: left - out
    deductible: {limit: 150, used: ill.own}
    ratio: {by: level, L1: 50%, L2: 30%}
    add: {ill.own: deductible}
)YAML";

TEST(Law6, WhatIsComputedAgainMayReachOthers) {  // LAW 6.3
  const auto sale = [](TestDesk& at, Money amount, const char* on, const char* ill, const char* provider) {
    Settle made = TestDesk::sale(amount, "P1", on);
    made.facts = {fact("illness", ill)};
    return at.good(made, "", provider).decision->made;
  };
  const auto later_ones = [&](TestDesk& at) {
    sale(at, yuan(60), "2025-01-10", "yes", "H1");   // all paid, as the deductible is taken
    sale(at, yuan(300), "2025-02-10", "yes", "H2");  // touches nothing of January's
  };
  TestDesk at{std::string(two_deductibles)}, never{std::string(two_deductibles)};
  const std::string first = sale(at, yuan(100), "2025-01-10", "no", "H1");
  later_ones(at);
  later_ones(never);
  EXPECT_EQ(corrected(at.good(CancelSettlement{first, "P1"})).size(), 2U);
  EXPECT_EQ(paid_by_funds(at), paid_by_funds(never));
  EXPECT_EQ(paid_by_funds(at)["aid"], 6'300);
  sound(at);
}

TEST(Law6, WhatComesOutTheSameIsNotCorrected) {  // LAW 6.3
  TestDesk at(recomputing), never(recomputing);
  const std::string first = at.good(TestDesk::sale(yuan(300))).decision->made;
  std::vector<std::string> later;
  const auto three_more = [](TestDesk& desk) {
    std::vector<std::string> ids = {desk.good(TestDesk::sale(yuan(100))).decision->made};
    desk.pass(300 * days);  // the next year has rows of its own
    ids.push_back(desk.good(TestDesk::sale(yuan(300), "P1", "2025-12-20")).decision->made);
    desk.pass(10 * days);
    ids.push_back(desk.good(TestDesk::sale(yuan(300), "P1", "2026-01-02")).decision->made);
    return ids;
  };
  later = three_more(at);
  three_more(never);
  const Outcome cancelled = at.good(CancelSettlement{first, "P1"});
  EXPECT_EQ(corrected(cancelled), (std::vector{later[0], later[1]}));
  EXPECT_EQ(paid_by_funds(at), paid_by_funds(never));
  at.good(CancelSettlement{later[2], "P1"});
  at.good(CancelSettlement{later[0], "P1"});
  at.good(CancelSettlement{later[1], "P1"});
  EXPECT_EQ(paid_by_funds(at), (std::map<std::string, std::int64_t>{}));
  sound(at);
}

// ---- Kept gains stay kept

// The poor have a lower ratio of the pool, and aid up to a yearly ceiling.
std::string uneven() {
  std::string rules = recomputing;
  const auto put = [&](const std::string& old_text, const std::string& text) {
    rules.replace(rules.find(old_text), old_text.size(), text);
  };
  put("ratio: {by: level, L1: 80%, L2: 60%}", "ratio: {by: scheme, employees: 80%, residents: 40%}");
  put("{per: [year, scheme]", "{per: [year]");
  put("ratio: 50%, add: {year.aid: paid}}",
      "ratio: 100%, cap: {limit: 60, used: year.aid}, add: {year.aid: paid}}");
  return rules;
}

SetStatus residents(bool revoke = false) {
  return {"P4", fact("scheme", "residents"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"),
          revoke};
}
SetStatus poor_p4(const std::string& from, const std::string& to, bool revoke = false) {
  return {"P4", fact("aid", "poor"), TestDesk::day(from), TestDesk::day(to), revoke};
}

void register_p4(TestDesk& at) {  // employed, as the register says and no status
  at.good(RegisterPerson{"P4", "", {fact("born", "1980-05-05"), fact("scheme", "employees")}});
  at.good(SetStatus{"P4", fact("insured", "yes"), TestDesk::day("2024-01-01"), date_max, false});
}

TEST(Law9, AnUnrelatedCancelTakesNoKeptGainBack) {  // LAW 9(c), 6.3
  TestDesk at(uneven()), never(uneven());
  register_p4(at);
  register_p4(never);
  const auto cancelled = at.good(TestDesk::sale(yuan(50), "P4")).decision->made;
  for (TestDesk* desk : {&at, &never}) {
    desk->good(TestDesk::sale(yuan(200), "P4"));
    desk->good(residents());  // 80 % become 40 %: kept
    desk->good(TestDesk::sale(yuan(100), "P4"));
  }
  EXPECT_EQ(at.balance(AccountKind::receivable, "P4"), 0);
  at.good(CancelSettlement{cancelled, "P4"});
  EXPECT_EQ(at.balance(AccountKind::receivable, "P4"), -4'000);  // 50 of deductible, at 80 %
  EXPECT_EQ(paid_by_funds(at), paid_by_funds(never));
  sound(at);
}

TEST(Law9, NorOneThatAnothersGainWouldHaveTaken) {  // LAW 9(c), 6.3: the year's aid is used up by January now
  TestDesk at(uneven()), never(uneven());
  register_p4(at);
  register_p4(never);
  const auto cancelled = at.good(TestDesk::sale(yuan(50), "P4", "2025-01-05")).decision->made;
  for (TestDesk* desk : {&at, &never}) {
    desk->good(poor_p4("2025-02-01", "2025-12-31"));
    desk->good(TestDesk::sale(yuan(200), "P4", "2025-01-10"));
    desk->good(TestDesk::sale(yuan(300), "P4", "2025-02-10"));
    desk->good(poor_p4("2025-01-01", "2025-01-31"));
  }
  EXPECT_EQ(paid_by_funds(at)["aid"], 12'000);  // twice 60
  at.good(CancelSettlement{cancelled, "P4"});
  EXPECT_EQ(paid_by_funds(at), paid_by_funds(never));
  EXPECT_EQ(paid_by_funds(at)["aid"], 12'000);
  sound(at);
}

TEST(Law9, RevokingAnotherStatusClaimsNoKeptGain) {  // LAW 9(c)
  TestDesk at(uneven());
  register_p4(at);
  at.good(TestDesk::sale(yuan(200), "P4"));
  at.good(residents());
  const auto before = paid_by_funds(at);
  at.good(poor_p4("2025-01-01", "2025-12-31"));
  EXPECT_NE(paid_by_funds(at), before);
  at.good(poor_p4("2025-01-01", "2025-12-31", true));
  EXPECT_EQ(paid_by_funds(at), before);
  at.good(residents(true));
  EXPECT_EQ(paid_by_funds(at), before);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P4"), 0);
  sound(at);
}

}  // namespace
}  // namespace fenming::testing_desk
