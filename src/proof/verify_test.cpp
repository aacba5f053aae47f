#include <gtest/gtest.h>

#include <random>

#include "proof/trace_fixture_test.h"
#include "proof/value.h"

namespace fenming::proof_test {
namespace {

// The node that has this operation and value.
int find(const TestTrace& trace, std::string_view op, std::string_view value) {
  for (std::size_t i = 0; i < trace.nodes.size(); ++i)
    if (trace.nodes[i].op == op && trace.nodes[i].value == value) return static_cast<int>(i);
  ADD_FAILURE() << "no node " << op << " " << value;
  return 0;
}
TestNode& node(TestTrace& trace, std::string_view op, std::string_view value) {
  return trace.nodes[static_cast<std::size_t>(find(trace, op, value))];
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
}

std::string unit_off(const TestNode& node) {
  const ProofType type = *parse_proof_type(node.type);
  if (type == ProofType::boolean) return node.value == "yes" ? "no" : "yes";
  if (type == ProofType::set) return node.value + ",zz";
  if (type == ProofType::date) return to_text(Date{parse_date(node.value)->days + 1});
  if (!is_number(type)) return node.value + "x";
  if (node.value == "none") return "1";
  Exact number = *parse_exact(node.value, 20);
  const int places = type == ProofType::money ? 2 : type == ProofType::integer ? 0 : 6;
  while (number.places < places) number = {number.digits * 10, number.places + 1};
  return to_text(Exact{number.digits + 1, number.places});
}

TEST(VerifyTrace, AcceptsTheHandWrittenSettlement) {  // REQ SET-09
  const auto report = verify_trace(sample().json(), library_files(), std::nullopt);
  ASSERT_TRUE(report) << to_text(report.error().front(), Language::en);
  EXPECT_EQ(report->nodes, sample().nodes.size());
  EXPECT_EQ(report->bill_leaves, 9U);
  EXPECT_EQ(report->cell_leaves, 8U);
  EXPECT_EQ(report->cells, 8U);
  EXPECT_EQ(report->rows, 3U);
  EXPECT_EQ(report->lines, 3U);
  EXPECT_EQ(report->outputs, 20U);
  EXPECT_EQ(report->layers, 2U);
  EXPECT_EQ(report->files, 2U);
  EXPECT_FALSE(report->settlement);
}

TEST(VerifyTrace, FindsEveryNodeThatIsOneUnitOff) {  // REQ SET-09
  const TestTrace good = sample();
  for (std::size_t i = 0; i < good.nodes.size(); ++i) {
    TestTrace bad = good;
    bad.nodes[i].value = unit_off(good.nodes[i]);
    EXPECT_NE(verdict(bad), "") << "node " << i << " " << TestTrace::render(bad.nodes[i]);
  }
}

bool equal_numbers(const TestNode& a, const TestNode& b) {
  const auto x = parse_exact(a.value, 20), y = parse_exact(b.value, 20);
  return x && y && x->digits * power_of_ten(20 - x->places) == y->digits * power_of_ten(20 - y->places);
}

// min, take, overlap and least may be given another number that decides nothing; every other operation shows
// it.
TEST(VerifyTrace, FindsEveryArgumentThatIsAnotherNode) {
  const TestTrace good = sample();
  constexpr std::string_view choosy[] = {"min", "take", "overlap", "least"};
  for (std::size_t i = 0; i < good.nodes.size(); ++i) {
    const TestNode& node = good.nodes[i];
    for (std::size_t k = 0; k < node.args.size(); ++k) {
      for (int other = 0; other < static_cast<int>(good.nodes.size()); ++other) {
        TestTrace bad = good;
        bad.nodes[i].args[k] = other;
        const std::string found = verdict(bad);
        EXPECT_EQ(found == "trace_node_number", other >= static_cast<int>(i))
            << i << " " << k << " " << other;
        const int now = node.args[k];
        const bool nothing = now == null_arg &&
                             parse_exact(good.nodes[static_cast<std::size_t>(other)].value, 20) &&
                             parse_exact(good.nodes[static_cast<std::size_t>(other)].value, 20)->digits == 0;
        const bool equal = nothing || now == other ||
                           (now != null_arg && equal_numbers(good.nodes[static_cast<std::size_t>(now)],
                                                             good.nodes[static_cast<std::size_t>(other)]));
        const bool times_zero = node.op == "mul" && node.value == "0";
        if (std::ranges::find(choosy, node.op) == std::end(choosy) && !equal && !times_zero) {
          EXPECT_NE(found, "") << TestTrace::render(node) << " " << k << " := " << other;
        }
      }
    }
  }
}

TEST(VerifyTrace, FindsEveryOutputThatIsAnotherAmount) {
  const TestTrace good = sample();
  for (std::size_t i = 0; i < good.outputs.size(); ++i) {
    TestTrace bad = good;
    bad.outputs[i].second = find(good, "sub", "3982.50");
    EXPECT_NE(verdict(bad), "") << good.outputs[i].first;
    bad.outputs[i].first += "_x";
    EXPECT_NE(verdict(bad).find("trace_output_missing"), std::string::npos) << good.outputs[i].first;
  }
}

TEST(VerifyTrace, FollowsTheRefundToItsLineOnly) {
  TestTrace bad = sample();
  node(bad, "net", "19000.00") = {"sum", {0, 2}, "money", "19000.00", ""};
  EXPECT_EQ(verdict(bad), "");  // a sum may be anything; a net may not
  TestTrace other = sample();
  other.op("net", {0, 1}, "money", "21500.00");
  EXPECT_EQ(verdict(other), "trace_net");
  TestTrace twice = sample();
  twice.op("net", {0, 2, 2}, "money", "18000.00");
  EXPECT_EQ(verdict(twice), "trace_net");
}

TEST(VerifyTrace, RefusesDoubledUseInASum) {
  TestTrace bad = sample();
  const int full = find(bad, "sum", "13982.50");
  TestNode& sum = bad.nodes[static_cast<std::size_t>(full)];
  sum.args[1] = sum.args[0];
  sum.value = "27965.00";
  EXPECT_NE(verdict(bad).find("trace_doubled"), std::string::npos);
}

TEST(VerifyTrace, WantsEveryLineOnceAndReached) {
  TestTrace missing = sample();
  replace(missing.lines, R"(,{"id":"3")", R"(,{"id":"4")");
  EXPECT_NE(verdict(missing).find("trace_line_row trace_line_missing"), std::string::npos);
  TestTrace twice = sample();
  replace(twice.lines, R"("id":"3")", R"("id":"1")");
  EXPECT_NE(verdict(twice).find("trace_line_row"), std::string::npos);
  TestTrace unreached = sample();  // the sum of the lines keeps its value and forgets where it comes from
  const int account = find(unreached, "bill", "120");
  replace(unreached.bill, R"("account":"120.00")", R"("account":"120.00","fake":"20500.00")");
  unreached.nodes[static_cast<std::size_t>(find(unreached, "sum", "20500.00"))] = {
      "bill", {}, "money", "20500.00", R"(,"at":"/facts/fake")"};
  unreached.output("fulamt_ownpay_amt") = null_arg;
  EXPECT_NE(verdict(unreached), "");
  EXPECT_GT(account, 0);
}

TEST(VerifyTrace, NamesTheLineThatReachesNoOutput) {
  TestTrace bad = sample();
  replace(bad.bill, R"({"id":"3")", R"({"id":"9","amount":"0.00"},{"id":"3")");
  // The refund moved one place down, and the new line of 0 yuan is behind nothing.
  node(bad, "bill", "-1000.00").extra = R"(,"at":"/lines/3/amount")";
  replace(bad.lines, R"({"id":"3")",
          R"({"id":"9","amount":null,"over":null,"out":null,"pre":null,"in":null},{"id":"3")");
  EXPECT_EQ(verdict(bad), "trace_line_unreached");
}

TEST(VerifyTrace, ChecksTheIdentitiesOfLinesHeaderAndLayers) {
  TestTrace line = sample();
  replace(line.lines, R"("out":1,)", R"("out":null,)");
  EXPECT_EQ(verdict(line), "trace_identity trace_lines_derived");
  TestTrace layer = sample();
  replace(layer.layers, R"("fund":"basic")", R"("fund":"aid")");
  EXPECT_EQ(verdict(layer), "trace_identity trace_layer_text");
  auto files = library_files();
  replace(files[1].text, "{layer: account,", "{layer: account, fund: family,");
  TestTrace family = sample();
  family.files = file_entry("region.yaml", region_yaml) + "," + file_entry("residents.yaml", files[1].text);
  replace(family.layers, R"("fund":"account")", R"("fund":"family")");
  EXPECT_EQ(verdict(family.json(), files), "trace_identity");
  family.output("acct_mulaid_pay") = family.output("acct_pay");
  EXPECT_EQ(verdict(family.json(), files), "");
  family.output("acct_mulaid_pay") = family.output("psn_cash_pay");
  EXPECT_NE(verdict(family.json(), files).find("trace_negative"), std::string::npos);
  TestTrace total = sample();
  replace(total.bill, R"("total":"20500.00")", R"("total":"20500.01")");
  EXPECT_EQ(verdict(total), "trace_identity");
  TestTrace half_fen = sample();
  half_fen.output("act_pay_dedc") =
      half_fen.op("mul", {half_fen.output("act_pay_dedc"), find(half_fen, "cell", "0.85")}, "money", "552.5");
  EXPECT_EQ(verdict(half_fen), "trace_identity");
  half_fen.output("act_pay_dedc") =
      half_fen.op("mul",
                  {half_fen.output("act_pay_dedc"),
                   half_fen.cell("residents.yaml", "/0/steps/1/who", "ratio", "0.005", "[34,38]")},
                  "money", "2.7625");
  EXPECT_EQ(verdict(half_fen), "trace_amount trace_identity");
}

TEST(VerifyTrace, ChecksDigestsRegionAndPolicy) {  // REQ SET-09
  auto files = library_files();
  files[1].text += "# a word more\n";
  EXPECT_NE(verdict(sample().json(), files).find("trace_digest"), std::string::npos);
  TestTrace unlisted = sample();
  unlisted.files = file_entry("region.yaml", region_yaml);
  EXPECT_EQ(verdict(unlisted), "trace_file");
  TestTrace unknown = sample();
  unknown.files += "," + file_entry("other.yaml", "");
  EXPECT_EQ(verdict(unknown), "trace_file");
  TestTrace region = sample();
  region.region = "990200";
  EXPECT_EQ(verdict(region), "trace_region");
  TestTrace policy = sample();
  policy.policy = "employees";
  EXPECT_EQ(verdict(policy), "trace_policy");
  files = library_files();
  files.push_back(files[0]);
  EXPECT_EQ(verdict(sample().json(), files), "trace_library");
}

TEST(VerifyTrace, WantsAPolicyThatIsForThisBill) {
  for (const auto& [condition, expected] :
       {std::pair{"level == 'L3' and not away", ""}, {"away", "trace_value"}}) {
    auto files = library_files();
    files[1].text += fmt::format("for: \"{}\"\n", condition);
    TestTrace trace = sample();
    trace.files = file_entry("region.yaml", region_yaml) + "," + file_entry("residents.yaml", files[1].text);
    EXPECT_EQ(verdict(trace.json(), files), expected) << condition;
  }
}

TEST(VerifyTrace, TiesAccumulatorsToTheirRows) {
  TestTrace wrong = sample();
  replace(wrong.accumulators, R"("member":"pooled")", R"("member":"stays")");
  EXPECT_EQ(verdict(wrong), "trace_accumulator trace_row_missing");
  TestTrace rows = sample();
  replace(
      rows.bill, R"("accumulators":{"year":{"stays":1,"pooled":"90000.00"}})",
      R"("accumulators":[{"group":"year","key":{"year":2022},"values":{"pooled":"5.00"}},{"group":"year","key":{"year":2023},"values":{"stays":1,"pooled":"90000.00"}}])");
  node(rows, "bill", "1").extra = R"(,"at":"/accumulators/1/values/stays")";
  node(rows, "bill", "90000").extra = R"(,"at":"/accumulators/1/values/pooled")";
  EXPECT_EQ(verdict(rows), "");
  replace(rows.accumulators, "2023", "2022");
  EXPECT_EQ(verdict(rows), "trace_accumulator trace_row_key trace_row_missing");
}

TEST(VerifyTrace, WantsANoForASkippedLayer) {
  TestTrace trace = sample();
  trace.skipped =
      fmt::format(R"({{"layer":"aid","part":0,"who":{}}})", trace.of_bill("/facts/ward", "bool", "yes"));
  EXPECT_EQ(verdict(trace), "trace_skipped");
}

// ---- Hostile bytes
// ----------------------------------------------------------------------------------------------------

TEST(VerifyTrace, RefusesWhatIsNoTrace) {
  for (const std::string_view text :
       {"", " ", "[]", "{}", "null", "{\"nodes\":[]}", "\xff", "{\"a\":1}{\"b\":2}", "{\"a\":1,\"a\":2}",
        "{\"a\":1e3}", "{\"a\":01}", "{\"a\":tru}"})
    EXPECT_NE(verdict(std::string(text)), "") << text;
  EXPECT_EQ(verdict(std::string(100'000, '[')), "trace_not_json");
  EXPECT_EQ(verdict("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"),
            "trace_too_large");
  EXPECT_EQ(verdict(std::string(proof_test::sample().json()) + "x"), "trace_not_json");
}

TEST(VerifyTrace, RefusesUnknownOperationsAndShapes) {
  const auto changed = [](auto change) {
    TestTrace trace = sample();
    change(trace.nodes[static_cast<std::size_t>(find(trace, "sub", "17100.00"))]);
    return verdict(trace);
  };
  EXPECT_EQ(changed([](TestNode& n) { n.op = "pow"; }), "trace_op_unknown");
  EXPECT_EQ(changed([](TestNode& n) { n.args.push_back(0); }), "trace_arity");
  EXPECT_EQ(changed([](TestNode& n) { n.args[0] = null_arg; }), "trace_node_number");
  EXPECT_EQ(changed([](TestNode& n) { n.args[0] = 5000; }), "trace_node_number");
  EXPECT_EQ(changed([](TestNode& n) { n.type = "float"; }), "trace_type_unknown");
  EXPECT_EQ(changed([](TestNode& n) { n.value = "17 100"; }), "trace_value_malformed");
  EXPECT_EQ(changed([](TestNode& n) { n.type = "int"; }), "trace_value trace_type");
  EXPECT_EQ(changed([](TestNode& n) { std::swap(n.args[0], n.args[1]); }), "trace_value");
}

TEST(VerifyTrace, StandsEveryTruncation) {
  const std::string good = sample().json();
  const auto library = read_proof_library(library_files());
  for (std::size_t length = 0; length < good.size(); length += 7)
    EXPECT_FALSE(verify_trace(good.substr(0, length), **library, std::nullopt)) << length;
}

TEST(VerifyTrace, StandsRandomDamage) {
  const std::string good = sample().json();
  const auto library = read_proof_library(library_files());
  std::mt19937 random(7);
  constexpr std::string_view bytes = "0123456789\"{}[],:.-nulB\\\xe5\x00\xff";
  std::size_t accepted = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string bad = good;
    for (int hits = 0; hits < 1 + round % 3; ++hits)
      bad[random() % bad.size()] = bytes[random() % bytes.size()];
    accepted += verify_trace(bad, **library, std::nullopt).has_value();
  }
  EXPECT_LT(accepted, 1200U);  // names and facts that nothing reads may change
}

TEST(VerifyTrace, StandsDamagedLibraries) {
  std::mt19937 random(11);
  for (int round = 0; round < 1500; ++round) {
    auto files = library_files();
    std::string& text = files[static_cast<std::size_t>(round % 2)].text;
    for (int hits = 0; hits < 3; ++hits) text[random() % text.size()] = static_cast<char>(random() % 256);
    EXPECT_NE(verdict(sample().json(), files), "") << "the digest differs at least";
  }
}

}  // namespace
}  // namespace fenming::proof_test
