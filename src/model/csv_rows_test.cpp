#include "model/csv_rows.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

std::string shown(std::string_view text) {
  CsvRows rows(text, "f");
  std::string all;
  while (rows.next()) {
    all += std::to_string(rows.line());
    for (const std::string_view field : rows.fields()) all += "|" + std::string(field);
    all += "\n";
  }
  return rows.error() ? all + rows.error()->place : all;
}

TEST(CsvRows, ReadsWhatTheStandardAllows) {
  EXPECT_EQ(shown(""), "");
  EXPECT_EQ(shown("\xEF\xBB\xBF"
                  "a,b\r\n1,2"),
            "1|a|b\n2|1|2\n");
  EXPECT_EQ(shown("\"a,\"\"b\"\"\",\"\"\n\n,\n"), "1|a,\"b\"|\n3||\n");
  EXPECT_EQ(shown("\"two\nlines\",x\ny,z\n"), "1|two\nlines|x\n3|y|z\n");
}

TEST(CsvRows, NamesThePlaceOfWhatIsWrong) {
  EXPECT_EQ(shown("a\nb,\"x"), "1|a\nf:2:2");
  EXPECT_EQ(shown("a,b\"c"), "f:1:2");
  EXPECT_EQ(shown("\"a\"b,c"), "f:1:1");
}

TEST(CsvRows, EveryCutOfAFileComesToAnEnd) {
  const std::string text = "a,\"b\"\"c\",\"d\ne\"\r\n\"\",f\n";
  for (std::size_t size = 0; size <= text.size(); ++size) {
    CsvRows rows(std::string_view(text).substr(0, size), "f");
    std::size_t count = 0;
    while (rows.next()) ++count;
    EXPECT_LE(count, 3u);
    EXPECT_FALSE(rows.next());
  }
}

}  // namespace
}  // namespace fenming
