// Numbers at the edge: what leaves 64 bits is computed in 128, what leaves those is refused; bands below 0; balances spent once.
#include "policy/arithmetic.h"
#include "policy/explain.h"
#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::bill_of;
using testing_policy::fact;
using testing_policy::library_of;
using testing_policy::refused;
using testing_policy::settle;

TEST(Arithmetic, NumbersNoticeWhenOneLeavesThem) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
  const auto noticed = [](auto work) {
    Plain<std::int64_t> numbers;
    work(numbers);
    return numbers.overflowed();
  };
  EXPECT_FALSE(noticed([](auto& n) { n.add(most - 1, 1, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.add(most, 1, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.sub(-most, 2, {}); }));
  EXPECT_FALSE(noticed([](auto& n) { n.mul(most / 7, 7, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.mul(most / 7 + 1, 7, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.rescale(most / 100, 3, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.room(most, -1, true); }));
  EXPECT_TRUE(noticed([](auto& n) { n.overlap(most, 1, 0, 0, true, true); }));
  EXPECT_TRUE(noticed([](auto& n) { n.neg(-most - 1, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.round(most / 10, -2, Rounding::half_up, {}); }));
  EXPECT_TRUE(noticed([](auto& n) { n.quotient(most, 1, 1, 1, Rounding::half_up, {}); }));
  EXPECT_FALSE(noticed([](auto& n) { n.quotient(most, 10, 1, 1, Rounding::half_up, {}); }));
  const Plain<Wide> wide;
  EXPECT_EQ(wide.raw(Wide{most} + 1), most) << "more than any limit stays more than any limit";
}

constexpr const char* beside_a_negative_counter = R"YAML(
keep: {year: {per: [year], of: {a: money}}}
steps:
  - {layer: basic, base: "min(eligible, 100元)", ratio: 65.1234%, adjust: ratio * 99.9999%, after: {limit: 80, used: year.a}, add: {year.a: after}}
)YAML";

TEST(Arithmetic, ACounterSetFarBackIsComputedInMoreBits) {
  const auto library = library_of(beside_a_negative_counter);
  Bill bill = bill_of({}, {20'000});
  bill.accumulators.push_back({"year", true, {}, {fact("a", "-93000.00")}});
  const auto outcome = settle(library, bill);
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts.front().layers.front().after, 6'512);
  EXPECT_EQ(outcome.result.split->cash().fen(), 20'000);
  EXPECT_EQ(outcome.result.rows.front().after.front(), -9'300'000 + 6'512);
}

TEST(Arithmetic, ARatioAboveOneRaisesWhatALayerMayPay) {
  const auto library = library_of(R"YAML(
steps:
  - {layer: big, base: "min(eligible, 100元)", ratio: 100%, adjust: ratio * 1000}
  - let: {z: "big.paid * 99.9999% * 99.9999% * 99%"}
  - {layer: two, base: z, ratio: 10%}
)YAML");
  const auto outcome = settle(library, bill_of({}, {20'000'000}));
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts.front().layers[1].base, 9'899'980);
  EXPECT_EQ(outcome.result.parts.front().layers[1].paid, 989'998);
}

TEST(Arithmetic, AQuotientThatCouldLeave127BitsIsRefused) {
  constexpr const char* quotient = R"YAML(
facts: {n: int 0..1000000000000, m: int 0..1000000000000, k: int 0..1000000000000}
steps:
  - let: {q: "round(n * m * k / (n * m * k + 1000000000 * 1000000000 * 1000000000), STEP)"}
  - {layer: basic, base: eligible, ratio: 100%, cap: "100元 * q"}
)YAML";
  const auto with = [&](const char* step) {
    std::string text = quotient;
    return refused(text.replace(text.find("STEP"), 4, step));
  };
  EXPECT_EQ(with("0.000001"), "number_too_large");
  EXPECT_EQ(with("1"), "");
}

TEST(Arithmetic, ACounterBelowTheRowsOfATableIsRefused) {
  const auto library = library_of(R"YAML(
keep: {year: {per: [year], of: {stays: int}}}
steps:
  - {layer: basic, base: eligible, deductible: {by: year.stays, 0: 13, 1..: 6}, ratio: 50%, add: {year.stays: 1}}
)YAML");
  Bill bill = bill_of({}, {20'000});
  const auto with = [&](const char* stays) {
    bill.accumulators = {{"year", true, {}, {fact("stays", stays)}}};
    const auto outcome = settle(library, bill);
    return outcome.error.empty() ? std::to_string(outcome.result.deductible) : outcome.error;
  };
  EXPECT_EQ(with("0"), "1300");
  EXPECT_EQ(with("7"), "600");
  EXPECT_EQ(with("-3"), "rule_failed");
}

// policy-calculus.md 5: the bands begin at 0 wherever `at` is.
TEST(Arithmetic, WhatLiesBelowTheFirstBandEarnsNothingAndIsUsedUpFirst) {
  const auto library = library_of(R"YAML(
facts: {x: money}
steps:
  - {layer: basic, base: eligible, at: "0元 - x", bands: [{to: 1000, ratio: 50%}, {ratio: 80%}], cap: 25}
  - {layer: two, base: basic.covered - basic.consumed, ratio: 100%}
)YAML");
  const auto outcome = settle(library, bill_of({fact("x", "100.00")}, {20'000}));
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts.front().layers[0].consumed, 15'000);
  EXPECT_EQ(outcome.result.parts.front().layers[1].paid, 5'000);
  const auto all_below = settle(library, bill_of({fact("x", "300.00")}, {20'000}));
  EXPECT_EQ(all_below.result.parts.front().layers[0].paid, 0);
  const auto first_below = library_of(R"YAML(
facts: {x: money}
steps:
  - {layer: basic, base: eligible, at: "0元 - x", bands: [{to: "0元 - x", ratio: 0%}, {ratio: 80%}]}
)YAML");
  EXPECT_EQ(settle(first_below, bill_of({fact("x", "100.00")}, {20'000})).result.split->funds().fen(), 8'000);
}

TEST(Arithmetic, ABalanceIsSpentOnce) {
  constexpr const char* twice = R"YAML(
facts: {account: money}
steps:
  - {layer: a1, fund: account, base: eligible, ratio: 100%, cap: account}
  - {layer: a2, fund: account, base: left, ratio: 100%, cap: account}
)YAML";
  Bill bill = bill_of({fact("account", "100.00")}, {20'000, 20'000});
  EXPECT_EQ(settle(library_of(twice), bill).error, "balance_overdrawn");
  bill.facts = {fact("account", "500.00")};
  EXPECT_EQ(settle(library_of(twice), bill).error, "");
  constexpr const char* in_parts = R"YAML(
facts: {account: money}
split: {days: 5}
steps:
  - {layer: account, base: left, ratio: 100%, cap: CAP}
)YAML";
  const auto with = [&](const char* cap) {
    std::string text = in_parts;
    bill.facts = {fact("account", "100.00")};
    bill.lines[0].date = bill.from;
    const auto outcome = settle(library_of(text.replace(text.find("CAP"), 3, cap)), bill);
    return outcome.error.empty() ? to_text(outcome.result.split->account()) : outcome.error;
  };
  EXPECT_EQ(with("account"), "100.00") << "what the first part took is gone for the second";
  EXPECT_EQ(with("\"min(account, 50000元)\""), "balance_overdrawn");
  EXPECT_EQ(with("\"min(account, 50元)\""), "100.00");
}

}  // namespace
}  // namespace fenming
