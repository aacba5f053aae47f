#include "catalog/catalogue.h"

#include <gtest/gtest.h>

#include "catalog/csv.h"

namespace fenming {
namespace {

const std::string header = "item,name_zh,name_en,class,kind,source,unit_limit,from,to\n";

Date day(std::string_view text) { return *parse_date(text); }

std::string refusal(const std::string& csv) {
  const auto catalogue = Catalogue::read(csv, "c.csv");
  if (catalogue) return "accepted";
  const Error& error = catalogue.error().at(0);
  return error.place + " " + std::string(name(error.code)) + " " + error.value;
}

TEST(Csv, ReadsQuotesBreaksAndMarks) {
  const auto rows = read_csv(
      "\xEF\xBB\xBF"
      "a,\"b, \"\"c\"\"\"\r\n\n\"x\ny\",\n1,2",
      "f");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[0].fields, (std::vector<std::string>{"a", "b, \"c\""}));
  EXPECT_EQ((*rows)[1].fields, (std::vector<std::string>{"x\ny", ""}));
  EXPECT_EQ((*rows)[1].line, 3U);
  EXPECT_EQ((*rows)[2].line, 5U);
}

TEST(Csv, RefusesBrokenQuotes) {
  EXPECT_EQ(read_csv("a\nb,\"x", "f").error().place, "f:2:2");
  EXPECT_EQ(read_csv("a,b\"c", "f").error().place, "f:1:2");
  EXPECT_EQ(read_csv("\"a\"b,c", "f").error().place, "f:1:1");
}

TEST(Catalogue, FindsTheVersionOfADay) {
  const auto catalogue = Catalogue::read(header +
                                             "X1,甲药,drug,A,drug,domestic,18.5,2023-01-01,2023-12-31\nX1,"
                                             "甲药,drug,B,drug,domestic,,2024-02-01,\n",
                                         "c.csv");
  ASSERT_TRUE(catalogue) << to_text(catalogue.error()[0], Language::en);
  EXPECT_EQ(catalogue->find("X1", day("2022-12-31")), nullptr);
  EXPECT_EQ(catalogue->find("X1", day("2023-01-01"))->unit_limit->millionths, 18'500'000);
  EXPECT_EQ(catalogue->find("X1", day("2023-12-31"))->item_class, "A");
  EXPECT_EQ(catalogue->find("X1", day("2024-01-31")), nullptr);
  EXPECT_EQ(catalogue->find("X1", day("2024-02-01"))->item_class, "B");
  EXPECT_FALSE(catalogue->find("X1", day("2030-01-01"))->unit_limit);
  EXPECT_EQ(catalogue->find("X0", day("2024-02-01")), nullptr);
  EXPECT_EQ(catalogue->find("X2", day("2024-02-01")), nullptr);
}

TEST(Catalogue, TakesColumnsInAnyOrder) {
  const auto catalogue =
      Catalogue::read("to,from,unit_limit,source,kind,class,name_en,name_zh,item\n,,1,,,C,,,Z\n", "c.csv");
  ASSERT_TRUE(catalogue);
  EXPECT_EQ(catalogue->find("Z", day("2000-01-01"))->item_class, "C");
}

TEST(Catalogue, RefusesByRow) {
  EXPECT_EQ(refusal(""), "c.csv:1:1 catalogue_column_missing item");
  EXPECT_EQ(refusal("item,klass\n"), "c.csv:1:2 catalogue_column klass");
  EXPECT_EQ(refusal(header + "X1,,,A,,,1\n"), "c.csv:2:8 csv_malformed ");
  EXPECT_EQ(refusal(header + ",,,A,,,1,,\n"), "c.csv:2:1 field_missing ");
  EXPECT_EQ(refusal(header + "X1,,,A,,,1e3,,\n"), "c.csv:2:7 decimal_malformed 1e3");
  EXPECT_EQ(refusal(header + "X1,,,A,,,-1,,\n"), "c.csv:2:7 value_negative -1");
  EXPECT_EQ(refusal(header + "X1,,,A,,,1,2023-13-01,\n"), "c.csv:2:8 date_malformed 2023-13-01");
  EXPECT_EQ(refusal(header + "X1,,,A,,,1,2023-02-01,2023-01-31\n"), "c.csv:2:9 date_order 2023-01-31");
  EXPECT_EQ(refusal(header + "X1,,,A,,,1,,2023-01-31\nX2,,,A,,,,,\nX1,,,A,,,1,2023-01-31,\n"),
            "c.csv:4:1 catalogue_overlap X1");
}

}  // namespace
}  // namespace fenming
