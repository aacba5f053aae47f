#include "settlement/verify.h"

#include <algorithm>

#include "ledger/entry.h"
#include "model/record.h"
#include "settlement/cells.h"

namespace fenming {
namespace {

constexpr std::uint64_t progress_every = 10'000;

std::optional<std::string> broken_in(const SettlementResult& result) {
  if (result.kind == ResultKind::cleared) return std::nullopt;
  const Wide payers =
      Wide{result.funds} + result.account + result.family + result.cash + result.provider_part;
  if (payers != result.total) return "medfee_sumamt = funds + accounts + cash + provider";
  Wide shares = 0;
  for (const Share& share : result.shares) shares += share.fen;
  if (shares != result.funds) return "fund_pay_sumamt = sum of the funds";
  if (result.kind == ResultKind::cancelled) return std::nullopt;
  if (result.account < 0 || result.family < 0 || result.cash < 0)
    return "accounts and cash are not below zero";
  Wide total = 0, over = 0, out = 0, prepay = 0, in = 0;
  for (const LineResult& line : result.lines) {
    if (Wide{line.over} + line.out + line.prepay + line.in != line.amount)
      return "line = over + out + prepay + in scope";
    total += line.amount, over += line.over, out += line.out, prepay += line.prepay, in += line.in;
  }
  if (total != result.total) return "medfee_sumamt = sum of the lines";
  if (over != result.over || out != result.out || prepay != result.prepay || in != result.in_scope)
    return "totals of the parts = sums of the lines' parts";
  return std::nullopt;
}

// Sums over the books: what one holds twice would show here.
std::optional<std::string> broken_links(Objects& objects, const Decision& decision) {
  for (const PersonLink& person : decision.persons) {
    const std::int64_t last = read_integer(objects.object(person_object(person.psn_no)).find(last_cell));
    if (static_cast<std::uint64_t>(last) != person.previous) return "previous record of " + person.psn_no;
  }
  return std::nullopt;
}

std::optional<std::string> below_zero(Objects& objects, const Decision& decision) {
  for (const Posting& posting : decision.entries) {
    using enum AccountKind;
    const AccountKind kind = posting.account.kind;
    if (kind != personal && kind != hold && kind != deposit) continue;
    if (read_integer(objects.object(balance_object(posting.account)).find(balance_cell(kind))) < 0)
      return "balance of " + std::string(name(kind)) + " " + posting.account.owner + " is not below zero";
  }
  return std::nullopt;
}

Error identity(std::uint64_t position, std::string broken) {
  return {Code::record_identity, "", std::to_string(position), {std::move(broken)}};
}

class Walk {
 public:
  Walk(Store& store, std::uint64_t all, const OnProgress& progress)
      : store_(store), all_(all), progress_(progress) {}

  std::optional<Error> run() {
    const auto done = store_.read(1, [&](std::uint64_t position, std::string_view bytes) {
      failure_ = record(position, bytes);
      if (progress_ && position % progress_every == 0) progress_(position, all_);
      return !failure_;
    });
    if (!done) return done.error();
    if (!failure_) failure_ = compare();
    return failure_;
  }

  PlainObjects objects;
  std::uint64_t settlements = 0;

 private:
  std::optional<Error> record(std::uint64_t position, std::string_view bytes) {
    const auto decision = read_record(bytes);
    if (!decision)
      return Error{decision.error().code, std::to_string(position), decision.error().value,
                   decision.error().details};
    if (auto broken = broken_identity(*decision)) return identity(position, *broken);
    if (auto broken = broken_links(objects, *decision)) return identity(position, *broken);
    if (auto error = fold(objects, position, *decision)) return error;
    if (auto broken = below_zero(objects, *decision)) return identity(position, *broken);
    settlements += static_cast<std::uint64_t>(
        std::ranges::count(decision->results, ResultKind::settled, &SettlementResult::kind));
    return std::nullopt;
  }

  // The views may be behind: only objects that nothing after the watermark touched are compared when they are.
  std::optional<Error> compare() {
    const auto watermark = store_.watermark();
    if (!watermark) return watermark.error();
    if (*watermark != all_) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [name, object] : objects.all()) {
      if (!object.empty()) names.push_back(name);
      if (names.size() == 1000) {
        if (auto error = compare(names)) return error;
        names.clear();
      }
    }
    return compare(names);
  }

  std::optional<Error> compare(const std::vector<std::string>& names) {
    const auto rows = store_.state(names);
    if (!rows) return rows.error();
    for (const StateRow& row : *rows)
      if (row.bytes != objects.object(row.object).write())
        return Error{Code::state_differs, "", row.object, {}};
    return std::nullopt;
  }

  Store& store_;
  std::uint64_t all_;
  const OnProgress& progress_;
  std::optional<Error> failure_;
};

}  // namespace

std::optional<std::string> broken_identity(const Decision& decision) {
  for (const SettlementResult& result : decision.results)
    if (auto broken = broken_in(result)) return broken;
  if (!Entry::make(decision.entries)) return "entries add up to zero";
  return std::nullopt;
}

Digest state_digest(const PlainObjects& objects) {
  std::vector<const std::pair<const std::string, Object>*> sorted;
  for (const auto& one : objects.all())
    if (!one.second.empty()) sorted.push_back(&one);
  std::ranges::sort(sorted, {}, [](const auto* one) -> const std::string& { return one->first; });
  std::vector<Digest> leaves;
  leaves.reserve(sorted.size());
  for (const auto* one : sorted) {
    std::string bytes;
    ByteWriter(bytes).text(one->first);
    leaves.push_back(merkle_leaf(bytes + one->second.write()));
  }
  return merkle_root(leaves);
}

Result<VerifyReport> verify_store(Store& store, const CheckSignature& signature_holds,
                                  const OnProgress& progress) {
  VerifyReport report;
  auto chain = verify_chain(store);
  if (!chain) return std::unexpected(chain.error());
  report.chain = *chain;
  std::uint64_t from = 0;
  while (true) {
    const auto heads = store.signed_heads(from, 1000);
    if (!heads) return std::unexpected(heads.error());
    for (const SignedHead& head : *heads) {
      if (signature_holds && !signature_holds(head))
        return std::unexpected(
            Error{Code::store_damaged, "", "signed head " + std::to_string(head.position), {}});
      ++report.heads_signed;
      from = head.position + 1;
    }
    if (heads->size() < 1000) break;
  }
  Walk walk(store, report.chain.head.position, progress);
  if (auto error = walk.run()) return std::unexpected(std::move(*error));
  report.records = report.chain.head.position;
  report.settlements = walk.settlements;
  report.objects = walk.objects.all().size();
  report.state = state_digest(walk.objects);
  return report;
}

}  // namespace fenming
