#include "proof/expression.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proof/cells.h"
#include "proof/exact.h"
#include "proof/library.h"
#include "proof/ops.h"

namespace fenming {
namespace {

using Kind = ProofExpression::Kind;
using Parsed = std::optional<ProofExpression>;

constexpr int depth_max = 64;              // of brackets and signs
constexpr std::size_t length_max = 4'000;  // of a text: so deep at most are chains of operators

struct Operator {
  std::string_view text;
  ProofOp op;
};
constexpr std::array comparisons = {Operator{"<=", ProofOp::le}, Operator{">=", ProofOp::ge},
                                    Operator{"==", ProofOp::eq}, Operator{"!=", ProofOp::ne},
                                    Operator{"<", ProofOp::lt},  Operator{">", ProofOp::gt},
                                    Operator{"in", ProofOp::in}};
constexpr std::array sums = {Operator{"+", ProofOp::add}, Operator{"-", ProofOp::sub}};
constexpr std::array products = {Operator{"*", ProofOp::mul}, Operator{"/", ProofOp::quotient}};

class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) { next(); }

  Parsed whole() {
    auto expression = disjunction();
    return token_.empty() ? expression : std::nullopt;
  }

 private:
  void next() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
    const bool two = rest_.size() > 1 && rest_[1] == '=' && std::string_view("<>=!").contains(rest_[0]);
    token_ = rest_.substr(0, two ? 2 : token_bytes(rest_));
    rest_.remove_prefix(token_.size());
  }
  bool take(std::string_view text) {
    if (token_ != text) return false;
    next();
    return true;
  }

  static ProofExpression operation(ProofOp op, ProofExpression left, ProofExpression right) {
    ProofExpression both{Kind::operation, op, "", {}};
    both.args.push_back(std::move(left));
    both.args.push_back(std::move(right));
    return both;
  }

  // operand {operator operand}; a comparison at most once.
  template <std::size_t count, class Operand>
  Parsed chain(const std::array<Operator, count>& operators, bool repeats, Operand operand) {
    auto left = operand();
    while (left) {
      const auto found = std::ranges::find(operators, token_, &Operator::text);
      if (found == operators.end()) return left;
      next();
      auto right = operand();
      if (!right) return std::nullopt;
      left = operation(found->op, std::move(*left), std::move(*right));
      if (!repeats) return left;
    }
    return left;
  }

  Parsed disjunction() {
    static constexpr std::array words = {Operator{"or", ProofOp::lor}};
    return chain(words, true, [&] { return conjunction(); });
  }
  Parsed conjunction() {
    static constexpr std::array words = {Operator{"and", ProofOp::land}};
    return chain(words, true, [&] { return negation(); });
  }
  Parsed negation() {
    if (!take("not")) return comparison();
    return one(ProofOp::lnot, comparison());
  }
  Parsed comparison() {
    return chain(comparisons, false, [&] { return sum(); });
  }
  Parsed sum() {
    return chain(sums, true, [&] { return product(); });
  }
  Parsed product() {
    return chain(products, true, [&] { return unary(); });
  }
  Parsed unary() {
    if (!take("-")) return atom();
    return one(ProofOp::neg, atom());
  }
  static Parsed one(ProofOp op, Parsed operand) {
    if (!operand) return std::nullopt;
    ProofExpression expression{Kind::operation, op, "", {}};
    expression.args.push_back(std::move(*operand));
    return expression;
  }

  Parsed atom() {
    if (token_.empty() || ++depth_ > depth_max) return std::nullopt;
    const std::string word(token_);
    next();
    auto read = atom(word);
    --depth_;
    return read;
  }
  Parsed atom(const std::string& word) {
    if (word == "(") {
      auto inner = disjunction();
      return take(")") ? inner : std::nullopt;
    }
    if (word == "if") return choice();
    if (token_ == "(" && (word == "min" || word == "max"))
      return folded(word == "min" ? ProofOp::min : ProofOp::max);
    if (token_ == "(" && (word == "sum_of" || word == "max_of"))
      return list({Kind::of_set, {}, word, {}}, ")");
    if (token_ == "(" && word == "round") return rounding();
    if (token_ == "[") return list({Kind::table, {}, word, {}}, "]");
    const char first = word[0];
    if (first == '\'' || (first >= '0' && first <= '9') || word == "yes" || word == "no" || word == "none")
      return ProofExpression{Kind::constant, {}, word, {}};
    if (!is_word(first)) return std::nullopt;
    return ProofExpression{Kind::name, {}, word, {}};
  }
  static bool is_word(char first) {
    return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' ||
           static_cast<unsigned char>(first) >= 0x80;
  }

  Parsed choice() {
    ProofExpression expression{Kind::choice, {}, "", {}};
    for (const std::string_view end : {"then", "else", ""}) {
      auto part = disjunction();
      if (!part || (!end.empty() && !take(end))) return std::nullopt;
      expression.args.push_back(std::move(*part));
    }
    return expression;
  }

  Parsed list(ProofExpression expression, std::string_view end) {
    do {
      next();
      auto part = disjunction();
      if (!part) return std::nullopt;
      expression.args.push_back(std::move(*part));
    } while (token_ == ",");
    return take(end) ? Parsed(std::move(expression)) : std::nullopt;
  }

  Parsed folded(ProofOp op) {
    auto all = list({Kind::operation, op, "", {}}, ")");
    if (!all) return std::nullopt;
    ProofExpression least = std::move(all->args[0]);
    for (std::size_t i = 1; i < all->args.size(); ++i)
      least = operation(op, std::move(least), std::move(all->args[i]));
    return least;
  }

  Parsed rounding() {
    auto all = list({Kind::round, {}, "", {}}, ")");
    if (!all || all->args.size() > 3) return std::nullopt;
    if (all->args.size() == 3) {
      all->text = all->args[2].text;
      all->args.pop_back();
    }
    return all;
  }

  std::string_view rest_, token_;
  int depth_ = 0;
};

class Evaluation {
 public:
  using Value = std::optional<ProofValue>;
  Evaluation(ProofNames& names, const ProofLibrary& library) : names_(names), library_(library) {}

  Value value(const ProofExpression& e) {
    switch (e.kind) {
      case Kind::constant: return constant(e.text);
      case Kind::name: return names_.name(e.text);
      case Kind::table: return table(e);
      case Kind::operation: return operation(e);
      case Kind::choice: return choice(e);
      case Kind::round: return round(e);
      case Kind::of_set: return of_set(e);
    }
    return std::nullopt;
  }

 private:
  static Value constant(std::string_view text) {
    if (text == "none") return proof_none();
    if (text[0] == '\'') {
      const auto date = parse_proof_constant(ProofType::date, text, false);
      return date ? date : parse_proof_constant(ProofType::code, text, false);
    }
    if (text == "yes" || text == "no") return proof_bool(text == "yes");
    for (const ProofType type : {ProofType::money, ProofType::ratio, ProofType::integer, ProofType::dec})
      if (auto number = parse_proof_constant(type, text, false)) return number;
    return std::nullopt;
  }

  Value table(const ProofExpression& e) {
    std::vector<ProofValue> keys;
    for (const ProofExpression& arg : e.args) {
      auto key = value(arg);
      if (!key) return std::nullopt;
      keys.push_back(std::move(*key));
    }
    return names_.table(e.text, keys);
  }

  Value operation(const ProofExpression& e) {
    const bool logic = e.op == ProofOp::land || e.op == ProofOp::lor;
    std::vector<ProofValue> values;
    for (const ProofExpression& arg : e.args) {
      auto one = value(arg);
      if (!one) return std::nullopt;
      if (logic && one->yes == (e.op == ProofOp::lor)) return proof_bool(one->yes);  // decides alone
      values.push_back(std::move(*one));
    }
    if (e.op == ProofOp::quotient) return std::nullopt;  // only inside round( )
    return computed(e.op, values);
  }

  Value computed(ProofOp op, const std::vector<ProofValue>& values) {
    ProofNode node;
    node.op = op;
    std::vector<const ProofValue*> args;
    for (const ProofValue& one : values) args.push_back(&one);
    const auto result = compute(node, args, library_);
    return result ? Value(*result) : std::nullopt;
  }

  Value choice(const ProofExpression& e) {
    const auto condition = value(e.args[0]);
    if (!condition || condition->type != ProofType::boolean) return std::nullopt;
    return value(e.args[condition->yes ? 1 : 2]);
  }

  Value round(const ProofExpression& e) {
    const bool divides = e.args[0].kind == Kind::operation && e.args[0].op == ProofOp::quotient;
    const auto a = value(divides ? e.args[0].args[0] : e.args[0]);
    const auto b = divides ? value(e.args[0].args[1]) : std::optional(ProofValue());
    if (!a || !b || !is_number(a->type) || a->none || b->none) return std::nullopt;
    const auto mode = e.text.empty() ? std::optional(library_.rounding()) : parse_proof_rounding(e.text);
    // Without a step the result is money; a quotient's type with one: as the dividend, or a number of two amounts.
    const ProofType type = divides && a->type == b->type ? ProofType::dec : a->type;
    Exact step{1, 2};
    if (e.args.size() == 2) {
      const auto given = value(e.args[1]);
      if (!given || !is_number(given->type)) return std::nullopt;
      step = given->number;
    } else if (type != ProofType::money) {
      return std::nullopt;
    }
    if (!mode) return std::nullopt;
    const auto number =
        divides ? proof_quotient(a->number, b->number, step, *mode) : proof_round(a->number, step, *mode);
    return number ? Value(proof_number(type, *number)) : std::nullopt;
  }

  Value of_set(const ProofExpression& e) {
    if (e.args.size() != 2 || e.args[0].kind != Kind::name) return std::nullopt;
    const auto set = value(e.args[1]);
    if (!set || set->type != ProofType::set) return std::nullopt;
    std::vector<ProofValue> cells;
    for (const std::string& member : set->members) {
      ProofValue key;
      key.type = ProofType::code;
      key.text = member;
      auto cell = names_.table(e.args[0].text, std::span(&key, 1));
      if (!cell) return std::nullopt;
      cells.push_back(std::move(*cell));
    }
    if (cells.empty()) return std::nullopt;
    ProofValue result = cells[0];
    for (std::size_t i = 1; i < cells.size(); ++i) {
      auto next = computed(e.text == "sum_of" ? ProofOp::add : ProofOp::max, {result, cells[i]});
      if (!next) return std::nullopt;
      result = *next;
    }
    return result;
  }

  ProofNames& names_;
  const ProofLibrary& library_;
};

}  // namespace

std::optional<ProofExpression> parse_proof_expression(std::string_view text) {
  return text.size() > length_max ? std::nullopt : Parser(text).whole();
}

std::optional<ProofValue> evaluate(const ProofExpression& expression, ProofNames& names,
                                   const ProofLibrary& library) {
  return Evaluation(names, library).value(expression);
}

}  // namespace fenming
