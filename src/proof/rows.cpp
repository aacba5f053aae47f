// The rows of tables that nodes were read from, and the refunds that a line was netted with.
#include <fmt/format.h>

#include <algorithm>

#include "proof/cells.h"
#include "proof/leaves.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;
using Failure = std::optional<Error>;

struct Table {
  const ProofTree* tree = nullptr;
  std::string file, path;
};

Result<Table> table_of(const ProofScene& scene, const ProofNode& node) {
  const ProofTree* place = node.json->find("table");
  Table table;
  if (place != nullptr)
    table = {nullptr, std::string(text_field(*place, "file")), std::string(text_field(*place, "path"))};
  if (!scene.listed.contains(table.file)) return std::unexpected(Error{Code::trace_file, "", table.file, {}});
  table.tree = scene.library.file(table.file)->documents.at(table.path);
  if (table.tree == nullptr || table.tree->kind != Kind::map)
    return std::unexpected(Error{Code::trace_cell_missing, "", table.path, {table.file}});
  return table;
}

bool is_table(const ProofTree& tree) { return tree.find("by") != nullptr; }

// `path` is the chosen place, or stands in a list (bands) or plain map that was chosen as a whole.
bool within(const ProofTree& chosen, std::string_view chosen_path, std::string_view path) {
  if (path == chosen_path) return true;
  return !chosen.scalar() && !is_table(chosen) && path.starts_with(chosen_path) &&
         path[chosen_path.size()] == '/';
}

// A row may hold an expression; then the node computes it, and what it reads are cells of their own. A
// constant must be read.
bool is_constant(const ProofTree& chosen, ProofType type) {
  if (!chosen.scalar()) return false;
  const bool name = type == ProofType::code || type == ProofType::id;
  return parse_proof_constant(type, chosen.text, !name).has_value();
}

// Where a row is chosen by date, any row that a date of the bill chooses; the path of what was read says which.
bool read_from(const ProofScene& scene, int number, const std::string& file, const ProofTree& chosen,
               const std::string& path) {
  if (chosen.find("since") != nullptr)
    return std::ranges::any_of(scene.dates, [&](Date day) {
      const auto row = choose_since(chosen, day);
      return row && read_from(scene, number, file, *chosen.at(*row), path + *row);
    });
  const ProofNode& node = scene.origin(number);
  if (node.op == ProofOp::cell) {
    const ProofTree* chars = node.json->find("chars");
    if (chars != nullptr && chars->kind != Kind::null && !is_constant(chosen, node.value.type)) return false;
    return text_field(*node.json, "file") == file && within(chosen, path, text_field(*node.json, "path"));
  }
  const ProofTree* inner = node.op == ProofOp::pick ? node.json->find("table") : nullptr;
  if (is_table(chosen))
    return inner != nullptr && text_field(*inner, "file") == file && text_field(*inner, "path") == path;
  return !is_constant(chosen, node.value.type);
}

bool read_from(const ProofScene& scene, int number, const Table& table, const std::string& row) {
  const ProofTree* chosen = table.tree->at(row);
  return chosen != nullptr && read_from(scene, number, table.file, *chosen, table.path + row);
}

Error wrong_row(const ProofScene& scene, int number, const std::string& row) {
  return {Code::trace_row, "", std::string(text_field(*scene.origin(number).json, "path")), {row}};
}

bool listed(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

bool is_accumulator_key(const ProofScene& scene, const ProofNode& key, const std::string& name) {
  const ProofNode* leaf = &key;  // what the bill brought, plus what earlier steps added
  while (leaf->op == ProofOp::add || leaf->op == ProofOp::sum || leaf->op == ProofOp::same)
    leaf = &scene.node(leaf->args[0]);
  const std::string_view at = text_field(*leaf->json, "at");
  const std::size_t dot = name.find('.');
  const std::string group = name.substr(0, dot), member = "/" + pointer_part(name.substr(dot + 1));
  if (leaf->op == ProofOp::absent) return at == name || at == "/accumulators/" + pointer_part(group) + member;
  return std::ranges::any_of(scene.rows, [&](const ProofBillRow& row) {
    return leaf->op == ProofOp::bill && row.group == group && at == row.pointer + member;
  });
}

// What `by` names directly must be what the key was read from: a fact, a field of a line, the calendar, an
// accumulator. Names of the policy's own are beyond the verifier.
bool is_key(const ProofScene& scene, const ProofNode& key, const std::string& name) {
  const std::string_view at = text_field(*key.json, "at");
  const std::string fact = "/facts/" + pointer_part(name);
  if (scene.bill.json->at(fact) != nullptr) return key.op == ProofOp::bill && at == fact;
  if (listed(name, {"class", "kind", "source", "item"})) {
    if (key.op == ProofOp::builtin) return text_field(*key.json, "name") == name;
    return key.op == ProofOp::bill && scene.bill.line_at(at) != nullptr && pointer_last(at) == name;
  }
  if (listed(name, {"year", "quarter", "month", "period", "days", "from", "to", "settle"}))
    return key.op == ProofOp::calendar && text_field(*key.json, "name") == name;
  return !scene.library.keeps(name) || is_accumulator_key(scene, key, name);
}

Failure check_key_names(const ProofScene& scene, const ProofNode& node, const ProofTree& by) {
  for (std::size_t i = 0; i + 1 < node.args.size(); ++i) {
    const ProofTree* name = by.kind == Kind::list ? (i < by.items.size() ? &by.items[i] : nullptr) : &by;
    if (name == nullptr || name->kind != Kind::text) continue;
    const ProofNode& key = scene.origin(node.args[i]);
    if (!is_key(scene, key, name->text))
      return Error{Code::trace_key, "", std::string(text_field(*key.json, "at")), {name->text}};
  }
  return {};
}

Failure check_pick(const ProofScene& scene, const ProofNode& node, const Table& table) {
  std::vector<const ProofValue*> keys;
  for (std::size_t i = 0; i + 1 < node.args.size(); ++i) keys.push_back(&scene.node(node.args[i]).value);
  const auto row = choose_row(*table.tree, keys);
  if (!row) return row.error();
  if (!scene.library.indexed_otherwise(pointer_last(table.path)))
    if (auto failure = check_key_names(scene, node, *table.tree->find("by"))) return failure;
  if (!read_from(scene, node.args.back(), table, *row)) return wrong_row(scene, node.args.back(), *row);
  return {};
}

// One cell for each member; in which order the cells stand does not matter.
Failure check_members(const ProofScene& scene, const ProofNode& node, const Table& table) {
  const ProofValue& set = scene.node(node.args[0]).value;
  std::vector<int> cells(node.args.begin() + 1, node.args.end());
  for (const std::string& member : set.members) {
    ProofValue key;
    key.type = ProofType::code;
    key.text = member;
    const ProofValue* keys[] = {&key};
    const auto row = choose_row(*table.tree, keys);
    if (!row) return row.error();
    const auto cell =
        std::ranges::find_if(cells, [&](int number) { return read_from(scene, number, table, *row); });
    if (cell == cells.end()) return Error{Code::trace_row, "", member, {*row}};
    cells.erase(cell);
  }
  return {};
}

}  // namespace

Failure check_rows(const ProofScene& scene, const ProofNode& node) {
  const auto table = table_of(scene, node);
  if (!table) return table.error();
  if (auto failure = check_since(scene, table->file, table->path)) return failure;
  if (auto failure = check_version(scene, table->file, table->path)) return failure;
  return node.op == ProofOp::pick ? check_pick(scene, node, *table) : check_members(scene, node, *table);
}

Failure check_net(const ProofScene& scene, const ProofNode& node) {
  const ProofBillLine* original = nullptr;
  std::set<std::string_view> seen;
  for (const int number : node.args) {
    const ProofNode& leaf = scene.origin(number);
    const std::string_view at = text_field(*leaf.json, "at");
    const ProofBillLine* line = leaf.op == ProofOp::bill ? scene.bill.line_at(at) : nullptr;
    Error wrong{Code::trace_net, "", std::string(at), {}};
    if (line == nullptr || !seen.insert(at).second) return wrong;
    if (pointer_last(at) != pointer_last(*seen.begin())) return wrong;
    if (original == nullptr)
      original = line;
    else if (line->refund_of < 0 || &scene.bill.lines[static_cast<std::size_t>(line->refund_of)] != original)
      return wrong;
  }
  return {};
}

}  // namespace fenming
