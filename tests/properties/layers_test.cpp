// Random layers, written as a region's text and computed here with plain numbers from policy-calculus.md sections 3 and 5: the reader,
// the compiler and the engine together must give the same fen. FENMING_LAYERS: how many regions (400); FENMING_SEED: the seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "properties/explained.h"
#include "properties/laws.h"
#include "properties/number.h"
#include "properties/random.h"

namespace fenming::properties {
namespace {

constexpr std::int64_t not_there = -1;

struct RandomMeter {
  std::int64_t limit = not_there, used = 0;  // fen; both stand in the text as a constant and an accumulator
};

struct RandomLayer {
  int base_form = 0, at_form = 0, adjust_form = 0;
  RandomMeter limit, deductible, after, cap;
  std::vector<std::pair<std::int64_t, std::int64_t>>
      bands;  // `to` in fen (the last: not_there), ratio in millionths
};

struct RandomRegion {
  Rounding rounding = Rounding::half_up;
  std::int64_t prepay = 0;  // millionths of class B
  RandomLayer layers[2];
};

struct Layer {  // what section 5 computes
  Number base, over, deductible, covered, after, paid, consumed, cut;
};

std::int64_t setting(const char* name, std::int64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoll(text, nullptr, 10);
}

// ---- making
std::int64_t some_fen(Random& random) {
  return random.chance(50) ? random.between(0, 20) * 50'000 : random.between(0, 1'500'000);
}

RandomMeter some_meter(Random& random, int percent) {
  if (!random.chance(percent)) return {};
  const std::int64_t limit = some_fen(random);
  return {limit, random.chance(50)   ? 0
                 : random.chance(10) ? -random.between(1, 90'000'000'000)  // a counter set back
                 : random.chance(30) ? limit + random.between(-1, 1)
                                     : random.between(0, limit + limit / 4)};
}

// Millionths, most of them whole per cents of a per cent.
std::int64_t some_ratio(Random& random) {
  return random.chance(70) ? random.between(0, 10'000) * 100 : random.between(0, 1'000'000);
}

RandomLayer some_layer(Random& random, bool second) {
  RandomLayer layer;
  layer.base_form = second ? static_cast<int>(random.between(1, 6)) : 0;
  layer.at_form = static_cast<int>(random.between(0, 3));
  layer.adjust_form = static_cast<int>(random.between(0, 5));
  layer.limit = some_meter(random, 40);
  layer.deductible = some_meter(random, 70);
  layer.after = some_meter(random, 25);
  layer.cap = some_meter(random, 60);
  std::int64_t to = 0;
  for (std::int64_t count = random.between(1, 4); count > 1; --count) {
    to += random.between(1, 8) * 100'000 + (random.chance(30) ? random.between(0, 99) : 0);
    layer.bands.emplace_back(to, some_ratio(random));
  }
  layer.bands.emplace_back(not_there, random.chance(10) ? 0 : some_ratio(random));
  return layer;
}

RandomRegion some_region(Random& random) {
  RandomRegion region;
  region.rounding = static_cast<Rounding>(random.between(0, 3));
  region.prepay = random.between(0, 3'000) * 100;
  region.layers[0] = some_layer(random, false);
  region.layers[1] = some_layer(random, true);
  return region;
}

// ---- writing
std::string yuan(std::int64_t fen) { return to_text(Money::from_fen(fen)); }
std::string percent(std::int64_t millionths) { return to_percent(Decimal{millionths}); }

std::string meter_text(const char* slot, const std::string& accumulator, const RandomMeter& meter) {
  if (meter.limit == not_there) return "";
  return fmt::format("    {}: {{limit: {}, used: {}}}\n", slot, yuan(meter.limit), accumulator);
}

std::string layer_text(const RandomLayer& layer, char name) {
  static constexpr const char* bases[] = {
      "eligible", "a.covered - a.consumed", "eligible - a.paid", "a.over", "left", "a.cut + prepay", "total"};
  static constexpr const char* ats[] = {"", "    at: deductible\n", "    at: 1234.56\n",
                                        "    at: 0元 - 876.54元\n"};
  static constexpr const char* adjusts[] = {"",
                                            "    adjust: \"min(100%, ratio + 5%)\"\n",
                                            "    adjust: 100% - (100% - ratio) * 60%\n",
                                            "    adjust: ratio * 0.9\n",
                                            "    adjust: ratio * 99.9999%\n",
                                            "    adjust: ratio * 1000\n"};
  std::string text = fmt::format("  - layer: {}\n    base: {}\n", name, bases[layer.base_form]);
  text += meter_text("limit", fmt::format("y.{}_limit", name), layer.limit);
  text += meter_text("deductible", fmt::format("y.{}_deductible", name), layer.deductible);
  text += ats[layer.at_form];
  text += "    bands:\n";
  for (const auto& [to, ratio] : layer.bands)
    text += to == not_there ? fmt::format("      - {{ratio: {}}}\n", percent(ratio))
                            : fmt::format("      - {{to: {}, ratio: {}}}\n", yuan(to), percent(ratio));
  text += adjusts[layer.adjust_form];
  text += meter_text("after", fmt::format("y.{}_after", name), layer.after);
  text += meter_text("cap", fmt::format("y.{}_cap", name), layer.cap);
  return text + fmt::format(
                    "    add: {{y.{0}_limit: base - over, y.{0}_deductible: deductible, y.{0}_after: after, "
                    "y.{0}_cap: paid}}\n",
                    name);
}

std::string region_text(const RandomRegion& region) {
  static constexpr const char* modes[] = {"half_up", "half_even", "down", "up"};
  std::string text = fmt::format(
      "region: 123456\nround: {}\nkeep:\n  y: {{per: [year], of: [a_limit, a_deductible, a_after, a_cap, "
      "b_limit, b_deductible, b_after, b_cap]}}\n"
      "lines:\n  limit: listed_limit\n  prepay: {{by: class, B: {}, else: 0%}}\nsteps:\n",
      modes[static_cast<int>(region.rounding)], percent(region.prepay));
  return text + layer_text(region.layers[0], 'a') + layer_text(region.layers[1], 'b');
}

// ---- computing
Number least(Number a, Number b) { return b < a ? b : a; }
Number most(Number a, Number b) { return a < b ? b : a; }
Number take(Number x, const RandomMeter& meter) {
  return meter.limit == not_there ? x : least(x, most(Number{}, fen(meter.limit) - fen(meter.used)));
}

Number adjusted(Number ratio, int form) {
  if (form == 1) return least({1, 0}, ratio + Number{5, 2});
  if (form == 2) return Number{1, 0} - (Number{1, 0} - ratio) * Number{6, 1};
  if (form == 3) return ratio * Number{9, 1};
  if (form == 4) return ratio * Number{999'999, 6};
  return form == 5 ? ratio * Number{1000, 0} : ratio;
}

Layer computed(const RandomLayer& layer, Number base, Number& left, Rounding rounding) {
  Layer l;
  l.base = most(Number{}, base);
  const Number entered = take(l.base, layer.limit);
  l.over = l.base - entered;
  l.deductible = layer.deductible.limit == not_there ? Number{} : take(entered, layer.deductible);
  l.covered = entered - l.deductible;
  const Number at = layer.at_form == 0   ? Number{}
                    : layer.at_form == 1 ? l.deductible
                    : layer.at_form == 2 ? fen(123'456)
                                         : fen(-87'654),
               end = at + l.covered;
  std::vector<std::pair<Number, Number>> shares;
  Number low, full;
  for (const auto& [to, ratio] : layer.bands) {
    const Number high = to == not_there ? most(end, low) : fen(to);
    const Number share = most(Number{}, least(end, high) - most(at, low));
    shares.emplace_back(share, adjusted({ratio, 6}, layer.adjust_form));
    full = full + share * shares.back().second;
    low = high;
  }
  if (layer.after.limit != not_there) l.after = rounded(take(full, layer.after), 2, rounding);
  const Number want = most(Number{}, rounded(full - l.after, 2, rounding));
  l.paid = least(take(want, layer.cap), left);
  left = left - l.paid;
  l.cut = want - l.paid;
  if (l.cut.is_zero()) {
    l.consumed = l.covered;
    return l;
  }
  Number rest = l.paid + l.after;
  if (layer.at_form == 3 && !rest.is_zero()) l.consumed = least(Number{} - at, l.covered);  // earns nothing
  for (const auto& [share, ratio] : shares) {  // the least x whose first x earn what was paid
    if (share * ratio < rest) {
      rest = rest - share * ratio;
      l.consumed = l.consumed + share;
      continue;
    }
    if (!rest.is_zero()) l.consumed = l.consumed + rounded_quotient(rest, ratio, 2, rounding);
    break;
  }
  return l;
}

void expect_layer(const Layer& want, const LayerAmounts& got) {
  const std::pair<Number, std::int64_t> pairs[] = {
      {want.base, got.base},         {want.over, got.over},   {want.deductible, got.deductible},
      {want.covered, got.covered},   {want.after, got.after}, {want.paid, got.paid},
      {want.consumed, got.consumed}, {want.cut, got.cut}};
  static constexpr const char* names[] = {"base",  "over", "deductible", "covered",
                                          "after", "paid", "consumed",   "cut"};
  for (std::size_t i = 0; i < std::size(pairs); ++i)
    EXPECT_TRUE(pairs[i].first == fen(pairs[i].second))
        << names[i] << " is " << pairs[i].second << " fen, not "
        << to_text(Exact{pairs[i].first.digits, pairs[i].first.places}, 2);
}

Bill some_bill(const RandomRegion& region, Random& random) {
  Bill bill;
  bill.id = "1";
  bill.region = "123456";
  bill.from = bill.to = bill.settle = bill.known = *make_date(2024, 5, 6);
  for (const char* id : {"1", "2"}) {
    BillLine line;
    line.id = id;
    line.amount =
        Money::from_fen(random.chance(30) ? random.between(0, 30) * 100'000 : random.between(0, 3'000'000));
    if (random.chance(30)) line.listed_limit = Money::from_fen(random.between(0, 2'000'000));
    line.columns.push_back({"class", FactValue::Kind::text, random.chance(50) ? "A" : "B", {}});
    bill.lines.push_back(std::move(line));
  }
  AccumulatorRow row{"y", true, {}, {}};
  for (int i = 0; i < 2; ++i) {
    const RandomLayer& layer = region.layers[i];
    const std::string name(1, static_cast<char>('a' + i));
    row.values.push_back({name + "_limit", FactValue::Kind::text, yuan(layer.limit.used), {}});
    row.values.push_back({name + "_deductible", FactValue::Kind::text, yuan(layer.deductible.used), {}});
    row.values.push_back({name + "_after", FactValue::Kind::text, yuan(layer.after.used), {}});
    row.values.push_back({name + "_cap", FactValue::Kind::text, yuan(layer.cap.used), {}});
  }
  bill.accumulators.push_back(std::move(row));
  return bill;
}

// Rounds the class B share, then both layers.
void check(const RandomRegion& region, const Bill& bill, const Assessment& got) {
  Number total, eligible, prepay;
  for (const BillLine& line : bill.lines) {
    const Number amount = fen(line.amount.fen());
    const Number entered = line.listed_limit ? least(amount, fen(line.listed_limit->fen())) : amount;
    const Number share = line.columns[0].text == "B"
                             ? rounded(entered * Number{region.prepay, 6}, 2, region.rounding)
                             : Number{};
    total = total + amount;
    prepay = prepay + share;
    eligible = eligible + entered - share;
  }
  Number left = total;
  const Layer a = computed(region.layers[0], eligible, left, region.rounding);
  const Number bases[] = {eligible, a.covered - a.consumed, eligible - a.paid, a.over, left, a.cut + prepay,
                          total};
  const Layer b = computed(region.layers[1], bases[region.layers[1].base_form], left, region.rounding);
  expect_layer(a, got.parts[0].layers[0]);
  expect_layer(b, got.parts[0].layers[1]);
  EXPECT_TRUE(fen(got.split->cash().fen()) == left);
  EXPECT_TRUE(fen(got.prepay) == prepay);
  const Layer* layers[] = {&a, &b};
  for (std::size_t i = 0; i < 2; ++i) {
    const Layer& l = *layers[i];
    const Number writes[] = {l.base - l.over, l.deductible, l.after, l.paid};
    for (std::size_t w = 0; w < 4; ++w)
      EXPECT_TRUE(fen(got.rows[0].after[i * 4 + w] - got.rows[0].before[i * 4 + w]) == writes[w])
          << "accumulator " << i * 4 + w;
  }
}

// REQ POL-02
TEST(Layers, random_layers_as_text_give_what_the_formulas_give) {
  const std::int64_t count = setting("FENMING_LAYERS", 400), seed = setting("FENMING_SEED", 20'240'229);
  Workspace workspace;
  fmt::print("seed {}, {} regions of two layers\n", seed, count);
  for (std::int64_t number = 0; number < count && !testing::Test::HasFailure(); ++number) {
    Random random(mixed(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(number)));
    const RandomRegion region = some_region(random);
    const std::string text = region_text(region);
    const auto library = read_library({{"region.yaml", text}});
    ASSERT_TRUE(library) << to_text(library.error().front(), Language::en) << "\n" << text;
    for (int i = 0; i < 8 && !testing::Test::HasFailure(); ++i) {
      const Bill bill = some_bill(region, random);
      const Settled settled = settle(**library, bill, workspace);
      ASSERT_FALSE(settled.error) << to_text(*settled.error, Language::en) << "\n" << text;
      check(region, bill, settled.result);
      if (i > 0) continue;
      if (const auto problem = Explainer(**library).problem(bill, settled)) ADD_FAILURE() << *problem;
    }
    if (testing::Test::HasFailure()) fmt::print("{}\n", text);
  }
}

}  // namespace
}  // namespace fenming::properties
