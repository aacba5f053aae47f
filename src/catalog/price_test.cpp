#include "catalog/price.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

Catalogue catalogue() {
  return *Catalogue::read(
      "item,name_zh,name_en,class,kind,source,unit_limit,from,to\n"
      "X1,甲药,drug,B,drug,domestic,18.005,2023-01-01,\n"
      "X2,乙药,other drug,A,,,,,\n"
      "X3,丙药,dear drug,A,drug,imported,1000000000,,\n",
      "c.csv");
}

BillLine line(std::string id, std::string item, std::int64_t fen, std::optional<std::int64_t> quantity = {}) {
  BillLine made;
  made.id = std::move(id);
  made.item = std::move(item);
  made.amount = Money::from_fen(fen);
  if (quantity) made.quantity = Decimal{*quantity * 1'000'000};
  return made;
}

Bill bill(std::vector<BillLine> lines) {
  Bill made;
  made.from = made.to = *parse_date("2023-05-01");
  made.lines = std::move(lines);
  return made;
}

std::string column(const BillLine& of, std::string_view name) {
  for (const FactValue& value : of.columns)
    if (value.name == name) return value.text;
  return "";
}

TEST(Price, FillsWhatIsMissing) {
  const auto priced =
      price(catalogue(), bill({line("1", "X1", 20000, 10), line("2", "", 100), line("3", "X2", 100)}));
  ASSERT_TRUE(priced);
  EXPECT_EQ(column(priced->lines[0], "class"), "B");
  EXPECT_EQ(column(priced->lines[0], "source"), "domestic");
  EXPECT_EQ(priced->lines[0].item_name, "甲药");
  EXPECT_EQ(priced->lines[0].listed_limit->fen(), 18005);
  EXPECT_TRUE(priced->lines[1].columns.empty());
  EXPECT_EQ(column(priced->lines[2], "kind"), "");
  EXPECT_FALSE(priced->lines[2].listed_limit);
}

TEST(Price, RoundsTheLimitHalfUp) {
  const auto priced = price(catalogue(), bill({line("1", "X1", 20000), line("2", "X1", 20000, 3)}));
  ASSERT_TRUE(priced);
  EXPECT_EQ(priced->lines[0].listed_limit->fen(), 1801);  // 18.005 x 1
  EXPECT_EQ(priced->lines[1].listed_limit->fen(), 5402);  // 54.015
}

TEST(Price, KeepsWhatTheProviderWrote) {
  BillLine own = line("1", "X1", 20000, 10);
  own.columns = {FactValue{"class", FactValue::Kind::text, "C", {}}};
  own.listed_limit = Money::from_fen(1);
  own.item_name = "own";
  const auto priced = price(catalogue(), bill({own}));
  ASSERT_TRUE(priced);
  EXPECT_EQ(column(priced->lines[0], "class"), "C");
  EXPECT_EQ(priced->lines[0].listed_limit->fen(), 1);
  EXPECT_EQ(priced->lines[0].item_name, "own");
}

TEST(Price, LimitsWhatIsLeftAfterRefunds) {
  BillLine refund = line("2", "X1", -4000, -2);
  refund.refund_of = "1";
  const auto priced = price(catalogue(), bill({line("1", "X1", 20000, 10), refund}));
  ASSERT_TRUE(priced);
  EXPECT_EQ(priced->lines[0].listed_limit->fen(), 14404);  // 8 x 18.005
  EXPECT_FALSE(priced->lines[1].listed_limit);
  EXPECT_TRUE(priced->lines[1].columns.empty());
}

TEST(Price, NeverOverflows) {
  const auto priced = price(catalogue(), bill({line("1", "X3", 20000, 1'000'000'000)}));
  ASSERT_TRUE(priced);
  EXPECT_EQ(priced->lines[0].listed_limit->fen(), money_fen_max);
}

TEST(Price, RefusesUnknownItemsWithoutClass) {
  BillLine classed = line("1", "nothing", 100);
  classed.columns = {FactValue{"class", FactValue::Kind::text, "A", {}}};
  BillLine early = line("3", "X1", 100);
  early.date = parse_date("2022-12-31");
  const auto priced = price(catalogue(), bill({classed, line("2", "nothing", 100), early}));
  ASSERT_FALSE(priced);
  ASSERT_EQ(priced.error().size(), 2U);
  EXPECT_EQ(priced.error()[0].place, "/lines/1/item");
  EXPECT_EQ(priced.error()[0].code, Code::item_unknown);
  EXPECT_EQ(priced.error()[1].place, "/lines/2/item");
  EXPECT_EQ(priced.error()[1].details.at(0), "2022-12-31");
}

}  // namespace
}  // namespace fenming
