#include "registry/eligibility.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

Date day(std::string_view text) { return *parse_date(text); }
FactValue text(std::string name, std::string value) {
  return {std::move(name), FactValue::Kind::text, std::move(value), {}};
}

void fold(Object& person, const Result<std::vector<Change>>& changes) {
  ASSERT_TRUE(changes);
  for (const Change& change : *changes) person.set(change.cell, change.after);
}
void insure(Object& person, std::string value, std::string_view from, std::string_view to) {
  fold(person, set_status(person, {"1", text("insured", std::move(value)), day(from), day(to), false}));
}

std::string reason(const Object& person, std::string_view on) {
  const auto span = check_eligibility(person, "1", day(on));
  return span ? "" : std::string(name(span.error().code));
}

// REQ POL-09
TEST(Eligibility, EachDayHasItsReason) {
  Object person;
  EXPECT_EQ(reason(person, "2025-03-01"), "person_not_registered");
  fold(person, register_person(person, {"1", "", {text("born", "1980-05-05")}}));
  EXPECT_EQ(reason(person, "2025-03-01"), "insured_never");
  insure(person, "yes", "2025-01-01", "2025-03-31");
  insure(person, "arrears", "2025-04-01", "2025-04-30");
  insure(person, "yes", "2025-07-01", "2025-12-31");
  EXPECT_EQ(reason(person, "2024-12-31"), "insured_later");
  EXPECT_EQ(reason(person, "2025-01-01"), "");
  EXPECT_EQ(reason(person, "2025-03-31"), "");
  EXPECT_EQ(reason(person, "2025-04-01"), "benefits_stopped");
  EXPECT_EQ(reason(person, "2025-05-01"), "insured_gap");
  EXPECT_EQ(reason(person, "2025-07-01"), "");
  EXPECT_EQ(reason(person, "2026-01-01"), "insured_ended");
}

// REQ POL-09
TEST(Eligibility, TheDayOfDeathIsTheLast) {
  Object person;
  fold(person, register_person(person, {"1", "", {text("born", "1930-05-05"), text("died", "2025-06-10")}}));
  insure(person, "yes", "2025-01-01", "2025-12-31");
  EXPECT_EQ(reason(person, "2025-06-10"), "");
  EXPECT_EQ(reason(person, "2025-06-11"), "person_died");
}

// REQ POL-09
TEST(Eligibility, GivesTheSpanAndNamesTheDays) {
  Object person;
  fold(person, register_person(person, {"1", "", {text("born", "1980-05-05")}}));
  insure(person, "yes", "2025-01-01", "2025-03-31");
  insure(person, "yes", "2025-07-01", "2025-12-31");
  const auto span = check_eligibility(person, "1", day("2025-08-01"));
  ASSERT_TRUE(span);
  EXPECT_EQ(to_text(span->from), "2025-07-01");
  EXPECT_EQ(to_text(span->to), "2025-12-31");
  const auto none = check_eligibility(person, "1", day("2025-05-01"));
  const std::string sentence = to_text(none.error(), Language::en);
  for (const char* shown : {"2025-03-31", "2025-07-01", "2025-05-01"})
    EXPECT_NE(sentence.find(shown), std::string::npos) << sentence;
}

}  // namespace
}  // namespace fenming
