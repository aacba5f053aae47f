// What shows at an edge only: several commands of one batch, what is done when nobody asks, what messages and tables say to the last digit.
#include <latch>

#include "settlement/project.h"
#include "settlement/replay.h"
#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

void open_with(TestDesk& at, DeskOptions options) {
  at.desk.reset();
  options.region = "123456";
  options.clock = [&at] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk), std::move(options)));
}

// A desk whose thread stands in a question until it is let go: what is sent meanwhile comes in one go.
class HeldDesk {
 public:
  explicit HeldDesk(DeskOptions options = {}) {
    open_with(at, std::move(options));
    at.desk->try_out(at.command(TestDesk::sale(yuan(1))), [this](const auto&) {
      held_.count_down();
      go_.wait();
    });
    held_.wait();
  }
  void submit(Action action) {
    at.desk->submit(at.command(std::move(action)), [this](const Result<Outcome>& outcome) {
      ASSERT_TRUE(outcome);
      last = outcome->position;
    });
  }
  void begin() { go_.count_down(); }
  void let_go() {
    begin();
    ASSERT_TRUE(at.desk->catch_up());
  }
  TestDesk at;
  std::uint64_t last = 0;

 private:
  std::latch held_{1}, go_{1};
};

TEST(Batch, AStateRowNamesTheLastOfTheBatchThatChangedIt) {  // LAW 1.3
  HeldDesk held;
  for (const char* psn_no : {"P1", "P1", "P2"}) held.submit(CreditAccount{psn_no, yuan(1), "a"});
  held.let_go();
  for (const auto& [psn_no, position] : {std::pair{"P1", held.last - 1}, {"P2", held.last}}) {
    const std::string person = person_object(psn_no);
    const auto rows = held.at.desk->store().state(std::span(&person, 1));
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->front().position, position) << psn_no;
  }
}

TEST(Batch, HasNoMoreThanItMay) {  // LAW 10
  DeskOptions options;
  options.batch_max = 2;
  HeldDesk held(options);
  const std::uint64_t before = held.at.desk->figures().batches;
  for (int i = 0; i < 4; ++i) held.submit(CreditAccount{"P1", yuan(1), "a"});
  held.let_go();
  EXPECT_EQ(held.at.desk->figures().batches, before + 2);
}

TEST(Alone, TheHeadOfTheLastSecondIsSignedByItself) {  // LAW 2
  TestDesk at;
  DeskOptions options;
  options.sign_head = [](std::uint64_t position, const Digest&, Instant) { return std::to_string(position); };
  open_with(at, options);
  at.pass(1000);
  at.good(CreditAccount{"P1", yuan(1), "a"});
  const std::uint64_t last = at.good(CreditAccount{"P1", yuan(1), "a"}).position;  // within the second
  at.pass(1000);
  std::size_t heads = 0;
  for (int tries = 0; tries < 200 && heads == 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // nobody asks for anything
    heads = at.desk->store().signed_heads(last, 10)->size();
  }
  EXPECT_EQ(heads, 1U);
}

TEST(Edges, ACounterSaleIsUndoneUnderItsOwnNumberOnly) {
  TestDesk at;
  const std::string sale = at.good(TestDesk::sale(yuan(300))).decision->made;
  const std::string other = at.good(TestDesk::sale(yuan(20), "P2")).decision->made;
  Command cancel = at.command(CancelSettlement{sale, "P1"});
  for (const std::string& wrong : {other, std::string("V1")}) {
    cancel.visit = wrong;
    const auto refused = at.desk->call(cancel);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::desk_visit_unknown);
    EXPECT_EQ(refused.error().value, wrong);
  }
  cancel.visit = sale;
  const auto undone = at.desk->call(cancel);
  EXPECT_TRUE(undone) << to_text(undone.error(), Language::en);
}

TEST(Edges, AVisitIsItsPersons) {  // REQ SEC-12
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  Command upload = at.command(UploadLines{visit, {line("1", yuan(10))}});
  upload.person = "P2";
  const auto refused = at.desk->call(upload);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::desk_visit_of_other);
  EXPECT_EQ(refused.error().place, "psn_no");
  upload.person = "P1";
  EXPECT_TRUE(at.desk->call(upload));
}

TEST(Edges, AMessageOfOnesOwnIsReversedWhateverItsNumberBeginsWith) {  // LAW 5
  TestDesk at;
  const std::string other(12, '7');
  at.good(RegisterProvider{other, "other", {}, 30});
  const std::string msgid = other + "202503010900000001";
  at.good(TestDesk::sale(yuan(300)), msgid);
  EXPECT_EQ(at.refused(Reverse{"P1", "2207", other + "202503010900000002"}), "desk_message_of_other");
  at.good(Reverse{"P1", "2207", msgid});
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
}

TEST(Edges, AClockAMinuteBackIsTrustedAndNotAMillisecondMore) {  // LAW 8
  for (const bool one_record : {false, true}) {
    TestDesk at;
    std::int64_t last = at.good(TestDesk::sale(yuan(1))).decision->time.ms;
    if (one_record) {
      at.desk.reset();
      at.disk = make_fake_disk();
      at.open();
      const auto digest = at.desk->put_artifact(pack_library({{"region.yaml", region()}}, {}));
      last = at.good(AdoptRules{std::string(bytes_of(*digest))}).decision->time.ms;
    }
    for (const auto& [back, trusted] : {std::pair{60'000, true}, {60'001, false}}) {
      at.desk.reset();
      at.wall_ms = last - back;
      at.open();
      EXPECT_EQ(at.refused(CloseDay{TestDesk::day("2024-01-01")}) != "desk_clock", trusted) << back;
    }
  }
}

TEST(Edges, TooMuchIsSaidToTheFen) {  // LAW 10
  TestDesk at;
  DeskOptions options;
  options.limits.amount_max = yuan(100);
  open_with(at, options);
  Settle sale = TestDesk::sale(yuan(60));
  sale.lines.push_back(line("2", Money::from_fen(4'001)));
  sale.total = Money::from_fen(10'001);
  const auto refused = at.call(sale);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::amount_too_large);
  EXPECT_EQ(refused.error().value, "100.01");
  EXPECT_EQ(refused.error().details, std::vector<std::string>{"100.00"});
}

TEST(Edges, LinesHaveTheirPricesWhereThePolicyNeedsTheAccount) {  // REQ SET-02
  std::string rules = region();
  const std::string account = "  account: {type: money, default: 0}";
  rules.replace(rules.find(account), account.size(), "  account: {type: money}");
  TestDesk at(rules);
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  EXPECT_EQ(at.good(UploadLines{visit, {line("1", yuan(10))}}).decision->priced.size(), 1U);
}

TEST(Edges, AFloorGoesWithTheStatusThatSetIt) {  // LAW 9(c): and no other with it
  std::string rules = region("corrections: {cancel: recompute, late: gains}");
  rules.insert(rules.find("  level:"), "  chronic: {type: [no, yes], default: no}\n");
  rules.replace(rules.find("limit: 100,"), 11, "limit: {by: chronic, no: 100, yes: 50},");
  TestDesk at(rules);
  const std::string settled = at.good(TestDesk::sale(yuan(300))).decision->made;
  SetStatus poor{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false};
  at.good(poor);
  at.good(SetStatus{"P1", fact("chronic", "yes"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"),
                    false});
  const auto floors = [&] {
    const Object object = *at.desk->object(settlement_object(settled));
    const auto cell = read_cell<std::vector<Floor>>(object.find(floors_cell));
    return cell ? cell->size() : 0;
  };
  EXPECT_EQ(floors(), 2U);
  poor.revoke = true;
  at.good(poor);
  EXPECT_EQ(floors(), 1U);
  at.good(CancelSettlement{settled, "P1"});
  EXPECT_EQ(floors(), 0U) << "nothing is kept of what is gone";
}

TEST(Edges, NothingIsLeftOfTheBillForAFundThatComesLater) {  // LAW 6, 9(c)
  std::string rules = region("corrections: {cancel: recompute, late: gains}");
  rules.replace(rules.find("limit: 100,"), 11, "limit: 0,");
  rules.replace(rules.find("{by: level, L1: 80%, L2: 60%}"), 29, "{by: aid, ordinary: 100%, poor: 50%}");
  rules.replace(rules.find("base: left - out, ratio: 50%"), 28, "base: left - out, ratio: 100%");
  TestDesk at(rules);
  at.good(TestDesk::sale(yuan(300)));  // the pool pays it whole
  at.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
  const auto report = replay_store(at.desk->store());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->different, 0U);
}

TEST(Edges, WhatStatusesGaveStaysWhenAnEarlierSettlementGoes) {  // LAW 6, 9(c)
  std::string rules = region("corrections: {cancel: recompute, late: gains}");
  rules.insert(rules.find("  level:"), "  chronic: {type: [no, yes], default: no}\n");
  rules.replace(rules.find("limit: 100,"), 11, "limit: {by: chronic, no: 100, yes: 200},");
  TestDesk at(rules);
  at.good(TestDesk::sale(yuan(5), "P1", "2025-01-10"));
  const std::string gone = at.good(TestDesk::sale(yuan(10), "P1", "2025-02-10")).decision->made;
  at.good(TestDesk::sale(yuan(300)));
  for (const auto& [name, value] : {std::pair{"chronic", "yes"}, {"aid", "poor"}})
    at.good(
        SetStatus{"P1", fact(name, value), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  const Outcome cancelled = at.good(CancelSettlement{gone, "P1"});
  const SettlementResult& last = TestDesk::result(cancelled);
  EXPECT_EQ(last.total, 30'000);
  // Neither status: (300 - 95) x 80 %. The first alone would leave (300 - 195) x 80 %, of which nothing is taken back.
  ASSERT_EQ(last.shares.size(), 2U);
  EXPECT_EQ(last.shares.front(), (Share{"pool", 16'400}));
  EXPECT_FALSE(broken_identity(*cancelled.decision));
}

TEST(Edges, OfSeveralFundsThatGainTheLastGivesWay) {  // LAW 6, 9(c)
  std::string rules = region("corrections: {cancel: recompute, late: gains}");
  rules.replace(rules.find("{by: level, L1: 80%, L2: 60%}"), 29, "{by: aid, ordinary: 80%, poor: 50%}");
  rules.replace(rules.find("  aid: {field: maf_pay}"), 23,
                "  aid: {field: maf_pay}\n  extra: {field: hifmi_pay}");
  rules.insert(rules.find("  - {layer: own"),
               "  - {layer: extra, fund: extra, who: aid == 'poor', base: left - out, ratio: 100%}\n");
  TestDesk at(rules);
  at.good(TestDesk::sale(yuan(300)));  // 160 pool, 140 cash
  const Outcome late = at.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  EXPECT_EQ(TestDesk::result(late).shares,
            (std::vector<Share>{{"pool", 16'000}, {"aid", 10'000}, {"extra", 4'000}}))
      << "the policy now gives 100 each";
}

TEST(Edges,
     AConfirmationGivesBackWhatWasHeldAndThenPosts) {  // LAW 7: the same bytes, whenever it is computed
  TestDesk at;
  at.good(CreditAccount{"P1", yuan(50), "a"});
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const Outcome confirmed = at.good(Confirm{at.good(sale).decision->made});
  std::vector<std::string> accounts;
  for (const Posting& posting : confirmed.decision->entries)
    accounts.emplace_back(name(posting.account.kind));
  EXPECT_EQ(accounts, (std::vector<std::string>{"hold", "fund", "cash", "provider"}));
}

TEST(Edges, WhoEndsADeskIsAnsweredFirst) {
  HeldDesk held;
  for (int i = 0; i < 3; ++i) held.submit(CreditAccount{"P1", yuan(1), "a"});
  std::thread ends([&] { held.at.desk.reset(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  held.begin();
  ends.join();
  held.at.open();
  EXPECT_EQ(held.last, held.at.desk->figures().head.position) << "all three were committed and answered";
  EXPECT_EQ(held.at.balance(AccountKind::personal, "P1"), 300);
}

// A view's text of a day is kept for sixteen days of a period.
TEST(Edges, EachDayHasItsOwnText) {
  TestDesk at;
  const Decision decision = *at.good(TestDesk::sale(yuan(300))).decision;
  ViewRows rows;
  Projector projector(rows);
  for (int day = 0; day < 48; ++day) {
    Decision one = decision;
    one.booked = Date{decision.booked.days + day};
    projector.add(static_cast<std::uint64_t>(day) + 1, one, 1);
    EXPECT_EQ(std::get<std::string_view>(rows.row(ViewTable::record, static_cast<std::size_t>(day))[2]),
              to_text(one.booked));
  }
}

}  // namespace
}  // namespace fenming::testing_desk
