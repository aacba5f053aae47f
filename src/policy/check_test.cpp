// The report as a whole: acceptances, stable ids, determinism, coverage. What the check finds stands in tests/seeded.
#include "policy/check.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fenming {
namespace {

std::string jumping(const std::string& first_step = "") {
  return "region: 990001\nsource: 虚构\nfacts: {level: [L1, L3]}\n---\npolicy: basic\narticle: "
         "第一条\nsteps:\n" +
         first_step +
         "  - {layer: pool, base: eligible, deductible: {by: level, L1: 300, L3: 1000}, ratio: if total > "
         "30000元 then 90% else 70%}\n";
}

std::shared_ptr<const Library> library_of(const std::string& text) {
  auto read = read_library({{"region.yaml", text}});
  if (read) return *read;
  ADD_FAILURE() << to_text(read.error().front(), Language::en);
  return nullptr;
}

CheckReport checked(const Library& library) {
  CheckLimits limits;  // a small library: less will do
  limits.evaluations = 10'000;
  limits.random_bills = 3'000;
  return check_library(library, limits);
}

const Finding* find(const CheckReport& report, std::string_view id) {
  const auto found = std::ranges::find(report.findings, id, &Finding::id);
  return found == report.findings.end() ? nullptr : &*found;
}

constexpr std::string_view jump = "benefit-jumps:basic.pool@30000.00";

// REQ POL-06
TEST(Check, AJumpComesWithTwoBillsOneFenApart) {
  const CheckReport report = checked(*library_of(jumping()));
  const Finding* finding = find(report, jump);
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->level, Level::warning);
  EXPECT_FALSE(report.passed());
  ASSERT_EQ(finding->example.bills.size(), 2U);
  const ExampleBill &less = finding->example.bills[0], &more = finding->example.bills[1];
  EXPECT_EQ(less.amount, 3'000'000);
  EXPECT_EQ(more.amount, 3'000'001);
  EXPECT_EQ(less.benefit, 2'079'000);  // 29,700 x 70 %
  EXPECT_EQ(more.benefit, 2'673'001);  // 29,700.01 x 90 %
  EXPECT_EQ(finding->error.place, "region.yaml:8:5");
}

TEST(Check, AnIdDoesNotDependOnWhatStandsAround) {
  const CheckReport report = checked(*library_of(jumping("  - let: {half: eligible * 50%}\n")));
  EXPECT_NE(find(report, jump), nullptr);
  EXPECT_NE(find(report, "unused-let:basic.half"), nullptr);
}

TEST(Check, AnIdleRowIsNamedWhereItsKeyStands) {
  const CheckReport report =
      checked(*library_of("region: 990001\nsource: 虚构\nfacts: {age: int 0..150, late: {type: int 0..9, "
                          "default: 0}}\n---\npolicy: basic\narticle: 第一条\n"
                          "in_force: 2024-01-01..2024-12-31\nsteps:\n  - layer: pool\n    base: eligible\n   "
                          " ratio:\n      since:\n"
                          "        2020-01-01: 50%\n        2030-01-01:\n          by: age\n          0..60: "
                          "60%\n          61..: 70%\n"));
  const auto idle = std::ranges::find_if(report.findings,
                                         [](const Finding& one) { return one.id.starts_with("row-idle"); });
  ASSERT_NE(idle, report.findings.end());
  EXPECT_EQ(idle->error.place, "region.yaml:14:9");
}

TEST(Check, TheSameLibraryGivesTheSameReport) {
  const auto library = library_of(jumping());
  const CheckReport first = checked(*library), second = checked(*library);
  ASSERT_EQ(first.findings.size(), second.findings.size());
  for (std::size_t i = 0; i < first.findings.size(); ++i)
    EXPECT_EQ(first.findings[i].id, second.findings[i].id);
  EXPECT_EQ(first.coverage[0].bills, second.coverage[0].bills);
}

TEST(Check, CoverageIsCounted) {
  const CheckReport report = checked(*library_of(jumping()));
  ASSERT_EQ(report.coverage.size(), 1U);
  EXPECT_EQ(report.coverage[0].combinations, 2U);
  EXPECT_EQ(report.coverage[0].tried, 2U);
  EXPECT_EQ(report.coverage[0].behaviours, 2U);
  EXPECT_GE(report.coverage[0].walks, 2U);
  EXPECT_EQ(report.coverage[0].incomplete_walks, 0U);
  EXPECT_GE(report.coverage[0].bills, 1'000U);
}

TEST(Check, AnAcceptedFindingPassesAndKeepsItsReason) {
  CheckReport report = checked(*library_of(jumping()));
  const auto accepted = read_accepted(
      {"accepted.yaml", "- {id: '" + std::string(jump) + "', reason: 原文如此, article: 第一条}\n"});
  ASSERT_TRUE(accepted.has_value());
  accept(report, *accepted, "accepted.yaml");
  EXPECT_TRUE(report.passed());
  EXPECT_EQ(find(report, jump)->reason, "原文如此");
  EXPECT_EQ(find(report, jump)->article, "第一条");
}

TEST(Check, AnAcceptanceThatNoLongerOccursIsAFinding) {
  CheckReport report = checked(*library_of(jumping()));
  const auto accepted = read_accepted(
      {"accepted.yaml", "- id: '" + std::string(jump) + "'\n  reason: 原文如此\n- {id: gone, reason: 旧}\n"});
  ASSERT_TRUE(accepted.has_value());
  accept(report, *accepted, "accepted.yaml");
  const Finding* stale = find(report, "acceptance-stale:gone");
  ASSERT_NE(stale, nullptr);
  EXPECT_EQ(stale->error.place, "accepted.yaml:3:3");
  EXPECT_FALSE(report.passed());
}

TEST(Check, AnAcceptanceNeedsItsReason) {
  const auto accepted = read_accepted(
      {"accepted.yaml", "- {id: a}\n- {reason: b}\n- {id: c, reason: d}\n- {id: c, reason: d}\n"});
  ASSERT_FALSE(accepted.has_value());
  EXPECT_EQ(accepted.error().size(), 3U);
  EXPECT_FALSE(read_accepted({"accepted.yaml", "id: a\n"}).has_value());
}

}  // namespace
}  // namespace fenming
