#include "base/json_out.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(JsonOut, NestsWithCommas) {
  JsonOut out;
  out.open_object().field("a", "x").field("b", std::int64_t{-3}).key("c").open_array();
  out.text("1").raw("2.50").null().boolean(true).open_object().close_object().close_array().close_object();
  EXPECT_EQ(out.str(), R"({"a":"x","b":-3,"c":["1",2.50,null,true,{}]})");
}

TEST(JsonOut, Indents) {
  JsonOut out(2);
  out.open_object()
      .key("a")
      .open_array()
      .number(1)
      .number(2)
      .close_array()
      .key("e")
      .open_array()
      .close_array();
  EXPECT_EQ(out.close_object().take(), "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"e\": []\n}");
}

TEST(JsonOut, EscapesWhatJsonForbids) {
  JsonOut out;
  out.text(std::string("q\" b\\ n\n \x01 中 ") + '\0');
  EXPECT_EQ(out.str(), "\"q\\\" b\\\\ n\\n \\u0001 中 \\u0000\"");
}

// Plain bytes are looked at eight at once: whatever stands at whatever place, the text reads back.
TEST(JsonOut, EveryByteAtEveryPlace) {
  for (int byte = 0; byte < 0x100; ++byte)
    for (std::size_t place = 0; place < 20; ++place) {
      std::string text(20, 'a');
      text[place] = static_cast<char>(byte);
      std::string expected;
      for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
          expected += std::string("\\") + c;
        else if (c == '\n')
          expected += "\\n";
        else if (c == '\r')
          expected += "\\r";
        else if (c == '\t')
          expected += "\\t";
        else if (u < 0x20 || u == 0x7F)
          expected += std::string("\\u00") + "01234567"[u >> 4U] + "0123456789abcdef"[u & 15U];
        else if (u >= 0x80)
          expected += "\xEF\xBF\xBD";
        else
          expected += c;
      }
      JsonOut out;
      EXPECT_EQ(out.text(text).str(), '"' + expected + '"') << byte << " at " << place;
    }
}

TEST(JsonOut, NeverWritesBrokenUtf8) {
  for (const std::string broken : {"\xFF", "\xC0\xAF", "\xED\xA0\x80", "\xE4\xB8", "\xF4\x90\x80\x80"}) {
    JsonOut out;
    out.text(broken);
    EXPECT_NE(out.str().find("\xEF\xBF\xBD"), std::string::npos) << broken.size();
    EXPECT_EQ(out.str().find(broken), std::string::npos) << broken.size();
  }
}

}  // namespace
}  // namespace fenming
