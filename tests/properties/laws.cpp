#include "properties/laws.h"

#include <fmt/format.h>

#include <algorithm>

#include "properties/reference.h"
#include "properties/variants.h"
#include "protocol/bill_json.h"
#include "protocol/bill_out.h"

namespace fenming::properties {
namespace {

Problem unless(bool holds, std::string what) { return holds ? std::nullopt : Problem(std::move(what)); }

// REQ SET-09: I1 to I5, I15: total = funds + account + family + cash + provider, and nobody's share but the provider's is negative.
Problem split_adds_up(const Library& library, const Bill&, const Settled& settled, Workspace&) {
  const Assessment& a = settled.result;
  const Split& s = *a.split;
  const std::int64_t funds = s.funds().fen(), account = s.account().fen(), family = s.family().fen(),
                     cash = s.cash().fen();
  if (a.total != funds + account + family + cash + s.provider().fen())
    return "I1: total is not the sum of the shares";
  if (s.total().fen() != a.total) return "the split has another total";
  if (funds < 0 || account < 0 || family < 0 || cash < 0) return "a share is negative";
  std::int64_t by_role[4] = {0, 0, 0, 0};
  for (std::size_t f = 0; f < a.funds.size(); ++f) {
    if (a.funds[f] < 0) return "fund " + library.region.funds[f].name + " is negative";
    by_role[static_cast<int>(library.region.funds[f].role)] += a.funds[f];
  }
  if (by_role[0] != funds) return "I4: the funds do not add up";
  if (by_role[1] != account || by_role[2] != family) return "I5: account and family do not add up";
  if (s.provider().fen() != a.total - a.charged + by_role[3])
    return "the provider's share is not total - charged + reduction";
  if (a.charged != funds + account + family + cash + by_role[3])
    return "charged is not the sum of what is paid";
  if (a.deductible < 0) return "the deductible is negative";
  return unless(a.lines.empty() || a.total == a.over + a.out + a.prepay + a.in_scope,
                "I2: the parts of the total do not add up");
}

// I9, I11: every row and every column of the lines adds up; what a line and its refunds leave is not negative.
Problem lines_add_up(const Library&, const Bill& bill, const Settled& settled, Workspace&) {
  const Assessment& a = settled.result;
  if (a.lines.size() != bill.lines.size()) return "a line is missing";
  LineShares sum;
  std::vector<LineShares> net(a.lines.size());
  for (std::size_t i = 0; i < a.lines.size(); ++i) {
    const LineShares& row = a.lines[i];
    if (row.amount != bill.lines[i].amount.fen()) return fmt::format("line {}: another amount", i + 1);
    if (row.amount != row.over + row.out + row.prepay + row.in)
      return fmt::format("I9: line {} does not add up", i + 1);
    const std::int32_t origin = settled.bound.lines[i].refund_of;
    for (LineShares* into : {&sum, &net[origin < 0 ? i : static_cast<std::size_t>(origin)]}) {
      into->amount += row.amount;
      into->over += row.over;
      into->out += row.out;
      into->prepay += row.prepay;
      into->in += row.in;
    }
  }
  for (const LineShares& row : net)
    if (row.over < 0 || row.out < 0 || row.prepay < 0 || row.in < 0)
      return "a line less its refunds has a negative part";
  if (a.lines.empty()) return std::nullopt;
  return unless(sum == LineShares{a.total, a.over, a.out, a.prepay, a.in_scope},
                "I11: the lines' sums are not the bill's");
}

// Section 5, whatever the slots say.
Problem layer_is_sound(const LayerPlan& plan, const LayerAmounts& l) {
  const std::string name = "layer " + plan.name + ": ";
  if (!l.applies) return unless(l == LayerAmounts{}, name + "does not apply and has amounts");
  const std::int64_t all[] = {l.base, l.over, l.deductible, l.covered, l.after, l.paid, l.consumed, l.cut};
  if (std::ranges::any_of(all, [](std::int64_t fen) { return fen < 0; })) return name + "a negative amount";
  if (l.base != l.over + l.deductible + l.covered) return name + "base is not over + deductible + covered";
  if (l.consumed > l.covered) return name + "consumes more than is covered";
  if (l.cut == 0 && l.consumed != l.covered) return name + "nothing is cut, yet not all is consumed";
  return unless(plan.bands.kind != Slot::Kind::none || (l.paid == 0 && l.cut == 0),
                name + "pays without a ratio");
}

Problem layers_are_sound(const Library& library, const Bill&, const Settled& settled, Workspace&) {
  std::int64_t paid = 0;
  std::vector<std::int64_t> funds(library.region.funds.size());
  for (std::size_t p = 0; p < settled.result.part_count; ++p) {
    const PartResult& part = settled.result.parts[p];
    for (std::size_t i = 0; i < part.plan->layers.size(); ++i) {
      if (auto problem = layer_is_sound(part.plan->layers[i], part.layers[i])) return problem;
      paid += part.layers[i].paid;
      funds[part.plan->layers[i].fund] += part.layers[i].paid;
    }
  }
  if (funds != settled.result.funds) return "the funds are not the sums of their layers";
  return unless(paid == settled.result.charged - settled.result.split->cash().fen(),
                "what is paid and what is left are not what is charged");
}

// No cap passed, accumulators after = before + writes, every amount: by the reference.
Problem agrees_with_reference(const Library& library, const Bill&, const Settled& settled, Workspace&) {
  return reference_problem(library, settled.bound, settled.result);
}

// Trial and final are one function: again in the same buffers, then in new ones.
Problem trial_is_final(const Library& library, const Bill&, const Settled& settled, Workspace& workspace) {
  Assessment again;
  if (assess(library, settled.bound, workspace, again)) return "the second run is refused";
  if (auto problem = first_difference(settled.result, again)) return "second run: " + *problem;
  Workspace fresh;
  if (assess(library, settled.bound, fresh, again)) return "a run in new buffers is refused";
  if (auto problem = first_difference(settled.result, again)) return "new buffers: " + *problem;
  return std::nullopt;
}

Problem wide_is_narrow(const Library& library, const Bill&, const Settled& settled, Workspace& workspace) {
  if (!library.narrow) return std::nullopt;
  Assessment wide;
  if (assess_wide(library, settled.bound, workspace, wide)) return "128 bits refuse what 64 settle";
  if (auto problem = first_difference(settled.result, wide)) return "128 bits: " + *problem;
  return std::nullopt;
}

Problem text_is_bill(const Library& library, const Bill& bill, const Settled& settled, Workspace& workspace) {
  const auto read = read_bill(write_bill(bill));
  if (!read) return "the bill as JSON is refused: " + to_text(read.error().front(), Language::en);
  const Settled again = settle(library, *read, workspace);
  if (again.error) return "the bill read from JSON is refused: " + to_text(*again.error, Language::en);
  if (auto problem = first_difference(settled.result, again.result)) return "as JSON: " + *problem;
  return std::nullopt;
}

template <class T>
Problem same(const char* what, const T& a, const T& b) {
  return a == b ? std::nullopt : Problem(std::string("another ") + what);
}

}  // namespace

Problem first_difference(const Assessment& a, const Assessment& b) {
  const auto sums = [](const Assessment& x) {
    return std::vector{x.total,
                       x.over,
                       x.out,
                       x.prepay,
                       x.in_scope,
                       x.charged,
                       x.deductible,
                       x.split->total().fen(),
                       x.split->funds().fen(),
                       x.split->account().fen(),
                       x.split->family().fen(),
                       x.split->cash().fen(),
                       x.split->provider().fen()};
  };
  if (auto problem = same("sum", sums(a), sums(b))) return problem;
  if (auto problem = same("pot", a.pots, b.pots)) return problem;
  if (auto problem = same("fund", a.funds, b.funds)) return problem;
  if (auto problem = same("line", a.lines, b.lines)) return problem;
  if (auto problem = same("number of parts", a.part_count, b.part_count)) return problem;
  for (std::size_t i = 0; i < a.part_count; ++i) {
    const PartResult &p = a.parts[i], &q = b.parts[i];
    if (p.version != q.version || p.plan != q.plan || p.from != q.from || p.to != q.to)
      return fmt::format("part {}: another plan or day", i);
    if (p.names != q.names || p.layers != q.layers) return fmt::format("part {}: another name or layer", i);
  }
  if (auto problem = same("number of rows", a.row_count, b.row_count)) return problem;
  for (std::size_t i = 0; i < a.row_count; ++i) {
    const AccumulatorResult &p = a.rows[i], &q = b.rows[i];
    if (p.group != q.group || p.key != q.key || p.before != q.before || p.after != q.after)
      return "another accumulator";
  }
  return std::nullopt;
}

Settled settle(const Library& library, const Bill& bill, Workspace& workspace) {
  Settled settled;
  auto bound = bind(library, bill);
  if (!bound) {
    settled.error = bound.error();
    return settled;
  }
  settled.bound = std::move(*bound);
  settled.error = assess(library, settled.bound, workspace, settled.result);
  return settled;
}

bool refused_rightly(const Error& error) { return error.code == Code::policy_none; }

bool charge_beyond_bound(const Error& error, const Bill& bill) {
  constexpr std::int64_t near_bound = 100'000'00;  // no package of a shipped policy is dearer
  std::int64_t charges = 0;
  for (const BillLine& line : bill.lines) charges += std::max<std::int64_t>(line.amount.fen(), 0);
  return error.code == Code::rule_failed && error.value == "charged" && charges > money_fen_max - near_bound;
}

Problem broken_law(const Library& library, const Bill& bill, const Settled& settled, Workspace& workspace) {
  static constexpr auto laws = {split_adds_up,  lines_add_up,    layers_are_sound, agrees_with_reference,
                                trial_is_final, wide_is_narrow,  text_is_bill,     netted_before,
                                any_order,      settled_by_parts};
  for (const auto law : laws)
    if (auto problem = law(library, bill, settled, workspace)) return problem;
  return std::nullopt;
}

std::uint64_t fingerprint(const Settled& settled) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::int64_t value) {
    hash = (hash ^ static_cast<std::uint64_t>(value)) * 1099511628211ULL;
  };
  if (settled.error) {
    add(static_cast<int>(settled.error->code) + 1);
    return hash;
  }
  const Assessment& a = settled.result;
  for (const std::int64_t value :
       {a.total, a.over, a.out, a.prepay, a.in_scope, a.charged, a.deductible, a.split->cash().fen()})
    add(value);
  for (const auto* list : {&a.pots, &a.funds})
    for (const std::int64_t value : *list) add(value);
  for (const LineShares& l : a.lines)
    for (const std::int64_t value : {l.amount, l.over, l.out, l.prepay, l.in}) add(value);
  for (std::size_t p = 0; p < a.part_count; ++p)
    for (const LayerAmounts& l : a.parts[p].layers)
      for (const std::int64_t value :
           {l.base, l.over, l.deductible, l.covered, l.after, l.paid, l.consumed, l.cut})
        add(value);
  for (std::size_t r = 0; r < a.row_count; ++r)
    for (const std::int64_t value : a.rows[r].after) add(value);
  return hash;
}

}  // namespace fenming::properties
