// Linear: numbers a + b*x for the library check (policy-calculus.md section 10). With facts fixed and rounding off every amount is piecewise
// linear in one money variable x; each comparison of a run notes how far x may grow until its two sides meet, so that the nearest
// such point bounds the piece. Numbers are 128-bit fixed point: what the walk finds is confirmed with the exact engine afterwards.
#pragma once

#include <optional>
#include <vector>

#include "policy/arithmetic.h"

namespace fenming {

// `at`: the value at the present x; `slope`: how it grows with each fen. Both hold fixed_point times the number at its scale.
struct Ray {
  Wide at = 0, slope = 0;
  friend bool operator==(const Ray&, const Ray&) = default;
};
inline constexpr Wide fixed_point = 10'000'000'000;

class Linear {
 public:
  using V = Ray;
  static constexpr bool traces = false;

  struct Variable {  // which input is x: a line's amount, or an accumulator of a row
    Given kind = Given::line;
    std::uint32_t first = 0, second = 0;
  };
  struct RatioRange {  // what a layer's bands multiplied with, lowest and highest
    Wide low = 0, high = 0;
    bool any = false;
  };

  explicit Linear(Variable variable) : variable_(variable) {}

  // The next x - now at which something may change, and the constant side of the comparison that says so (fen); whether it is one
  // that can make an amount jump.
  struct Meeting {
    std::int64_t distance = 0;
    std::optional<std::int64_t> constant;
  };
  const std::optional<Meeting>& nearest() const { return nearest_; }
  const std::optional<Meeting>& nearest_switch() const { return switch_; }
  bool exact() const { return exact_; }  // false: something was not linear in x, or too large
  const std::vector<RatioRange>& ratios() const { return ratios_; }

  // ---- what the engine asks (arithmetic.h)
  V constant(const Plan& plan, std::uint32_t index) const {
    return {plan.constants[index].value * fixed_point, 0};
  }
  V given(Given kind, std::uint32_t first, std::uint32_t second, std::int64_t value) const;
  V nothing() const { return {}; }
  std::int64_t raw(V v) const;
  bool truth(V v);
  bool less(V a, V b) { return below(a, b); }
  bool beyond(V, std::int64_t) const { return false; }  // the exact engine says so
  bool overflowed() const { return false; }             // exact() says so
  V rescale(V v, std::uint32_t places, Meta) { return times(v, power_of_ten(static_cast<int>(places))); }
  V add(V a, V b, Meta) const { return {a.at + b.at, a.slope + b.slope}; }
  V sub(V a, V b, Meta) const { return {a.at - b.at, a.slope - b.slope}; }
  V mul(V a, V b, Meta);
  V neg(V a, Meta) const { return {-a.at, -a.slope}; }
  V min(V a, V b, Meta) { return lower_is_first(a, b) ? a : b; }
  V max(V a, V b, Meta) { return lower_is_first(a, b) ? b : a; }
  V positive(V a) { return max(a, {}, {}); }
  V compare(Op op, V a, V b);
  V logic(Op, V last) const { return last; }
  V logic(Op, V, V right) const { return right; }
  V negate(V a) const { return a.at == 0 ? unit() : V{}; }
  V choose(V, V value, bool, Meta) const { return value; }
  V round(V v, int places, Rounding, Meta) {
    return places < 0 ? times(v, power_of_ten(-places)) : over(v, power_of_ten(places));
  }
  V round_step(V v, V, int places, Rounding mode, Meta meta) { return round(v, places, mode, meta); }
  V quotient(V a, V b, V step, int places, Rounding mode, Meta meta);
  V unit() const { return {fixed_point, 0}; }
  V room(V limit, V used, bool) { return positive(sub(limit, used, {})); }
  V overlap(V at, V covered, V low, V high, bool first, bool last);
  void key(V) const {}
  V picked(const Plan&, const Table&, V cell) const { return cell; }
  V folded(const Plan&, Op, const Table&, std::uint32_t, V, V result) const { return result; }
  void member(V) const {}
  void band(V, V) const {}
  V least(V target, V before, V rest, V ratio, Rounding);
  void locate(V v, std::int64_t bound);              // a range key is compared with each bound
  void ratio_used(const LayerPlan& layer, V ratio);  // a band's ratio after `adjust`, at adjusted_scale

 private:
  V times(V v, Wide factor);
  V over(V v, Wide divisor) const { return {v.at / divisor, v.slope / divisor}; }
  V divided(V top, V bottom);
  bool below(V a, V b);
  bool lower_is_first(V a, V b);
  void meet(V a, V b, bool can_jump);
  void note(std::optional<Meeting>& kept, const Meeting& meeting);

  Variable variable_;
  std::optional<Meeting> nearest_, switch_;
  std::vector<RatioRange> ratios_;
  bool exact_ = true;
};

}  // namespace fenming
