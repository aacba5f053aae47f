// The four examples of policy-calculus.md section 8, written as there, give the fen stated there.
#include <gtest/gtest.h>

#include "policy/assess.h"
#include "policy/workspace.h"

namespace fenming {
namespace {

std::shared_ptr<const Library> library_of(const std::string& text) {
  auto library = read_library({{"region.yaml", text}});
  if (library) return *library;
  for (const Error& error : library.error()) ADD_FAILURE() << to_text(error, Language::en);
  return nullptr;
}

FactValue fact(std::string name, std::string text, FactValue::Kind kind = FactValue::Kind::text) {
  return {std::move(name), kind, std::move(text), {}};
}

Bill bill_of(std::vector<FactValue> facts, std::vector<std::pair<std::int64_t, FactValue>> lines) {
  Bill bill;
  bill.from = *make_date(2024, 3, 1);
  bill.to = bill.settle = bill.known = *make_date(2024, 3, 11);
  bill.facts = std::move(facts);
  for (auto& [fen, column] : lines) {
    BillLine line;
    line.id = std::to_string(bill.lines.size() + 1);
    line.amount = Money::from_fen(fen);
    if (!column.name.empty()) line.columns.push_back(column);
    bill.lines.push_back(std::move(line));
  }
  return bill;
}

Assessment settle(const Library& library, const Bill& bill) {
  Assessment result;
  auto bound = bind(library, bill);
  if (!bound) {
    ADD_FAILURE() << to_text(bound.error(), Language::en);
    return result;
  }
  Workspace workspace;
  const auto error = assess(library, *bound, workspace, result);
  EXPECT_FALSE(error) << to_text(*error, Language::en);
  return result;
}

const LayerAmounts& layer(const Assessment& result, std::size_t index) {
  return result.parts[0].layers[index];
}

constexpr auto boolean = FactValue::Kind::boolean;

// REQ POL-02
TEST(Calculus, example_a_gross_bounds_by_stay_retired_share_handover) {
  const auto library = library_of(R"YAML(
region: 123456
facts: {person: [active, retired], level: [L1, L2, L3], psychiatric: bool}
keep:  {year: {per: [year], of: {stays: int, pooled: money, large: money}}}
split: {days: if psychiatric then 360 else 90}
steps:
  - layer: pooled
    base: eligible
    deductible: {by: year.stays, 0: 1300, 1..: 650}
    at: deductible
    bands: [{to: 30000, ratio: {by: level, L3: 85%, L2: 87%, L1: 90%}}, {to: 40000, ratio: 92%}, {ratio: {by: level, L3: 95%, else: 97%}}]
    adjust: 100% - (100% - ratio) * (if person == 'retired' then 60% else 100%)
    cap: {limit: 100000, used: year.pooled}
    add: {year.stays: 1, year.pooled: paid}
  - {layer: large, base: pooled.covered - pooled.consumed, ratio: {by: person, active: 85%, retired: 90%},
     cap: {limit: 400000, used: year.large}, add: {year.large: paid}}
)YAML");
  ASSERT_TRUE(library);
  const Assessment result = settle(
      *library, bill_of({fact("person", "retired"), fact("level", "L3"), fact("psychiatric", "no", boolean)},
                        {{5'000'000, {}}}));
  EXPECT_EQ(layer(result, 0).paid, 4'533'700);
  EXPECT_EQ(layer(result, 1).paid, 0);
  EXPECT_EQ(result.split->cash().fen(), 5'000'000 - 4'533'700);
  // 120,000 for an active person in L3: 28,700 x 85 % + 10,000 x 92 % + x x 95 % reaches the cap of 100,000 at x = 69,905.263...
  const Assessment capped = settle(
      *library, bill_of({fact("person", "active"), fact("level", "L3"), fact("psychiatric", "no", boolean)},
                        {{12'000'000, {}}}));
  EXPECT_EQ(layer(capped, 0).paid, 10'000'000);
  EXPECT_EQ(layer(capped, 0).consumed,
            2'870'000 + 1'000'000 + 6'990'000 - 6'990'000 +
                divide((10'000'000 - 2'439'500 - 920'000) * Wide{100}, 95, Rounding::half_up));
  EXPECT_EQ(layer(capped, 1).base, layer(capped, 0).covered - layer(capped, 0).consumed);
}

TEST(Calculus, example_b_cumulative_highest_level_account_last) {
  const auto library = library_of(R"YAML(
region: 123456
facts: {level: [community, other, L3], scheme: [employees], account: money}
keep:  {year: {per: [year, scheme], of: [deductible, eligible]}}
steps:
  - layer: basic
    base: eligible
    deductible: {limit: {by: level, L3: 1200, other: 600, community: 300}, used: year.deductible}
    at: year.eligible + deductible
    bands: [{to: 35000, ratio: {by: level, community: 90%, else: 85%}}, {to: 70000, ratio: {by: level, community: 95%, else: 90%}}, {ratio: 95%}]
    add: {year.deductible: deductible, year.eligible: base}
  - {layer: account, base: left, ratio: 100%, cap: account}
)YAML");
  ASSERT_TRUE(library);
  Bill bill = bill_of({fact("level", "other"), fact("scheme", "employees"), fact("account", "100.00")},
                      {{3'000'000, {}}});
  const Assessment first = settle(*library, bill);
  EXPECT_EQ(layer(first, 0).paid, 2'499'000);
  EXPECT_EQ(first.split->account().fen(), 10'000);
  bill = bill_of({fact("level", "L3"), fact("scheme", "employees"), fact("account", "0")}, {{5'000'000, {}}});
  bill.accumulators.push_back({"year", true, {}, {fact("deductible", "600"), fact("eligible", "30000")}});
  const Assessment second = settle(*library, bill);
  EXPECT_EQ(layer(second, 0).deductible, 60'000);
  EXPECT_EQ(layer(second, 0).paid, 4'474'000);
}

TEST(Calculus, example_c_sets_lowered_threshold_ceiling_over_layers) {
  const auto library = library_of(R"YAML(
region: 123456
facts: {group: [poor, low_income], groups: set of group, filed: bool, away: bool}
keep:  {year: {per: [year], of: {stays: int, basic: money, own: money, illness: money}}}
steps:
  - let: {poor: {type: bool, is: "'poor' in groups"}, off_first: if away then eligible * 20% else 0元}
  - {layer: basic, who: filed or not away, base: eligible - off_first, deductible: "max(0元, 1200元 - 100元 * year.stays)", at: deductible,
     bands: [{to: 30000, ratio: 65%}, {to: 70000, ratio: 70%}, {ratio: 75%}],
     cap: [{limit: 160000, used: year.basic}, left - 10% * charged], add: {year.basic: paid, year.stays: 1}}
  - {layer: illness, who: filed or not away, base: eligible - basic.paid, ratio: if poor then 65% else 60%,
     deductible: {limit: 14000元 * (if poor then 50% else 100%), used: year.own},
     cap: [{limit: {by: poor, yes: none, no: 500000}, used: year.illness}, left - 10% * charged], add: {year.own: base, year.illness: paid}}
)YAML");
  ASSERT_TRUE(library);
  const Assessment result = settle(*library, bill_of({{"groups", FactValue::Kind::list, "", {"poor"}},
                                                      fact("filed", "yes", boolean),
                                                      fact("away", "no", boolean)},
                                                     {{2'000'000, {}}}));
  EXPECT_EQ(layer(result, 0).paid, 1'222'000);
  EXPECT_EQ(layer(result, 1).paid, 50'700);
}

TEST(Calculus, example_d_monthly_limit_after_two_diseases_exempt_implant) {
  const auto library = library_of(R"YAML(
region: 123456
facts:  {disease: [epilepsy, asthma], diseases: set of disease}
pots:   [eligible, implant]
keep:   {month: {per: [month], of: [entered, after]}, year: {per: [year], of: [fund]}}
tables: {yearly: {type: money, by: [disease], epilepsy: 3000, asthma: 2000}}
lines:
  prepay: {by: kind, implant: 40%, else: {by: class, B: 10%, else: 0%}}
  pot: if class == 'C' then 'out' else if kind == 'implant' then 'implant' else 'eligible'
steps:
  - {layer: implants, fund: basic, base: implant, ratio: 100%}
  - {layer: chronic, fund: basic, base: eligible, limit: {limit: 500, used: month.entered}, ratio: 65%, after: {limit: 80, used: month.after},
     cap: {limit: "min(4500元, sum_of(yearly, diseases))", used: year.fund}, add: {month.entered: base - over, month.after: after, year.fund: paid}}
)YAML");
  ASSERT_TRUE(library);
  const Assessment result =
      settle(*library, bill_of({{"diseases", FactValue::Kind::list, "", {"epilepsy", "asthma"}}},
                               {{70'000, fact("kind", "drug")}, {100'000, fact("kind", "implant")}}));
  EXPECT_EQ(layer(result, 0).paid, 60'000);
  EXPECT_EQ(layer(result, 1).paid, 24'500);
  EXPECT_EQ(result.split->cash().fen(), 85'500);
}

// By day of service the layers go by the first day and each line by its own.
TEST(Calendar, lines_by_service_go_by_their_own_day_whatever_the_layers_do) {
  for (const std::string layers : {"service", "discharge"}) {
    const auto library =
        library_of("region: 123456\ndates: {lines: service, layers: " + layers + "}\n" + R"YAML(
lines: {prepay: {since: {2024-01-01: 10%, 2024-03-05: 20%, else: 0%}}}
steps: [{layer: a, base: eligible, ratio: 100%}]
)YAML");
    ASSERT_TRUE(library);
    Bill bill = bill_of({}, {{100'000, {}}, {100'000, {}}});
    bill.lines[0].date = make_date(2024, 3, 2);
    EXPECT_EQ(settle(*library, bill).prepay, 30'000) << layers;
  }
}

// 202403, 20241, 20240311: rows for 1..12 would never be met.
TEST(Calendar, month_quarter_and_period_carry_the_year) {
  const auto of_month = [](const std::string& rows) {
    return read_library(
        {{"region.yaml", "region: 123456\nsteps: [{layer: a, base: total, ratio: {by: " + rows + "}}]\n"}});
  };
  for (const std::string rows : {"month, 1..12: 10%", "quarter, 1..4: 10%", "period, 1..4000: 10%"}) {
    const auto refused = of_month(rows);
    ASSERT_FALSE(refused) << rows;
    EXPECT_EQ(tag(refused.error().front().code), "POL-020") << rows;
  }
  for (const std::string rows :
       {"month, ..202402: 10%, 202403: 20%, 202404..: 30%", "quarter, 20241: 20%, else: 30%",
        "period, ..20240229: 10%, 20240301: 20%, else: 30%"}) {
    const auto library = of_month(rows);
    ASSERT_TRUE(library) << rows;
    const Assessment result = settle(**library, bill_of({}, {{100'000, {}}}));
    EXPECT_EQ(layer(result, 0).paid, 20'000) << rows;
  }
}

}  // namespace
}  // namespace fenming
