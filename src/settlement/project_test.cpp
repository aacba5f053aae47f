// The rows that people read (docs/tables.md), of decisions of every kind.
#include "settlement/project.h"

#include "settlement/test_desk.h"

namespace fenming::testing_desk {
namespace {

std::string rows_of(const Outcome& outcome, ViewTable table) {
  ViewRows rows;
  project(outcome.position, *outcome.decision, 77, rows);
  std::string text;
  for (std::size_t i = 0; i < rows.count(table); ++i) {
    for (const ViewCell& cell : rows.row(table, i))
      text += (cell.index() == 0 ? std::to_string(std::get<0>(cell)) : std::string(std::get<1>(cell))) + "|";
    text += "\n";
  }
  return text;
}

std::string at_position(const Outcome& outcome) { return std::to_string(outcome.position) + "|"; }

TEST(Project, ARecordAndItsMessages) {
  TestDesk at;
  const Outcome first = at.good(TestDesk::sale(yuan(300)), "m", "H2");
  const Outcome sale = at.good(TestDesk::sale(yuan(300)), "n", "H2");
  EXPECT_EQ(rows_of(sale, ViewTable::record), at_position(sale) +
                                                  "2025-03-01 09:00:00.000|2025-03-01|settle|H2||P1|" +
                                                  at_position(first) + sale.decision->made + "|77|\n");
  EXPECT_EQ(rows_of(sale, ViewTable::message), "H2|n|2207|" + at_position(sale) + "0|\n");
  const Outcome reversed = at.good(Reverse{"P1", "2207", "unseen"}, "r", "H2");
  EXPECT_EQ(rows_of(reversed, ViewTable::message),
            "H2|r|2207|" + at_position(reversed) + "0|\nH2|unseen|2207|" + at_position(reversed) + "1|\n");
  const Outcome closed = at.good(CloseDay{TestDesk::day("2025-02-01")}, "c");
  EXPECT_EQ(rows_of(closed, ViewTable::record),
            at_position(closed) + "2025-03-01 09:00:00.000|2025-03-01|close_day|H1|||0||77|\n");
}

TEST(Project, ACounterSaleBringsItsLines) {
  std::string rules = region();
  rules.insert(rules.find("keep:"), "lines: {prepay: 10%, pot: eligible}\n");
  TestDesk at(rules);
  Settle sale = TestDesk::sale(yuan(300));
  sale.lines = {line("a", yuan(100)), line("b", yuan(210)), line("c", yuan(-10), "b")};
  sale.lines[0].line.item = "I1", sale.lines[0].line.item_name = "tablets";
  sale.lines[0].line.quantity = Decimal{2'000'000}, sale.lines[0].line.price = Decimal{50'000'000};
  sale.lines[0].line.date = TestDesk::day("2025-03-01");
  sale.lines[1].batch = "b1";
  const Outcome settled = at.good(sale);
  const std::string p = at_position(settled);
  EXPECT_EQ(rows_of(settled, ViewTable::fee_line),
            p + "0||a|||2025-03-01|I1|tablets|2000000|50000000|10000|0|0|1000|9000|\n" +  //
                p + "1||b||b1||||1000000|0|21000|0|0|2100|18900|\n" +                     //
                p + "2||c|b|||||1000000|0|-1000|0|0|-100|-900|\n");
  EXPECT_EQ(rows_of(settled, ViewTable::settled_line), "");
  const std::string id = settled.decision->made;
  EXPECT_EQ(rows_of(settled, ViewTable::settlement),
            id + "|" + p +
                "2025-03-01|H1|settled||P1|||2025-03-01|2025-03-01|2025-03-01|0|30000|0|0|3000|27000|10000|"
                "13600|0|0|16400|0|\n");
  EXPECT_EQ(rows_of(settled, ViewTable::settlement_fund), p + "0|" + id + "|pool|13600|\n");
  EXPECT_EQ(rows_of(settled, ViewTable::entry), p + "0|2025-03-01|fund|pool|-13600|\n" +  //
                                                    p + "1|2025-03-01|cash|P1|-16400|\n" + p +
                                                    "2|2025-03-01|provider|H1|30000|\n");
  EXPECT_EQ(rows_of(settled, ViewTable::balance_day),
            "2025-03-01|fund|pool|-13600|\n2025-03-01|cash||-16400|\n2025-03-01|provider|H1|30000|\n");
}

TEST(Project, AVisitsLinesStandWhereTheyWereUploaded) {
  TestDesk at;
  const Outcome opened = at.good(OpenVisit{"P1", "k", "Z1", TestDesk::day("2025-02-20"), {}});
  const std::string visit = opened.decision->made;
  EXPECT_EQ(rows_of(opened, ViewTable::visit), visit + "|P1|H1|k|Z1|2025-02-20||open|\n");
  const Outcome one = at.good(UploadLines{visit, {line("a", yuan(100)), line("b", yuan(50))}});
  EXPECT_EQ(rows_of(one, ViewTable::fee_line), at_position(one) + "0|" + visit +
                                                   "|a||||||1000000|0|10000|0|0|0|0|\n" + at_position(one) +
                                                   "1|" + visit + "|b||||||1000000|0|5000|0|0|0|0|\n");
  EXPECT_EQ(rows_of(one, ViewTable::visit), "");
  const Outcome two = at.good(UploadLines{visit, {line("c", yuan(30))}});
  at.good(RemoveLines{visit, {"a"}});
  const Outcome closed = at.good(CloseVisit{visit, TestDesk::day("2025-02-21"), {}});
  EXPECT_EQ(rows_of(closed, ViewTable::visit), visit + "|P1|H1|k|Z1|2025-02-20|2025-02-21|closed|\n");
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit, settle.total = yuan(80), settle.two_phase = true;
  const Outcome settled = at.good(settle);
  const std::string p = at_position(settled);
  EXPECT_EQ(rows_of(settled, ViewTable::settled_line), p + "0|" + at_position(one) + "1|5000|0|0|0|5000|\n" +
                                                           p + "1|" + at_position(two) +
                                                           "0|3000|0|0|0|3000|\n");
  EXPECT_EQ(rows_of(settled, ViewTable::fee_line), "");
  EXPECT_EQ(rows_of(settled, ViewTable::settlement),
            settled.decision->made + "|" + p + "2025-03-01|H1|settled||P1|" + visit +
                "|k|2025-02-20|2025-02-21|2025-03-01|1|8000|0|0|0|8000|8000|0|0|0|8000|0|\n");
  const Outcome expired = at.good(Expire{settled.decision->made, Instant{at.wall_ms}});
  EXPECT_EQ(rows_of(expired, ViewTable::settlement),
            expired.decision->made + "|" + at_position(expired) + "2025-03-01|H1|cancelled|" +
                settled.decision->made + "|P1|" + visit +
                "|k|2025-02-20|2025-02-21|2025-03-01|1|-8000|0|0|0|-8000|-8000|0|0|0|-8000|0|\n");
  EXPECT_EQ(rows_of(expired, ViewTable::settled_line), "");
  at.good(RemoveLines{visit, {}});
  EXPECT_EQ(rows_of(at.good(CancelVisit{visit}), ViewTable::visit),
            visit + "|P1|H1|k|Z1|2025-02-20|2025-02-21|cancelled|\n");
}

TEST(Project, ClaimsAndWhatIsComputedAgain) {
  TestDesk at(region("corrections: {cancel: recompute, late: gains}"));
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = TestDesk::day("2025-02-01");
  claim.facts = {fact("stay", "paper")};
  claim.lines = {line("1", yuan(600))}, claim.total = yuan(600), claim.entered_by = "Lin";
  const Outcome entered = at.good(claim);
  EXPECT_EQ(rows_of(entered, ViewTable::fee_line),
            at_position(entered) + "0|" + entered.decision->made + "|1||||||1000000|0|60000|0|0|0|0|\n");
  const Outcome decided = at.good(DecideClaim{entered.decision->made, true, "Mei", ""});
  const std::string p = at_position(decided);
  EXPECT_EQ(rows_of(decided, ViewTable::settled_line), p + "0|" + p + "0|60000|0|0|0|60000|\n");
  const Outcome granted = at.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  const std::string g = at_position(granted);
  const std::string adjusted = granted.decision->results.back().settlement;
  EXPECT_EQ(rows_of(granted, ViewTable::settlement),  // of what was cleared there is no row
            adjusted + "|" + g + "2025-03-01||adjusted|" + decided.decision->results.back().settlement +
                "|P1|||2025-02-01|2025-02-01|2025-03-01|0|60000|0|0|0|60000|10000|50000|0|0|10000|0|\n");
  EXPECT_EQ(rows_of(granted, ViewTable::settlement_fund),
            g + "0|" + adjusted + "|pool|40000|\n" + g + "1|" + adjusted + "|aid|10000|\n");
}

TEST(Project, PersonalAccountsAreSummedByKind) {
  TestDesk at;
  const Outcome credit = at.good(CreditAccount{"P1", yuan(50), "2025-03"});
  EXPECT_EQ(rows_of(credit, ViewTable::balance_day),
            "2025-03-01|contribution|2025-03|-5000|\n2025-03-01|personal||5000|\n");
  at.good(CloseDay{TestDesk::day("2025-03-01")});
  const Outcome late = at.good(CreditAccount{"P1", yuan(5), "2025-03"});
  EXPECT_EQ(rows_of(late, ViewTable::entry), at_position(late) + "0|2025-03-02|contribution|2025-03|-500|\n" +
                                                 at_position(late) + "1|2025-03-02|personal|P1|500|\n");
}

}  // namespace
}  // namespace fenming::testing_desk
