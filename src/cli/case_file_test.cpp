#include "cli/case_file.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

constexpr std::string_view sample = R"(# cases of a town
case    T-01 resident, L3, first stay
status  reproducible              # reproducible | inferred
source  city guide, 2023, page #7
on      2023-10-01..2023-10-12 inpatient
known   2023-11-01
fact    scheme residents, age 59          # pairs
fact    groups [poor, disabled], filed yes, name "two words"
given   year.stays 0, year.pooled 0.00, month.used 3
line    20000.00 class A kind drug qty 2
line    -5.00 refund_of 1
line    500.00 class B id x7
expect  basic.paid 13160.00, cash 8840.00
published fund 13160.00, person 8840.00

then    on 2023-11-20
fact    age 60
line    300.00
expect  basic.deductible 0.00

case    T-02 refused
status  derived
on      2024-02-29
expect  error BIL-013
)";

std::string refusal(std::string_view text) {
  const auto cases = read_cases(text, "t.case", "990000");
  if (cases) return "accepted";
  const Error& error = cases.error().at(0);
  return error.place + " " + std::string(name(error.code)) +
         (error.details.empty() ? "" : " " + error.details[0]);
}

// A sound case with one line in the middle.
std::string sound(const std::string& line) {
  return "case x\nstatus derived\non 2024-01-01\n" + line + "\nexpect cash 1.00\n";
}

TEST(CaseFile, ReadsHeadAndDates) {
  const auto cases = read_cases(sample, "t.case", "990000");
  ASSERT_TRUE(cases) << to_text(cases.error()[0], Language::en);
  ASSERT_EQ(cases->size(), 2U);
  const Case& first = cases->at(0);
  EXPECT_EQ(first.title, "T-01 resident, L3, first stay");
  EXPECT_EQ(first.status, "reproducible");
  EXPECT_EQ(first.source, "city guide, 2023, page");
  const Bill& bill = first.steps.at(0).bill;
  EXPECT_EQ(bill.region, "990000");
  EXPECT_EQ(bill.id, "T-01 resident, L3, first stay #1");
  EXPECT_EQ(bill.visit_kind, "inpatient");
  EXPECT_EQ(to_text(bill.from) + to_text(bill.to) + to_text(bill.settle) + to_text(bill.known),
            "2023-10-012023-10-122023-10-122023-11-01");
  EXPECT_EQ(first.steps[0].published.at(0), "fund 13160.00, person 8840.00");
}

TEST(CaseFile, ReadsFactsAndAccumulators) {
  const auto cases = read_cases(sample, "t.case", "990000");
  ASSERT_TRUE(cases);
  const Bill& bill = cases->at(0).steps.at(0).bill;
  ASSERT_EQ(bill.facts.size(), 5U);
  EXPECT_EQ(bill.facts[1].kind, FactValue::Kind::text);
  EXPECT_EQ(bill.facts[1].text, "59");
  EXPECT_EQ(bill.facts[2].list, (std::vector<std::string>{"poor", "disabled"}));
  EXPECT_EQ(bill.facts[3].text, "yes");
  EXPECT_EQ(bill.facts[4].text, "two words");
  ASSERT_EQ(bill.accumulators.size(), 2U);
  EXPECT_TRUE(bill.accumulators[0].first_part);
  EXPECT_EQ(bill.accumulators[0].values.at(1).name, "pooled");
}

TEST(CaseFile, ReadsLinesAndExpectations) {
  const auto cases = read_cases(sample, "t.case", "990000");
  ASSERT_TRUE(cases);
  const CaseStep& step = cases->at(0).steps.at(0);
  ASSERT_EQ(step.bill.lines.size(), 3U);
  EXPECT_EQ(step.bill.lines[0].quantity->millionths, 2'000'000);
  EXPECT_EQ(step.bill.lines[0].columns.at(1).text, "drug");
  EXPECT_EQ(step.bill.lines[1].refund_of, "1");
  EXPECT_EQ(step.bill.lines[1].id, "2");
  EXPECT_EQ(step.bill.lines[2].id, "x7");
  ASSERT_EQ(step.expectations.size(), 2U);
  EXPECT_EQ(step.expectations[1].name + step.expectations[1].value, "cash8840.00");
  EXPECT_EQ(step.expectations[1].line, 13U);
}

TEST(CaseFile, LaterBillsKeepFacts) {
  const auto cases = read_cases(sample, "t.case", "990000");
  ASSERT_TRUE(cases);
  ASSERT_EQ(cases->at(0).steps.size(), 2U);
  const Bill& later = cases->at(0).steps[1].bill;
  ASSERT_EQ(later.facts.size(), 5U);
  EXPECT_EQ(later.facts[1].text, "60");
  EXPECT_TRUE(later.accumulators.empty());
  EXPECT_EQ(later.visit_kind, "inpatient");
  EXPECT_EQ(to_text(later.to), "2023-11-20");
}

TEST(CaseFile, RefusesWithPlace) {
  EXPECT_EQ(refusal("fact a 1\n"), "t.case:1:1 case_malformed a file begins with `case`");
  EXPECT_EQ(refusal("case x\nstatus fine\n"),
            "t.case:2:8 case_malformed reproducible, inferred, inconsistent or derived");
  EXPECT_EQ(refusal(sound("fact level L3 age 59")),
            "t.case:4:15 case_malformed pairs of name and value are divided by commas");
  EXPECT_EQ(refusal(sound("fact level")), "t.case:4:6 case_malformed a value is missing");
  EXPECT_EQ(refusal(sound("fact a 1\nfact a 2")), "t.case:5:6 case_malformed this fact was given before");
  EXPECT_EQ(refusal(sound("given stays 1")),
            "t.case:4:7 case_malformed group.member is expected, such as year.stays");
  EXPECT_EQ(refusal(sound("line 1.234")), "t.case:4:6 money_malformed");
  EXPECT_EQ(refusal(sound("line 1.00 qty x")), "t.case:4:15 decimal_malformed");
  EXPECT_EQ(refusal(sound("line 1.00 class")), "t.case:4:11 case_malformed a value is missing");
  EXPECT_EQ(refusal(sound("known 2024-02-30")), "t.case:4:7 date_malformed");
  EXPECT_EQ(refusal(sound("on 2024-02-03..2024-02-01")), "t.case:4:4 date_order 2024-02-03");
  EXPECT_EQ(refusal(sound("expct cash 1.00")), "t.case:4:1 case_malformed unknown word (→ expect?)");
  EXPECT_EQ(refusal(sound("fact a [1, 2")), "t.case:4:8 case_malformed [ is not closed");
}

TEST(CaseFile, RefusesIncompleteCases) {
  EXPECT_EQ(refusal("case x\nstatus derived\nexpect cash 1.00\n"),
            "t.case:1:1 case_malformed `on` is missing");
  EXPECT_EQ(refusal("case x\non 2024-01-01\nexpect cash 1.00\n"),
            "t.case:1:1 case_malformed `status` is missing");
  EXPECT_EQ(refusal("case x\nstatus derived\non 2024-01-01\n"),
            "t.case:1:1 case_malformed `expect` is missing");
  EXPECT_EQ(refusal("case x\nstatus inconsistent\non 2024-01-01\nexpect cash 1.00\n"),
            "t.case:1:1 case_malformed `reason` is missing: why is the print wrong?");
  EXPECT_EQ(refusal(""), "accepted");
}

// What follows from a mistake is not reported.
TEST(CaseFile, ReportsTheCauseAlone) {
  const auto count = [](const std::string& text) {
    const auto cases = read_cases(text, "t.case", "990000");
    return cases ? 0U : cases.error().size();
  };
  const std::string then =
      "fact level L1\nexpect cash 1.00\nthen on 2024-02-01\nfact level L2\nexpect cash 1.00\n";
  EXPECT_EQ(count("case x\nstatus derived\non 2025/02/10\n" + then), 1U);
  EXPECT_EQ(count("case x\nstatus derived\n" + then), 1U);
  EXPECT_EQ(count("case x\nstatus fine\non 2024-01-01\n" + then), 1U);
  EXPECT_EQ(count("case\nstatus derived\non 2024-01-01\nfact level L1\n" + sound("fact level L1")), 2U)
      << "no title and no `expect`";
  EXPECT_EQ(count("case x\nstatus derived\non 2024-01-01\nexpect cash\n"), 1U);
}

}  // namespace
}  // namespace fenming
