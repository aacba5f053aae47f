#include "policy/expression.h"

#include <array>
#include <optional>
#include <utility>

#include "base/date.h"

namespace fenming {
namespace {

using Kind = Expr::Kind;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view yuan = "元";

struct Token {
  enum class Kind : std::uint8_t { end, number, name, quoted, sign } kind = Kind::end;
  std::string_view text;            // quoted: without the quotes
  std::int32_t begin = 0, end = 0;  // code points, with quotes and unit
  std::size_t offset = 0;           // bytes
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { advance(); }

  ExprPtr whole() {
    ExprPtr e = disjunction();
    if (token_.kind != Token::Kind::end) fail("something stands after the end");
    return e;
  }

 private:
  [[noreturn]] void fail(std::string what, Code code = Code::expression_malformed) const {
    throw ExpressionProblem{code, std::move(what), std::string(text_.substr(token_.offset))};
  }

  // ---- tokens
  std::int32_t points(std::size_t from, std::size_t to) const {
    std::int32_t count = 0;
    for (std::size_t i = from; i < to; ++i) count += (static_cast<unsigned char>(text_[i]) & 0xC0) != 0x80;
    return count;
  }

  void advance() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) step(1);
    last_end_ = token_.end;
    token_ = Token{};
    token_.offset = position_;
    token_.begin = point_;
    if (position_ == text_.size()) return;
    const char c = text_[position_];
    if (is_digit(c))
      number();
    else if (is_letter(c))
      word();
    else if (c == '\'' || c == '"')
      quoted(c);
    else
      sign();
    token_.end = point_;
  }

  void step(std::size_t bytes) {
    point_ += points(position_, position_ + bytes);
    position_ += bytes;
  }

  void number() {
    std::size_t end = position_;
    while (end < text_.size() && (is_digit(text_[end]) || text_[end] == '.')) ++end;
    if (end < text_.size() && text_[end] == '%')
      ++end;
    else if (text_.substr(end).starts_with(yuan))
      end += yuan.size();
    token_.kind = Token::Kind::number;
    take(end);
  }

  void word() {
    std::size_t end = position_;
    while (end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]) ||
                                  (text_[end] == '.' && end + 1 < text_.size() && is_letter(text_[end + 1]))))
      ++end;
    token_.kind = Token::Kind::name;
    take(end);
  }

  void quoted(char quote) {
    const std::size_t end = text_.find(quote, position_ + 1);
    if (end == std::string_view::npos) fail("a quote is not closed");
    token_.kind = Token::Kind::quoted;
    token_.text = text_.substr(position_ + 1, end - position_ - 1);
    step(end + 1 - position_);
  }

  void sign() {
    static constexpr std::array two = {std::string_view("<="), std::string_view(">="), std::string_view("=="),
                                       std::string_view("!=")};
    for (const std::string_view s : two)
      if (text_.substr(position_).starts_with(s)) {
        token_.kind = Token::Kind::sign;
        return take(position_ + 2);
      }
    if (text_[position_] == '=') fail("two values are compared with ==");
    if (std::string_view("+-*/<>()[],").find(text_[position_]) == std::string_view::npos)
      fail("a character that has no meaning here");
    token_.kind = Token::Kind::sign;
    take(position_ + 1);
  }

  void take(std::size_t end) {
    token_.text = text_.substr(position_, end - position_);
    step(end - position_);
  }

  bool at(std::string_view text) const {
    return (token_.kind == Token::Kind::sign || token_.kind == Token::Kind::name) && token_.text == text;
  }
  bool accept(std::string_view text) {
    if (!at(text)) return false;
    advance();
    return true;
  }
  void expect(std::string_view text) {
    if (!accept(text)) fail("\"" + std::string(text) + "\" is missing");
  }

  // ---- nodes
  ExprPtr make(Kind kind, std::int32_t begin) const {
    auto e = std::make_unique<Expr>();
    e->kind = kind;
    e->begin = begin;
    e->end = token_.begin;
    return e;
  }
  ExprPtr close(ExprPtr e) const {
    e->end = last_end_;
    return e;
  }
  ExprPtr binary(Op op, ExprPtr left, ExprPtr right) const {
    ExprPtr e = make(Kind::binary, left->begin);
    e->op = op;
    e->end = right->end;
    e->args.push_back(std::move(left));
    e->args.push_back(std::move(right));
    return e;
  }

  struct Depth {
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > expression_depth_max) parser_.fail("it is nested too deeply");
    }
    ~Depth() { --parser_.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    Parser& parser_;
  };

  ExprPtr disjunction() {
    const Depth depth(*this);
    ExprPtr left = conjunction();
    while (accept("or")) left = binary(Op::lor, std::move(left), conjunction());
    return left;
  }
  ExprPtr conjunction() {
    ExprPtr left = negation();
    while (accept("and")) left = binary(Op::land, std::move(left), negation());
    return left;
  }
  ExprPtr negation() {
    const std::int32_t begin = token_.begin;
    if (!accept("not")) return comparison();
    const Depth depth(*this);
    ExprPtr operand = negation();
    ExprPtr e = make(Kind::lnot, begin);
    e->args.push_back(std::move(operand));
    return close(std::move(e));
  }
  ExprPtr comparison() {
    static constexpr std::array<std::pair<std::string_view, Op>, 7> signs = {{{"<=", Op::le},
                                                                              {">=", Op::ge},
                                                                              {"==", Op::eq},
                                                                              {"!=", Op::ne},
                                                                              {"<", Op::lt},
                                                                              {">", Op::gt},
                                                                              {"in", Op::in}}};
    ExprPtr left = sum();
    for (const auto& [text, op] : signs)
      if (accept(text)) return binary(op, std::move(left), sum());
    return left;
  }
  ExprPtr sum() {
    ExprPtr left = product();
    while (at("+") || at("-")) {
      const Op op = at("+") ? Op::add : Op::sub;
      advance();
      left = binary(op, std::move(left), product());
    }
    return left;
  }
  ExprPtr product() {
    ExprPtr left = unary();
    while (at("*") || at("/")) {
      const bool divides = at("/");
      advance();
      left = binary(Op::mul, std::move(left), unary());
      left->divides = divides;
    }
    return left;
  }
  ExprPtr unary() {
    const std::int32_t begin = token_.begin;
    if (!accept("-")) return atom();
    const Depth depth(*this);
    ExprPtr operand = unary();
    ExprPtr e = make(Kind::neg, begin);
    e->args.push_back(std::move(operand));
    return close(std::move(e));
  }

  ExprPtr atom() {
    switch (token_.kind) {
      case Token::Kind::number: return constant();
      case Token::Kind::quoted: return quoted_constant();
      case Token::Kind::name: return named();
      case Token::Kind::sign:
        if (accept("(")) {
          ExprPtr inner = disjunction();
          expect(")");
          return inner;
        }
        break;
      case Token::Kind::end: break;
    }
    fail("a value is missing");
  }

  ExprPtr constant() {
    ExprPtr e = make(Kind::integer, token_.begin);
    std::string_view digits = token_.text;
    int shift = 0;
    if (digits.ends_with('%')) {
      e->kind = Kind::ratio;
      digits.remove_suffix(1);
      shift = 2;
    } else if (digits.ends_with(yuan)) {
      e->kind = Kind::money;
      digits.remove_suffix(yuan.size());
    } else if (digits.find('.') != std::string_view::npos) {
      e->kind = Kind::dec;
    }
    const int places_max = e->kind == Kind::ratio ? 4 : e->kind == Kind::money ? 2 : 6;
    const auto exact = parse_exact(digits, places_max);
    constexpr Wide largest = power_of_ten(15);
    if (!exact || exact->digits > largest * power_of_ten(exact->places))
      fail("the number has too many digits or is no number");
    e->value = exact->digits;
    e->places = static_cast<std::uint8_t>(exact->places + shift);
    if (e->kind == Kind::money) {
      e->value *= power_of_ten(2 - exact->places);
      e->places = 2;
    }
    e->end = token_.end;
    advance();
    return e;
  }

  ExprPtr quoted_constant() {
    ExprPtr e = make(Kind::code, token_.begin);
    e->text = token_.text;
    if (const auto date = parse_date(token_.text)) {
      e->kind = Kind::date;
      e->value = date->days;
    }
    e->end = token_.end;
    advance();
    return e;
  }

  ExprPtr named() {
    if (at("if")) return conditional();
    if (at("min") || at("max")) return extreme();
    if (at("round")) return rounding();
    if (at("sum_of") || at("max_of")) return fold();
    if (at("yes") || at("no")) {
      ExprPtr e = make(Kind::truth, token_.begin);
      e->value = at("yes") ? 1 : 0;
      e->end = token_.end;
      advance();
      return e;
    }
    for (const std::string_view word : {"and", "or", "not", "in", "then", "else"})
      if (at(word)) fail("a value is missing");
    ExprPtr e = make(Kind::name, token_.begin);
    e->text = token_.text;
    e->end = token_.end;
    advance();
    if (!accept("[")) return e;
    e->kind = Kind::index;
    arguments(*e, "]", 4);
    return close(std::move(e));
  }

  void arguments(Expr& e, std::string_view closing, std::size_t most) {
    do {
      e.args.push_back(disjunction());
      if (e.args.size() > most) fail("too many values");
    } while (accept(","));
    expect(closing);
  }

  ExprPtr conditional() {
    const Depth depth(*this);
    ExprPtr e = make(Kind::branch, token_.begin);
    advance();
    e->args.push_back(disjunction());
    expect("then");
    e->args.push_back(disjunction());
    expect("else");
    e->args.push_back(disjunction());
    return close(std::move(e));
  }

  ExprPtr extreme() {
    ExprPtr e = make(Kind::extreme, token_.begin);
    e->op = at("min") ? Op::min : Op::max;
    advance();
    expect("(");
    arguments(*e, ")", 16);
    return close(std::move(e));
  }

  ExprPtr rounding() {
    static constexpr std::array<std::pair<std::string_view, Rounding>, 4> modes = {
        {{"half_up", Rounding::half_up},
         {"half_even", Rounding::half_even},
         {"down", Rounding::down},
         {"up", Rounding::up}}};
    ExprPtr e = make(Kind::round, token_.begin);
    advance();
    expect("(");
    e->args.push_back(disjunction());
    while (accept(",")) {
      if (e->has_mode) fail("nothing may follow the mode of round");
      bool found = false;
      for (const auto& [text, mode] : modes)
        if (accept(text)) {
          e->mode = mode;
          e->has_mode = found = true;
          break;
        }
      if (!found && e->args.size() == 2) fail("half_up, half_even, down or up is expected");
      if (!found) e->args.push_back(disjunction());
    }
    expect(")");
    return close(std::move(e));
  }

  ExprPtr fold() {
    ExprPtr e = make(Kind::fold, token_.begin);
    e->op = at("sum_of") ? Op::sum_of : Op::max_of;
    advance();
    expect("(");
    if (token_.kind != Token::Kind::name) fail("the name of a table is expected");
    e->text = token_.text;
    advance();
    expect(",");
    e->args.push_back(disjunction());
    expect(")");
    return close(std::move(e));
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::int32_t point_ = 0, last_end_ = 0;
  int depth_ = 0;
  Token token_;
};

}  // namespace

std::expected<ExprPtr, ExpressionProblem> parse_expression(std::string_view text) {
  if (text.size() > expression_bytes_max)
    return std::unexpected(
        ExpressionProblem{Code::expression_malformed, "it is too long", std::string(text)});
  try {
    return Parser(text).whole();
  } catch (const ExpressionProblem& problem) {
    return std::unexpected(problem);
  }
}

bool is_name(std::string_view text) {
  static constexpr std::array words = {"and",  "or",  "not",  "in",    "if",     "then",
                                       "else", "min", "max",  "round", "sum_of", "max_of",
                                       "yes",  "no",  "none", "by",    "since"};
  if (text.empty() || text.size() > 64 || !is_letter(text[0])) return false;
  for (const char c : text)
    if (!is_letter(c) && !is_digit(c)) return false;
  for (const std::string_view word : words)
    if (text == word) return false;
  return true;
}

}  // namespace fenming
