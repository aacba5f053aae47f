#include <gtest/gtest.h>

#include <random>
#include <set>

#include "explanation/explain_and_verify.h"
#include "explanation/known_bills.h"
#include "proof/json.h"
#include "proof/trace.h"

namespace fenming::explanation {
namespace {

const std::vector<KnownBill>& known_bills() {
  static const std::vector<KnownBill> all = [] {
    std::vector<KnownBill> bills = bills_of_cases();
    std::vector<KnownBill> sandbox = bills_of_sandbox();
    bills.insert(bills.end(), sandbox.begin(), sandbox.end());
    return bills;
  }();
  return all;
}

TEST(Explanation, HoldsForEveryBillOfTheRepository) {  // REQ SET-09
  ASSERT_GT(known_bills().size(), 100U);
  std::size_t verified = 0, cells = 0, rows = 0, skipping = 0;
  for (const KnownBill& known : known_bills()) {
    const Explained explained = explain_and_verify(*known.library, *known.proof, known.bill);
    EXPECT_EQ(explained.problem.value_or(""), "") << known.name;
    EXPECT_EQ(explained.refused, known.error_expected) << known.name;
    if (explained.refused) continue;
    ++verified;
    cells += explained.report.cells;
    rows += explained.report.rows;
    skipping += !explained.trace.contains(R"("skipped":[])");
  }
  EXPECT_GT(verified, 100U);
  EXPECT_GT(cells, 5 * verified) << "constants of the library that the traces lead to";
  EXPECT_GT(rows, verified);
  EXPECT_GT(skipping, 20U);
}

// ---- Damage

// Where the text of each node's value stands in a trace; `value` is a node's last field.
struct Span {
  std::size_t begin, end;
};
std::vector<Span> values_of(const std::string& trace) {
  constexpr std::string_view mark = R"(,"value":")";
  std::vector<Span> spans;
  const std::size_t outputs = trace.find(R"(],"outputs":{)");
  for (std::size_t at = trace.find(mark, trace.find(R"("nodes":[)")); at < outputs; at = trace.find(mark, at))
    spans.push_back({at += mark.size(), trace.find(R"("})", at)});
  return spans;
}

// The same value, one unit of its last place more: a fen of money.
std::string unit_more(ProofType type, const std::string& value) {
  if (type == ProofType::boolean) return value == "yes" ? "no" : "yes";
  if (type == ProofType::date) return to_text(Date{parse_date(value)->days + 1});
  if (!is_number(type)) return value.empty() ? "x" : value + ",x";
  if (value == "none") return "0.01";
  Exact number = *parse_exact(value, 20);
  const int places = type == ProofType::money ? 2 : type == ProofType::integer ? 0 : 6;
  while (number.places < places) number = {number.digits * 10, number.places + 1};
  return to_text(Exact{number.digits + power_of_ten(number.places - places), number.places});
}

// A sample: every tenth bill with lines and the whole sandbox; its traces, verified.
struct Sample {
  const KnownBill& known;
  std::string text;
};
std::vector<Sample> samples() {
  std::vector<Sample> chosen;
  for (std::size_t i = 0; i < known_bills().size(); ++i) {
    const KnownBill& known = known_bills()[i];
    if (known.bill.lines.empty() || (i % 10 != 0 && known.name.contains(".case"))) continue;
    Explained explained = explain_and_verify(*known.library, *known.proof, known.bill);
    if (!explained.problem && !explained.refused) chosen.push_back({known, std::move(explained.trace)});
  }
  return chosen;
}

std::set<int> watched_nodes(const ProofTrace& trace, std::mt19937& random) {
  std::set<int> nodes;
  for (const auto& [name, node] : trace.outputs) nodes.insert(node);
  for (const ProofLine& line : trace.lines) nodes.insert({line.over, line.out, line.pre, line.in});
  for (int i = 0; i < 50; ++i) nodes.insert(static_cast<int>(random() % trace.nodes.size()));
  nodes.erase(no_node);
  return nodes;
}

TEST(Explanation, OneFenMoreAnywhereIsFound) {  // REQ SET-09
  const std::vector<Sample> all = samples();
  ASSERT_GT(all.size(), 20U);
  std::mt19937 random(20260709);
  std::size_t changed = 0;
  for (const Sample& sample : all) {
    const auto json = read_proof_json(sample.text);
    ASSERT_TRUE(json);
    const auto trace = read_proof_trace(*json);
    ASSERT_TRUE(trace);
    const std::vector<Span> values = values_of(sample.text);
    ASSERT_EQ(values.size(), trace->nodes.size()) << sample.known.name;
    for (const int number : watched_nodes(*trace, random)) {
      const ProofNode& node = trace->nodes[static_cast<std::size_t>(number)];
      const Span at = values[static_cast<std::size_t>(number)];
      std::string bad = sample.text;
      const std::string value = bad.substr(at.begin, at.end - at.begin);
      bad.replace(at.begin, at.end - at.begin, unit_more(node.value.type, value));
      EXPECT_FALSE(verify_trace(bad, *sample.known.proof, std::nullopt))
          << sample.known.name << " node " << number << " " << op_name(node.op) << " " << value;
      ++changed;
    }
  }
  EXPECT_GT(changed, 1000U);
}

TEST(Explanation, AMissingLineIsFound) {  // REQ SET-09
  for (const Sample& sample : samples()) {
    const std::string mark = R"(},"lines":[)";  // of the trace, behind its outputs
    const std::size_t begin = sample.text.find(mark, sample.text.find(R"(],"outputs":{)")) + mark.size();
    const std::size_t end = sample.text.find('}', begin) + 1;
    std::string bad = sample.text;
    bad.erase(begin, end - begin + (bad[end] == ',' ? 1 : 0));
    const auto report = verify_trace(bad, *sample.known.proof, std::nullopt);
    ASSERT_FALSE(report) << sample.known.name;
    EXPECT_EQ(report.error().front().code, Code::trace_line_missing) << sample.known.name;
  }
}

TEST(Explanation, AnotherTextOfTheLibraryIsFound) {  // REQ SET-09
  const Sample sample = samples().front();
  std::vector<ProofFile> files = proof_files(*sample.known.library);
  EXPECT_TRUE(verify_trace(sample.text, files, std::nullopt));
  files.back().text += "# a word more\n";
  EXPECT_FALSE(verify_trace(sample.text, files, std::nullopt));
}

}  // namespace
}  // namespace fenming::explanation
