#include "proof/json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

namespace fenming {
namespace {

namespace ondemand = simdjson::ondemand;
using Kind = ProofTree::Kind;
using Failure = std::optional<Error>;

Error broken(std::string_view why) { return {Code::trace_not_json, "", "", {std::string(why)}}; }
Error broken(simdjson::error_code error) { return broken(simdjson::error_message(error)); }
Error too_large(std::string_view what, std::size_t limit) {
  return {Code::trace_too_large, "", std::string(what), {fmt::format("{}", limit)}};
}

bool digits(std::string_view& text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c < '0' || c > '9'; });
  const bool some = end != text.begin();
  text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
  return some;
}

// A number without exponent: what amounts, counts and node numbers are written in.
bool plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0' && text[1] != '.') return false;
  if (!digits(text)) return false;
  if (text.empty()) return true;
  if (text.front() != '.') return false;
  text.remove_prefix(1);
  return digits(text) && text.empty();
}

bool doubled_key(const std::vector<std::string>& keys) {
  std::vector<std::string_view> sorted(keys.begin(), keys.end());
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) != sorted.end();
}

class JsonReader {
 public:
  Failure read(ondemand::value value, ProofTree& tree, int depth) {
    if (depth > proof_json_depth_max)
      return too_large("nesting", static_cast<std::size_t>(proof_json_depth_max));
    if (++values_ > proof_json_values_max) return too_large("values", proof_json_values_max);
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) return broken(error);
    switch (type) {
      case ondemand::json_type::array: return read_list(value, tree, depth);
      case ondemand::json_type::object: {
        ondemand::object object;
        if (const auto error = value.get_object().get(object)) return broken(error);
        return read_map(object, tree, depth);
      }
      case ondemand::json_type::string: {
        std::string_view text;
        if (const auto error = value.get_string().get(text)) return broken(error);
        tree.kind = Kind::text;
        tree.text = text;
        return {};
      }
      default: return read_word(value, tree);
    }
  }

  Failure read_map(ondemand::object object, ProofTree& tree, int depth) {
    tree.kind = Kind::map;
    for (auto field : object) {
      std::string_view key;
      ondemand::value value;
      if (const auto error = field.unescaped_key().get(key)) return broken(error);
      if (tree.keys.size() == proof_json_keys_max)
        return too_large("keys of one object", proof_json_keys_max);
      tree.keys.emplace_back(key);
      if (const auto error = field.value().get(value)) return broken(error);
      if (auto failure = read(value, tree.items.emplace_back(), depth + 1)) return failure;
    }
    if (doubled_key(tree.keys)) return broken("a key appears twice in one object");
    return {};
  }

 private:
  Failure read_list(ondemand::value value, ProofTree& tree, int depth) {
    tree.kind = Kind::list;
    ondemand::array list;
    if (const auto error = value.get_array().get(list)) return broken(error);
    for (auto item : list) {
      ondemand::value element;
      if (const auto error = item.get(element)) return broken(error);
      if (auto failure = read(element, tree.items.emplace_back(), depth + 1)) return failure;
    }
    return {};
  }

  // Read raw, so no digit is lost; the iterator steps over what was not read otherwise.
  static Failure read_word(ondemand::value value, ProofTree& tree) {
    std::string_view token = value.raw_json_token();
    while (!token.empty() &&
           (token.back() == ' ' || token.back() == '\n' || token.back() == '\r' || token.back() == '\t'))
      token.remove_suffix(1);
    const bool boolean = token == "true" || token == "false";
    if (!boolean && token != "null" && !plain_number(token)) return broken("a number or word is malformed");
    tree.kind = boolean ? Kind::boolean : token == "null" ? Kind::null : Kind::number;
    tree.text = token;
    return {};
  }

  std::size_t values_ = 0;
};

}  // namespace

Result<ProofTree> read_proof_json(std::string_view text) {
  if (text.size() > proof_json_bytes_max) return std::unexpected(too_large("bytes", proof_json_bytes_max));
  const simdjson::padded_string padded(text);
  ondemand::parser parser;
  ondemand::document document;
  if (const auto error = parser.iterate(padded).get(document)) return std::unexpected(broken(error));
  ondemand::object object;
  if (const auto error = document.get_object().get(object)) return std::unexpected(broken(error));
  ProofTree tree;
  if (auto failure = JsonReader().read_map(object, tree, 1)) return std::unexpected(*failure);
  const char* rest = nullptr;  // there is a place only when something is left
  if (document.current_location().get(rest) == simdjson::SUCCESS)
    return std::unexpected(broken("something follows the object"));
  return tree;
}

}  // namespace fenming
