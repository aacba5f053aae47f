#include "ledger/entry.h"

#include <algorithm>
#include <array>

namespace fenming {
namespace {

Posting posting(AccountKind kind, const std::string& owner, std::int64_t fen) {
  return {{kind, owner}, Money::from_fen(fen)};
}

bool same(const Posting& one, const Account& account) { return one.account == account; }

}  // namespace

std::optional<Entry> Entry::make(std::span<const Posting> postings) {
  Wide sum = 0;
  std::vector<Posting> joined;
  joined.reserve(postings.size());
  for (const Posting& one : postings) {
    sum += one.amount.fen();
    const auto known = std::ranges::find_if(joined, [&](const Posting& p) { return same(p, one.account); });
    if (known == joined.end()) {
      joined.push_back(one);
      continue;
    }
    const Wide both = Wide{known->amount.fen()} + one.amount.fen();
    if (both > INT64_MAX || both < INT64_MIN) return std::nullopt;
    known->amount = Money::from_fen(static_cast<std::int64_t>(both));
  }
  if (sum != 0) return std::nullopt;
  std::erase_if(joined, [](const Posting& one) { return one.amount == Money(); });
  return Entry(std::move(joined));
}

std::vector<Posting> settlement_postings(const SettlementResult& result) {
  std::vector<Posting> out;
  for (const Share& share : result.shares) out.push_back(posting(AccountKind::fund, share.fund, -share.fen));
  out.push_back(posting(AccountKind::personal, result.psn_no, -result.account));
  if (result.family != 0) out.push_back(posting(AccountKind::personal, result.payer, -result.family));
  if (result.provider.empty()) {  // a manual claim: the person has paid the bill and gets the benefits
    out.push_back(
        posting(AccountKind::claimant, result.psn_no, result.funds + result.account + result.family));
    return out;
  }
  out.push_back(posting(AccountKind::cash, result.psn_no, -result.cash));
  out.push_back(posting(AccountKind::reduction, result.provider, -result.provider_part));
  out.push_back(posting(AccountKind::provider, result.provider, result.total));
  return out;
}

std::vector<Posting> pending_postings(const SettlementResult& result) {
  std::vector<Posting> out;
  for (const auto& [owner, fen] : {std::pair{result.psn_no, result.account}, {result.payer, result.family}}) {
    if (fen == 0) continue;
    out.push_back(posting(AccountKind::personal, owner, -fen));
    out.push_back(posting(AccountKind::hold, owner, fen));
  }
  return out;
}

std::vector<Posting> negated(std::span<const Posting> postings) {
  std::vector<Posting> out(postings.begin(), postings.end());
  for (Posting& one : out) one.amount = -one.amount;
  return out;
}

std::vector<Posting> adjustment_postings(const SettlementResult& old_result,
                                         const SettlementResult& new_result) {
  std::vector<Posting> out;
  std::int64_t person = 0;
  const auto give = [&](AccountKind kind, const std::string& owner, std::int64_t fen) {
    out.push_back(posting(kind, owner, -fen));
    person += fen;
  };
  for (const Share& share : old_result.shares) give(AccountKind::fund, share.fund, -share.fen);
  for (const Share& share : new_result.shares) give(AccountKind::fund, share.fund, share.fen);
  give(AccountKind::personal, new_result.psn_no, new_result.account - old_result.account);
  if (new_result.family != old_result.family)
    give(AccountKind::personal, new_result.payer, new_result.family - old_result.family);
  give(AccountKind::reduction, new_result.provider, new_result.provider_part - old_result.provider_part);
  out.push_back(posting(AccountKind::receivable, new_result.psn_no, person));
  return out;
}

std::vector<Posting> transfer(Account from, Account to, Money amount) {
  return {{std::move(from), -amount}, {std::move(to), amount}};
}

std::string_view name(AccountKind kind) {
  static constexpr std::array<std::string_view, 12> names = {
      "fund",    "personal",   "hold",     "cash",         "provider", "reduction",
      "deposit", "receivable", "claimant", "contribution", "interest", "clearing"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace fenming
