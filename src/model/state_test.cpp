#include "model/state.h"

#include <gtest/gtest.h>

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
  const auto [first, last] = one.with("a");
  EXPECT_EQ(last - first, 2);
  EXPECT_EQ(*Object::read(one.write()), one);
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
