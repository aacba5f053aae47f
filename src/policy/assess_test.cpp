// Choice of policy, version and plan by dates; the cutting of long stays; the insurance year; what an assessment refuses.
#include "policy/assess.h"

#include "policy/runner.h"
#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::bill_of;
using testing_policy::fact;
using testing_policy::library_of;
using testing_policy::Outcome;
using testing_policy::refused;
using testing_policy::settle;

Date day(std::string_view text) { return *parse_date(text); }

Bill stay(std::string_view from, std::string_view to, std::vector<std::int64_t> lines = {100'000}) {
  Bill bill = bill_of({}, std::move(lines));
  bill.from = day(from);
  bill.to = bill.settle = bill.known = day(to);
  return bill;
}

std::int64_t funds(const Outcome& outcome) {
  return outcome.error.empty() ? outcome.result.split->funds().fen() : -1;
}

// ---- versions: what governs on the day, as released until the day of knowledge
// REQ POL-04
TEST(Versions, the_latest_release_that_was_known_governs) {
  const auto library = library_of(R"YAML(
---
policy: p
in_force: 2023-01-01..2023-12-31
known: 2022-12-01
steps: [{layer: a, base: eligible, ratio: 50%}]
---
policy: p
in_force: 2023-07-01..2024-06-30
known: 2023-06-15
steps: [{layer: a, base: eligible, ratio: 60%}]
---
policy: p
in_force: 2023-07-01..
known: 2024-02-01
steps: [{layer: a, base: eligible, ratio: 70%}]
)YAML");
  ASSERT_TRUE(library);
  const auto paid = [&](std::string_view on, std::string_view known) {
    Bill bill = stay(on, on);
    bill.known = day(known);
    return funds(settle(library, bill));
  };
  EXPECT_EQ(paid("2023-01-01", "2023-01-01"), 50'000);
  EXPECT_EQ(paid("2022-12-31", "2023-01-01"), -1);
  EXPECT_EQ(paid("2023-06-30", "2024-03-01"), 50'000);
  EXPECT_EQ(paid("2023-07-01", "2023-06-14"), 50'000);
  EXPECT_EQ(paid("2023-07-01", "2023-06-15"), 60'000);
  EXPECT_EQ(paid("2023-12-31", "2024-01-31"), 60'000);
  EXPECT_EQ(paid("2023-12-31", "2024-02-01"), 70'000);
  EXPECT_EQ(paid("2024-06-30", "2024-01-31"), 60'000);
  EXPECT_EQ(paid("2024-07-01", "2024-01-31"), -1);
  EXPECT_EQ(paid("2023-01-01", "2022-11-30"), -1);
}

TEST(Versions, since_changes_the_plan_on_its_day) {
  const auto library = library_of(
      "steps: [{layer: a, base: eligible, ratio: {since: {2023-01-01: 50%, 2023-03-01: 60%, 2024-01-01: 70%, "
      "else: 40%}}}]\n");
  ASSERT_TRUE(library);
  const auto paid = [&](std::string_view on) { return funds(settle(library, stay(on, on))); };
  EXPECT_EQ(paid("2022-12-31"), 40'000);
  EXPECT_EQ(paid("2023-01-01"), 50'000);
  EXPECT_EQ(paid("2023-02-28"), 50'000);
  EXPECT_EQ(paid("2023-03-01"), 60'000);
  EXPECT_EQ(paid("2023-12-31"), 60'000);
  EXPECT_EQ(paid("2024-01-01"), 70'000);
}

TEST(Versions, each_of_the_three_dates_may_pick) {
  for (const auto& [by, expected] :
       {std::pair{"discharge", 60'000}, {"service", 50'000}, {"settle", 70'000}}) {
    const auto library = library_of(std::string("dates: {layers: ") + by +
                                    "}\nsteps: [{layer: a, base: eligible, ratio: {since: {2023-01-01: 50%, "
                                    "2023-03-01: 60%, 2023-04-01: 70%, else: 0%}}}]\n");
    ASSERT_TRUE(library);
    Bill bill = stay("2023-02-20", "2023-03-05");
    bill.settle = bill.known = day("2023-04-01");
    EXPECT_EQ(funds(settle(library, bill)), expected) << by;
  }
}

TEST(Versions, a_line_may_go_by_its_own_day) {
  const auto library = library_of(R"YAML(
dates: {lines: service, layers: discharge}
lines: {prepay: {since: {2023-03-01: 20%, else: 10%}}}
steps: [{layer: a, base: eligible, ratio: 50%}]
)YAML");
  ASSERT_TRUE(library);
  Bill bill = stay("2023-02-20", "2023-03-05", {100'000, 100'000});
  bill.lines[0].date = day("2023-02-28");
  bill.lines[1].date = day("2023-03-01");
  const Outcome outcome = settle(library, bill);
  EXPECT_EQ(outcome.result.lines[0].prepay, 10'000);
  EXPECT_EQ(outcome.result.lines[1].prepay, 20'000);
}

// The line's day is governed by a version that was not chosen: what its `for` asks is nobody's concern.
TEST(Versions, a_line_s_own_version_needs_the_facts_of_its_lines_only) {
  const auto library = library_of(
      "facts: {local: bool, rare: bool}\ndates: {lines: service, layers: discharge}\n---\npolicy: "
      "p\nin_force: "
      "..2023-02-28\nfor: local\nlines: {prepay: {by: rare, yes: 20%, no: 10%}}\nsteps: []\n---\npolicy: "
      "p\nin_force: "
      "2023-03-01..\nsteps: []\n");
  ASSERT_TRUE(library);
  Bill bill = stay("2023-02-20", "2023-03-05", {100'000});
  bill.lines[0].date = day("2023-02-28");
  EXPECT_EQ(settle(library, bill).place, "/facts/rare");
  bill.facts = {fact("rare", "yes")};
  EXPECT_EQ(settle(library, bill).error, "");
  EXPECT_EQ(settle(library, bill).result.prepay, 20'000);
}

TEST(Choice, exactly_one_policy_applies) {
  const auto library = library_of(R"YAML(
facts: {level: [L1, L2, L3]}
---
policy: low
for: level != 'L3'
steps: [{layer: a, base: eligible, ratio: 50%}]
---
policy: first
for: level == 'L1'
steps: [{layer: a, base: eligible, ratio: 60%}]
)YAML");
  ASSERT_TRUE(library);
  const auto with = [&](const char* level) {
    Bill bill = stay("2023-01-01", "2023-01-02");
    bill.facts = {fact("level", level)};
    return settle(library, bill);
  };
  EXPECT_EQ(with("L1").error, "policy_two");
  EXPECT_EQ(funds(with("L2")), 50'000);
  EXPECT_EQ(with("L3").error, "policy_none");
  Bill bill = stay("2023-01-01", "2023-01-02");
  const Outcome missing = settle(library, bill);
  EXPECT_EQ(missing.error, "fact_missing");
  EXPECT_EQ(missing.place, "/facts/level");
}

TEST(Choice, none_says_what_excludes_each_policy) {
  const auto library = library_of(
      "facts: {level: [L1, L2]}\n---\npolicy: late\nin_force: 2026-01-01..\nsteps: []\n"
      "---\npolicy: late\nin_force: 2025-01-01..2025-12-31\nsteps: []\n"
      "---\npolicy: secret\nknown: 2024-12-20\nsteps: []\n---\npolicy: other\nfor: level == 'L2'\nsteps: "
      "[]\n");
  ASSERT_TRUE(library);
  Bill bill = stay("2024-12-09", "2024-12-09");
  bill.facts = {fact("level", "L1")};
  const auto bound = bind(*library, bill);
  ASSERT_TRUE(bound);
  Workspace workspace;
  Assessment result;
  const auto error = assess(*library, *bound, workspace, result);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->details.at(2), "late (in_force 2025-01-01..), secret (known 2024-12-20), other (for)");
}

TEST(Choice, two_policies_are_named) {
  const auto library = library_of("---\npolicy: one\nsteps: []\n---\npolicy: two\nsteps: []\n");
  ASSERT_TRUE(library);
  const auto bound = bind(*library, stay("2023-01-01", "2023-01-02"));
  ASSERT_TRUE(bound);
  Workspace workspace;
  Assessment result;
  const auto error = assess(*library, *bound, workspace, result);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->details, (std::vector<std::string>{"one", "two"}));
}

TEST(Choice, none_names_the_day_and_all_policies) {
  const auto library =
      library_of("---\npolicy: one\nfor: days > 5\nsteps: []\n---\npolicy: two\nfor: days > 6\nsteps: []\n");
  ASSERT_TRUE(library);
  const auto bound = bind(*library, stay("2023-01-01", "2023-01-02"));
  ASSERT_TRUE(bound);
  Workspace workspace;
  Assessment result;
  const auto error = assess(*library, *bound, workspace, result);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->details, (std::vector<std::string>{"2023-01-02", "2023-01-02", "one (for), two (for)"}));
}

// ---- calendar
Region region_with_year(int month, int of_month) {
  Region region;
  region.year_month = month;
  region.year_day = of_month;
  return region;
}

TEST(Calendar, the_insurance_year_begins_where_the_region_says) {
  const Region july = region_with_year(7, 15);
  EXPECT_EQ(calendar_facts(july, day("2023-07-14")).year, 2022);
  EXPECT_EQ(calendar_facts(july, day("2023-07-15")).year, 2023);
  EXPECT_EQ(calendar_facts(july, day("2023-06-20")).year, 2022);
  EXPECT_EQ(calendar_facts(july, day("2023-08-01")).year, 2023);
  EXPECT_EQ(calendar_facts(region_with_year(1, 1), day("2023-01-01")).year, 2023);
}

TEST(Calendar, every_day_of_a_visit_has_its_name) {
  const auto library = library_of(
      "facts: {n: int 0..3000000}\nsteps:\n  - let: {a: year, b: quarter, c: month, d: period, e: days, f: "
      "{type: date, is: "
      "from}, g: {type: date, is: to}, h: {type: date, is: settle}}\n");
  ASSERT_TRUE(library);
  Bill bill = stay("2023-08-30", "2023-09-10", {100});
  bill.settle = day("2023-10-02");
  bill.facts = {fact("n", "1")};
  const auto names = settle(library, bill).result.parts[0].names;
  EXPECT_EQ(names, (std::vector<std::int64_t>{2023, 20233, 202309, 20230830, 11, day("2023-08-30").days,
                                              day("2023-09-10").days, day("2023-10-02").days}));
}

TEST(Calendar, quarters_and_months_are_those_of_the_calendar) {
  const Region july = region_with_year(7, 1);
  for (const auto& [text, quarter] : {std::pair{"2023-01-01", 20231},
                                      {"2023-03-31", 20231},
                                      {"2023-04-01", 20232},
                                      {"2023-06-30", 20232},
                                      {"2023-07-01", 20233},
                                      {"2023-09-30", 20233},
                                      {"2023-10-01", 20234},
                                      {"2023-12-31", 20234}})
    EXPECT_EQ(calendar_facts(july, day(text)).quarter, quarter) << text;
  EXPECT_EQ(calendar_facts(july, day("2023-12-31")).month, 202312);
  EXPECT_EQ(day_number(day("2023-09-01")), 20230901);
  EXPECT_EQ(nights(day("2023-09-01"), day("2023-09-01")), 1);
  EXPECT_EQ(nights(day("2023-09-01"), day("2023-09-02")), 1);
  EXPECT_EQ(nights(day("2023-09-01"), day("2023-09-03")), 2);
}

std::string parts_of(const Region& region, std::string_view from, std::string_view to, std::int64_t days,
                     bool year_end) {
  std::vector<PartDates> parts;
  if (!cut_stay(region, day(from), day(to), days, year_end, parts)) return "too many";
  std::string text;
  for (const PartDates& part : parts)
    text += (text.empty() ? "" : " ") + to_text(part.from).substr(5) + ".." + to_text(part.to).substr(5);
  return text;
}

TEST(Cut, by_days_by_year_and_by_both) {
  const Region january = region_with_year(1, 1), july = region_with_year(7, 1);
  EXPECT_EQ(parts_of(january, "2023-01-01", "2023-01-31", 0, false), "01-01..01-31");
  EXPECT_EQ(parts_of(january, "2023-01-01", "2023-01-11", 10, false), "01-01..01-11");
  EXPECT_EQ(parts_of(january, "2023-01-01", "2023-01-12", 10, false), "01-01..01-10 01-11..01-12");
  EXPECT_EQ(parts_of(january, "2023-01-01", "2023-01-22", 10, false),
            "01-01..01-10 01-11..01-20 01-21..01-22");
  EXPECT_EQ(parts_of(january, "2023-12-20", "2024-01-05", 0, true), "12-20..12-31 01-01..01-05");
  EXPECT_EQ(parts_of(january, "2023-12-20", "2023-12-31", 0, true), "12-20..12-31");
  EXPECT_EQ(parts_of(january, "2023-12-20", "2024-01-01", 0, true), "12-20..12-31 01-01..01-01");
  EXPECT_EQ(parts_of(january, "2023-12-20", "2024-01-01", 0, false), "12-20..01-01");
  EXPECT_EQ(parts_of(july, "2023-06-20", "2023-07-05", 0, true), "06-20..06-30 07-01..07-05");
  EXPECT_EQ(parts_of(january, "2023-12-20", "2024-01-05", 10, true),
            "12-20..12-29 12-30..12-31 01-01..01-05");
  EXPECT_EQ(parts_of(january, "2023-12-22", "2024-01-05", 10, true), "12-22..12-31 01-01..01-05");
}

TEST(Cut, two_hundred_parts_at_most) {
  std::vector<PartDates> parts;
  const Date from = day("2023-01-01");
  EXPECT_TRUE(cut_stay(region_with_year(1, 1), from, Date{from.days + 200}, 1, false, parts));
  EXPECT_EQ(parts.size(), 200U);
  EXPECT_FALSE(cut_stay(region_with_year(1, 1), from, Date{from.days + 201}, 1, false, parts));
  const auto library = library_of("split: {days: 1}\nsteps: [{layer: a, base: eligible, ratio: 50%}]\n");
  ASSERT_TRUE(library);
  const Outcome outcome = settle(library, stay("2020-01-01", "2023-01-01"));
  EXPECT_EQ(outcome.error, "split_too_long");
  EXPECT_EQ(outcome.place, "/visit/from");
}

TEST(Cut, at_the_end_of_the_year_where_the_policy_says_so) {
  for (const auto& [split, parts] : {std::pair{"yes", 2U}, {"no", 1U}}) {
    const auto library = library_of(std::string("split: {year_end: ") + split + "}\nsteps: []\n");
    ASSERT_TRUE(library);
    EXPECT_EQ(settle(library, stay("2023-12-20", "2024-01-05", {100})).result.part_count, parts) << split;
  }
}

TEST(Bills, without_lines_need_a_policy_that_says_what_is_charged) {
  const auto refusal = [](const std::string& charged, const Bill& bill) {
    const auto library = library_of(charged + "steps: []\n");
    const auto bound = bind(*library, bill);
    Workspace workspace;
    Assessment assessment;
    EXPECT_FALSE(assess(*library, *bound, workspace, assessment));
    const auto error = require_lines(*bound, assessment);
    return error ? error->place : "";
  };
  EXPECT_EQ(refusal("", bill_of({}, {100})), "");
  EXPECT_EQ(refusal("charged: 100元\n", bill_of({}, {})), "");
  EXPECT_EQ(refusal("", bill_of({}, {})), "/lines");
}

// ---- parts
TEST(Parts, each_has_its_lines_nights_and_what_the_part_before_wrote) {
  const auto library = library_of(R"YAML(
keep: {year: {per: [year], of: {stays: int, paid: money, nights: int}}, part: {per: [period], of: {count: int}}}
split: {days: 10}
steps:
  - {layer: a, base: eligible, deductible: {by: year.stays, 0: 100, 1..: 0}, ratio: 100%, cap: {limit: 2000, used: year.paid},
     add: {year.stays: 1, year.paid: paid, year.nights: days, part.count: 1}}
)YAML");
  ASSERT_TRUE(library);
  Bill bill = stay("2023-03-01", "2023-03-22", {100'000, 100'000, 100'000});
  bill.lines[0].date = day("2023-03-10");
  bill.lines[1].date = day("2023-03-11");
  const Outcome outcome = settle(library, bill);
  ASSERT_EQ(outcome.result.part_count, 3U);
  EXPECT_EQ(outcome.result.parts[0].layers[0].paid, 90'000);
  EXPECT_EQ(outcome.result.parts[1].layers[0].paid, 100'000);
  EXPECT_EQ(outcome.result.parts[2].layers[0].paid, 10'000);
  EXPECT_EQ(outcome.result.deductible, 10'000);
  ASSERT_EQ(outcome.result.row_count, 4U);
  EXPECT_EQ(outcome.result.rows[0].after, (std::vector<std::int64_t>{3, 200'000, 21}));
  EXPECT_EQ(outcome.result.rows[0].before, (std::vector<std::int64_t>{0, 0, 0}));
  EXPECT_EQ(outcome.result.rows[2].key, (std::vector<std::int64_t>{20230311}));
  EXPECT_EQ(outcome.result.split->cash().fen(), 100'000);
}

// ---- what is charged
TEST(Charged, a_packaged_price_leaves_the_difference_to_the_hospital) {
  const auto library = library_of("charged: 9000元\nsteps: [{layer: a, base: charged, ratio: 50%}]\n");
  ASSERT_TRUE(library);
  const Outcome more = settle(library, stay("2023-01-01", "2023-01-02", {1'000'000}));
  EXPECT_EQ(more.result.split->provider().fen(), 100'000);
  EXPECT_EQ(more.result.split->cash().fen(), 450'000);
  const Outcome less = settle(library, stay("2023-01-01", "2023-01-02", {800'000}));
  EXPECT_EQ(less.result.split->provider().fen(), -100'000);
  const Outcome none = settle(library, stay("2023-01-01", "2023-01-02", {}));
  EXPECT_EQ(none.result.total, 900'000);
  EXPECT_EQ(none.result.split->provider().fen(), 0);
}

TEST(Refused, a_rule_that_gives_a_negative_payment) {
  const auto library = library_of(
      "facts: {minus: bool}\nsteps: [{layer: a, base: eligible, ratio: 10%, adjust: ratio - 20%}]\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(settle(library, stay("2023-01-01", "2023-01-02")).error, "layer_negative");
}

TEST(Refused, a_negative_payment_behind_a_deductible_off_it) {
  const auto library =
      library_of("facts: {r: ratio}\nsteps: [{layer: a, base: eligible, ratio: r - 50%, after: 20}]\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(settle(library, bill_of({fact("r", "0%")}, {10'000})).error, "layer_negative");
  EXPECT_EQ(settle(library, bill_of({fact("r", "60%")}, {10'000})).error, "");
}

// Half a fen of the deductible off the payment is rounded up: nothing is left to pay, and that is no mistake of the rule.
TEST(After, takes_all_of_the_payment) {
  const auto library = library_of("steps: [{layer: a, base: eligible, ratio: 50%, after: 10}]\n");
  ASSERT_TRUE(library);
  const Outcome outcome = settle(library, stay("2023-01-01", "2023-01-02", {1}));
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts[0].layers[0].after, 1);
  EXPECT_EQ(outcome.result.parts[0].layers[0].paid, 0);
  EXPECT_EQ(outcome.result.split->cash().fen(), 1);
}

// A layer that does not apply this time shows nothing of what it did for the bill before in the same buffers.
TEST(Layer, that_does_not_apply_is_empty_in_used_buffers) {
  const auto library = library_of(R"YAML(
facts: {poor: bool}
steps:
  - {layer: a, who: poor, base: total, limit: 900, deductible: 100, ratio: 80%, after: 10, cap: 300}
  - {layer: b, base: a.base + a.over + a.deductible + a.covered + a.after + a.paid + a.consumed + a.cut, ratio: 10%}
)YAML");
  ASSERT_TRUE(library);
  Workspace workspace;
  Assessment result;
  for (const auto& [poor, base] :
       {std::pair{"yes", 100'000 + 10'000 + 10'000 + 80'000 + 1'000 + 30'000 + 38'750 + 33'000}, {"no", 0}}) {
    Bill bill = stay("2023-01-01", "2023-01-02");
    bill.facts = {{"poor", FactValue::Kind::boolean, poor, {}}};
    const auto bound = bind(*library, bill);
    ASSERT_TRUE(bound);
    ASSERT_FALSE(assess(*library, *bound, workspace, result));
    EXPECT_EQ(result.parts[0].layers[1].base, base) << poor;
  }
}

TEST(Layer, without_a_ratio_pays_nothing_and_hands_on_what_it_covers) {
  const auto library = library_of(
      "steps:\n  - {layer: a, base: eligible, limit: 80, deductible: 30}\n  - {layer: b, base: a.consumed, "
      "ratio: 10%}\n");
  ASSERT_TRUE(library);
  const auto layers = settle(library, bill_of({}, {10'000})).result.parts[0].layers;
  EXPECT_EQ(layers[0].over, 2'000);
  EXPECT_EQ(layers[0].consumed, 5'000);
  EXPECT_EQ(layers[0].paid, 0);
  EXPECT_EQ(layers[1].paid, 500);
}

TEST(Keys, a_fact_that_an_accumulator_is_kept_by_is_needed_even_when_nothing_reads_it) {
  const auto library = library_of(
      "facts: {scheme: [A, B], other: [C, D]}\nkeep: {year: {per: [year, scheme], of: [paid]}}\n"
      "steps: [{layer: a, base: eligible, ratio: 50%, add: {year.paid: paid}}]\n");
  ASSERT_TRUE(library);
  Bill bill = stay("2023-01-01", "2023-01-02");
  const Outcome missing = settle(library, bill);
  EXPECT_EQ(missing.error, "fact_missing");
  EXPECT_EQ(missing.place, "/facts/scheme");
  bill.facts = {fact("scheme", "B")};
  const Outcome given = settle(library, bill);
  ASSERT_EQ(given.result.row_count, 1U);
  EXPECT_EQ(given.result.rows[0].key, (std::vector<std::int64_t>{2023, 1}));
}

TEST(Choice, a_policy_may_be_chosen_by_the_calendar) {
  const auto library = library_of(
      "---\npolicy: short\nfor: days <= 5 and year == 2023\nsteps: [{layer: a, base: eligible, ratio: 10%}]\n"
      "---\npolicy: long\nfor: days > 5 and year == 2023\nsteps: [{layer: a, base: eligible, ratio: 20%}]\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(funds(settle(library, stay("2023-01-01", "2023-01-06"))), 10'000);
  EXPECT_EQ(funds(settle(library, stay("2023-01-01", "2023-01-07"))), 20'000);
  EXPECT_EQ(settle(library, stay("2024-01-01", "2024-01-07")).error, "policy_none");
}

// ---- who pays
TEST(Left, two_layers_never_pay_more_than_the_bill) {
  const auto library = library_of(
      "steps:\n  - {layer: a, base: total, ratio: 80%}\n  - {layer: b, base: total, ratio: 50%}\n");
  ASSERT_TRUE(library);
  const Outcome outcome = settle(library, stay("2023-01-01", "2023-01-02"));
  EXPECT_EQ(outcome.result.parts[0].layers[0].paid, 80'000);
  EXPECT_EQ(outcome.result.parts[0].layers[1].paid, 20'000);
  EXPECT_EQ(outcome.result.parts[0].layers[1].cut, 30'000);
  EXPECT_EQ(outcome.result.parts[0].layers[1].consumed, 40'000);
  EXPECT_EQ(outcome.result.split->cash().fen(), 0);
}

TEST(Roles, own_account_before_family_and_the_hospital_s_reduction_apart) {
  const auto library = library_of(R"YAML(
facts: {account: money, family: money}
steps:
  - {layer: basic, base: eligible, ratio: 50%}
  - {layer: reduction, fund: provider, base: left, ratio: 10%}
  - {layer: account, base: left, ratio: 100%, cap: account}
  - {layer: family, base: left, ratio: 100%, cap: family}
)YAML");
  ASSERT_TRUE(library);
  Bill bill = stay("2023-01-01", "2023-01-02", {100'000});
  bill.facts = {fact("account", "100"), fact("family", "70")};
  const Split split = *settle(library, bill).result.split;
  EXPECT_EQ(split.funds().fen(), 50'000);
  EXPECT_EQ(split.provider().fen(), 5'000);
  EXPECT_EQ(split.account().fen(), 10'000);
  EXPECT_EQ(split.family().fen(), 7'000);
  EXPECT_EQ(split.cash().fen(), 28'000);
}

// ---- what a rule may not do to a bill (decision 0003)

TEST(Bounds, a_divisor_that_becomes_0_refuses_the_bill) {
  const auto library = library_of(
      "keep: {year: {per: [year], of: {stays: int, paid: money}}}\nsteps:\n"
      "  - {layer: x, base: eligible, ratio: 50%, deductible: round(year.paid / (year.stays + 1)), add: "
      "{year.stays: 0 - 1}}\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {100'00});
  EXPECT_EQ(settle(library, bill).error, "");
  bill.accumulators = {{"year", true, {}, {fact("stays", "-1")}}};
  EXPECT_EQ(settle(library, bill).error, "rule_failed");
}

TEST(Bounds, accumulators_and_charges_stay_in_range) {
  const auto grows = library_of(
      "keep: {year: {per: [year], of: {x: money}}}\nsteps:\n"
      "  - {layer: a, base: eligible, add: {year.x: year.x * 1000}}\n"
      "  - {layer: b, base: eligible, add: {year.x: year.x * 1000}}\n");
  Bill bill = bill_of({}, {100'00});
  bill.accumulators = {{"year", true, {}, {fact("x", "10000.00")}}};
  EXPECT_EQ(settle(grows, bill).error, "");
  bill.accumulators[0].values = {fact("x", "1000000.00")};
  EXPECT_EQ(settle(grows, bill).error, "rule_failed");
  const auto charges =
      library_of("charged: total * 1000000%\nsteps:\n  - {layer: a, base: charged, ratio: 50%}\n");
  EXPECT_EQ(settle(charges, bill_of({}, {100'00})).error, "");
  EXPECT_EQ(settle(charges, bill_of({}, {100'000'00 * 1000LL})).error, "rule_failed");
}

TEST(Bounds, large_formulas_are_computed_in_128_bits) {
  const auto after =
      library_of("steps:\n  - {layer: a, base: eligible, ratio: 85.1234%, after: 1000000000000元}\n");
  EXPECT_EQ(settle(after, bill_of({}, {1000'00})).result.split->funds().fen(), 0);
  const auto ratio = library_of(
      "facts: {f: ratio}\nsteps:\n  - {layer: a, base: eligible, ratio: 'min(100%, f * 1000000)'}\n");
  EXPECT_EQ(settle(ratio, bill_of({fact("f", "12.3456%")}, {10'000'000'000})).result.split->funds().fen(),
            10'000'000'000);
}

TEST(Bounds, a_negative_line_limit_lets_nothing_enter) {
  const auto library =
      library_of("lines: {limit: amount - 5000元}\nsteps:\n  - {layer: a, base: eligible, ratio: 50%}\n");
  const auto result = settle(library, bill_of({}, {1000'00, 6000'00})).result;
  EXPECT_EQ(result.lines[0].over, 1000'00);
  EXPECT_EQ(result.lines[0].in, 0);
  EXPECT_EQ(result.lines[1].in, 1000'00);
}

TEST(Bounds, a_refund_may_bring_a_line_into_another_pot) {
  const auto library = library_of(
      "pots: [small, big]\nlines: {pot: if amount > 1000元 then 'big' else 'small'}\nsteps:\n"
      "  - {layer: b, base: big, ratio: 90%}\n  - {layer: s, base: small, ratio: 50%}\n");
  Bill bill = bill_of({}, {2000'00, -1500'00});
  bill.lines[1].refund_of = "1";
  const auto result = settle(library, bill).result;
  EXPECT_EQ(result.parts[0].layers[0].base, 0);
  EXPECT_EQ(result.parts[0].layers[1].base, 500'00);
  EXPECT_EQ(result.split->funds().fen(), 250'00);
  EXPECT_EQ(result.in_scope, 500'00);
}

TEST(Bounds, an_account_pays_its_balance_once_in_a_stay_that_is_cut) {
  const auto library = library_of(
      "facts: {account: money}\nsplit: {days: 5}\nsteps:\n"
      "  - {layer: account, base: left, ratio: 100%, cap: account}\n");
  Bill bill = bill_of({fact("account", "100.00")}, {80'00, 80'00});
  bill.lines[0].date = bill.from;
  const auto result = settle(library, bill).result;
  ASSERT_EQ(result.part_count, 2U);
  EXPECT_EQ(result.parts[0].layers[0].paid, 80'00);
  EXPECT_EQ(result.parts[1].layers[0].paid, 20'00);
}

TEST(Bounds, consumed_is_rounded_as_a_whole) {
  const auto library = library_of(
      "round: half_even\nsteps:\n"
      "  - {layer: a, base: eligible, bands: [{to: 0.01, ratio: 100%}, {ratio: 40%}], cap: 0.02}\n");
  EXPECT_EQ(settle(library, bill_of({}, {100})).result.parts[0].layers[0].consumed, 4)
      << "0.01 + 0.01 / 40 % = 0.035";
}

TEST(Bounds, hostile_texts_are_refused) {
  EXPECT_EQ(refused("facts: {days: int 0..100}\nsteps: []\n"), "name_doubled");
  EXPECT_EQ(refused("pots: [total]\nsteps: []\n"), "name_doubled");
  EXPECT_EQ(refused("split: {year_end: true}\nsteps: []\n"), "constant_malformed");
  EXPECT_EQ(refused("steps:\n  - {layer: a, fund: [b], base: total}\n"), "shape_wrong");
  std::string nested = "1元";
  for (int i = 0; i < 45; ++i) nested = "min(100元, 1元 + 1 * " + nested + ")";
  EXPECT_EQ(refused("steps:\n  - {layer: a, base: \"" + nested + "\"}\n"), "too_complex");
  std::string chain = "tables:\n";
  for (int i = 0; i < 30; ++i)
    chain +=
        "  t" + std::to_string(i) + ": {type: money, by: [days], else: t" + std::to_string(i + 1) + "}\n";
  EXPECT_EQ(refused(chain + "  t30: {type: money, by: [days], else: 5}\nsteps:\n  - {layer: a, base: t0}\n"),
            "too_complex");
  std::string columns = "line_facts: {";
  for (int i = 0; i < 70; ++i)
    columns += (i == 0 ? "c" : ", c") + std::to_string(i) + ": {type: bool, default: no}";
  EXPECT_EQ(refused(columns + "}\nsteps: []\n"), "too_complex");
  EXPECT_EQ(refused("\"" + std::string(300, 'k') + "\": 1\nsteps: []\n"), "yaml_too_large");
}

TEST(Bounds, an_emptied_file_is_no_policy_less) {
  const auto read = read_library({{"region.yaml", "region: 123456\nsteps: []\n"}, {"more.yaml", "# gone\n"}});
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().front().code, Code::file_empty);
}

}  // namespace
}  // namespace fenming
