#include "proof/leaves.h"

#include <fmt/format.h>

#include <algorithm>

#include "proof/cells.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;
using Failure = std::optional<Error>;

bool same_key(const ProofTree& a, const ProofTree& b) {
  if (a.keys.size() != b.keys.size()) return false;
  for (std::size_t i = 0; i < a.keys.size(); ++i) {
    const ProofTree* other = b.find(a.keys[i]);
    if (other == nullptr || other->text != a.items[i].text) return false;
  }
  return true;
}

// A code that a region's columns do not list counts as `other`.
bool counts_as_other(const ProofScene& scene, std::string_view at, const ProofTree& field,
                     const ProofValue& value) {
  if (value.text != "other" || value.type != ProofType::code || scene.bill.line_at(at) == nullptr)
    return false;
  const auto* codes = scene.library.column_codes(pointer_last(at));
  return field.scalar() && codes != nullptr && !codes->contains(field.text);
}

Failure check_bill(const ProofScene& scene, const ProofNode& node) {
  const std::string_view at = text_field(*node.json, "at");
  const ProofTree* field = at.empty() ? nullptr : scene.bill.json->at(at);
  if (field == nullptr) return Error{Code::trace_bill_leaf, "", to_text(node.value), {std::string(at), "-"}};
  const auto value = bill_value(node.value.type, *field);
  if (value && same_value(*value, node.value)) return {};
  if (counts_as_other(scene, at, *field, node.value)) return {};
  return Error{Code::trace_bill_leaf, "", to_text(node.value), {std::string(at), field->text}};
}

// ---- Absent
// -----------------------------------------------------------------------------------------------------------

const ProofTree* member_of(const ProofBillRow& row, std::string_view member) {
  const ProofTree* found = row.values->find(member);
  return found != nullptr && found->kind != Kind::null ? found : nullptr;
}

// Whether the bill has the member for this very key. The short form belongs to the key that reads it.
bool given(const ProofScene& scene, const ProofAccumulator& wanted) {
  return std::ranges::any_of(scene.rows, [&](const ProofBillRow& row) {
    if (row.group != wanted.group || member_of(row, wanted.member) == nullptr) return false;
    if (row.key != nullptr) return same_key(*row.key, *wanted.key);
    return std::ranges::none_of(scene.trace.accumulators, [&](const ProofAccumulator& other) {
      return other.group == wanted.group && other.member == wanted.member &&
             !same_key(*other.key, *wanted.key) && other.before != no_node &&
             scene.origin(other.before).op == ProofOp::bill;
    });
  });
}

Failure check_absent_accumulator(const ProofScene& scene, int number, std::string_view group,
                                 std::string_view member) {
  const ProofNode& node = scene.node(number);
  const std::string name = fmt::format("{}.{}", group, member);
  if (!scene.library.keeps(name)) return Error{Code::trace_absent, "", name, {"keep"}};
  if (!is_number(node.value.type) || node.value.none || node.value.number.digits != 0)
    return Error{Code::trace_value, "", to_text(node.value), {"0"}};
  const bool anywhere = std::ranges::any_of(scene.rows, [&](const ProofBillRow& row) {
    return row.group == group && member_of(row, member) != nullptr;
  });
  if (!anywhere) return {};
  const bool other_row = std::ranges::any_of(scene.trace.accumulators, [&](const ProofAccumulator& row) {
    return row.group == group && row.member == member && row.before != no_node &&
           &scene.origin(row.before) == &node && !given(scene, row);
  });
  return other_row ? Failure() : Error{Code::trace_absent, "", name, {"/accumulators"}};
}

Failure check_absent_limit(const ProofScene& scene, const ProofNode& node, std::string_view at) {
  const ProofBillLine* line = scene.bill.line_at(at);
  const ProofTree* limit = line == nullptr ? nullptr : line->json->find("listed_limit");
  const bool missing = line != nullptr ? limit == nullptr || limit->kind == Kind::null
                                       : at == "listed_limit" && !scene.bill.some_line_has("listed_limit");
  if (!missing) return Error{Code::trace_absent, "", std::string(at), {"/lines"}};
  if (node.value.none) return {};
  return Error{Code::trace_value, "", to_text(node.value), {"none"}};
}

Failure check_absent(const ProofScene& scene, int number) {
  const ProofNode& node = scene.node(number);
  std::string_view at = text_field(*node.json, "at");
  if (at == "listed_limit" || at.ends_with("/listed_limit")) return check_absent_limit(scene, node, at);
  constexpr std::string_view start = "/accumulators/";
  const bool pointer = at.starts_with(start);
  if (pointer) at.remove_prefix(start.size());
  const std::size_t divide = at.find(pointer ? '/' : '.');
  if (divide == std::string_view::npos) return Error{Code::trace_absent, "", std::string(at), {"keep"}};
  return check_absent_accumulator(scene, number, at.substr(0, divide), at.substr(divide + 1));
}

// ---- Cells
// ------------------------------------------------------------------------------------------------------------

// The text that [begin, end) of the scalar is, which must be one whole token.
std::optional<std::string_view> token_text(const ProofTree& scalar, const ProofTree& chars) {
  if (chars.kind != Kind::list || chars.items.size() != 2 || scalar.kind != Kind::text) return std::nullopt;
  const auto begin = parse_index(chars.items[0].text), end = parse_index(chars.items[1].text);
  if (!begin || !end || *begin >= *end) return std::nullopt;
  const auto token = token_at(scalar.text, *begin, *end);
  return token ? std::optional(token->text) : std::nullopt;
}

Failure check_cell(const ProofScene& scene, const ProofNode& node) {
  const std::string file(text_field(*node.json, "file")), path(text_field(*node.json, "path"));
  if (!scene.listed.contains(file)) return Error{Code::trace_file, "", file, {}};
  const ProofTree* cell = scene.library.file(file)->documents.at(path);
  if (cell == nullptr || path.empty()) return Error{Code::trace_cell_missing, "", path, {file}};
  if (auto failure = check_version(scene, file, path)) return failure;
  std::optional<ProofValue> value;
  std::string shown = cell->text;
  if (const ProofTree* chars = node.json->find("chars"); chars != nullptr && chars->kind != Kind::null) {
    const auto token = token_text(*cell, *chars);
    if (!token) return Error{Code::trace_cell_token, "", cell->text, {file, path}};
    shown = *token;
    value = parse_proof_constant(node.value.type, *token, *token == cell->text);
  } else {
    value = parse_proof_constant(node.value.type, *cell);
  }
  if (value && same_value(*value, node.value)) return check_since(scene, file, path);
  return Error{Code::trace_cell_value, "", to_text(node.value), {shown, file, path}};
}

// ---- Built-in defaults (decision 0001 no. 6)
// --------------------------------------------------------------------------

// The amount over the quantity, where the line says one: half up at the sixth place, as |2 q p - 2 a| <= q in units of it.
bool is_price(const ProofBillLine& line, const ProofValue& value) {
  const ProofTree* said = line.json->find("qty");
  const auto quantity = said == nullptr || said->kind == Kind::null
                            ? std::optional(Decimal{1'000'000})
                            : parse_decimal(said->text.starts_with('-') ? said->text.substr(1) : said->text);
  const auto price = parse_decimal(to_text(value));
  if (!quantity || !price) return false;
  const Wide amount = line.amount.digits < 0 ? -line.amount.digits : line.amount.digits;
  if (quantity->millionths == 0) return price->millionths == 0;
  const Wide off = 2 * (Wide{quantity->millionths} * price->millionths -
                        amount * power_of_ten(2 * Decimal::places - line.amount.places));
  const bool greatest = price->millionths == decimal_max * 1'000'000;
  return off <= quantity->millionths && (off > -quantity->millionths || greatest);
}

bool is_default(const ProofBillLine& line, std::string_view name, const ProofValue& value) {
  if (name == "class") return value.text == "A";
  if (name == "kind") return value.text == "other";
  if (name == "source") return value.text == "domestic";
  if (!is_number(value.type)) return false;
  if (name == "listed_limit") return value.none;
  if (value.none) return false;
  if (name == "qty") return same_value(value, proof_number(value.type, {line.refund_of < 0 ? 1 : 0, 0}));
  return name == "price" && is_price(line, value);
}

Failure check_builtin(const ProofScene& scene, const ProofNode& node) {
  const std::string name(text_field(*node.json, "name"));
  const ProofTree* number = node.json->find("line");
  const ProofBillLine* line =
      number == nullptr ? nullptr : scene.bill.line_at("/lines/" + pointer_part(number->text));
  const ProofTree* field = line == nullptr ? nullptr : line->json->find(name);
  const bool missing = line != nullptr && (field == nullptr || field->kind == Kind::null);
  if (missing && is_default(*line, name, node.value)) return {};
  return Error{Code::trace_builtin, "", to_text(node.value), {name}};
}

}  // namespace

const ProofNode& ProofScene::origin(int number) const {
  const ProofNode* here = &node(number);
  while (here->op == ProofOp::same) here = &node(here->args[0]);
  return *here;
}

Failure check_leaf(const ProofScene& scene, int number) {
  const ProofNode& node = scene.node(number);
  switch (node.op) {
    case ProofOp::bill: return check_bill(scene, node);
    case ProofOp::absent: return check_absent(scene, number);
    case ProofOp::cell: return check_cell(scene, node);
    case ProofOp::builtin: return check_builtin(scene, node);
    case ProofOp::calendar: return check_calendar(scene, node);
    default: return {};
  }
}

// Only what the bill says, or does not say, of this very accumulator.
Failure check_accumulator(const ProofScene& scene, const ProofAccumulator& row) {
  const std::string name = fmt::format("{}.{}", row.group, row.member);
  if (row.before == no_node) return Error{Code::trace_accumulator, "", "null", {name}};
  const ProofNode& before = scene.origin(row.before);
  const std::string_view at = text_field(*before.json, "at");
  const bool right =
      before.op == ProofOp::absent
          ? at == name ||
                at == fmt::format("/accumulators/{}/{}", pointer_part(row.group), pointer_part(row.member))
          : before.op == ProofOp::bill && std::ranges::any_of(scene.rows, [&](const ProofBillRow& given_row) {
              return given_row.group == row.group &&
                     at == given_row.pointer + "/" + pointer_part(row.member) &&
                     (given_row.key == nullptr || same_key(*given_row.key, *row.key));
            });
  return right ? Failure() : Error{Code::trace_accumulator, "", std::string(at), {name}};
}

}  // namespace fenming
