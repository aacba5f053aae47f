// Reading a library: what is refused and why, versions by two dates, choices by date, the national base.
#include "policy/library.h"

#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::bill_of;
using testing_policy::fact;
using testing_policy::library_of;
using testing_policy::refused;
using testing_policy::settle;

std::string layer_with(const std::string& rest) {
  return "facts: {level: [L1, L2], age: int 0..150, n: int -5..5}\nkeep: {year: {per: [year], of: {stays: "
         "int, paid: money}}}\nsteps:\n  - {layer: x, base: eligible, " +
         rest + "}\n";
}

TEST(Reading, common_slips_are_told_what_to_write) {
  const std::pair<std::string, std::string> slips[] = {
      {"who: level == L1", "'L1'"},
      {"who: level = 'L1'", "=="},
      {"ratio: {by: level", "a bracket is not closed"},
      {"bands: [{to：20000，ratio: 80%}, {ratio: 90%}]", "POL-039"},
      {"ratio: {by: level, L1: 80%，else: 90%}", "POL-039"},
      {"ratio: 85%, cap: 10：00", "POL-039"},
      {"ratio: 85%, cap: 2万", "POL-040"},
      {"ratio: 85%, cap: 300000元/年", "POL-040"},
      {"bands: [{to: 2万, ratio: 80%}, {ratio: 90%}]", "POL-040"},
      {"ratio: 85%, cap: if level == 'L1' then 20000 * age else total", "\"20000\" has no unit"},
      {"bands: {by: level, L1: [{ratio: 5%}], L2: {by: age, else: [{ratio: 5%}]}}", "not \"{by: ...}\""},
  };
  for (const auto& [text, advice] : slips) {
    const auto library = read_library({{"region.yaml", "region: 123456\n" + layer_with(text)}});
    ASSERT_FALSE(library) << text;
    EXPECT_NE(to_text(library.error().front(), Language::en).find(advice), std::string::npos)
        << text << ": " << to_text(library.error().front(), Language::en);
  }
}

// YAML notices a full-width colon on the line behind it; in a text it is no mistake.
TEST(Reading, fullwidth_signs_are_found_where_they_stand) {
  const auto code = [](const std::string& rest) {
    const auto library =
        read_library({{"region.yaml", "region: 123456\nsteps:\n  - layer: x\n    base: eligible\n" + rest}});
    return library ? ""
                   : library.error().front().place + " " + std::string(name(library.error().front().code));
  };
  EXPECT_EQ(code("    limit：5\n    ratio: 85%\n"), "region.yaml:5:1 fullwidth_signs");
  EXPECT_EQ(code("    article: 第五条：一级，二级\n    ratio: 85%\n"), "");
  EXPECT_EQ(code("    article: 第五条：一级，二级\n    ratio: [85%\n"),
            "region.yaml:6:13 yaml_value_missing");
}

TEST(Reading, mistakes_are_named) {
  const std::pair<std::string, std::string> mistakes[] = {
      {"ratio: 85", "unit_missing"},
      {"ratio: 850%", "ratio_out_of_range"},
      {"ratio: 85%, deductible: 5%", "type_mismatch"},
      {"ratio: {by: level, L1: 80%}", "table_gap"},
      {"ratio: {by: level, L1: 80%, 'L1,L2': 70%}", "table_overlap"},
      {"ratio: {by: level, L1: 80%, L3: 70%}", "code_unknown"},
      {"ratio: {by: age, 0..60: 80%, 62..: 70%}", "table_gap"},
      {"ratio: {by: age, 0..60: 80%, 60..: 70%}", "table_overlap"},
      {"ratio: {by: agee, 0..60: 80%}", "name_unknown"},
      {"bands: [{to: 3000, ratio: 80%}, {to: 2000, ratio: 70%}, {ratio: 60%}]", "bands_not_rising"},
      {"bands: [{to: 3000, ratio: 80%}]", "bands_open_end"},
      {"ratio: 85%, cap: y.paid", "name_unknown"},
      {"ratio: 85%, cap: x.paid", "name_early"},
      {"ratio: 85%, add: {year.stay: 1}", "name_unknown"},
      {"ratio: 85%, add: {year.stays: 1元}", "type_mismatch"},
      {"ratio: 85%, deductible: eligible / 2", "division_misplaced"},
      {"ratio: 85%, deductible: round(eligible / n)", "division_by_zero"},
      {"ratio: 85%, deductible: eligible * eligible", "type_mismatch"},
      {"ratio: 85%, deductible: eligible + 5", "type_mismatch"},
      {"ratio: 85%, at: 100 - ratio", "name_unknown"},
      {"ratio: 85%, adjust: 100 - ratio", "type_mismatch"},
      {"ratio: 85%, cupp: 5", "key_unknown"},
      {"ratio: 85%, who: level == 'L3'", "code_unknown"},
      {"ratio: 85%, who: level == L1", "name_unknown"},
      {"ratio: 85%, who: level < 'L2'", "type_mismatch"},
      {"ratio: 85%, deductible: {since: {2023-13-01: 5}}", "table_key_malformed"},
      {"ratio: 85%, deductible: 'round(eligible, 0元)'", "step_division"},
      {"ratio: 85%, deductible: 1 元", "expression_malformed"},
  };
  for (const auto& [rest, code] : mistakes) EXPECT_EQ(refused(layer_with(rest)), code) << rest;
  EXPECT_EQ(refused(layer_with("ratio: 85%")), "");
}

TEST(Reading, what_follows_from_a_mistake_is_not_reported) {
  const auto errors = [](const std::string& steps) {
    const auto library = read_library(
        {{"region.yaml", "region: 123456\nkeep: {year: {per: [year], of: [paid]}}\nsteps:\n" + steps}});
    std::string tags;
    if (!library)
      for (const Error& error : library.error())
        tags += (tags.empty() ? "" : " ") + error.place.substr(error.place.find(':') + 1) + " " +
                std::string(tag(error.code));
    return tags;
  };
  EXPECT_EQ(
      errors("  - {layer: a, base: total, ratio: 80}\n  - {layer: b, base: total - a.paid, ratio: 60%}\n"),
      "4:36 POL-015");
  EXPECT_EQ(errors("  - {layer: a, base: total, rate: 80%}\n  - let: {own: total - a.covered}\n  - {layer: "
                   "b, base: own}\n"),
            "4:29 POL-006");
  EXPECT_EQ(errors("  - let: {x: totl, y: x + 1元}\n  - {layer: b, base: y + z}\n"), "4:14 POL-009");
  // its own mistake is
  EXPECT_EQ(errors("  - {layer: a, base: total, ratio: 80}\n  - {layer: b, base: a.paid, ratio: 60}\n  - "
                   "{layer: c, base: totl}\n"),
            "4:36 POL-015 6:22 POL-009");
  EXPECT_EQ(errors("  - {layer: a, base: b.paid}\n  - {layer: b, base: total}\n"), "4:22 POL-010");
}

TEST(Reading, mistakes_outside_layers) {
  EXPECT_EQ(refused("facts: {a: [x, x]}\nsteps: []\n"), "name_doubled");
  EXPECT_EQ(refused("facts: {a: int 5..1}\nsteps: []\n"), "constant_malformed");
  EXPECT_EQ(refused("facts: {a: colour}\nsteps: []\n"), "constant_malformed");
  EXPECT_EQ(refused("facts: {a: set of b}\nsteps: []\n"), "name_unknown");
  EXPECT_EQ(refused("facts: {a: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}\nsteps: []\n"),
            "members_too_many");
  EXPECT_EQ(refused("keep: {year: {per: [yeer], of: [x]}}\nsteps: []\n"), "name_unknown");
  EXPECT_EQ(refused("lines: {prepay: 10}\nsteps: []\n"), "unit_missing");
  EXPECT_EQ(refused("lines: {pot: if class == 'D' then 'out' else 'eligible'}\nsteps: []\n"), "code_unknown");
  EXPECT_EQ(refused("lines: {pot: if class == 'C' then 'away' else 'eligible'}\nsteps: []\n"),
            "code_unknown");
  EXPECT_EQ(refused("steps:\n  - let: {a: 5元, a: 6元}\n"), "yaml_key_doubled");
  EXPECT_EQ(refused("steps:\n  - let: {total: 5元}\n"), "name_doubled");
  EXPECT_EQ(refused("steps:\n  - let: {a: 'round(10% * 3.333333, 0.0001%)'}\n"), "");
  EXPECT_EQ(refused("steps:\n  - let: {a: 12.3456% * 7.8912%}\n"), "places_too_many");
  EXPECT_EQ(refused("step: []\n"), "key_unknown");
  EXPECT_EQ(refused("round: bankers\nsteps: []\n"), "constant_malformed");
}

TEST(Reading, an_error_names_file_line_column_value_and_the_nearest_name) {
  const auto library = read_library({{"region.yaml",
                                      "region: 123456\nfacts: {level: [L1, L2]}\nsteps:\n  - layer: x\n    "
                                      "base: eligble\n    ratio: 85%\n"}});
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().front().place, "region.yaml:5:11");
  EXPECT_EQ(library.error().front().value, "eligble");
  EXPECT_NE(sentence(library.error().front(), Language::en).find("eligible"), std::string::npos);
}

TEST(Reading, every_problem_is_reported_at_once) {
  const auto library = read_library({{"region.yaml",
                                      "region: 123456\nsteps:\n  - {layer: x, base: aa, ratio: 5%}\n  - "
                                      "{layer: y, base: bb, ratio: 5%}\n"}});
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().size(), 2U);
}

// REQ POL-04
TEST(Versions, the_latest_release_known_that_day_governs_the_day) {
  const std::string region = "region: 123456\n";
  const auto policy = [](const char* dates, const char* known, const char* ratio) {
    return std::string("policy: p\nin_force: ") + dates + "\nknown: " + known +
           "\nsteps:\n  - {layer: x, base: eligible, ratio: " + ratio + "}\n";
  };
  const auto read = read_library({{"region.yaml", region},
                                  {"old.yaml", policy("2020-01-01..", "2019-12-01", "50%")},
                                  {"new.yaml", policy("2024-01-01..", "2024-02-15", "70%")}});
  ASSERT_TRUE(read) << to_text(read.error().front(), Language::en);
  Bill bill = bill_of({}, {100'00});
  bill.known = *make_date(2024, 3, 11);
  EXPECT_EQ(settle(*read, bill).result.split->funds().fen(), 70'00);
  bill.known = *make_date(2024, 2, 14);
  EXPECT_EQ(settle(*read, bill).result.split->funds().fen(), 50'00);
  bill.known = *make_date(2024, 2, 15);
  EXPECT_EQ(settle(*read, bill).result.split->funds().fen(), 70'00);
  bill.from = bill.to = bill.settle = *make_date(2023, 12, 31);
  bill.known = *make_date(2024, 12, 31);
  EXPECT_EQ(settle(*read, bill).result.split->funds().fen(), 50'00);
  bill.from = bill.to = *make_date(2019, 12, 31);
  EXPECT_EQ(settle(*read, bill).error, "policy_none");
}

TEST(Versions, same_release_and_overlap_is_refused_and_two_policies_at_once_too) {
  const auto twice = read_library({{"region.yaml", "region: 123456\n"},
                                   {"a.yaml", "policy: p\nin_force: ..2024-06-30\nsteps: []\n"},
                                   {"b.yaml", "policy: p\nin_force: 2024-06-30..\nsteps: []\n"}});
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().front().code, Code::versions_overlap);
  const auto both = read_library({{"region.yaml", "region: 123456\nfacts: {level: [L1, L2]}\n"},
                                  {"a.yaml", "policy: p\nfor: level == 'L1'\nsteps: []\n"},
                                  {"b.yaml", "policy: q\nfor: yes\nsteps: []\n"}});
  ASSERT_TRUE(both);
  EXPECT_EQ(settle(*both, bill_of({fact("level", "L1")}, {1})).error, "policy_two");
  EXPECT_EQ(settle(*both, bill_of({fact("level", "L2")}, {1})).error, "");
}

TEST(Versions, since_rows_cut_the_plan_by_date) {
  const auto library = library_of(
      "steps:\n  - layer: x\n    base: eligible\n    ratio: {since: {2023-01-01: 50%, 2024-03-11: 60%, "
      "2024-03-12: 70%, else: 0%}}\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(library->versions[0].plans.size(), 4U);
}

TEST(Versions, since_before_its_first_date_needs_else) {
  EXPECT_EQ(refused("in_force: 2022-01-01..\nsteps:\n  - {layer: x, base: eligible, ratio: {since: "
                    "{2023-01-01: 50%}}}\n"),
            "date_uncovered");
  EXPECT_EQ(refused("in_force: 2023-01-01..\nsteps:\n  - {layer: x, base: eligible, ratio: {since: "
                    "{2023-01-01: 50%}}}\n"),
            "");
  const auto library = library_of(
      "in_force: 2022-01-01..\nsteps:\n  - {layer: x, base: eligible, ratio: {since: {2024-03-11: 50%, "
      "2025-01-01: 60%, else: 40%}}}\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {100'00});
  EXPECT_EQ(settle(library, bill).result.split->funds().fen(), 50'00);
  bill.from = bill.to = *make_date(2024, 3, 10);
  EXPECT_EQ(settle(library, bill).result.split->funds().fen(), 40'00);
  bill.from = bill.to = bill.settle = bill.known = *make_date(2025, 1, 1);
  EXPECT_EQ(settle(library, bill).result.split->funds().fen(), 60'00);
}

// REQ POL-10
class National : public ::testing::Test {
 protected:
  static constexpr const char* base = R"YAML(
region: 000000
facts: {level: [L1, L2]}
open: [policies, lines.prepay]
tables: {share: {type: ratio, by: [level], open: {min: 50%, max: 90%}}, line: {type: money, by: [level], L1: 100, L2: 200}}
---
policy: stay
for: level == 'L1' or level == 'L2'
steps:
  - {layer: pool, base: eligible, deductible: line, ratio: share}
)YAML";
  static std::string region_with(const std::string& rest) {
    const auto read = read_library({{"region.yaml", "region: 123456\nbase: 000000-national\n" + rest}},
                                   {{"000000-national/region.yaml", base}});
    if (!read) return std::string(name(read.error().front().code));
    const auto outcome = settle(*read, bill_of({fact("level", "L2")}, {1000'00}));
    return outcome.error.empty() ? to_text(outcome.result.split->funds()) : outcome.error;
  }
};

TEST_F(National, a_region_fills_what_is_open) {
  EXPECT_EQ(region_with("tables: {share: {L1: 80%, L2: 75%}}\n"), "600.00");
}
TEST_F(National, what_is_open_must_be_filled) { EXPECT_EQ(region_with(""), "base_unfilled"); }
TEST_F(National, bounds_hold) {
  EXPECT_EQ(region_with("tables: {share: {L1: 80%, L2: 91%}}\n"), "base_bound");
}
TEST_F(National, the_rest_is_closed) {
  EXPECT_EQ(region_with("tables: {share: {L1: 80%, L2: 75%}, line: {L1: 0, L2: 0}}\n"), "base_closed");
  EXPECT_EQ(region_with("tables: {share: {L1: 80%, L2: 75%}}\nfacts: {level: [L1]}\n"), "base_closed");
  EXPECT_EQ(region_with("tables: {share: {L1: 80%, L2: 75%}}\nlines: {pot: \"'eligible'\"}\n"),
            "base_closed");
}
TEST_F(National, an_open_slot_may_be_set) {
  EXPECT_EQ(region_with("tables: {share: {L1: 80%, L2: 75%}}\nlines: {prepay: 10%}\n"), "525.00");
}

}  // namespace
}  // namespace fenming
