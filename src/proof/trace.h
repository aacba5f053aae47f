// ProofTrace: the trace as values. Reading checks every shape: operations from the closed list, so many
// arguments as each takes, arguments before their node (so there are no cycles), values that are values of
// their type.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"
#include "proof/tree.h"
#include "proof/value.h"

namespace fenming {

enum class ProofOp : std::uint8_t {
  bill,
  absent,
  cell,
  builtin,
  calendar,
  add,
  sub,
  mul,
  min,
  max,
  sum,
  neg,
  positive,
  lt,
  le,
  gt,
  ge,
  eq,
  ne,
  in,
  land,
  lor,
  lnot,
  choose,
  pick,
  round,
  quotient,
  sum_of,
  max_of,
  net,
  room,
  take,
  overlap,
  least,
  same
};

inline constexpr bool is_leaf(ProofOp op) { return op <= ProofOp::calendar; }

inline constexpr int no_node = -1;  // an argument or output that is null

struct ProofNode {
  ProofOp op = ProofOp::same;
  std::vector<int> args;
  ProofValue value;
  const ProofTree* json = nullptr;  // further fields: at, file, path, chars, table, mode ...
};

struct ProofLine {
  std::string id;
  int amount = no_node, over = no_node, out = no_node, pre = no_node, in = no_node;
};

inline constexpr std::array<std::string_view, 8> proof_layer_amounts = {
    "base", "over", "deductible", "covered", "after", "paid", "consumed", "cut"};
struct ProofLayer {
  std::string layer, fund, article;
  std::size_t part = 0;
  std::array<int, proof_layer_amounts.size()> amounts{};
};

struct ProofSkipped {  // a layer that does not apply
  std::string layer;
  std::size_t part = 0;
  int who = no_node;
};

struct ProofAccumulator {
  std::string group, member;
  const ProofTree* key = nullptr;
  int before = no_node, after = no_node;
};

struct ProofPart {  // a settlement period of the visit
  Date from, to;
};

struct ProofTrace {
  const ProofTree* root = nullptr;
  const ProofTree* bill = nullptr;
  std::string engine, region, policy;
  std::vector<ProofPart> parts;
  std::vector<ProofNode> nodes;
  std::vector<std::pair<std::string, int>> outputs;
  std::vector<ProofLine> lines;
  std::vector<ProofLayer> layers;
  std::vector<ProofAccumulator> accumulators;
  std::vector<ProofSkipped> skipped;
};

// `root` must outlive the trace.
Checked<ProofTrace> read_proof_trace(const ProofTree& root);

std::string_view op_name(ProofOp op);
std::string_view text_field(const ProofTree& map,
                            std::string_view key);  // empty when it is not there or no text

}  // namespace fenming
