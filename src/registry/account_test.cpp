#include "registry/account.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fenming {
namespace {

Date day(std::string_view text) { return *parse_date(text); }
Money fen(std::int64_t amount) { return Money::from_fen(amount); }
Decimal rate(std::string_view text) { return *parse_decimal(text); }

std::int64_t interest(std::int64_t opening, std::vector<Movement> movements, std::int64_t year,
                      std::string_view yearly) {
  const auto money = year_interest(fen(opening), movements, year, rate(yearly));
  EXPECT_TRUE(money);
  return money ? money->fen() : -1;
}

// REQ SET-11
TEST(Interest, OfABalanceThatNeverMoves) {
  EXPECT_EQ(interest(360'000'00, {}, 2025, "0.01"), 365'000) << "365 days of 1/360";
  EXPECT_EQ(interest(360'000'00, {}, 2024, "0.01"), 366'000) << "a leap year has a day more";
  EXPECT_EQ(interest(0, {}, 2025, "0.01"), 0);
  EXPECT_EQ(interest(100'00, {}, 2025, "0"), 0);
}

// REQ SET-11
TEST(Interest, TheDayItComesCountsAndTheDayItGoesDoesNot) {
  EXPECT_EQ(interest(0, {{day("2025-12-31"), fen(360'000'00)}}, 2025, "0.01"), 1'000);
  EXPECT_EQ(interest(360'000'00, {{day("2025-01-01"), fen(-360'000'00)}}, 2025, "0.01"), 0);
  EXPECT_EQ(interest(360'000'00, {{day("2025-01-02"), fen(-360'000'00)}}, 2025, "0.01"), 1'000);
}

// REQ SET-11
TEST(Interest, IsRoundedOnceHalfUp) {
  // 1 day of 180.00 at 1 % is exactly half a fen: 18'000 × 0.01 / 360 = 0.5
  EXPECT_EQ(interest(0, {{day("2025-12-31"), fen(180'00)}}, 2025, "0.01"), 1);
  EXPECT_EQ(interest(0, {{day("2025-12-31"), fen(179'99)}}, 2025, "0.01"), 0);
  // two such days on two movements: rounded one by one they would make 2
  EXPECT_EQ(interest(0, {{day("2025-12-30"), fen(180'00)}}, 2025, "0.01"), 1);
}

// REQ SET-11
TEST(Interest, MovementsOfOtherYearsAndTheirOrderAreNothing) {
  std::vector<Movement> movements = {
      {day("2025-03-01"), fen(500'00)}, {day("2025-09-09"), fen(-321'45)}, {day("2025-03-01"), fen(-100'00)}};
  const std::int64_t plain = interest(1'234'56, movements, 2025, "0.0275");
  std::ranges::reverse(movements);
  movements.push_back({day("2024-12-31"), fen(1'000'000'00)});
  movements.push_back({day("2026-01-01"), fen(1'000'000'00)});
  EXPECT_EQ(interest(1'234'56, movements, 2025, "0.0275"), plain);
}

// A second way: the balance at the end of every single day.
// REQ SET-11
TEST(Interest, EqualsTheSumOverTheDays) {
  std::uint64_t seed = 1;
  const auto next = [&](std::int64_t below) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::int64_t>((seed >> 33) % static_cast<std::uint64_t>(below));
  };
  for (int round = 0; round < 200; ++round) {
    const std::int64_t opening = next(1'000'000), yearly = next(50'000);
    std::vector<Movement> movements;
    for (std::int64_t i = next(20); i > 0; --i)
      movements.push_back(
          {{day("2025-01-01").days + static_cast<std::int32_t>(next(365))}, fen(next(90'000) - 60'000)});
    Wide products = 0;
    for (int at = day("2025-01-01").days; at <= day("2025-12-31").days; ++at) {
      std::int64_t balance = opening;
      for (const Movement& movement : movements)
        balance += movement.day.days <= at ? movement.change.fen() : 0;
      products += std::max<std::int64_t>(balance, 0);
    }
    const Wide doubled = products * yearly * 2 / 360'000'000;  // in half fen, cut off
    const auto due = static_cast<std::int64_t>((doubled + 1) / 2);
    EXPECT_EQ(year_interest(fen(opening), movements, 2025, Decimal{yearly})->fen(), due) << round;
  }
}

TEST(Interest, RefusesStrangeRatesAndYears) {
  EXPECT_EQ(year_interest(fen(1), {}, 2025, rate("1.000001")).error().code, Code::interest_rate);
  EXPECT_EQ(year_interest(fen(1), {}, 2025, rate("-0.01")).error().code, Code::interest_rate);
  EXPECT_EQ(year_interest(fen(1), {}, 1899, rate("0.01")).error().code, Code::interest_year);
  EXPECT_EQ(year_interest(fen(1), {}, INT64_MAX, rate("0.01")).error().code, Code::interest_year);
}

void fold(Object& owner, const Result<std::vector<Change>>& changes) {
  ASSERT_TRUE(changes) << to_text(changes.error(), Language::en);
  for (const Change& change : *changes) {
    EXPECT_EQ(change.object, "Powner");
    EXPECT_EQ(owner.find(change.cell), change.before);
    owner.set(change.cell, change.after);
  }
}

// LAW 9(d): the payer's consent holds on its days, for its user, until it is withdrawn.
// REQ SET-11
TEST(Consent, Law9dHoldsOnItsDaysForItsUser) {
  Object owner;
  EXPECT_FALSE(may_pay(owner, "child", day("2025-06-01")));
  fold(owner, share_account(owner, {"owner", "child", day("2025-06-01"), day("2025-12-31"), false}));
  EXPECT_FALSE(may_pay(owner, "child", day("2025-05-31")));
  EXPECT_TRUE(may_pay(owner, "child", day("2025-06-01")));
  EXPECT_TRUE(may_pay(owner, "child", day("2025-12-31")));
  EXPECT_FALSE(may_pay(owner, "child", day("2026-01-01")));
  EXPECT_FALSE(may_pay(owner, "chil", day("2025-06-01")));
  EXPECT_FALSE(may_pay(owner, "child2", day("2025-06-01")));
  const auto refused = refuse_payer(owner, "owner", "child", day("2026-01-01"));
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, Code::account_not_shared);
  EXPECT_FALSE(refuse_payer(owner, "owner", "child", day("2025-07-01")));
  fold(owner, share_account(owner, {"owner", "child", {}, {}, true}));
  EXPECT_FALSE(may_pay(owner, "child", day("2025-06-01")));
  EXPECT_TRUE(owner.empty());
}

// REQ SET-11
TEST(Consent, ASecondTakesTheFirstOnesPlace) {
  Object owner;
  const ShareAccount first{"owner", "child", day("2025-01-01"), day("2025-12-31"), false};
  fold(owner, share_account(owner, first));
  EXPECT_TRUE(share_account(owner, first)->empty());
  fold(owner, share_account(owner, {"owner", "child", day("2025-01-01"), day("2026-12-31"), false}));
  EXPECT_TRUE(may_pay(owner, "child", day("2026-06-01")));
  EXPECT_EQ(owner.cells().size(), 1u);
}

TEST(Consent, RefusesWhatCannotBe) {
  const Object owner;
  const auto code = [&](const ShareAccount& command) { return share_account(owner, command).error().code; };
  EXPECT_EQ(code({"owner", "owner", day("2025-01-01"), day("2025-12-31"), false}), Code::share_self);
  EXPECT_EQ(code({"owner", "child", day("2025-01-02"), day("2025-01-01"), false}), Code::status_dates);
  EXPECT_EQ(code({"owner", "child", {}, {}, true}), Code::share_missing);
}

}  // namespace
}  // namespace fenming
