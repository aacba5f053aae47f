// Typing and emission of expressions: policy-calculus.md section 7.
#include <fmt/format.h>

#include <algorithm>

#include "policy/compile.h"
#include "policy/region_reader.h"

namespace fenming {
namespace {

using Kind = Expr::Kind;

constexpr int scale_max = 16;

bool is_number(Type type) { return type == Type::integer || type == Type::dec; }
bool is_amount(Type type) { return is_number(type) || type == Type::money || type == Type::ratio; }

std::string_view type_name_of(Type type) {
  switch (type) {
    case Type::money: return "money";
    case Type::ratio: return "ratio";
    case Type::integer: return "int";
    case Type::dec: return "dec";
    case Type::date: return "date";
    case Type::boolean: return "bool";
    case Type::code: return "code";
    case Type::set: return "set";
    case Type::id: return "id";
  }
  return "?";
}

bool begins_with_one_of(std::string_view text, std::initializer_list<std::string_view> signs) {
  return std::ranges::any_of(signs, [&](std::string_view sign) { return text.starts_with(sign); });
}

// A number in an expression of numbers alone: the one that lacks its unit when money is wanted.
const Expr* bare_number(const Expr& e) {
  if (e.kind == Kind::integer || e.kind == Kind::dec) return &e;
  if (e.kind != Kind::binary && e.kind != Kind::neg) return nullptr;
  for (const ExprPtr& arg : e.args)
    if (const Expr* found = bare_number(*arg)) return found;
  return nullptr;
}

// "300000元/年": a cap of a year as an article writes it.
bool is_period(const Expr& e) {
  return e.kind == Kind::name && (e.text == "年" || e.text == "季" || e.text == "季度" || e.text == "月" ||
                                  e.text == "日" || e.text == "天" || e.text == "次");
}

std::size_t byte_of(std::string_view text, std::int32_t point) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && point-- == 0) break;
  return at;
}

}  // namespace

ExprPtr PlanBuilder::parse(const TextNode& node) const {
  auto parsed = parse_expression(scalar_of(node, "an expression"));
  if (parsed) return std::move(*parsed);
  const std::string& at = parsed.error().at;  // the rest of the text, from where it is not understood
  if (begins_with_one_of(at, {"：", "，"})) throw Problem{Code::fullwidth_signs, node.place, node.scalar, {}};
  if (begins_with_one_of(at, {"万", "亿"})) throw Problem{Code::amount_words, node.place, node.scalar, {}};
  throw Problem{parsed.error().code, node.place, at, {parsed.error().what}};
}

std::string PlanBuilder::excerpt(const Expr& e, const Frame& frame) const {
  const std::string& text = frame.node.scalar;
  const std::size_t begin = byte_of(text, e.begin), end = byte_of(text, e.end);
  return text.substr(begin, end - begin);
}

void PlanBuilder::mismatch(const Expr& e, const std::string& what, const Frame& frame) const {
  throw Problem{Code::type_mismatch, frame.node.place, excerpt(e, frame), {what}};
}

void PlanBuilder::set_interval(Expr& e, Wide low, Wide high, const Frame& frame) {
  if (e.typed.scale > scale_max)
    throw Problem{
        Code::places_too_many, frame.node.place, excerpt(e, frame), {std::to_string(e.typed.scale)}};
  if (low <= -wide_max || high >= wide_max)
    throw Problem{Code::number_too_large, frame.node.place, excerpt(e, frame), {}};
  e.typed.low = low;
  e.typed.high = high;
  note_width(low, high, 0);
}

void PlanBuilder::note_width(Wide low, Wide high, int more_places) {
  constexpr Wide narrow_max = Wide{1} << 62;
  if (rescaled(low, more_places) < -narrow_max || rescaled(high, more_places) > narrow_max) wide_ = true;
}

void PlanBuilder::note_read(const Slot& slot) {
  if (slot.kind != Slot::Kind::reg) return;
  if (slot.index < region_.facts.size()) facts_read_.insert(slot.index);
  for (std::uint32_t g = 0; g < region_.groups.size(); ++g)
    for (const Group::Member& member : region_.groups[g].members)
      if (member.reg == slot.index) groups_used_.insert(g);
}

// ---- types ------------------------------------------------------------------------------------------------------------

void PlanBuilder::expect_type(const Expr& e, const Want& want, const Frame& frame) const {
  const Expr::Typing& t = e.typed;
  const bool same = t.type == want.type || (want.type == Type::dec && t.type == Type::integer);
  const bool domain = (want.type != Type::code && want.type != Type::set) || t.domain == want.domain;
  if (same && domain) return;
  if (is_number(t.type) && (want.type == Type::money || want.type == Type::ratio))
    throw Problem{Code::unit_missing, frame.node.place, excerpt(e, frame), {}};
  mismatch(e, fmt::format("{} wanted, {} given", type_name_of(want.type), type_name_of(t.type)), frame);
}

// `none` is no amount: whoever counts with it would count with a huge one.
void PlanBuilder::refuse_none(const Expr& e, const Frame& frame) const {
  if (e.typed.may_be_none) throw Problem{Code::none_as_amount, frame.node.place, excerpt(e, frame), {}};
}

void PlanBuilder::type(Expr& e, const Want* want, const Frame& frame) {
  switch (e.kind) {
    case Kind::money:
    case Kind::ratio:
    case Kind::integer:
    case Kind::dec:
    case Kind::date:
    case Kind::code:
    case Kind::truth: type_constant(e, want, frame); break;
    case Kind::name: type_name(e, frame); break;
    case Kind::index: type_table(e, frame); break;
    case Kind::neg: {
      type(*e.args[0], want, frame);
      const Expr::Typing& t = e.args[0]->typed;
      if (!is_amount(t.type)) mismatch(e, "a number is wanted after -", frame);
      refuse_none(*e.args[0], frame);
      e.typed = t;
      set_interval(e, -t.high, -t.low, frame);
      break;
    }
    case Kind::lnot: {
      const Want boolean{Type::boolean, 0, false};
      type(*e.args[0], &boolean, frame);
      expect_type(*e.args[0], boolean, frame);
      e.typed = {Type::boolean, 0, 0, 0, 1, {}};
      break;
    }
    case Kind::binary: type_binary(e, frame); break;
    case Kind::branch: type_branch(e, want, frame); break;
    case Kind::extreme: type_extreme(e, want, frame); break;
    case Kind::round: type_round(e, frame); break;
    case Kind::fold: type_fold(e, frame); break;
  }
}

void PlanBuilder::type_constant(Expr& e, const Want* want, const Frame& frame) {
  Expr::Typing& t = e.typed;
  t = {};
  Wide value = e.value;
  std::uint8_t places = e.places;
  switch (e.kind) {
    case Kind::money: t.type = Type::money; break;
    case Kind::ratio: t.type = Type::ratio; break;
    case Kind::integer: t.type = Type::integer; break;
    case Kind::dec: t.type = Type::dec; break;
    case Kind::date: t.type = Type::date; break;
    case Kind::truth: t.type = Type::boolean; break;
    default: {
      if (want == nullptr || want->type != Type::code)
        mismatch(e, "a code is compared with a code only", frame);
      const Domain& domain = region_.domains.at(want->domain);
      const auto member = std::ranges::find(domain.members, e.text);
      if (member == domain.members.end()) {
        const std::vector<std::string_view> known(domain.members.begin(), domain.members.end());
        throw Problem{Code::code_unknown, frame.node.place, e.text, {domain.name, suggestion(e.text, known)}};
      }
      t.type = Type::code;
      t.domain = want->domain;
      value = member - domain.members.begin();
    }
  }
  if (t.type == Type::ratio || t.type == Type::dec)
    for (; places > 0 && value % 10 == 0; --places) value /= 10;
  e.value = value;
  e.places = places;
  t.scale = places;
  set_interval(e, value, value, frame);
}

void PlanBuilder::type_name(Expr& e, const Frame& frame) {
  if (const Symbol* symbol = frame.scope.find(e.text)) {
    e.typed = {symbol->type, symbol->domain, symbol->scale,      symbol->low,
               symbol->high, symbol->source, symbol->may_be_none};
    note_read(symbol->source);
    return;
  }
  if (find_table(e.text) != nullptr) {
    const Compiled table = named_table(e.text, nullptr, frame);
    e.typed = {table.type, table.domain, table.scale, table.low, table.high, table.slot, table.may_be_none};
    return;
  }
  if (frame.scope.is_broken(e.text)) throw Problem{Code::name_unknown, frame.node.place, e.text, {}, true};
  if (frame.scope.comes_later(e.text)) throw Problem{Code::name_early, frame.node.place, e.text, {}};
  for (const Domain& domain : region_.domains)  // a code without its quotes
    if (std::ranges::find(domain.members, e.text) != domain.members.end())
      throw Problem{Code::name_unknown, frame.node.place, e.text, {fmt::format(" (→ '{}'?)", e.text)}};
  std::vector<std::string_view> known = frame.scope.names();
  throw Problem{Code::name_unknown, frame.node.place, e.text, {suggestion(e.text, known)}};
}

void PlanBuilder::type_table(Expr& e, const Frame& frame) {
  const TextNode* node = find_table(e.text);
  if (node == nullptr) throw Problem{Code::name_unknown, frame.node.place, e.text, {""}};
  const std::vector<Compiled> declared = declared_keys(*node, frame.scope);
  if (declared.size() != e.args.size())
    mismatch(e, fmt::format("the table has {} keys", declared.size()), frame);
  std::vector<Compiled> keys;
  for (std::size_t i = 0; i < e.args.size(); ++i) {
    const Want want{declared[i].type, declared[i].domain, false};
    type(*e.args[i], &want, frame);
    expect_type(*e.args[i], want, frame);
    refuse_none(*e.args[i], frame);
    keys.push_back(finish(*e.args[i], stored_scale(want.type), frame));
    keys.back().type = want.type;  // an int beside a dec key is a dec, as its places are
  }
  const Compiled table = named_table(e.text, &keys, frame);
  e.typed = {table.type, table.domain, table.scale, table.low, table.high, table.slot, table.may_be_none};
}

void PlanBuilder::type_binary(Expr& e, const Frame& frame) {
  switch (e.op) {
    case Op::land:
    case Op::lor: {
      const Want boolean{Type::boolean, 0, false};
      for (const ExprPtr& side : e.args) {
        type(*side, &boolean, frame);
        expect_type(*side, boolean, frame);
      }
      e.typed = {Type::boolean, 0, 0, 0, 1, {}};
      return;
    }
    case Op::in: return type_membership(e, frame);
    case Op::add:
    case Op::sub: return type_sum(e, frame);
    case Op::mul: return type_product(e, frame);
    default: return type_comparison(e, frame);
  }
}

// Two operands of one type; a code constant takes its domain from the other side.
void PlanBuilder::type_pair(Expr& a, Expr& b, const Want* want, const Frame& frame) {
  Expr& first = a.kind == Kind::code ? b : a;
  Expr& second = a.kind == Kind::code ? a : b;
  type(first, want, frame);
  const Want same{first.typed.type, first.typed.domain, false};
  type(second, &same, frame);
  const bool numbers = is_number(a.typed.type) && is_number(b.typed.type);
  const bool amount = second.typed.type == Type::money || second.typed.type == Type::ratio;
  if (is_number(first.typed.type) && amount)  // the side without unit is wrong, not the one with it
    if (const Expr* number = bare_number(first))
      throw Problem{Code::unit_missing, frame.node.place, excerpt(*number, frame), {}};
  if (!numbers) expect_type(second, same, frame);
}

void PlanBuilder::type_sum(Expr& e, const Frame& frame) {
  Expr &a = *e.args[0], &b = *e.args[1];
  type(a, nullptr, frame);
  type(b, nullptr, frame);
  const bool dates = e.op == Op::sub && a.typed.type == Type::date && b.typed.type == Type::date;
  const bool numbers = is_number(a.typed.type) && is_number(b.typed.type);
  const bool same = a.typed.type == b.typed.type && is_amount(a.typed.type);
  if (!dates && !numbers && !same)
    mismatch(e,
             fmt::format("{} {} {}", type_name_of(a.typed.type), e.op == Op::add ? "+" : "-",
                         type_name_of(b.typed.type)),
             frame);
  refuse_none(a, frame);
  refuse_none(b, frame);
  e.typed.type = dates ? Type::integer : numbers && a.typed.type != b.typed.type ? Type::dec : a.typed.type;
  e.typed.scale = std::max(a.typed.scale, b.typed.scale);
  const int up_a = e.typed.scale - a.typed.scale, up_b = e.typed.scale - b.typed.scale;
  const Wide al = rescaled(a.typed.low, up_a), ah = rescaled(a.typed.high, up_a);
  const Wide bl = rescaled(b.typed.low, up_b), bh = rescaled(b.typed.high, up_b);
  note_width(al, ah, 0);
  note_width(bl, bh, 0);
  set_interval(e, e.op == Op::add ? al + bl : al - bh, e.op == Op::add ? ah + bh : ah - bl, frame);
}

void PlanBuilder::type_product(Expr& e, const Frame& frame) {
  Expr &a = *e.args[0], &b = *e.args[1];
  if (e.divides && (a.kind == Kind::money || a.kind == Kind::integer) && is_period(b))
    throw Problem{Code::amount_words, frame.node.place, excerpt(e, frame), {}};
  if (e.divides) throw Problem{Code::division_misplaced, frame.node.place, "", {excerpt(e, frame)}};
  type(a, nullptr, frame);
  type(b, nullptr, frame);
  const Type ta = a.typed.type, tb = b.typed.type;
  const bool both_money = ta == Type::money && tb == Type::money;
  if (!is_amount(ta) || !is_amount(tb) || both_money)
    mismatch(e, fmt::format("{} * {}", type_name_of(ta), type_name_of(tb)), frame);
  refuse_none(a, frame);
  refuse_none(b, frame);
  const auto either = [&](Type type) { return ta == type || tb == type; };
  e.typed.type = either(Type::money)   ? Type::money
                 : either(Type::ratio) ? Type::ratio
                 : either(Type::dec)   ? Type::dec
                                       : Type::integer;
  e.typed.scale = static_cast<std::uint8_t>(a.typed.scale + b.typed.scale);
  Wide low = wide_max, high = -wide_max;
  for (const Wide x : {a.typed.low, a.typed.high})
    for (const Wide y : {b.typed.low, b.typed.high}) {
      const auto corner = product(x, y);
      if (!corner) throw Problem{Code::number_too_large, frame.node.place, excerpt(e, frame), {}};
      low = std::min(low, *corner);
      high = std::max(high, *corner);
    }
  set_interval(e, low, high, frame);
}

void PlanBuilder::type_comparison(Expr& e, const Frame& frame) {
  Expr &a = *e.args[0], &b = *e.args[1];
  type_pair(a, b, nullptr, frame);
  const Type t = a.typed.type;
  const bool ordered = is_amount(t) || t == Type::date;
  const bool equality = e.op == Op::eq || e.op == Op::ne;
  if (t == Type::set || t == Type::id || (!ordered && !equality))
    mismatch(e, fmt::format("{} has no order", type_name_of(t)), frame);
  const int scale = std::max(a.typed.scale, b.typed.scale);
  for (const ExprPtr& side : e.args) note_width(side->typed.low, side->typed.high, scale - side->typed.scale);
  e.typed = {Type::boolean, 0, 0, 0, 1, {}};
}

void PlanBuilder::type_membership(Expr& e, const Frame& frame) {
  type(*e.args[1], nullptr, frame);
  if (e.args[1]->typed.type != Type::set) mismatch(e, "`in` wants a set on its right", frame);
  const Want member{Type::code, e.args[1]->typed.domain, false};
  type(*e.args[0], &member, frame);
  expect_type(*e.args[0], member, frame);
  e.typed = {Type::boolean, 0, 0, 0, 1, {}};
}

void PlanBuilder::type_branch(Expr& e, const Want* want, const Frame& frame) {
  const Want boolean{Type::boolean, 0, false};
  type(*e.args[0], &boolean, frame);
  expect_type(*e.args[0], boolean, frame);
  Expr &a = *e.args[1], &b = *e.args[2];
  type_pair(a, b, want, frame);
  e.typed = a.typed.type == b.typed.type || a.typed.type == Type::dec ? a.typed : b.typed;
  e.typed.source = {};
  e.typed.may_be_none = a.typed.may_be_none || b.typed.may_be_none;
  e.typed.scale = std::max(a.typed.scale, b.typed.scale);
  const int up_a = e.typed.scale - a.typed.scale, up_b = e.typed.scale - b.typed.scale;
  set_interval(e, std::min(rescaled(a.typed.low, up_a), rescaled(b.typed.low, up_b)),
               std::max(rescaled(a.typed.high, up_a), rescaled(b.typed.high, up_b)), frame);
}

void PlanBuilder::type_extreme(Expr& e, const Want* want, const Frame& frame) {
  type(*e.args[0], want, frame);
  if (!is_amount(e.args[0]->typed.type) && e.args[0]->typed.type != Type::date)
    mismatch(e, "min and max want numbers", frame);
  e.typed = e.args[0]->typed;
  e.typed.source = {};
  for (std::size_t i = 1; i < e.args.size(); ++i) {
    Expr& next = *e.args[i];
    type(next, want, frame);
    const bool numbers = is_number(e.typed.type) && is_number(next.typed.type);
    if (!numbers) expect_type(next, {e.typed.type, e.typed.domain, false}, frame);
    if (next.typed.type == Type::dec) e.typed.type = Type::dec;
    e.typed.may_be_none = e.op == Op::min ? e.typed.may_be_none && next.typed.may_be_none
                                          : e.typed.may_be_none || next.typed.may_be_none;
    const std::uint8_t scale = std::max(e.typed.scale, next.typed.scale);
    const int up_a = scale - e.typed.scale, up_b = scale - next.typed.scale;
    const auto pick = [&](Wide x, Wide y) { return e.op == Op::min ? std::min(x, y) : std::max(x, y); };
    const Wide low = pick(rescaled(e.typed.low, up_a), rescaled(next.typed.low, up_b));
    const Wide high = pick(rescaled(e.typed.high, up_a), rescaled(next.typed.high, up_b));
    e.typed.scale = scale;
    set_interval(e, low, high, frame);
  }
  for (const ExprPtr& arg : e.args)
    note_width(arg->typed.low, arg->typed.high, e.typed.scale - arg->typed.scale);
}

void PlanBuilder::type_round(Expr& e, const Frame& frame) {
  Expr& inner = *e.args[0];
  if (!e.has_mode) e.mode = region_.rounding;
  const bool divides = inner.kind == Kind::binary && inner.divides;
  if (divides)
    type_quotient(inner, frame);
  else
    type(inner, nullptr, frame);
  if (!is_amount(inner.typed.type)) mismatch(e, "round wants a number", frame);
  refuse_none(inner, frame);
  e.typed = inner.typed;
  e.typed.source = {};
  if (e.args.size() == 1) {
    if (inner.typed.type != Type::money) mismatch(e, "round without a step wants money", frame);
    e.typed.scale = 2;
  } else {
    Expr& step = *e.args[1];
    const Want want{inner.typed.type, 0, false};
    type(step, &want, frame);
    const bool whole_step = inner.typed.type == Type::dec && step.typed.type == Type::integer;
    const bool constant = step.kind == Kind::money || step.kind == Kind::ratio ||
                          step.kind == Kind::integer || step.kind == Kind::dec;
    if (!constant || step.value <= 0)
      throw Problem{Code::step_division, frame.node.place, excerpt(step, frame), {}};
    if (!whole_step) expect_type(step, want, frame);
    e.typed.scale = step.typed.scale;
  }
  if (divides) quotient_fits(e, frame);
  const int down = inner.typed.scale - e.typed.scale;
  const Wide low = down >= 0 ? inner.typed.low / power_of_ten(down) : rescaled(inner.typed.low, -down);
  const Wide high = down >= 0 ? inner.typed.high / power_of_ten(down) : rescaled(inner.typed.high, -down);
  const Wide slack = e.args.size() == 2 ? e.args[1]->value : 1;
  set_interval(e, low - slack, high + slack, frame);
}

// What the engine multiplies a and b with on the way to the places and the step of the result stays within 127 bits.
void PlanBuilder::quotient_fits(const Expr& e, const Frame& frame) const {
  const Expr::Typing &a = e.args[0]->args[0]->typed, &b = e.args[0]->args[1]->typed;
  const auto size = [](const Expr::Typing& t) {
    return std::max(t.low < 0 ? -t.low : t.low, t.high < 0 ? -t.high : t.high);
  };
  const int places = b.scale + e.typed.scale - a.scale;
  const auto top = product(size(a), power_of_ten(std::max(0, places)));
  auto bottom = product(size(b), power_of_ten(std::max(0, -places)));
  if (bottom && e.args.size() == 2) bottom = product(*bottom, e.args[1]->value);
  if (!top || !bottom) throw Problem{Code::number_too_large, frame.node.place, excerpt(e, frame), {}};
}

// a / b, directly inside round: its interval is kept at the places of a, the result gets those of the step.
void PlanBuilder::type_quotient(Expr& e, const Frame& frame) {
  Expr &a = *e.args[0], &b = *e.args[1];
  type(a, nullptr, frame);
  type(b, nullptr, frame);
  const Type ta = a.typed.type, tb = b.typed.type;
  if (!is_amount(ta) || !is_amount(tb)) mismatch(e, "a division wants numbers", frame);
  refuse_none(a, frame);
  refuse_none(b, frame);
  if (b.typed.low <= 0 && b.typed.high >= 0)
    throw Problem{Code::division_by_zero, frame.node.place, "", {excerpt(b, frame)}};
  const bool over_number = is_number(tb);
  if (!over_number && ta != tb && !(ta == Type::money && tb == Type::ratio))
    mismatch(e, fmt::format("{} / {}", type_name_of(ta), type_name_of(tb)), frame);
  e.typed.type = over_number ? (ta == Type::integer ? Type::dec : ta) : ta == tb ? Type::dec : Type::money;
  e.typed.scale = a.typed.scale;
  const Wide least =
      std::min(b.typed.low < 0 ? -b.typed.high : b.typed.low, b.typed.low < 0 ? -b.typed.low : b.typed.high);
  const Wide size =
      std::max(a.typed.low < 0 ? -a.typed.low : a.typed.low, a.typed.high < 0 ? -a.typed.high : a.typed.high);
  const auto scaled = product(size, power_of_ten(b.typed.scale));
  if (!scaled) throw Problem{Code::number_too_large, frame.node.place, excerpt(e, frame), {}};
  const Wide bound = *scaled / least + 1;
  const bool positive = a.typed.low >= 0 && b.typed.low > 0;
  set_interval(e, positive ? 0 : -bound, bound, frame);
}

void PlanBuilder::type_fold(Expr& e, const Frame& frame) {
  type(*e.args[0], nullptr, frame);
  const Expr::Typing& set = e.args[0]->typed;
  if (set.type != Type::set) mismatch(e, "sum_of and max_of want a set", frame);
  const TextNode* node = find_table(e.text);
  if (node == nullptr) throw Problem{Code::name_unknown, frame.node.place, e.text, {""}};
  const Compiled member{{}, Type::code, set.domain,
                        0,  0,          static_cast<Wide>(region_.domains.at(set.domain).members.size()) - 1};
  const std::vector<Compiled> keys{member};
  const std::vector<Compiled> declared = declared_keys(*node, frame.scope);
  if (declared.size() != 1 || declared[0].type != Type::code || declared[0].domain != set.domain)
    mismatch(e, "the table has one key, of the set's members", frame);
  const Compiled table = named_table(e.text, &keys, frame);
  if (!is_amount(table.type)) mismatch(e, "the table holds numbers", frame);
  e.typed = {
      table.type,       table.domain, table.scale, 0, 0, {Slot::Kind::table, table.scale, table.slot.index},
      table.may_be_none};
  if (e.op == Op::sum_of) refuse_none(e, frame);
  const Wide count = e.op == Op::sum_of ? 16 : 1;
  set_interval(e, std::min<Wide>(0, table.low * count), std::max<Wide>(0, table.high * count), frame);
}

}  // namespace fenming
