#include "properties/evaluator.h"

namespace fenming::properties {
namespace {

Number pop(std::vector<Number>& stack) {
  const Number top = stack.at(stack.size() - 1);
  stack.pop_back();
  return top;
}

Number truth_value(bool yes) { return {yes ? 1 : 0, 0}; }

}  // namespace

bool is_none(Number n) { return !(n < fen(none_fen)); }

Number Evaluator::constant(std::uint32_t index) const {
  const Constant& c = plan_.constants.at(index);
  return trimmed({c.value, c.scale});
}

Number Evaluator::value(const Slot& slot) {
  switch (slot.kind) {
    case Slot::Kind::none: return {};
    case Slot::Kind::constant: return constant(slot.index);
    case Slot::Kind::reg: return machine_.registers.at(slot.index);
    case Slot::Kind::line: return machine_.fields.at(slot.index);
    case Slot::Kind::table: return table(plan_.tables.at(slot.index));
    case Slot::Kind::code: return code(plan_.codes.at(slot.index));
  }
  return {};
}

Number Evaluator::money(const Slot& slot) {
  const Number n = value(slot);
  if (!n.at(2)) throw Disagreement("a slot of type money is not whole fen");
  return n;
}

std::uint32_t Evaluator::row(const TableKey& key, Number value) const {
  if (!key.ranges) return static_cast<std::uint32_t>(value.at(0).value());
  std::uint32_t row = 0;
  for (std::uint32_t i = 0; i + 1 < key.count; ++i)  // a row ends at its bound, which belongs to it
    if (Number{plan_.bounds.at(key.first_bound + i), key.key.scale} < value) row = i + 1;
  return row;
}

Number Evaluator::table(const Table& t) {
  std::uint32_t cell = t.first_cell;
  for (std::uint32_t k = 0; k < t.key_count; ++k) {
    const TableKey& key = plan_.keys.at(t.first_key + k);
    const std::uint32_t chosen = row(key, value(key.key));
    if (chosen >= key.count) throw Disagreement("a table has no row for its key");
    cell += chosen * key.stride;
  }
  return value(plan_.cells.at(cell));
}

Number Evaluator::fold(Op op, const Table& t, Number set) {
  const TableKey& key = plan_.keys.at(t.first_key);
  const Wide mask = set.at(0).value();
  std::optional<Number> result;
  for (std::uint32_t member = 0; member < key.count; ++member) {
    if ((mask >> member) % 2 == 0) continue;
    const Number cell = value(plan_.cells.at(t.first_cell + member * key.stride));
    if (!result)
      result = cell;
    else if (op == Op::sum_of)
      result = *result + cell;
    else if (*result < cell)
      result = cell;
  }
  return result.value_or(Number{});
}

Number Evaluator::code(const CodeRange& range) {
  std::vector<Number> stack;
  std::uint32_t at = range.begin;
  while (at < range.end) {
    const Instruction& i = plan_.instructions.at(at);
    ++at;
    switch (i.op) {
      case Op::constant: stack.push_back(constant(i.arg)); break;
      case Op::reg: stack.push_back(machine_.registers.at(i.arg)); break;
      case Op::line: stack.push_back(machine_.fields.at(i.arg)); break;
      case Op::table: stack.push_back(table(plan_.tables.at(i.arg))); break;
      case Op::ratio: stack.push_back(machine_.ratio); break;
      case Op::land:  // the right side does not matter: the left one is the answer
        if (stack.back().is_zero()) at = i.arg;
        break;
      case Op::lor:
        if (!stack.back().is_zero()) at = i.arg;
        break;
      case Op::land_end:
      case Op::lor_end: {
        const Number right = pop(stack);
        stack.back() = right;
        break;
      }
      case Op::branch:
        if (pop(stack).is_zero()) at = i.arg;
        break;
      case Op::branch_else: at = i.arg; break;
      case Op::branch_end: break;
      default: operate(i, stack);
    }
  }
  if (stack.size() != 1) throw Disagreement("an expression leaves more or less than one value");
  return stack.back();
}

bool Evaluator::compares(Op op, Number a, Number b) {
  switch (op) {
    case Op::lt: return a < b;
    case Op::le: return !(b < a);
    case Op::gt: return b < a;
    case Op::ge: return !(a < b);
    case Op::eq: return a == b;
    case Op::ne: return !(a == b);
    default: return (b.at(0).value() >> static_cast<int>(a.at(0).value())) % 2 != 0;
  }
}

void Evaluator::operate(const Instruction& i, std::vector<Number>& stack) {
  const Number x = pop(stack);
  switch (i.op) {
    case Op::rescale: return stack.push_back(x);  // the same number
    case Op::neg: return stack.push_back(Number{} - x);
    case Op::lnot: return stack.push_back(truth_value(x.is_zero()));
    case Op::round: return stack.push_back(rounded(x, i.scale, i.mode));
    case Op::round_step:
      return stack.push_back(rounded_quotient(x, constant(i.arg), 0, i.mode) * constant(i.arg));
    case Op::sum_of:
    case Op::max_of: return stack.push_back(fold(i.op, plan_.tables.at(i.arg), x));
    default: break;
  }
  const Number under = pop(stack);
  switch (i.op) {
    case Op::add: return stack.push_back(under + x);
    case Op::sub: return stack.push_back(under - x);
    case Op::mul: return stack.push_back(under * x);
    case Op::min: return stack.push_back(x < under ? x : under);
    case Op::max: return stack.push_back(under < x ? x : under);
    case Op::quotient: return stack.push_back(rounded_quotient(under, x, i.scale, i.mode));
    case Op::quotient_step:
      return stack.push_back(rounded_quotient(under, x * constant(i.arg), 0, i.mode) * constant(i.arg));
    default: return stack.push_back(truth_value(compares(i.op, under, x)));
  }
}

}  // namespace fenming::properties
