// Engine: runs one plan over registers. A template over the arithmetic (arithmetic.h); the only place that knows what a step does
// (policy-calculus.md sections 3 to 5). No allocation, no virtual call, no branch on region.
#pragma once

#include "base/check.h"
#include "policy/arithmetic.h"

namespace fenming {

template <class V>
struct LineValues {
  V amount{}, over{}, out{}, prepay{}, in{};
  std::int64_t pot = 0;
};

template <class V>
struct LayerValues {
  V base{}, over{}, deductible{}, covered{}, after{}, paid{}, consumed{}, cut{}, who{};
  bool applies = true;
  std::uint32_t first_share = 0, share_count = 0;  // in Tracer::shares, for the explanation
};

template <class A>
class Engine {
 public:
  using V = typename A::V;

  Engine(const Region& region, const Plan& plan, A& arithmetic, V* registers)
      : region_(region), plan_(plan), a_(arithmetic), r_(registers) {}

  // The line whose fields the slots of the lines read.
  void set_line(const std::int64_t* fields, std::uint32_t number, V amount, V quantity) {
    fields_ = fields;
    line_ = number;
    amount_ = amount;
    quantity_ = quantity;
  }

  // Tables and codes lie outside, so that the short kinds cost no more than they must.
  V slot(const Slot& s) {
    switch (s.kind) {
      case Slot::Kind::constant: return a_.constant(plan_, s.index);
      case Slot::Kind::reg: return r_[s.index];
      case Slot::Kind::line: return line(s.index);
      case Slot::Kind::table: return table(plan_.tables[s.index]);
      case Slot::Kind::code: return code(plan_.codes[s.index]);
      case Slot::Kind::none: break;
    }
    return a_.nothing();
  }

  // Section 3. `prepay` is rounded to fen; a line in the pot `out` leaves whole.
  void line_shares(LineValues<V>& result) {
    result.amount = amount_;
    V entered = amount_;
    result.over = a_.nothing();
    const V limit = a_.positive(slot(plan_.line_limit));
    if (a_.raw(limit) < none_fen) {
      entered = a_.min(amount_, limit, {});
      result.over = a_.sub(amount_, entered, {});
    }
    result.pot = pot();
    const bool leaves = result.pot == static_cast<std::int64_t>(region_.pots.size());
    result.out = leaves ? entered : a_.nothing();
    result.prepay = a_.nothing();
    result.in = leaves ? a_.nothing() : entered;
    if (leaves || plan_.line_prepay.kind == Slot::Kind::none) return;
    const V ratio = slot(plan_.line_prepay);
    if (!a_.truth(ratio)) return;
    const int scale = plan_.line_prepay.scale;
    const V exact = a_.mul(entered, ratio, {Type::money, static_cast<std::uint8_t>(scale + 2)});
    result.prepay = a_.round(exact, scale, region_.rounding, {});
    result.in = a_.sub(entered, result.prepay, {});
  }

  // A divisor was 0, an accumulator left its range or a table has no row: what was computed since is of no use and the bill is refused.
  bool failed() const { return failed_; }

  void let(const Let& let) { r_[let.reg] = slot(let.value); }

  // Section 5. False when the rule gives a negative payment (a negative ratio): the bill is then refused.
  bool layer(const LayerPlan& layer, LayerValues<V>& v) {
    v.base = v.over = v.deductible = v.covered = v.after = v.paid = v.consumed = v.cut = v.who = a_.nothing();
    v.applies = true;
    v.share_count = 0;
    if (layer.who.kind != Slot::Kind::none) {
      v.who = slot(layer.who);
      v.applies = a_.truth(v.who);
    }
    V* own = r_ + layer.reg;
    std::fill(own, own + layer_cells, a_.nothing());
    if (!v.applies) return true;
    own[cell_base] = v.base = a_.positive(slot(layer.base));
    V entered = v.base;
    if (layer.limit.count != 0) {
      entered = take(v.base, layer.limit, 2);
      own[cell_over] = v.over = a_.sub(v.base, entered, {});
    }
    v.covered = entered;
    if (layer.deductible.count != 0) {
      own[cell_deductible] = v.deductible = take(entered, layer.deductible, 2);
      v.covered = a_.sub(entered, v.deductible, {});
    }
    own[cell_covered] = v.covered;
    if (layer.bands.kind == Slot::Kind::none) {
      own[cell_consumed] = v.consumed = v.covered;
    } else if (!pay(layer, own, v)) {
      return false;
    }
    for (std::uint32_t i = 0; i < layer.write_count; ++i) {
      const Write& write = plan_.writes[layer.first_write + i];
      r_[write.reg] = a_.add(r_[write.reg], slot(write.amount), {write.type, write.amount.scale});
      if (a_.beyond(r_[write.reg], accumulator_max(write.type))) failed_ = true;
    }
    return true;
  }

 private:
  V line(std::uint32_t field) {
    if (field == line_amount) return amount_;
    if (field == line_quantity) return quantity_;
    return a_.given(Given::line, line_, field, fields_[field]);
  }

  std::int64_t pot() {
    if constexpr (!A::traces)
      if (plan_.pot_field >= 0) return plan_.pot_of[static_cast<std::size_t>(fields_[plan_.pot_field])];
    if (plan_.line_pot.kind != Slot::Kind::none) return a_.raw(slot(plan_.line_pot));
    const bool leaves = region_.class_c >= 0 && fields_[region_.class_field] == region_.class_c;
    return leaves ? static_cast<std::int64_t>(region_.pots.size()) : 0;
  }

  // ---- tables
  std::uint32_t row(const TableKey& key, std::int64_t value) const {
    if (!key.ranges) return static_cast<std::uint32_t>(value);
    const std::int64_t* bounds = plan_.bounds.data() + key.first_bound;
    std::uint32_t at = 0;
    while (at + 1 < key.count && bounds[at] < value) ++at;
    return at;
  }

  [[gnu::noinline]] V table(const Table& t) {
    std::uint32_t cell = t.first_cell;
    V keys[4];
    for (std::uint32_t k = 0; k < t.key_count; ++k) {
      const TableKey& key = plan_.keys[t.first_key + k];
      keys[k] = slot(key.key);
      const std::int64_t value = located(keys[k], key);
      if (key.ranges && value < key.low) failed_ = true;
      cell += row(key, value) * key.stride;
    }
    const V value = slot(plan_.cells[cell]);
    if constexpr (A::traces)
      for (std::uint32_t k = 0; k < t.key_count; ++k) a_.key(keys[k]);
    return a_.picked(plan_, t, value);
  }

  // The row of a range key is a comparison with each bound: the library check wants to know where it changes.
  std::int64_t located(V v, const TableKey& key) {
    if constexpr (requires { a_.locate(v, std::int64_t{}); })
      if (key.ranges)
        for (std::uint32_t i = 0; i + 1 < key.count; ++i) a_.locate(v, plan_.bounds[key.first_bound + i]);
    return a_.raw(v);
  }

  V fold(Op op, const Table& t, V set) {
    V result = a_.nothing();
    std::uint32_t count = 0;
    const TableKey& key = plan_.keys[t.first_key];
    for (std::uint32_t member = 0; member < key.count; ++member) {
      if (((a_.raw(set) >> member) & 1) == 0) continue;
      const V cell = slot(plan_.cells[t.first_cell + member * key.stride]);
      a_.member(cell);
      const Meta meta{t.type, t.scale};
      if (count++ == 0)
        result = cell;
      else
        result = op == Op::sum_of ? a_.add(result, cell, meta) : a_.max(result, cell, meta);
    }
    return a_.folded(plan_, op, t, count, set, result);
  }

  // ---- postfix code. `top` points to the last value pushed; stack[0] is never used.
  [[gnu::noinline]] V code(const CodeRange& range) {
    V stack[stack_max];
    V conditions[stack_max];
    V *top = stack, *condition = conditions;
    const Instruction* const first = plan_.instructions.data();
    const Instruction* const end = first + range.end;
    for (const Instruction* at = first + range.begin; at != end;) {
      const Instruction& i = *at++;
      switch (i.op) {
        case Op::constant: *++top = a_.constant(plan_, i.arg); break;
        case Op::reg: *++top = r_[i.arg]; break;
        case Op::line: *++top = line(i.arg); break;
        case Op::table: *++top = table(plan_.tables[i.arg]); break;
        case Op::ratio: *++top = ratio_; break;
        case Op::land:
        case Op::lor:
          if (a_.truth(*top) == (i.op == Op::land)) break;
          *top = a_.logic(i.op, *top);
          at = first + i.arg;
          break;
        case Op::land_end:
        case Op::lor_end:
          --top;
          *top = a_.logic(i.op == Op::land_end ? Op::land : Op::lor, top[0], top[1]);
          break;
        case Op::branch:
          *++condition = *top--;
          if (!a_.truth(*condition)) at = first + i.arg;
          break;
        case Op::branch_else:
          *top = a_.choose(*condition--, *top, true, {i.type, i.scale});
          at = first + i.arg;
          break;
        case Op::branch_end: *top = a_.choose(*condition--, *top, false, {i.type, i.scale}); break;
        default: top = operate(i, top);
      }
    }
    return stack[1];
  }

  [[gnu::always_inline]] V* operate(const Instruction& i, V* top) {
    const Meta meta{i.type, i.scale};
    V& x = *top;
    V& under = top[-1];
    switch (i.op) {
      case Op::rescale: x = a_.rescale(x, i.arg, meta); return top;
      case Op::neg: x = a_.neg(x, meta); return top;
      case Op::lnot: x = a_.negate(x); return top;
      case Op::round: x = a_.round(x, i.places, i.mode, meta); return top;
      case Op::round_step:
        x = a_.round_step(x, a_.constant(plan_, i.arg), i.places, i.mode, meta);
        return top;
      case Op::sum_of:
      case Op::max_of: x = fold(i.op, plan_.tables[i.arg], x); return top;
      case Op::add: under = a_.add(under, x, meta); break;
      case Op::sub: under = a_.sub(under, x, meta); break;
      case Op::mul: under = a_.mul(under, x, meta); break;
      case Op::min: under = a_.min(under, x, meta); break;
      case Op::max: under = a_.max(under, x, meta); break;
      case Op::quotient:
      case Op::quotient_step: under = divided(i, under, x); break;
      default: under = a_.compare(i.op, under, x);
    }
    return top - 1;
  }

  V divided(const Instruction& i, V dividend, V divisor) {
    if (!a_.truth(divisor)) {
      failed_ = true;
      return a_.nothing();
    }
    const V step = i.op == Op::quotient ? a_.unit() : a_.constant(plan_, i.arg);
    return a_.quotient(dividend, divisor, step, i.places, i.mode, {i.type, i.scale});
  }

  // ---- meters and bands
  // take(x, meters): the least of x and what each meter leaves; x at `scale` places, meters in fen.
  V take(V x, const Meters& meters, std::uint8_t scale) {
    V result = x;
    for (std::uint32_t m = 0; m < meters.count; ++m) {
      const Meter& meter = plan_.meters[meters.first + m];
      const V limit = slot(meter.limit);
      if (a_.raw(limit) >= none_fen) continue;
      const bool used = meter.used.kind != Slot::Kind::none;
      V room = a_.room(limit, used ? slot(meter.used) : a_.nothing(), used);
      if (scale > 2) room = a_.rescale(room, scale - 2U, {Type::money, scale});
      result = a_.min(result, room, {Type::money, scale});
    }
    return result;
  }

  bool pay(const LayerPlan& layer, V* own, LayerValues<V>& v) {
    const auto scale = static_cast<std::uint8_t>(2 + layer.adjusted_scale);
    const V at = layer.at.kind != Slot::Kind::none ? slot(layer.at) : a_.nothing();
    const BandList& list = plan_.band_lists[static_cast<std::size_t>(a_.raw(slot(layer.bands)))];
    V full = a_.nothing();
    if constexpr (A::traces) v.first_share = static_cast<std::uint32_t>(a_.shares.size());
    walk_bands(layer, list, at, v.covered, [&](V share, V ratio) {
      if constexpr (requires { a_.ratio_used(layer, ratio); })
        a_.ratio_used(layer, ratio);  // for the library check
      if constexpr (A::traces) a_.shares.emplace_back(share, ratio);
      const V earned = a_.mul(share, ratio, {Type::money, scale});
      full = a_.add(full, earned, {Type::money, scale});
      return true;
    });
    if constexpr (A::traces) v.share_count = static_cast<std::uint32_t>(a_.shares.size()) - v.first_share;
    V rest = full;
    const bool after =
        layer.after.count != 0 && !a_.less(full, a_.nothing());  // nothing comes off a negative payment
    if (after) {
      const V taken = take(full, layer.after, scale);
      own[cell_after] = v.after = a_.round(taken, layer.adjusted_scale, region_.rounding, {});
      rest =
          a_.sub(full, a_.rescale(v.after, layer.adjusted_scale, {Type::money, scale}), {Type::money, scale});
    }
    V want = a_.round(rest, layer.adjusted_scale, region_.rounding, {});
    // An `after` that takes all of it was rounded: what is left may be half a fen below nothing.
    if (after) want = a_.positive(want);
    if (a_.raw(want) < 0) return false;
    V& left = r_[region_.left()];
    own[cell_paid] = v.paid = a_.min(layer.cap.count != 0 ? take(want, layer.cap, 2) : want, left, {});
    if (a_.raw(v.paid) < 0) return false;
    left = a_.sub(left, v.paid, {});
    own[cell_cut] = v.cut = a_.sub(want, v.paid, {});
    own[cell_consumed] = v.consumed = a_.truth(v.cut) ? consumed(layer, list, at, v) : v.covered;
    return true;
  }

  // Calls visit(share, ratio after adjust) for each band that the covered amount touches, until it returns false.
  template <class Visit>
  void walk_bands(const LayerPlan& layer, const BandList& list, V at, V covered, Visit visit) {
    V low = a_.nothing();
    for (std::uint32_t b = 0; b < list.count; ++b) {
      const Band& band = plan_.bands[list.first + b];
      const bool last = band.to.kind == Slot::Kind::none;
      V high = low;
      if (!last) {
        const V bound = slot(band.to);
        // The bands begin at 0: a first bound above it needs no comparison that the explanation would show.
        high = b == 0 && !a_.less(bound, low) ? bound : a_.max(bound, low, {});
      }
      const V share = a_.overlap(at, covered, low, high, b == 0, last);
      low = high;
      if (!a_.truth(share)) continue;
      ratio_ = slot(band.ratio);
      const V ratio = layer.adjust.kind != Slot::Kind::none ? slot(layer.adjust) : ratio_;
      if (!visit(share, ratio)) return;
    }
  }

  // The least part of the covered amount that earns what was paid: cap divided by ratio, through the bands.
  V consumed(const LayerPlan& layer, const BandList& list, V at, const LayerValues<V>& v) {
    const Meta exact{Type::money, static_cast<std::uint8_t>(2 + layer.adjusted_scale)};
    const V target = a_.rescale(a_.add(v.paid, v.after, {}), layer.adjusted_scale, exact);
    V before = a_.nothing(), rest = target, last_ratio = a_.nothing();
    walk_bands(layer, list, at, v.covered, [&](V share, V ratio) {
      const V earns = a_.mul(share, ratio, exact);
      a_.band(share, ratio);
      last_ratio = ratio;
      if (!a_.less(earns, rest)) return false;
      before = a_.add(before, share, {});
      rest = a_.sub(rest, earns, exact);
      return true;
    });
    const V earning = a_.least(target, before, rest, last_ratio, region_.rounding);
    // What lies below the first band comes before what earns anything.
    if (!a_.less(at, a_.nothing()) || !a_.truth(target)) return earning;
    return a_.add(a_.min(a_.neg(at, {}), v.covered, {}), earning, {});
  }

  const Region& region_;
  const Plan& plan_;
  A& a_;
  V* r_;
  const std::int64_t* fields_ = nullptr;
  std::uint32_t line_ = 0;
  V amount_{}, quantity_{}, ratio_{};
  bool failed_ = false;
};

}  // namespace fenming
