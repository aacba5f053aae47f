#include "settlement/stored_case.h"

#include <algorithm>
#include <map>

#include "settlement/stored_record.h"

namespace fenming {
namespace {

constexpr std::size_t objects_kept = 1'000, records_kept = 1'000;

// Rows of several numbers of one person count as their sums.
std::vector<BoundRow> rows_before(Objects& objects, const std::shared_ptr<const Library>& library,
                                  const SettlementResult& result) {
  const auto find = [&](const std::string& cell) {
    return std::string(objects.object(shard_object).find(cell));
  };
  const Words words(find, [](const std::string&, const std::string&) {});
  RowMap map(library);
  map.learn(words, static_cast<std::uint64_t>(read_integer(find(std::string(word_count_cell)))));
  std::map<std::string, Row> sums;
  for (const Change& row : result.rows)
    if (!row.before.empty()) sums[row.cell] = less(sums[row.cell], read_row(row.before), {});
  std::vector<BoundRow> rows;
  for (const auto& [cell, sum] : sums)
    if (auto row = map.bound(cell, write_row(sum))) rows.push_back(std::move(*row));
  return rows;
}

}  // namespace

Result<StoredCase> stored_case(Store& store, const std::string& setl_id) {
  const auto head = store.head();
  if (!head) return std::unexpected(head.error());
  Memory objects(store, objects_kept);
  StoredRecords records(store, records_kept);
  Artifacts artifacts(store);
  Decider decider(objects, records, artifacts, "");
  auto made = decider.stored_case(setl_id, head->position + 1);
  if (objects.failure()) return std::unexpected(*objects.failure());
  if (!made) return std::unexpected(made.error());
  const std::string region(objects.object(shard_object).find(region_cell));
  const auto record_of = [&](const std::string& id) -> Result<std::shared_ptr<const Decision>> {
    const auto named = parse_id('S', region, id);
    if (!named) return std::unexpected(Error{Code::store_damaged, id, id, {}});
    return records.at(named->position);
  };
  const auto record = record_of(setl_id);
  if (!record) return std::unexpected(record.error());
  StoredCase out;
  out.engine = (*record)->engine;
  out.result = *std::ranges::find((*record)->results, setl_id, &SettlementResult::settlement);
  std::shared_ptr<const Decision> settled = *record;
  if (out.result.kind == ResultKind::adjusted) {  // by the rules of the settlement's own day
    const auto original = record_of(out.result.corrects);
    if (!original) return std::unexpected(original.error());
    settled = *original;
  }
  auto library = artifacts.library(settled->rules);
  if (!library) return std::unexpected(library.error());
  auto catalogue = artifacts.catalogue(settled->catalogue);
  if (!catalogue) return std::unexpected(catalogue.error());
  out.library = std::move(*library);
  out.catalogue = std::move(*catalogue);
  out.rows = rows_before(objects, out.library, out.result);
  if (objects.failure()) return std::unexpected(*objects.failure());
  Bill& bill = out.bill;
  bill.id = setl_id, bill.region = region, bill.visit_kind = made->kind;
  bill.from = made->from, bill.to = made->to, bill.settle = made->settle, bill.known = made->known;
  bill.facts = std::move(made->facts), bill.lines = std::move(made->lines);
  bill.total = Money::from_fen(out.result.total);
  return out;
}

std::vector<StoredDifference> compare_stored(const SettlementResult& stored, const Assessment& now,
                                             const Library& library) {
  std::vector<StoredDifference> found;
  const auto compare = [&](std::string name, std::int64_t then, std::int64_t again) {
    if (then != again) found.push_back({std::move(name), then, again});
  };
  compare("medfee_sumamt", stored.total, now.total);
  compare("overlmt_selfpay", stored.over, now.over);
  compare("fulamt_ownpay_amt", stored.out, now.out);
  compare("preselfpay_amt", stored.prepay, now.prepay);
  compare("inscp_scp_amt", stored.in_scope, now.in_scope);
  compare("act_pay_dedc", stored.deductible, now.deductible);
  compare("fund_pay_sumamt", stored.funds, now.split->funds().fen());
  compare("acct_pay", stored.account, now.split->account().fen());
  compare("acct_mulaid_pay", stored.family, now.split->family().fen());
  compare("psn_cash_pay", stored.cash, now.split->cash().fen());
  compare("hosp_part_amt", stored.provider_part, now.split->provider().fen());
  for (std::size_t f = 0; f < library.region.funds.size(); ++f) {
    const Fund& fund = library.region.funds[f];
    if (fund.role != FundRole::fund) continue;
    const auto share = std::ranges::find(stored.shares, fund.name, &Share::fund);
    compare("fund." + fund.name, share == stored.shares.end() ? 0 : share->fen, now.funds[f]);
  }
  for (std::size_t i = 0; i < std::min(stored.lines.size(), now.lines.size()); ++i)
    compare("line " + std::to_string(i + 1) + " inscp_scp_amt", stored.lines[i].in, now.lines[i].in);
  return found;
}

}  // namespace fenming
