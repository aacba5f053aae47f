#include "proof/exact.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

Exact exact(std::string_view text) { return *parse_exact(text, 36); }
std::string shown(const std::optional<Exact>& number) { return number ? to_text(*number) : "nothing"; }

TEST(ProofExact, AlignsPlaces) {
  EXPECT_EQ(shown(proof_add(exact("1300"), exact("0.005"))), "1300.005");
  EXPECT_EQ(shown(proof_sub(exact("0.1"), exact("0.10"))), "0");
  EXPECT_EQ(shown(proof_mul(exact("16450.00"), exact("0.850000"))), "13982.5");
  EXPECT_EQ(proof_compare(exact("1.50"), exact("1.5")), std::strong_ordering::equal);
  EXPECT_EQ(proof_compare(exact("-1.51"), exact("-1.5")), std::strong_ordering::less);
}

TEST(ProofExact, RoundsToAMultipleOfTheStep) {
  EXPECT_EQ(shown(proof_round(exact("23.4350"), exact("0.01"), Rounding::half_up)), "23.44");
  EXPECT_EQ(shown(proof_round(exact("23.445"), exact("0.01"), Rounding::half_even)), "23.44");
  EXPECT_EQ(shown(proof_round(exact("-23.435"), exact("0.01"), Rounding::half_up)), "-23.44");
  EXPECT_EQ(shown(proof_round(exact("23.431"), exact("0.01"), Rounding::up)), "23.44");
  EXPECT_EQ(shown(proof_round(exact("1499"), exact("50"), Rounding::down)), "1450");
  EXPECT_EQ(shown(proof_quotient(exact("10000"), exact("0.85"), exact("0.01"), Rounding::half_up)),
            "11764.71");
  EXPECT_EQ(shown(proof_quotient(exact("7"), exact("-2"), exact("1"), Rounding::half_up)), "-4");
  EXPECT_EQ(shown(proof_quotient(exact("-7"), exact("-2"), exact("1"), Rounding::down)), "3");
}

TEST(ProofExact, GivesNothingRatherThanAWrongNumber) {
  const Exact large = exact("999999999999999999999999999999999999"),
              small = exact("0.00000000000000000000000000000000001");
  EXPECT_EQ(shown(proof_add(large, large)), "nothing");
  EXPECT_EQ(shown(proof_sub(large, exact("-2"))), "nothing");
  EXPECT_EQ(shown(proof_mul(large, exact("2"))), "nothing");
  EXPECT_EQ(shown(proof_mul(small, small)), "nothing");
  EXPECT_EQ(shown(proof_add(large, small)), "nothing");
  EXPECT_FALSE(proof_compare(large, small));
  EXPECT_EQ(shown(proof_round(large, exact("0"), Rounding::down)), "nothing");
  EXPECT_EQ(shown(proof_round(large, exact("-1"), Rounding::down)), "nothing");
  EXPECT_EQ(shown(proof_quotient(large, exact("0"), exact("1"), Rounding::down)), "nothing");
}

}  // namespace
}  // namespace fenming
