#include "model/state.h"

#include <gtest/gtest.h>

#include <map>

namespace fenming {
namespace {

TEST(Object, KeepsCellsSortedWhateverTheOrder) {
  Object one, other;
  one.set("b", "2"), one.set("a", "1"), one.set("ab", "3");
  other.set("ab", "x"), other.set("a", "1"), other.set("c", "9"), other.set("b", "2");
  other.set("ab", "3"), other.set("c", "");
  EXPECT_EQ(one, other);
  EXPECT_EQ(one.write(), other.write());
  EXPECT_EQ(one.find("ab"), "3");
  EXPECT_EQ(one.find("c"), "");
  EXPECT_EQ(one.with("a").size(), 2u);
  EXPECT_EQ(one.with("a").back().first, "ab");
  EXPECT_TRUE(one.with("c").empty());
  EXPECT_EQ(*Object::read(one.write()), one);
}

TEST(Object, ACellMayGrowShrinkAndGo) {
  Object object;
  std::map<std::string, std::string> wanted;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const std::string name = "c" + std::to_string(i * 7 % 150);
    const std::string value = i % 5 == 0 ? "" : std::string(i * 13 % 300, static_cast<char>('a' + i % 26));
    object.set(name, value);
    if (value.empty())
      wanted.erase(name);
    else
      wanted[name] = value;
  }
  ASSERT_EQ(object.cells().size(), wanted.size());
  auto at = wanted.begin();
  for (const auto& [name, value] : object.cells()) {
    EXPECT_EQ(name, at->first);
    EXPECT_EQ(value, at->second);
    ++at;
  }
  EXPECT_EQ(*Object::read(object.write()), object);
  for (const auto& [name, value] : wanted) object.set(name, "");
  EXPECT_TRUE(object.empty());
  EXPECT_EQ(object.write(), "");
}

TEST(Object, DamagedBytesAreRefused) {
  Object object;
  object.set("a", "1"), object.set("b", "2");
  const std::string bytes = object.write();
  for (std::size_t size = 1; size < bytes.size(); ++size)
    EXPECT_FALSE(Object::read(std::string_view(bytes).substr(0, size))) << size;
  std::string turned = bytes;
  std::swap(turned[2], turned[6]);
  EXPECT_FALSE(Object::read(turned)) << "cells out of order";
  EXPECT_TRUE(Object::read("")->empty());
}

}  // namespace
}  // namespace fenming
