// What the limits, tables and texts of a policy come to on a bill; what typing refuses.
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
    "money, r: ratio, d: date}\n"
    "keep: {year: {per: [year], of: [paid]}}\n";

std::string refused_let(const std::string& type, const std::string& is) {
  return refused(facts + "steps:\n  - let: {x: {type: " + type + ", is: \"" + is + "\"}}\n");
}

TEST(Typing, truth_values_are_neither_numbers_nor_codes) {
  for (const char* is :
       {"b and p", "p and b", "b or m", "level or b", "not p", "not level", "b == 5", "p < b",
        "if p then b else b", "b in levels", "max(b, b)", "min(level, level) == level"})
    EXPECT_EQ(refused_let("bool", is), "type_mismatch") << is;
  for (const char* is : {"b and not b", "b == b", "level == 'L1' or b", "if b then b else p > 2",
                         "level in levels", "d < '2024-01-01'", "d == d"})
    EXPECT_EQ(refused_let("bool", is), "") << is;
  EXPECT_EQ(refused_let("bool", "level < level"), "type_mismatch");
  EXPECT_EQ(refused_let("bool", "5"), "type_mismatch");
}

TEST(Typing, a_truth_decided_by_one_side_is_as_true_as_any) {
  const auto library = library_of(
      "facts: {b: bool, n: int 0..9}\nsteps:\n  - let: {x: b or n > 5, y: not b or n > 5, z: b and n > 5}\n"
      "  - let: {u: x == yes, v: y == no, w: z == no}\n");
  ASSERT_TRUE(library);
  const auto names = [&](const char* b, const char* n) {
    return settle(library, bill_of({fact("b", b), fact("n", n)})).result.parts[0].names;
  };
  EXPECT_EQ(names("yes", "1"), (std::vector<std::int64_t>{1, 0, 0, 1, 1, 1}));
  EXPECT_EQ(names("no", "7"), (std::vector<std::int64_t>{1, 1, 0, 1, 0, 1}));
  EXPECT_EQ(names("yes", "7"), (std::vector<std::int64_t>{1, 1, 1, 1, 0, 0}));
}

TEST(Typing, units_go_together) {
  for (const char* is : {"m + r",
                         "m + p",
                         "m * m",
                         "r * m + r",
                         "min(m, r)",
                         "min(m, p)",
                         "max(b, b)",
                         "if b then m else r",
                         "if b then m else p",
                         "d - d",
                         "d + d",
                         "-d",
                         "b * m",
                         "m * b",
                         "level * m",
                         "d * m",
                         "m * d",
                         "-level",
                         "round(b)",
                         "round(d)",
                         "level"})
    EXPECT_NE(refused_let("money", is), "") << is;
  for (const char* is : {"m + m", "m * r", "r * m", "m * p", "p * m", "m * 1.5", "min(m, m)", "-m",
                         "m * (d - d)", "if b then m else 5元"})
    EXPECT_EQ(refused_let("money", is), "") << is;
  EXPECT_EQ(refused_let("money", "m + 5"), "type_mismatch");
  EXPECT_EQ(refused_let("ratio", "5"), "unit_missing");
  EXPECT_EQ(refused_let("int", "p + 1.5"), "type_mismatch");
  EXPECT_EQ(refused_let("int", "d - d"), "");
  for (const char* is : {"d + d", "d - 5", "5 - d", "d + 5", "p + d", "m - d", "d - m"})
    EXPECT_EQ(refused_let("int", is), "type_mismatch") << is;
  EXPECT_EQ(refused_let("ratio", "r * 100%"), "") << "six places: those of the fact alone";
  EXPECT_EQ(refused_let("dec", "q * 2.0"), "");
  EXPECT_EQ(refused_let("money", "'L1'"), "type_mismatch");
  EXPECT_EQ(refused_let("money", "'L9'"), "type_mismatch");
  EXPECT_EQ(refused_let("int", "'L1' + 1"), "type_mismatch");
  EXPECT_EQ(refused_let("date", "max(d, d)"), "");
}

TEST(Typing, quotients) {
  EXPECT_EQ(refused_let("money", "round(m / p)"), "");
  EXPECT_EQ(refused_let("money", "round(m / max(1%, r))"), "");
  EXPECT_EQ(refused_let("dec", "round(m / max(1元, m), 0.01)"), "");
  EXPECT_EQ(refused_let("dec", "round(p / p, 0.01)"), "");
  EXPECT_NE(refused_let("money", "round(r / max(1元, m))"), "");
  EXPECT_NE(refused_let("money", "round(p / max(1元, m))"), "");
  EXPECT_NE(refused_let("dec", "round(d / p, 0.01)"), "");
  EXPECT_NE(refused_let("dec", "round(m / max(1元, m))"), "");
}

// The ranges of rounded values and quotients, at their edges.
TEST(Typing, ranges_of_what_is_rounded) {
  const std::pair<const char*, bool> divisors[] = {
      {"round(n * 1.5, 1) + 9", true}, {"round(p * 1.5, 1)", true},   {"round(p / 3, 1)", false},
      {"round(p / 3, 1) + 3", true},   {"round(n / p, 1) + 5", true}, {"round(n / p, 1)", false},
      {"round(n / n, 1)", false},      {"round(p * 0.1, 0.1)", true}};
  for (const auto& [divisor, allowed] : divisors)
    EXPECT_EQ(refused_let("money", std::string("round(100元 / (") + divisor + "))"),
              allowed ? "" : "division_by_zero")
        << divisor;
}

// ---- none
const std::string limits =
    facts +
    "tables: {t: {by: level, L1: none, L2: none, L3: 5}, u: {by: level, L1: 4, L2: 6, L3: 5}, w: {by: level, "
    "L1: t, else: 5}, g: {by: m, ..100: 1, else: 2}}\n";

TEST(None, is_no_amount) {
  for (const char* is : {"t",
                         "-t",
                         "t + m",
                         "m + t",
                         "m - t",
                         "t * 50%",
                         "50% * t",
                         "round(t)",
                         "round(t / p)",
                         "round(m / t)",
                         "round(t, 1元)",
                         "max(t, m)",
                         "min(t, t)",
                         "if b then t else m",
                         "if b then m else t",
                         "sum_of(t, levels)",
                         "max_of(t, levels)",
                         "t['L1']",
                         "w",
                         "max(min(t, m), t)",
                         "g[t]",
                         "w + m"})
    EXPECT_EQ(refused(limits + "steps:\n  - let: {x: {type: money, is: \"" + is + "\"}}\n"), "none_as_amount")
        << is;
  for (const char* is : {"min(t, m)", "min(m, t)", "min(t, 5元) + m", "u", "u + m", "sum_of(u, levels)",
                         "if t > m then m else 1元", "if m == t then m else 1元", "max(min(t, m), m)", "g[m]",
                         "if b then u else m", "min(max_of(t, levels), 9元)"})
    EXPECT_EQ(refused(limits + "steps:\n  - let: {x: {type: money, is: \"" + is + "\"}}\n"), "") << is;
}

TEST(None, stands_where_a_limit_stands) {
  for (const char* slot : {"limit: t", "cap: t", "cap: {limit: 'max(t, m)', used: m}", "deductible: t",
                           "after: t", "cap: 'if b then t else m'", "limit: [m, t]",
                           "cap: 'max_of(t, levels)'", "cap: {by: b, yes: t, no: 5}"})
    EXPECT_EQ(refused(limits + "steps: [{layer: x, base: m, ratio: 50%, " + slot + "}]\n"), "") << slot;
  for (const char* slot :
       {"at: t", "cap: {limit: m, used: t}", "cap: t + m", "cap: -t", "cap: round(t)", "cap: 'round(t, 1元)'",
        "cap: m - t", "cap: t * 50%", "cap: 50% * t", "cap: round(t / p)", "add: {year.paid: t}",
        "deductible: {by: t, else: 1}", "cap: 'sum_of(t, levels)'"})
    EXPECT_EQ(refused(limits + "steps: [{layer: x, base: m, ratio: 50%, " + slot + "}]\n"), "none_as_amount")
        << slot;
  EXPECT_EQ(refused(limits + "steps: [{layer: x, base: t, ratio: 50%}]\n"), "none_as_amount");
  EXPECT_EQ(refused(limits + "charged: t\nsteps: []\n"), "none_as_amount");
  EXPECT_EQ(refused("lines: {limit: 'max(listed_limit, amount)'}\nsteps: []\n"), "");
  EXPECT_EQ(refused("lines: {limit: listed_limit * qty}\nsteps: []\n"), "none_as_amount");
  EXPECT_EQ(refused("lines: {prepay: \"if listed_limit > amount then 1% else 2%\"}\nsteps: []\n"), "");
}

TEST(None, needs_no_wide_numbers) {
  const auto library = library_of(limits + "steps: [{layer: x, base: m, ratio: 12.34%, after: t}]\n");
  ASSERT_TRUE(library);
  EXPECT_TRUE(library->narrow);
}

// An unlimited row lets everything in, whatever it was chosen or compared with on the way.
TEST(None, is_above_every_amount) {
  const auto library = library_of(
      "facts: {level: [L1, L2], m: money}\ntables: {t: {by: level, L1: none, L2: 50}}\nsteps:\n"
      "  - {layer: x, base: total, limit: 'max(t, m)', ratio: 50%, cap: 'if t > 100元 then t else 10元'}\n");
  ASSERT_TRUE(library);
  const auto paid = [&](const char* level) {
    return settle(library, bill_of({fact("level", level), fact("m", "60")}, {10'000}))
        .result.split->funds()
        .fen();
  };
  EXPECT_EQ(paid("L1"), 5'000);
  EXPECT_EQ(paid("L2"), 1'000);
}

TEST(Writes, go_to_accumulators_only) {
  const auto add = [](const std::string& name) {
    return refused(facts + "steps:\n  - {layer: x, base: m, ratio: 5%, add: {" + name + ": paid}}\n");
  };
  EXPECT_EQ(add("year.paid"), "");
  for (const char* name : {"total", "left", "charged", "m", "year", "x.paid", "paid", "prepay"})
    EXPECT_EQ(add(name), "name_unknown") << name;
}

TEST(Tables, several_codes_in_one_row) {
  const auto library = library_of(
      "facts: {level: [L1, L2, L3, L4]}\nsteps: [{layer: x, base: eligible, ratio: {by: level, 'L1,L3, L4': "
      "5%, L2: 6%}}]\n");
  ASSERT_TRUE(library);
  for (const auto& [level, paid] : {std::pair{"L1", 500}, {"L2", 600}, {"L3", 500}, {"L4", 500}})
    EXPECT_EQ(settle(library, bill_of({fact("level", level)}, {10'000})).result.split->funds().fen(), paid)
        << level;
}

TEST(Bands, a_bound_below_the_one_before_counts_as_that_one) {
  const auto library = library_of(
      "facts: {m: money, k: money}\nsteps: [{layer: x, base: eligible, bands: [{to: k, ratio: 10%}, {to: m, "
      "ratio: 50%}, {ratio: 100%}]}]\n");
  ASSERT_TRUE(library);
  const auto paid = [&](const char* k, const char* m) {
    return settle(library, bill_of({fact("k", k), fact("m", m)}, {10'000})).result.split->funds().fen();
  };
  EXPECT_EQ(paid("40", "30"), 400 + 6'000);
  EXPECT_EQ(paid("40", "50"), 400 + 500 + 5'000);
  EXPECT_EQ(paid("0", "0"), 10'000);
  EXPECT_EQ(paid("200", "30"), 1'000);
}

TEST(Lets, keep_their_type_and_places) {
  const auto library = library_of(
      "facts: {m: money, r: ratio}\nsteps:\n  - let: {a: m * 33.33%, c: \"round(r * 50%, 0.01%)\", e: "
      "\"round(m / 7元, "
      "0.001)\", f: days + 1, g: {type: date, is: from}}\n"
      "  - {layer: x, base: a, ratio: c}\n  - {layer: y, base: 1元 * e, ratio: 100%}\n  - {layer: z, base: "
      "1元 * f, ratio: 100%}\n");
  ASSERT_TRUE(library);
  const auto result = settle(library, bill_of({fact("m", "1000.05"), fact("r", "12.34%")}, {100'000})).result;
  EXPECT_EQ(result.parts[0].layers[0].base, 33'332);
  EXPECT_EQ(result.parts[0].layers[0].paid, 2'057);   // 333.32 x 6.17 %
  EXPECT_EQ(result.parts[0].layers[1].paid, 14'286);  // 142.864 yuan
  EXPECT_EQ(result.parts[0].layers[2].paid, 1'100);
}

// ---- the bill's side
TEST(Bound, amounts_may_differ_by_the_tolerance_and_no_more) {
  const auto library = library_of("steps: []\n");
  ASSERT_TRUE(library);
  for (const auto& [fen, error] :
       {std::pair{1'001, ""}, {999, ""}, {1'000, ""}, {1'002, "amount_mismatch"}, {998, "amount_mismatch"}}) {
    Bill bill = bill_of({}, {fen});
    bill.lines[0].quantity = Decimal{2'000'000};
    bill.lines[0].price = Decimal{5'000'000};
    EXPECT_EQ(settle(library, bill).error, error) << fen;
  }
}

TEST(Bound, the_price_is_the_amount_where_nothing_else_is_said) {
  const auto library = library_of(
      "lines: {pot: \"if price * qty == 12.34 then 'eligible' else 'out'\"}\nsteps: "
      "[]\n");
  ASSERT_TRUE(library);
  EXPECT_EQ(settle(library, bill_of({}, {1'234})).result.in_scope, 1'234);
  EXPECT_EQ(settle(library, bill_of({}, {1'235})).result.in_scope, 0);
  EXPECT_EQ(settle(library, bill_of({}, {100'000'000'000})).result.in_scope, 0);
}

TEST(Bound, accumulators_have_bounds) {
  const auto library = library_of("keep: {year: {per: [year], of: {stays: int, paid: money}}}\nsteps: []\n");
  ASSERT_TRUE(library);
  for (const auto& [name, text, error] : {std::tuple{"stays", "1000000", ""},
                                          {"stays", "1000001", "accumulator_value"},
                                          {"stays", "-1000000", ""},
                                          {"stays", "-1000001", "accumulator_value"},
                                          {"paid", "1000000000.00", ""},
                                          {"paid", "-5.00", ""}}) {
    Bill bill = bill_of({}, {100});
    bill.accumulators.push_back({"year", true, {}, {fact(name, text)}});
    EXPECT_EQ(settle(library, bill).error, error) << name << " " << text;
  }
}

TEST(Bound, a_refund_of_money_alone_leaves_the_quantity) {
  const auto library =
      library_of("lines: {limit: 1元 * qty, pot: \"if qty == 5 then 'eligible' else 'out'\"}\nsteps: []\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {1'000, -100});
  bill.lines[0].quantity = Decimal{5'000'000};
  bill.lines[1].refund_of = "1";
  EXPECT_EQ(settle(library, bill).result.in_scope, 500);
}

// Only a balance that is a fact goes down from part to part; a fixed cap takes nothing off any fact.
TEST(Bound, a_fixed_cap_of_an_account_lowers_no_fact) {
  const auto library = library_of(
      "facts: {a: money, b: money, c: money, d: money, e: money}\nsplit: {days: 5}\nsteps:\n"
      "  - {layer: own, fund: account, base: left, ratio: 100%, cap: 3}\n"
      "  - {layer: x, base: a + b + c + d + e, ratio: 100%}\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {10'000, 10'000});
  for (const char* name : {"a", "b", "c", "d", "e"}) bill.facts.push_back(fact(name, "1"));
  bill.lines[0].date = bill.from;
  const auto result = settle(library, bill).result;
  ASSERT_EQ(result.part_count, 2U);
  for (const auto& part : {result.parts[0], result.parts[1]}) {
    EXPECT_EQ(part.layers[0].paid, 300);
    EXPECT_EQ(part.layers[1].base, 500);
  }
}

TEST(Bound, a_refund_lowers_the_quantity) {
  const auto library = library_of("lines: {limit: 1元 * qty}\nsteps: []\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {2'000, -500, -100});
  bill.lines[0].quantity = Decimal{10'000'000};
  bill.lines[1].quantity = Decimal{-5'000'000};
  bill.lines[2].quantity = Decimal{-1'000'000};
  bill.lines[1].refund_of = bill.lines[2].refund_of = "1";
  const auto result = settle(library, bill).result;
  EXPECT_EQ(result.in_scope, 400);
  EXPECT_EQ(result.over, 1'000);
  EXPECT_EQ(result.lines[1].in, -500);
  EXPECT_EQ(result.lines[2].in, -100);
}

TEST(Bound, a_refund_may_stand_between_the_lines) {
  const auto library = library_of("lines: {prepay: 10%}\nsteps: [{layer: x, base: eligible, ratio: 100%}]\n");
  ASSERT_TRUE(library);
  Bill bill = bill_of({}, {1'000, -400, 2'000, -2'000, -600});
  bill.lines[1].refund_of = "1";
  bill.lines[3].refund_of = "3";
  bill.lines[4].refund_of = "1";
  const auto outcome = settle(library, bill);
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.total, 0);
  EXPECT_EQ(outcome.result.lines[1].prepay, -40);
  bill.lines[4].amount = Money::from_fen(-601);
  EXPECT_EQ(settle(library, bill).error, "refund_excess");
}

}  // namespace
}  // namespace fenming
