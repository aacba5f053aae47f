#include "policy/expression.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

std::string problem(std::string_view text) {
  const auto parsed = parse_expression(text);
  return parsed ? "" : parsed.error().what;
}

// The tree in prefix form.
std::string tree(const Expr& e) {
  static constexpr std::string_view ops[] = {
      "const", "reg", "line", "table", "ratio", "rescale", "+",  "-",  "*",   "neg", "min",
      "max",   "<",   "<=",   ">",     ">=",    "==",      "!=", "in", "and", "or"};
  std::string text;
  switch (e.kind) {
    case Expr::Kind::money:
    case Expr::Kind::ratio:
    case Expr::Kind::integer:
    case Expr::Kind::dec:
      return to_text(Exact{e.value, e.places}) + (e.kind == Expr::Kind::money   ? "y"
                                                  : e.kind == Expr::Kind::ratio ? "r"
                                                                                : "");
    case Expr::Kind::date:
    case Expr::Kind::code: return "'" + e.text + "'";
    case Expr::Kind::truth: return e.value != 0 ? "yes" : "no";
    case Expr::Kind::name: return e.text;
    case Expr::Kind::index: text = e.text + "[]"; break;
    case Expr::Kind::neg: text = "neg"; break;
    case Expr::Kind::lnot: text = "not"; break;
    case Expr::Kind::binary: text = e.divides ? "/" : ops[static_cast<std::size_t>(e.op)]; break;
    case Expr::Kind::branch: text = "if"; break;
    case Expr::Kind::extreme: text = e.op == Op::min ? "min" : "max"; break;
    case Expr::Kind::round: text = "round"; break;
    case Expr::Kind::fold: text = (e.op == Op::sum_of ? "sum_of " : "max_of ") + e.text; break;
  }
  for (const ExprPtr& arg : e.args) text += " " + tree(*arg);
  return "(" + text + ")";
}

std::string parsed(std::string_view text) {
  const auto e = parse_expression(text);
  return e ? tree(**e) : "error: " + e.error().what;
}

TEST(Expression, precedence) {
  EXPECT_EQ(parsed("a + b * c - d"), "(- (+ a (* b c)) d)");
  EXPECT_EQ(parsed("a or b and not c == d"), "(or a (and b (not (== c d))))");
  EXPECT_EQ(parsed("-a * b"), "(* (neg a) b)");
  EXPECT_EQ(parsed("(a + b) * 60%"), "(* (+ a b) 0.6r)");
  EXPECT_EQ(parsed("if a then b else c + d"), "(if a b (+ c d))");
  EXPECT_EQ(parsed("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(parsed("not a or b"), "(or (not a) b)");
}

TEST(Expression, constants_carry_their_unit) {
  EXPECT_EQ(parsed("1300元"), "1300y");
  EXPECT_EQ(parsed("1300.5元"), "1300.5y");
  EXPECT_EQ(parsed("0.2%"), "0.002r");
  EXPECT_EQ(parsed("7"), "7");
  EXPECT_EQ(parsed("0.5"), "0.5");
  EXPECT_EQ(parsed("'2024-01-01'"), "'2024-01-01'");
  EXPECT_EQ(parsed("'poor' in groups"), "(in 'poor' groups)");
}

TEST(Expression, chinese_names_dotted_names_calls) {
  EXPECT_EQ(parsed("年度.住院次数 + 基本医疗.支付"), "(+ 年度.住院次数 基本医疗.支付)");
  EXPECT_EQ(parsed("min(a, b, 9元)"), "(min a b 9y)");
  EXPECT_EQ(parsed("round(a / b, 0.1元, down)"), "(round (/ a b) 0.1y)");
  EXPECT_EQ(parsed("sum_of(yearly, diseases)"), "(sum_of yearly diseases)");
  EXPECT_EQ(parsed("t[level, days]"), "(t[] level days)");
}

TEST(Expression, characters_are_counted_as_code_points) {
  const auto e = parse_expression("起付 - 100元");
  ASSERT_TRUE(e);
  EXPECT_EQ((*e)->args[1]->begin, 5);
  EXPECT_EQ((*e)->args[1]->end, 9);
}

TEST(Expression, refusals_say_what_is_missing) {
  EXPECT_EQ(problem("a +"), "a value is missing");
  EXPECT_EQ(problem("(a"), "\")\" is missing");
  EXPECT_EQ(problem("a b"), "something stands after the end");
  EXPECT_EQ(problem("if a then b"), "\"else\" is missing");
  EXPECT_EQ(problem("'a"), "a quote is not closed");
  EXPECT_EQ(problem("a & b"), "a character that has no meaning here");
  EXPECT_EQ(problem("1.234元"), "the number has too many digits or is no number");
  EXPECT_EQ(problem("99999999999999999"), "the number has too many digits or is no number");
  EXPECT_EQ(problem("1.2.3"), "the number has too many digits or is no number");
  EXPECT_EQ(problem(std::string(200, '(')), "it is nested too deeply");
  EXPECT_EQ(problem(std::string(5000, 'a')), "it is too long");
  EXPECT_NE(problem("a < b < c"), "");
  EXPECT_NE(problem(""), "");
}

TEST(Expression, names) {
  EXPECT_TRUE(is_name("level"));
  EXPECT_TRUE(is_name("起付线"));
  EXPECT_TRUE(is_name("_x9"));
  for (const char* word : {"", "9a", "a.b", "a b", "if", "none", "by", "and"})
    EXPECT_FALSE(is_name(word)) << word;
}

}  // namespace
}  // namespace fenming
