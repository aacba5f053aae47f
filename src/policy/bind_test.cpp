// A bill's names and values against a region: every refusal has its code and JSON pointer.
#include "policy/bind.h"

#include "policy/test_library.h"

namespace fenming {
namespace {

using testing_policy::bill_of;
using testing_policy::fact;
using testing_policy::library_of;
using testing_policy::settle;

constexpr const char* rules = R"YAML(
facts: {level: [L1, L2], age: int 0..150, group: [poor, old], groups: {type: set of group, default: []}, salary: {type: money, default: 0}, filed: {type: bool, default: no}, share: {type: ratio, default: 5%}, born: {type: date, default: 2000-01-01}}
line_facts: {item: [X1, X2], origin: [a, b]}
keep: {year: {per: [year], of: {stays: int, paid: money}}}
lines: {prepay: {by: item, X1: 50%, else: 0%}}
steps:
  - {layer: x, base: eligible, ratio: {by: level, L1: 80%, L2: 70%}, deductible: year.paid, add: {year.stays: 1, year.paid: paid}}
)YAML";

class Binding : public ::testing::Test {
 protected:
  void SetUp() override {
    library = library_of(rules);
    ASSERT_TRUE(library);
    bill = bill_of({fact("level", "L1")}, {100'00, 50'00});
  }
  std::string refusal() const {
    const auto outcome = settle(library, bill);
    return outcome.error.empty() ? "ok" : outcome.error + " " + outcome.place;
  }
  testing_policy::Library library;
  Bill bill;
};

TEST_F(Binding, facts) {
  EXPECT_EQ(refusal(), "ok");
  bill.facts = {};
  EXPECT_EQ(refusal(), "fact_missing /facts/level");
  bill.facts = {fact("level", "L3")};
  EXPECT_EQ(refusal(), "fact_value /facts/level");
  bill.facts = {fact("level", "L1"), fact("levle", "L1")};
  EXPECT_EQ(refusal(), "fact_unknown /facts/levle");
  const std::pair<const char*, const char*> wrong[] = {
      {"age", "151"},    {"age", "-1"},     {"age", "1.5"},         {"salary", "1.234"}, {"salary", "5元"},
      {"share", "0.05"}, {"share", "101%"}, {"born", "2000-02-30"}, {"groups", "poor"},  {"filed", "maybe"}};
  for (const auto& [name, value] : wrong) {
    bill.facts = {fact("level", "L1"), fact(name, value)};
    EXPECT_EQ(refusal(), std::string("fact_value /facts/") + name) << value;
  }
  bill.facts = {fact("level", "L1"), {"groups", FactValue::Kind::list, "", {"poor", "rich"}}};
  EXPECT_EQ(refusal(), "fact_value /facts/groups");
  bill.facts = {fact("level", "L1"),
                {"groups", FactValue::Kind::list, "", {"poor", "old"}},
                fact("age", "150"),
                fact("share", "100%")};
  EXPECT_EQ(refusal(), "ok");
}

// Ids become numbers of 62 bits. These two texts have the same: whoever brings both would read the rows of the other stay.
TEST_F(Binding, two_ids_of_one_number_are_refused) {
  library = library_of(R"YAML(
facts: {stay: id}
keep: {of_stay: {per: [stay], of: {paid: money}}}
steps:
  - {layer: x, base: eligible, ratio: 50%, deductible: of_stay.paid, add: {of_stay.paid: paid}}
)YAML");
  ASSERT_TRUE(library);
  bill = bill_of({fact("stay", "582ea3a30")}, {100'00});
  const auto row_of = [](const char* stay) {
    return AccumulatorRow{"of_stay", false, {fact("stay", stay)}, {fact("paid", "10.00")}};
  };
  bill.accumulators = {row_of("582ea3a30"), row_of("another")};
  EXPECT_EQ(refusal(), "ok");
  bill.accumulators = {row_of("another"), row_of("15c7fee8H")};
  EXPECT_EQ(refusal(), "fact_value /accumulators/1/key/stay");
}

// JSON has numbers, truths, texts and lists; each fact takes those that suit it.
TEST_F(Binding, kinds_of_values) {
  using enum FactValue::Kind;
  const auto outcome = [&](const char* name, FactValue::Kind kind, const char* text) {
    bill.facts = {fact("level", "L1"), {name, kind, text, {text}}};
    return refusal() == "ok";
  };
  for (const auto& [name, value, as_number, as_truth] : {std::tuple{"age", "5", true, false},
                                                         {"salary", "5.50", true, false},
                                                         {"share", "5%", false, false},
                                                         {"born", "2000-01-01", false, false},
                                                         {"filed", "yes", false, true}}) {
    EXPECT_TRUE(outcome(name, text, value)) << name;
    EXPECT_EQ(outcome(name, number, value), as_number) << name;
    EXPECT_EQ(outcome(name, boolean, value), as_truth) << name;
    EXPECT_FALSE(outcome(name, list, value)) << name;
  }
  EXPECT_TRUE(outcome("groups", list, "old"));
  EXPECT_FALSE(outcome("groups", text, "old"));
}

TEST_F(Binding, a_refusal_shows_the_value_and_what_it_may_be) {
  const auto error = [&] {
    const auto bound = bind(*library, bill);
    return bound ? Error{} : bound.error();
  };
  bill.facts = {fact("level", "L1"), {"groups", FactValue::Kind::list, "", {"poor", "rich", "odl"}}};
  EXPECT_EQ(error().value, "[poor, rich, odl]");
  bill.facts = {fact("level", "L1"), fact("age", "151")};
  EXPECT_EQ(error().details, (std::vector<std::string>{"age", "int 0..150"}));
  bill.facts = {fact("level", "L1"), fact("salary", "1.234")};
  EXPECT_NE(error().details.at(1).find(", 0.00..1000000000.00"), std::string::npos) << error().details.at(1);
  bill.facts = {fact("level", "L22")};
  EXPECT_NE(error().details.at(1).find("L2?"), std::string::npos) << error().details.at(1);
  bill.facts = {fact("level", "L1"), {"groups", FactValue::Kind::list, "", {"poor", "odl"}}};
  EXPECT_NE(error().details.at(1).find("old?"), std::string::npos) << error().details.at(1);
  bill = bill_of({fact("level", "L1")}, {100'00, -40'00});
  bill.lines[1].refund_of = "1";
  bill.lines[0].quantity = Decimal{2'000'000};
  bill.lines[1].quantity = Decimal{-3'000'000};
  EXPECT_EQ(error().code, Code::refund_excess);
  EXPECT_EQ(error().details, std::vector<std::string>{"1"});
  bill.lines[1].quantity = Decimal{1'000'000};
  EXPECT_EQ(error().value, "1");
  EXPECT_EQ(error().details, (std::vector<std::string>{"qty", "<= 0"}));
  bill.lines[0].quantity = Decimal{-1'000'000};
  EXPECT_EQ(error().details, (std::vector<std::string>{"qty", ">= 0"}));
  bill.lines[0].amount = Money();
  EXPECT_EQ(error().details, (std::vector<std::string>{"qty", ">= 0"}));
}

TEST_F(Binding, the_kind_of_visit_is_a_fact_only_where_the_region_has_it) {
  bill.visit_kind = "inpatient";
  EXPECT_EQ(refusal(), "ok") << "nothing asks for it here";
  library = library_of(R"YAML(
facts: {visit: {type: [outpatient, inpatient], default: outpatient}}
steps: [{layer: x, base: eligible, ratio: {by: visit, outpatient: 50%, inpatient: 80%}}]
)YAML");
  ASSERT_TRUE(library);
  bill = bill_of({}, {100'00});
  EXPECT_EQ(settle(library, bill).result.split->cash().fen(), 50'00);
  bill.visit_kind = "inpatient";
  EXPECT_EQ(settle(library, bill).result.split->cash().fen(), 20'00);
  bill.visit_kind = "at home";
  EXPECT_EQ(refusal(), "fact_value /visit/kind");
}

TEST_F(Binding, a_stay_has_at_most_4000_nights) {
  bill.from = Date{bill.to.days - 4000};
  EXPECT_EQ(refusal(), "ok");
  bill.from = Date{bill.to.days - 4001};
  EXPECT_EQ(refusal(), "split_too_long /visit/from");
}

TEST_F(Binding, columns_have_their_own_names_only) {
  for (const char* name : {"listed_limit", "date", "price", "qty", "amount", "nothing"}) {
    bill.lines[0].columns = {fact(name, "5")};
    EXPECT_EQ(refusal(), std::string("field_unknown /lines/0/") + name);
  }
}

// Items and local columns may have a value that the region does not name; the nation's words may not.
TEST_F(Binding, strange_words_of_the_nation_are_mistakes) {
  library = library_of(
      "line_facts: {class: {type: [A, other], default: A}, source: {type: [domestic, other], default: "
      "domestic}, "
      "origin: {type: [a, b], default: a}}\nsteps: []\n");
  bill.facts.clear();
  for (const char* name : {"class", "kind", "source"}) {
    bill.lines[0].columns = {fact(name, "strange")};
    EXPECT_EQ(refusal(), std::string("fact_value /lines/0/") + name);
    bill.lines[0].columns = {fact(name, "other")};
    EXPECT_EQ(refusal(), "ok") << name;
  }
  bill.lines[0].columns = {fact("origin", "strange")};
  EXPECT_EQ(refusal(), "ok");
}

TEST_F(Binding, columns_without_a_default_are_needed) {
  library =
      library_of("line_facts: {a: int 0..9, b: {type: int 0..9, default: 0}, c: int 0..9}\nsteps: []\n");
  bill = bill_of({}, {100});
  bill.lines[0].columns = {fact("b", "1"), fact("c", "1")};
  EXPECT_EQ(refusal(), "field_missing /lines/0/a");
  bill.lines[0].columns = {fact("a", "1"), fact("b", "1")};
  EXPECT_EQ(refusal(), "field_missing /lines/0/c");
  bill.lines[0].columns = {fact("a", "1"), fact("c", "1")};
  EXPECT_EQ(refusal(), "ok");
}

TEST_F(Binding, a_line_without_a_price_has_that_of_its_amount) {
  const auto dear = [](const char* above, Money amount, std::optional<Decimal> quantity) {
    const auto made = library_of(std::string("lines: {limit: if price > ") + above +
                                 " then 0元 else amount}\nsteps: [{layer: x, base: eligible, ratio: 80%}]\n");
    Bill one = bill_of({}, {amount.fen()});
    one.lines[0].quantity = quantity;
    return settle(made, one).result.over == amount.fen();
  };
  const Money amount = Money::from_fen(200'00);
  EXPECT_TRUE(dear("66.666666", amount, Decimal{3'000'000}));
  EXPECT_FALSE(dear("66.666667", amount, Decimal{3'000'000}));
  EXPECT_TRUE(dear("199.999999", amount, std::nullopt));
  EXPECT_FALSE(dear("200", amount, std::nullopt));
}

TEST_F(Binding, amounts) {
  bill.total = Money::from_fen(150'00);
  EXPECT_EQ(refusal(), "ok");
  bill.total = Money::from_fen(150'01);
  EXPECT_EQ(refusal(), "total_mismatch /total");
  EXPECT_EQ(bind(*library, bill).error().details, std::vector<std::string>{"150.00"});
  bill.total.reset();
  bill.lines[0].quantity = Decimal{3'000'000};
  bill.lines[0].price = Decimal{33'330'000};
  EXPECT_EQ(refusal(), "ok") << "99.99 against 100.00: one fen is tolerated";
  bill.lines[0].price = Decimal{33'320'000};
  EXPECT_EQ(refusal(), "amount_mismatch /lines/0/amount");
  EXPECT_EQ(bind(*library, bill).error().details, (std::vector<std::string>{"99.96", "0.01"}));
  bill.lines[0].price = Decimal{33'300'000};
  EXPECT_EQ(bind(*library, bill).error().details, (std::vector<std::string>{"99.90", "0.01"}));
  bill.lines[0].price = Decimal{33'340'000};
  EXPECT_EQ(refusal(), "amount_mismatch /lines/0/amount");
  bill.lines[0].quantity.reset();
  EXPECT_EQ(refusal(), "amount_mismatch /lines/0/amount") << "a price alone is that of one";
  bill.lines[0].price = Decimal{100'010'000};
  EXPECT_EQ(refusal(), "ok");
  bill = bill_of({fact("level", "L1")}, {money_fen_max, 1});
  EXPECT_EQ(refusal(), "amount_too_large /lines");
  EXPECT_EQ(bind(*library, bill).error().value, "1000000000.01");
  bill = bill_of({fact("level", "L1")}, {money_fen_max, 1'00});
  EXPECT_EQ(bind(*library, bill).error().value, "1000000001.00");
  bill = bill_of({fact("level", "L1")}, {99'999'999'00});
  bill.lines[0].price = Decimal{99'999'999'000'000};
  EXPECT_EQ(refusal(), "ok") << "the price of one, whatever it is";
  bill = bill_of({fact("level", "L1")}, {money_fen_max, 0, -5});
  bill.lines[2].refund_of = "1";
  EXPECT_EQ(refusal(), "ok");
}

TEST_F(Binding, dates_and_columns) {
  bill.lines[1].date = *make_date(2024, 3, 12);
  EXPECT_EQ(refusal(), "line_date_outside /lines/1/date");
  bill.lines[1].date = *make_date(2024, 2, 29);
  EXPECT_EQ(refusal(), "line_date_outside /lines/1/date");
  bill.lines[1].date = *make_date(2024, 3, 1);
  bill.lines[1].columns = {fact("class", "D")};
  EXPECT_EQ(refusal(), "fact_value /lines/1/class");
  bill.lines[1].columns = {fact("clas", "A")};
  EXPECT_EQ(refusal(), "field_unknown /lines/1/clas");
  bill.lines[1].columns = {fact("origin", "elsewhere")};
  EXPECT_EQ(refusal(), "ok") << "a local column knows only some values";
}

TEST_F(Binding, items_named_by_the_rule) {
  bill.lines[0].item = "X1";
  bill.lines[1].item = "Y9";
  const auto outcome = settle(library, bill);
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.lines[0].prepay, 50'00);
  EXPECT_EQ(outcome.result.lines[1].prepay, 0);
}

// laws.md 9 (i)
TEST_F(Binding, refunds) {
  bill = bill_of({fact("level", "L1")}, {100'00, -40'00});
  EXPECT_EQ(refusal(), "refund_without_origin /lines/1/amount");
  bill.lines[1].refund_of = "9";
  EXPECT_EQ(refusal(), "refund_unknown /lines/1/refund_of");
  bill.lines[1].refund_of = "1";
  EXPECT_EQ(refusal(), "ok");
  bill.lines[1].quantity = Decimal{0};
  EXPECT_EQ(refusal(), "ok") << "money alone is taken back";
  bill.lines[1].quantity.reset();
  bill.lines[1].amount = Money::from_fen(-100'01);
  EXPECT_EQ(refusal(), "refund_excess /lines/1/amount");
  bill.lines[1].amount = Money::from_fen(-100'00);
  EXPECT_EQ(refusal(), "ok");
  bill.lines[0].amount = Money();
  EXPECT_EQ(refusal(), "refund_excess /lines/1/amount") << "of a line of 0 nothing is given back";
}

TEST_F(Binding, a_refund_shows_what_the_original_loses) {
  bill = bill_of({fact("level", "L1")}, {100'01, -33'33, -66'68});
  bill.lines[0].item = "X1";
  bill.lines[1].refund_of = bill.lines[2].refund_of = "1";
  const auto outcome = settle(library, bill);
  ASSERT_EQ(outcome.error, "");
  const auto& lines = outcome.result.lines;
  EXPECT_EQ(lines[0].prepay, 50'01);          // 50.005 half up
  EXPECT_EQ(lines[1].prepay, 33'34 - 50'01);  // 66.68 x 50 % less what was there
  EXPECT_EQ(lines[2].prepay, -33'34);
  for (const LineShares& line : lines) EXPECT_EQ(line.amount, line.over + line.out + line.prepay + line.in);
  EXPECT_EQ(outcome.result.total, 0);
  EXPECT_EQ(outcome.result.prepay, 0);
}

TEST_F(Binding, accumulators) {
  bill.accumulators = {{"year", true, {}, {fact("paid", "20.00"), fact("stays", "3")}}};
  const auto outcome = settle(library, bill);
  ASSERT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.result.rows[0].before, (std::vector<std::int64_t>{3, 20'00}));
  EXPECT_EQ(outcome.result.rows[0].after, (std::vector<std::int64_t>{4, 20'00 + 104'00}));
  bill.accumulators[0].values = {fact("paid", "x")};
  EXPECT_EQ(refusal(), "accumulator_value /accumulators/year/paid");
  bill.accumulators[0].values = {fact("pay", "1")};
  EXPECT_EQ(refusal(), "accumulator_unknown /accumulators/year/pay");
  bill.accumulators = {{"yaer", true, {}, {}}};
  EXPECT_EQ(refusal(), "accumulator_unknown /accumulators/yaer");
  bill.accumulators = {{"year", false, {}, {fact("paid", "20.00")}}};
  EXPECT_EQ(refusal(), "field_missing /accumulators/0/key");
  bill.accumulators = {{"year", false, {fact("year", "2023")}, {fact("paid", "20.00")}},
                       {"year", false, {fact("year", "2023")}, {}}};
  EXPECT_EQ(refusal(), "field_doubled /accumulators/1");
  bill.accumulators = {{"year", false, {fact("year", "2023")}, {fact("paid", "20.00")}}};
  EXPECT_EQ(settle(library, bill).result.split->funds().fen(), 120'00)
      << "last year's row is not this year's";
}

}  // namespace
}  // namespace fenming
