#include "settlement/project.h"

#include "settlement/test_desk.h"
#include "store/embedded/test_embedded.h"

namespace fenming::testing_desk {
namespace {

// What an administrator sees of a store that a desk has written: one line of text for each row.
class Tables : public testing::Test {
 protected:
  Tables() : at_(region()) {
    DeskOptions options;
    options.region = "123456";
    options.clock = [this] { return Now{Instant{at_.wall_ms}, at_.steady_ms}; };
    auto store = open_embedded(folder_ / "s", quick_options());
    EXPECT_TRUE(store);
    at_.desk = std::move(*SettlementDesk::open(std::move(*store), options));
    const auto digest = at_.desk->put_artifact(pack_library({{"region.yaml", region()}}, {}));
    at_.good(AdoptRules{std::string(bytes_of(*digest))});
    at_.good(RegisterProvider{"H1", "H1", {fact("level", "L1")}, 30});
    at_.good(RegisterPerson{"P1", "", {fact("born", "1980-05-05")}});
    at_.good(SetStatus{"P1", fact("insured", "yes"), TestDesk::day("2024-01-01"), date_max, false});
    at_.good(SetStatus{"P1", fact("scheme", "employees"), TestDesk::day("2024-01-01"), date_max, false});
  }

  std::vector<std::string> rows(const std::string& select) {
    EXPECT_TRUE(at_.desk->catch_up());
    auto connection = Connection::open(folder_ / "s/views.db", false, store_vfs("", true));
    EXPECT_TRUE(connection);
    auto statement = connection->prepare(select);
    if (!statement) return {to_text(statement.error(), Language::en)};
    std::vector<std::string> rows;
    while (*statement->step()) rows.emplace_back(statement->text(0));
    return rows;
  }

  TestFolder folder_;
  TestDesk at_;
};

TEST_F(Tables, a_counter_sale_shows_its_lines_with_their_results_its_entries_and_funds) {
  Settle sale = TestDesk::sale(yuan(300));
  sale.lines = {line("a \"1\"", yuan(100)), line("b\t2", yuan(200))};
  const Outcome outcome = at_.good(std::move(sale));
  const std::string pos = std::to_string(outcome.position);
  EXPECT_EQ(rows("SELECT pos || '/' || n || ' ' || mdtrt_id || ' ' || feedetl_sn || ' ' || "
                 "det_item_fee_sumamt || ' ' || "
                 "inscp_scp_amt FROM fee_line ORDER BY pos, n"),
            (std::vector<std::string>{pos + "/0  a \"1\" 10000 10000", pos + "/1  b\t2 20000 20000"}));
  EXPECT_EQ(rows("SELECT n || ' ' || kind || ' ' || owner || ' ' || amount FROM entry WHERE pos = " + pos),
            (std::vector<std::string>{"0 fund pool -16000", "1 cash P1 -14000", "2 provider H1 30000"}));
  EXPECT_EQ(
      rows("SELECT s.setl_id = f.setl_id AND f.fund = 'pool' AND f.amount = 16000 FROM settlement_fund f, "
           "settlement s"),
      std::vector<std::string>{"1"});
  EXPECT_EQ(rows("SELECT count(*) FROM settled_line"), std::vector<std::string>{"0"});
  EXPECT_EQ(rows("SELECT typeof(pos) || typeof(n) || typeof(cnt_millionths) || typeof(feedetl_sn) FROM "
                 "fee_line LIMIT 1"),
            std::vector<std::string>{"integerintegerintegertext"});
}

TEST_F(Tables, the_lines_of_a_visit_stand_where_they_were_uploaded_and_their_results_with_the_settlement) {
  const Outcome visit = at_.good(OpenVisit{"P1", "outpatient", "1", TestDesk::day("2025-03-01"), {}});
  const Outcome upload =
      at_.good(UploadLines{visit.decision->made, {line("1", yuan(100)), line("2", yuan(60))}});
  Settle settle;
  settle.psn_no = "P1", settle.visit = visit.decision->made, settle.total = yuan(160);
  const Outcome outcome = at_.good(std::move(settle));
  const std::string from = std::to_string(upload.position), pos = std::to_string(outcome.position);
  EXPECT_EQ(
      rows("SELECT pos || '/' || n || ' ' || line_pos || '/' || line_n || ' ' || amount FROM settled_line"),
      (std::vector<std::string>{pos + "/0 " + from + "/0 10000", pos + "/1 " + from + "/1 6000"}));
  EXPECT_EQ(rows("SELECT feedetl_sn || ' ' || mdtrt_id || ' ' || amount FROM line ORDER BY pos, n"),
            (std::vector<std::string>{"1 " + visit.decision->made + " 10000",
                                      "2 " + visit.decision->made + " 6000"}));
  const auto visits = [&] {
    return rows(
        "SELECT mdtrt_id || ' ' || psn_no || ' ' || begndate || ' ' || enddate || ' ' || status FROM visit");
  };
  EXPECT_EQ(visits(), std::vector<std::string>{visit.decision->made + " P1 2025-03-01  open"});
  at_.good(CloseVisit{visit.decision->made, TestDesk::day("2025-03-01"), {}});
  EXPECT_EQ(visits(), std::vector<std::string>{visit.decision->made + " P1 2025-03-01 2025-03-01 closed"});
}

// Lines stand where they were brought: a claim's with its entry, those of what is computed again with the original.
TEST_F(Tables, lines_of_claims_and_of_what_is_computed_again_are_found_where_they_were_brought) {
  EnterClaim claim;
  claim.psn_no = "P1", claim.from = claim.to = TestDesk::day("2025-02-01"), claim.entered_by = "Lin";
  claim.facts = {fact("stay", "paper")};
  claim.lines = {line("a", yuan(400)), line("b", yuan(200))}, claim.total = yuan(600);
  const std::string id = at_.good(claim).decision->made;
  const std::string approved = std::to_string(at_.good(DecideClaim{id, true, "Mei", ""}).position);
  const std::string lines = "SELECT feedetl_sn || ' ' || mdtrt_id || ' ' || amount FROM line WHERE pos = ";
  EXPECT_EQ(rows(lines + approved + " ORDER BY n"),
            (std::vector<std::string>{"a " + id + " 40000", "b " + id + " 20000"}));
  const std::string sale = at_.good(TestDesk::sale(yuan(300))).decision->made;
  RefundPart refund{sale, "P1", {{"1", Decimal{1'000'000}, yuan(100)}}};
  const std::string rest = std::to_string(at_.good(refund).position);
  EXPECT_EQ(rows(lines + rest + " ORDER BY n"), std::vector<std::string>{"1  30000"});
}

// The sums a provider may compare with his own: those of the ledger, whatever was computed again since.
TEST_F(Tables, a_providers_days_are_what_was_posted_to_him) {
  const auto again = at_.desk->put_artifact(
      pack_library({{"region.yaml", region("corrections: {cancel: recompute, late: gains}")}}, {}));
  at_.good(AdoptRules{std::string(bytes_of(*again))});
  const std::string first = at_.good(TestDesk::sale(yuan(300))).decision->made;
  at_.good(TestDesk::sale(yuan(90)));
  at_.good(
      SetStatus{"P1", fact("aid", "poor"), TestDesk::day("2025-01-01"), TestDesk::day("2025-12-31"), false});
  at_.pass(24 * 3'600'000);
  at_.good(CancelSettlement{first, "P1"});
  EXPECT_GT(rows("SELECT setl_id FROM settlement WHERE kind = 'adjusted'").size(), 0U);
  EXPECT_EQ(rows("SELECT booked || ' ' || medfee_sumamt || ' ' || settlements FROM settlement_by_provider "
                 "ORDER BY booked"),
            (std::vector<std::string>{"2025-03-01 39000 2", "2025-03-02 -30000 1"}));
  for (const auto& [column, kind] : {std::pair{"fund_pay_sumamt", "fund"}, {"psn_cash_pay", "cash"}})
    EXPECT_EQ(
        rows(std::string("SELECT sum(") + column +
             ") FROM settlement_by_provider WHERE booked = '2025-03-01'"),
        rows(std::string("SELECT -sum(amount) FROM entry e JOIN record r ON r.pos = e.pos WHERE e.kind = '") +
             kind + "' AND r.action = 'settle'"));
}

TEST_F(Tables, days_add_up_to_their_entries) {
  for (int i = 1; i <= 40; ++i) at_.good(TestDesk::sale(yuan(i * 17)));
  EXPECT_EQ(
      rows("SELECT count(*) FROM (SELECT booked, kind, CASE WHEN kind IN ('personal', 'cash') THEN '' ELSE "
           "owner END AS who, sum(amount) AS amount FROM entry GROUP BY 1, 2, 3 EXCEPT SELECT * FROM "
           "balance_day)"),
      std::vector<std::string>{"0"});
  EXPECT_EQ(rows("SELECT sum(amount) FROM balance_day"), std::vector<std::string>{"0"});
}

}  // namespace
}  // namespace fenming::testing_desk
