// Every guard of docs/commands.md: a Command that is refused, and beside it the last one that is not.
#include "model/record.h"
#include "settlement/replay.h"
#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

Date day(const char* text) { return TestDesk::day(text); }

void open_with(TestDesk& at, const Limits& limits) {
  at.desk.reset();
  DeskOptions options;
  options.region = "123456";
  options.clock = [&at] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  options.limits = limits;
  auto opened = SettlementDesk::open(open_fake(at.disk), options);
  ASSERT_TRUE(opened) << to_text(opened.error(), Language::en);
  at.desk = std::move(*opened);
}

std::string said(TestDesk& at, Action action) {
  const auto outcome = at.call(std::move(action));
  return outcome ? "" : std::string(name(outcome.error().code)) + ": " + outcome.error().details.front();
}

std::string opened_visit(TestDesk& at, const char* begin = "2025-02-20") {
  return at.good(OpenVisit{"P1", "", "Z1", day(begin), {}}).decision->made;
}

Settle of_visit(const std::string& visit, Money total) {
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit, settle.total = total;
  return settle;
}

TEST(Guards, Persons) {
  TestDesk at;
  EXPECT_EQ(at.refused(RegisterPerson{"", "", {}}), "desk_person_unknown");
  EXPECT_EQ(at.refused(RegisterPerson{std::string(65, 'x'), "", {fact("born", "1980-05-05")}}),
            "desk_person_unknown");
  at.good(RegisterPerson{std::string(64, 'x'), "", {fact("born", "1980-05-05")}});
  EXPECT_EQ(at.refused(SetStatus{"P9", fact("insured", "yes"), day("2024-01-01"), date_max, false}),
            "desk_person_unknown");
  EXPECT_EQ(at.refused(ShareAccount{"P9", "P1", day("2025-01-01"), day("2025-12-31"), false}),
            "desk_person_unknown");
  EXPECT_EQ(at.refused(ShareAccount{"P1", "P9", day("2025-01-01"), day("2025-12-31"), false}),
            "desk_person_unknown");
}

TEST(Guards, AmountsAreAboveZeroAndWithinTheLimit) {  // LAW 10
  TestDesk at;
  Limits limits;
  limits.amount_max = yuan(100);
  open_with(at, limits);
  EXPECT_EQ(at.refused(CreditAccount{"P9", yuan(1), "a"}), "desk_person_unknown");
  EXPECT_EQ(at.refused(CreditAccount{"P1", Money(), "a"}), "desk_amount");
  EXPECT_EQ(at.refused(CreditAccount{"P1", yuan(-1), "a"}), "desk_amount");
  EXPECT_EQ(at.refused(CreditAccount{"P1", Money::from_fen(10'001), "a"}), "desk_amount");
  at.good(CreditAccount{"P1", yuan(100), "a"});
  const std::string visit = opened_visit(at);
  EXPECT_EQ(at.refused(PayDeposit{visit, Money(), "cash"}), "desk_amount");
  EXPECT_EQ(at.refused(ReturnDeposit{visit, Money()}), "desk_amount");
  EXPECT_EQ(at.refused(UploadLines{visit, {line("1", Money::from_fen(10'001))}}), "desk_amount");
  at.good(UploadLines{visit, {line("1", yuan(100)), line("2", yuan(100)), line("3", Money())}});
  EXPECT_EQ(at.refused(UploadLines{visit, {line("4", Money::from_fen(-10'001), "1")}}), "desk_amount");
  at.good(UploadLines{visit, {line("4", yuan(-100), "1")}});
}

TEST(Guards, ALineOfNothingChargesNothing) {
  TestDesk at;
  Limits limits;
  limits.amount_max = yuan(100);
  open_with(at, limits);
  Settle sale = TestDesk::sale(yuan(100));
  sale.lines.push_back(line("2", Money()));
  at.good(sale);
}

TEST(Guards, ARegistrationIsThePersonsFirstRecord) {
  TestDesk at;
  const Outcome registered = at.good(RegisterPerson{"P4", "", {fact("born", "1980-05-05")}});
  ASSERT_EQ(registered.decision->persons.size(), 1u);
  EXPECT_EQ(registered.decision->persons.front().psn_no, "P4");
  EXPECT_EQ(registered.decision->persons.front().previous, 0u);
  const Outcome next = at.good(CreditAccount{"P4", yuan(1), "a"});
  EXPECT_EQ(next.decision->persons.front().previous, registered.position);
}

TEST(Guards, AVisitKeepsTheFactsItWasOpenedWith) {
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", day("2025-02-20"), {fact("level", "L2")}}).decision->made;
  const auto kept = read_cell<Visit>(at.desk->object(visit_object(visit))->find(visit_cell));
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->facts.size(), 1u);
  EXPECT_EQ(kept->facts.front().name, "level");
  EXPECT_EQ(kept->facts.front().text, "L2");
}

TEST(Guards, AMessageForAnEndedStayMayBeTriedBefore) {
  TestDesk at;
  const std::string visit = opened_visit(at);
  at.good(UploadLines{visit, {line("1", yuan(1))}});
  Command command = at.command(of_visit(visit, yuan(1)));
  command.ended = true;
  const auto refused = at.desk->call(command);
  ASSERT_FALSE(refused);
  EXPECT_EQ(name(refused.error().code), "desk_visit_state");
  EXPECT_TRUE(at.desk->trial(command));
  EXPECT_FALSE(at.desk->call(command)) << "and is no settlement because it was tried";
}

TEST(Guards, TheSchemeOfTheMessageIsThatOfThePerson) {
  TestDesk at;
  const auto opened = [&](const FactValue& insured) {
    Command command = at.command(OpenVisit{"P1", "", "Z1", day("2025-02-20"), {}});
    command.insured = insured;
    const auto outcome = at.desk->call(std::move(command));
    return outcome ? "" : std::string(name(outcome.error().code));
  };
  EXPECT_EQ(opened(fact("scheme", "employees")), "");
  EXPECT_EQ(opened(fact("scheme", "residents")), "desk_insured_otherwise");
  EXPECT_EQ(opened(fact("aid", "poor")), "") << "nothing is known of it";
}

TEST(Guards, LinesAreCounted) {  // LAW 10
  TestDesk at;
  Limits limits;
  limits.lines_max = 2;
  open_with(at, limits);
  const std::string visit = opened_visit(at);
  EXPECT_EQ(at.refused(UploadLines{visit, {}}), "desk_no_lines");
  EXPECT_EQ(at.refused(UploadLines{visit, {line("1", yuan(1)), line("2", yuan(1)), line("3", yuan(1))}}),
            "desk_too_many_lines");
  at.good(UploadLines{visit, {line("1", yuan(1)), line("2", yuan(1))}});
  EXPECT_EQ(at.refused(UploadLines{visit, {line("", yuan(1))}}), "desk_line_known");
  Settle sale = TestDesk::sale(yuan(3));
  sale.lines = {line("1", yuan(1)), line("2", yuan(1)), line("3", yuan(1))};
  EXPECT_EQ(at.refused(sale), "desk_too_many_lines");
  sale.lines = {line("1", yuan(1)), line("1", yuan(2))};
  EXPECT_EQ(at.refused(sale), "desk_line_known");
  sale.lines = {line("1", yuan(1)), line("", yuan(2))};
  EXPECT_EQ(at.refused(sale), "desk_line_known");
  sale.lines = {line("1", yuan(1)), line("2", yuan(2))};
  at.good(sale);
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = day("2025-02-01"), claim.entered_by = "Lin";
  claim.total = yuan(3);
  claim.lines = {line("1", yuan(1)), line("2", yuan(1)), line("3", yuan(1))};
  EXPECT_EQ(at.refused(claim), "desk_too_many_lines");
  claim.lines.pop_back();
  at.good(claim);
}

TEST(Guards, AReplayMeasuresNothingAgain) {  // LAW 3, LAW 10: the limits are settings, other ones tomorrow
  TestDesk at;
  Limits limits;
  limits.lines_max = 2'000;
  open_with(at, limits);
  Settle sale = TestDesk::sale(yuan(1'500));
  sale.lines.clear();
  for (int i = 0; i < 1'500; ++i) sale.lines.push_back(line(std::to_string(i), yuan(1)));
  at.good(sale);
  const auto report = replay_store(at.desk->store());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->different, 0U);
}

TEST(Guards, InterestOfAYearThatIsOver) {  // LAW 9(b)
  TestDesk at;
  const CreditInterest interest{"P1", 2025, Decimal{10'000}};
  at.good(CreditAccount{"P1", yuan(3600), "2025-03"});
  EXPECT_EQ(at.refused(CreditInterest{"P9", 2025, Decimal{10'000}}), "desk_person_unknown");
  at.pass(305 * day_ms);  // 2025-12-31
  EXPECT_EQ(at.refused(interest), "desk_year_open");
  for (const std::int64_t year : {20'250, 0, -1})
    EXPECT_EQ(at.refused(CreditInterest{"P1", year, Decimal{10'000}}), "desk_year_open");
  at.pass(day_ms);
  EXPECT_EQ(at.refused(CreditInterest{"P1", 2025, Decimal{-1}}), "interest_rate");
  at.good(interest);
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 363'060);
  at.pass(366 * day_ms);  // 2027: what is older than 2026 is the opening balance
  at.good(CreditAccount{"P1", yuan(1000), "2027-01"});
  at.good(CreditInterest{"P1", 2026, Decimal{10'000}});
  EXPECT_EQ(at.balance(AccountKind::personal, "P1"), 463'060 + 3'681);  // 3,630.60 x 365 / 360 x 1 %
  EXPECT_EQ(at.refused(CreditInterest{"P1", 2026, Decimal{10'000}}), "desk_interest_credited");
}

TEST(Guards, BeforeRulesAreInForce) {
  TestDesk at;
  at.desk.reset();
  at.disk = make_fake_disk();
  at.open();
  at.good(RegisterProvider{"H1", "H1", {}, 30});
  at.good(RegisterPerson{"P1", "", {fact("born", "1980-05-05")}});
  at.good(SetStatus{"P1", fact("insured", "yes"), day("2024-01-01"), date_max, false});
  EXPECT_EQ(at.refused(OpenVisit{"P1", "", "Z1", day("2025-02-20"), {}}), "desk_no_rules");
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(1))), "desk_no_rules");
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = day("2025-02-01"), claim.entered_by = "Lin";
  claim.lines = {line("1", yuan(1))};
  EXPECT_EQ(at.refused(claim), "desk_no_rules");
  EXPECT_EQ(at.refused(AdoptRules{std::string(32, 'x')}), "store_no_artifact");
  EXPECT_EQ(at.refused(AdoptRules{"x"}), "store_no_artifact");
  EXPECT_EQ(at.refused(AdoptCatalogue{std::string(32, 'x')}), "store_no_artifact");
  std::string elsewhere = region();
  elsewhere.replace(elsewhere.find("123456"), 6, "654321");
  const auto digest = at.desk->put_artifact(pack_library({{"region.yaml", elsewhere}}, {}));
  EXPECT_EQ(at.refused(AdoptRules{std::string(bytes_of(*digest))}), "desk_rules_region");
}

TEST(Guards, AVisitsStates) {
  TestDesk at;
  EXPECT_EQ(at.refused(OpenVisit{"P9", "", "Z1", day("2025-02-20"), {}}), "desk_person_unknown");
  EXPECT_EQ(at.refused(OpenVisit{"P1", "", "Z1", day("2025-02-20"), {}}, "", "H9"), "desk_provider_unknown");
  EXPECT_EQ(at.refused(CloseVisit{"V1", day("2025-02-20"), {}}), "desk_visit_unknown");
  const std::string visit = opened_visit(at);
  EXPECT_EQ(said(at, ReopenVisit{visit}), "desk_visit_state: open");
  EXPECT_EQ(at.refused(CloseVisit{visit, day("2025-02-19"), {}}), "desk_dates");
  at.good(CloseVisit{visit, day("2025-02-20"), {}});
  EXPECT_EQ(said(at, CloseVisit{visit, day("2025-02-21"), {}}), "desk_visit_state: closed");
  at.good(ReopenVisit{visit});
  at.good(ChangeVisit{visit, {fact("ward", "a"), fact("bed", "1")}});
  at.good(ChangeVisit{visit, {fact("ward", "b")}});
  at.good(CloseVisit{visit, day("2025-03-01"), {fact("bed", "2")}});
  const Object object = *at.desk->object(visit_object(visit));
  const auto state = read_cell<Visit>(object.find(visit_cell));
  ASSERT_EQ(state->facts.size(), 2U);  // a fact said again takes the first one's place
  EXPECT_EQ(state->facts[0].text + state->facts[1].text, "b2");
  EXPECT_EQ(state->end, day("2025-03-01"));
  at.good(CancelVisit{visit});
  EXPECT_EQ(said(at, CancelVisit{visit}), "desk_visit_state: cancelled");
  EXPECT_EQ(at.refused(ChangeVisit{visit, {}}), "desk_visit_state");
  EXPECT_EQ(at.refused(ReopenVisit{visit}), "desk_visit_state");
  EXPECT_EQ(at.refused(PayDeposit{visit, yuan(1), "cash"}), "desk_visit_state");
}

TEST(Guards, AVisitIsCancelledOnlyWhenNothingIsLeftOfIt) {
  TestDesk at;
  const std::string visit = opened_visit(at);
  at.good(UploadLines{visit, {line("1", yuan(100)), line("2", yuan(50))}});
  EXPECT_EQ(at.refused(CancelVisit{visit}), "desk_visit_lines");
  const std::string settled = at.good(of_visit(visit, yuan(150))).decision->made;
  EXPECT_EQ(at.refused(CancelVisit{visit}), "desk_visit_settled");
  at.good(CancelSettlement{settled, "P1"});
  EXPECT_EQ(at.refused(CancelVisit{visit}), "desk_visit_lines");
  at.good(RemoveLines{visit, {"1"}});
  EXPECT_EQ(at.refused(CancelVisit{visit}), "desk_visit_lines");
  EXPECT_EQ(at.refused(RemoveLines{visit, {"1"}}), "desk_line_unknown");
  EXPECT_EQ(at.refused(RemoveLines{visit, {"9"}}), "desk_line_unknown");
  at.good(UploadLines{visit, {line("1", yuan(7))}});  // removed: its number is free again
  at.good(RemoveLines{visit, {}});
  EXPECT_EQ(at.refused(RemoveLines{visit, {}}), "desk_no_lines");
  at.good(PayDeposit{visit, yuan(5), "cash"});
  EXPECT_EQ(at.refused(CancelVisit{visit}), "desk_deposit_left");
  at.good(ReturnDeposit{visit, yuan(5)});
  at.good(CancelVisit{visit});
}

TEST(Guards, WhoSettlesWhat) {
  TestDesk at;
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(1)), "", "H9"), "desk_provider_unknown");
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(1), "P9")), "desk_person_unknown");
  at.good(RegisterPerson{"P4", "", {fact("born", "1980-05-05")}});
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(1), "P4")), "insured_never");
  Settle turned = TestDesk::sale(yuan(1));
  turned.from = day("2025-02-02"), turned.to = day("2025-02-01");
  EXPECT_EQ(at.refused(turned), "desk_dates");
  Settle claims = TestDesk::sale(yuan(1));
  claims.facts.push_back(fact("level", "L1"));
  EXPECT_EQ(at.refused(claims), "desk_fact_registered");
  const std::string visit = opened_visit(at);
  Settle others = of_visit(visit, yuan(1));
  EXPECT_EQ(at.refused(others), "total_mismatch") << "there is no line";
  others.psn_no = "P2";
  EXPECT_EQ(at.refused(others), "desk_visit_of_other");
  at.good(UploadLines{visit, {line("1", yuan(1))}});
  at.good(CloseVisit{visit, day("2025-02-21"), {}});
  Settle interim = of_visit(visit, yuan(1));
  interim.interim = true;
  EXPECT_EQ(at.refused(interim), "desk_visit_state");
  const SettlementResult settled = TestDesk::result(at.good(of_visit(visit, yuan(1))));
  EXPECT_EQ(settled.from, day("2025-02-20"));
  EXPECT_EQ(settled.to, day("2025-02-21"));
  EXPECT_EQ(settled.settle, day("2025-03-01"));
}

TEST(Guards, AnInterimBillTakesTheLinesUpToItsDay) {  // LAW 9(a)
  TestDesk at;
  const std::string visit = opened_visit(at);
  FeeLine on_the_day = line("1", yuan(10)), after = line("2", yuan(20));
  on_the_day.line.date = day("2025-02-25"), after.line.date = day("2025-02-26");
  at.good(UploadLines{visit, {on_the_day, after}});
  at.good(UploadLines{visit, {line("3", yuan(40))}});
  Settle interim = of_visit(visit, yuan(50));
  interim.interim = true, interim.to = day("2025-02-25");
  const SettlementResult first = TestDesk::result(at.good(interim));
  EXPECT_EQ(first.total, 5'000);
  EXPECT_EQ(first.to, day("2025-02-25"));
  const SettlementResult rest = TestDesk::result(at.good(of_visit(visit, yuan(20))));
  EXPECT_EQ(rest.total, 2'000);
  EXPECT_EQ(rest.to, day("2025-03-01"));  // still open: up to today
}

TEST(Guards, ABillWithoutALineSaysWhy) {
  TestDesk at;
  const std::string visit = opened_visit(at);
  Settle bill = of_visit(visit, yuan(10));
  bill.batch = "B1";
  EXPECT_EQ(at.refused(bill), "desk_no_lines");
  FeeLine tomorrow = line("1", yuan(10));
  tomorrow.batch = "B1", tomorrow.line.date = day("2025-03-02");
  at.good(UploadLines{visit, {tomorrow}});
  const auto early = at.call(bill);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Code::desk_date_ahead);
  EXPECT_EQ(early.error().place, "feedetl_sn=1/fee_ocur_time");
  at.pass(24 * 3'600'000);
  at.good(bill);
}

TEST(Guards, AccountsSuffice) {
  std::string rules = region();
  for (const char* cap : {", cap: account", ", cap: family"})
    rules.erase(rules.find(cap), std::string(cap).size());
  TestDesk at(rules);
  at.good(CreditAccount{"P1", Money::from_fen(9'999), "a"});
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(100))), "desk_account_short");
  at.good(CreditAccount{"P1", Money::from_fen(1), "a"});
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100)))).account, 10'000);
}

TEST(Guards, TheFamilysAccountSuffices) {  // LAW 9(d)
  std::string rules = region();
  rules.erase(rules.find(", cap: family"), std::string(", cap: family").size());
  TestDesk at(rules);
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(100))), "desk_account_short") << "nobody was named";
  at.good(ShareAccount{"P2", "P1", day("2025-01-01"), day("2025-12-31"), false});
  at.good(CreditAccount{"P2", Money::from_fen(9'999), "a"});
  Settle sale = TestDesk::sale(yuan(100));
  sale.payer = "P2";
  EXPECT_EQ(at.refused(sale), "desk_account_short");
  at.good(CreditAccount{"P2", Money::from_fen(1), "a"});
  EXPECT_EQ(TestDesk::result(at.good(sale)).family, 10'000);
  EXPECT_EQ(at.balance(AccountKind::personal, "P2"), 0);
}

TEST(Guards, WhoseSettlementItIs) {
  TestDesk at;
  const std::string sale = at.good(TestDesk::sale(yuan(300))).decision->made;
  EXPECT_EQ(at.refused(CancelSettlement{"S1", "P1"}), "desk_settlement_unknown");
  EXPECT_EQ(at.refused(CancelSettlement{make_id('S', "123456", 9'999, 0), "P1"}), "desk_settlement_unknown");
  EXPECT_EQ(at.refused(CancelSettlement{make_id('S', "123456", 2, 0), "P1"}), "desk_settlement_unknown");
  const std::uint64_t next = at.desk->figures().head.position + 1;
  EXPECT_EQ(at.refused(CancelSettlement{make_id('S', "123456", next, 0), "P1"}), "desk_settlement_unknown");
  EXPECT_EQ(at.refused(CancelSettlement{sale, "P1"}, "", "H2"), "desk_settlement_of_other");
  EXPECT_EQ(at.refused(CancelSettlement{sale, "P2"}), "desk_settlement_of_other");
  EXPECT_EQ(at.refused(Confirm{sale}), "desk_not_pending");
  EXPECT_EQ(at.refused(Expire{sale, Instant{at.wall_ms}}), "desk_not_pending");
  EXPECT_EQ(at.refused(Confirm{"S1"}), "desk_settlement_unknown");
  EXPECT_EQ(at.refused(Expire{"S1", Instant{at.wall_ms}}), "desk_settlement_unknown");
  const std::string undone = at.good(CancelSettlement{sale, "P1"}).decision->made;
  EXPECT_EQ(at.refused(CancelSettlement{undone, "P1"}), "desk_settlement_unknown") << "it is no settlement";
  const auto again = at.call(CancelSettlement{sale, "P1"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().details.back(), undone);
}

TEST(Guards, PartRefunds) {  // LAW 9(h)
  TestDesk at;
  Settle sale = TestDesk::sale(yuan(300));
  sale.lines = {line("1", yuan(100)), line("2", yuan(210)), line("3", yuan(-10), "2")};
  const std::string settled = at.good(sale).decision->made;
  const auto refund = [&](std::string id, Money amount, std::int64_t quantity = 0) {
    return RefundPart{settled, "P1", {{std::move(id), Decimal{quantity}, amount}}};
  };
  EXPECT_EQ(at.refused(RefundPart{settled, "P1", {}}), "desk_no_lines");
  EXPECT_EQ(at.refused(refund("9", yuan(1))), "desk_line_unknown");
  EXPECT_EQ(at.refused(refund("3", yuan(1))), "desk_line_unknown") << "a refund is not refunded";
  EXPECT_EQ(at.refused(refund("1", Money())), "desk_amount");
  EXPECT_EQ(at.refused(refund("1", yuan(1), -1)), "desk_refund_excess");
  Settle counted = TestDesk::sale(yuan(100), "P2");
  counted.lines.front().line.quantity = Decimal{2'000'000};
  counted.lines.front().line.price = Decimal{50'000'000};
  const std::string by_piece = at.good(counted).decision->made;
  at.good(
      RefundPart{by_piece, "P2", {{"1", Decimal{1'000'000}, yuan(50)}}});  // quantity x price is looked at
  Settle pending = TestDesk::sale(yuan(10));
  pending.two_phase = true;
  const std::string waits = at.good(pending).decision->made;
  EXPECT_EQ(at.refused(RefundPart{waits, "P1", {{"1", Decimal{}, yuan(1)}}}), "desk_no_part_refund");
  at.good(Expire{waits, Instant{at.wall_ms}});
  const Outcome part =
      at.good(RefundPart{settled, "P1", {{"1", Decimal{1}, yuan(30)}, {"2", Decimal{}, yuan(40)}}});
  EXPECT_EQ(TestDesk::result(part).total, 23'000);
  EXPECT_EQ(TestDesk::result(part).corrects, settled);
  EXPECT_EQ(part.decision->made, TestDesk::result(part).settlement);
  const std::string visit = opened_visit(at);
  at.good(UploadLines{visit, {line("1", yuan(100))}});
  const std::string stay = at.good(of_visit(visit, yuan(100))).decision->made;
  EXPECT_EQ(at.refused(RefundPart{stay, "P1", {{"1", Decimal{}, yuan(1)}}}), "desk_no_part_refund");
}

TEST(Guards, Claims) {
  TestDesk at;
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = day("2025-02-01"), claim.to = day("2025-02-02");
  claim.facts = {fact("stay", "paper")};
  claim.lines = {line("1", yuan(600))}, claim.total = yuan(600), claim.entered_by = "Lin";
  const auto but = [&](auto change) {
    EnterClaim other = claim;
    change(other);
    return at.refused(other);
  };
  EXPECT_EQ(but([](EnterClaim& c) { c.psn_no = "P9"; }), "desk_person_unknown");
  EXPECT_EQ(but([](EnterClaim& c) { c.lines.clear(); }), "desk_no_lines");
  EXPECT_EQ(but([](EnterClaim& c) { c.entered_by.clear(); }), "desk_accepted_by");
  EXPECT_EQ(but([](EnterClaim& c) { c.to = day("2025-01-31"); }), "desk_dates");
  EXPECT_EQ(but([](EnterClaim& c) { c.to = day("2025-03-02"); }), "desk_date_ahead");
  claim.to = day("2025-03-01");
  const std::string id = at.good(claim).decision->made;
  EXPECT_EQ(at.refused(DecideClaim{"C1", true, "Mei", ""}), "desk_claim_unknown");
  EXPECT_EQ(at.refused(DecideClaim{id, true, "", ""}), "desk_same_person");
  const Outcome refused = at.good(DecideClaim{id, false, "Mei", "no receipt"});
  EXPECT_TRUE(refused.decision->results.empty());
  EXPECT_EQ(refused.decision->made, id);
  const Object decided = *at.desk->object(claim_object(id));
  EXPECT_EQ(read_cell<ClaimState>(decided.find(claim_cell))->decided, 2);
  EXPECT_EQ(at.refused(DecideClaim{id, true, "Mei", ""}), "desk_claim_decided");
  at.good(CreditAccount{"P1", yuan(50), "a"});
  claim.from = claim.to = day("2025-03-01");
  const Outcome approved = at.good(DecideClaim{at.good(claim).decision->made, true, "Mei", ""});
  EXPECT_EQ(TestDesk::result(approved).account, 0) << "benefits are paid out, accounts are not asked";
  EXPECT_EQ(TestDesk::result(approved).settle, day("2025-03-01"));
  EXPECT_EQ(at.balance(AccountKind::claimant, "P1"), 40'000);
  const Object paid = *at.desk->object(claim_object(approved.decision->made));
  EXPECT_EQ(read_cell<ClaimState>(paid.find(claim_cell))->settlement, TestDesk::result(approved).settlement);
  at.good(CancelSettlement{TestDesk::result(approved).settlement, "P1"}, "", "");
  EXPECT_EQ(at.balance(AccountKind::claimant, "P1"), 0);
  at.good(RegisterPerson{"P4", "", {fact("born", "1980-05-05")}});
  claim.psn_no = "P4";
  const std::string stranger = at.good(claim).decision->made;
  EXPECT_EQ(at.refused(DecideClaim{stranger, true, "Mei", ""}), "insured_never");
}

TEST(Guards, Providers) {
  TestDesk at;
  EXPECT_EQ(at.refused(RegisterProvider{"", "", {}, 30}), "desk_provider_unknown");
  EXPECT_EQ(at.refused(RegisterProvider{std::string(65, 'x'), "", {}, 30}), "desk_provider_unknown");
  at.good(RegisterProvider{std::string(64, 'x'), "", {}, 30});
  EXPECT_EQ(at.refused(RegisterProvider{"H3", "", {}, 0}), "desk_confirm_minutes");
  EXPECT_EQ(at.refused(RegisterProvider{"H3", "", {}, 1441}), "desk_confirm_minutes");
  at.good(RegisterProvider{"H3", "", {}, 1});
  at.good(RegisterProvider{"H3", "", {}, 1440});
}

TEST(Guards, MonthsAreClosedWhenTheirDaysAre) {  // LAW 8
  TestDesk at;
  for (const auto& [year, month] : {std::pair{1899, 12}, {2199, 1}, {2025, 0}, {2025, 13}})
    EXPECT_EQ(at.refused(CloseMonth{year, month}), "desk_dates");
  at.good(CloseDay{day("2024-12-30")});
  EXPECT_EQ(at.refused(CloseMonth{2024, 12}), "desk_month_open");
  EXPECT_EQ(at.refused(CloseMonth{2198, 12}), "desk_month_open");
  at.good(CloseMonth{1900, 1});
  at.good(CloseDay{day("2024-12-31")});
  at.good(CloseMonth{2024, 12});
  EXPECT_EQ(at.refused(CloseMonth{2024, 12}), "desk_day_closed");
  EXPECT_EQ(at.refused(CloseMonth{2024, 11}), "desk_day_closed");
  EXPECT_EQ(at.refused(CloseMonth{2025, 1}), "desk_month_open");
  at.good(CloseDay{day("2025-01-31")});
  at.good(CloseMonth{2025, 1});
  EXPECT_EQ(read_integer(at.desk->object(shard_object)->find(closed_month_cell)), 2025 * 12 + 1);
  EXPECT_EQ(at.refused(CloseDay{day("2025-03-02")}), "desk_day_ahead");
  at.good(CloseDay{day("2025-03-01")});
}

TEST(Guards, ATimerWaitsForTheProvidersMinutes) {  // LAW 7
  TestDesk at;
  at.good(RegisterProvider{"H1", "H1", {fact("level", "L1")}, 5});
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const auto settle_and_wait = [&](std::int64_t ms) {
    const std::string waits = at.good(sale).decision->made;
    at.pass(ms);
    (void)at.desk->object(shard_object);  // timers run after every question
    (void)at.desk->object(shard_object);
    return waits;
  };
  at.good(Confirm{settle_and_wait(5 * 60'000 - 1)});
  EXPECT_EQ(at.refused(Confirm{settle_and_wait(5 * 60'000)}), "desk_expired");
  const std::string waits = at.good(sale).decision->made;
  at.reopen();  // the full period again
  at.pass(5 * 60'000 - 1);
  (void)at.desk->object(shard_object);
  (void)at.desk->object(shard_object);
  at.good(Confirm{waits});
  EXPECT_TRUE(at.desk->object(waiting_object)->empty());
}

TEST(Guards, FiguresCountWhatWasDone) {
  TestDesk at;
  const DeskFigures before = at.desk->figures();
  at.good(TestDesk::sale(yuan(1)));
  at.good(TestDesk::sale(yuan(1)));
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(1), "P9")), "desk_person_unknown");
  const DeskFigures after = at.desk->figures();
  EXPECT_EQ(after.head.position, before.head.position + 2);
  EXPECT_EQ(after.batches, before.batches + 2);
  EXPECT_EQ(after.refused, before.refused + 1);
  for (const auto figure :
       {&DeskFigures::decide_ns, &DeskFigures::append_ns, &DeskFigures::fold_ns, &DeskFigures::encode_ns})
    EXPECT_GT(after.*figure, before.*figure);
  EXPECT_EQ(*at.desk->catch_up(), after.head.position);
  EXPECT_EQ(at.desk->figures().watermark, after.head.position);
  EXPECT_GT(at.desk->figures().views_ns, 0);
  EXPECT_EQ(at.desk->trial(at.command(CloseDay{day("2025-02-28")}))->person_head, 0U) << "about nobody";
}

TEST(Guards, HeadsAreSignedOnceASecond) {  // LAW 2
  TestDesk at;
  at.desk.reset();
  DeskOptions options;
  options.region = "123456";
  options.clock = [&at] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  std::vector<std::int64_t> signed_at;  // by the desk's thread, read when nothing is left to sign
  options.sign_head = [&](std::uint64_t position, const Digest&, Instant) {
    signed_at.push_back(at.steady_ms);
    return std::to_string(position);
  };
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk), options));
  for (int question = 0; question < 2; ++question)  // what was there before is signed by then
    (void)at.desk->object(shard_object);
  const auto settled = [&](std::int64_t ms) {
    at.pass(ms);
    const std::uint64_t position = at.good(TestDesk::sale(yuan(1))).position;
    (void)at.desk->object(shard_object);  // asked after the head was signed
    return position;
  };
  const std::size_t signed_before = signed_at.size();
  const std::uint64_t first = settled(1000);
  settled(999);
  settled(1);
  const auto heads = at.desk->store().signed_heads(first, 10);
  ASSERT_TRUE(heads);
  std::vector<std::uint64_t> positions;
  for (const SignedHead& head : *heads) {
    positions.push_back(head.position);
    EXPECT_EQ(head.signature, std::to_string(head.position));
  }
  ASSERT_EQ(positions.size(), 2U) << "three records in a second";
  EXPECT_EQ(positions.front(), first);
  ASSERT_EQ(signed_at.size(), signed_before + 2);
  EXPECT_GE(signed_at.back() - signed_at[signed_before], 1000);
}

TEST(Guards, OnlyTheBureauUndoesAManualClaim) {
  TestDesk at;
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = day("2025-02-01"), claim.entered_by = "Lin";
  claim.lines = {line("1", yuan(300))}, claim.total = yuan(300), claim.facts = {fact("stay", "x")};
  const std::string id = at.good(claim, "", "").decision->made;
  const std::string settled = TestDesk::result(at.good(DecideClaim{id, true, "Chen", ""}, "", "")).settlement;
  for (const char* hospital : {"H1", "H2"}) {
    EXPECT_EQ(at.refused(CancelSettlement{settled, "P1"}, "", hospital), "desk_settlement_of_other");
    EXPECT_EQ(at.refused(RefundPart{settled, "P1", {{"1", Decimal{}, yuan(1)}}}, "", hospital),
              "desk_settlement_of_other");
  }
  at.good(CancelSettlement{settled, "P1"}, "", "");
}

TEST(Guards, AClaimsLinesHaveIdsOfTheirOwn) {
  TestDesk at;
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = day("2025-02-01"), claim.entered_by = "Lin";
  claim.total = yuan(500), claim.facts = {fact("stay", "x")};
  claim.lines = {line("1", yuan(300)), line("1", yuan(200))};
  EXPECT_EQ(at.refused(claim, "", ""), "desk_line_known");
  claim.lines = {line("1", yuan(300)), line("", yuan(200))};
  EXPECT_EQ(at.refused(claim, "", ""), "desk_line_known");
}

}  // namespace
}  // namespace fenming::testing_desk
