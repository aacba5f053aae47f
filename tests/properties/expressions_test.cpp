// Random expressions, written as text and evaluated while they are made: reader, typing, scales and postfix code must give the same number,
// in 64 and in 128 bits. FENMING_EXPRESSIONS: how many regions of eight names (300); FENMING_SEED: the seed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "properties/laws.h"
#include "properties/number.h"
#include "properties/random.h"

namespace fenming::properties {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Made {  // a text and what it is worth
  std::string text;
  Number value;
};

struct Known {                // the facts of the bill that all of it is evaluated for
  std::int64_t m = 0, n = 0;  // fen
  std::int64_t i = 1, j = 0, level = 0, levels = 0;
  std::int64_t d = 0, r = 0;  // millionths
  bool b = false;
};

constexpr const char* level_names[] = {"L1", "L2", "L3"};
constexpr std::int64_t by_level[] = {10'000, 25'050, 7};  // fen, table `single`

Known some_facts(Random& random) {
  Known k;
  k.m = random.chance(50) ? random.between(0, 20) * 10'000 : random.between(0, 9'999'999);
  k.n = random.chance(50) ? random.between(0, 20) * 10'000 : random.between(0, 9'999'999);
  k.i = random.between(1, 9);
  k.j = random.between(-20, 120);
  k.level = random.between(0, 2);
  k.levels = random.between(0, 7);
  k.d = random.between(0, 5'000'000);
  k.r = random.between(0, 100) * 10'000;
  k.b = random.chance(50);
  return k;
}

class Maker {
 public:
  Maker(const Known& known, Random& random) : k_(known), random_(random) {}

  Made money(int depth) {
    if (depth <= 0) return money_leaf();
    switch (random_.between(0, 12)) {
      case 0:
        return pair(money(depth - 1), " + ", money(depth - 1), [](Number a, Number b) { return a + b; });
      case 1:
        return pair(money(depth - 1), " - ", money(depth - 1), [](Number a, Number b) { return a - b; });
      case 2:
        return pair(money(depth - 1), " * ", ratio(depth - 2), [](Number a, Number b) { return a * b; });
      case 3:
        return pair(integer(depth - 1), " * ", money(depth - 1), [](Number a, Number b) { return a * b; });
      case 4: return pair(money(depth - 1), " * ", dec(depth - 2), [](Number a, Number b) { return a * b; });
      case 5: return extreme(true, money(depth - 1), money(depth - 1));
      case 6: return extreme(false, money(depth - 1), money(depth - 1));
      case 7: return chosen(truth(depth - 1), money(depth - 1), money(depth - 1));
      case 8: return rounding(money(depth - 1));
      case 9: return share(money(depth - 1), integer(0));
      case 10: return {fmt::format("-{}", money_leaf().text), Number{} - last_};
      case 11: return folded();
      default: return money_leaf();
    }
  }

  Made ratio(int depth) {
    if (depth <= 0) {
      if (random_.chance(50)) return {"r", {k_.r, 6}};
      const std::int64_t half_points = random_.between(0, 200);
      return {to_percent(Decimal{half_points * 5'000}), {half_points * 5'000, 6}};
    }
    if (random_.chance(30)) return chosen(truth(depth - 1), ratio(depth - 1), ratio(depth - 1));
    if (random_.chance(30)) return extreme(random_.chance(50), ratio(depth - 1), ratio(depth - 1));
    if (random_.chance(40))
      return pair(ratio(depth - 1), " - ", ratio(0), [](Number a, Number b) { return a - b; });
    return pair(ratio(depth - 1), " + ", ratio(0), [](Number a, Number b) { return a + b; });
  }

  Made integer(int depth) {
    if (depth <= 0) {
      if (random_.chance(60)) return {"i", {k_.i, 0}};
      const std::int64_t number = random_.between(1, 9);
      return {std::to_string(number), {number, 0}};
    }
    if (random_.chance(25)) return chosen(truth(depth - 1), integer(depth - 1), integer(0));
    if (random_.chance(30))
      return pair(integer(depth - 1), " * ", integer(0), [](Number a, Number b) { return a * b; });
    return pair(integer(depth - 1), " + ", integer(0), [](Number a, Number b) { return a + b; });
  }

  Made dec(int depth) {
    if (depth > 0 && random_.chance(40)) return quotient(money(0), money(0));
    if (depth > 0 && random_.chance(50))
      return pair(integer(0), " * ", dec(depth - 1), [](Number a, Number b) { return a * b; });
    if (random_.chance(60)) return {"d", {k_.d, 6}};
    return {"1.25", {125, 2}};
  }

  Made truth(int depth) {
    if (depth <= 0) return truth_leaf();
    const Made a = truth(depth - 1), b = truth(depth - 2);
    switch (random_.between(0, 4)) {
      case 0:
        return {fmt::format("({} and {})", a.text, b.text), both(!a.value.is_zero() && !b.value.is_zero())};
      case 1:
        return {fmt::format("({} or {})", a.text, b.text), both(!a.value.is_zero() || !b.value.is_zero())};
      case 2: return {fmt::format("(not {})", a.text), both(a.value.is_zero())};
      case 3: return compared(money(depth - 1), money(0));
      default:
        return random_.chance(50) ? compared(integer(depth - 1), integer(0)) : compared(ratio(0), ratio(0));
    }
  }

 private:
  static Number both(bool yes) { return {yes ? 1 : 0, 0}; }

  template <class Op>
  static Made pair(const Made& a, const char* sign, const Made& b, Op op) {
    return {fmt::format("({}{}{})", a.text, sign, b.text), op(a.value, b.value)};
  }
  static Made extreme(bool least, const Made& a, const Made& b) {
    const bool first = (a.value < b.value) == least;
    return {fmt::format("{}({}, {})", least ? "min" : "max", a.text, b.text), first ? a.value : b.value};
  }
  static Made chosen(const Made& condition, const Made& yes, const Made& no) {
    return {fmt::format("(if {} then {} else {})", condition.text, yes.text, no.text),
            condition.value.is_zero() ? no.value : yes.value};
  }
  Made rounding(const Made& a) {
    static constexpr std::pair<const char*, Rounding> modes[] = {{"half_up", Rounding::half_up},
                                                                 {"half_even", Rounding::half_even},
                                                                 {"down", Rounding::down},
                                                                 {"up", Rounding::up}};
    static constexpr std::pair<const char*, Number> steps[] = {
        {"1元", {1, 0}}, {"0.1元", {1, 1}}, {"0.05元", {5, 2}}, {"100元", {100, 0}}};
    const auto& [mode, rounds] = modes[random_.between(0, 3)];
    const auto& [text, step] = steps[random_.between(0, 3)];
    if (random_.chance(30)) return {fmt::format("round({})", a.text), rounded(a.value, 2, Rounding::half_up)};
    return {fmt::format("round({}, {}, {})", a.text, text, mode),
            rounded_quotient(a.value, step, 0, rounds) * step};
  }
  static Made share(const Made& a, const Made& by) {
    return {fmt::format("round({} / {})", a.text, by.text),
            rounded_quotient(a.value, by.value, 2, Rounding::half_up)};
  }
  Made quotient(const Made& a, const Made& b) {
    const Number least{1, 0}, divisor = b.value < least ? least : b.value;
    return {fmt::format("round({} / max(1元, {}), 0.001)", a.text, b.text),
            rounded_quotient(a.value, divisor, 3, Rounding::half_up)};
  }
  Made compared(const Made& a, const Made& b) {
    static constexpr const char* signs[] = {"<", "<=", ">", ">=", "==", "!="};
    const auto sign = random_.between(0, 5);
    const bool less = a.value < b.value, equal = a.value == b.value;
    const bool holds[] = {less, less || equal, !less && !equal, !less, equal, !equal};
    return {fmt::format("({} {} {})", a.text, signs[sign], b.text), both(holds[sign])};
  }
  Made folded() {
    Number sum, most;
    bool any = false;
    for (std::int64_t member = 0; member < 3; ++member) {
      if ((k_.levels >> member) % 2 == 0) continue;
      const Number cell = fen(by_level[member]);
      sum = sum + cell;
      if (!any || most < cell) most = cell;
      any = true;
    }
    if (random_.chance(50)) return {"sum_of(single, levels)", sum};
    return {"max_of(single, levels)", most};
  }
  Made money_leaf() {
    Made made;
    switch (random_.between(0, 5)) {
      case 0: made = {"m", fen(k_.m)}; break;
      case 1: made = {"n", fen(k_.n)}; break;
      case 2: made = {"1234.56元", fen(123'456)}; break;
      case 3: made = {"single[level]", fen(by_level[k_.level])}; break;
      case 4: made = {"double[level, j]", fen(double_cell())}; break;
      default: made = {"0元", {}}; break;
    }
    last_ = made.value;
    return made;
  }
  // {L1: {..-1: 5, 0..60: 6.5, above 60: 7}, L2: {0: 1, else: 2}, L3: 9}
  std::int64_t double_cell() const {
    if (k_.level == 0) return k_.j < 0 ? 500 : k_.j <= 60 ? 650 : 700;
    return k_.level == 1 ? (k_.j == 0 ? 100 : 200) : 900;
  }
  Made truth_leaf() {
    switch (random_.between(0, 4)) {
      case 0: return {"b", both(k_.b)};
      case 1: {
        const auto level = random_.between(0, 2);
        return {fmt::format("level == '{}'", level_names[level]), both(k_.level == level)};
      }
      case 2: {
        const auto level = random_.between(0, 2);
        return {fmt::format("'{}' in levels", level_names[level]), both((k_.levels >> level) % 2 != 0)};
      }
      case 3: return {"level in levels", both((k_.levels >> k_.level) % 2 != 0)};
      default: return {"to - from >= 3", both(random_days_ >= 3)};
    }
  }

  static constexpr std::int64_t random_days_ = 10;  // of some_bill()
  const Known& k_;
  Random& random_;
  Number last_;
};

constexpr const char* header = R"YAML(region: 123456
facts:
  m: money
  n: money
  i: int 1..9
  j: int -20..120
  d: dec
  r: ratio
  b: bool
  level: [L1, L2, L3]
  levels: set of level
tables:
  single: {type: money, by: [level], L1: 100, L2: 250.50, L3: 0.07}
  double: {type: money, by: [level, j], L1: {..-1: 5, 0..60: 6.5, above 60: 7}, L2: {0: 1, else: 2}, L3: 9}
steps:
)YAML";

Bill some_bill(const Known& k) {
  using Kind = FactValue::Kind;
  Bill bill;
  bill.id = "1";
  bill.from = *make_date(2024, 5, 6);
  bill.to = bill.settle = bill.known = *make_date(2024, 5, 16);
  FactValue levels{"levels", Kind::list, "", {}};
  for (std::int64_t member = 0; member < 3; ++member)
    if ((k.levels >> member) % 2 != 0) levels.list.emplace_back(level_names[member]);
  bill.facts = {{"m", Kind::text, to_text(Money::from_fen(k.m)), {}},
                {"n", Kind::text, to_text(Money::from_fen(k.n)), {}},
                {"i", Kind::number, std::to_string(k.i), {}},
                {"j", Kind::number, std::to_string(k.j), {}},
                {"d", Kind::text, to_text(Decimal{k.d}), {}},
                {"r", Kind::text, to_percent(Decimal{k.r}), {}},
                {"b", Kind::boolean, k.b ? "yes" : "no", {}},
                {"level", Kind::text, level_names[k.level], {}},
                levels};
  return bill;
}

bool only_too_long(const std::vector<Error>& errors) {
  for (const Error& error : errors)
    if (error.code != Code::places_too_many && error.code != Code::number_too_large) return false;
  return true;
}

void check(const Library& library, const Known& known, const std::vector<Made>& made, Workspace& workspace) {
  const auto bound = bind(library, some_bill(known));
  ASSERT_TRUE(bound) << to_text(bound.error(), Language::en);
  Assessment narrow, wide;
  ASSERT_FALSE(assess(library, *bound, workspace, narrow));
  ASSERT_FALSE(assess_wide(library, *bound, workspace, wide));
  for (std::size_t i = 0; i < made.size(); ++i) {
    const Number want = rounded(made[i].value, 2, Rounding::half_up);
    EXPECT_TRUE(fen(narrow.parts[0].names[i]) == want)
        << made[i].text << " gives " << narrow.parts[0].names[i] << " fen, not "
        << to_text(Exact{want.digits, want.places}, 2);
    EXPECT_EQ(wide.parts[0].names[i], narrow.parts[0].names[i]) << made[i].text;
  }
}

// REQ POL-02
TEST(Expressions, random_expressions_as_text_give_their_value) {
  const std::uint64_t count = setting("FENMING_EXPRESSIONS", 300), seed = setting("FENMING_SEED", 20'240'229);
  Workspace workspace;
  std::uint64_t read_count = 0;
  for (std::uint64_t number = 0; number < count && !testing::Test::HasFailure(); ++number) {
    Random random(mixed(seed, number));
    const Known known = some_facts(random);
    Maker maker(known, random);
    std::vector<Made> made;
    std::string text = header;
    for (int i = 0; i < 8; ++i) {
      made.push_back(maker.money(static_cast<int>(random.between(1, 4))));
      text += fmt::format("  - let: {{x{}: {{type: money, is: \"{}\"}}}}\n", i, made.back().text);
    }
    const auto library = read_library({{"region.yaml", text}});
    if (!library && only_too_long(library.error())) continue;
    ASSERT_TRUE(library) << to_text(library.error().front(), Language::en) << "\n" << text;
    ++read_count;
    check(**library, known, made, workspace);
  }
  fmt::print("seed {}: {} of {} regions of expressions read and right\n", seed, read_count, count);
  EXPECT_GE(read_count * 2, count) << "most are refused as too long: nothing is proven";
}

}  // namespace
}  // namespace fenming::properties
