// A case through the policy: from names and texts to a result with its rows.
#include <algorithm>

#include "base/check.h"
#include "catalog/price.h"
#include "policy/workspace.h"
#include "settlement/decider.h"

namespace fenming {
namespace {

void take_amounts(const Library& library, const Assessment& from, SettlementResult& to) {
  to.total = from.total, to.over = from.over, to.out = from.out, to.prepay = from.prepay;
  to.in_scope = from.in_scope, to.charged = from.charged, to.deductible = from.deductible;
  const Split& split = *from.split;
  to.funds = split.funds().fen(), to.account = split.account().fen(), to.family = split.family().fen();
  to.cash = split.cash().fen(), to.provider_part = split.provider().fen();
  for (std::size_t f = 0; f < from.funds.size(); ++f)
    if (library.region.funds[f].role == FundRole::fund && from.funds[f] != 0)
      to.shares.push_back({library.region.funds[f].name, from.funds[f]});
  to.lines.reserve(from.lines.size());
  for (const LineShares& line : from.lines)
    to.lines.push_back({line.amount, line.over, line.out, line.prepay, line.in});
  for (std::size_t part = 0; part < from.part_count; ++part)
    if (const PolicyVersion* version = from.parts[part].version; version != nullptr)
      if (std::ranges::find(to.policies, version->digest) == to.policies.end())
        to.policies.push_back(version->digest);
}

}  // namespace

RowMap* Decider::map_of(const std::string& rules) {
  auto at = maps_.find(rules);
  if (at == maps_.end()) {
    auto library = artifacts_.library(rules);
    CHECK(library, "the library was read before its rows are");
    at = maps_.emplace(rules, RowMap(std::move(*library))).first;
  }
  const auto count = static_cast<std::uint64_t>(read_integer(cell(shard_object, word_count_cell)));
  at->second.learn(words(), count);
  return &at->second;
}

std::vector<BoundRow> Decider::bound_rows(const RowMap& map, const std::string& psn_no) const {
  const std::string person = person_object(psn_no);
  std::vector<BoundRow> rows;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (auto row = map.bound(name, value)) rows.push_back(std::move(*row));
  };
  std::vector<std::string> changed;
  for (const SettlementResult& result : out_.results)
    for (const Change& row : result.rows)
      if (row.object == person && std::ranges::find(changed, row.cell) == changed.end())
        changed.push_back(row.cell);
  for (const auto& [name, value] : objects_.object(person).with(row_prefix))
    if (std::ranges::find(changed, name) == changed.end()) add(name, value);
  for (const std::string& name : changed) add(name, cell(person, name));
  return rows;
}

Decider::Refusal Decider::assess_case(SettlementCase made, const std::string& rules,
                                      const std::string& catalogue, SettlementResult& result,
                                      std::uint64_t row_owner) {
  const auto library = artifacts_.library(rules);
  if (!library) return library.error();
  const auto items = artifacts_.catalogue(catalogue);
  if (!items) return items.error();
  Bill bill;
  bill.id = made.id, bill.region = region_, bill.visit_kind = made.kind;
  bill.from = made.from, bill.to = made.to, bill.settle = made.settle, bill.known = made.known;
  bill.facts = std::move(made.facts), bill.lines = std::move(made.lines), bill.total = made.total;
  lines_.clear();
  if (*items) {
    if (made.brought != nullptr)
      for (const FeeLine& fee : *made.brought) bill.lines.push_back(fee.line);
    auto priced = price(**items, std::move(bill));
    if (!priced) return priced.error().front();
    bill = std::move(*priced);
  }
  if (!*items && made.brought != nullptr) {
    for (const FeeLine& fee : *made.brought) lines_.push_back(&fee.line);
  } else {
    for (const BillLine& line : bill.lines) lines_.push_back(&line);
  }
  auto bound = bind_lines(**library, bill, lines_);
  if (!bound) return bound.error();
  RowMap& map = *map_of(rules);
  bound->rows = bound_rows(map, result.psn_no);
  if (auto error = assess(**library, *bound, *workspace(), assessment_)) return error;
  if (auto error = require_lines(*bound, assessment_)) return error;
  take_amounts(**library, assessment_, result);
  result.visit_kind = made.kind;
  result.from = made.from, result.to = made.to, result.settle = made.settle, result.known = made.known;
  result.facts = std::move(bill.facts);
  Words known = words();
  const std::string person = person_object(result.psn_no);
  for (std::size_t r = 0; r < assessment_.row_count; ++r) {
    const std::string name = map.cell_name(assessment_.rows[r], known);
    std::string before = cell(person, name);
    Row after = map.after(assessment_.rows[r], read_row(before), known);
    after.last = row_owner;
    std::string bytes = after.members.empty() ? std::string() : write_row(after);
    if (!before.empty() || !bytes.empty())
      result.rows.push_back({person, name, std::move(before), std::move(bytes)});
  }
  return std::nullopt;
}

}  // namespace fenming
