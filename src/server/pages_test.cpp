#include "server/pages.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

Page asked(const std::string& number, const std::string& size, std::size_t rows) {
  RequestReader reader;
  const std::string text =
      R"({"infno":"1312","msgid":"H99000000001202601050800000001","fixmedins_code":"H99000000001",)"
      R"("input":{"data":{"updt_time":"2026-01-01","page_num":")" +
      number + R"(","page_size":")" + size + "\"}}}";
  EXPECT_TRUE(reader.read_envelope(text));
  const auto request = reader.read_input(Tolerances());
  EXPECT_TRUE(request) << text;
  return page_of(request->row("data"), rows);
}

TEST(Pages, FirstLastAndBeyond) {
  EXPECT_EQ(asked("1", "10", 25).end, 10U);
  EXPECT_EQ(asked("3", "10", 25).first, 20U);
  EXPECT_EQ(asked("3", "10", 25).end, 25U);
  EXPECT_EQ(asked("9", "10", 25).first, 25U);
  EXPECT_EQ(asked("0", "0", 25).end, 25U);
  EXPECT_EQ(asked("1", "9999", 5000).end, page_size_max);
  const Page whole = page_of(WireRow(), 7);
  EXPECT_FALSE(whole.asked);
  EXPECT_EQ(whole.end, 7U);
  JsonOut json;
  json.open_object();
  write_page(json, asked("3", "10", 25));
  EXPECT_EQ(
      json.close_object().str(),
      R"({"firstPage":false,"lastPage":true,"size":5,"startRow":21,"pageSize":10,"pageNum":3,"recordCounts":25,"pages":3})");
}

}  // namespace
}  // namespace fenming
