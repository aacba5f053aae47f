#include "settlement/stored_case.h"

#include "catalog/price.h"
#include "policy/workspace.h"
#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

StoredCase stored(TestDesk& at, const std::string& setl_id) {
  EXPECT_TRUE(at.desk->catch_up());
  auto found = stored_case(at.desk->store(), setl_id);
  EXPECT_TRUE(found) << setl_id;
  return found ? std::move(*found) : StoredCase{};
}

Assessment assessed(const StoredCase& stored) {
  Bill bill = stored.bill;
  if (stored.catalogue) bill = *price(*stored.catalogue, std::move(bill));
  auto bound = bind(*stored.library, bill);
  EXPECT_TRUE(bound) << to_text(bound.error(), Language::en);
  bound->rows = stored.rows;
  Workspace workspace;
  Assessment assessment;
  const auto error = assess(*stored.library, *bound, workspace, assessment);
  EXPECT_FALSE(error);
  return assessment;
}

// The names of the amounts that come out otherwise, one behind the other.
std::string differences(const StoredCase& stored) {
  std::string names;
  for (const StoredDifference& one : compare_stored(stored.result, assessed(stored), *stored.library))
    names += one.name + " ";
  return names;
}

TEST(StoredCase, WhateverWasSettledComesOutAgain) {  // REQ SET-09, LAW 3
  TestDesk at(region("corrections: {cancel: recompute, late: both}"));
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const std::string first = at.good(TestDesk::sale(yuan(300))).decision->made;
  const std::string part = at.good(TestDesk::sale(yuan(120), "P3")).decision->made;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(200)), line("2", yuan(70)), line("3", yuan(-20), "1")}});
  Settle stay;
  stay.psn_no = "P1", stay.visit = visit, stay.total = yuan(250);
  std::vector<std::string> ids = {first, part, at.good(stay).decision->made};
  const auto late =
      at.good(SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), date_max, false}).decision;
  for (const SettlementResult& result : late->results)
    if (result.kind == ResultKind::adjusted) ids.push_back(result.settlement);
  ASSERT_EQ(ids.size(), 5U);
  const Outcome rest = at.good(RefundPart{part, "P3", {{"1", Decimal{}, yuan(20)}}});
  ids.push_back(rest.decision->made);
  EXPECT_EQ(stored(at, ids.back()).bill.lines.back().id, "1-r1-" + std::to_string(rest.position));
  EnterClaim claim;
  claim.psn_no = "P2", claim.from = claim.to = TestDesk::day("2025-02-01"), claim.entered_by = "Lin";
  claim.lines = {line("1", yuan(400))}, claim.total = yuan(400);
  const Outcome paid = at.good(DecideClaim{at.good(claim).decision->made, true, "Zhao", ""});
  ids.push_back(paid.decision->results.back().settlement);
  at.good(MergePersons{"P1", "P2", "Zhao"});
  ids.push_back(at.good(TestDesk::sale(yuan(90))).decision->made);
  for (const std::string& id : ids) EXPECT_EQ(differences(stored(at, id)), "") << id;
  const std::string gone = at.good(CancelSettlement{ids.back(), "P1"}).decision->made;
  ASSERT_TRUE(at.desk->catch_up());
  for (const std::string& none : {gone, std::string("S1"), ids.front() + "9"}) {
    const auto found = stored_case(at.desk->store(), none);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::desk_settlement_unknown);
  }
}

TEST(StoredCase, TheBillIsAsThePolicySawIt) {  // LAW 3
  TestDesk at;
  const Outcome settled = at.good(TestDesk::sale(yuan(300), "P1", "2025-02-27"));
  at.pass(48 * 3'600'000);
  const StoredCase found = stored(at, settled.decision->made);
  EXPECT_EQ(found.bill.id, settled.decision->made);
  EXPECT_EQ(found.bill.region, "123456");
  EXPECT_EQ(found.bill.from, TestDesk::day("2025-02-27"));
  EXPECT_EQ(found.bill.to, TestDesk::day("2025-02-27"));
  EXPECT_EQ(found.bill.settle, TestDesk::day("2025-03-01"));
  EXPECT_EQ(found.bill.known, TestDesk::day("2025-03-01"));
  EXPECT_EQ(found.bill.total, yuan(300));
  EXPECT_EQ(found.engine, settled.decision->engine);
  EXPECT_EQ(found.result.funds, TestDesk::result(settled).funds);
}

TEST(StoredCase, RulesAndCatalogueAreThoseInForceThen) {  // LAW 3
  std::string rules = region();
  rules.insert(rules.find("keep:"),
               "lines: {limit: listed_limit, prepay: {by: class, B: 10%, else: 0%}, pot: eligible}\n");
  TestDesk at(rules);
  const auto adopt = [&](const char* unit_class) {
    const auto digest = at.desk->put_artifact(
        std::string("item,name_zh,name_en,class,kind,source,unit_limit,from,to\nX1,x,x,") + unit_class +
        ",drug,domestic,90.00,2024-01-01,\n");
    at.good(AdoptCatalogue{std::string(bytes_of(*digest))});
  };
  adopt("B");
  Settle sale = TestDesk::sale(yuan(300));
  sale.kind = "clinic";
  sale.lines.front().line.item = "X1";
  const std::string id = at.good(sale).decision->made;
  adopt("A");
  std::string other = rules;
  other.replace(other.find("L1: 80%"), 7, "L1: 70%");
  at.good(
      AdoptRules{std::string(bytes_of(*at.desk->put_artifact(pack_library({{"region.yaml", other}}, {}))))});
  const StoredCase found = stored(at, id);
  EXPECT_EQ(differences(found), "");
  EXPECT_EQ(found.bill.visit_kind, "clinic");
}

TEST(StoredCase, EveryAmountThatDiffersIsNamedWithBothValues) {  // LAW 3
  TestDesk at;
  const StoredCase found = stored(at, at.good(TestDesk::sale(yuan(300))).decision->made);
  const Assessment now = assessed(found);
  const auto said = [&](auto change) {
    SettlementResult result = found.result;
    change(result);
    std::string text;
    for (const StoredDifference& one : compare_stored(result, now, *found.library))
      text += one.name + " " + std::to_string(one.stored_fen - one.now_fen);
    return text;
  };
  EXPECT_EQ(said([](auto&) {}), "");
  const std::pair<std::int64_t SettlementResult::*, const char*> amounts[] = {
      {&SettlementResult::total, "medfee_sumamt"},        {&SettlementResult::over, "overlmt_selfpay"},
      {&SettlementResult::out, "fulamt_ownpay_amt"},      {&SettlementResult::prepay, "preselfpay_amt"},
      {&SettlementResult::in_scope, "inscp_scp_amt"},     {&SettlementResult::deductible, "act_pay_dedc"},
      {&SettlementResult::funds, "fund_pay_sumamt"},      {&SettlementResult::account, "acct_pay"},
      {&SettlementResult::family, "acct_mulaid_pay"},     {&SettlementResult::cash, "psn_cash_pay"},
      {&SettlementResult::provider_part, "hosp_part_amt"}};
  for (const auto& [amount, name] : amounts)
    EXPECT_EQ(said([&, one = amount](auto& result) { result.*one += 7; }), std::string(name) + " 7");
  EXPECT_EQ(said([](auto& result) { result.shares.front().fen += 7; }), "fund.pool 7");
  EXPECT_EQ(said([](auto& result) { result.shares.clear(); }), "fund.pool -16000");
  EXPECT_EQ(said([](auto& result) { result.lines.front().in += 7; }), "line 1 inscp_scp_amt 7");
}

}  // namespace
}  // namespace fenming::testing_desk
