// A trace of the program with one claim forged: every one must be refused, each for its own reason. The bill is the
// sandbox's first, a stay with three layers that pay and nine that do not apply.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/json_text.h"
#include "cli/answer_json.h"
#include "explanation/explain_and_verify.h"
#include "explanation/known_bills.h"
#include "proof/json.h"

namespace fenming::explanation {
namespace {

using Kind = ProofTree::Kind;

struct Genuine {
  KnownBill known;
  std::string trace, answer;
};
const Genuine& genuine() {
  static const Genuine one = [] {
    Genuine made{bills_of_sandbox().front(), "", ""};
    made.trace = explain_and_verify(*made.known.library, *made.known.proof, made.known.bill).trace;
    const auto bound = bind(*made.known.library, made.known.bill);
    Workspace workspace;
    Assessment assessment;
    if (bound && !assess(*made.known.library, *bound, workspace, assessment))
      made.answer = answer_json(*made.known.library, made.known.bill, *bound, assessment, 0);
    return made;
  }();
  return one;
}

// ---- A trace as a tree that may be changed
ProofTree& at(ProofTree& root, std::string_view pointer) { return const_cast<ProofTree&>(*root.at(pointer)); }

void write(const ProofTree& tree, std::string& out) {
  switch (tree.kind) {
    case Kind::null: out += "null"; return;
    case Kind::boolean:
    case Kind::number: out += tree.text; return;
    case Kind::text: append_json(out, tree.text); return;
    case Kind::list:
    case Kind::map: break;
  }
  const bool map = tree.kind == Kind::map;
  out += map ? '{' : '[';
  for (std::size_t i = 0; i < tree.items.size(); ++i) {
    out += i == 0 ? "" : ",";
    if (map) append_json(out, tree.keys[i]);
    if (map) out += ':';
    write(tree.items[i], out);
  }
  out += map ? '}' : ']';
}

ProofTree tree_of(std::string_view json) {
  return *read_proof_json(fmt::format(R"({{"it":{}}})", json))->find("it");
}

using Forge = std::function<void(ProofTree&)>;

// The code of the first error; empty when the forged trace is accepted.
std::string verdict(const Forge& forge, bool beside = false) {
  auto tree = read_proof_json(genuine().trace);
  if (!tree) return "unreadable";
  forge(*tree);
  std::string text;
  write(*tree, text);
  const auto settlement = beside ? std::optional<std::string_view>(genuine().answer) : std::nullopt;
  const auto report = verify_trace(text, *genuine().known.proof, settlement);
  return report ? "" : std::string(name(report.error().front().code));
}

Forge set(const std::string& pointer, const std::string& text) {
  return [=](ProofTree& root) { at(root, pointer).text = text; };
}
Forge set_json(const std::string& pointer, const std::string& json) {
  return [=](ProofTree& root) { at(root, pointer) = tree_of(json); };
}
// The row points at a node of another amount.
Forge repointed(const std::string& pointer) {
  return [=](ProofTree& root) {
    ProofTree& row = at(root, pointer);
    const ProofTree& nodes = at(root, "/nodes");
    const std::string old =
        row.kind == Kind::null ? "0.00" : nodes.items[*parse_index(row.text)].find("value")->text;
    for (std::size_t i = 0; i < nodes.items.size(); ++i) {
      const std::string& value = nodes.items[i].find("value")->text;
      if (nodes.items[i].find("type")->text != "money" || value == old || value == "none" || value == "0.00")
        continue;
      row = tree_of(std::to_string(i));
      return;
    }
  };
}
Forge erased(const std::string& list, std::size_t index) {
  return [=](ProofTree& root) {
    auto& items = at(root, list).items;
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(index));
  };
}

TEST(Forgery, TheGenuineTraceHolds) {
  ASSERT_FALSE(genuine().answer.empty());
  EXPECT_EQ(verdict([](ProofTree&) {}), "");
  EXPECT_EQ(verdict([](ProofTree&) {}, true), "");
}

TEST(Forgery, OfTheAmountsOfALayer) {  // REQ SET-09
  for (const std::string_view amount :
       {"base", "over", "deductible", "covered", "after", "paid", "consumed", "cut"})
    for (const std::size_t layer : {0U, 1U, 2U})
      EXPECT_NE(verdict(repointed(fmt::format("/layers/{}/{}", layer, amount))), "")
          << layer << " " << amount;
  // What enters a layer, with all that follows from it moved along.
  EXPECT_EQ(verdict([](ProofTree& root) {
              const ProofTree other = at(root, "/layers/2/base");
              for (const std::string_view amount : {"base", "covered", "consumed"})
                at(root, fmt::format("/layers/1/{}", amount)) = other;
            }),
            "trace_layer_derived");
}

TEST(Forgery, OfTheAmountsOfALine) {
  for (const std::string_view amount : {"amount", "over", "out", "pre", "in"})
    EXPECT_NE(verdict(repointed(fmt::format("/lines/7/{}", amount))), "") << amount;
  // What the patient pays first, moved from one line to another: every identity and every sum stays right.
  EXPECT_EQ(
      verdict([](ProofTree& root) {
        std::swap(at(root, "/lines/5/pre"), at(root, "/lines/9/pre"));
        auto& nodes = at(root, "/nodes").items;
        const std::pair<std::string_view, std::string_view> moved[] = {{"5", "319.70"}, {"9", "213.44"}};
        for (const auto& [line, value] : moved) {
          nodes.push_back(tree_of(fmt::format(R"({{"op":"sub","args":[{},{}],"type":"money","value":"{}"}})",
                                              at(root, fmt::format("/lines/{}/amount", line)).text,
                                              at(root, fmt::format("/lines/{}/pre", line)).text, value)));
          at(root, fmt::format("/lines/{}/in", line)) = tree_of(std::to_string(nodes.size() - 1));
        }
      }),
      "trace_net");
}

TEST(Forgery, OfAnAccumulator) {  // REQ SET-09
  for (const std::size_t row : {0U, 1U}) {
    const std::string place = fmt::format("/accumulators/{}", row);
    EXPECT_EQ(verdict([&](ProofTree& root) { at(root, place + "/after") = at(root, place + "/before"); }),
              "trace_after");
    EXPECT_EQ(verdict(repointed(place + "/after")), "trace_after");
    EXPECT_EQ(verdict(repointed(place + "/before")), "trace_accumulator");
    EXPECT_EQ(verdict(set_json(place + "/after", "null")), "trace_after");
    EXPECT_EQ(verdict(set(place + "/key/year", "9999")), "trace_row_key");
    EXPECT_EQ(verdict(set_json(place + "/key", "{}")), "trace_row_key");
    EXPECT_EQ(verdict(set_json(place + "/key", R"({"who":"x"})")), "trace_row_key");
    EXPECT_EQ(verdict(erased("/accumulators", row)), "trace_row_missing");
  }
  EXPECT_EQ(verdict(set_json("/accumulators", "[]")), "trace_row_missing");
  EXPECT_EQ(verdict([](ProofTree& root) {
              at(root, "/accumulators").items.push_back(at(root, "/accumulators/0"));
            }),
            "trace_row_missing");
}

TEST(Forgery, OfTheTextOfALayer) {  // REQ SET-09
  EXPECT_EQ(verdict(set("/layers/0/article", "anything")), "trace_layer_text");
  EXPECT_EQ(verdict(set("/layers/0/fund", "illness")), "trace_identity");
  EXPECT_EQ(verdict(set("/layers/1/fund", "illness")), "trace_layer_text");  // paid nothing: no sum shows it
  EXPECT_EQ(verdict(set("/layers/1/layer", "no_such")), "trace_layer_missing");
}

TEST(Forgery, OfWhatApplies) {
  EXPECT_EQ(verdict(set_json("/skipped", "[]")), "trace_layer_missing");
  EXPECT_EQ(verdict(erased("/skipped", 0)), "trace_layer_missing");
  EXPECT_EQ(verdict(set("/skipped/0/layer", "pool")), "trace_layer_missing");
  EXPECT_EQ(verdict(erased("/layers", 1)), "trace_layer_missing");
  EXPECT_EQ(verdict([](ProofTree& root) { std::swap(at(root, "/layers/0"), at(root, "/layers/1")); }),
            "trace_layer_missing");
}

TEST(Forgery, OfTheHead) {
  EXPECT_EQ(verdict(set("/engine", "99")), "trace_engine");
  EXPECT_EQ(verdict(set("/bill/known", "2001-01-01")), "trace_version");
  EXPECT_EQ(verdict(set("/bill/known", "tomorrow")), "trace_shape");
  EXPECT_EQ(verdict(set("/policy", "residents-inpatient")), "trace_version_cell");
  EXPECT_EQ(verdict(set("/policy", "none")), "trace_policy");
}

TEST(Forgery, OfAnOutput) {
  const std::vector<std::string> outputs = read_proof_json(genuine().trace)->find("outputs")->keys;
  ASSERT_EQ(outputs.size(), 20U);
  for (const std::string& output : outputs) EXPECT_NE(verdict(repointed("/outputs/" + output)), "") << output;
}

TEST(Forgery, BesideAnAnswer) {
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string answer = genuine().answer;
    const std::size_t at = answer.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    answer.replace(at, from.size(), to);
    const auto report = verify_trace(genuine().trace, *genuine().known.proof, answer);
    return report ? "" : std::string(name(report.error().front().code));
  };
  EXPECT_EQ(changed(R"("pooled":"3919.36")", R"("pooled":"3919.37")"), "trace_settlement");
  EXPECT_EQ(changed(R"("stay":"ZY2025030301")", R"("stay":"ZY2025030302")"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("preselfpay_amt":"16.56")", R"("preselfpay_amt":"16.57")"), "trace_settlement");
  EXPECT_EQ(changed("第九条", "第十条"), "trace_settlement");
  EXPECT_EQ(changed(R"("applies":false)", R"("applies":true)"), "trace_settlement_row");
  EXPECT_EQ(changed(R"("consumed":"4557.39")", R"("consumed":"4557.38")"), "trace_settlement");
}

}  // namespace
}  // namespace fenming::explanation
