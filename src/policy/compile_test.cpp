// What the compiler knows of a value before any bill: its range, its places, whether 64 bits are enough; and where the limits lie.
#include "policy/compile.h"

#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::bill_of;
using testing_policy::fact;
using testing_policy::library_of;
using testing_policy::refused;
using testing_policy::settle;

const std::string facts =
    "facts: {n: int -5..5, p: int 2..3, level: [L1, L2, L3], levels: set of level, b: bool, q: dec, m: "
    "money, r: ratio}\n"
    "tables: {t: {type: int, by: [level], L1: 2, L2: -3, L3: 4}, u: {type: int, by: [level], L1: 2, L2: 3, "
    "L3: 4}}\n";

// clang-format off
constexpr std::pair<const char*, bool> divisors[] = {
    {"n", false}, {"p", true}, {"n + 6", true}, {"n + 5", false}, {"6 - n", true}, {"5 - n", false},
    {"n - 6", true}, {"n - 5", false}, {"-5 - n", false}, {"-6 - n", true}, {"n + p", false},
    {"n + p + 4", true}, {"n + p + 3", false}, {"n - p - 4", true}, {"n - p - 3", false},
    {"p - n + 4", true}, {"p - n + 3", false}, {"n * p + 16", true}, {"n * p + 15", false},
    {"16 - n * p", true}, {"15 - n * p", false}, {"n * n + 26", true}, {"n * n + 25", false},
    {"p * p - 10", true}, {"p * p - 9", false}, {"p * p - 3", true}, {"p * p - 4", false},
    {"-n + 6", true}, {"-n + 5", false}, {"-p", true}, {"min(n, 5) + 6", true}, {"min(n, 5) + 5", false},
    {"min(n, -1)", true}, {"min(n, 0)", false}, {"max(n, 1)", true}, {"max(n, 0)", false},
    {"max(n, p)", true}, {"min(n - 6, p)", true}, {"min(p, 1)", true}, {"max(n - 6, -1)", true},
    {"if b then p else -1", false}, {"if b then p else 0", false}, {"if b then n else p", false},
    {"if b then 1 else 2", true}, {"round(p * 10, 20)", false}, {"round(p * 10, 20) + 1", true}, {"t[level]", false}, {"t[level] + 4", true}, {"t[level] + 3", false},
    {"u[level]", true}, {"u[level] - 5", true}, {"u[level] - 4", false}, {"sum_of(u, levels)", false},
    {"sum_of(u, levels) + 1", true}, {"sum_of(t, levels) + 49", true}, {"sum_of(t, levels) + 48", false}, {"sum_of(u, levels) - 65", true}, {"sum_of(u, levels) - 64", false}, {"max_of(u, levels)", false}, {"max_of(u, levels) + 1", true},
    {"max_of(t, levels) + 4", true}, {"max_of(t, levels) + 3", false}, {"days", true}, {"days - 1", false},
    {"q * q", false}, {"q", false}};
// clang-format on

// The range of a divisor decides whether it may be 0: so every rule of ranges shows, at its very edge.
TEST(Ranges, of_divisors) {
  for (const auto& [divisor, allowed] : divisors)
    EXPECT_EQ(
        refused(facts + "steps:\n  - let: {x: {type: money, is: 'round(100元 / (" + divisor + "))'}}\n"),
        allowed ? "" : "division_by_zero")
        << divisor;
}

bool narrow(const std::string& is) {
  const auto library = library_of(facts + "steps:\n  - let: {x: {type: money, is: '" + is + "'}}\n");
  return library && library->narrow;
}

TEST(Ranges, decide_whether_64_bits_are_enough) {
  EXPECT_TRUE(narrow("m + m"));
  EXPECT_TRUE(narrow("m * 50%"));
  EXPECT_TRUE(narrow("m * 1.0001"));
  EXPECT_FALSE(narrow("m * q"));
  EXPECT_FALSE(narrow("0元 - m * q"));
  EXPECT_TRUE(narrow("min(1000元, m) * 12.3456% * 78.9012%"));
  EXPECT_TRUE(narrow("m + m * 12.34%"));
  EXPECT_TRUE(narrow("if m < m * 12.34% then m else 1元"));
  EXPECT_FALSE(narrow("if m * 46000000 < m * 12.34% then m else 1元"));
  EXPECT_TRUE(narrow("m * 46000000"));
  const auto whole = library_of(facts + "steps:\n  - {layer: x, base: m * 40000000, ratio: 100%}\n");
  ASSERT_TRUE(whole);
  EXPECT_TRUE(whole->narrow) << "100 % is 1, without places";
  EXPECT_FALSE(narrow("m * 47000000")) << "a bit is kept free: two such values may be added";
  EXPECT_FALSE(narrow("m * 12.3456% * 78.9012%"));
  EXPECT_EQ(refused(facts + "steps:\n  - let: {x: {type: money, is: 'm * q * q'}}\n"), "number_too_large");
  EXPECT_EQ(refused(facts + "steps:\n  - let: {x: {type: money, is: '0元 - m * q * q'}}\n"),
            "number_too_large");
}

TEST(Ranges, of_one_layer_do_not_reach_the_next) {
  const auto two = [](const std::string& first) {
    const auto library =
        library_of(facts + "steps:\n  - {layer: a, base: m, ratio: " + first +
                   "}\n  - {layer: b, base: m * 1000, bands: [{to: 5, ratio: 50%}, {ratio: 60%}]}\n");
    return library && library->narrow;
  };
  EXPECT_TRUE(two("50%"));
  EXPECT_TRUE(two("50%, after: 'm * 100000'"));
  EXPECT_FALSE(two("33.3333%, after: 'm * 1000000'")) << "a meter gets the places of the payment";
  EXPECT_TRUE(two("33.3333%"));
  EXPECT_FALSE(narrow("m * 1000 * 33.3333% * 10"));
}

// A formula may give more than 100 %: the bill is refused then, but the number must have room until that is known.
TEST(Ranges, of_ratios_above_everything) {
  const auto of = [](const std::string& rest) {
    const auto library = library_of(facts + "steps:\n  - {layer: x, base: m, " + rest + "}\n");
    return library && library->narrow;
  };
  EXPECT_TRUE(of("bands: [{to: 5, ratio: r}, {ratio: 5%}]"));
  EXPECT_FALSE(of("bands: [{to: 5, ratio: r * 100}, {ratio: 5%}]"));
  EXPECT_FALSE(of("bands: [{to: 5, ratio: 5%}, {ratio: r * 100}]"));
  EXPECT_FALSE(of("bands: [{to: 5, ratio: 0% - r * 100}, {ratio: 5%}]"));
  EXPECT_FALSE(of("ratio: r * 100"));
  EXPECT_FALSE(of("ratio: 0% - r * 100"));
  EXPECT_TRUE(of("ratio: r"));
  EXPECT_FALSE(of("ratio: r, adjust: ratio * 100"));
  EXPECT_TRUE(of("ratio: r, adjust: ratio + 5%"));
}

TEST(Ranges, products_stay_below_10_to_the_37th) {
  const auto is = [](Wide a, Wide b, Wide result) {
    const auto found = product(a, b);
    return found.has_value() && *found == result;
  };
  EXPECT_TRUE(is(power_of_ten(18), power_of_ten(19), wide_max));
  EXPECT_TRUE(is(power_of_ten(18), -power_of_ten(19), -wide_max));
  EXPECT_TRUE(is(-7, 6, -42));
  EXPECT_FALSE(product(power_of_ten(18), power_of_ten(19) + 1));
  EXPECT_FALSE(product(power_of_ten(18), -power_of_ten(19) - 1));
  EXPECT_FALSE(product(power_of_ten(37), 16));
  EXPECT_FALSE(product(Wide{1} << 64, Wide{1} << 64)) << "in 128 bits this wraps around to 0";
  EXPECT_TRUE(rescaled(-5, 3) == -5000);
  EXPECT_TRUE(rescaled(5, 0) == 5);
  EXPECT_TRUE(rescaled(5, 38) == wide_max);
  EXPECT_TRUE(rescaled(-5, 38) == -wide_max);
}

// A name of money is whole fen: its range is that of its value, rounded, and a fen wider on both sides.
TEST(Ranges, of_names_of_money) {
  const auto divided = [](const std::string& divisor) {
    return refused(facts +
                   "steps:\n  - let: {x: {type: money, is: 'p * 1元 * 1.001'}}\n  - let: {y: {type: dec, is: "
                   "'round(100元 / (" +
                   divisor + "), 0.01)'}}\n");
  };
  EXPECT_EQ(divided("x - 1.99元"), "division_by_zero");
  EXPECT_EQ(divided("x - 1.98元"), "");
  EXPECT_EQ(divided("x - 3.01元"), "division_by_zero");
  EXPECT_EQ(divided("x - 3.02元"), "");
  EXPECT_EQ(divided("round(p * 1元 * 1.001) - 3.01元"), "division_by_zero");
  EXPECT_EQ(divided("round(p * 1元 * 1.001) - 3.02元"), "");
}

TEST(Ranges, of_sums_have_an_end_on_each_side) {
  const auto is = [](const std::string& text) {
    return refused("facts: {m: money, k: int 0..1000000000}\nsteps:\n  - let: {x: {type: money, is: '" +
                   text + "'}}\n");
  };
  const std::string most = "m * k * k * 60000000";
  EXPECT_EQ(is(most), "");
  EXPECT_EQ(is(most + " - " + most), "");
  EXPECT_EQ(is(most + " + " + most), "number_too_large");
  EXPECT_EQ(is("0元 - " + most + " - " + most), "number_too_large");
}

TEST(Ranges, wide_values_are_right) {
  const auto library = library_of(facts + "steps:\n  - let: {x: {type: money, is: 'm * q'}}\n");
  ASSERT_TRUE(library);
  const auto outcome = settle(library, bill_of({fact("m", "900000000.00"), fact("q", "123456.789012")}));
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts[0].names[0], 90'000'000'000 / 1'000'000 * 123'456'789'012);
}

std::string layer(const std::string& rest) {
  return facts + "steps:\n  - {layer: x, base: eligible, " + rest + "}\n";
}

TEST(Ratios, constants_lie_between_nothing_and_everything) {
  EXPECT_EQ(refused(layer("ratio: 100%")), "");
  EXPECT_EQ(refused(layer("ratio: 0%")), "");
  EXPECT_EQ(refused(layer("ratio: 100.0001%")), "ratio_out_of_range");
  EXPECT_EQ(refused(layer("ratio: -1%")), "ratio_out_of_range");
  EXPECT_EQ(refused(layer("ratio: r + 50%")), "");
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: 100%}, {ratio: 0%}]")), "");
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: 101%}, {ratio: 50%}]")), "ratio_out_of_range");
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: 50%}, {ratio: -0.1%}]")), "ratio_out_of_range");
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: r + 50%}, {ratio: r - 50%}]")), "");
  EXPECT_EQ(refused("lines: {prepay: 100%}\nsteps: []\n"), "");
  EXPECT_EQ(refused("lines: 5%\nsteps: []\n"), "shape_wrong");
  EXPECT_EQ(refused("lines: {prepay: 101%}\nsteps: []\n"), "ratio_out_of_range");
  EXPECT_EQ(refused("lines: {prepay: -1%}\nsteps: []\n"), "ratio_out_of_range");
}

TEST(Layers, know_their_own_names_behind_the_slots_that_make_them) {
  for (const char* rest :
       {"deductible: deductible", "limit: deductible", "deductible: covered", "after: after", "at: after",
        "after: paid", "cap: paid", "cap: cut", "cap: x.base"})
    EXPECT_NE(refused(layer(std::string("ratio: 50%, ") + rest)), "") << rest;
  for (const char* rest :
       {"limit: base", "deductible: over", "at: deductible", "after: covered", "cap: after", "limit: over"})
    EXPECT_EQ(refused(layer(std::string("ratio: 50%, ") + rest)), "") << rest;
}

TEST(Bands, bounds_rise) {
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: 50%}, {to: 5.01, ratio: 50%}, {ratio: 50%}]")), "");
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: 50%}, {to: 5, ratio: 50%}, {ratio: 50%}]")),
            "bands_not_rising");
  EXPECT_EQ(refused(layer("bands: [{to: 5, ratio: 50%}, {to: m, ratio: 50%}, {ratio: 50%}]")), "");
  EXPECT_EQ(refused(layer("bands: [{ratio: 50%}, {ratio: 50%}]")), "bands_open_end");
  EXPECT_EQ(refused(layer("bands: []")), "shape_wrong");
}

TEST(Rounding, steps_and_modes) {
  const auto value = [](const std::string& is) {
    const auto library =
        library_of(facts + "round: down\nsteps:\n  - let: {x: {type: money, is: '" + is + "'}}\n");
    if (!library) return std::int64_t{-1};
    const auto outcome = settle(library, bill_of({fact("m", "10.55"), fact("q", "0.5")}));
    return outcome.error.empty() ? outcome.result.parts[0].names[0] : -2;
  };
  EXPECT_EQ(value("round(m, 0.1元)"), 1'050);  // the region's mode
  EXPECT_EQ(value("round(m, 0.1元, half_up)"), 1'060);
  EXPECT_EQ(value("round(m, 0.1元, half_even)"), 1'060);
  EXPECT_EQ(value("round(m, 0.2元, up)"), 1'060);
  EXPECT_EQ(value("round(m, 3元)"), 900);
  EXPECT_EQ(value("round(m * q)"), 527);
  EXPECT_EQ(value("m * q"), 527);  // a name of money is whole fen
  EXPECT_EQ(value("round(m / 3)"), 351);
  EXPECT_EQ(value("round(m / 3, 1元, up)"), 400);
  EXPECT_EQ(value("10元 * round(m / 4元, 0.1)"), 2'600);
  EXPECT_EQ(refused(facts + "steps:\n  - let: {x: {type: money, is: 'round(m, 10%)'}}\n"), "type_mismatch");
  EXPECT_EQ(refused(facts + "steps:\n  - let: {x: {type: money, is: 'round(m, m)'}}\n"), "step_division");
  EXPECT_EQ(refused(facts + "steps:\n  - let: {x: {type: money, is: 'round(m / 3, 0元)'}}\n"),
            "step_division");
}

TEST(Tables, one_to_four_keys) {
  const auto table = [](const std::string& keys, const std::string& rows) {
    return refused(
        "facts: {a: bool, b: bool, c: bool, d: bool, e: bool}\nsteps:\n  - {layer: x, base: eligible, ratio: "
        "{by: [" +
        keys + "], " + rows + "}}\n");
  };
  EXPECT_EQ(table("a, b, c, d", "yes: 5%, no: {yes: 5%, no: {else: {yes: 1%, no: 2%}}}"), "");
  EXPECT_EQ(table("a, b, c, d, e", "else: 5%"), "shape_wrong");
  EXPECT_EQ(table("a", "yes: 5%"), "table_gap");
}

// Two rows that touch share a bound: 200 rows are 200 cells of a key and not 400.
TEST(Tables, have_a_cell_for_each_range_and_no_more) {
  const auto rows = [](int count, const std::string& first) {
    std::string text = "1: " + first;
    for (int i = 2; i <= count; ++i) text += ", " + std::to_string(i) + ": 5%";
    return text;
  };
  const auto table = [&](int a, int b) {
    return refused("facts: {a: int 1.." + std::to_string(a) + ", b: int 1.." + std::to_string(b) +
                   "}\nsteps:\n  - {layer: x, base: eligible, ratio: {by: [a, b], " +
                   rows(a, "{" + rows(b, "5%") + "}") + "}}\n");
  };
  EXPECT_EQ(table(256, 256), "");
  EXPECT_EQ(table(257, 256), "too_complex");
}

TEST(Tables, may_hold_tables_and_are_no_deeper_than_their_keys) {
  const auto table = [](const std::string& by) { return refused(layer("ratio: {by: " + by + "}")); };
  EXPECT_EQ(table("b, yes: {yes: 5%}, no: 6%"), "key_missing");
  EXPECT_EQ(table("[b, n], yes: {by: level, L1: 5%, L2: 6%, L3: 7%}, no: {..0: 1%, 1..: 2%}"), "");
}

TEST(Tables, name_the_first_key_without_a_row) {
  const auto gap = [](const std::string& by) {
    const auto library =
        read_library({{"region.yaml", "region: 123456\n" + layer("ratio: {by: " + by + "}")}});
    return library ? std::vector<std::string>{} : library.error().front().details;
  };
  EXPECT_EQ(gap("n, ..1: 5%, 4..: 5%"), std::vector<std::string>{"2..3"});
  EXPECT_EQ(gap("n, -4..: 5%"), std::vector<std::string>{"-5..-5"});
  EXPECT_EQ(gap("b, yes: 5%"), std::vector<std::string>{"no"});
  EXPECT_EQ(gap("level, 'L1, L3': 5%"), std::vector<std::string>{"L2"});
  EXPECT_EQ(gap("r, ..50%: 5%, above 60%: 1%"), std::vector<std::string>{"50.0001%..60%"});
}

// A table read by other keys is another table, whichever of the two is met first.
TEST(Tables, use_each_other_sixteen_deep) {
  const auto nested = [](int count) {
    std::string text = "facts: {b: bool}\ntables:\n";
    for (int i = 1; i < count; ++i)
      text += "  t" + std::to_string(i) + ": {by: b, yes: t" + std::to_string(i + 1) + ", no: 1}\n";
    return refused(text + "  t" + std::to_string(count) +
                   ": {by: b, else: 1}\nsteps: [{layer: x, base: t1}]\n");
  };
  EXPECT_EQ(nested(16), "");
  EXPECT_EQ(nested(17), "too_complex");
}

TEST(Tables, are_read_by_as_many_keys_as_they_have) {
  const auto value = [](const std::string& is) {
    return refused(
        "facts: {b: bool, c: bool}\ntables: {t: {by: [b, c], yes: 1, no: {yes: 2, no: 3}}}\nsteps: [{layer: "
        "x, base: '" +
        is + "'}]\n");
  };
  for (const char* key : {"levels", "visit_id"})
    EXPECT_EQ(
        refused(
            "facts: {level: [L1, L2], levels: set of level, visit_id: id}\nsteps: [{layer: x, base: {by: " +
            std::string(key) + ", else: 1}}]\n"),
        "type_mismatch");
  EXPECT_EQ(value("t[b, no]"), "");
  EXPECT_EQ(value("t[b]"), "type_mismatch");
  EXPECT_EQ(value("t[b, no, c]"), "type_mismatch");
}

TEST(Tables, by_other_keys_are_tables_of_their_own) {
  const auto library =
      library_of(facts +
                 "steps:\n  - let: {x: \"u + u['L1'] * 10\", y: \"u['L2'] * 10 + u\", z: \"u['L1'] * "
                 "100 + u['L2'] * 10 + u['L3']\"}\n");
  ASSERT_TRUE(library);
  const auto outcome = settle(library, bill_of({fact("level", "L3")}));
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts[0].names, (std::vector<std::int64_t>{24, 34, 234}));
}

TEST(Tables, have_keys_of_64_bits) {
  const auto key = [](const std::string& is) {
    return refused("facts: {k: int 0..1000000000}\nsteps:\n  - {layer: x, base: eligible, ratio: {by: " + is +
                   ", ..5: 1%, else: 2%}}\n");
  };
  EXPECT_EQ(key("k * 1000000000"), "");
  EXPECT_EQ(key("0 - k * 1000000000"), "");
  EXPECT_EQ(key("k * 10000000000"), "too_complex");
  EXPECT_EQ(key("0 - k * 10000000000"), "too_complex");
  EXPECT_EQ(key("k * 1000.5"), "") << "a dec key has six places";
  EXPECT_EQ(key("k * 100000.5"), "too_complex");
}

TEST(Tables, take_constants_as_keys) {
  const auto library = library_of(
      "facts: {q: dec, r: ratio, m: money}\ntables: {a: {type: int, by: q, ..2.4: 1, 2.400001..2.6: 2, above "
      "2.6: 3}, b: "
      "{type: int, by: r, ..49%: 1, above 49%: 2}, c: {type: int, by: m, ..4.99: 1, 5..: 2}}\nsteps:\n  - "
      "let: {x: "
      "'a[2.5]', y: 'b[50%]', z: 'c[5元]', w: 'a[2]', u: 5元 + m * 12.34%, v: m * 12.34% - 5元}\n");
  ASSERT_TRUE(library);
  const auto outcome = settle(library, bill_of({fact("q", "9"), fact("r", "0%"), fact("m", "100.00")}));
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.parts[0].names, (std::vector<std::int64_t>{2, 2, 2, 1, 1734, 734}));
}

TEST(Tables, may_have_rows_that_the_key_never_meets) {
  const auto library = library_of(
      "facts: {n: int 0..9}\ntables: {t: {by: n, ..-1: 1, 0..5: 2, 6..: 3}}\nsteps:\n  - let: {x: t, y: "
      "'t[7]', z: "
      "'t[min(n, 5)]', w: 't[0 - 1]'}\n  - {layer: a, base: eligible, ratio: {by: n, ..9: 5%, 10..: 6%}}\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(settle(library, bill_of({fact("n", "8")})).result.parts[0].names,
            (std::vector<std::int64_t>{300, 300, 200, 100}));
  EXPECT_EQ(
      refused(
          "facts: {n: int 0..9}\nsteps: [{layer: a, base: eligible, ratio: {by: n, 5..4: 1%, else: 2%}}]\n"),
      "table_key_malformed");
}

TEST(Tables, that_use_a_layer_s_own_names_are_of_that_layer) {
  const auto library = library_of(
      "facts: {level: [L1, L2]}\ntables: {half: {by: level, L1: base * 50%, else: 5}}\nsteps:\n"
      "  - {layer: a, base: eligible, ratio: 100%, cap: half}\n  - {layer: b, base: 20元, ratio: 100%, cap: "
      "half}\n");
  ASSERT_TRUE(library);
  const auto layers = settle(library, bill_of({fact("level", "L1")}, {10'000})).result.parts[0].layers;
  EXPECT_EQ(layers[0].paid, 5'000);
  EXPECT_EQ(layers[1].paid, 1'000);
}

// The library check points at the row: file, line and column of its key.
TEST(Tables, remember_where_their_rows_stand) {
  const auto library =
      library_of(facts +
                 "steps:\n  - layer: x\n    base: eligible\n    ratio:\n      by: p\n      2..3: "
                 "5%\n      4: 6%\n");
  ASSERT_TRUE(library);
  bool found = false;
  for (const RowUse& row : library->versions[0].plans[0].rows) {
    if (row.key != "4") continue;
    found = true;
    EXPECT_FALSE(row.reached);
    EXPECT_TRUE(row.place.path.ends_with("/ratio/4")) << row.place.path;
    EXPECT_EQ(row.place.line, 10);
    EXPECT_EQ(row.place.column, 7);
  }
  EXPECT_TRUE(found);
}

TEST(Since, says_which_of_its_rows_is_in_use) {
  const auto library = library_of(
      "---\npolicy: p\nin_force: 2024-02-01..\nsteps: [{layer: x, base: eligible, ratio: {since: "
      "{2023-01-01: 3%, 2024-01-01: "
      "2%}}}]\n");
  ASSERT_TRUE(library);
  std::map<std::string, bool> reached;
  for (const RowUse& row : library->versions[0].plans[0].rows) reached[row.key] = row.reached;
  EXPECT_EQ(reached, (std::map<std::string, bool>{{"2023-01-01", false}, {"2024-01-01", true}}));
}

TEST(Codes, keep_their_fact) {
  const auto library = library_of(
      "facts: {level: [L1, L2], colour: [red, green], size: [small, large]}\n"
      "tables: {t: {type: size, by: colour, red: small, green: large}}\nsteps:\n"
      "  - let: {k: {type: size, is: t}}\n"
      "  - {layer: x, base: eligible, ratio: \"if t == 'large' then 5% else 6%\"}\n"
      "  - {layer: y, base: eligible, ratio: {by: k, small: 7%, large: 8%}}\n");
  ASSERT_TRUE(library);
  const Plan& plan = library->versions[0].plans[0];
  EXPECT_EQ(library->region.domains.at(plan.lets[0].domain).name, "size");
  for (const auto& [colour, x, y] : {std::tuple{"red", 600, 700}, {"green", 500, 800}}) {
    const auto layers = settle(library, bill_of({fact("level", "L1"), fact("colour", colour)}, {10'000}))
                            .result.parts[0]
                            .layers;
    EXPECT_EQ(layers[0].paid, x);
    EXPECT_EQ(layers[1].paid, y);
  }
}

TEST(Lines, of_class_c_leave_wherever_the_class_stands) {
  const auto library = library_of("line_facts: {class: {type: [C, A], default: A}}\nsteps: []\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {100, 1000});
  bill.lines[0].columns.push_back(fact("class", "C"));
  EXPECT_EQ(settle(library, bill).result.in_scope, 1000);
  EXPECT_EQ(settle(library, bill).result.out, 100);
}

TEST(Tables, of_four_keys_are_read_by_all_of_them) {
  const auto library = library_of(
      "facts: {a: bool, b: bool, c: bool, d: bool}\nsteps:\n  - {layer: x, base: eligible, ratio: {by: [a, "
      "b, c, d], yes: 5%, no: {yes: 6%, no: {yes: {yes: "
      "1%, no: 2%}, no: {yes: 3%, no: 4%}}}}}\n");
  ASSERT_TRUE(library);
  const auto paid = [&](std::string_view values) {
    Bill bill = bill_of({}, {10'000});
    for (std::size_t i = 0; i < 4; ++i)
      bill.facts.push_back(
          {std::string(1, "abcd"[i]), FactValue::Kind::boolean, values[i] == 'y' ? "yes" : "no", {}});
    return settle(library, bill).result.split->funds().fen();
  };
  EXPECT_EQ(paid("nnyy"), 100);
  EXPECT_EQ(paid("nnyn"), 200);
  EXPECT_EQ(paid("nnny"), 300);
  EXPECT_EQ(paid("nnnn"), 400);
  EXPECT_EQ(paid("ynnn"), 500);
  EXPECT_EQ(paid("nynn"), 600);
}

TEST(Since, the_order_of_the_rows_does_not_matter) {
  const auto library = library_of(
      "steps: [{layer: x, base: eligible, ratio: {since: {2024-03-01: 3%, 2023-01-01: 1%, 2024-01-01: 2%, "
      "else: 0%}}}]\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(settle(library, bill_of({}, {10'000})).result.split->funds().fen(), 300);  // 2024-03-11
  EXPECT_EQ(refused("---\npolicy: p\nin_force: 2023-01-01..\nsteps: [{layer: x, base: eligible, ratio: "
                    "{since: {2023-06-01: 1%, 2023-02-01: 2%}}}]\n"),
            "date_uncovered");
  EXPECT_EQ(refused("---\npolicy: p\nin_force: 2023-01-01..\nsteps: [{layer: x, base: eligible, ratio: "
                    "{since: {2023-06-01: 1%, 2023-01-01: 2%}}}]\n"),
            "");
  EXPECT_EQ(refused("steps: [{layer: x, base: eligible, ratio: {since: {else: 2%}, artcle: x}}]\n"),
            "key_unknown");
}

TEST(Meters, none_is_no_limit_at_all) {
  const auto library = library_of(
      "facts: {poor: bool}\nkeep: {year: {per: [year], of: [paid]}}\n"
      "steps: [{layer: x, base: eligible, ratio: 100%, cap: {limit: {by: poor, yes: none, no: 50}, used: "
      "year.paid}, add: {year.paid: paid}}]\n");
  ASSERT_TRUE(library);
  for (const auto& [poor, paid] : {std::pair{"yes", 1'000'000'000}, {"no", 5'000}}) {
    Bill bill = bill_of({}, {1'000'000'000});
    bill.facts = {{"poor", FactValue::Kind::boolean, poor, {}}};
    EXPECT_EQ(settle(library, bill).result.split->funds().fen(), paid);
    bill.accumulators.push_back({"year", true, {}, {fact("paid", "1000000000.00")}});
    EXPECT_EQ(settle(library, bill).result.split->funds().fen(), paid == 5'000 ? 0 : paid);
  }
}

TEST(Folds, want_a_table_of_one_key_that_the_set_is_made_of) {
  const auto is = [](const std::string& table, const std::string& value) {
    return refused(
        "facts: {level: [L1, L2], other: [L1, L2], b: bool, levels: set of level}\ntables: {t: {type: "
        "money, " +
        table + "}}\nsteps:\n  - let: {x: {type: money, is: '" + value + "'}}\n");
  };
  EXPECT_EQ(is("by: [level], L1: 1, L2: 2", "sum_of(t, levels)"), "");
  EXPECT_EQ(is("by: [other], L1: 1, L2: 2", "sum_of(t, levels)"), "type_mismatch");
  EXPECT_EQ(is("by: [level, b], L1: {yes: 1, no: 2}, L2: {yes: 1, no: 2}", "sum_of(t, levels)"),
            "type_mismatch");
  EXPECT_EQ(is("by: [b], yes: 1, no: 2", "sum_of(t, levels)"), "type_mismatch");
}

TEST(Limits, steps_and_bands_and_meters) {
  const auto steps = [](int count) {
    std::string text = "steps:\n";
    for (int i = 0; i < count; ++i) text += "  - let: {x" + std::to_string(i) + ": 5元}\n";
    return refused(text);
  };
  std::string sum = "m";
  for (int i = 0; i < 900; ++i) sum += " + m";  // long, not deep: the stack of the engine holds two values
  EXPECT_EQ(refused(facts + "steps:\n  - let: {x: '" + sum + "'}\n"), "");
  EXPECT_EQ(steps(200), "");
  EXPECT_EQ(steps(201), "too_complex");
  const auto bands = [](int count) {
    std::string text = "steps:\n  - {layer: x, base: eligible, bands: [";
    for (int i = 1; i < count; ++i) text += "{to: " + std::to_string(i) + ", ratio: 5%}, ";
    return refused(text + "{ratio: 5%}]}\n");
  };
  EXPECT_EQ(bands(64), "");
  EXPECT_EQ(bands(65), "shape_wrong");
  const auto meters = [](int count) {
    std::string text = "steps:\n  - {layer: x, base: eligible, ratio: 5%, cap: [5";
    for (int i = 1; i < count; ++i) text += ", 5";
    return refused(text + "]}\n");
  };
  EXPECT_EQ(meters(16), "");
  EXPECT_EQ(meters(17), "too_complex");
}

TEST(Mistakes, show_the_value_that_is_wrong) {
  const auto value = [](const std::string& text) {
    const auto library = read_library({{"region.yaml", "region: 123456\n" + text}});
    return library ? "" : library.error().front().value;
  };
  EXPECT_EQ(value("lines: {prepay: 120.5%}\nsteps: []\n"), "120.5%");
  EXPECT_EQ(value(layer("bands: [{to: 5, ratio: 50%}, {to: 4.50, ratio: 50%}, {ratio: 50%}]")), "4.50");
  EXPECT_EQ(value(layer("ratio: 50%, cap: 'm + p * 2 - m'")), "m + p * 2");
  EXPECT_EQ(value(layer("ratio: 50%, cap: '5元 + p * 2'")), "5元 + p * 2");
  EXPECT_EQ(value(layer("ratio: 50%, cap: '5元 + 7元 * (m * r * m)'")), "m * r * m");
  const auto library =
      read_library({{"region.yaml", "region: 123456\n" + layer("bands: [{to: 5.50, ratio: 1%}, {to: 4, "
                                                               "ratio: 1%}, {ratio: 1%}]")}});
  ASSERT_FALSE(library.has_value());
  EXPECT_EQ(library.error().front().details, std::vector<std::string>{"5.50"});
  const auto sum = read_library({{"region.yaml", "region: 123456\n" + layer("ratio: 50%, cap: 'm - r'")}});
  ASSERT_FALSE(sum.has_value());
  EXPECT_EQ(sum.error().front().details, std::vector<std::string>{"money - ratio"});
  const auto truth =
      read_library({{"region.yaml", "region: 123456\n" + layer("ratio: 50%, cap: 'round(b / p)'")}});
  ASSERT_FALSE(truth.has_value());
  EXPECT_EQ(truth.error().front().details, std::vector<std::string>{"a division wants numbers"});
}

TEST(Texts, stay_with_their_layer) {
  const auto library =
      library_of("steps:\n  - {layer: x, base: eligible, ratio: 5%, article: 第九条, zh: 统筹, en: pool}\n");
  ASSERT_TRUE(library);
  const LayerPlan& x = library->versions[0].plans[0].layers[0];
  EXPECT_EQ(x.article, "第九条");
  EXPECT_EQ(x.labels.zh, "统筹");
  EXPECT_EQ(x.labels.en, "pool");
}

TEST(Funds, of_a_layer_are_its_own_or_the_named_one) {
  const auto library = library_of(
      "funds: {other: {field: maf_pay}, basic: {field: hifp_pay}}\n"
      "steps:\n  - {layer: x, fund: basic, base: eligible, ratio: 5%}\n  - {layer: other, base: eligible, "
      "ratio: 6%}\n  - {layer: y, base: eligible, ratio: 7%}\n");
  ASSERT_TRUE(library);
  const auto outcome = settle(library, bill_of({}, {10'000}));
  EXPECT_EQ(outcome.result.funds, (std::vector<std::int64_t>{600, 500, 700}));
  EXPECT_EQ(library->region.funds[2].field, "oth_pay");
}

}  // namespace
}  // namespace fenming
