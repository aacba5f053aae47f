// Trace: the arithmetic that remembers. The engine runs on it as on plain numbers; each operation leaves a record, so the explanation is
// the same computation and not a second one. Records lie in two arrays that are reused from bill to bill.
#pragma once

#include <utility>
#include <vector>

#include "policy/arithmetic.h"

namespace fenming {

// Names a node: 0 nothing contributes; else a record, a constant of the library or something given with the bill.
using Ref = std::uint32_t;

enum class RefKind : std::uint8_t { record, constant, given, line };
constexpr int ref_bits = 30;
constexpr RefKind ref_kind(Ref ref) { return static_cast<RefKind>(ref >> ref_bits); }
constexpr std::uint32_t ref_index(Ref ref) { return ref & ((1U << ref_bits) - 1); }  // record: from 1

enum class Did : std::uint8_t {
  add,
  sub,
  mul,
  neg,
  min,
  max,
  positive,
  lt,
  le,
  gt,
  ge,
  eq,
  ne,
  in,
  both,
  either,
  lnot,
  choose,
  pick,
  round,
  quotient,
  sum_of,
  max_of,
  room,
  overlap,
  least,
  zero
};

struct Record {
  Wide value = 0;           // at `scale`
  std::uint32_t first = 0;  // arguments
  std::uint32_t aux = 0;    // pick, folds: plan << 22 | table
  Did did = Did::add;
  Type type = Type::money;
  std::uint8_t scale = 0, count = 0;
  Rounding mode = Rounding::half_up;
  bool then = false, stepped = false;
};

struct Traced {  // without first values: the engine's stacks cost nothing until they are used
  Wide v;
  Ref ref;
};

class Tracer {
 public:
  using V = Traced;
  static constexpr bool traces = true;

  void clear() {
    records.clear();
    arguments.clear();
    plans.clear();
    shares.clear();
    plain_ = {};
  }
  bool overflowed() const { return plain_.overflowed(); }

  V constant(const Plan& plan, std::uint32_t index) {
    return {plan.constants[index].value, make(RefKind::constant, plan_index(plan) << 22 | index)};
  }
  V given(Given kind, std::uint32_t where, std::uint32_t which, std::int64_t value) const {
    if (kind == Given::line) return {value, make(RefKind::line, where << 7 | which)};
    return {value, make(RefKind::given, static_cast<std::uint32_t>(kind) << 28 | where << 10 | which)};
  }
  static V nothing() { return {}; }
  std::int64_t raw(const V& v) const { return plain_.raw(v.v); }
  static bool truth(const V& v) { return v.v != 0; }
  static bool beyond(const V& v, std::int64_t bound) { return v.v > bound || v.v < -bound; }
  static bool less(const V& a, const V& b) { return a.v < b.v; }
  static V unit() { return {1, 0}; }

  V rescale(const V& v, std::uint32_t places, Meta meta) {
    return {plain_.rescale(v.v, places, meta), v.ref};
  }
  V add(const V& a, const V& b, Meta meta) {
    if (b.ref == 0) return a;
    if (a.ref == 0) return b;
    return note(Did::add, plain_.add(a.v, b.v, meta), meta, {a.ref, b.ref});
  }
  V sub(const V& a, const V& b, Meta meta) {
    if (b.ref == 0 || a.ref == b.ref) return b.ref == 0 ? a : nothing();
    return note(Did::sub, plain_.sub(a.v, b.v, meta), meta, {solid(a), b.ref});
  }
  V mul(const V& a, const V& b, Meta meta) {
    return note(Did::mul, plain_.mul(a.v, b.v, meta), meta, {solid(a), solid(b)});
  }
  V neg(const V& a, Meta meta) { return note(Did::neg, plain_.neg(a.v, meta), meta, {solid(a)}); }
  V min(const V& a, const V& b, Meta meta) {
    return a.ref == b.ref ? a : note(Did::min, std::min(a.v, b.v), meta, {solid(a), solid(b)});
  }
  V max(const V& a, const V& b, Meta meta) {
    return a.ref == b.ref ? a : note(Did::max, std::max(a.v, b.v), meta, {solid(a), solid(b)});
  }
  V positive(const V& a) { return a.v >= 0 ? a : note(Did::positive, 0, {}, {solid(a)}); }
  V compare(Op op, const V& a, const V& b);
  V logic(Op op, const V& last) {
    return note(op == Op::land ? Did::both : Did::either, last.v, truth_meta, {solid(last)});
  }
  V logic(Op op, const V& left, const V& right) {
    return note(op == Op::land ? Did::both : Did::either, right.v, truth_meta, {solid(left), solid(right)});
  }
  V negate(const V& a) { return note(Did::lnot, a.v == 0 ? 1 : 0, truth_meta, {solid(a)}); }
  V choose(const V& condition, const V& value, bool then, Meta meta);
  V round(const V& v, int places, Rounding mode, Meta meta);
  V round_step(const V& v, const V& step, int places, Rounding mode, Meta meta);
  V quotient(const V& a, const V& b, const V& step, int places, Rounding mode, Meta meta);
  V room(const V& limit, const V& used, bool given) {
    return note(Did::room, plain_.room(limit.v, used.v, given), {}, {solid(limit), given ? solid(used) : 0});
  }
  V overlap(const V& at, const V& covered, const V& low, const V& high, bool first, bool last);
  void key(const V& v) { pending_.push_back(solid(v)); }
  void member(const V& v) { pending_.push_back(solid(v)); }
  V picked(const Plan& plan, const Table& table, const V& cell);
  V folded(const Plan& plan, Op op, const Table& table, std::uint32_t count, const V& set, const V& result);
  void band(const V& share, const V& ratio) {
    pending_.push_back(solid(share));
    pending_.push_back(solid(ratio));
  }
  V least(const V& target, const V& before, const V& rest, const V& ratio, Rounding mode);

  std::vector<Record> records;
  std::vector<Ref> arguments;
  std::vector<const Plan*> plans;
  std::vector<std::pair<V, V>> shares;  // of the bands: length and ratio, layer after layer

 private:
  static constexpr Meta truth_meta{Type::boolean, 0};
  static constexpr Ref make(RefKind kind, std::uint32_t index) {
    return static_cast<Ref>(kind) << ref_bits | index;
  }

  std::uint32_t plan_index(const Plan& plan) {
    for (std::uint32_t i = 0; i < plans.size(); ++i)
      if (plans[i] == &plan) return i;
    plans.push_back(&plan);
    return static_cast<std::uint32_t>(plans.size() - 1);
  }

  // A value that nothing contributes to is an empty sum when an operation needs it as operand.
  Ref solid(const V& v) { return v.ref != 0 ? v.ref : note(Did::zero, 0, {}, std::uint8_t{0}).ref; }

  template <std::size_t count>
  V note(Did did, Wide value, Meta meta, const Ref (&args)[count]) {
    const V result = note(did, value, meta, static_cast<std::uint8_t>(count));
    for (const Ref arg : args) arguments.push_back(arg);
    return result;
  }
  // `count` arguments follow.
  V note(Did did, Wide value, Meta meta, std::uint8_t count) {
    Record& record = records.emplace_back();
    record.value = value;
    record.first = static_cast<std::uint32_t>(arguments.size());
    record.did = did;
    record.type = meta.type;
    record.scale = meta.scale;
    record.count = count;
    return {value, static_cast<Ref>(records.size())};
  }
  V note_pending(Did did, Wide value, Meta meta, std::size_t count, std::initializer_list<Ref> before,
                 std::initializer_list<Ref> after);

  Plain<Wide> plain_;
  std::vector<Ref> pending_;
};

}  // namespace fenming
