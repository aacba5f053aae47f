// The accumulators of a trace: under which key each row stands, and that none is missing.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "proof/part_names.h"
#include "proof/policy_walk.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;

ProofValue key_value(const PartNames& names, const ProofScene& scene, std::string_view name, std::size_t part,
                     bool& known) {
  auto value = names.fact(name);
  if (!value && scene.library.fact_text(name) == nullptr) value = calendar_value(scene, name, part);
  known = known && value.has_value();
  return value.value_or(ProofValue());
}

bool is_value(const ProofTree& written, const ProofValue& due) {
  auto value = bill_value(due.type, written);
  if (!value && written.kind == Kind::text) value = parse_proof_value(due.type, written.text);
  return value && same_value(*value, due);
}

bool names_accumulator(const ProofNode& leaf) {
  const std::string_view at = text_field(*leaf.json, "at");
  if (leaf.op == ProofOp::absent) return at != "listed_limit" && !at.ends_with("/listed_limit");
  return leaf.op == ProofOp::bill && at.starts_with("/accumulators/");
}

}  // namespace

AccumulatorRows::AccumulatorRows(const ProofScene& scene) : scene_(scene) {
  for (std::size_t part = 0; part < scene.trace.parts.size(); ++part) {
    const PartNames names(scene, part);
    for (const auto& [group, text] : scene.library.groups()) {
      Key key{{}, true};
      for (const std::string& name : text.per)
        key.values.emplace_back(name, key_value(names, scene, name, part, key.known));
      keys_[{group, part}] = std::move(key);
    }
  }
  for (const ProofAccumulator& row : scene.trace.accumulators)
    states_.push_back(
        {row.before == no_node ? std::nullopt : std::optional(scene.node(row.before).value), 0});
}

bool AccumulatorRows::has_key(const ProofAccumulator& row, std::size_t part) const {
  const auto found = keys_.find({row.group, part});
  if (found == keys_.end() || !found->second.known) return false;
  const Key& key = found->second;
  return key.values.size() == row.key->keys.size() && std::ranges::all_of(key.values, [&](const auto& one) {
           const ProofTree* written = row.key->find(one.first);
           return written != nullptr && is_value(*written, one.second);
         });
}

std::optional<std::size_t> AccumulatorRows::find(std::string_view group, std::string_view member,
                                                 std::size_t part) const {
  const auto& rows = scene_.trace.accumulators;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].group == group && rows[i].member == member && has_key(rows[i], part)) return i;
  return std::nullopt;
}

std::string AccumulatorRows::key_text(std::string_view group, std::size_t part) const {
  std::string text;
  const auto found = keys_.find({std::string(group), part});
  if (found != keys_.end())
    for (const auto& [name, value] : found->second.values)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, to_text(value));
  return text;
}

// Every row stands under a key of one of the parts, once.
void AccumulatorRows::check_keys(std::vector<Error>& errors) const {
  const auto& rows = scene_.trace.accumulators;
  std::set<std::pair<std::size_t, std::string>> seen;  // part and name
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = rows[i].group + "." + rows[i].member, place = fmt::format("/accumulators/{}", i);
    if (!scene_.library.keeps(name)) {
      errors.push_back({Code::trace_row_missing, place, name, {"keep"}});
      continue;
    }
    bool placed = false;
    for (std::size_t part = 0; part < scene_.trace.parts.size(); ++part) {
      if (!has_key(rows[i], part)) continue;
      placed = true;
      if (!seen.emplace(part, name).second)
        errors.push_back({Code::trace_row_missing, place, name, {key_text(rows[i].group, part)}});
    }
    if (placed) continue;
    std::string written;
    for (std::size_t k = 0; k < rows[i].key->keys.size(); ++k)
      written += fmt::format("{}{} {}", k == 0 ? "" : ", ", rows[i].key->keys[k], rows[i].key->items[k].text);
    errors.push_back({Code::trace_row_key, place + "/key", written, {name, key_text(rows[i].group, 0)}});
  }
}

// The groups that a step adds to and those of which a row is here have every member for every part; and what was read
// of an accumulator is what one of the rows was before.
void AccumulatorRows::check_complete(std::vector<Error>& errors) const {
  std::set<std::string, std::less<>> needed;
  for (const ProofAccumulator& row : scene_.trace.accumulators) needed.insert(row.group);
  for (const ProofLayerText& layer : scene_.policy->layers)
    if (const ProofTree* add = layer.text->find("add"))
      for (const std::string& name : add->keys) needed.insert(name.substr(0, name.find('.')));
  for (const std::string& group : needed) {
    const auto text = scene_.library.groups().find(group);
    if (text == scene_.library.groups().end()) continue;
    for (std::size_t part = 0; part < scene_.trace.parts.size(); ++part)
      for (const std::string& member : text->second.of)
        if (!find(group, member, part))
          errors.push_back(
              {Code::trace_row_missing, "/accumulators", group + "." + member, {key_text(group, part)}});
  }
  std::set<const ProofNode*> before;
  for (const ProofAccumulator& row : scene_.trace.accumulators)
    if (row.before != no_node) before.insert(&scene_.origin(row.before));
  for (std::size_t i = 0; i < scene_.trace.nodes.size(); ++i)
    if (names_accumulator(scene_.trace.nodes[i]) && !before.contains(&scene_.trace.nodes[i]))
      errors.push_back({Code::trace_row_missing,
                        fmt::format("/nodes/{}", i),
                        std::string(text_field(*scene_.trace.nodes[i].json, "at")),
                        {"before"}});
}

// Where the text could not be computed: at least nothing else was added to what it was before.
bool AccumulatorRows::grows_from_before(std::size_t index) const {
  const ProofAccumulator& row = scene_.trace.accumulators[index];
  std::size_t steps = 0;
  int number = row.after;
  while (!same_node(scene_, number, row.before)) {
    if (number == no_node || scene_.origin(number).op != ProofOp::add) return false;
    number = scene_.origin(number).args[0];
    if (++steps > states_[index].writes) return false;
  }
  return true;
}

void AccumulatorRows::check_after(std::vector<Error>& errors) const {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const ProofAccumulator& row = scene_.trace.accumulators[i];
    const auto& due = states_[i].now;
    const bool right =
        due ? row.after != no_node && same_value(scene_.node(row.after).value, *due) : grows_from_before(i);
    if (!right)
      errors.push_back({Code::trace_after,
                        fmt::format("/accumulators/{}/after", i),
                        row.after == no_node ? "null" : to_text(scene_.node(row.after).value),
                        {row.group + "." + row.member, due ? to_text(*due) : "-"}});
  }
}

void check_accumulators(const ProofScene& scene, std::vector<Error>& errors) {
  AccumulatorRows rows(scene);
  rows.check_keys(errors);
  rows.check_complete(errors);
  if (!errors.empty()) return;
  for (std::size_t part = 0; part < scene.trace.parts.size(); ++part) walk_policy(scene, part, rows, errors);
  rows.check_after(errors);
}

}  // namespace fenming
