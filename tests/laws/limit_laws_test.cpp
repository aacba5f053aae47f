// Law 10: limits at the desk; those of a bill's text stand in src/protocol, those of numbers in src/money.
#include "laws/law_desk.h"

namespace fenming::testing_desk {
namespace {

std::string visit(TestDesk& at) {
  return at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
}
std::vector<FeeLine> lines(int count) {
  std::vector<FeeLine> all;
  for (int i = 0; i < count; ++i) all.push_back(line(std::to_string(i), yuan(1)));
  return all;
}

TEST(Law10, AnUploadHasAtMostAThousandLines) {  // LAW 10
  TestDesk at;
  const std::string id = visit(at);
  EXPECT_EQ(at.refused(UploadLines{id, lines(1001)}), "desk_too_many_lines");
  at.good(UploadLines{id, lines(1000)});
  Settle sale = TestDesk::sale(yuan(1001));
  sale.lines = lines(1001);
  EXPECT_EQ(at.refused(sale), "desk_too_many_lines");
  EnterClaim claim;
  claim.psn_no = "P1", claim.entered_by = "clerk";
  claim.from = claim.to = TestDesk::day("2025-03-01");
  claim.lines = lines(1001);
  EXPECT_EQ(at.refused(claim), "desk_too_many_lines");
}

TEST(Law10, AnAmountIsAtMostTenToTheElevenFen) {  // LAW 10
  TestDesk at;
  const std::string id = visit(at);
  const Money most = Money::from_fen(money_fen_max), more = Money::from_fen(money_fen_max + 1);
  EXPECT_EQ(at.refused(UploadLines{id, {line("1", more)}}), "desk_amount");
  EXPECT_EQ(at.refused(CreditAccount{"P1", more, "x"}), "desk_amount");
  EXPECT_EQ(at.refused(PayDeposit{id, more, "cash"}), "desk_amount");
  EXPECT_NE(at.refused(TestDesk::sale(more)), "");
  at.good(CreditAccount{"P1", most, "x"});
  at.good(UploadLines{id, {line("1", most), line("2", most)}});
  Settle stay;
  stay.psn_no = "P1", stay.visit = id, stay.total = most + most;
  EXPECT_NE(at.refused(stay), "") << "the sum of a bill is bounded as its lines are";
  at.good(RemoveLines{id, {"2"}});
  stay.total = most;
  const Outcome settled = at.good(stay);
  EXPECT_EQ(TestDesk::result(settled).total, money_fen_max);
  at.good(CancelSettlement{settled.decision->made, "P1"});
}

TEST(Law10, LimitsAreSettings) {  // LAW 10
  TestDesk at;
  at.desk.reset();
  DeskOptions options;
  options.region = "123456";
  options.clock = [&] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  options.limits.lines_max = 2;
  options.limits.amount_max = yuan(500);
  options.limits.quantity_max = Decimal{3'000'000};
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk), options));
  const std::string id = visit(at);
  EXPECT_EQ(at.refused(UploadLines{id, lines(3)}), "desk_too_many_lines");
  EXPECT_EQ(at.refused(CreditAccount{"P1", yuan(501), "x"}), "desk_amount");
  at.good(UploadLines{id, lines(2)});
  at.good(CreditAccount{"P1", yuan(500), "x"});
  // At each door where lines come in: an upload, a sale, a claim; and of a bill all that is charged together.
  FeeLine many = line("many", yuan(4)), dear = line("dear", yuan(501));
  many.line.quantity = Decimal{3'000'001};
  Settle sale = TestDesk::sale(yuan(4));
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = TestDesk::day("2025-02-01"), claim.entered_by = "Lin";
  for (const auto& [bad, code] : {std::pair{many, "desk_quantity"}, {dear, "desk_amount"}}) {
    EXPECT_EQ(at.refused(UploadLines{id, {bad}}), code);
    sale.lines = {bad}, sale.total = bad.line.amount;
    EXPECT_EQ(at.refused(sale), code);
    claim.lines = {bad}, claim.total = bad.line.amount;
    EXPECT_EQ(at.refused(claim), code);
  }
  sale.lines = {line("1", yuan(250)), line("2", Money::from_fen(25'001))},
  sale.total = Money::from_fen(50'001);
  EXPECT_EQ(at.refused(sale), "amount_too_large");
  sale.lines.back().line.amount = yuan(250), sale.total = yuan(500);
  many.line.quantity = Decimal{3'000'000};
  at.good(sale);
  at.good(UploadLines{id, {many}});
}

// A limit is asked where lines come in: what was settled under a higher one is given back, refunded and computed again all the same.
TEST(Law10, ALowerLimitBindsNothingThatIsSettled) {  // LAW 10, LAW 6.3
  TestDesk at(recomputing);
  at.good(TestDesk::sale(yuan(300)), "first");
  const Outcome large = at.good(TestDesk::sale(yuan(600)));
  const auto refund = [](const Outcome& of, std::int64_t of_yuan) {
    return RefundPart{of.decision->made, "P1", {{"1", Decimal{0}, yuan(of_yuan)}}};
  };
  const Outcome rest = at.good(refund(large, 200));
  at.desk.reset();
  DeskOptions options;
  options.region = "123456";
  options.clock = [&] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  options.limits.amount_max = yuan(150);
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk), options));
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(160))), "desk_amount");
  at.good(Reverse{"P1", "2207", "first"});
  const Outcome less = at.good(refund(rest, 100));
  EXPECT_EQ(at.refused(refund(less, 151)), "desk_amount");
}

TEST(Law10, AVisitHasAtMostTwentyThousandLines) {  // LAW 10
  TestDesk at;
  Limits limits;
  limits.visit_lines_max = 5;
  at.desk.reset();
  DeskOptions options;
  options.region = "123456";
  options.clock = [&at] { return Now{Instant{at.wall_ms}, at.steady_ms}; };
  options.limits = limits;
  at.desk = std::move(*SettlementDesk::open(open_fake(at.disk), options));
  EXPECT_EQ(Limits().visit_lines_max, 20'000U);
  const std::string id = visit(at);
  at.good(UploadLines{id, lines(3)});
  at.good(RemoveLines{id, {"0"}});
  EXPECT_EQ(at.refused(UploadLines{id, {line("a", yuan(1)), line("b", yuan(1)), line("c", yuan(1))}}),
            "desk_visit_too_long")
      << "a removed one is read all the same";
  at.good(UploadLines{id, {line("a", yuan(1)), line("b", yuan(1))}});
}

}  // namespace
}  // namespace fenming::testing_desk
