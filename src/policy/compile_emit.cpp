// Emission: a typed expression becomes postfix code or, where it is a plain name or constant, no code at all.
#include <algorithm>

#include "policy/compile.h"

namespace fenming {
namespace {

using Kind = Expr::Kind;

constexpr std::size_t instructions_max = 500'000;

}  // namespace

// ---- emission ---------------------------------------------------------------------------------------------------------

std::uint32_t PlanBuilder::emit_op(Op op, std::uint8_t scale, Type type, std::uint32_t arg) {
  plan_.instructions.push_back({op, scale, region_.rounding, type, 0, arg});
  return static_cast<std::uint32_t>(plan_.instructions.size() - 1);
}

std::uint32_t PlanBuilder::add_constant(Constant constant) {
  plan_.constants.push_back(std::move(constant));
  return static_cast<std::uint32_t>(plan_.constants.size() - 1);
}

std::uint32_t PlanBuilder::add_constant(Wide value, std::uint8_t scale, const Expr& e, const Place& place) {
  Constant constant{value, scale, e.typed.type, e.typed.domain, place};
  constant.place.begin = e.begin;
  constant.place.end = e.end;
  return add_constant(std::move(constant));
}

void PlanBuilder::emit_rescale(const Expr& e, std::uint8_t scale) {
  if (scale == e.typed.scale) return;
  note_width(e.typed.low, e.typed.high, scale - e.typed.scale);
  emit_op(Op::rescale, scale, e.typed.type, static_cast<std::uint32_t>(scale - e.typed.scale));
}

void PlanBuilder::emit(const Expr& e, std::uint8_t scale, const Frame& frame) {
  const Expr::Typing& t = e.typed;
  switch (e.kind) {
    case Kind::name:
    case Kind::index:
      if (t.source.kind == Slot::Kind::none)
        emit_op(Op::ratio, t.scale, t.type);
      else if (t.source.kind == Slot::Kind::reg)
        emit_op(Op::reg, t.scale, t.type, t.source.index);
      else if (t.source.kind == Slot::Kind::line)
        emit_op(Op::line, t.scale, t.type, t.source.index);
      else
        emit_op(Op::table, t.scale, t.type, t.source.index);
      return emit_rescale(e, scale);
    case Kind::neg:
      emit(*e.args[0], t.scale, frame);
      emit_op(Op::neg, t.scale, t.type);
      return emit_rescale(e, scale);
    case Kind::lnot:
      emit(*e.args[0], t.scale, frame);
      emit_op(Op::lnot, 0, t.type);
      return;
    case Kind::binary: return emit_binary(e, scale, frame);
    case Kind::branch: return emit_branch(e, scale, frame);
    case Kind::extreme:
      emit(*e.args[0], t.scale, frame);
      for (std::size_t i = 1; i < e.args.size(); ++i) {
        emit(*e.args[i], t.scale, frame);
        emit_op(e.op, t.scale, t.type);
      }
      return emit_rescale(e, scale);
    case Kind::round: return emit_round(e, scale, frame);
    case Kind::fold:
      emit(*e.args[0], 0, frame);
      emit_op(e.op, t.scale, t.type, t.source.index);
      return emit_rescale(e, scale);
    default: {
      const Wide value = e.value * power_of_ten(scale - t.scale);
      note_width(value, value, 0);
      emit_op(Op::constant, scale, t.type, add_constant(value, scale, e, frame.node.place));
    }
  }
}

void PlanBuilder::emit_binary(const Expr& e, std::uint8_t scale, const Frame& frame) {
  const Expr &a = *e.args[0], &b = *e.args[1];
  if (e.op == Op::land || e.op == Op::lor) {
    emit(a, 0, frame);
    const std::uint32_t jump = emit_op(e.op, 0, Type::boolean);
    emit(b, 0, frame);
    emit_op(e.op == Op::land ? Op::land_end : Op::lor_end, 0, Type::boolean);
    plan_.instructions[jump].arg = static_cast<std::uint32_t>(plan_.instructions.size());
    return;
  }
  if (e.op == Op::mul) {
    emit(a, a.typed.scale, frame);
    emit(b, b.typed.scale, frame);
    emit_op(Op::mul, e.typed.scale, e.typed.type);
    return emit_rescale(e, scale);
  }
  const bool aligned = e.op != Op::in;
  const std::uint8_t common = aligned ? std::max(a.typed.scale, b.typed.scale) : std::uint8_t{0};
  emit(a, common, frame);
  emit(b, common, frame);
  emit_op(e.op, e.typed.scale, e.typed.type);
  if (e.typed.type != Type::boolean) emit_rescale(e, scale);
}

void PlanBuilder::emit_branch(const Expr& e, std::uint8_t scale, const Frame& frame) {
  emit(*e.args[0], 0, frame);
  const std::uint32_t to_else = emit_op(Op::branch, 0, Type::boolean);
  emit(*e.args[1], scale, frame);
  const std::uint32_t to_end = emit_op(Op::branch_else, scale, e.typed.type);
  plan_.instructions[to_else].arg = static_cast<std::uint32_t>(plan_.instructions.size());
  emit(*e.args[2], scale, frame);
  emit_op(Op::branch_end, scale, e.typed.type);
  plan_.instructions[to_end].arg = static_cast<std::uint32_t>(plan_.instructions.size());
}

void PlanBuilder::emit_round(const Expr& e, std::uint8_t scale, const Frame& frame) {
  const Expr& inner = *e.args[0];
  const bool divides = inner.kind == Kind::binary && inner.divides;
  const bool stepped = e.args.size() == 2;
  int places = 0;
  if (divides) {
    const Expr &a = *inner.args[0], &b = *inner.args[1];
    emit(a, a.typed.scale, frame);
    emit(b, b.typed.scale, frame);
    places = b.typed.scale + e.typed.scale - a.typed.scale;
  } else {
    const std::uint8_t from = std::max(inner.typed.scale, e.typed.scale);
    emit(inner, from, frame);
    places = from - e.typed.scale;
  }
  std::uint32_t step = 0;
  if (stepped) step = add_constant(e.args[1]->value, e.typed.scale, *e.args[1], frame.node.place);
  const Op op =
      divides ? (stepped ? Op::quotient_step : Op::quotient) : (stepped ? Op::round_step : Op::round);
  const std::uint32_t at = emit_op(op, e.typed.scale, e.typed.type, step);
  plan_.instructions[at].mode = e.mode;
  plan_.instructions[at].places = static_cast<std::int8_t>(places);
  emit_rescale(e, scale);
}

// The engine's stack is fixed: an expression that might need more is refused here.
void PlanBuilder::check_stack(const CodeRange& code, const Frame& frame) const {
  int depth = 0, deepest = 0;
  for (std::uint32_t at = code.begin; at < code.end; ++at) {
    const Op op = plan_.instructions[at].op;
    const bool pushes = op <= Op::ratio;
    const bool keeps = op == Op::rescale || op == Op::neg || op == Op::lnot || op == Op::round ||
                       op == Op::round_step || op == Op::sum_of || op == Op::max_of || op == Op::land ||
                       op == Op::lor || op == Op::branch || op == Op::branch_end;
    if (pushes)
      deepest = std::max(deepest, ++depth);
    else if (!keeps)
      --depth;  // branch_else: the other arm takes the place of this one; a condition stays counted
  }
  const bool large =
      plan_.instructions.size() > instructions_max || plan_.constants.size() > instructions_max;
  if (deepest > stack_max - 2 || large)
    throw Problem{
        Code::too_complex, frame.node.place, "", {"the expression is too deep or the policy too long"}};
}

// The expression as a slot. A plain name or constant needs no code. Money is rounded to fen: a slot of type money is one of the
// places where the calculus rounds.
Compiled PlanBuilder::finish(Expr& e, std::uint8_t scale, const Frame& frame) {
  const Expr::Typing t = e.typed;
  const bool to_fen = t.type == Type::money && t.scale > 2;
  if (scale == 255) scale = t.type == Type::money ? std::uint8_t{2} : t.scale;
  if (!to_fen && t.scale > scale)
    throw Problem{Code::places_too_many, frame.node.place, excerpt(e, frame), {std::to_string(t.scale)}};
  Compiled result{{}, t.type, t.domain, scale, t.low, t.high, t.may_be_none};
  const bool named = (e.kind == Kind::name || e.kind == Kind::index) && t.source.kind != Slot::Kind::none;
  if (named && t.scale == scale) {
    result.slot = {t.source.kind, scale, t.source.index};
    return result;
  }
  if (e.kind <= Kind::truth) {
    const Wide value = e.value * power_of_ten(scale - t.scale);
    note_width(value, value, 0);
    result.slot = {Slot::Kind::constant, scale, add_constant(value, scale, e, frame.node.place)};
    result.low = result.high = value;
    return result;
  }
  CodeRange code{static_cast<std::uint32_t>(plan_.instructions.size()), 0};
  if (to_fen) {
    emit(e, t.scale, frame);
    plan_.instructions[emit_op(Op::round, 2, Type::money)].places = static_cast<std::int8_t>(t.scale - 2);
    result.low = t.low / power_of_ten(t.scale - 2) - 1;
    result.high = t.high / power_of_ten(t.scale - 2) + 1;
  } else {
    emit(e, scale, frame);
    result.low = rescaled(t.low, scale - t.scale);
    result.high = rescaled(t.high, scale - t.scale);
  }
  code.end = static_cast<std::uint32_t>(plan_.instructions.size());
  check_stack(code, frame);
  plan_.codes.push_back(code);
  result.slot = {Slot::Kind::code, scale, static_cast<std::uint32_t>(plan_.codes.size() - 1)};
  return result;
}

}  // namespace fenming
