#include "protocol/request_check.h"

#include <algorithm>
#include <utility>

#include "base/nearest.h"

namespace fenming {
namespace {

constexpr std::size_t shown_max = 80;

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

bool holds_rows(Json value) {
  return value.kind() == Json::Kind::object || value.kind() == Json::Kind::array;
}

// Values of exp_content: what is nested deeper is nobody's.
std::string_view scalar(Json value) {
  return holds_rows(value) || value.kind() == Json::Kind::null ? std::string_view() : value.text();
}

// Most values: a text that fits and that no table knows.
bool is_plain(Json value, const WireField& field) {
  return value.kind() == Json::Kind::text && field.type == WireType::text && field.code_table == nullptr &&
         field.table.empty() && value.text().size() != 4 && value.text().size() <= field.length;
}

constexpr std::string_view an_object = "对象 {...}", an_array = "数组 [...]";

}  // namespace

Error as_wire(Error error) {
  if (error.code == Code::bill_too_large) error.code = Code::wire_too_large;
  if (error.code != Code::bill_not_json) return error;
  error.code = Code::wire_not_json;
  constexpr std::string_view depth = "depth <= ";
  if (!error.details.empty() && error.details.front().starts_with(depth)) {
    error.code = Code::wire_depth;
    error.details.front().erase(0, depth.size());
  }
  return error;
}

void RequestCheck::refuse(Code code, std::string place, std::string_view value,
                          std::vector<std::string> details) {
  refuse(Error{code, {}, std::string(value.substr(0, shown_max * 4)), std::move(details)}, std::move(place));
}

void RequestCheck::refuse(Error error, std::string place) {
  if (errors_.size() >= errors_max_) return;
  error.place = std::move(place);
  errors_.push_back(std::move(error));
}

void RequestCheck::not_tolerated(Tolerance tolerance, std::string place, std::string_view value) {
  refuse(Code::wire_tolerance, std::move(place), value, {std::string(name(tolerance))});
}

std::string RequestCheck::hint(std::string_view name, const WireNode& node) {
  std::vector<std::string> names;
  for (const WireField& field : node.fields) names.emplace_back(field.name);
  return nearest_hint(name, names);
}

void RequestCheck::input(Json input, const Transaction& transaction) {
  transaction_ = &transaction;
  counts_.assign(transaction.input.size(), 0);
  if (input.kind() == Json::Kind::object && !bare(input)) top_members(input);
  missing_nodes();
}

// The node that has the transaction's own data: the first one.
const WireNode* RequestCheck::main_node() const {
  for (const WireNode& node : transaction_->input)
    if (node.in_json() && !node.name.empty() && node.parent == WireNode::nobody) return &node;
  return nullptr;
}

const WireNode* RequestCheck::node_of(std::string_view key, std::uint32_t parent) const {
  for (const WireNode& node : transaction_->input)
    if (node.parent == parent && node.in_json() && !node.name.empty() && node.key == key) return &node;
  return nullptr;
}

// The members of the main node without the node around them.
bool RequestCheck::bare(Json input) {
  const WireNode* main = main_node();
  if (main == nullptr || input.size() == 0) return false;
  const WireNode* root = find_node(transaction_->input, "");
  bool known = false;
  for (auto one = input.first(); one; one = one->next()) {
    if (find_node(transaction_->input, one->key()) != nullptr || one->key() == "data") return false;
    if (root != nullptr && find_field(*root, one->key()) != nullptr) return false;
    known = known || find_field(*main, one->key()) != nullptr;
  }
  if (!known) return false;
  if (!has(Tolerance::node_alias)) {
    not_tolerated(Tolerance::node_alias, "/input", main->name);
    return true;
  }
  row(input, *main, {main, WireRows::nobody, WireRows::nobody, "", 0});
  return true;
}

void RequestCheck::top_members(Json input) {
  const WireNode* root = find_node(transaction_->input, "");
  std::size_t root_row = WireRows::nobody;
  if (root != nullptr) root_row = rows_.add({root, WireRows::nobody, WireRows::nobody, "", 0});
  for (auto one = input.first(); one; one = one->next()) {
    const std::string_view key = one->key();
    if (const WireNode* found = node_of(key, WireNode::nobody)) {
      node(*one, *found, WireRows::nobody, key);
      continue;
    }
    const WireField* field = root == nullptr ? nullptr : find_field(*root, key);
    if (field != nullptr) {
      member(*one, *root, root_row, field);
      continue;
    }
    const WireNode* other = nullptr;
    for (const WireNode& candidate : transaction_->input)
      if (candidate.in_json() && has_word(candidate.aliases, key)) other = &candidate;
    if (other == nullptr && key == "data" && holds_rows(*one)) other = main_node();
    if (other != nullptr && has(Tolerance::node_alias)) {
      node(*one, *other, WireRows::nobody, key);
    } else if (other != nullptr) {
      not_tolerated(Tolerance::node_alias, pointer_to("/input", key), key);
    } else if (!has(Tolerance::unknown_field)) {
      refuse(Code::wire_field_unknown, pointer_to("/input", key), key, {""});
    }
  }
  if (root != nullptr) missing_fields(*root, root_row);
}

void RequestCheck::node(Json value, const WireNode& node, std::uint32_t parent, std::string_view member) {
  const auto place = [&] {
    return pointer_to(parent == WireRows::nobody ? "/input" : rows_.pointer(parent), member);
  };
  switch (value.kind()) {
    case Json::Kind::null: return;
    case Json::Kind::object:
      if (node.repeated && !has(Tolerance::node_shape))
        return not_tolerated(Tolerance::node_shape, place(), "{...}");
      return row(value, node, {&node, parent, WireRows::nobody, member, 0});
    case Json::Kind::array: break;
    case Json::Kind::text:
      if (value.text().empty()) return;  // an empty node
      [[fallthrough]];
    default:
      return refuse(Code::wire_node_shape, place(), value.text(),
                    {std::string(node.name), std::string(node.repeated ? an_array : an_object)});
  }
  if (!node.repeated) {
    if (!has(Tolerance::node_shape)) return not_tolerated(Tolerance::node_shape, place(), "[...]");
    if (value.size() > 1)
      return refuse(Code::wire_node_shape, place(), std::to_string(value.size()),
                    {std::string(node.name), std::string(an_object)});
  }
  // Of a node the rows in all of its places count together; that they are too many is said once.
  std::size_t& count = counts_[static_cast<std::size_t>(&node - transaction_->input.data())];
  const bool said = count > rows_max_;
  count += value.size();
  if (count > rows_max_ && !said)
    refuse(Code::wire_rows, place(), std::to_string(count),
           {std::string(node.name), std::to_string(rows_max_)});
  if (count > rows_max_) return;
  std::uint32_t position = 0;
  for (auto one = value.first(); one; one = one->next(), ++position) {
    if (one->kind() == Json::Kind::object) {
      row(*one, node, {&node, parent, position, member, 0});
    } else {
      refuse(Code::wire_node_shape, place() + "/" + std::to_string(position), scalar(*one),
             {std::string(node.name), std::string(an_object)});
    }
  }
}

void RequestCheck::row(Json object, const WireNode& node, WireRows::Place place) {
  const std::size_t index = rows_.add(place);
  std::size_t next = 0;  // clients send the members in the order of the table, more or less
  for (auto one = object.first(); one; one = one->next()) {
    const bool in_order = next < node.fields.size() && node.fields[next].name == one->key();
    const WireField* field = in_order ? &node.fields[next] : find_field(node, one->key());
    if (field != nullptr) next = static_cast<std::size_t>(field - node.fields.data()) + 1;
    member(*one, node, index, field);
  }
  missing_fields(node, index);
}

void RequestCheck::member(Json value, const WireNode& node, std::size_t row, const WireField* field) {
  const std::string_view key = value.key();
  if (holds_rows(value)) {
    const auto parent = static_cast<std::uint32_t>(&node - transaction_->input.data());
    if (const WireNode* child = node_of(key, parent)) {
      if (field != nullptr && field->type == WireType::object) {
        rows_.set(row, static_cast<std::size_t>(field - node.fields.data()),
                  rows_.texts().keep(json_text(value)));
        extension(value, *field, row);
      }
      return this->node(value, *child, static_cast<std::uint32_t>(row), key);
    }
  }
  if (field == nullptr) {
    if (!has(Tolerance::unknown_field))
      refuse(Code::wire_field_unknown, pointer_to(rows_.pointer(row), key), key, {hint(key, node)});
    return;
  }
  const auto position = static_cast<std::size_t>(field - node.fields.data());
  if (is_plain(value, *field)) return rows_.set(row, position, value.text());
  auto text = wire_value(value, *field, tolerances_, rows_.texts());
  if (!text) {
    rows_.set(row, position, "?");  // wrong, not missing
    return refuse(std::move(text.error()), pointer_to(rows_.pointer(row), key));
  }
  if (text->empty()) return;
  rows_.set(row, position, *text);
  if (field->type == WireType::object) extension(value, *field, row);
}

void RequestCheck::extension(Json value, const WireField& field, std::size_t row) {
  if (value.kind() == Json::Kind::object) {
    for (auto one = value.first(); one; one = one->next())
      rows_.extend(row, one->key(), holds_rows(*one) ? rows_.texts().keep(json_text(*one)) : scalar(*one));
    return;
  }
  if (value.kind() != Json::Kind::text) return;
  const std::size_t first = value.text().find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || value.text()[first] != '{') return;  // a text of its own is no fault
  auto read = texts_.read(value.text());
  if (!read) {  // what it says may decide: half of it must not be taken for nothing
    return refuse(as_wire(std::move(read.error())), pointer_to(rows_.pointer(row), field.name));
  }
  for (auto one = read->first(); one; one = one->next())
    rows_.extend(row, rows_.texts().keep(std::string(one->key())),
                 rows_.texts().keep(holds_rows(*one) ? json_text(*one) : std::string(scalar(*one))));
}

void RequestCheck::missing_fields(const WireNode& node, std::size_t row) {
  const auto values = rows_.values(row);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const WireField& field = node.fields[i];
    const bool needed =
        field.need == Need::always || (field.need == Need::listed && !has(Tolerance::not_listed));
    if (!needed || !values[i].empty() || field.type == WireType::list || field.type == WireType::object)
      continue;
    refuse(Code::wire_missing, pointer_to(rows_.pointer(row), field.name), "",
           {std::string(field.name), std::string(field.title)});
  }
}

void RequestCheck::missing_nodes() {
  const WireNode* main = main_node();
  for (const WireNode& node : transaction_->input) {
    const bool listed =
        &node == main && !has(Tolerance::not_listed) &&
        std::ranges::any_of(node.fields, [](const WireField& f) { return f.need == Need::listed; });
    if (!node.needed && !listed) continue;
    const bool there =
        std::ranges::any_of(rows_.places(), [&](const auto& place) { return place.node == &node; });
    const bool reported = std::ranges::any_of(errors_, [&](const Error& error) {
      return error.place.starts_with(pointer_to("/input", node.key)) || error.place == "/input";
    });
    if (!there && !reported)
      refuse(Code::wire_node_missing, pointer_to("/input", node.name), "", {std::string(node.name)});
  }
}

}  // namespace fenming
