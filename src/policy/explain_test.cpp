// The three printings of one explanation: what stands in them for a small policy with one of everything.
#include "policy/explain.h"

#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::bill_of;
using testing_policy::fact;
using testing_policy::library_of;

constexpr const char* rules = R"YAML(
facts: {level: [L1, L2], account: {type: money, default: 0}, poor: {type: bool, default: no}, stay: id}
keep: {year: {per: [year], of: {paid: money}}, stay: {per: [stay, poor], of: {paid: money}}}
funds: {pool: {field: hifp_pay, zh: 统筹基金, en: pooled fund}}
article: 第一条
lines: {prepay: 10%}
steps:
  - layer: pool
    zh: 统筹
    article: 第二条 三千元以内八成
    base: eligible
    limit: 5000
    deductible: {by: level, L1: 100, L2: 300}
    bands: [{to: 3000, ratio: 80%}, {ratio: 90.5%}]
    after: 20
    cap: {limit: 3000, used: year.paid}
    add: {year.paid: paid, stay.paid: paid}
  - {layer: aid, article: 第三条, who: poor, base: eligible - pool.paid, ratio: 50%}
  - {layer: own, fund: account, article: 第四条, base: left, ratio: 100%, cap: account}
)YAML";

class Explained : public ::testing::Test {
 protected:
  void SetUp() override {
    library = library_of(rules);
    ASSERT_TRUE(library);
    bill = bill_of({fact("level", "L2"), fact("account", "50.00"), fact("stay", "S-7")}, {600'005, 100'00});
    bill.id = "E-1";
    bound = *bind(*library, bill);
    ASSERT_FALSE(explain(*library, bound, explanation));
  }
  testing_policy::Library library;
  Bill bill;
  BoundBill bound;
  Explanation explanation;
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// REQ POL-05, SET-09
TEST_F(Explained, staff_text_names_rule_place_article_and_rounding) {
  const std::string text = staff_text(explanation, bill, Language::en);
  for (const char* part :
       {"paid first 600.01 = round(amount=6000.05 × 10%[region.yaml:7]; half up) = 600.01",
        "rule: 第二条 三千元以内八成", "base 5490.04 = eligible 5490.04", "over 490.04",
        "3000.00 × 80% = 2400.00", "1700.00 × 90.5% = 1538.50", "after 20.00", "cut 918.50",
        "does not apply, because poor=no; required: yes", "year.paid: 0.00 -> 3000.00"})
    EXPECT_TRUE(has(text, part)) << part << "\n" << text;
}

// A let is printed as what it is, a code by its name.
TEST_F(Explained, lets_of_every_type) {
  library = library_of(R"YAML(
facts: {level: [L1, L2], age: int 0..150, tier: [bronze, silver, gold]}
steps:
  - let: {tens: age + 10, better: {type: tier, is: {by: level, L1: gold, L2: silver}}, old: age > 60, half: 50%}
  - {layer: pool, who: "better == 'gold'", base: eligible, ratio: half}
)YAML");
  ASSERT_TRUE(library);
  bill = bill_of({fact("level", "L1"), fact("age", "70"), fact("tier", "bronze")}, {100'00});
  bound = *bind(*library, bill);
  ASSERT_FALSE(explain(*library, bound, explanation));
  const std::string text = staff_text(explanation, bill, Language::en);
  for (const char* part : {"tens 80 = ", "better gold = ", "old yes = ", "half 50% = "})
    EXPECT_TRUE(has(text, part)) << part << "\n" << text;
}

TEST_F(Explained, patient_text_is_short_and_adds_up) {
  const std::string zh = patient_text(explanation, bill, Language::zh);
  for (const char* part : {"医疗费总额 6100.05 元", "1. 统筹 支付 3000.00 元", "超过限额、不计入 490.04 元",
                           "先扣起付线 300.00 元", "其中 3000.00 元按 80% 支付，得 2400.00 元",
                           "从支付额中再扣 20.00 元", "封顶线 3000.00 元：少付 918.50 元",
                           "依据：第二条 三千元以内八成", "个人账户支付 50.00 元", "个人现金支付 3050.05 元"})
    EXPECT_TRUE(has(zh, part)) << part << "\n" << zh;
  EXPECT_FALSE(has(zh, "第三条")) << "a layer that does not apply is not the patient's concern";
  const std::string en = patient_text(explanation, bill, Language::en);
  EXPECT_TRUE(has(en, "deductible taken first: 300.00 yuan")) << en;
}

TEST_F(Explained, the_patient_learns_why_nothing_is_paid) {
  bill = bill_of({fact("level", "L2"), fact("stay", "S-8")}, {100'00});
  bill.id = "E-2";
  bound = *bind(*library, bill);
  ASSERT_FALSE(explain(*library, bound, explanation));
  const std::string zh = patient_text(explanation, bill, Language::zh);
  EXPECT_TRUE(has(zh, "1. 统筹 本次不支付\n   进入本层 90.00 元\n   先扣起付线 90.00 元")) << zh;
}

constexpr const char* capped_rules = R"YAML(
facts: {group: [poor, edge, unassisted], groups: {type: set of group, default: []}, age: int 0..120}
keep: {year: {per: [year], of: {aid: money}}}
lines: {limit: 900元 * qty, prepay: 10%, article: 第五条 乙类先自付一成}
steps:
  - let: {first: eligible * 5%}
    article: 第六条 先行自付5%
  - {layer: pool, base: eligible - first, ratio: 50%}
  - {layer: aid, article: 第七条, base: eligible - pool.paid, ratio: 70%, cap: {limit: 30000, used: year.aid}}
  - {layer: large, base: eligible, limit: {limit: 100, used: year.aid}, ratio: 70%}
  - {layer: rest, base: total, ratio: 100%}
  - {layer: other, who: "group != 'unassisted' and age < 60", base: eligible, ratio: 10%}
  - {layer: both, who: "'poor' in groups or not (group == 'unassisted')", base: eligible, ratio: 10%}
)YAML";

class Capped : public ::testing::Test {
 protected:
  void SetUp() override {
    library = library_of(capped_rules);
    ASSERT_TRUE(library);
    bill = bill_of({fact("group", "unassisted"), fact("age", "70")}, {1000'00});
    bill.accumulators = {{"year", true, {}, {fact("aid", "30000.00")}}};
    bound = *bind(*library, bill);
    ASSERT_FALSE(explain(*library, bound, explanation));
  }
  testing_policy::Library library;
  Bill bill;
  BoundBill bound;
  Explanation explanation;
};

TEST_F(Capped, a_layer_that_its_cap_or_limit_brought_to_nothing_is_shown_with_the_reason) {
  const std::string zh = patient_text(explanation, bill, Language::zh);
  for (const char* part :
       {"1. pool 支付 384.75 元", "其中 769.50 元按 50% 支付，得 384.75 元",
        "2. aid 本次不支付\n   进入本层 425.25 元\n   其中 425.25 元按 70% 支付，得 297.675 元\n"
        "   封顶线 30000.00 元，此前已用 30000.00 元，只余 0.00 元：少付 297.68 元\n   依据：第七条",
        "3. large 本次不支付\n   进入本层 810.00 元\n   超过限额、不计入 810.00 元",
        "尚未支付的费用只有 615.25 元：少付 384.75 元"})
    EXPECT_TRUE(has(zh, part)) << part << "\n" << zh;
  const std::string en = patient_text(explanation, bill, Language::en);
  EXPECT_TRUE(has(en, "cap 30000.00 yuan, 30000.00 of it used before, 0.00 left: 297.68 yuan less")) << en;
}

TEST_F(Capped, articles_of_lines_and_lets_are_shown) {
  EXPECT_TRUE(has(patient_text(explanation, bill, Language::zh),
                  "超限价 100.00 元\n    依据：第五条 乙类先自付一成\n  先行自付 90.00 元\n"));
  const std::string staff = staff_text(explanation, bill, Language::en);
  for (const char* part :
       {"paid first  rule: 第五条 乙类先自付一成",
        "rule: 第六条 先行自付5%\n  first 40.50 = ", "base 769.50 = eligible 810.00 - first 40.50"})
    EXPECT_TRUE(has(staff, part)) << part << "\n" << staff;
}

TEST_F(Capped, a_condition_that_fails_says_what_is_and_what_is_required) {
  const std::string staff = staff_text(explanation, bill, Language::en);
  EXPECT_TRUE(has(staff, "because group=unassisted; required: not unassisted")) << staff;
  EXPECT_TRUE(has(staff, "because groups=; required: poor")) << staff;
  EXPECT_TRUE(has(staff, " | group=unassisted; required: not unassisted")) << staff;
  EXPECT_FALSE(has(staff, "!=")) << staff;
  bill.facts[0] = fact("group", "edge");
  bound = *bind(*library, bill);
  ASSERT_FALSE(explain(*library, bound, explanation));
  EXPECT_TRUE(has(staff_text(explanation, bill, Language::zh), "不适用，因为 age=70；须为 < 60"));
}

TEST_F(Explained, machine_trace_carries_articles_and_national_names) {
  const std::string trace = machine_trace(explanation, bill, "{}");
  for (
      const char* part :
      {R"("article":"第二条 三千元以内八成")", R"("hifp_pay":)", R"("psn_cash_pay":)",
       R"("skipped":[{"layer":"aid")", R"("key":{"stay":"S-7","poor":false})",
       R"({"op":"cell","file":"region.yaml","path":"/0/steps/0/bands/1/ratio","type":"ratio","value":"0.905"})"})
    EXPECT_TRUE(has(trace, part)) << part;
}

// REQ SET-04
TEST_F(Explained, equals_the_assessment_without_explanation) {
  Workspace workspace;
  Assessment plain;
  ASSERT_FALSE(assess(*library, bound, workspace, plain));
  EXPECT_EQ(plain.split->cash(), explanation.assessment.split->cash());
  EXPECT_EQ(plain.parts[0].layers, explanation.assessment.parts[0].layers);
  EXPECT_EQ(plain.lines, explanation.assessment.lines);
}

}  // namespace
}  // namespace fenming
