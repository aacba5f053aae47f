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
  const std::string lonely = "trace_row_missing";  // absent indeed, but no row begins with it
  EXPECT_EQ(absent("year.rest", "money", "0"), lonely);
  EXPECT_EQ(absent("/accumulators/year/rest", "money", "0"), lonely);
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
  const std::string row = R"("key":{"year":2023},"member":"rest")";
  trace.accumulators.replace(trace.accumulators.find(row), row.size(),
                             R"("key":{"year":2022},"member":"rest")");
  EXPECT_EQ(verdict(trace), "trace_absent");
}

TEST(Leaves, CalendarOfOnePart) {  // the year begins on 1 July, the day of discharge decides (region.yaml)
  const auto calendar = [](const std::string& name, const std::string& type, const std::string& value,
                           const std::string& part = "0") {
    return with("calendar", {}, type, value, fmt::format(R"(,"name":"{}","part":{})", name, part));
  };
  EXPECT_EQ(calendar("year", "int", "2023"), "");
  EXPECT_EQ(calendar("year", "int", "2022"), "trace_value");
  EXPECT_EQ(calendar("year", "money", "2023"), "trace_value");
  EXPECT_EQ(calendar("quarter", "int", "20233"), "");
  EXPECT_EQ(calendar("quarter", "int", "3"), "trace_value");
  EXPECT_EQ(calendar("month", "int", "202307"), "");
  EXPECT_EQ(calendar("period", "int", "20230528"), "");
  EXPECT_EQ(calendar("period", "int", "20230702"), "trace_value");
  EXPECT_EQ(calendar("days", "int", "35"), "");
  EXPECT_EQ(calendar("days", "int", "36"), "trace_value");
  EXPECT_EQ(calendar("from", "date", "2023-05-28"), "");
  EXPECT_EQ(calendar("to", "date", "2023-07-02"), "");
  EXPECT_EQ(calendar("settle", "date", "2023-07-03"), "");
  EXPECT_EQ(calendar("week", "int", "22"), "trace_field");
  EXPECT_EQ(calendar("year", "int", "2023", "1"), "trace_field");
  EXPECT_EQ(calendar("year", "int", "2023", "null"), "trace_field");
}

TEST(Leaves, CalendarOfPartsAndOfOtherDates) {
  TestTrace trace = sample();
  trace.parts = R"({"from":"2023-05-28","to":"2023-06-30"},{"from":"2023-07-01","to":"2023-07-02"})";
  trace.op("calendar", {}, "int", "2022", R"(,"name":"year","part":0)");
  trace.op("calendar", {}, "int", "34", R"(,"name":"days","part":0)");
  trace.op("calendar", {}, "int", "2023", R"(,"name":"year","part":1)");
  trace.op("calendar", {}, "int", "1", R"(,"name":"days","part":1)");
  trace.op("calendar", {}, "int", "20230701", R"(,"name":"period","part":1)");
  EXPECT_EQ(verdict(trace), "trace_layer_missing trace_row_missing");  // of the second part; the nodes hold
  const auto year_by = [](const std::string& by, const std::string& year) {
    auto files = library_files();
    const std::string old = "by: discharge";
    files[0].text.replace(files[0].text.find(old), old.size(), "by: " + by);
    TestTrace other = sample();
    other.files =
        file_entry("region.yaml", files[0].text) + "," + file_entry("residents.yaml", residents_yaml);
    other.op("calendar", {}, "int", year, R"(,"name":"year","part":0)");
    for (std::size_t at = 0; (at = other.accumulators.find("2023", at)) != std::string::npos; at += 4)
      other.accumulators.replace(at, 4, year);
    return verdict(other.json(), files);
  };
  EXPECT_EQ(year_by("service", "2022"), "");
  EXPECT_EQ(year_by("service", "2023"), "trace_value");
  EXPECT_EQ(year_by("settle", "2023"), "");
}

TEST(Leaves, PartsTileTheVisit) {
  const auto parts = [](const std::string& text) {
    TestTrace trace = sample();
    trace.parts = text;
    return verdict(trace);
  };
  EXPECT_EQ(parts(R"({"from":"2023-05-28","to":"2023-06-30"},{"from":"2023-07-01","to":"2023-07-02"})"),
            "trace_layer_missing trace_row_missing");
  EXPECT_EQ(parts(R"({"from":"2023-05-28","to":"2023-06-29"},{"from":"2023-07-01","to":"2023-07-02"})"),
            "trace_parts");
  EXPECT_EQ(parts(R"({"from":"2023-05-28","to":"2023-07-01"},{"from":"2023-07-01","to":"2023-07-02"})"),
            "trace_parts");
  EXPECT_EQ(parts(R"({"from":"2023-05-28","to":"2023-05-26"},{"from":"2023-05-27","to":"2023-07-02"})"),
            "trace_parts");
  EXPECT_EQ(parts(R"({"from":"2023-05-29","to":"2023-07-02"})"), "trace_parts");
  EXPECT_EQ(parts(R"({"from":"2023-05-28","to":"2023-07-01"})"), "trace_parts");
  EXPECT_EQ(parts(""), "trace_shape");
  EXPECT_EQ(parts(R"({"from":"2023-05-28"})"), "trace_shape");
  std::string many = R"({"from":"2023-05-28","to":"2023-05-28"})";
  for (int i = 0; i < 200; ++i) many += R"(,{"from":"2023-05-29","to":"2023-05-29"})";
  EXPECT_EQ(parts(many), "trace_too_large");
}

TEST(Leaves, Builtin) {
  const auto builtin = [](int line, const std::string& name, const std::string& type,
                          const std::string& value) {
    return with("builtin", {}, type, value, fmt::format(R"(,"name":"{}","line":{})", name, line));
  };
  EXPECT_EQ(builtin(2, "class", "code", "A"), "");
  EXPECT_EQ(builtin(2, "class", "code", "B"), "trace_builtin");
  EXPECT_EQ(builtin(1, "class", "code", "A"), "trace_builtin");
  EXPECT_EQ(builtin(3, "class", "code", "A"), "trace_builtin");
  EXPECT_EQ(builtin(0, "kind", "code", "other"), "");
  EXPECT_EQ(builtin(0, "source", "code", "domestic"), "");
  EXPECT_EQ(builtin(0, "qty", "dec", "1"), "");
  EXPECT_EQ(builtin(1, "qty", "dec", "1"), "trace_builtin");
  EXPECT_EQ(builtin(0, "qty", "dec", "2"), "trace_builtin");
  EXPECT_EQ(builtin(1, "price", "dec", "750"), "") << "1500.00 for two";
  EXPECT_EQ(builtin(1, "price", "dec", "749.999999"), "trace_builtin");
  EXPECT_EQ(builtin(1, "price", "dec", "1500"), "trace_builtin");
  EXPECT_EQ(builtin(0, "price", "dec", "20000"), "");
  EXPECT_EQ(builtin(0, "price", "dec", "1500"), "trace_builtin");
  EXPECT_EQ(builtin(1, "amount", "money", "5"), "trace_builtin");
  EXPECT_EQ(with("builtin", {}, "code", "A", R"(,"name":"class")"), "trace_builtin");
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
  EXPECT_EQ(cell(file, path, "bool", "yes", "[44,47]"), "");
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

TEST(Rows,
     OfATableThatIsIndexed) {  // lent[...] may go by any code of its own; its row is checked all the same
  TestTrace trace = sample();
  const int level = trace.cell("residents.yaml", "/0/steps/1/limit", "code", "L1", "[37,41]");
  trace.op("pick", {level, trace.cell("region.yaml", "/0/tables/lent/L1", "money", "1")}, "money", "1",
           table_field("region.yaml", "/0/tables/lent"));
  EXPECT_EQ(verdict(trace), "");
  trace.op("pick", {level, trace.cell("region.yaml", "/0/tables/lent/L2", "money", "2")}, "money", "2",
           table_field("region.yaml", "/0/tables/lent"));
  EXPECT_EQ(verdict(trace), "trace_row");
}

TEST(Rows, OfNumbers) {
  TestTrace trace = sample();
  trace.parts = R"({"from":"2023-05-28","to":"2023-07-01"},{"from":"2023-07-02","to":"2023-07-02"})";
  const int to = trace.of_bill("/visit/to", "date", "2023-07-02"),
            one = trace.op("calendar", {}, "int", "1", R"(,"name":"days","part":1)"),
            many = trace.op("calendar", {}, "int", "35", R"(,"name":"days","part":0)"),
            month = trace.op("calendar", {}, "int", "202307", R"(,"name":"month","part":0)");
  const auto row = [&](int key, const std::string& name, const std::string& text, const std::string& value) {
    TestTrace copy = trace;
    const int read = copy.cell("region.yaml", "/0/tables/" + name + "/" + text, "money", value);
    copy.op("pick", {key, read}, "money", value, table_field("region.yaml", "/0/tables/" + name));
    return verdict(copy);
  };
  const std::string holds = "trace_layer_missing";  // of the nodes: the layers of a second part are not there
  EXPECT_EQ(row(one, "nights", "0..3", "100"), holds);
  EXPECT_EQ(row(one, "nights", "4..7", "200"), "trace_row");
  EXPECT_EQ(row(many, "nights", "above 7", "300"), holds);
  EXPECT_EQ(row(one, "twice", "0..9", "100"), holds);
  EXPECT_EQ(row(many, "twice", "9..", "200"), holds);
  EXPECT_EQ(row(month, "nights", "above 7", "300"), "trace_key");
  EXPECT_EQ(row(to, "nights", "0..3", "100"), "trace_row_none");
}

TEST(Rows, OfMoney) {
  const Key line{"/lines/1/amount", "money", "1500"}, refund{"/lines/2/amount", "money", "-1000"};
  EXPECT_EQ(pick({line}, "/0/tables/costs", "/1000.01..", "money", "2"), "");
  EXPECT_EQ(pick({line}, "/0/tables/costs", "/1000元", "money", "1"), "trace_row");
  EXPECT_EQ(pick({refund}, "/0/tables/costs", "/..999.99", "money", "none"), "");
}

TEST(Rows, OfDates) {  // of a slot: the path says which row
  const auto fee = [](const std::string& row, const std::string& value) {
    return cell("region.yaml", "/0/tables/fee/since/" + row, "money", value);
  };
  EXPECT_EQ(fee("2023-06-01", "20"), "");
  EXPECT_EQ(fee("2023-01-01", "10"), "") << "the day of admission chooses it";
  EXPECT_EQ(fee("2024-07-01", "30"), "trace_since");
  EXPECT_EQ(fee("2023-01-01", "20"), "trace_cell_value");
  EXPECT_EQ(cell("region.yaml", "/0/tables/late/since/2023-08-01/since/2023-01-01", "money", "10"),
            "trace_since");
  EXPECT_EQ(cell("region.yaml", "/0/tables/late/since/else/since/2023-01-01", "money", "40"), "");
  EXPECT_EQ(cell("region.yaml", "/0/tables/late/since/else/since/2023-09-01", "money", "50"), "trace_since");
}

TEST(Rows, OfKeysThenDates) {
  const Key level{"/facts/level", "code", "L3"};
  const std::string table = "/0/tables/dated";
  EXPECT_EQ(pick({level}, table, "/L3/since/2023-06-01", "money", "20"), "");
  EXPECT_EQ(pick({level}, table, "/L3/since/2023-08-01", "money", "30"), "trace_since trace_row");
  EXPECT_EQ(pick({level}, table, "/else/since/2023-01-01", "money", "20"), "trace_row");
  EXPECT_EQ(pick({level}, table, "/L3", "money", "20"), "trace_cell_value trace_row");
}

TEST(Rows, OfDatesThenKeys) {  // a table stands in a row that a date chooses
  const Key level{"/facts/level", "code", "L3"};
  const std::string table = "/0/tables/turned/since/";
  EXPECT_EQ(pick({level}, table + "2023-01-01", "/L3", "money", "10"), "");
  EXPECT_EQ(pick({level}, table + "2023-08-01", "/L3", "money", "30"), "trace_since");
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
