#include <gtest/gtest.h>

#include "money/decimal.h"
#include "proof/trace_fixture_test.h"

namespace fenming::proof_test {
namespace {

const std::string fen = R"(,"mode":"half_up","places":2)";

// The sample with more nodes behind it that nothing uses; a node is checked whether or not an output needs
// it.
class Ops : public ::testing::Test {
 protected:
  TestTrace t = sample();
  const int big = t.of_bill("/lines/0/amount", "money", "20000"),
            small = t.of_bill("/lines/1/amount", "money", "1500.00"),
            refund = t.of_bill("/lines/2/amount", "money", "-1000"),
            age = t.of_bill("/facts/age", "int", "59"), ratio = t.of_bill("/facts/share", "ratio", "0.125"),
            yes = t.of_bill("/facts/ward", "bool", "yes"), no = t.of_bill("/facts/away", "bool", "no"),
            level = t.of_bill("/facts/level", "code", "L3"),
            diseases = t.of_bill("/facts/diseases", "set", "asthma,epilepsy"),
            from = t.of_bill("/visit/from", "date", "2023-05-28"),
            to = t.of_bill("/visit/to", "date", "2023-07-02"),
            settle = t.of_bill("/settle", "date", "2023-07-03"),
            none = t.cell("region.yaml", "/0/tables/costs/..999.99", "money", "none"),
            three = t.cell("region.yaml", "/0/tables/yearly/epilepsy", "int", "3000");

  // The verdict when a node is appended, and taken away again.
  std::string with(const std::string& op, std::vector<int> args, const std::string& type,
                   const std::string& value, const std::string& extra = "") {
    t.op(op, std::move(args), type, value, extra);
    std::string found = verdict(t);
    t.nodes.pop_back();
    return found;
  }
  // Right with `value`, found out with `wrong`.
  void expect(const std::string& op, const std::vector<int>& args, const std::string& type,
              const std::string& value, const std::string& wrong, const std::string& extra = "") {
    EXPECT_EQ(with(op, args, type, value, extra), "") << op;
    EXPECT_EQ(with(op, args, type, wrong, extra), "trace_value") << op;
  }
};

TEST_F(Ops, StartSound) { EXPECT_EQ(verdict(t), ""); }

TEST_F(Ops, Arithmetic) {
  expect("add", {big, refund}, "money", "19000.00", "19000.01");
  expect("sub", {big, small}, "money", "18500", "21500");
  expect("sub", {to, from}, "int", "35", "36");
  expect("mul", {small, ratio}, "money", "187.5", "187.51");
  expect("mul", {ratio, ratio}, "ratio", "0.015625", "0.0156");
  expect("mul", {age, age}, "int", "3481", "3482");
  expect("min", {big, small}, "money", "1500", "20000");
  expect("max", {big, small}, "money", "20000", "1500");
  expect("min", {big, none}, "money", "20000", "none");
  expect("max", {big, none}, "money", "none", "20000");
  expect("sum", {big, small, refund}, "money", "20500", "20500.01");
  expect("sum", {}, "money", "0", "0.01");
  EXPECT_EQ(with("sum", {}, "int", "0"), "trace_value");
  expect("neg", {refund}, "money", "1000", "-1000");
  expect("positive", {refund}, "money", "0", "-1000");
  expect("positive", {small}, "money", "1500", "0");
}

TEST_F(Ops, ArithmeticKeepsTypesApart) {
  EXPECT_EQ(with("add", {big, age}, "money", "20059"), "trace_type");
  EXPECT_EQ(with("sub", {ratio, age}, "ratio", "-58.875"), "trace_type");
  EXPECT_EQ(with("mul", {big, small}, "money", "30000000"), "trace_type");
  EXPECT_EQ(with("mul", {big, yes}, "money", "20000"), "trace_type");
  EXPECT_EQ(with("add", {big, none}, "money", "none"), "trace_type");
  EXPECT_EQ(with("sum", {big, age}, "money", "20059"), "trace_type");
  EXPECT_EQ(with("add", {from, age}, "date", "2023-07-26"), "trace_type");
  EXPECT_EQ(with("add", {big, small}, "ratio", "21500"), "trace_value");
}

TEST_F(Ops, OverflowIsFound) {
  int power = age;
  std::string value = "59";
  for (int i = 0; i < 6; ++i) {  // 59^64 has 114 digits
    const Exact half = *parse_exact(value, 0);
    const int next = t.op("mul", {power, power}, "int", "1");
    if (value.size() * 2 > 36) break;
    value = to_text(Exact{half.digits * half.digits, 0});
    t.nodes.back().value = value;
    power = next;
  }
  EXPECT_EQ(verdict(t), "trace_overflow");
}

TEST_F(Ops, ComparisonAndLogic) {
  expect("lt", {small, big}, "bool", "yes", "no");
  expect("le", {big, big}, "bool", "yes", "no");
  expect("gt", {small, big}, "bool", "no", "yes");
  expect("ge", {small, big}, "bool", "no", "yes");
  expect("eq", {level, level}, "bool", "yes", "no");
  expect("ne", {level, level}, "bool", "no", "yes");
  expect("lt", {from, to}, "bool", "yes", "no");
  expect("and", {no}, "bool", "no", "yes");
  expect("and", {yes, no}, "bool", "no", "yes");
  expect("or", {yes}, "bool", "yes", "no");
  expect("or", {no, yes}, "bool", "yes", "no");
  expect("not", {no}, "bool", "yes", "no");
  const int code = t.cell("region.yaml", "/0/facts/disease/0", "code", "epilepsy"),
            other = t.cell("region.yaml", "/0/facts/disease/2", "code", "copd");
  expect("in", {code, diseases}, "bool", "yes", "no");
  expect("in", {other, diseases}, "bool", "no", "yes");
  EXPECT_EQ(with("and", {yes}, "bool", "yes"), "trace_branch");
  EXPECT_EQ(with("or", {no}, "bool", "no"), "trace_branch");
  EXPECT_EQ(with("lt", {level, level}, "bool", "no"), "trace_type");
  EXPECT_EQ(with("lt", {small, age}, "bool", "no"), "trace_type");
  EXPECT_EQ(with("and", {yes, age}, "bool", "yes"), "trace_type");
  EXPECT_EQ(with("in", {age, diseases}, "bool", "no"), "trace_type");
}

TEST_F(Ops, IfTakesTheArmOfItsCondition) {
  expect("if", {yes, big}, "money", "20000", "1500", R"(,"arm":"then")");
  expect("if", {no, big}, "money", "20000", "1500", R"(,"arm":"else")");
  EXPECT_EQ(with("if", {yes, big}, "money", "20000", R"(,"arm":"else")"), "trace_branch");
  EXPECT_EQ(with("if", {yes, big}, "money", "20000"), "trace_field");
}

TEST_F(Ops, Rounding) {
  const int small_share =
      t.op("mul", {t.op("mul", {small, ratio}, "money", "187.5"), ratio}, "money", "23.4375");
  const int half =
      t.op("mul", {small_share, t.cell("residents.yaml", "/0/steps/1/who", "ratio", "0.005", "[34,38]")},
           "money", "0.1171875");
  const int step = t.cell("residents.yaml", "/0/steps/1/at", "money", "10", "[13,16]");
  expect("round", {half}, "money", "0.12", "0.11", fen);
  expect("round", {half}, "money", "0.11", "0.12", R"(,"mode":"down","places":2)");
  expect("round", {small_share, step}, "money", "20", "23.44", R"(,"mode":"half_up")");
  expect("round", {small, step}, "money", "1500", "1510", R"(,"mode":"down")");
  expect("quotient", {big, small}, "dec", "13.3333", "13.3334", R"(,"mode":"half_up","places":4)");
  expect("quotient", {refund, age}, "money", "-16.95", "-16.94", fen);
  expect("quotient", {big, refund}, "dec", "-20", "20", R"(,"mode":"half_up","places":4)");
  expect("quotient", {three, age, age}, "dec", "59", "50.85", R"(,"mode":"half_up")");
  EXPECT_EQ(with("round", {half}, "money", "0.12", R"(,"mode":"up","places":2)"), "trace_mode");
  EXPECT_EQ(with("round", {half}, "money", "0.117", R"(,"mode":"half_up","places":3)"), "trace_field");
  EXPECT_EQ(with("round", {half}, "money", "0.12", R"(,"mode":"half_up")"), "trace_field");
  EXPECT_EQ(with("round", {half, refund}, "money", "0", fen), "trace_type");
  EXPECT_EQ(with("quotient", {age, small}, "dec", "0.04", fen), "trace_type");
  const int zero = t.op("sub", {small, small}, "money", "0");
  EXPECT_EQ(with("quotient", {small, zero}, "dec", "0", R"(,"mode":"half_up","places":2)"), "trace_type");
}

TEST_F(Ops, MetersAndBands) {
  const int used = t.op("sub", {big, small}, "money", "18500");
  expect("room", {big, used}, "money", "1500", "1500.01");
  expect("room", {used, big}, "money", "0", "-1500");
  expect("room", {big, null_arg}, "money", "20000", "0");
  expect("room", {none, used}, "money", "none", "0");
  const int open = t.op("room", {none, null_arg}, "money", "none"),
            tight = t.op("room", {small, null_arg}, "money", "1500");
  expect("take", {big, open, tight, null_arg}, "money", "1500", "20000");
  expect("take", {big}, "money", "20000", "0");
  EXPECT_EQ(with("take", {big, refund}, "money", "-1000"), "trace_type");
  EXPECT_EQ(with("take", {big, age}, "money", "59"), "trace_type");
  expect("overlap", {small, big, used, null_arg}, "money", "3000", "1500");
  expect("overlap", {null_arg, big, small, used}, "money", "17000", "18500");
  expect("overlap", {big, small, null_arg, used}, "money", "0", "-1500");
  expect("overlap", {null_arg, small, null_arg, none}, "money", "1500", "1499.99");
  EXPECT_EQ(with("overlap", {null_arg, age, null_arg, null_arg}, "money", "59"), "trace_value");
}

TEST_F(Ops, LeastGoesBackThroughTheBands) {
  const int half = t.cell("region.yaml", "/0/tables/plans/L3/0/ratio", "ratio", "0.5"),
            long_share = t.cell("region.yaml", "/0/tables/yearly/epilepsy", "money", "3000");
  const std::string mode = R"(,"mode":"half_up")";
  // 1500 x 12.5 % = 187.50, the rest of 1500 at 50 %: 1500 + 2625 = 4125
  expect("least", {small, small, ratio, long_share, half}, "money", "4125", "4124.99", mode);
  const int tenth =
      t.op("mul", {long_share, t.cell("residents.yaml", "/0/steps/1/who", "ratio", "0.005", "[34,38]")},
           "money", "15");
  expect("least", {tenth, small, ratio, long_share, half}, "money", "120", "120.01", mode);
  const int nothing = t.op("sub", {small, small}, "money", "0");
  expect("least", {nothing, small, ratio}, "money", "0", "0.01", mode);
  EXPECT_EQ(with("least", {big, small, ratio}, "money", "1500", mode), "trace_type");
  EXPECT_EQ(with("least", {small, small, ratio, long_share}, "money", "4125", mode), "trace_type");
}

TEST_F(Ops, SetsReadOneCellForEachMember) {
  const std::string table = table_field("region.yaml", "/0/tables/yearly");
  const int asthma = t.cell("region.yaml", "/0/tables/yearly/asthma, copd", "money", "2000"),
            epilepsy = t.cell("region.yaml", "/0/tables/yearly/epilepsy", "money", "3000");
  expect("sum_of", {diseases, asthma, epilepsy}, "money", "5000", "5001", table);
  expect("max_of", {diseases, epilepsy, asthma}, "money", "3000", "2000", table);
  EXPECT_EQ(with("sum_of", {diseases, epilepsy, epilepsy}, "money", "6000", table), "trace_row");
  EXPECT_EQ(with("sum_of", {diseases, epilepsy}, "money", "3000", table), "trace_type");
  EXPECT_EQ(with("sum_of", {diseases, epilepsy, asthma}, "money", "5000"), "trace_file");
}

TEST_F(Ops, SameKeepsValueAndType) {
  expect("same", {level}, "code", "L3", "L2");
  EXPECT_EQ(with("same", {age}, "money", "59"), "trace_value");
}

}  // namespace
}  // namespace fenming::proof_test
