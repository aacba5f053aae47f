#include <gtest/gtest.h>

#include "proof/trace_fixture_test.h"

namespace fenming::proof_test {
namespace {

std::string with(const std::string& op, std::vector<int> args, const std::string& type,
                 const std::string& value, const std::string& extra, TestTrace trace = sample()) {
  trace.op(op, std::move(args), type, value, extra);
  return verdict(trace);
}
std::string bill(const std::string& at, const std::string& type, const std::string& value) {
  return with("bill", {}, type, value, fmt::format(R"(,"at":"{}")", at));
}
std::string cell(const std::string& file, const std::string& path, const std::string& type,
                 const std::string& value, const std::string& chars = "") {
  TestTrace trace = sample();
  trace.cell(file, path, type, value, chars);
  return verdict(trace);
}

TEST(Leaves, OfTheBill) {
  EXPECT_EQ(bill("/facts/age", "int", "59"), "");
  EXPECT_EQ(bill("/facts/age", "int", "58"), "trace_bill_leaf");
  EXPECT_EQ(bill("/facts/age", "bool", "yes"), "trace_bill_leaf");
  EXPECT_EQ(bill("/facts/ward", "bool", "yes"), "");
  EXPECT_EQ(bill("/facts/ward", "int", "1"), "trace_bill_leaf");
  EXPECT_EQ(bill("/facts/share", "ratio", "0.125"), "");
  EXPECT_EQ(bill("/facts/diseases", "set", "epilepsy,asthma"), "");
  EXPECT_EQ(bill("/facts/diseases", "set", "epilepsy"), "trace_bill_leaf");
  EXPECT_EQ(bill("/lines/1/amount", "money", "1500.00"), "");
  EXPECT_EQ(bill("/lines/01/amount", "money", "1500.00"), "trace_bill_leaf");
  EXPECT_EQ(bill("/lines/7/amount", "money", "1500.00"), "trace_bill_leaf");
  EXPECT_EQ(bill("", "money", "1500.00"), "trace_bill_leaf");
  EXPECT_EQ(bill("/visit/kind", "code", "inpatient"), "");
  EXPECT_EQ(bill("/visit/to", "date", "2023-07-02"), "");
  EXPECT_EQ(bill("/lines", "code", "x"), "trace_bill_leaf");
}

TEST(Leaves, UnlistedCodesCountAsOther) {
  EXPECT_EQ(bill("/lines/0/item", "code", "ZZ99"), "");
  EXPECT_EQ(bill("/lines/0/item", "code", "other"), "");
  EXPECT_EQ(bill("/lines/0/class", "code", "other"), "trace_bill_leaf");
  EXPECT_EQ(bill("/facts/level", "code", "other"), "trace_bill_leaf");
}

TEST(Leaves, AbsentMeansNotInTheBill) {
  const auto absent = [](const std::string& at, const std::string& type, const std::string& value) {
    return with("absent", {}, type, value, fmt::format(R"(,"at":"{}")", at));
  };
  EXPECT_EQ(absent("year.rest", "money", "0"), "");
  EXPECT_EQ(absent("/accumulators/year/rest", "money", "0"), "");
  EXPECT_EQ(absent("year.rest", "money", "1"), "trace_value");
  EXPECT_EQ(absent("year.rest", "money", "none"), "trace_value");
  EXPECT_EQ(absent("year.pooled", "money", "0"), "trace_absent");
  EXPECT_EQ(absent("year.unknown", "money", "0"), "trace_absent");
  EXPECT_EQ(absent("anything", "money", "0"), "trace_absent");
  EXPECT_EQ(absent("listed_limit", "money", "none"), "");
  EXPECT_EQ(absent("/lines/0/listed_limit", "money", "none"), "");
  EXPECT_EQ(absent("listed_limit", "money", "0"), "trace_value");
  TestTrace limited = sample();
  limited.bill.replace(limited.bill.find(R"("class":"B")"), 11, R"("class":"B","listed_limit":"5.00")");
  EXPECT_EQ(with("absent", {}, "money", "none", R"(,"at":"listed_limit")", limited), "trace_absent");
  EXPECT_EQ(with("absent", {}, "money", "none", R"(,"at":"/lines/0/listed_limit")", limited), "trace_absent");
  EXPECT_EQ(with("absent", {}, "money", "none", R"(,"at":"/lines/1/listed_limit")", limited), "");
}

TEST(Leaves, AbsentInAnotherRowOfTheGroup) {
  TestTrace trace =
      sample();  // the stay ends in 2023; the bill brings the row of 2022 in long form, without `rest`
  const std::string old = R"("accumulators":{"year":{"stays":1,"pooled":"90000.00"}})";
  trace.bill.replace(
      trace.bill.find(old), old.size(),
      R"("accumulators":[{"group":"year","key":{"year":2023},"values":{"stays":1,"pooled":"90000.00"}},{"group":"year","key":{"year":2022},"values":{"rest":"3.00"}}])");
  for (TestNode& node : trace.nodes)
    if (const std::size_t at = node.extra.find("/accumulators/year/"); at != std::string::npos)
      node.extra.replace(at, 19, "/accumulators/0/values/");
  EXPECT_EQ(verdict(trace), "");
  const int rest = trace.op("absent", {}, "money", "0", R"(,"at":"year.rest")");
  EXPECT_EQ(verdict(trace), "trace_absent");
  const std::string before = trace.accumulators;
  trace.accumulators += fmt::format(
      R"(,{{"group":"year","key":{{"year":2023}},"member":"rest","before":{},"after":null}})", rest);
  EXPECT_EQ(verdict(trace), "");
  trace.accumulators =
      before +
      fmt::format(R"(,{{"group":"year","key":{{"year":2022}},"member":"rest","before":{},"after":null}})",
                  rest);
  EXPECT_EQ(verdict(trace), "trace_absent");
}

TEST(Leaves, Builtin) {
  const auto builtin = [](const std::string& name, const std::string& type, const std::string& value,
                          const std::string& at = "") {
    return with("builtin", {}, type, value,
                fmt::format(R"(,"name":"{}"{})", name, at.empty() ? "" : fmt::format(R"(,"at":"{}")", at)));
  };
  EXPECT_EQ(builtin("class", "code", "A"), "");
  EXPECT_EQ(builtin("class", "code", "B"), "trace_builtin");
  EXPECT_EQ(builtin("class", "code", "A", "/lines/2"), "");
  EXPECT_EQ(builtin("class", "code", "A", "/lines/1"), "trace_builtin");
  EXPECT_EQ(builtin("kind", "code", "other"), "");
  EXPECT_EQ(builtin("source", "code", "domestic"), "");
  EXPECT_EQ(builtin("qty", "dec", "1"), "");
  EXPECT_EQ(builtin("qty", "dec", "2"), "trace_builtin");
  EXPECT_EQ(builtin("price", "dec", "1500"), "");
  EXPECT_EQ(builtin("price", "dec", "1500", "/lines/0"), "trace_builtin");
  EXPECT_EQ(builtin("price", "dec", "1501"), "trace_builtin");
  EXPECT_EQ(builtin("amount", "money", "5"), "trace_builtin");
}

TEST(Leaves, CellsAreConstantsAsWritten) {
  const std::string residents = "residents.yaml", region = "region.yaml";
  EXPECT_EQ(cell(residents, "/0/steps/0/deductible/0", "money", "1300.00"), "");
  EXPECT_EQ(cell(residents, "/0/steps/0/deductible/0", "money", "1300.01"), "trace_cell_value");
  EXPECT_EQ(cell(residents, "/0/steps/0/bands/1/ratio", "ratio", "0.95"), "");
  EXPECT_EQ(cell(residents, "/0/steps/0/bands/1/ratio", "ratio", "95"), "trace_cell_value");
  EXPECT_EQ(cell(residents, "/0/steps/0/bands/1/ratio", "money", "95"), "trace_cell_value");
  EXPECT_EQ(cell(region, "/0/facts/age/default", "int", "40"), "");
  EXPECT_EQ(cell(region, "/0/facts/age/default", "ratio", "0.4"), "trace_cell_value");
  EXPECT_EQ(cell(region, "/0/tables/costs/..999.99", "money", "none"), "");
  EXPECT_EQ(cell(region, "/0/facts/level/2", "code", "L3"), "");
  EXPECT_EQ(cell(region, "/0/facts/level", "set", "L1,L2,L3"), "");
  EXPECT_EQ(cell(region, "/1/facts/level/2", "code", "L3"), "trace_cell_missing");
  EXPECT_EQ(cell(region, "/0/tables/none", "money", "none"), "trace_cell_missing");
  EXPECT_EQ(cell(region, "", "money", "none"), "trace_cell_missing");
  EXPECT_EQ(cell("other.yaml", "/0/region", "int", "990100"), "trace_file");
}

TEST(Leaves, CharsAreOneTokenOfALongerText) {  // in code points: two Chinese characters stand before
  const std::string file = "residents.yaml", path = "/0/steps/1/who";
  EXPECT_EQ(cell(file, path, "money", "1300", "[27,32]"), "");
  EXPECT_EQ(cell(file, path, "ratio", "0.005", "[34,38]"), "");
  EXPECT_EQ(cell(file, path, "code", "L1", "[9,13]"), "");
  EXPECT_EQ(cell(file, path, "bool", "yes", "[43,46]"), "");
  EXPECT_EQ(cell(file, path, "money", "300", "[28,32]"), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "int", "130", "[27,30]"), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "int", "1300", "[27,31]"), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "int", "1300", "[27,32]"), "trace_cell_value");
  EXPECT_EQ(cell(file, path, "code", "level", "[0,5]"), "trace_cell_value");
  EXPECT_EQ(cell(file, path, "money", "1300", "[27,99]"), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "money", "1300", "[32,27]"), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "money", "1300", "[27]"), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "money", "1300", "\"27\""), "trace_cell_token");
  EXPECT_EQ(cell(file, path, "money", "1300"), "trace_cell_value");
  EXPECT_EQ(cell(file, "/0/steps/1/at", "money", "10", "[13,16]"), "");
}

// ---- Rows
// -------------------------------------------------------------------------------------------------------------

struct Key {
  std::string at, type, value;
};

std::string pick(const std::vector<Key>& keys, const std::string& table, const std::string& row,
                 const std::string& type, const std::string& value) {
  TestTrace trace = sample();
  std::vector<int> args;
  for (const Key& key : keys) args.push_back(trace.of_bill(key.at, key.type, key.value));
  args.push_back(trace.cell("region.yaml", table + row, type, value));
  trace.op("pick", args, type, value, table_field("region.yaml", table));
  return verdict(trace);
}

TEST(Rows, OfCodes) {
  const Key level{"/facts/level", "code", "L3"}, away{"/facts/away", "bool", "no"},
      ward{"/facts/ward", "bool", "yes"};
  const std::string first = "/0/tables/first";
  EXPECT_EQ(pick({level, away}, first, "/L3/no", "ratio", "0.7"), "");
  EXPECT_EQ(pick({level, away}, first, "/L3/yes", "ratio", "0.6"), "trace_row");
  EXPECT_EQ(pick({level, away}, first, "/else", "ratio", "0.8"), "trace_row");
  EXPECT_EQ(pick({level, ward}, first, "/L3/yes", "ratio", "0.6"), "trace_key");
  EXPECT_EQ(pick({level}, first, "/L3/no", "ratio", "0.7"), "trace_table");
  EXPECT_EQ(pick({level, away, away}, first, "/L3/no", "ratio", "0.7"), "trace_table");
  const Key item{"/lines/0/item", "code", "ZZ99"};
  EXPECT_EQ(pick({item}, "/0/tables/yearly", "/epilepsy", "money", "3000"), "trace_row_none");
}

TEST(Rows, OfNumbers) {
  TestTrace trace = sample();
  const int from = trace.of_bill("/visit/from", "date", "2023-05-28"),
            to = trace.of_bill("/visit/to", "date", "2023-07-02"),
            settle = trace.of_bill("/settle", "date", "2023-07-03");
  const int one = trace.op("calendar", {to, settle}, "int", "1", R"(,"part":"days")"),
            many = trace.op("calendar", {from, to}, "int", "35", R"(,"part":"days")");
  const auto row = [&](int key, const std::string& name, const std::string& text, const std::string& value) {
    TestTrace copy = trace;
    const int read = copy.cell("region.yaml", "/0/tables/" + name + "/" + text, "money", value);
    copy.op("pick", {key, read}, "money", value, table_field("region.yaml", "/0/tables/" + name));
    return verdict(copy);
  };
  EXPECT_EQ(row(one, "nights", "0..3", "100"), "");
  EXPECT_EQ(row(one, "nights", "4..7", "200"), "trace_row");
  EXPECT_EQ(row(many, "nights", "above 7", "300"), "");
  EXPECT_EQ(row(one, "twice", "0..9", "100"), "");
  EXPECT_EQ(row(many, "twice", "9..", "200"), "");
  EXPECT_EQ(row(to, "nights", "0..3", "100"), "trace_row_none");
}

TEST(Rows, OfMoney) {
  const Key line{"/lines/1/amount", "money", "1500"}, refund{"/lines/2/amount", "money", "-1000"};
  EXPECT_EQ(pick({line}, "/0/tables/costs", "/1000.01..", "money", "2"), "");
  EXPECT_EQ(pick({line}, "/0/tables/costs", "/1000元", "money", "1"), "trace_row");
  EXPECT_EQ(pick({refund}, "/0/tables/costs", "/..999.99", "money", "none"), "");
}

TEST(Rows, OfDates) {
  const auto fee = [](const std::string& since, const std::string& row, const std::string& value) {
    TestTrace trace = sample();
    const int read = trace.cell("region.yaml", "/0/tables/fee/since/" + row, "money", value);
    trace.op("pick", {read}, "money", value,
             table_field("region.yaml", "/0/tables/fee", fmt::format(R"(,"since":"{}")", since)));
    return verdict(trace);
  };
  EXPECT_EQ(fee("2023-07-02", "2023-06-01", "20"), "");
  EXPECT_EQ(fee("2023-06-01", "2023-06-01", "20"), "");
  EXPECT_EQ(fee("2023-05-28", "2023-01-01", "10"), "");
  EXPECT_EQ(fee("2023-07-02", "2023-01-01", "10"), "trace_row");
  EXPECT_EQ(fee("2024-07-01", "2024-07-01", "30"), "trace_since");
  EXPECT_EQ(fee("2022-12-31", "2023-01-01", "10"), "trace_row_none");
  EXPECT_EQ(fee("yesterday", "2023-01-01", "10"), "trace_field");
}

TEST(Rows, WrapWholeLists) {  // the key chooses the list of bands; the cell stands in it
  const Key level{"/facts/level", "code", "L3"};
  EXPECT_EQ(pick({level}, "/0/tables/plans", "/L3/1/ratio", "ratio", "0.55"), "");
  EXPECT_EQ(pick({level}, "/0/tables/plans", "/else/0/ratio", "ratio", "0.45"), "trace_row");
}

TEST(Rows, AConstantRowMustBeRead) {  // an amount of the same value is not the cell
  TestTrace trace = sample();
  const int level = trace.of_bill("/facts/level", "code", "L3"),
            share = trace.of_bill("/facts/share", "ratio", "0.125");
  const int sum = trace.op("add", {share, share}, "ratio", "0.25");
  trace.op("pick", {level, sum}, "ratio", "0.25", table_field("residents.yaml", by_bands));
  EXPECT_EQ(verdict(trace), "trace_row");
}

}  // namespace
}  // namespace fenming::proof_test
