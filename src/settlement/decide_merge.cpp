// Two psn_no of one person become one (laws.md 9 g, docs/decisions/0006-one-person-two-numbers.md). Nothing that was settled changes, and
// accumulators stay where they were written: from the merge on a settlement reads the rows of all numbers as their sums, so that
// whatever is cancelled or computed again later still finds its own.
#include <algorithm>

#include "registry/account.h"
#include "registry/status.h"
#include "settlement/decider.h"

namespace fenming {

std::string Decider::now_called(std::string psn_no) const {
  for (std::string next = psn_no; !next.empty();
       next = cell(person_object(psn_no), std::string(merged_into_cell)))
    psn_no = next;
  return psn_no;
}

bool Decider::same_person(const std::string& one, const std::string& other) const {
  return one == other || now_called(one) == now_called(other);
}

std::vector<std::string> Decider::numbers_of(const std::string& psn_no, std::uint64_t before) const {
  std::vector<std::string> numbers = {psn_no};
  for (const auto& [name, merged_at] : objects_.object(person_object(psn_no)).with(merged_prefix))
    if (static_cast<std::uint64_t>(read_integer(merged_at)) < before)
      numbers.emplace_back(name.substr(merged_prefix.size()));
  return numbers;
}

Decider::Refusal Decider::no_person(const std::string& psn_no, const char* place) const {
  const Object& person = objects_.object(person_object(psn_no));
  if (!registered(person)) return refuse(Code::desk_person_unknown, place, psn_no);
  if (person.find(merged_into_cell).empty()) return std::nullopt;
  return refuse(Code::desk_person_merged, place, psn_no, {now_called(psn_no)});
}

// Money of a number that was given up moves on the one that took its place; what a pending settlement holds stays where it is held.
std::vector<Posting> Decider::to_present_owners(std::vector<Posting> postings) const {
  using enum AccountKind;
  for (Posting& one : postings)
    if (one.account.kind == personal || one.account.kind == receivable || one.account.kind == claimant)
      one.account.owner = now_called(std::move(one.account.owner));
  return postings;
}

std::optional<Error> Decider::no_consent(const std::string& payer, const std::string& psn_no) const {
  if (!cell(person_object(payer), std::string(merged_into_cell)).empty()) return no_person(payer, "payer");
  if (same_person(payer, psn_no)) return refuse(Code::share_self, "payer", payer);  // one account pays once
  std::optional<Error> refused;
  for (const std::string& number : numbers_of(psn_no, position_)) {
    auto without = refuse_payer(objects_.object(person_object(payer)), payer, number, today());
    if (!without) return std::nullopt;
    if (!refused) refused = std::move(without);
  }
  return refused;
}

// What held for the number given up holds for the kept one from today on, on the days that nothing is said of it.
void Decider::carry_statuses(const MergePersons& command) {
  const std::string kept = person_object(command.kept);
  for (const Status& held : statuses(objects_.object(person_object(command.merged)))) {
    if (held.to < today()) continue;
    for (const Status& free : not_said(changed(kept), {held.fact, std::max(held.from, today()), held.to})) {
      const auto changes =
          set_status(changed(kept), SetStatus{command.kept, free.fact, free.from, free.to, false});
      if (!changes) continue;  // one says a list, the other a value
      for (const Change& change : *changes) set(kept, change.cell, change.after);
    }
  }
}

void Decider::carry_consents(const MergePersons& command) {
  const std::string kept = person_object(command.kept), merged = person_object(command.merged);
  std::vector<std::string> own = numbers_of(command.kept, position_);
  std::ranges::copy(numbers_of(command.merged, position_), std::back_inserter(own));
  for (const std::string& number : own) set(kept, "c" + number, "");
  for (const auto& [consent, days] : objects_.object(merged).with("c"))
    if (std::ranges::find(own, consent.substr(1)) == own.end() && cell(kept, consent).empty())
      set(kept, std::string(consent), std::string(days));
}

Decider::Refusal Decider::run(const MergePersons& command) {
  if (auto refused = no_person(command.kept)) return refused;
  if (auto refused = no_person(command.merged, "merged_psn_no")) return refused;
  if (command.kept == command.merged) return refuse(Code::desk_merge_self, "merged_psn_no", command.merged);
  if (command.decided_by.empty()) return refuse(Code::desk_accepted_by, "decided_by", "");
  about(command.kept);
  about(command.merged);
  for (const AccountKind kind : {AccountKind::personal, AccountKind::receivable, AccountKind::claimant})
    post(transfer({kind, command.merged}, {kind, command.kept},
                  Money::from_fen(balance(kind, command.merged))));
  const std::string kept = person_object(command.kept);
  carry_statuses(command);
  carry_consents(command);
  const std::string here = integer_cell(static_cast<std::int64_t>(position_));
  for (const std::string& number : numbers_of(command.merged, position_))
    set(kept, std::string(merged_prefix) + number, here);
  set(person_object(command.merged), std::string(merged_into_cell), command.kept);
  return std::nullopt;
}

}  // namespace fenming
