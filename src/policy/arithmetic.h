// Arithmetic: what the engine (engine.h) asks of a number. The desk runs it on plain integers (Plain<int64> or, where an interval needs
// it, Plain<Wide>), the explanation on numbers that remember how they came about (trace.h), the library check on a + b*x (walk.h): one
// engine, so that they cannot drift apart. A number carries no scale; the plan knows it statically and says it in Meta.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "policy/plan.h"

namespace fenming {

struct Meta {  // of a result; only the explanation needs it
  Type type = Type::money;
  std::uint8_t scale = 2;
};

enum class Given : std::uint8_t { fact, calendar, line, accumulator };

inline constexpr std::int64_t powers_of_ten[] = {1LL,
                                                 10LL,
                                                 100LL,
                                                 1000LL,
                                                 10000LL,
                                                 100000LL,
                                                 1000000LL,
                                                 10000000LL,
                                                 100000000LL,
                                                 1000000000LL,
                                                 10000000000LL,
                                                 100000000000LL,
                                                 1000000000000LL,
                                                 10000000000000LL,
                                                 100000000000000LL,
                                                 1000000000000000LL,
                                                 10000000000000000LL,
                                                 100000000000000000LL,
                                                 1000000000000000000LL};

// Dividing by a constant is a multiplication: the common numbers of places get a branch of their own.
template <std::int64_t unit>
constexpr std::int64_t divide_half_up(std::int64_t value) {
  const std::int64_t quotient = value / unit, rest = value % unit;
  if (rest >= 0) return quotient + (rest >= unit - rest ? 1 : 0);
  return quotient - (-rest >= unit + rest ? 1 : 0);
}

// The rounding of one place: decimal places dropped (negative: added) and the mode.
template <class T>
constexpr T drop_places(T value, int places, Rounding mode) {
  if (places == 0) return value;
  if (places < 0) return value * static_cast<T>(powers_of_ten[-places]);
  if constexpr (sizeof(T) == 8)
    if (mode == Rounding::half_up) switch (places) {
        case 1: return divide_half_up<10>(value);
        case 2: return divide_half_up<100>(value);
        case 3: return divide_half_up<1000>(value);
        case 4: return divide_half_up<10000>(value);
        default: break;
      }
  return static_cast<T>(divide(value, power_of_ten(places), mode));
}

// Plain numbers notice when one leaves them: what the compiler's intervals promise is checked where it is used, for the cost of a jump
// that is never taken. Nothing that was computed with `overflowed()` is an answer.
template <class T>
class Plain {
 public:
  using V = T;
  static constexpr bool traces = false;
  bool overflowed() const { return overflowed_; }

  V constant(const Plan& plan, std::uint32_t index) const {
    if constexpr (sizeof(T) == 8)
      return plan.constant_values[index];
    else
      return plan.constants[index].value;
  }
  V given(Given, std::uint32_t, std::uint32_t, std::int64_t value) const { return value; }
  V nothing() const { return 0; }
  std::int64_t raw(V v) const {
    if constexpr (sizeof(T) > 8) {
      constexpr T most = std::numeric_limits<std::int64_t>::max();
      if (v > most || v < -most) return v > 0 ? std::numeric_limits<std::int64_t>::max() : -most;
    }
    return static_cast<std::int64_t>(v);
  }
  bool truth(V v) const { return v != 0; }
  bool less(V a, V b) const { return a < b; }
  bool beyond(V v, std::int64_t bound) const { return v > bound || v < -bound; }

  V rescale(V v, std::uint32_t places, Meta) { return product(v, static_cast<T>(powers_of_ten[places])); }
  V add(V a, V b, Meta) {
    V sum = 0;
    if (__builtin_add_overflow(a, b, &sum)) [[unlikely]]
      overflowed_ = true;
    return sum;
  }
  V sub(V a, V b, Meta) {
    V difference = 0;
    if (__builtin_sub_overflow(a, b, &difference)) [[unlikely]]
      overflowed_ = true;
    return difference;
  }
  V mul(V a, V b, Meta) { return product(a, b); }
  V neg(V a, Meta meta) { return sub(0, a, meta); }
  V min(V a, V b, Meta) const { return std::min(a, b); }
  V max(V a, V b, Meta) const { return std::max(a, b); }
  V positive(V a) const { return std::max<V>(a, 0); }
  V compare(Op op, V a, V b) const {
    switch (op) {
      case Op::lt: return a < b;
      case Op::le: return a <= b;
      case Op::gt: return a > b;
      case Op::ge: return a >= b;
      case Op::eq: return a == b;
      case Op::ne: return a != b;
      default: return (static_cast<std::int64_t>(b) >> static_cast<int>(a)) & 1;  // in
    }
  }
  V logic(Op, V last) const { return last; }       // decided by one side
  V logic(Op, V, V right) const { return right; }  // the left side left it open
  V negate(V a) const { return a == 0; }
  V choose(V, V value, bool, Meta) const { return value; }
  V round(V v, int places, Rounding mode, Meta) {
    if (places < 0) return product(v, static_cast<T>(powers_of_ten[-places]));
    return drop_places(v, places, mode);
  }
  V round_step(V v, V step, int places, Rounding mode, Meta) {
    return narrowed(widely(divide(v, widely(power_of_ten(places), step), mode), step));
  }
  V quotient(V a, V b, V step, int places, Rounding mode, Meta) {
    Wide top = a, bottom = b;
    if (places >= 0)
      top = widely(top, power_of_ten(places));
    else
      bottom = widely(bottom, power_of_ten(-places));
    if (bottom < 0) {
      top = -top;
      bottom = -bottom;
    }
    bottom = widely(bottom, step);
    if (overflowed_) [[unlikely]]
      return 0;  // the divisor may be anything now
    return narrowed(widely(divide(top, bottom, mode), step));
  }
  V unit() const { return 1; }
  V room(V limit, V used, bool) { return std::max<V>(0, sub(limit, used, {})); }
  V overlap(V at, V covered, V low, V high, bool, bool last) {
    const V end = add(at, covered, {}), top = last ? end : std::min(end, high), bottom = std::max(at, low);
    return std::max<V>(0, sub(top, bottom, {}));
  }
  // What the table's keys chose: keys are recorded by the explanation only.
  void key(V) const {}
  V picked(const Plan&, const Table&, V cell) const { return cell; }
  V folded(const Plan&, Op, const Table&, std::uint32_t, V, V result) const { return result; }
  void member(V) const {}
  // least x whose first x of the shares earn the target: rest / ratio of the band in which it is reached, after whole shares.
  void band(V, V) const {}
  V least(V, V before, V rest, V ratio, Rounding mode) {
    if (ratio <= 0) return before;
    Wide earned = 0;
    if (__builtin_add_overflow(widely(before, ratio), Wide{rest}, &earned)) [[unlikely]]
      overflowed_ = true;
    return narrowed(divide(earned, ratio, mode));
  }

 private:
  V product(V a, V b) {
    V result = 0;
    if (__builtin_mul_overflow(a, b, &result)) [[unlikely]]
      overflowed_ = true;
    return result;
  }
  Wide widely(Wide a, Wide b) {
    Wide result = 0;
    if (__builtin_mul_overflow(a, b, &result)) [[unlikely]]
      overflowed_ = true;
    return result;
  }
  V narrowed(Wide v) {
    const auto result = static_cast<T>(v);
    if (result != v) [[unlikely]]
      overflowed_ = true;
    return result;
  }

  bool overflowed_ = false;
};

}  // namespace fenming
