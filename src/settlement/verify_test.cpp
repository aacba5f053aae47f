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

// A record as another program might have written it: the next sale's, changed by `change`; the store with it at its end.
template <class Change>
std::unique_ptr<Store> with_changed_record(TestDesk& at, Change change) {
  Decision decision = at.desk->trial(at.command(TestDesk::sale(yuan(300))))->decision;
  change(decision);
  at.desk.reset();
  auto store = open_fake(at.disk);
  NewRecord record{write_record(decision), {}};
  record.leaf = merkle_leaf(record.bytes);
  EXPECT_TRUE(store->append(std::span(&record, 1), *store->head()));
  return store;
}

template <class Change>
std::string verified(Change change) {
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  const auto store = with_changed_record(at, change);
  const auto report = verify_store(*store);
  if (report) return "";
  EXPECT_NE(to_text(report.error(), Language::en).find(std::to_string(store->head()->position)),
            std::string::npos)
      << to_text(report.error(), Language::en);
  const auto& details = report.error().details;
  return std::string(name(report.error().code)) + (details.empty() ? "" : ": " + details.front());
}

TEST(VerifyStore, ARecordMustFitTheBooksBeforeIt) {  // REQ SEC-05
  EXPECT_EQ(verified([](Decision&) {}), "");
  EXPECT_EQ(verified([](Decision& d) { ++d.results.front().cash; }),
            "record_identity: medfee_sumamt = funds + accounts + cash + provider");
  EXPECT_EQ(verified([](Decision& d) { ++d.persons.front().previous; }),
            "record_identity: previous record of P1");
  EXPECT_EQ(verified([](Decision& d) {
              d.entries = {{{AccountKind::personal, "P1"}, Money::from_fen(-5'001)},
                           {{AccountKind::cash, "P1"}, Money::from_fen(5'001)}};
            }),
            "record_identity: balance of personal P1 is not below zero");
  EXPECT_EQ(verified([](Decision& d) {
              d.entries = {{{AccountKind::hold, "P2"}, Money::from_fen(-1)},
                           {{AccountKind::deposit, "v"}, Money::from_fen(1)}};
            }),
            "record_identity: balance of hold P2 is not below zero");
  EXPECT_EQ(verified([](Decision& d) {
              d.entries = {{{AccountKind::deposit, "v"}, Money::from_fen(-1)},
                           {{AccountKind::receivable, "P2"}, Money::from_fen(1)}};
            }),
            "record_identity: balance of deposit v is not below zero");
  EXPECT_EQ(verified([](Decision& d) {  // owed by the person: that may be
              d.entries = {{{AccountKind::personal, "P1"}, Money::from_fen(-5'000)},
                           {{AccountKind::receivable, "P2"}, Money::from_fen(-1)},
                           {{AccountKind::cash, "P1"}, Money::from_fen(5'001)}};
            }),
            "");
  EXPECT_EQ(verified([](Decision& d) { d.changes.push_back({"PP1", "x", "there", "y"}); }).substr(0, 15),
            "record_conflict");
}

TEST(VerifyStore, CancelledAndClearedResultsHaveTheirOwnIdentities) {  // LAW 6
  TestDesk at;
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  Decision cancelled = *at.good(CancelSettlement{sale.decision->made, "P1"}).decision;
  EXPECT_FALSE(broken_identity(cancelled)) << "amounts below zero, no lines";
  ++cancelled.results.front().shares.front().fen;
  EXPECT_EQ(broken_identity(cancelled), "fund_pay_sumamt = sum of the funds");
  cancelled.results.front().kind = ResultKind::cleared;
  EXPECT_FALSE(broken_identity(cancelled)) << "rows only";
  const auto name_of = [&](auto change) {
    Decision decision = *sale.decision;
    change(decision.results.front());
    return broken_identity(decision).value_or("");
  };
  const std::string below = "accounts and cash are not below zero";
  EXPECT_EQ(name_of([](auto& r) { r.account -= 1, r.cash += 1; }), below);
  EXPECT_EQ(name_of([](auto& r) { r.family -= 1, r.cash += 1; }), below);
  EXPECT_EQ(name_of([](auto& r) { r.account += r.cash + 1, r.cash = -1; }), below);
  EXPECT_EQ(name_of([](auto& r) { r.account += r.cash, r.cash = 0; }), "");
  const std::string parts = "totals of the parts = sums of the lines' parts";
  for (const auto part : {&LineResult::over, &LineResult::out, &LineResult::prepay}) {
    EXPECT_EQ(name_of([&](auto& r) { r.lines.front().*part += 1, r.lines.front().in -= 1; }), parts);
    EXPECT_EQ(name_of([&](auto& r) { r.lines.front().*part += 1; }), "line = over + out + prepay + in scope");
  }
  for (const auto sum : {&SettlementResult::over, &SettlementResult::out, &SettlementResult::prepay,
                         &SettlementResult::in_scope})
    EXPECT_EQ(name_of([&](auto& r) { r.*sum += 1; }), parts);
  EXPECT_EQ(name_of([](auto& r) { r.total += 1, r.cash += 1; }), "medfee_sumamt = sum of the lines");
}

TEST(VerifyStore, EverySignedHeadIsLookedAt) {  // REQ SEC-05, LAW 2
  TestDesk at;
  std::vector<Head> signed_heads;
  while (signed_heads.size() < 1001) {
    at.good(CreditAccount{"P1", yuan(1), "a"});
    signed_heads.push_back(at.desk->figures().head);
  }
  const std::uint64_t last = signed_heads.back().position;
  at.desk.reset();
  const auto store = open_fake(at.disk);
  for (const Head& head : signed_heads)
    ASSERT_TRUE(
        store->put_signed_head({head.position, head.root, {}, head.position == last ? "false" : "true"}));
  const auto counted = verify_store(*store);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->heads_signed, 1001U);
  EXPECT_EQ(counted->records, store->head()->position);
  const auto checked = verify_store(*store, [](const SignedHead& head) { return head.signature == "true"; });
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().value, "signed head " + std::to_string(last));
}

TEST(Replay, WhatComesOutOtherwiseIsNamed) {  // REQ PLT-04, LAW 3
  TestDesk amounts;
  std::string settlement;
  const auto dearer = with_changed_record(amounts, [&](Decision& d) {
    SettlementResult& result = d.results.front();
    settlement = result.settlement;
    result.funds -= 100, result.shares.front().fen -= 100, result.cash += 100;
    d.engine = 7;
  });
  auto report = replay_store(*dearer);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->different, 1U);
  ASSERT_EQ(report->differences.size(), 3U) << "the funds, the cash and the one fund";
  const ReplayDifference& one = report->differences.front();
  EXPECT_EQ(one.amount, "funds");
  EXPECT_EQ(report->differences[1].amount, "cash");
  EXPECT_EQ(report->differences[1].stored_fen - report->differences[1].now_fen, 100);
  EXPECT_EQ(report->differences[2].amount, "fund pool");
  EXPECT_EQ(report->differences[2].now_fen, 16'000);
  EXPECT_EQ(one.position, report->records);
  EXPECT_EQ(one.engine, 7U);
  EXPECT_EQ(one.settlement, settlement);
  EXPECT_EQ(one.stored_fen, 15'900);
  EXPECT_EQ(one.now_fen, 16'000);
  EXPECT_EQ(report->equal + 1, report->records);

  TestDesk other;
  const auto renamed = with_changed_record(other, [](Decision& d) { d.made = "x"; });
  report = replay_store(*renamed);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->different, 1U);
  EXPECT_EQ(report->differences.front().settlement, "");
  EXPECT_EQ(report->differences.front().stored_fen, 0);
  EXPECT_EQ(report->differences.front().now_fen, 0);
  EXPECT_EQ(report->differences.front().position, report->records);

  TestDesk moved;  // between cash and account: the funds pay the same
  const auto otherwise = with_changed_record(
      moved, [](Decision& d) { d.results.front().account += 50, d.results.front().cash -= 50; });
  report = replay_store(*otherwise);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->differences.size(), 2U);
  EXPECT_EQ(report->differences[0].amount, "account");
  EXPECT_EQ(report->differences[0].stored_fen, 50);
  EXPECT_EQ(report->differences[1].amount, "cash");

  TestDesk older;  // of another engine version, but with the same amounts
  report = replay_store(*with_changed_record(older, [](Decision& d) { d.engine = 7; }));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->different, 0U);
}

TEST(Replay, AResultThatNoLongerComesOutIsNamed) {  // REQ PLT-04, LAW 3
  TestDesk twice;
  const auto report = replay_store(*with_changed_record(twice, [](Decision& d) {
    d.results.push_back(d.results.front());
    d.results.back().rows.clear();
  }));
  ASSERT_TRUE(report);
  ASSERT_EQ(report->differences.size(), 3U);
  EXPECT_EQ(report->differences.front().stored_fen, 16'000);
  EXPECT_EQ(report->differences.front().now_fen, 0);
}

}  // namespace
}  // namespace fenming::testing_desk
