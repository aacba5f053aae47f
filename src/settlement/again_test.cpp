// What is settled in the shadow of something else: computed again while it waits, after a settlement that is gone, with a catalogue in
// force; and what waits behind a desk that is busy.
#include <future>
#include <latch>

#include "settlement/replay.h"
#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

const std::string recomputing = region("corrections: {cancel: recompute, late: gains}");

SetStatus poor_from(const char* from) {
  return {"P1", fact("aid", "poor"), TestDesk::day(from), TestDesk::day("2025-12-31"), false};
}

TEST(Again, AStatusFromTodayReachesTheSaleOfToday) {  // LAW 9(c)
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)));
  at.good(poor_from("2025-03-01"));
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 7'000);
}

TEST(Again, AccountMoneyStaysWhereItWas) {  // LAW 6, 9(c)
  TestDesk at(recomputing);
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  at.good(TestDesk::sale(yuan(300)));  // 160 pool, 50 account, 90 cash
  const Outcome late = at.good(poor_from("2025-01-01"));
  const SettlementResult& adjusted = TestDesk::result(late);
  EXPECT_EQ(adjusted.funds, 23'000);
  EXPECT_EQ(adjusted.account, 5'000);
  EXPECT_EQ(adjusted.cash, 2'000);
  EXPECT_FALSE(broken_identity(*late.decision));
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 7'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
}

TEST(
    Again,
    AccountMoneyMovesBackAndNeverForth) {  // LAW 6, 9(c): a policy that takes the poor's own money without asking for it
  std::string rules = recomputing;
  const std::string own = "{layer: own, fund: account, base: left - out, ratio: 100%, cap: account}";
  rules.replace(rules.find(own), own.size(),
                "{layer: own, fund: account, who: aid == 'poor', base: left - out, ratio: 100%}");
  rules.replace(rules.find("base: left - out, ratio: 50%"), 28, "base: left - out, ratio: 0%");
  TestDesk at(rules);
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  at.good(TestDesk::sale(yuan(300)));  // 160 pool, 140 cash
  at.good(poor_from("2025-01-01"));
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 5'000);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
}

// Without a bound in the policy: an account pays for what it has been asked for, and never for what is computed later.
std::string unbounded(const std::string& corrections) {
  std::string rules = region(corrections);
  rules.erase(rules.find(", cap: account"), 14);
  return rules;
}

TEST(Again, ARevokedStatusTakesNothingOfTheAccount) {  // LAW 6, 9(c)
  TestDesk at(unbounded("corrections: {cancel: recompute, late: gains}"));
  at.good(poor_from("2025-01-01"));
  at.good(CreditAccount{"P1", yuan(70), "2025-03"});
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(300)))).account, 7'000);  // 160 pool, 70 aid
  SetStatus revoked = poor_from("2025-01-01");
  revoked.revoke = true;
  const Outcome late = at.good(revoked);
  EXPECT_EQ(TestDesk::result(late).account, 7'000);
  EXPECT_EQ(TestDesk::result(late).cash, 7'000);
  EXPECT_FALSE(broken_identity(*late.decision));
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 0);
  EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), -7'000) << "it is owed";
}

TEST(Again, ACancellationTakesNothingOfTheAccountForALaterSale) {  // LAW 6
  TestDesk at(unbounded("corrections: {cancel: recompute}"));
  at.good(CreditAccount{"P1", yuan(500), "2025-03"});
  const std::string first = at.good(TestDesk::sale(yuan(100))).decision->made;  // the whole deductible
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(300)))).account, 6'000);
  const Outcome cancelled = at.good(CancelSettlement{first, "P1"});
  EXPECT_EQ(TestDesk::result(cancelled).account, 6'000);
  EXPECT_EQ(TestDesk::result(cancelled).cash, 8'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 50'000 - 6'000);
}

TEST(Again, FamilyMoneyMovesBackForWhatFundsPayNow) {  // LAW 6, 9(c), 9(i)
  TestDesk at(recomputing);
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  at.good(CreditAccount{"P2", yuan(30), "2025-03"});
  at.good(ShareAccount{"P2", "P1", TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  Settle sale = TestDesk::sale(yuan(300));
  sale.payer = "P2";
  const SettlementResult before = TestDesk::result(at.good(sale));
  EXPECT_EQ(before.account, 5'000);
  EXPECT_EQ(before.family, 3'000);
  EXPECT_EQ(before.cash, 6'000);
  const SettlementResult after = TestDesk::result(at.good(poor_from("2025-01-01")));
  EXPECT_EQ(after.funds, 16'000 + 7'000);
  EXPECT_EQ(after.account, 5'000);
  EXPECT_EQ(after.family, 2'000);
  EXPECT_EQ(after.cash, 0);
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 1'000);
}

TEST(Again, AFundGainsNoMoreThanIsLeftOfTheBill) {  // LAW 6, 9(c): the pool's part falls, and stays as it was
  std::string rules = recomputing;
  rules.replace(rules.find("{by: level, L1: 80%, L2: 60%}"), 29, "{by: aid, ordinary: 80%, poor: 50%}");
  rules.replace(rules.find("base: left - out, ratio: 50%"), 28, "base: left - out, ratio: 100%");
  TestDesk at(rules);
  at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  at.good(TestDesk::sale(yuan(300)));  // 160 pool, 50 account, 90 cash
  const Outcome late = at.good(poor_from("2025-01-01"));
  const SettlementResult& adjusted = TestDesk::result(late);
  EXPECT_EQ(adjusted.shares, (std::vector<Share>{{"pool", 16'000}, {"aid", 14'000}}))
      << "of 200 by the policy";
  EXPECT_EQ(adjusted.account, 0);
  EXPECT_EQ(adjusted.cash, 0);
  EXPECT_FALSE(broken_identity(*late.decision));
}

TEST(Again, WhatIsClearedNamesItsPerson) {
  TestDesk at(recomputing);
  at.good(TestDesk::sale(yuan(300)));
  std::vector<std::string> cleared;
  for (const SettlementResult& result : at.good(poor_from("2025-03-01")).decision->results)
    if (result.kind == ResultKind::cleared) cleared.push_back(result.psn_no);
  EXPECT_EQ(cleared, std::vector<std::string>{"P1"});
}

TEST(Again, WhatWaitsIsComputedAgainAndPostedWithItsConfirmation) {  // LAW 7, 9(c)
  for (const bool confirmed : {true, false}) {
    TestDesk at(recomputing);
    const std::string before = at.normal("P1");
    Settle sale = TestDesk::sale(yuan(300));
    sale.two_phase = true;
    const std::string waits = at.good(sale).decision->made;
    const Outcome late = at.good(poor_from("2025-01-01"));
    EXPECT_TRUE(TestDesk::result(late).pending);
    EXPECT_TRUE(late.decision->entries.empty());
    EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
    if (!confirmed) {
      at.good(Expire{waits, Instant{at.wall_ms}});
      EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(300)))).deductible, 10'000);
      continue;
    }
    const Outcome posted = at.good(Confirm{waits});
    EXPECT_EQ(posted.decision->entries.front().amount, Money::from_fen(-16'000));
    EXPECT_EQ(posted.decision->entries[1].amount, Money::from_fen(-7'000));  // aid, and no receivable
    EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
    at.good(CancelSettlement{waits, "P1"});
    EXPECT_EQ(at.balance(AccountKind::receivable, "P1"), 0);
    const auto report = verify_store(at.desk->store());
    EXPECT_TRUE(report) << to_text(report.error(), Language::en);
  }
}

TEST(Again, ARowRemembersTheLastThatStillCounts) {  // LAW 6
  TestDesk at;
  const std::string first = at.good(TestDesk::sale(yuan(300), "P1", "2025-01-10")).decision->made;
  Settle nothing = TestDesk::sale(Money(), "P1", "2025-02-10");  // reads the year's row, adds nothing to it
  const std::string second = at.good(nothing).decision->made;
  const std::string third = at.good(TestDesk::sale(yuan(100), "P1", "2025-03-01")).decision->made;
  at.good(CancelSettlement{second, "P1"});  // its month is its own
  EXPECT_EQ(at.refused(CancelSettlement{first, "P1"}), "desk_later_settlements");
  at.good(CancelSettlement{third, "P1"});
  std::vector<std::uint64_t> touchers;
  const Object person = *at.desk->object(person_object("P1"));
  for (const auto& [name, value] : person.with(row_prefix)) touchers.push_back(read_row(value).last);
  const std::uint64_t record = parse_id('S', first)->position;
  EXPECT_EQ(touchers, (std::vector<std::uint64_t>{record, record})) << "the year's row and January's";
  at.good(CancelSettlement{first, "P1"});
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(300)))).deductible, 10'000);
}

TEST(Again, AStartGrantsTheFullPeriodAndNoMore) {  // LAW 7
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const std::string waits = at.good(sale).decision->made;
  at.reopen();
  at.pass(30 * 60'000);
  for (int question = 0; question < 2; ++question) (void)at.desk->object(shard_object);
  EXPECT_EQ(at.refused(Confirm{waits}), "desk_expired");
}

TEST(Again, ACatalogueInForceFillsTheLines) {
  std::string rules = region();
  rules.insert(rules.find("keep:"),
               "lines: {limit: listed_limit, prepay: {by: class, B: 10%, else: 0%}, pot: eligible}\n");
  TestDesk at(rules);
  const auto sale = [](Money amount) {
    Settle made = TestDesk::sale(amount);
    made.lines.front().line.item = "X1";
    return made;
  };
  for (const auto& [unit_class, prepay] : {std::pair{"B", 1'000}, {"A", 0}}) {
    const auto digest = at.desk->put_artifact(
        std::string("item,name_zh,name_en,class,kind,source,unit_limit,from,to\nX1,x,x,") + unit_class +
        ",drug,domestic,90.00,2024-01-01,\n");
    at.good(AdoptCatalogue{std::string(bytes_of(*digest))});
    const Outcome settled = at.good(sale(yuan(100)));
    EXPECT_EQ(TestDesk::result(settled).prepay, prepay * 9 / 10) << "of what is within the limit";
    EXPECT_EQ(TestDesk::result(settled).over, 1'000);
    EXPECT_EQ(settled.decision->catalogue, bytes_of(*digest));
    EXPECT_FALSE(broken_identity(*settled.decision));
  }
  Settle unknown = sale(yuan(1));
  unknown.lines.front().line.item = "X9";
  EXPECT_EQ(at.refused(unknown), "item_unknown");
  const auto broken = at.desk->put_artifact("item\n");
  EXPECT_NE(at.refused(AdoptCatalogue{std::string(bytes_of(*broken))}), "");
  at.reopen();
  at.good(sale(yuan(100)));
  at.desk->catch_up();
  const auto report = replay_store(at.desk->store());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->different, 0U);
}

TEST(Again, ALineThatNoSettlementCouldTakeIsRefusedWhenItIsUploaded) {
  TestDesk at;
  const auto digest = at.desk->put_artifact(
      "item,name_zh,name_en,class,kind,source,unit_limit,from,to\nX1,x,x,A,drug,domestic,,2024-01-01,2025-02-"
      "22\n");
  at.good(AdoptCatalogue{std::string(bytes_of(*digest))});
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  const auto told = [&](const char* item, const char* on, std::int64_t fen) {
    FeeLine good = line("1", yuan(1)), bad = line("A/2", Money::from_fen(fen));
    good.line.item = "X1", good.line.date = TestDesk::day("2025-02-20");
    bad.line.item = item, bad.line.date = TestDesk::day(on);
    bad.line.quantity = Decimal{3'000'000}, bad.line.price = Decimal{2'500'000};
    const auto outcome = at.call(UploadLines{visit, {good, bad}});
    if (outcome) return std::string();
    EXPECT_EQ(line_named(outcome.error()), "A/2") << outcome.error().place;
    return std::string(name(outcome.error().code));
  };
  EXPECT_EQ(told("X9", "2025-02-20", 750), "item_unknown");
  EXPECT_EQ(told("X1", "2025-02-23", 750), "item_unknown") << "no longer in the catalogue on that day";
  EXPECT_EQ(told("X1", "2025-02-20", 752), "amount_mismatch");
  EXPECT_EQ(told("X1", "2025-02-19", 750), "line_date_outside");
  EXPECT_EQ(told("X1", "2025-03-02", 750), "item_unknown");
  EXPECT_EQ(at.desk->object(visit_object(visit))->with("l").size(), 0U) << "nothing of them was kept";
  EXPECT_EQ(told("X1", "2025-02-22", 750), "");
  FeeLine refund = line("3", yuan(-1), "1"), strange = line("4", yuan(5));
  strange.line.item = "X9";
  const auto mixed = at.call(UploadLines{visit, {refund, strange}});
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().place, "feedetl_sn=4/item") << "beside a refund of an earlier upload too";
  at.good(UploadLines{visit, {refund}});
}

TEST(Again, TheKindOfVisitEntersThePolicy) {
  std::string rules = region();
  rules.insert(rules.find("  scheme:"), "  visit: {type: [clinic, stay]}\n");
  rules.replace(rules.find("- layer: pool"), 13, "- layer: pool\n    who: visit == 'stay'");
  TestDesk at(rules);
  Settle sale = TestDesk::sale(yuan(300));
  sale.kind = "stay";
  EXPECT_EQ(TestDesk::result(at.good(sale)).funds, 16'000);
  sale.kind = "clinic";
  EXPECT_EQ(TestDesk::result(at.good(sale)).funds, 0);
}

TEST(Again, StateRowsNameTheirLastRecord) {
  TestDesk at;
  at.good(TestDesk::sale(yuan(300), "P2"));
  const Outcome last = at.good(TestDesk::sale(yuan(300)));
  at.good(TestDesk::sale(yuan(300), "P3"));
  ASSERT_TRUE(at.desk->catch_up());
  const std::string person = person_object("P1");
  const auto rows = at.desk->store().state(std::span(&person, 1));
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().position, last.position);
}

TEST(Again, ProgressIsToldEveryTenThousandRecords) {
  TestDesk at;
  std::vector<std::uint64_t> told;
  const OnProgress progress = [&](std::uint64_t done, std::uint64_t all) {
    told.insert(told.end(), {done, all});
  };
  ASSERT_TRUE(verify_store(at.desk->store(), {}, progress));
  ASSERT_TRUE(replay_store(at.desk->store(), progress));
  EXPECT_TRUE(told.empty());
  for (int i = 0; i < 10'000; ++i)
    at.desk->submit(at.command(CreditAccount{"P1", yuan(1), "a"}), [](const auto&) {});
  ASSERT_TRUE(at.desk->catch_up());
  const std::uint64_t head = at.desk->figures().head.position;
  ASSERT_TRUE(verify_store(at.desk->store(), {}, progress));
  ASSERT_TRUE(replay_store(at.desk->store(), progress));
  EXPECT_EQ(told, (std::vector<std::uint64_t>{10'000, head, 10'000, head}));
}

// A desk whose thread stands still in its clock until it is let go.
class BusyDesk {
 public:
  explicit BusyDesk(std::size_t queue_max) : at_(region()) {
    at_.desk.reset();
    DeskOptions options;
    options.region = "123456";
    options.queue_max = queue_max;
    options.clock = [this] {
      ++asked;
      if (stop_) {
        stopped_.count_down();
        go_.wait();
        stop_ = false;
      }
      return Now{Instant{at_.wall_ms}, at_.steady_ms};
    };
    at_.desk = std::move(*SettlementDesk::open(open_fake(at_.disk), options));
    stop_ = true;
    submit("first", yuan(1));
    stopped_.wait();
  }
  void submit(const char* msgid, Money amount) {
    at_.desk->submit(at_.command(TestDesk::sale(amount), msgid),
                     [this, msgid](const Result<Outcome>& outcome) {
                       answers.push_back(std::string(msgid) + ": " +
                                         (!outcome            ? std::string(name(outcome.error().code))
                                          : outcome->repeated ? "repeated"
                                                              : "settled"));
                     });
  }
  void let_go() {
    go_.count_down();
    ASSERT_TRUE(at_.desk->catch_up());
  }
  std::vector<std::string> answers;
  std::atomic<int> asked = 0;

 private:
  TestDesk at_;
  std::atomic<bool> stop_ = false;
  std::latch stopped_{1}, go_{1};
};

TEST(Waiting, ATimerRunsOutByItself) {  // LAW 7
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const std::string waits = at.good(sale).decision->made;
  ASSERT_TRUE(at.desk->catch_up());
  const std::uint64_t before = at.desk->figures().watermark;
  at.pass(31 * 60'000);
  for (int tries = 0; tries < 200 && at.desk->figures().watermark == before; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // nobody asks for anything
  EXPECT_EQ(at.desk->figures().watermark, before + 1);
  EXPECT_EQ(at.refused(Confirm{waits}), "desk_expired");
}

TEST(Waiting, ATrialIsAnsweredWithoutWaitingForIt) {  // REQ SET-01
  TestDesk at;
  std::promise<Result<TrialOutcome>> promise;
  at.desk->try_out(at.command(TestDesk::sale(yuan(300))),
                   [&](const Result<TrialOutcome>& outcome) { promise.set_value(outcome); });
  auto answer = promise.get_future();
  ASSERT_EQ(answer.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  const auto outcome = answer.get();
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->decision.results.front().funds, 16'000);
}

TEST(Waiting, TooMuchIsRefusedAtOnce) {
  BusyDesk busy(2);
  for (const char* msgid : {"a", "b", "c"}) busy.submit(msgid, yuan(1));
  EXPECT_EQ(busy.answers, std::vector<std::string>{"c: desk_overloaded"});
  busy.let_go();
  EXPECT_EQ(busy.answers,
            (std::vector<std::string>{"c: desk_overloaded", "first: settled", "a: settled", "b: settled"}));
}

TEST(Waiting, ARepeatInTheBatchIsAnsweredFromIt) {  // LAW 5
  BusyDesk busy(10);
  busy.submit("a", yuan(1));
  busy.submit("a", yuan(1));
  busy.submit("a", yuan(2));
  busy.let_go();
  EXPECT_EQ(busy.answers, (std::vector<std::string>{"first: settled", "a: settled", "a: repeated",
                                                    "a: desk_message_differs"}));
}

TEST(Waiting, WhoHasNothingToDoSleeps) {
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;  // a timer is running
  at.desk.reset();
  std::atomic<int> asked = 0;
  DeskOptions options;
  options.region = "123456";
  options.clock = [&] {
    ++asked;
    return Now{Instant{at.wall_ms}, at.steady_ms};
  };
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk), options));
  at.good(sale);
  const int before = asked;
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(asked - before, 10);
}

}  // namespace
}  // namespace fenming::testing_desk
