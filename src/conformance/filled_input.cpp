#include "conformance/filled_input.h"

#include <algorithm>

#include "base/json_out.h"

namespace fenming {
namespace {

constexpr std::size_t text_max = 12;

bool is_node(std::span<const WireNode> nodes, std::size_t parent, std::string_view name) {
  return std::ranges::any_of(nodes,
                             [&](const WireNode& node) { return node.parent == parent && node.key == name; });
}

void write_object(JsonOut& json, std::span<const WireNode> nodes, std::size_t index,
                  const FilledValues& given);

void write_members(JsonOut& json, std::span<const WireNode> nodes, std::size_t index,
                   const FilledValues& given) {
  for (const WireField& field : nodes[index].fields) {
    if (is_node(nodes, index, field.name)) continue;
    const auto known = given.find(field.name);
    const std::string value = known == given.end() ? filled_value(field) : known->second;
    if (!value.empty()) json.field(field.name, value);
  }
  for (std::size_t child = 0; child < nodes.size(); ++child) {
    if (nodes[child].parent != index || nodes[child].fields.empty()) continue;
    json.key(nodes[child].key);
    write_object(json, nodes, child, given);
  }
}

void write_object(JsonOut& json, std::span<const WireNode> nodes, std::size_t index,
                  const FilledValues& given) {
  if (nodes[index].repeated) json.open_array();
  json.open_object();
  write_members(json, nodes, index, given);
  json.close_object();
  if (nodes[index].repeated) json.close_array();
}

}  // namespace

std::string filled_value(const WireField& field) {
  switch (field.type) {
    case WireType::integer: return "1";
    case WireType::decimal: return field.decimals < 2 ? "1" : "1.00";
    case WireType::date: return "2026-01-05";
    case WireType::datetime: return "2026-01-05 08:00:00";
    case WireType::boolean: return "true";
    case WireType::object:
    case WireType::list: return {};
    case WireType::bytes: return "UEsDBA==";
    case WireType::text: break;
  }
  if (field.table == "admdvs") return "990000";
  if (field.code_table != nullptr && !field.code_table->codes.empty())
    return std::string(field.code_table->codes.front().code);
  std::string text = "X-" + std::string(field.name);
  text.resize(std::min({text.size(), text_max, field.length == 0 ? text_max : std::size_t{field.length}}));
  return text;
}

std::string filled_input(const Transaction& transaction, const FilledValues& given) {
  const std::span<const WireNode> nodes = transaction.input;
  JsonOut json;
  json.open_object();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].parent != WireNode::nobody || !nodes[i].in_json()) continue;
    if (nodes[i].name.empty()) {
      write_members(json, nodes, i, given);
    } else {
      json.key(nodes[i].key);
      write_object(json, nodes, i, given);
    }
  }
  return json.close_object().take();
}

}  // namespace fenming
