#include "protocol/charset.h"

#include <gtest/gtest.h>

#include "protocol/request.h"

namespace fenming {
namespace {

TEST(Charset, IsTakenFromTheContentType) {
  for (const std::string_view type : {"application/json; charset=GBK", "text/plain;charset=gb2312",
                                      "application/json;charset=\"GB18030\"", "a/b; Charset=gb-18030"})
    EXPECT_EQ(charset_of(type), Charset::gbk) << type;
  for (const std::string_view type : {"", "application/json", "text/plain; charset=utf-8", "x/y; charset="})
    EXPECT_EQ(charset_of(type), Charset::utf8) << type;
}

TEST(Charset, GoesToUtf8AndBack) {
  const std::string gbk = "\xB7\xD6\xC3\xF7 a";  // 分明 a
  EXPECT_EQ(to_utf8(gbk, Charset::gbk), "分明 a");
  EXPECT_EQ(from_utf8("分明 a", Charset::gbk), gbk);
  EXPECT_EQ(to_utf8("分明", Charset::utf8), "分明");
  EXPECT_EQ(to_utf8("a\x80 \xA2\xE3", Charset::gbk), "a€ €");
  EXPECT_EQ(from_utf8("€", Charset::gbk), "\x80");
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "医保";  // longer than a piece
  EXPECT_EQ(to_utf8(from_utf8(text, Charset::gbk), Charset::gbk), text);
}

TEST(Charset, WhatGbkLacksBecomesAQuestionMark) {
  EXPECT_EQ(from_utf8("a😀b", Charset::gbk), "a?b");
  EXPECT_EQ(from_utf8("\xFF\xE5", Charset::gbk), "??");
}

TEST(Charset, RefusesBrokenBytesWithTheirPlace) {
  const auto read = to_utf8("ab\xB7", Charset::gbk);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::wire_encoding);
  EXPECT_EQ(read.error().place, "byte 2");
  EXPECT_EQ(read.error().value, "GBK");
  RequestReader reader;
  const auto wrong = reader.read_envelope("{\"infno\":\"\xB7\xD6\"}");  // GBK sent as UTF-8
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::wire_not_json);
}

}  // namespace
}  // namespace fenming
