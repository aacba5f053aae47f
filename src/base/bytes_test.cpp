#include "base/bytes.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

std::string written(std::uint64_t value) {
  std::string out;
  ByteWriter(out).number(value);
  return out;
}

TEST(Bytes, NumbersComeBack) {
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 16383ULL, 16384ULL, 1ULL << 62, ~0ULL}) {
    const std::string bytes = written(value);
    ByteReader again(bytes);
    EXPECT_EQ(again.number(), value);
    EXPECT_TRUE(again.done());
  }
  for (const std::int64_t value : {0L, 1L, -1L, 63L, -64L, INT64_MAX, INT64_MIN}) {
    std::string out;
    ByteWriter(out).integer(value);
    ByteReader reader(out);
    EXPECT_EQ(reader.integer(), value);
    EXPECT_TRUE(reader.done());
  }
  EXPECT_EQ(written(127).size(), 1u);
  EXPECT_EQ(written(128).size(), 2u);
}

TEST(Bytes, OneFormOnly) {
  using namespace std::string_view_literals;
  for (const std::string_view bytes :
       {""sv, "\x80"sv, "\x80\x00"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv}) {
    ByteReader reader(bytes);
    EXPECT_EQ(reader.number(), 0u);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Bytes, NothingIsReadPastTheEnd) {
  std::string out;
  ByteWriter(out).text("分明");
  for (std::size_t size = 0; size < out.size(); ++size) {
    ByteReader reader(std::string_view(out).substr(0, size));
    EXPECT_EQ(reader.text(), "");
    EXPECT_FALSE(reader.done());
  }
  ByteReader reader(out);
  EXPECT_EQ(reader.text(), "分明");
  EXPECT_TRUE(reader.done());
}

TEST(Bytes, ACountFitsTheRest) {
  std::string out;
  ByteWriter writer(out);
  writer.number(3);
  writer.raw("abc");
  ByteReader fits(out), not_two_bytes_each(out);
  EXPECT_EQ(fits.count(), 3u);
  EXPECT_EQ(not_two_bytes_each.count(2), 0u);
  EXPECT_FALSE(not_two_bytes_each.ok());
}

}  // namespace
}  // namespace fenming
