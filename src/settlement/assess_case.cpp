// A case through the policy: from names and texts to a result with its rows.
#include <algorithm>
#include <charconv>

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

// The caller knows a line by its own number, not by where it stands among those that are settled together.
Error by_line_id(Error error, const std::vector<const BillLine*>& lines) {
  constexpr std::string_view prefix = "/lines/";
  if (!error.place.starts_with(prefix)) return error;
  std::size_t index = 0;
  const char* const begin = error.place.data() + prefix.size();
  const char* const end = error.place.data() + error.place.size();
  const auto read = std::from_chars(begin, end, index);
  if (read.ec != std::errc() || read.ptr == end || index >= lines.size()) return error;
  error.place = at_line(lines[index]->id, std::string_view(read.ptr + 1, end));
  return error;
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

std::vector<BoundRow> Decider::bound_rows(const RowMap& map, const std::vector<std::string>& numbers) const {
  if (numbers.size() > 1) return joined_rows(map, numbers);
  const std::string person = person_object(numbers.front());
  std::vector<BoundRow> rows;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (auto row = map.bound(name, value)) rows.push_back(std::move(*row));
  };
  const std::vector<std::string> changed = changed_rows(person);
  for (const auto& [name, value] : objects_.object(person).with(row_prefix))
    if (std::ranges::find(changed, name) == changed.end()) add(name, value);
  for (const std::string& name : changed) add(name, cell(person, name));
  return rows;
}

std::vector<std::string> Decider::changed_rows(const std::string& person) const {
  std::vector<std::string> changed;
  for (const SettlementResult& result : out_.results)
    for (const Change& row : result.rows)
      if (row.object == person && std::ranges::find(changed, row.cell) == changed.end())
        changed.push_back(row.cell);
  return changed;
}

// Rows of several numbers of one person, as their sums.
std::vector<BoundRow> Decider::joined_rows(const RowMap& map, const std::vector<std::string>& numbers) const {
  std::map<std::string, Row> sums;
  for (const std::string& number : numbers) {
    const std::string person = person_object(number);
    std::vector<std::string> names = changed_rows(person);
    for (const auto& [name, value] : objects_.object(person).with(row_prefix))
      if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
    for (const std::string& name : names) {
      Row& sum = sums[name];
      sum = less(std::move(sum), read_row(cell(person, name)), {});
    }
  }
  std::vector<BoundRow> rows;
  for (const auto& [name, sum] : sums)
    if (auto row = map.bound(name, write_row(sum))) rows.push_back(std::move(*row));
  return rows;
}

// A row after the bill. Of several numbers of the person the present one's row takes what the bill added; the others were read.
void Decider::keep_row(const AccumulatorResult& assessed, const std::vector<std::string>& numbers,
                       SettlementResult& result, std::uint64_t row_owner, RowMap& map) {
  Words known = words();
  const std::string name = map.cell_name(assessed, known), person = person_object(numbers.front());
  const std::string before = cell(person, name);
  const auto put = [&](const std::string& object, const std::string& held, Row after) {
    after.last = row_owner;
    std::string bytes = after.members.empty() ? std::string() : write_row(after);
    if (!held.empty() || !bytes.empty()) result.rows.push_back({object, name, held, std::move(bytes)});
  };
  if (numbers.size() == 1) return put(person, before, map.after(assessed, read_row(before), known));
  Row others;
  for (std::size_t n = 1; n < numbers.size(); ++n) {
    const std::string object = person_object(numbers[n]), held = cell(object, name);
    if (held.empty()) continue;
    others = less(std::move(others), read_row(held), {});
    put(object, held, read_row(held));
  }
  const Row whole = less(read_row(before), others, {});
  put(person, before, less(map.after(assessed, whole, known), {}, others));
}

Decider::Refusal Decider::run_policy(SettlementCase& made, const std::string& rules,
                                     const std::string& catalogue, const std::vector<std::string>& numbers) {
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
    if (!priced) {
      Error unknown = std::move(priced.error().front());
      if (const auto id = unknown.details.back(); !id.empty()) unknown.place = at_line(id, "item");
      return unknown;
    }
    bill = std::move(*priced);
  }
  if (!*items && made.brought != nullptr) {
    for (const FeeLine& fee : *made.brought) lines_.push_back(&fee.line);
  } else {
    for (const BillLine& line : bill.lines) lines_.push_back(&line);
  }
  auto bound = bind_lines(**library, bill, lines_);
  if (!bound) return by_line_id(std::move(bound.error()), lines_);
  bound->rows = bound_rows(*map_of(rules), numbers);
  made.facts = std::move(bill.facts);
  if (auto error = assess(**library, *bound, *workspace(), assessment_))
    return by_line_id(std::move(*error), lines_);
  return require_lines(*bound, assessment_);
}

// A bill of these lines alone: what the answer to an upload says of each line. What cannot be priced yet (a fact that comes with the
// settlement, a refund of an earlier upload) is priced then; it is no reason to refuse the upload. A line that no settlement could take
// (unknown item, amount other than quantity x price, a day before the visit or after its end) is refused now, while whoever wrote it is there.
Decider::Refusal Decider::price_upload(const UploadLines& command, const Visit& visit) {
  const std::string rules = cell(shard_object, std::string(rules_cell));
  SettlementCase made;
  made.kind = visit.kind, made.from = visit.begin;
  made.to = visit.status == static_cast<std::uint8_t>(VisitStatus::closed) ? visit.end
                                                                           : std::max(visit.begin, today());
  Settle as;
  as.psn_no = visit.psn_no, as.visit = command.visit, as.use_account = false;
  const bool open = visit.status == static_cast<std::uint8_t>(VisitStatus::open);
  for (const FeeLine& line : command.lines) {
    if (!line.line.refund_of.empty()) continue;
    if (open && line.line.date) made.to = std::max(made.to, *line.line.date);  // it waits for its day
    made.lines.push_back(line.line);
  }
  made.settle = made.known = std::max(today(), made.to);
  const bool whole = made.lines.size() == command.lines.size();
  auto facts = facts_of(visit.psn_no, command_->key.provider, visit.facts, made.to);
  const auto library = artifacts_.library(rules);
  if (!facts || !library) return std::nullopt;
  made.facts = std::move(*facts);
  add_balances(made, as, **library);
  const std::string catalogue = cell(shard_object, std::string(catalogue_cell));
  if (auto refused = run_policy(made, rules, catalogue, numbers_of(visit.psn_no, position_)))
    return line_named(*refused).empty() ? std::nullopt : std::move(refused);
  if (!whole) return std::nullopt;
  out_.rules = rules, out_.catalogue = catalogue;
  for (const LineShares& line : assessment_.lines)
    out_.priced.push_back({line.amount, line.over, line.out, line.prepay, line.in});
  return std::nullopt;
}

Decider::Refusal Decider::assess_case(SettlementCase made, const std::string& rules,
                                      const std::string& catalogue, SettlementResult& result,
                                      std::uint64_t row_owner) {
  const std::vector<std::string> numbers = numbers_of(result.psn_no, row_owner);
  if (auto refused = run_policy(made, rules, catalogue, numbers)) return refused;
  const auto library = artifacts_.library(rules);
  RowMap& map = *map_of(rules);
  take_amounts(**library, assessment_, result);
  result.visit_kind = made.kind;
  result.from = made.from, result.to = made.to, result.settle = made.settle, result.known = made.known;
  result.facts = std::move(made.facts);
  for (std::size_t r = 0; r < assessment_.row_count; ++r)
    keep_row(assessment_.rows[r], numbers, result, row_owner, map);
  return std::nullopt;
}

}  // namespace fenming
