// What a decision says beside the money it moves.
#include <algorithm>

#include "settlement/rows.h"
#include "settlement/statement.h"
#include "settlement/test_desk.h"
#include "settlement/verify.h"

namespace fenming::testing_desk {
namespace {

std::string with_prepay() {
  std::string rules = region();
  rules.insert(rules.find("keep:"),
               "lines: {limit: listed_limit, prepay: {by: class, B: 10%, else: 0%}, pot: eligible}\n");
  return rules;
}

std::string opened(TestDesk& at, const std::string& begin) {
  return at.good(OpenVisit{"P1", "", "Z1", TestDesk::day(begin), {}}).decision->made;
}

TEST(Decisions, AnUploadSaysWhatItsLinesAreWorth) {  // REQ SET-02
  TestDesk at(with_prepay());
  const auto digest = at.desk->put_artifact(
      "item,name_zh,name_en,class,kind,source,unit_limit,from,to\nX1,x,x,B,drug,domestic,90.00,2024-01-01,"
      "\n");
  const std::string catalogue(bytes_of(*digest));
  at.good(AdoptCatalogue{catalogue});
  FeeLine drug = line("1", yuan(100));
  drug.line.item = "X1";
  for (const char* begin : {"2025-02-20", "2025-03-02"}) {  // the second begins tomorrow
    const std::string visit = opened(at, begin);
    const Outcome upload = at.good(UploadLines{visit, {drug}});
    EXPECT_EQ(upload.decision->priced, (std::vector<LineResult>{{10'000, 1'000, 0, 900, 8'100}})) << begin;
    EXPECT_EQ(upload.decision->catalogue, catalogue);
    EXPECT_EQ(upload.decision->rules.size(), 32U);
    const Outcome back = at.good(UploadLines{visit, {line("2", yuan(-1), "1")}});
    EXPECT_TRUE(back.decision->priced.empty()) << "a refund is worth what its original is, settled together";
  }
}

TEST(Decisions, ASettlementNamesThePolicyItWasDecidedBy) {  // LAW 3
  TestDesk at;
  EXPECT_EQ(at.good(TestDesk::sale(yuan(1), "P3")).decision->engine, engine_version);
  const auto named = TestDesk::result(at.good(TestDesk::sale(yuan(300)))).policies;
  ASSERT_EQ(named.size(), 1U);
  EXPECT_FALSE(named.front().empty());
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(10), "P2"))).policies, named);
}

TEST(Decisions, AMergeIsAboutTheKeptNumberFirst) {  // LAW 1.8, 9(g)
  TestDesk at;
  const Outcome merge = at.good(MergePersons{"P1", "P2", "Lin"});
  ASSERT_EQ(merge.decision->persons.size(), 2U);
  EXPECT_EQ(merge.decision->persons[0].psn_no, "P1");
  EXPECT_EQ(merge.decision->persons[1].psn_no, "P2");
}

TEST(Decisions, WhatHappensAtAVisitIsAboutItsPerson) {  // LAW 1.8
  TestDesk at;
  const std::string visit = opened(at, "2025-02-20");
  const Action actions[] = {UploadLines{visit, {line("1", yuan(10))}}, RemoveLines{visit, {"1"}},
                            PayDeposit{visit, yuan(10), "cash"}, ReturnDeposit{visit, yuan(10)},
                            CloseVisit{visit, TestDesk::day("2025-02-21"), {}}};
  for (const Action& action : actions) {
    const Outcome outcome = at.good(action);
    ASSERT_EQ(outcome.decision->persons.size(), 1U) << action_name(action);
    EXPECT_EQ(outcome.decision->persons.front().psn_no, "P1");
  }
}

TEST(Decisions, AConsentIsAboutBoth) {  // LAW 1.8
  TestDesk at;
  const Outcome outcome =
      at.good(ShareAccount{"P1", "P2", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  ASSERT_EQ(outcome.decision->persons.size(), 2U);
  EXPECT_EQ(outcome.decision->persons[0].psn_no, "P1");
  EXPECT_EQ(outcome.decision->persons[1].psn_no, "P2");
}

TEST(Decisions, AnOperatorSignsInForTheDay) {
  TestDesk at;
  EXPECT_EQ(at.refused(SignOperator{"u1", "", false}, "", "H9"), "desk_provider_unknown");
  EXPECT_EQ(at.refused(SignOperator{"", "", false}), "operator_malformed");
  EXPECT_EQ(at.refused(SignOperator{std::string(91, 'u'), "", false}), "operator_malformed");
  at.good(SignOperator{std::string(90, 'u'), "", false});
  EXPECT_EQ(at.refused(SignOperator{"u1", "", true}), "wire_not_signed_in");
  const std::string sign = at.good(SignOperator{"u1", "", false}).decision->made;
  EXPECT_EQ(sign.front(), 'N');
  EXPECT_EQ(at.refused(SignOperator{"u1", "N1", true}), "wire_not_signed_in") << "another sign-in";
  EXPECT_EQ(at.refused(SignOperator{"u1", sign, true}, "", "H2"), "wire_not_signed_in");
  EXPECT_EQ(at.good(SignOperator{"u1", sign, true}).decision->made, sign);
  EXPECT_EQ(at.refused(SignOperator{"u1", sign, true}), "wire_not_signed_in") << "signed out";
  at.good(SignOperator{"u1", "", false});
  at.good(SignOperator{"u1", "", true});
  at.good(SignOperator{"u1", "", false});
  at.pass(24 * 3'600'000);
  EXPECT_EQ(at.refused(SignOperator{"u1", "", true}), "wire_not_signed_in") << "of yesterday";
}

TEST(Decisions, TheDigestOfTheStateIsThatOfItsContents) {  // REQ SEC-05
  const auto state = [](Money credit) {
    TestDesk at;
    at.good(CreditAccount{"P1", credit, "a"});
    EXPECT_TRUE(at.desk->catch_up());
    return verify_store(at.desk->store())->state;
  };
  EXPECT_EQ(state(yuan(1)), state(yuan(1)));
  EXPECT_NE(state(yuan(1)), state(yuan(2)));
}

TEST(Decisions, APersonsTotalsAreSaidInThePolicysWords) {  // REQ SET-17
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)));
  const auto library = unpack_library(pack_library({{"region.yaml", region()}}, {}));
  ASSERT_TRUE(library);
  std::vector<std::string> said;
  for (const NamedTotal& total :
       totals_of(*at.desk->object(person_object("P1")), *at.desk->object(shard_object), *library)) {
    said.push_back(total.name + " " + total.value);
    for (const auto& [name, value] : total.key) said.back() += " " + name + "=" + value;
  }
  std::ranges::sort(said);
  EXPECT_EQ(said, (std::vector<std::string>{"month.visits 1 month=202503",
                                            "year.deductible 100.00 year=2025 scheme=employees",
                                            "year.pool 160.00 year=2025 scheme=employees"}));
}

TEST(Decisions, ViewsFollowByThemselves) {  // LAW 1.6
  TestDesk at;
  ASSERT_TRUE(at.desk->catch_up());
  const std::uint64_t position = at.good(CreditAccount{"P1", yuan(1), "a"}).position;
  for (int wait = 0; wait < 200 && at.desk->figures().watermark < position; ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(at.desk->figures().watermark, position);
}

TEST(Decisions, AStatementsAccountIsOnesOwnAndTheFamilys) {  // LAW 9(d), 9(l)
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(20), "a"});
  at.good(CreditAccount{"P2", yuan(15), "a"});
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  Settle sale = TestDesk::sale(yuan(100));
  sale.payer = "P2";
  const std::string setl_id = at.good(sale).decision->made;
  ASSERT_TRUE(at.desk->catch_up());
  const auto rows = statement_rows_of(at.desk->store(), "H1", std::span(&setl_id, 1));
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().amounts.acct_pay, yuan(35));
  EXPECT_EQ(rows->front().amounts.cash_payamt, yuan(65));
}

TEST(Decisions, ASettlementOfTwoPhasesIsFoundOnTheDayItWasConfirmed) {  // LAW 7, 9(l)
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(100));
  sale.two_phase = true;
  const std::string setl_id = at.good(sale).decision->made;
  at.good(CloseDay{TestDesk::day("2025-03-01")});
  at.good(Confirm{setl_id});
  ASSERT_TRUE(at.desk->catch_up());
  const auto rows = statement_rows_of(at.desk->store(), "H1", std::span(&setl_id, 1));
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().day, TestDesk::day("2025-03-02"));
}

}  // namespace
}  // namespace fenming::testing_desk
