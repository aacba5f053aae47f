#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "proof/claims.h"
#include "proof/json.h"
#include "proof/leaves.h"
#include "proof/ops.h"
#include "proof/proof.h"
#include "proof/totals.h"

namespace fenming {
namespace {

constexpr std::size_t errors_max = 50;
constexpr std::string_view engine_known = "1";  // another engine may compute by other rules

class Verifier {
 public:
  Verifier(const ProofTrace& trace, const ProofBill& bill, const ProofLibrary& library)
      : scene_{trace, bill, library, {}, bill.dates, accumulator_rows(*trace.bill)} {
    for (const ProofPart& part : trace.parts) scene_.dates.insert({part.from, part.to});
  }

  Checked<ProofReport> run(const ProofTree* settlement) {
    if (!check_regions()) return std::unexpected(std::move(errors_));  // all else would differ as well
    check_files();
    check_parts(scene_, errors_);
    if (!check_policy()) return std::unexpected(std::move(errors_));
    check_nodes();
    if (errors_.empty()) check_results();
    if (errors_.empty() && settlement != nullptr) check_settlement(scene_, *settlement, errors_);
    if (errors_.size() > errors_max) errors_.resize(errors_max);
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    fill_report(settlement != nullptr);
    return report_;
  }

 private:
  void fail(std::string place, Error error) {
    if (error.place.empty()) error.place = std::move(place);
    errors_.push_back(std::move(error));
  }

  bool check_regions() {
    const ProofTrace& trace = scene_.trace;
    const std::string_view of_bill = text_field(*trace.bill, "region"), of_library = scene_.library.region();
    if (of_bill != trace.region)
      fail("/region", {Code::trace_region, "", trace.region, {std::string(of_bill)}});
    if (of_library != trace.region)
      fail("/region", {Code::trace_region, "", trace.region, {std::string(of_library)}});
    if (trace.engine != engine_known)
      fail("/engine", {Code::trace_engine, "", trace.engine, {std::string(engine_known)}});
    return errors_.empty();
  }

  // The version that governs the layers: by the date that the region names, of what was released by then.
  bool check_policy() {
    const ProofTrace& trace = scene_.trace;
    const Date date = deciding_date(scene_, scene_.library.layers_by(), {scene_.bill.from, scene_.bill.to}),
               known = scene_.bill.known;
    scene_.policy = scene_.library.policy_on(trace.policy, date, known);
    if (scene_.policy != nullptr) {
      if (!scene_.listed.contains(scene_.policy->file))
        fail("/files", {Code::trace_file, "", scene_.policy->file, {}});
      return true;
    }
    if (scene_.library.has_policy(trace.policy))
      fail("/policy", {Code::trace_version, "", trace.policy, {to_text(date), to_text(known)}});
    else
      fail("/policy", {Code::trace_policy, "", trace.policy, {}});
    return false;
  }

  void check_files() {
    const ProofTree& files = *scene_.trace.root->find("files");
    for (std::size_t i = 0; i < files.items.size() && errors_.size() < errors_max; ++i) {
      const std::string name(text_field(files.items[i], "file")),
          digest(text_field(files.items[i], "digest"));
      const ProofLibrary::File* file = scene_.library.file(name);
      if (file == nullptr)
        fail(fmt::format("/files/{}", i), {Code::trace_file, "", name, {}});
      else if (file->digest != digest)
        fail(fmt::format("/files/{}/digest", i), {Code::trace_digest, "", digest, {name, file->digest}});
      else
        scene_.listed.insert(name);
    }
  }

  void check_nodes() {
    const std::vector<ProofNode>& nodes = scene_.trace.nodes;
    for (std::size_t i = 0; i < nodes.size() && errors_.size() < errors_max; ++i)
      if (auto failure = check_node(static_cast<int>(i)))
        fail(fmt::format("/nodes/{}", i), std::move(*failure));
  }

  std::optional<Error> check_node(int number) {
    const ProofNode& node = scene_.node(number);
    if (is_leaf(node.op)) return check_leaf(scene_, number);
    std::vector<const ProofValue*> values;
    for (const int argument : node.args)
      values.push_back(argument == no_node ? nullptr : &scene_.node(argument).value);
    const auto value = compute(node, values, scene_.library);
    if (!value) return value.error();
    if (!same_value(*value, node.value))
      return Error{Code::trace_value, "", to_text(node.value), {to_text(*value)}};
    switch (node.op) {
      case ProofOp::pick:
      case ProofOp::sum_of:
      case ProofOp::max_of: ++report_.rows; return check_rows(scene_, node);
      case ProofOp::net: return check_net(scene_, node);
      case ProofOp::sum: return check_doubled(node);
      default: return std::nullopt;
    }
  }

  // Nothing may count twice in a sum; nothing is lost by counting 0 twice.
  std::optional<Error> check_doubled(const ProofNode& node) const {
    std::vector<int> sorted = node.args;
    std::ranges::sort(sorted);
    for (std::size_t i = 1; i < sorted.size(); ++i)
      if (sorted[i] == sorted[i - 1] && scene_.node(sorted[i]).value.number.digits != 0)
        return Error{Code::trace_doubled, "", fmt::format("{}", sorted[i]), {}};
    return std::nullopt;
  }

  void check_results() {
    check_totals(scene_, errors_);
    check_reach(scene_, errors_);
    check_layer_rows(scene_, errors_);
    check_layer_steps(scene_, errors_);
    for (std::size_t i = 0; i < scene_.trace.accumulators.size(); ++i)
      if (auto failure = check_accumulator(scene_, scene_.trace.accumulators[i]))
        fail(fmt::format("/accumulators/{}", i), std::move(*failure));
    check_accumulators(scene_, errors_);
  }

  void fill_report(bool settlement) {
    std::set<std::string> cells;
    for (const ProofNode& node : scene_.trace.nodes) {
      report_.bill_leaves += node.op == ProofOp::bill;
      report_.absent_leaves += node.op == ProofOp::absent;
      report_.builtin_leaves += node.op == ProofOp::builtin;
      if (node.op != ProofOp::cell) continue;
      ++report_.cell_leaves;
      const ProofTree* begin = node.json->at("/chars/0");
      cells.insert(fmt::format("{}#{}#{}", text_field(*node.json, "file"), text_field(*node.json, "path"),
                               begin == nullptr ? "" : begin->text));
    }
    report_.nodes = scene_.trace.nodes.size();
    report_.cells = cells.size();
    report_.lines = scene_.bill.lines.size();
    report_.outputs = scene_.trace.outputs.size();
    report_.layers = scene_.trace.layers.size();
    report_.files = scene_.listed.size();
    report_.settlement = settlement;
  }

  ProofScene scene_;
  ProofReport report_;
  std::vector<Error> errors_;
};

}  // namespace

// REQ SET-09
Checked<ProofReport> verify_trace(std::string_view trace_json, const ProofLibrary& library,
                                  const std::optional<std::string_view>& settlement_json) {
  const auto root = read_proof_json(trace_json);
  if (!root) return std::unexpected(std::vector{root.error()});
  const auto trace = read_proof_trace(*root);
  if (!trace) return std::unexpected(trace.error());
  const auto bill = read_proof_bill(*trace->bill);
  if (!bill) return std::unexpected(bill.error());
  if (!settlement_json) return Verifier(*trace, *bill, library).run(nullptr);
  const auto settlement = read_proof_json(*settlement_json);
  if (!settlement) return std::unexpected(std::vector{settlement.error()});
  return Verifier(*trace, *bill, library).run(&*settlement);
}

Checked<ProofReport> verify_trace(std::string_view trace_json, const std::vector<ProofFile>& library_files,
                                  const std::optional<std::string_view>& settlement_json) {
  const auto library = read_proof_library(library_files);
  if (!library) return std::unexpected(library.error());
  return verify_trace(trace_json, **library, settlement_json);
}

}  // namespace fenming
