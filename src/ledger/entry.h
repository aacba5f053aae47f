// Entry: postings whose sum is zero, by construction. What every kind of decision posts is said here and nowhere else.
// + is what an account receives, − what it gives: a fund that pays 80.00 shows −80.00, the provider it pays +80.00.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/decision.h"

namespace fenming {

class Entry {
 public:
  // Nothing when the sum is not zero or does not fit. Postings of zero are left out, those of one account are joined, first come first.
  static std::optional<Entry> make(std::span<const Posting> postings);
  const std::vector<Posting>& postings() const { return postings_; }

 private:
  explicit Entry(std::vector<Posting> postings) : postings_(std::move(postings)) {}
  std::vector<Posting> postings_;
};

// Of a settlement or (amounts negated) its cancellation. While it is pending only account money moves, into the hold.
std::vector<Posting> settlement_postings(const SettlementResult& result);
std::vector<Posting> pending_postings(const SettlementResult& result);
std::vector<Posting> negated(std::span<const Posting> postings);

// What an adjustment posts: funds, accounts and the provider's share give the difference, the person's receivable takes it: above
// zero it is owed to the person, below zero by the person. The counter's cash and the provider's claim never change.
std::vector<Posting> adjustment_postings(const SettlementResult& old_result,
                                         const SettlementResult& new_result);

std::vector<Posting> transfer(Account from, Account to, Money amount);

std::string_view name(AccountKind kind);  // fund, personal, ...; as in the views

}  // namespace fenming
