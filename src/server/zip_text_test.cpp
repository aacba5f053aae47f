#include "server/zip_text.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(ZipText, ComesBackAndIsTheSameEachTime) {
  const std::string text = "XA02BC01\t奥美拉唑\tnull\n";
  const std::string zipped = zip_text("1301.txt", text);
  EXPECT_EQ(zipped.substr(0, 2), "PK");
  EXPECT_EQ(zipped, zip_text("1301.txt", text));
  EXPECT_EQ(text_of_zip(zipped, 1000), text);
  EXPECT_EQ(text_of_zip(zip_text("empty.txt", ""), 1000), "");
}

TEST(ZipText, WhatIsNoZipOrTooLarge) {
  EXPECT_EQ(text_of_zip("a\tb\n", 1000), "a\tb\n");
  const std::string zipped = zip_text("1.txt", std::string(100'000, 'x'));
  EXPECT_LT(zipped.size(), 1000U);
  EXPECT_EQ(text_of_zip(zipped, 99'999), std::nullopt);
  EXPECT_EQ(text_of_zip(zipped.substr(0, zipped.size() / 2), 200'000), std::nullopt);
}

}  // namespace
}  // namespace fenming
