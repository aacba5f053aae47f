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
  const auto count =
      static_cast<std::uint64_t>(read_integer(cell(shard_object, std::string(word_count_cell))));
  at->second.learn(words(), count);
  return &at->second;
}

std::vector<BoundRow> Decider::bound_rows(const RowMap& map, const std::string& psn_no) const {
  const std::string person = person_object(psn_no);
  std::vector<BoundRow> rows;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    if (auto row = map.bound(name, value)) rows.push_back(std::move(*row));
  };
  std::vector<std::string> changed;
  for (const SettlementResult& result : out_.results)
    for (const Change& row : result.rows)
      if (row.object == person && std::ranges::find(changed, row.cell) == changed.end())
        changed.push_back(row.cell);
  const auto [first, last] = objects_.object(person).with(row_prefix);
  for (auto at = first; at != last; ++at)
    if (std::ranges::find(changed, at->first) == changed.end()) add(at->first, at->second);
  for (const std::string& name : changed) add(name, cell(person, name));
  return rows;
}

Decider::Refusal Decider::run_policy(SettlementCase& made, const std::string& rules,
                                     const std::string& catalogue, const std::string& psn_no) {
  const auto library = artifacts_.library(rules);
  if (!library) return library.error();
  const auto items = artifacts_.catalogue(catalogue);
  if (!items) return items.error();
  Bill bill;
  bill.id = made.id, bill.region = region_, bill.visit_kind = made.kind;
  bill.from = made.from, bill.to = made.to, bill.settle = made.settle, bill.known = made.known;
  bill.facts = made.facts, bill.lines = std::move(made.lines), bill.total = made.total;
  if (*items) {
    auto priced = price(**items, std::move(bill));
    if (!priced) return priced.error().front();
    bill = std::move(*priced);
  }
  auto bound = bind(**library, bill);
  if (!bound) return bound.error();
  bound->rows = bound_rows(*map_of(rules), psn_no);
  if (auto error = assess(**library, *bound, *workspace(), assessment_)) return error;
  return require_lines(*bound, assessment_);
}

// A bill of these lines alone: what the answer to an upload says of each line. What cannot be priced yet (a fact that comes with the
// settlement) is priced then; it is no reason to refuse the upload.
void Decider::price_upload(const UploadLines& command, const Visit& visit) {
  const std::string rules = cell(shard_object, std::string(rules_cell));
  SettlementCase made;
  made.kind = visit.kind, made.from = visit.begin;
  made.to = visit.status == static_cast<std::uint8_t>(VisitStatus::closed) ? visit.end
                                                                           : std::max(visit.begin, today());
  made.settle = made.known = std::max(today(), made.to);
  Settle as;
  as.psn_no = visit.psn_no, as.visit = command.visit, as.use_account = false;
  for (const FeeLine& line : command.lines) {
    if (!line.line.refund_of.empty()) return;
    made.lines.push_back(line.line);
  }
  auto facts = facts_of(visit.psn_no, command_->key.provider, visit.facts, made.to);
  const auto library = artifacts_.library(rules);
  if (!facts || !library) return;
  made.facts = std::move(*facts);
  add_balances(made, as, **library);
  const std::string catalogue = cell(shard_object, std::string(catalogue_cell));
  if (run_policy(made, rules, catalogue, visit.psn_no)) return;
  out_.rules = rules, out_.catalogue = catalogue;
  for (const LineShares& line : assessment_.lines)
    out_.priced.push_back({line.amount, line.over, line.out, line.prepay, line.in});
}

Decider::Refusal Decider::assess_case(SettlementCase made, const std::string& rules,
                                      const std::string& catalogue, SettlementResult& result,
                                      std::uint64_t row_owner) {
  if (auto refused = run_policy(made, rules, catalogue, result.psn_no)) return refused;
  const auto library = artifacts_.library(rules);
  RowMap& map = *map_of(rules);
  take_amounts(**library, assessment_, result);
  result.visit_kind = made.kind;
  result.from = made.from, result.to = made.to, result.settle = made.settle, result.known = made.known;
  result.facts = std::move(made.facts);
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
