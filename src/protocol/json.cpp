#include "protocol/json.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/json_out.h"
#include "protocol/json_fault.h"

namespace fenming {
namespace {

namespace dom = simdjson::dom;

// One large message must not make every reader large for good.
constexpr std::size_t kept_values_max = 20'000, kept_bytes_max = 256 << 10;

Error not_json(std::string place, std::string found, std::string expected) {
  return Error{Code::bill_not_json, std::move(place), std::move(found), {std::move(expected)}};
}

Error too_large(std::string place, std::string found, std::string limit) {
  return Error{Code::bill_too_large, std::move(place), std::move(found), {std::move(limit)}};
}

// simdjson says neither where nor, in a language, what: the scanner does. What only simdjson refuses (half of
// a surrogate pair) is at least at the beginning.
Error fault_of(std::string_view text, simdjson::error_code error) {
  JsonFault fault = find_json_fault(text);
  if (fault.place.empty()) return not_json("1:1", "...", simdjson::error_message(error));
  return not_json(std::move(fault.place), std::move(fault.found), std::move(fault.expected));
}

}  // namespace

struct JsonReader::Parser {
  dom::parser parser;
  std::string_view text;
  std::uint32_t token = 0;  // the next of simdjson's structural indexes that may begin a number
  std::vector<std::string_view> keys;
  int depth_max = 0;
  std::size_t values_max = 0;
  std::vector<Json::Node>* nodes = nullptr;

  std::optional<Error> build(dom::element element, std::uint32_t index, int depth);
  std::optional<Error> build_array(dom::array array, std::uint32_t index, int depth);
  std::optional<Error> build_object(dom::object object, std::uint32_t index, int depth);
  std::optional<Error> doubled_key(std::uint32_t index);
  std::optional<std::string_view> any_doubled(std::uint32_t index);
  std::string_view next_number();
  std::uint32_t add_child(std::uint32_t parent, std::uint32_t former, std::string_view key);
  std::string pointer(std::uint32_t index) const { return Json(nodes, index).pointer(); }
};

std::uint32_t JsonReader::Parser::add_child(std::uint32_t parent, std::uint32_t former,
                                            std::string_view key) {
  const auto index = static_cast<std::uint32_t>(nodes->size());
  Json::Node node;
  node.key = key;
  node.parent = parent;
  node.position = (*nodes)[parent].count++;
  nodes->push_back(node);
  if (former == Json::nobody) {
    (*nodes)[parent].first_child = index;
  } else {
    (*nodes)[former].next = index;
  }
  return index;
}

std::optional<Error> JsonReader::Parser::build_array(dom::array array, std::uint32_t index, int depth) {
  (*nodes)[index].kind = Json::Kind::array;
  std::uint32_t former = Json::nobody;
  for (const dom::element element : array) {
    former = add_child(index, former, "");
    if (auto error = build(element, former, depth + 1)) return error;
  }
  return std::nullopt;
}

std::optional<Error> JsonReader::Parser::build_object(dom::object object, std::uint32_t index, int depth) {
  (*nodes)[index].kind = Json::Kind::object;
  std::uint32_t former = Json::nobody;
  for (const dom::key_value_pair pair : object) {
    former = add_child(index, former, pair.key);
    if (auto error = build(pair.value, former, depth + 1)) return error;
  }
  return doubled_key(index);
}

std::optional<Error> JsonReader::Parser::doubled_key(std::uint32_t index) {
  const auto twice = any_doubled(index);
  if (!twice) return std::nullopt;
  return Error{Code::field_doubled, pointer_to(pointer(index), *twice), std::string(*twice), {}};
}

// Few keys: a set of 256 bits says "not yet" of nearly all. Many: sorted, so that nobody can make it slow.
std::optional<std::string_view> JsonReader::Parser::any_doubled(std::uint32_t index) {
  constexpr std::uint32_t few = 64;
  const std::uint32_t first = (*nodes)[index].first_child;
  if ((*nodes)[index].count > few) {
    keys.clear();
    for (std::uint32_t child = first; child != Json::nobody; child = (*nodes)[child].next)
      keys.push_back((*nodes)[child].key);
    std::ranges::sort(keys);
    const auto twice = std::ranges::adjacent_find(keys);
    return twice == keys.end() ? std::nullopt : std::optional(*twice);
  }
  std::array<std::uint64_t, 4> seen{};
  for (std::uint32_t child = first; child != Json::nobody; child = (*nodes)[child].next) {
    const std::string_view key = (*nodes)[child].key;
    const auto byte = [&](std::size_t at) { return std::size_t{static_cast<unsigned char>(key[at])}; };
    const std::size_t mixed =
        key.empty() ? 0 : (byte(0) + byte(key.size() / 2) * 7 + byte(key.size() - 1) * 31 + key.size() * 101);
    std::uint64_t& word = seen[mixed >> 6U & 3U];
    const std::uint64_t bit = std::uint64_t{1} << (mixed & 63U);
    if ((word & bit) != 0)
      for (std::uint32_t other = first; other != child; other = (*nodes)[other].next)
        if ((*nodes)[other].key == key) return key;
    word |= bit;
  }
  return std::nullopt;
}

// simdjson keeps numbers as int64 or double only, but also where each token begins; numbers come in the same order as in the tree.
std::string_view JsonReader::Parser::next_number() {
  const auto& found = *parser.implementation;
  while (token < found.n_structural_indexes) {
    const std::uint32_t at = found.structural_indexes[token++];
    if (at >= text.size()) break;
    if (text[at] != '-' && (text[at] < '0' || text[at] > '9')) continue;
    std::size_t end = at + 1;
    const auto goes_on = [](char c) {
      return (c >= '0' && c <= '9') || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
    };
    while (end < text.size() && goes_on(text[end])) ++end;
    return text.substr(at, end - at);
  }
  return {};
}

std::optional<Error> JsonReader::Parser::build(dom::element element, std::uint32_t index, int depth) {
  if (depth > depth_max) return not_json(pointer(index), "...", fmt::format("depth <= {}", depth_max));
  if (nodes->size() > values_max)
    return too_large(pointer(index), fmt::format("> {} values", values_max),
                     fmt::format("{} values", values_max));
  Json::Node& node = (*nodes)[index];
  switch (element.type()) {
    case dom::element_type::ARRAY: return build_array(dom::array(element), index, depth);
    case dom::element_type::OBJECT: return build_object(dom::object(element), index, depth);
    case dom::element_type::STRING:
      node.kind = Json::Kind::text;
      node.text = std::string_view(element);
      break;
    case dom::element_type::BOOL:
      node.kind = Json::Kind::boolean;
      node.text = bool(element) ? "true" : "false";
      break;
    case dom::element_type::NULL_VALUE: node.text = "null"; break;
    default:
      node.kind = Json::Kind::number;
      node.text = next_number();
      if (node.text.empty()) return not_json(pointer(index), "...", "0-9");
  }
  return std::nullopt;
}

std::string pointer_to(std::string parent, std::string_view key) {
  parent += '/';
  for (const char c : key) {
    if (c == '~') {
      parent += "~0";
    } else if (c == '/') {
      parent += "~1";
    } else {
      parent += c;
    }
  }
  return parent;
}

std::string Json::pointer() const {
  if (node().parent == nobody) return "";
  const Json parent(nodes_, node().parent);
  return pointer_to(parent.pointer(),
                    parent.kind() == Kind::object ? std::string(key()) : std::to_string(node().position));
}

JsonReader::JsonReader() : parser_(std::make_unique<Parser>()) {}
JsonReader::~JsonReader() = default;
JsonReader::JsonReader(JsonReader&&) noexcept = default;
JsonReader& JsonReader::operator=(JsonReader&&) noexcept = default;

Result<Json> JsonReader::read(std::string_view text, const JsonLimits& limits) {
  if (text.data() == nullptr) text = "";  // the library copies from where nothing is
  if (text.size() > limits.bytes)
    return std::unexpected(
        too_large("", fmt::format("{} bytes", text.size()), fmt::format("{} bytes", limits.bytes)));
  if (nodes_.capacity() > kept_values_max || parser_->parser.capacity() > kept_bytes_max) {
    nodes_ = {};
    parser_ = std::make_unique<Parser>();
  }
  dom::element root;
  if (const auto error = parser_->parser.parse(text.data(), text.size(), true).get(root))
    return std::unexpected(fault_of(text, error));
  nodes_.assign(1, Json::Node{});
  parser_->text = text;
  parser_->token = 0;
  parser_->depth_max = limits.depth;
  parser_->values_max = limits.values;
  parser_->nodes = &nodes_;
  if (auto error = parser_->build(root, 0, 1)) return std::unexpected(std::move(*error));
  return Json(&nodes_, 0);
}

namespace {

void write_json(JsonOut& out, Json value) {  // as deep as the reader let it be
  switch (value.kind()) {
    case Json::Kind::null: out.null(); return;
    case Json::Kind::boolean:
    case Json::Kind::number: out.raw(value.text()); return;
    case Json::Kind::text: out.text(value.text()); return;
    case Json::Kind::array:
      out.open_array();
      for (auto one = value.first(); one; one = one->next()) write_json(out, *one);
      out.close_array();
      return;
    case Json::Kind::object:
      out.open_object();
      for (auto one = value.first(); one; one = one->next()) write_json(out.key(one->key()), *one);
      out.close_object();
  }
}

}  // namespace

std::string json_text(Json value) {
  JsonOut out;
  write_json(out, value);
  return out.take();
}

}  // namespace fenming
