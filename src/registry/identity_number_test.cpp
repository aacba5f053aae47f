#include "registry/identity_number.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

std::string problem(std::string_view text) {
  const auto read = read_identity_number(text);
  return read ? "" : std::string(name(read.error().code));
}

// Division 99 is nobody's: all persons are invented. Checks by the weights of GB 11643.
// REQ ENR-07
TEST(IdentityNumber, SaysBirthAndSex) {
  const auto woman = read_identity_number("990000198002030023");
  ASSERT_TRUE(woman) << to_text(woman.error(), Language::en);
  EXPECT_EQ(to_text(woman->born), "1980-02-03");
  EXPECT_FALSE(woman->male);
  const auto man = read_identity_number(" 99000019491231078x\r\n");
  ASSERT_TRUE(man) << to_text(man.error(), Language::en);
  EXPECT_EQ(man->text, "99000019491231078X");
  EXPECT_EQ(to_text(man->born), "1949-12-31");
  EXPECT_FALSE(man->male);
}

// The example that the standard itself prints.
TEST(IdentityNumber, CheckOfThePublishedExample) {
  EXPECT_EQ(identity_check_character("11010519491231002"), 'X');
  EXPECT_EQ(identity_check_character("44052418800101001"), '4');
}

// REQ ENR-07
TEST(IdentityNumber, OldOnesBecomeLong) {
  const auto old = read_identity_number("990000491231001");
  ASSERT_TRUE(old);
  EXPECT_EQ(old->text.substr(0, 17), "99000019491231001");
  EXPECT_EQ(old->text.size(), 18u);
  EXPECT_EQ(problem(old->text), "");
  EXPECT_TRUE(old->male);
  EXPECT_EQ(problem("990000491231997"), "identity_born") << "kept for persons born before 1900";
}

// Weights and checks as the standard's table has them, not by the short way of the source.
char by_table(std::string_view first17) {
  static constexpr int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) sum += (first17[i] - '0') * weights[i];
  return "10X98765432"[sum % 11];
}

// REQ ENR-07
TEST(IdentityNumber, EveryWrongDigitAndEverySwapIsFound) {
  const std::string first17 = "99000019850617432";
  const std::string good = first17 + by_table(first17);
  ASSERT_EQ(problem(good), "");
  for (std::size_t at = 0; at < 18; ++at)
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = good;
      wrong[at] = digit;
      EXPECT_EQ(problem(wrong).empty(), wrong == good) << wrong;
    }
  for (std::size_t at = 0; at + 1 < 17; ++at) {
    std::string wrong = good;
    std::swap(wrong[at], wrong[at + 1]);
    EXPECT_EQ(problem(wrong).empty(), wrong == good) << wrong;
  }
}

// REQ ENR-07
TEST(IdentityNumber, RefusesWithTheReason) {
  EXPECT_EQ(problem(""), "identity_length");
  EXPECT_EQ(problem("99000019800203002"), "identity_length");
  EXPECT_EQ(problem("9900001980020300237"), "identity_length");
  EXPECT_EQ(problem("99000O198002030027"), "identity_character");
  EXPECT_EQ(problem("990000198002030X27"), "identity_character");
  EXPECT_EQ(problem("99000019800203002Y"), "identity_character");
  EXPECT_EQ(problem("090000198002030027"), "identity_character");
  EXPECT_EQ(problem("990000198002300027"), "identity_born");
  EXPECT_EQ(problem("990000198013010027"), "identity_born");
  EXPECT_EQ(problem("990000189902030027"), "identity_born");
  const auto wrong = read_identity_number("990000198002030027");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::identity_check);
  EXPECT_EQ(wrong.error().details.front(), "3");
}

}  // namespace
}  // namespace fenming
