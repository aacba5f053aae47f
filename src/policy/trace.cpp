#include "policy/trace.h"

#include "base/check.h"

namespace fenming {

Traced Tracer::compare(Op op, const V& a, const V& b) {
  static constexpr Did names[] = {Did::lt, Did::le, Did::gt, Did::ge, Did::eq, Did::ne, Did::in};
  const auto which = static_cast<std::size_t>(op) - static_cast<std::size_t>(Op::lt);
  return note(names[which], plain_.compare(op, a.v, b.v), truth_meta, {solid(a), solid(b)});
}

Traced Tracer::choose(const V& condition, const V& value, bool then, Meta meta) {
  const V result = note(Did::choose, value.v, meta, {solid(condition), solid(value)});
  records.back().then = then;
  return result;
}

Traced Tracer::round(const V& v, int places, Rounding mode, Meta meta) {
  const Wide rounded = plain_.round(v.v, places, mode, meta);
  if (places <= 0 || rounded * power_of_ten(places) == v.v)
    return {rounded, v.ref};  // exact: nothing was rounded
  const V result = note(Did::round, rounded, meta, {solid(v)});
  records.back().mode = mode;
  return result;
}

Traced Tracer::round_step(const V& v, const V& step, int places, Rounding mode, Meta meta) {
  const V result =
      note(Did::round, plain_.round_step(v.v, step.v, places, mode, meta), meta, {solid(v), solid(step)});
  records.back().mode = mode;
  records.back().stepped = true;
  return result;
}

Traced Tracer::quotient(const V& a, const V& b, const V& step, int places, Rounding mode, Meta meta) {
  const Wide value = plain_.quotient(a.v, b.v, step.v, places, mode, meta);
  const bool stepped = step.ref != 0;
  const V result = stepped ? note(Did::quotient, value, meta, {solid(a), solid(b), step.ref})
                           : note(Did::quotient, value, meta, {solid(a), solid(b)});
  records.back().mode = mode;
  records.back().stepped = stepped;
  return result;
}

Traced Tracer::overlap(const V& at, const V& covered, const V& low, const V& high, bool first, bool last) {
  const Wide share = plain_.overlap(at.v, covered.v, low.v, high.v, first, last);
  if (share == 0) return nothing();
  return note(Did::overlap, share, {},
              {at.ref, solid(covered), first ? 0 : solid(low), last ? 0 : solid(high)});
}

Traced Tracer::note_pending(Did did, Wide value, Meta meta, std::size_t count,
                            std::initializer_list<Ref> before, std::initializer_list<Ref> after) {
  CHECK(pending_.size() >= count, "every key and member of a pick was announced");
  const V result = note(did, value, meta, static_cast<std::uint8_t>(before.size() + count + after.size()));
  const auto from = pending_.end() - static_cast<std::ptrdiff_t>(count);
  for (const Ref ref : before) arguments.push_back(ref);
  for (auto ref = from; ref != pending_.end(); ++ref) arguments.push_back(*ref);
  for (const Ref ref : after) arguments.push_back(ref);
  pending_.erase(from, pending_.end());
  return result;
}

Traced Tracer::picked(const Plan& plan, const Table& table, const V& cell) {
  const Ref chosen = solid(cell);
  const V result = note_pending(Did::pick, cell.v, {table.type, table.scale}, table.key_count, {}, {chosen});
  records.back().aux = plan_index(plan) << 22 | static_cast<std::uint32_t>(&table - plan.tables.data());
  return result;
}

Traced Tracer::folded(const Plan& plan, Op op, const Table& table, std::uint32_t count, const V& set,
                      const V& result) {
  const V folded = note_pending(op == Op::sum_of ? Did::sum_of : Did::max_of, result.v,
                                {table.type, table.scale}, count, {solid(set)}, {});
  records.back().aux = plan_index(plan) << 22 | static_cast<std::uint32_t>(&table - plan.tables.data());
  return folded;
}

Traced Tracer::least(const V& target, const V& before, const V& rest, const V& ratio, Rounding mode) {
  const Wide value = plain_.least(target.v, before.v, rest.v, ratio.v, mode);
  const V result = note_pending(Did::least, value, {}, pending_.size(), {solid(target)}, {});
  records.back().mode = mode;
  return result;
}

}  // namespace fenming
