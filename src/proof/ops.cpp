#include "proof/ops.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "proof/exact.h"

namespace fenming {
namespace {

using Answer = Result<ProofValue>;
constexpr Exact zero{};

std::unexpected<Error> misfit(const ProofNode& node, std::string_view why) {
  return std::unexpected(Error{Code::trace_type, "", std::string(op_name(node.op)), {std::string(why)}});
}
std::unexpected<Error> overflow(const ProofNode& node) {
  return std::unexpected(Error{Code::trace_overflow, "", std::string(op_name(node.op)), {}});
}
std::unexpected<Error> bad_field(std::string_view field, std::string_view value, std::string_view wanted) {
  return std::unexpected(
      Error{Code::trace_field, "", std::string(value), {std::string(field), std::string(wanted)}});
}

Answer fitting(const ProofNode& node, ProofType type, const std::optional<Exact>& number) {
  if (!number) return overflow(node);
  return proof_number(type, *number);
}

// int and dec mixed give dec; otherwise both must be of one type.
std::optional<ProofType> common(ProofType a, ProofType b) {
  if (a == b) return a;
  if (is_number(a) && same_type(a, b)) return ProofType::dec;
  return std::nullopt;
}

bool counts(ProofType type) { return type == ProofType::integer || type == ProofType::dec; }

std::optional<ProofType> product_type(ProofType a, ProofType b) {
  if (a > b) std::swap(a, b);  // money < ratio < int < dec
  if (!is_number(b) || (a == ProofType::money && b == ProofType::money)) return std::nullopt;
  return a == ProofType::integer ? b : a;
}

std::optional<ProofType> quotient_type(ProofType a, ProofType b) {
  if (!is_number(a) || !is_number(b)) return std::nullopt;
  if (a == b || counts(a)) return counts(a) && !counts(b) ? std::nullopt : std::optional(ProofType::dec);
  return b == ProofType::money ? std::nullopt : std::optional(a);
}

Answer add_or_sub(const ProofNode& node, const ProofValue& a, const ProofValue& b) {
  const bool plus = node.op == ProofOp::add;
  if (!plus && a.type == ProofType::date && b.type == ProofType::date)
    return proof_number(ProofType::integer, {Wide{a.date.days} - b.date.days, 0});
  const auto type = common(a.type, b.type);
  if (!type || !is_number(*type) || a.none || b.none) return misfit(node, "two numbers of one type");
  return fitting(node, *type, plus ? proof_add(a.number, b.number) : proof_sub(a.number, b.number));
}

Answer mul(const ProofNode& node, const ProofValue& a, const ProofValue& b) {
  const auto type = product_type(a.type, b.type);
  if (!type || a.none || b.none) return misfit(node, "a number and a factor");
  return fitting(node, *type, proof_mul(a.number, b.number));
}

// `none` is above every amount.
Answer min_or_max(const ProofNode& node, const ProofValue& a, const ProofValue& b) {
  const auto type = common(a.type, b.type);
  if (!type || !is_number(*type)) return misfit(node, "two numbers of one type");
  const bool least = node.op == ProofOp::min;
  if (a.none || b.none) return a.none == least ? b : a;
  const auto order = proof_compare(a.number, b.number);
  if (!order) return overflow(node);
  return proof_number(*type, (*order < 0) == least ? a.number : b.number);
}

Answer sum(const ProofNode& node, ProofArgs args) {
  std::optional<Exact> total = zero;
  ProofType type = args.empty() ? ProofType::money : args[0]->type;  // nothing at all: no money
  for (const ProofValue* arg : args) {
    const auto both = common(type, arg->type);
    if (!both || !is_number(*both) || arg->none) return misfit(node, "numbers of one type");
    type = *both;
    total = proof_add(*total, arg->number);
    if (!total) return overflow(node);
  }
  return proof_number(type, *total);
}

Answer neg_or_positive(const ProofNode& node, const ProofValue& a) {
  if (!is_number(a.type) || a.none) return misfit(node, "a number");
  if (node.op == ProofOp::neg) return fitting(node, a.type, proof_sub(zero, a.number));
  return proof_number(a.type, a.number.digits > 0 ? a.number : zero);
}

Answer compare(const ProofNode& node, const ProofValue& a, const ProofValue& b) {
  if (!same_type(a.type, b.type)) return misfit(node, "two values of one type");
  if (node.op == ProofOp::eq || node.op == ProofOp::ne)
    return proof_bool(same_value(a, b) == (node.op == ProofOp::eq));
  std::optional<std::strong_ordering> order;
  if (a.type == ProofType::date)
    order = a.date <=> b.date;
  else if (is_number(a.type) && !a.none && !b.none)
    order = proof_compare(a.number, b.number);
  else
    return misfit(node, "two numbers or dates");
  if (!order) return overflow(node);
  switch (node.op) {
    case ProofOp::lt: return proof_bool(*order < 0);
    case ProofOp::le: return proof_bool(*order <= 0);
    case ProofOp::gt: return proof_bool(*order > 0);
    default: return proof_bool(*order >= 0);
  }
}

Answer member(const ProofNode& node, const ProofValue& a, const ProofValue& b) {
  if (a.type != ProofType::code || b.type != ProofType::set) return misfit(node, "a code and a set");
  return proof_bool(std::ranges::binary_search(b.members, a.text));
}

Answer logic(const ProofNode& node, ProofArgs args) {
  if (std::ranges::any_of(args, [](const ProofValue* arg) { return arg->type != ProofType::boolean; }))
    return misfit(node, "yes or no");
  if (node.op == ProofOp::lnot) return proof_bool(!args[0]->yes);
  const bool deciding = node.op == ProofOp::lor;  // the value that decides alone
  if (args.size() == 1) {
    if (args[0]->yes == deciding) return proof_bool(deciding);
    return std::unexpected(Error{Code::trace_branch, "", to_text(*args[0]), {std::string(op_name(node.op))}});
  }
  return proof_bool(deciding ? args[0]->yes || args[1]->yes : args[0]->yes && args[1]->yes);
}

Answer choose(const ProofNode& node, ProofArgs args) {
  const std::string_view arm = text_field(*node.json, "arm");
  if (arm != "then" && arm != "else") return bad_field("arm", arm, "then, else");
  if (args[0]->type != ProofType::boolean) return misfit(node, "a condition");
  if (args[0]->yes == (arm == "then")) return *args[1];
  return std::unexpected(Error{Code::trace_branch, "", to_text(*args[0]), {std::string(arm)}});
}

// ---- Rounding
// ---------------------------------------------------------------------------------------------------------

Result<Rounding> mode_of(const ProofNode& node, const ProofLibrary& library) {
  const std::string_view text = text_field(*node.json, "mode");
  const auto mode = parse_proof_rounding(text);
  if (!mode) return bad_field("mode", text, "half_up, half_even, down, up");
  if (!library.allows(*mode)) return std::unexpected(Error{Code::trace_mode, "", std::string(text), {}});
  return *mode;
}

// The step: an argument, or 10^-places; without a step money is rounded to fen and to nothing else.
Result<Exact> step_of(const ProofNode& node, ProofArgs args, std::size_t operands, ProofType type) {
  if (args.size() > operands) {
    const ProofValue& step = *args[operands];
    if (!is_number(step.type) || step.none || step.number.digits <= 0) return misfit(node, "a step above 0");
    return step.number;
  }
  const ProofTree* field = node.json->find("places");
  const auto places =
      field != nullptr && field->kind == ProofTree::Kind::number ? parse_index(field->text) : std::nullopt;
  const bool right = places && (type == ProofType::money ? *places == 2 : *places <= 6);
  if (!right)
    return bad_field("places", field == nullptr ? "" : field->text, type == ProofType::money ? "2" : "0..6");
  return Exact{1, static_cast<int>(*places)};
}

Answer round_or_quotient(const ProofNode& node, ProofArgs args, const ProofLibrary& library) {
  const std::size_t operands = node.op == ProofOp::round ? 1 : 2;
  for (std::size_t i = 0; i < operands; ++i)
    if (!is_number(args[i]->type) || args[i]->none) return misfit(node, "numbers");
  const auto type =
      operands == 1 ? std::optional(args[0]->type) : quotient_type(args[0]->type, args[1]->type);
  if (!type) return misfit(node, "numbers that may be divided");
  const auto mode = mode_of(node, library);
  if (!mode) return std::unexpected(mode.error());
  const auto step = step_of(node, args, operands, *type);
  if (!step) return std::unexpected(step.error());
  if (operands == 1) return fitting(node, *type, proof_round(args[0]->number, *step, *mode));
  if (args[1]->number.digits == 0) return misfit(node, "a divisor that is not 0");
  return fitting(node, *type, proof_quotient(args[0]->number, args[1]->number, *step, *mode));
}

// ---- Meters and bands
// -------------------------------------------------------------------------------------------------

Answer room(const ProofNode& node, ProofArgs args) {
  const ProofValue& limit = *args[0];
  if (!is_number(limit.type) ||
      (args[1] != nullptr && (!same_type(limit.type, args[1]->type) || args[1]->none)))
    return misfit(node, "a limit and what is used of it");
  if (limit.none) return limit;
  const auto left =
      args[1] == nullptr ? std::optional(limit.number) : proof_sub(limit.number, args[1]->number);
  if (!left) return overflow(node);
  return proof_number(limit.type, left->digits > 0 ? *left : zero);
}

Answer take(const ProofNode& node, ProofArgs args) {
  ProofValue least = *args[0];
  if (!is_number(least.type) || least.none) return misfit(node, "an amount");
  for (const ProofValue* limit : args.subspan(1)) {
    if (limit == nullptr || limit->none) continue;
    if (!same_type(limit->type, least.type)) return misfit(node, "rooms of the amount's type");
    if (limit->number.digits < 0) return misfit(node, "rooms that are not below 0");
    const auto order = proof_compare(limit->number, least.number);
    if (!order) return overflow(node);
    if (*order < 0) least.number = limit->number;
  }
  return least;
}

Answer overlap(const ProofNode& node, ProofArgs args) {
  for (std::size_t i = 0; i < 4; ++i)
    if (args[i] != nullptr &&
        (args[i]->type != args[1]->type || !is_number(args[i]->type) || (args[i]->none && i != 3)))
      return misfit(node, "four amounts");
  const Exact at = args[0] == nullptr ? zero : args[0]->number,
              low = args[2] == nullptr ? zero : args[2]->number;
  std::optional<Exact> end = proof_add(at, args[1]->number);
  if (!end) return overflow(node);
  if (args[3] != nullptr && !args[3]->none) {
    const auto order = proof_compare(args[3]->number, *end);
    if (!order) return overflow(node);
    if (*order < 0) end = args[3]->number;
  }
  const auto order = proof_compare(at, low);
  if (!order) return overflow(node);
  const auto length = proof_sub(*end, *order < 0 ? low : at);
  if (!length) return overflow(node);
  return proof_number(args[1]->type, length->digits > 0 ? *length : zero);
}

// The least x of which the first x earn the target. In exact numbers: x = (shares before) + (target - earned)
// / ratio.
Answer least(const ProofNode& node, ProofArgs args, const ProofLibrary& library) {
  if (args.size() % 2 == 0) return misfit(node, "a target and pairs of share and ratio");
  for (std::size_t i = 0; i < args.size(); ++i) {
    const bool money = i == 0 || i % 2 == 1;
    if (args[i]->type != (money ? ProofType::money : ProofType::ratio) || args[i]->none ||
        (i > 0 && args[i]->number.digits < 0))
      return misfit(node, "a target and pairs of share and ratio, none below 0");
  }
  const auto mode = mode_of(node, library);
  if (!mode) return std::unexpected(mode.error());
  constexpr Exact fen{1, 2};
  Exact missing = args[0]->number, before = zero;
  for (std::size_t i = 1; i + 1 < args.size() && missing.digits > 0; i += 2) {
    const Exact share = args[i]->number, ratio = args[i + 1]->number;
    const auto earned = proof_mul(share, ratio);
    const auto rest = earned ? proof_sub(missing, *earned) : std::nullopt;
    if (!rest) return overflow(node);
    if (rest->digits <= 0) {  // ends in this band: round (before x ratio + missing) / ratio once
      const auto base = proof_mul(before, ratio);
      const auto whole = base ? proof_add(*base, missing) : std::nullopt;
      return fitting(node, ProofType::money,
                     whole ? proof_quotient(*whole, ratio, fen, *mode) : std::nullopt);
    }
    const auto sum = proof_add(before, share);
    if (!sum) return overflow(node);
    missing = *rest;
    before = *sum;
  }
  if (missing.digits > 0) return misfit(node, "shares that earn the target");
  return fitting(node, ProofType::money, proof_round(before, fen, *mode));
}

Answer of_set(const ProofNode& node, ProofArgs args) {
  const ProofArgs cells = args.subspan(1);
  if (args[0]->type != ProofType::set || cells.size() != args[0]->members.size())
    return misfit(node, "a set and one cell for each member");
  if (cells.empty())
    return proof_number(is_number(node.value.type) ? node.value.type : ProofType::money, zero);
  if (node.op == ProofOp::sum_of) return sum(node, cells);
  ProofNode step = node;
  step.op = ProofOp::max;
  Answer most = *cells[0];
  for (const ProofValue* cell : cells) {
    most = min_or_max(step, *most, *cell);
    if (!most) return misfit(node, "numbers of one type");
  }
  return most;
}

}  // namespace

Answer compute(const ProofNode& node, ProofArgs args, const ProofLibrary& library) {
  switch (node.op) {
    case ProofOp::bill:
    case ProofOp::absent:
    case ProofOp::cell:
    case ProofOp::builtin:
    case ProofOp::calendar: return node.value;  // leaves.h
    case ProofOp::add:
    case ProofOp::sub: return add_or_sub(node, *args[0], *args[1]);
    case ProofOp::mul: return mul(node, *args[0], *args[1]);
    case ProofOp::min:
    case ProofOp::max: return min_or_max(node, *args[0], *args[1]);
    case ProofOp::net:
    case ProofOp::sum: return sum(node, args);
    case ProofOp::neg:
    case ProofOp::positive: return neg_or_positive(node, *args[0]);
    case ProofOp::lt:
    case ProofOp::le:
    case ProofOp::gt:
    case ProofOp::ge:
    case ProofOp::eq:
    case ProofOp::ne: return compare(node, *args[0], *args[1]);
    case ProofOp::in: return member(node, *args[0], *args[1]);
    case ProofOp::land:
    case ProofOp::lor:
    case ProofOp::lnot: return logic(node, args);
    case ProofOp::choose: return choose(node, args);
    case ProofOp::pick:
    case ProofOp::same: return *args.back();
    case ProofOp::round:
    case ProofOp::quotient: return round_or_quotient(node, args, library);
    case ProofOp::sum_of:
    case ProofOp::max_of: return of_set(node, args);
    case ProofOp::room: return room(node, args);
    case ProofOp::take: return take(node, args);
    case ProofOp::overlap: return overlap(node, args);
    case ProofOp::least: return least(node, args, library);
  }
  return overflow(node);
}

}  // namespace fenming
