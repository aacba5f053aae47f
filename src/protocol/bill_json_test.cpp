#include "protocol/bill_json.h"

#include <gtest/gtest.h>

#include <string>

namespace fenming {
namespace {

constexpr std::string_view sample = R"({
  "bill": "NB-01", "region": "990000",
  "visit": {"kind": "inpatient", "from": "2023-10-01", "to": "2023-10-12"},
  "facts": {"scheme": "residents", "age": 59, "rate": 0.10, "groups": ["poor"], "filed": true, "account": "120.00"},
  "accumulators": {"year": {"stays": 1, "pooled": "1200.00"}},
  "total": "160.00",
  "lines": [
    {"id": "1", "item": "XA10BA", "name": "metformin", "class": "A", "kind": "drug", "source": "domestic",
     "price": "20.00", "qty": "10", "amount": "200.00", "date": "2023-10-02", "listed_limit": "180.00"},
    {"id": "2", "item": "XA10BA", "qty": -2, "price": 20.00, "amount": -40, "refund_of": "1"}
  ]
})";

// The sample with one piece of text exchanged.
std::string with(std::string_view from, std::string_view to) {
  std::string text(sample);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

// The first error as "CODE place value".
std::string refusal(const std::string& text, const BillLimits& limits = {}) {
  const auto bill = read_bill(text, limits);
  if (bill) return "accepted";
  const Error& error = bill.error().at(0);
  return std::string(name(error.code)) + " " + error.place + " " + error.value;
}

TEST(BillJson, ReadsEveryField) {
  const auto bill = read_bill(sample);
  ASSERT_TRUE(bill) << to_text(bill.error()[0], Language::en);
  EXPECT_EQ(bill->id, "NB-01");
  EXPECT_EQ(bill->region, "990000");
  EXPECT_EQ(bill->visit_kind, "inpatient");
  EXPECT_EQ(to_text(bill->from) + to_text(bill->to), "2023-10-012023-10-12");
  EXPECT_EQ(to_text(bill->settle) + to_text(bill->known), "2023-10-122023-10-12");
  ASSERT_EQ(bill->facts.size(), 6U);
  EXPECT_EQ(bill->facts[1].name + bill->facts[1].text, "age59");
  EXPECT_EQ(bill->facts[2].text, "0.10");
  EXPECT_EQ(bill->facts[3].list, std::vector<std::string>{"poor"});
  EXPECT_EQ(bill->facts[4].text, "yes");
  EXPECT_EQ(bill->facts[4].kind, FactValue::Kind::boolean);
  EXPECT_EQ(bill->total, Money::from_fen(16000));
}

TEST(BillJson, ReadsLines) {
  const auto bill = read_bill(sample);
  ASSERT_TRUE(bill);
  ASSERT_EQ(bill->lines.size(), 2U);
  const BillLine& line = bill->lines[0];
  EXPECT_EQ(line.amount.fen(), 20000);
  EXPECT_EQ(line.quantity->millionths, 10'000'000);
  EXPECT_EQ(line.listed_limit->fen(), 18000);
  ASSERT_EQ(line.columns.size(), 3U);
  EXPECT_EQ(line.columns[0].name + line.columns[0].text, "classA");
  EXPECT_EQ(bill->lines[1].amount.fen(), -4000);
  EXPECT_EQ(bill->lines[1].refund_of, "1");
  EXPECT_FALSE(bill->lines[1].date);
}

TEST(BillJson, ReadsBothFormsOfAccumulators) {
  const auto brief = read_bill(sample);
  ASSERT_TRUE(brief);
  EXPECT_TRUE(brief->accumulators.at(0).first_part);
  EXPECT_EQ(brief->accumulators[0].values.at(1).text, "1200.00");
  const auto full = read_bill(with(R"({"year": {"stays": 1, "pooled": "1200.00"}})",
                                   R"([{"group": "year", "key": {"year": 2023}, "values": {"stays": 2}}])"));
  ASSERT_TRUE(full);
  EXPECT_FALSE(full->accumulators.at(0).first_part);
  EXPECT_EQ(full->accumulators[0].key.at(0).text, "2023");
  EXPECT_EQ(
      refusal(with(R"({"year": {"stays": 1, "pooled": "1200.00"}})", R"([{"group": "year", "key": {}}])")),
      "field_missing /accumulators/0/values ");
}

TEST(BillJson, FillsDates) {
  const auto bill = read_bill(R"({"bill": "1", "region": "990000", "visit": {"to": "2024-02-29"}})");
  ASSERT_TRUE(bill);
  EXPECT_EQ(bill->from, bill->to);
  EXPECT_EQ(to_text(bill->known), "2024-02-29");
  EXPECT_TRUE(bill->lines.empty());
}

TEST(BillJson, RefusesShapes) {
  EXPECT_EQ(refusal("[]"), "field_type 1:1 array [...]");
  EXPECT_EQ(refusal(with(R"("bill": "NB-01", )", "")), "field_missing /bill ");
  EXPECT_EQ(refusal(with("\"facts\"", "\"fact\"")), "field_unknown /fact fact");
  const auto keep = read_bill(with("\"facts\"", "\"history\""));
  ASSERT_FALSE(keep);
  EXPECT_NE(to_text(keep.error().front(), Language::en).find("accumulators, total, lines"), std::string::npos)
      << to_text(keep.error().front(), Language::en);
  EXPECT_EQ(refusal(with("\"NB-01\"", "\"\"")), "text_length /bill ");
  EXPECT_EQ(refusal(with("NB-01", std::string(65, 'x'))), "text_length /bill " + std::string(65, 'x'));
  EXPECT_EQ(refusal(with("NB-01", "a\\u0000b")), std::string("text_malformed /bill a\0b", 24));
  EXPECT_EQ(refusal(with("990000", "99")), "region_malformed /region 99");
  EXPECT_EQ(refusal(with("59", "null")), "field_type /facts/age null");
  EXPECT_EQ(refusal(with("59", "5e1")), "decimal_malformed /facts/age 5e1");
  EXPECT_EQ(refusal(with("\"scheme\"", "\"age\"")), "field_doubled /facts/age age");
}

TEST(BillJson, SuggestsTheFieldMeant) {
  const auto bill = read_bill(with("\"facts\"", "\"fcats\""));
  ASSERT_FALSE(bill);
  EXPECT_NE(to_text(bill.error()[0], Language::en).find("facts?"), std::string::npos);
}

TEST(BillJson, RefusesDates) {
  EXPECT_EQ(refusal(with("2023-10-12", "2023-02-30")), "date_malformed /visit/to 2023-02-30");
  EXPECT_EQ(refusal(with("2023-10-12", "2023-09-30")), "date_order /visit/to 2023-09-30");
  EXPECT_EQ(refusal(with("2023-10-02", "2023-10-13")), "line_date_outside /lines/0/date 2023-10-13");
  const auto later = read_bill(with("\"to\": \"2023-10-12\"", "\"to\": \"2023-13-12\""));
  ASSERT_FALSE(later);
  for (const Error& error : later.error()) EXPECT_NE(error.code, Code::line_date_outside);
  const auto list = read_bill("[]");
  ASSERT_FALSE(list);
  EXPECT_EQ(to_text(list.error().front(), Language::en).substr(0, 12), "1:1: BIL-006");
  EXPECT_EQ(refusal(with("2023-10-02", "2023-09-30")), "line_date_outside /lines/0/date 2023-09-30");
  EXPECT_EQ(refusal(with("\"total\"", "\"settle\": \"2023-09-30\", \"total\"")),
            "date_order /settle 2023-09-30");
}

TEST(BillJson, RefusesAmounts) {
  EXPECT_EQ(refusal(with("\"160.00\"", "160.001")), "money_malformed /total 160.001");
  EXPECT_EQ(refusal(with("\"160.00\"", "1.6e2")), "money_malformed /total 1.6e2");
  EXPECT_EQ(refusal(with("\"160.00\"", "160.0")), "accepted");
  EXPECT_EQ(refusal(with("\"160.00\"", "\"160.01\"")), "total_mismatch /total 160.01");
  EXPECT_EQ(refusal(with("\"200.00\"", "\"1000000000.01\"")),
            "money_malformed /lines/0/amount 1000000000.01");
  EXPECT_EQ(refusal(with("\"10\"", "\"1000000001\"")), "decimal_malformed /lines/0/qty 1000000001");
  EXPECT_EQ(refusal(with("\"180.00\"", "\"-180.00\"")), "value_negative /lines/0/listed_limit -180.00");
  EXPECT_EQ(refusal(with("\"20.00\"", "\"-20.00\"")), "value_negative /lines/0/price -20.00");
  EXPECT_EQ(refusal(with("\"200.00\"", "true")), "field_type /lines/0/amount true");
}

TEST(BillJson, BoundsTheSumOfCharges) {  // LAW 10
  const std::string two = R"({"bill": "1", "region": "990000", "visit": {"to": "2024-02-29"}, "lines": [
    {"id": "1", "amount": 999999999}, {"id": "2", "amount": "%"}]})";
  std::string fits = two, over = two;
  EXPECT_EQ(refusal(fits.replace(fits.find('%'), 1, "1.00")), "accepted");
  EXPECT_EQ(refusal(over.replace(over.find('%'), 1, "1.01")), "amount_too_large /lines 1000000000.01");
}

TEST(BillJson, ChecksRefunds) {  // law 9 (i)
  EXPECT_EQ(refusal(with("\"refund_of\": \"1\"", "\"name\": \"x\"")),
            "refund_without_origin /lines/1/amount -40.00");
  EXPECT_EQ(refusal(with("\"refund_of\": \"1\"", "\"refund_of\": \"7\"")),
            "refund_unknown /lines/1/refund_of 7");
  EXPECT_EQ(refusal(with("\"refund_of\": \"1\"", "\"refund_of\": \"2\"")),
            "refund_unknown /lines/1/refund_of 2");
  EXPECT_EQ(refusal(with("-40", "-200.01")), "refund_excess /lines/1/amount -0.01");
  EXPECT_EQ(refusal(with("-40", "0")), "refund_not_negative /lines/1/amount 0.00");
  std::string third = with("\"160.00\"", "\"0.00\"");
  third.replace(third.rfind("}\n  ]"), 5, R"(}, {"id": "3", "amount": -160, "refund_of": "1"}])");
  EXPECT_EQ(refusal(third), "accepted");
  EXPECT_EQ(refusal(third.replace(third.find("-160, "), 4, "-161")), "refund_excess /lines/2/amount -1.00");
}

TEST(BillJson, ChecksLineIdsAndCount) {  // LAW 10
  EXPECT_EQ(refusal(with("\"id\": \"2\"", "\"id\": \"1\"")), "line_doubled /lines/1/id 1");
  EXPECT_EQ(refusal(with("\"id\": \"2\", ", "")), "field_missing /lines/1/id ");
  BillLimits limits;
  limits.lines = 1;
  EXPECT_EQ(refusal(std::string(sample), limits), "lines_too_many /lines 2");
}

TEST(BillJson, ReportsAllProblemsUpToALimit) {
  std::string text = R"({"bill": "1", "region": "990000", "visit": {"to": "2024-02-29"}, "lines": [)";
  for (int i = 0; i < 30; ++i) text += (i == 0 ? "{}" : ",{}");
  const auto bill = read_bill(text + "]}");
  ASSERT_FALSE(bill);
  EXPECT_EQ(bill.error().size(), 20U);
  EXPECT_EQ(bill.error()[3].place, "/lines/1/amount");
}

}  // namespace
}  // namespace fenming
