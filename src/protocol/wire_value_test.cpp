#include "protocol/wire_value.h"

#include <gtest/gtest.h>

#include "protocol/wire_bytes.h"
#include "protocol/wire_number.h"

namespace fenming {
namespace {

// The text that is read of a JSON value, or the name of the code that refuses it.
std::string value_of(std::string_view json, WireField field, Tolerances tolerances = {}) {
  JsonReader reader;
  const auto value = reader.read(json);
  EXPECT_TRUE(value) << json;
  WireTexts texts;
  const auto read = wire_value(*value, field, tolerances, texts);
  return read ? std::string(*read) : std::string(name(read.error().code));
}

WireField field(WireType type, std::uint16_t length = 0, std::uint16_t decimals = 0) {
  WireField made;
  made.name = "x";
  made.type = type;
  made.length = length;
  made.decimals = decimals;
  made.edition = true;
  return made;
}

TEST(WireValue, AmountsAreExactAsWritten) {
  const WireField amount = field(WireType::decimal, 16, 2);
  for (const auto& [written, read] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"2", "2"},
                                                                            {"2.0", "2.0"},
                                                                            {"2.00", "2.00"},
                                                                            {"-0.01", "-0.01"},
                                                                            {"0", "0"},
                                                                            {"-0", "-0"},
                                                                            {"\"2.00\"", "2.00"},
                                                                            {"2.000", "2"},
                                                                            {"2.500000", "2.5"},
                                                                            {"2e2", "200"},
                                                                            {"2.5E-1", "0.25"},
                                                                            {"\"0002.50\"", "2.5"},
                                                                            {"1e-2", "0.01"},
                                                                            {"0e9", "0"},
                                                                            {"-0.000", "0"},
                                                                            {"999999999.99", "999999999.99"},
                                                                            {"1000000000", "1000000000"},
                                                                            {"\"\"", ""},
                                                                            {"null", ""},
                                                                            {"\"null\"", ""}})
    EXPECT_EQ(value_of(written, amount), read) << written;
  for (const std::string_view wrong :
       {"2.001", "\"2.005\"", "1e-3", "\"1,234.00\"", "\"+1\"", "\".5\"", "\"5.\"", "\"1e\"", "\"e1\"",
        "\"0x10\"", "\"-\"", "\" 2\"", "\"2 \"", "\"2..0\"", "\"1e99\"", "\"１\"", "\"NaN\"", "\"Infinity\"",
        "123456789012345678"})
    EXPECT_EQ(value_of(wrong, amount), "wire_number") << wrong;
  EXPECT_EQ(value_of("1000000000.01", amount), "wire_too_long");  // laws.md 10: 10^11 fen
  EXPECT_EQ(value_of("99999999999999.99", amount), "wire_too_long");
  EXPECT_EQ(value_of("true", amount), "wire_type");
  EXPECT_EQ(value_of("{}", amount), "wire_type");
}

TEST(WireValue, QuantitiesAndPricesHaveTheirPlaces) {
  EXPECT_EQ(value_of("0.3333", field(WireType::decimal, 16, 4)), "0.3333");
  EXPECT_EQ(value_of("0.33333", field(WireType::decimal, 16, 4)), "wire_number");
  EXPECT_EQ(value_of("12.345678", field(WireType::decimal, 16, 6)), "12.345678");
  EXPECT_EQ(value_of("12.3456789", field(WireType::decimal, 16, 6)), "wire_number");
  EXPECT_EQ(value_of("0.85", field(WireType::decimal, 5, 4)), "0.85");
  EXPECT_EQ(value_of("10.1", field(WireType::decimal, 5, 4)), "wire_number");  // one digit before the point
}

TEST(WireValue, WholeNumbers) {
  const WireField days = field(WireType::integer, 3);
  EXPECT_EQ(value_of("7", days), "7");
  EXPECT_EQ(value_of("\"7\"", days), "7");
  EXPECT_EQ(value_of("7.0", days), "7");
  EXPECT_EQ(value_of("-7", days), "-7");
  EXPECT_EQ(value_of("1e2", days), "100");
  EXPECT_EQ(value_of("7.5", days), "wire_number");
  EXPECT_EQ(value_of("1000", days), "wire_number");
  EXPECT_EQ(value_of("7.0", days, Tolerances::strict()), "wire_tolerance");
}

TEST(WireValue, Dates) {
  const WireField day = field(WireType::date), time = field(WireType::datetime);
  for (const std::string_view good : {"2024-02-29", "1900-01-01", "2199-12-31"}) {
    EXPECT_EQ(value_of("\"" + std::string(good) + "\"", day, Tolerances::strict()), good);
    EXPECT_EQ(value_of("\"" + std::string(good) + " 23:59:59\"", time, Tolerances::strict()),
              std::string(good) + " 23:59:59");
    EXPECT_EQ(value_of("\"" + std::string(good) + " 00:00:00\"", day), std::string(good) + " 00:00:00");
    EXPECT_EQ(value_of("\"" + std::string(good) + " 00:00:00\"", day, Tolerances::strict()),
              "wire_tolerance");
    EXPECT_EQ(value_of("\"" + std::string(good) + "\"", time, Tolerances::strict()), "wire_tolerance");
  }
  for (const std::string_view wrong :
       {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "20240101", "2024/01/01", "1899-12-31",
        "2200-01-01", "today", "2024-01-01 24:00:00", "2024-01-01 10:60:00", "2024-01-01 10:20:60",
        "2024-01-01 10", "2024-01-01x10:20:30", "2024-01-01 ", "2024-01-01 10:20:30 ", "2024-01-01 10:20:30.",
        "2024-01-01 10:20:3", "2024-01-01 1:20:30"}) {
    EXPECT_EQ(value_of("\"" + std::string(wrong) + "\"", day), "wire_date") << wrong;
    EXPECT_EQ(value_of("\"" + std::string(wrong) + "\"", time), "wire_date") << wrong;
  }
  EXPECT_EQ(value_of("20240101", day), "wire_type");
  EXPECT_EQ(value_of("\"0001-01-01\"", day), "");
  EXPECT_EQ(value_of("\"9999-12-31 00:00:00\"", time), "");
  EXPECT_EQ(value_of("\"0001-01-01\"", field(WireType::text, 30)), "0001-01-01");  // only of dates
}

TEST(WireValue, CodesOfTheEditionOnly) {
  WireField code = field(WireType::text, 3);
  code.table = "mdtrt_cert_type";
  code.code_table = find_table("mdtrt_cert_type");
  EXPECT_EQ(value_of("\"02\"", code), "02");
  EXPECT_EQ(value_of("\"2\"", code), "wire_code");
  code.edition = false;
  EXPECT_EQ(value_of("\"2\"", code), "2");
  WireField area = field(WireType::text, 6);
  area.table = "admdvs";
  EXPECT_EQ(value_of("\"990000\"", area), "990000");
  EXPECT_EQ(value_of("990000", area), "990000");
  EXPECT_EQ(value_of("\"99000\"", area), "wire_code");
  EXPECT_EQ(value_of("\"99000x\"", area), "wire_code");
}

TEST(WireValue, AGuessedTypeRefusesNothing) {
  WireField guess = field(WireType::decimal, 4, 2);
  guess.guessed = true;
  EXPECT_EQ(value_of("\"many\"", guess), "many");
  EXPECT_EQ(value_of("[1]", guess), "");
}

TEST(WireBytes, Base64) {
  for (const std::string_view bytes : {"", "a", "ab", "abc", "abcd", "\xFF\xFE\xFD"})
    EXPECT_EQ(bytes_of_base64(base64_of_bytes(bytes)), bytes);
  EXPECT_EQ(base64_of_bytes("abcd"), "YWJjZA==");
  EXPECT_EQ(bytes_of_base64("YWJj\r\nZA=="), "abcd");
  EXPECT_EQ(bytes_of_base64("YWJjZA"), "abcd");
  for (const std::string_view wrong : {"Y", "YW=j", "YW J", "YWJj=", "====", "中"})
    EXPECT_FALSE(bytes_of_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace fenming
