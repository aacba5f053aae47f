// The form of a policy's text: which keys each map takes, what must be a map, a list or a value.
#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::refused;

std::string policy(const std::string& rest) {
  return refused("facts: {m: money, b: bool, level: [L1, L2]}\nkeep: {year: {per: [year], of: [paid]}}\n" +
                 rest + "\n");
}
std::string layer(const std::string& rest) {
  return policy("steps: [{layer: x, base: eligible, ratio: 50%, " + rest + "}]");
}

TEST(Shape, unknown_keys_are_named_wherever_they_stand) {
  for (const char* text :
       {"lines: {limt: 5}\nsteps: []", "split: {dys: 5}\nsteps: []", "steps: [{let: {x: 5元}, articel: y}]",
        "steps: [{let: {x: {type: money, is: 5, zhh: y}}}]", "steps: [{layer: x, base: total, bse: 5}]",
        "steps: [{layer: x, base: total, bands: [{to: 5, ratio: 5%, tto: 6}, {ratio: 5%}]}]",
        "steps: [{layer: x, base: {since: {else: 5}, articel: y}}]"})
    EXPECT_EQ(policy(text), "key_unknown") << text;
  for (const char* rest : {"cap: {limit: 5, usd: m}", "limit: [{limit: 5, usd: m}]", "ratios: 5%", "caps: 5"})
    EXPECT_EQ(layer(rest), "key_unknown") << rest;
}

TEST(Shape, known_keys_are_taken) {
  for (const char* text :
       {"lines: {limit: 5, prepay: 5%, pot: \"'eligible'\", article: a, note: n, source: s}\nsteps: []",
        "split: {days: 5, year_end: no}\nsteps: []",
        "steps: [{let: {x: 5元}, article: a, zh: z, en: e, note: n, source: s}]",
        "steps: [{let: {x: {type: money, is: 5, zh: z, en: e, article: a, note: n}}}]",
        "steps: [{layer: x, base: total, bands: [{to: 5, ratio: 5%, article: a, note: n}, {ratio: 5%}]}]",
        "steps: [{layer: x, base: {since: {else: 5}, article: a, note: n, source: s}}]",
        "steps: [{layer: x, base: {by: b, yes: 5, no: 6, article: a, note: n, source: s}}]"})
    EXPECT_EQ(policy(text), "") << text;
  for (const char* rest : {"cap: {limit: 5, used: m, article: a, note: n}",
                           "who: b, limit: 9, deductible: 1, at: 2, adjust: ratio, after: 1, cap: 9, "
                           "add: {year.paid: paid}, fund: f, article: a, zh: z, en: e, note: n, source: s"})
    EXPECT_EQ(layer(rest), "") << rest;
}

TEST(Shape, maps_lists_and_values_are_not_taken_for_each_other) {
  for (const char* text :
       {"lines: 5\nsteps: []", "lines: []\nsteps: []", "split: 5\nsteps: []", "steps: 5",
        "steps: {layer: x, base: total}", "steps: [5]", "steps: [{}]", "steps: [{base: total}]",
        "steps: [{let: 5元}]", "steps: [{let: [5元]}]", "steps: [{layer: [x], base: total}]",
        "steps: [{layer: x, base: [5]}]", "steps: [{layer: x, base: total, bands: 5%}]",
        "steps: [{layer: x, base: total, bands: [5%]}]", "steps: [{layer: x, base: total, add: paid}]",
        "steps: [{layer: x, base: total, add: [year.paid]}]", "steps: [{layer: x, base: {since: 5}}]",
        "steps: [{layer: x, base: {by: [], else: 5}}]", "steps: [{layer: x, base: {by: b}}]"})
    EXPECT_NE(policy(text), "") << text;
  EXPECT_EQ(policy("lines: 5\nsteps: []"), "shape_wrong");
  EXPECT_EQ(policy("split: 5\nsteps: []"), "shape_wrong");
  EXPECT_EQ(policy("steps: [{layer: x, base: {since: 5}}]"), "shape_wrong");
  EXPECT_EQ(policy("steps: [{layer: x, base: total, add: paid}]"), "shape_wrong");
  EXPECT_EQ(policy("steps: [{let: 5元}]"), "shape_wrong");
  EXPECT_EQ(policy("steps: [{layer: x, base: total, bands: [5%]}]"), "shape_wrong");
}

TEST(Shape, what_must_stand_is_missed) {
  for (const char* text : {"steps: [{layer: x}]", "steps: [{layer: x, ratio: 5%}]",
                           "steps: [{layer: x, base: total, bands: [{to: 5}, {ratio: 5%}]}]",
                           "steps: [{layer: x, base: {L1: 5, L2: 6}}]"})
    EXPECT_EQ(policy(text), "key_missing") << text;
  EXPECT_EQ(layer("bands: [{ratio: 5%}]"), "key_unknown") << "ratio and bands exclude each other";
  EXPECT_EQ(policy("split: {year_end: 5}\nsteps: []"), "constant_malformed");
  EXPECT_EQ(policy("steps: [{let: {1x: 5元}}]"), "constant_malformed");
  EXPECT_EQ(policy("steps: [{layer: 1x, base: total}]"), "constant_malformed");
  EXPECT_EQ(policy("steps: [{let: {x: 5元}}, {let: {x: 5元}}]"), "name_doubled");
  EXPECT_EQ(policy("steps: [{layer: x, base: total}, {layer: x, base: total}]"), "name_doubled");
  EXPECT_EQ(policy("steps: [{let: {x: {type: moneyy, is: 5}}}]"), "constant_malformed");
  EXPECT_EQ(policy("tables: {t: {type: moneyy, by: b, else: 5}}\nsteps: [{layer: x, base: t}]"),
            "constant_malformed");
}

TEST(Shape, rows_may_have_blanks_round_their_commas) {
  EXPECT_EQ(policy("steps: [{layer: x, base: {by: level, 'L1 ,  L2 ': 5}}]"), "");
  EXPECT_EQ(policy("steps: [{layer: x, base: {by: level, ' L2': 5, 'L1  ': 6}}]"), "");
}

TEST(Shape, a_map_of_a_table_has_at_most_1024_entries) {
  const auto rows = [](int count) {
    std::string text =
        "facts: {n: int 1.." + std::to_string(count) + "}\nsteps:\n  - layer: x\n    base:\n      by: n\n";
    for (int i = 1; i <= count; ++i) text += "      " + std::to_string(i) + ": 5\n";
    return refused(text);
  };
  EXPECT_EQ(rows(1023), "");
  EXPECT_EQ(rows(1024), "too_complex");
}

TEST(Shape, at_most_sixteen_places) {
  const auto value = [](const std::string& is) {
    return refused("facts: {r: ratio}\nsteps: [{let: {x: {type: ratio, is: 'round(" + is + ", 0.01%)'}}}]\n");
  };
  EXPECT_EQ(value("r * r * 0.0001"), "");
  EXPECT_EQ(value("r * r * 0.00001"), "places_too_many");
}

TEST(Shape, values_are_of_the_type_that_is_asked_for) {
  EXPECT_EQ(
      refused("facts: {level: [L1, L2], colour: [L1, L2]}\nsteps: [{let: {x: {type: level, is: colour}}}]\n"),
      "type_mismatch");
  EXPECT_EQ(policy("steps: [{let: {x: {type: dec, is: 'round(days / 5%, 0.1)'}}}]"), "type_mismatch");
  EXPECT_EQ(policy("steps: [{let: {x: {by: level, L1: 5元, else: 6元}}}, {layer: a, base: x}]"), "");
  EXPECT_EQ(refused("facts: {n: int 0..9}\nsteps: [{layer: a, base: {by: n, 5..5: 1, else: 2}}]\n"), "");
}

TEST(Shape, a_line_s_price_is_its_own) {
  const auto library =
      testing_policy::library_of("lines: {pot: \"if price == 5.0 then 'eligible' else 'out'\"}\nsteps: []\n");
  ASSERT_TRUE(library);
  Bill bill = testing_policy::bill_of({}, {1'000});
  bill.lines[0].quantity = Decimal{2'000'000};
  bill.lines[0].price = Decimal{5'000'000};
  EXPECT_EQ(testing_policy::settle(library, bill).result.in_scope, 1'000);
}

// What a layer has come to may be nothing, so nothing is divided by it.
TEST(Shape, amounts_of_layers_and_bills_may_be_nothing) {
  for (const char* divisor : {"x.paid", "x.base", "total", "eligible", "charged", "left", "year.paid", "m"})
    EXPECT_EQ(
        policy(std::string("steps: [{layer: x, base: total}, {let: {y: {type: dec, is: 'round(1000元 / ") +
               divisor + ", 1)'}}}]"),
        "division_by_zero")
        << divisor;
}

}  // namespace
}  // namespace fenming
