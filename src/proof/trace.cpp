#include "proof/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

constexpr std::size_t any = 1'000'000;
constexpr std::size_t nodes_max = 1'000'000;
constexpr std::size_t parts_max = 200;  // as many as the engine cuts a stay into
constexpr std::size_t errors_max = 50;

struct OpShape {
  std::string_view name;
  std::size_t least, most;
  std::string_view
      optional;  // one letter per argument, the last for all that follow: n may be null, v may not
};

// In the order of ProofOp.
constexpr std::array op_shapes = {
    OpShape{"bill", 0, 0, "v"},     OpShape{"absent", 0, 0, "v"},   OpShape{"cell", 0, 0, "v"},
    OpShape{"builtin", 0, 0, "v"},  OpShape{"calendar", 0, 0, "v"}, OpShape{"add", 2, 2, "v"},
    OpShape{"sub", 2, 2, "v"},      OpShape{"mul", 2, 2, "v"},      OpShape{"min", 2, 2, "v"},
    OpShape{"max", 2, 2, "v"},      OpShape{"sum", 0, any, "v"},    OpShape{"neg", 1, 1, "v"},
    OpShape{"positive", 1, 1, "v"}, OpShape{"lt", 2, 2, "v"},       OpShape{"le", 2, 2, "v"},
    OpShape{"gt", 2, 2, "v"},       OpShape{"ge", 2, 2, "v"},       OpShape{"eq", 2, 2, "v"},
    OpShape{"ne", 2, 2, "v"},       OpShape{"in", 2, 2, "v"},       OpShape{"and", 1, 2, "v"},
    OpShape{"or", 1, 2, "v"},       OpShape{"not", 1, 1, "v"},      OpShape{"if", 2, 2, "v"},
    OpShape{"pick", 1, 17, "v"},    OpShape{"round", 1, 2, "v"},    OpShape{"quotient", 2, 3, "v"},
    OpShape{"sum_of", 1, 65, "v"},  OpShape{"max_of", 1, 65, "v"},  OpShape{"net", 1, any, "v"},
    OpShape{"room", 2, 2, "vn"},    OpShape{"take", 1, 65, "vn"},   OpShape{"overlap", 4, 4, "nvnn"},
    OpShape{"least", 3, 129, "v"},  OpShape{"same", 1, 1, "v"},
};
static_assert(op_shapes.size() == static_cast<std::size_t>(ProofOp::same) + 1,
              "one shape for each operation");

bool may_be_null(const OpShape& shape, std::size_t argument) {
  return shape.optional[std::min(argument, shape.optional.size() - 1)] == 'n';
}

class TraceReader {
 public:
  explicit TraceReader(const ProofTree& root) { trace_.root = &root; }

  Checked<ProofTrace> read() {
    read_head();
    if (const ProofTree* nodes = want(*trace_.root, "nodes", Kind::list, "")) read_nodes(*nodes);
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    read_results();
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    return std::move(trace_);
  }

 private:
  bool full() const { return errors_.size() >= errors_max; }
  void fail(Code code, std::string place, std::string_view value, std::vector<std::string> details) {
    if (!full()) errors_.push_back({code, std::move(place), std::string(value), std::move(details)});
  }

  const ProofTree* want(const ProofTree& map, std::string_view key, Kind kind, const std::string& place) {
    const ProofTree* found = map.find(key);
    if (found != nullptr && found->kind == kind) return found;
    constexpr std::string_view kinds[] = {"null",   "true or false", "a number",
                                          "a text", "a list",        "an object"};
    fail(Code::trace_shape, fmt::format("{}/{}", place, key), found == nullptr ? "" : found->text,
         {std::string(kinds[static_cast<std::size_t>(kind)])});
    return nullptr;
  }
  std::string text(const ProofTree& map, std::string_view key, const std::string& place) {
    const ProofTree* found = want(map, key, Kind::text, place);
    return found == nullptr ? "" : found->text;
  }

  // A node's number below `limit`, or null.
  int node_number(const ProofTree& tree, std::size_t limit, const std::string& place, bool nullable) {
    if (tree.kind == Kind::null && nullable) return no_node;
    const auto number = tree.kind == Kind::number ? parse_index(tree.text) : std::nullopt;
    if (number && *number < limit) return static_cast<int>(*number);
    fail(Code::trace_node_number, place, tree.kind == Kind::null ? "null" : tree.text,
         {fmt::format("{}", limit)});
    return no_node;
  }
  int result_node(const ProofTree& map, std::string_view key, const std::string& place) {
    const ProofTree* found = map.find(key);
    if (found != nullptr)
      return node_number(*found, trace_.nodes.size(), fmt::format("{}/{}", place, key), true);
    fail(Code::trace_shape, fmt::format("{}/{}", place, key), "", {"a node's number or null"});
    return no_node;
  }

  void read_head() {
    const ProofTree& root = *trace_.root;
    const ProofTree* version = want(root, "fenming_trace", Kind::number, "");
    if (version != nullptr && version->text != "1")
      fail(Code::trace_shape, "/fenming_trace", version->text, {"1"});
    trace_.engine = text(root, "engine", "");
    trace_.region = text(root, "region", "");
    trace_.policy = text(root, "policy", "");
    trace_.bill = want(root, "bill", Kind::map, "");
    want(root, "files", Kind::list, "");
    each(root, "parts", [&](const ProofTree& row, const std::string& place) {
      trace_.parts.push_back({day(row, "from", place), day(row, "to", place)});
    });
    if (trace_.parts.size() > parts_max)
      fail(Code::trace_too_large, "/parts", "parts", {fmt::format("{}", parts_max)});
  }
  std::size_t part(const ProofTree& row, const std::string& place) {
    const ProofTree* field = want(row, "part", Kind::number, place);
    const auto number = field == nullptr ? std::nullopt : parse_index(field->text);
    if (field != nullptr && (!number || *number >= trace_.parts.size()))
      fail(Code::trace_shape, place + "/part", field->text, {"the index of one of /parts"});
    return number.value_or(0);
  }
  Date day(const ProofTree& map, std::string_view key, const std::string& place) {
    const std::string written = text(map, key, place);
    const auto date = parse_date(written);
    if (!date) fail(Code::trace_shape, fmt::format("{}/{}", place, key), written, {"2023-10-01"});
    return date.value_or(Date{});
  }

  void read_nodes(const ProofTree& list) {
    if (list.items.size() > nodes_max) {
      fail(Code::trace_too_large, "/nodes", "nodes", {fmt::format("{}", nodes_max)});
      return;
    }
    trace_.nodes.resize(list.items.size());
    for (std::size_t i = 0; i < list.items.size() && !full(); ++i) read_node(list.items[i], i);
  }

  void read_node(const ProofTree& json, std::size_t number) {
    const std::string place = fmt::format("/nodes/{}", number);
    if (json.kind != Kind::map) return fail(Code::trace_shape, place, json.text, {"an object"});
    ProofNode& node = trace_.nodes[number];
    node.json = &json;
    const std::string op = text(json, "op", place), type = text(json, "type", place),
                      value = text(json, "value", place);
    const auto shape = std::ranges::find(op_shapes, op, &OpShape::name);
    if (shape == op_shapes.end()) return fail(Code::trace_op_unknown, place + "/op", op, {});
    node.op = static_cast<ProofOp>(shape - op_shapes.begin());
    read_arguments(json, number, *shape, node);
    const auto known = parse_proof_type(type);
    if (!known) return fail(Code::trace_type_unknown, place + "/type", type, {});
    const auto parsed = parse_proof_value(*known, value);
    if (!parsed) return fail(Code::trace_value_malformed, place + "/value", value, {type});
    node.value = *parsed;
  }

  void read_arguments(const ProofTree& json, std::size_t number, const OpShape& shape, ProofNode& node) {
    const std::string place = fmt::format("/nodes/{}/args", number);
    const ProofTree* args = json.find("args");
    if (args == nullptr && shape.least == 0) return;
    if (args == nullptr || args->kind != Kind::list) return fail(Code::trace_shape, place, "", {"a list"});
    const std::size_t count = args->items.size();
    if (count < shape.least || count > shape.most)
      return fail(Code::trace_arity, place, fmt::format("{}", count),
                  {std::string(shape.name), fmt::format("{}", shape.least), fmt::format("{}", shape.most)});
    for (std::size_t i = 0; i < count; ++i)
      node.args.push_back(
          node_number(args->items[i], number, fmt::format("{}/{}", place, i), may_be_null(shape, i)));
  }

  void read_results() {
    const ProofTree& root = *trace_.root;
    if (const ProofTree* outputs = want(root, "outputs", Kind::map, ""))
      for (const std::string& key : outputs->keys)
        trace_.outputs.emplace_back(key, result_node(*outputs, key, "/outputs"));
    each(root, "lines", [&](const ProofTree& row, const std::string& place) {
      trace_.lines.push_back({text(row, "id", place), result_node(row, "amount", place),
                              result_node(row, "over", place), result_node(row, "out", place),
                              result_node(row, "pre", place), result_node(row, "in", place)});
    });
    each(root, "layers", [&](const ProofTree& row, const std::string& place) {
      ProofLayer layer{text(row, "layer", place),
                       text(row, "fund", place),
                       text(row, "article", place),
                       part(row, place),
                       {}};
      for (std::size_t i = 0; i < proof_layer_amounts.size(); ++i)
        layer.amounts[i] = result_node(row, proof_layer_amounts[i], place);
      trace_.layers.push_back(std::move(layer));
    });
    each(root, "accumulators", [&](const ProofTree& row, const std::string& place) {
      trace_.accumulators.push_back({text(row, "group", place), text(row, "member", place),
                                     want(row, "key", Kind::map, place), result_node(row, "before", place),
                                     result_node(row, "after", place)});
    });
    each(root, "skipped", [&](const ProofTree& row, const std::string& place) {
      trace_.skipped.push_back({text(row, "layer", place), part(row, place), result_node(row, "who", place)});
    });
  }

  template <class Read>
  void each(const ProofTree& root, std::string_view key, Read read) {
    const ProofTree* list = want(root, key, Kind::list, "");
    for (std::size_t i = 0; list != nullptr && i < list->items.size() && !full(); ++i) {
      const std::string place = fmt::format("/{}/{}", key, i);
      if (list->items[i].kind == Kind::map)
        read(list->items[i], place);
      else
        fail(Code::trace_shape, place, list->items[i].text, {"an object"});
    }
  }

  ProofTrace trace_;
  std::vector<Error> errors_;
};

}  // namespace

Checked<ProofTrace> read_proof_trace(const ProofTree& root) { return TraceReader(root).read(); }

std::string_view op_name(ProofOp op) { return op_shapes.at(static_cast<std::size_t>(op)).name; }

std::string_view text_field(const ProofTree& map, std::string_view key) {
  const ProofTree* found = map.find(key);
  return found != nullptr && found->kind == Kind::text ? std::string_view(found->text) : std::string_view();
}

}  // namespace fenming
