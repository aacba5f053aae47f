#include "proof/part_names.h"

#include <algorithm>

#include "proof/cells.h"
#include "proof/exact.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;
using Value = std::optional<ProofValue>;

constexpr int depth_max = 32;  // of tables in tables

ProofType type_of(std::string_view text) {
  const std::string_view word = text.substr(0, text.find(' '));
  if (word == "set") return ProofType::set;
  return parse_proof_type(word).value_or(ProofType::code);  // the codes of another fact
}

// A bare number is of the type wanted; in an expression it is a count.
bool is_bare_number(std::string_view text) { return parse_exact(text, proof_places_max).has_value(); }

}  // namespace

std::optional<ProofType> fact_type(const ProofLibrary& library, std::string_view name) {
  const ProofTree* text = library.fact_text(name);
  if (text == nullptr) return std::nullopt;
  if (text->kind == Kind::map) text = text->find("type");
  if (text == nullptr) return std::nullopt;
  return text->kind == Kind::list ? ProofType::code : type_of(text->text);
}

PartNames::PartNames(const ProofScene& scene, std::size_t part)
    : scene_(scene),
      part_(part),
      date_(deciding_date(scene, scene.library.layers_by(), {scene.bill.from, scene.bill.to})) {
  if (scene.trace.parts.size() == 1) set_totals();
}

void PartNames::set_totals() {
  const auto total = [&](std::string_view name, std::string_view output) {
    const auto found = std::ranges::find(scene_.trace.outputs, output, &std::pair<std::string, int>::first);
    if (found == scene_.trace.outputs.end()) return;
    set(std::string(name), proof_number(ProofType::money, number_of(scene_, found->second)));
  };
  total("total", "medfee_sumamt");
  total("over", "overlmt_selfpay");
  total("out", "fulamt_ownpay_amt");
  total("prepay", "preselfpay_amt");
  if (!scene_.library.has_pots()) total("eligible", "inscp_scp_amt");
  if (const ProofTree* charged = scene_.policy->text->find("charged")) {
    if (scene_.bill.lines.empty()) forget("total");  // then it is what is charged
    auto value = slot(*charged, ProofType::money);
    if (value && value->number.digits < 0) value->number = {};
    set("charged", value);
  } else {
    set("charged", known_["total"]);
  }
  set("left", known_["charged"]);
}

Value PartNames::name(std::string_view name) {
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  if (fact_type(scene_.library, name)) return fact(name);
  return calendar_value(scene_, name, part_);
}

Value PartNames::fact(std::string_view name) const {
  const auto type = fact_type(scene_.library, name);
  if (!type) return std::nullopt;
  // What earlier parts took from a balance is not told apart here.
  if (*type == ProofType::money && part_ > 0) return std::nullopt;
  const ProofTree* field = scene_.bill.json->at("/facts/" + pointer_part(name));
  if (const ProofTree* kind = scene_.bill.json->at("/visit/kind");
      name == "visit" && kind != nullptr && !kind->text.empty())
    field = kind;
  if (field != nullptr && field->kind != Kind::null) return bill_value(*type, *field);
  const ProofTree* text = scene_.library.fact_text(name)->find("default");
  return text == nullptr ? std::nullopt : parse_proof_constant(*type, *text);
}

Value PartNames::table(std::string_view name, std::span<const ProofValue> keys) {
  const auto table = scene_.library.table(*scene_.policy, name);
  if (!table || depth_ >= depth_max) return std::nullopt;
  const ProofTree* type = table->find("type");
  std::vector<const ProofValue*> pointers;
  for (const ProofValue& key : keys) pointers.push_back(&key);
  const ProofTree* here = &*table;
  if (here->find("by") == nullptr) return std::nullopt;
  const auto row = choose_row(*here, pointers);
  if (!row) return std::nullopt;
  ++depth_;
  auto found = value(*here->at(*row), type == nullptr ? ProofType::money : type_of(type->text));
  --depth_;
  return found;
}

Value PartNames::value(const ProofTree& text, std::optional<ProofType> type) {
  if (depth_ >= depth_max) return std::nullopt;
  if (text.kind == Kind::text) {
    if (type)
      if (auto constant = parse_proof_constant(*type, text)) return constant;
    if (!type && is_bare_number(text.text)) return std::nullopt;
    const auto expression = parse_proof_expression(text.text);
    return expression ? evaluate(*expression, *this, scene_.library) : std::nullopt;
  }
  if (text.kind != Kind::map) return std::nullopt;
  Result<std::string> row = std::unexpected(Error{});
  if (text.find("since") != nullptr) {
    row = choose_since(text, date_);
  } else if (const ProofTree* by = text.find("by")) {
    std::vector<ProofValue> keys;
    for (const ProofTree& one : by->kind == Kind::list ? by->items : std::vector{*by}) {
      auto key = value(one, std::nullopt);
      if (!key) return std::nullopt;
      keys.push_back(std::move(*key));
    }
    std::vector<const ProofValue*> pointers;
    for (const ProofValue& key : keys) pointers.push_back(&key);
    row = choose_row(text, pointers);
  }
  if (!row) return std::nullopt;
  ++depth_;
  auto found = value(*text.at(*row), type);
  --depth_;
  return found;
}

Value PartNames::rounded(Value value) const {
  if (!value || value->type != ProofType::money || value->none) return value;
  const auto number = proof_round(value->number, {1, 2}, scene_.library.rounding());
  return number ? Value(proof_number(ProofType::money, *number)) : std::nullopt;
}

Value PartNames::slot(const ProofTree& text, ProofType type) {
  auto found = rounded(value(text, type));
  return found && same_type(found->type, type) ? found : std::nullopt;
}

// {name: value} or {name: {type, is}}. Money is rounded; of the others the text does not say how many places count.
void PartNames::let(const ProofTree& lets) {
  for (std::size_t i = 0; i < lets.keys.size(); ++i) {
    const ProofTree* text = &lets.items[i];
    std::optional<ProofType> type;
    if (const ProofTree* is = text->find("is")) {
      const ProofTree* declared = text->find("type");
      if (declared != nullptr) type = type_of(declared->text);
      text = is;
    }
    auto found = rounded(value(*text, type));
    if (found && found->type != ProofType::money && is_number(found->type) &&
        proof_normal(found->number).places > 6)
      found.reset();
    set(lets.keys[i], found);
  }
}

}  // namespace fenming
