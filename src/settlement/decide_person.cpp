// Persons: register, status, account, consent.
#include <algorithm>

#include "registry/account.h"
#include "registry/status.h"
#include "settlement/decider.h"

namespace fenming {

Decider::Refusal Decider::run(const RegisterPerson& command) {
  if (command.psn_no.empty() || command.psn_no.size() > 64)
    return refuse(Code::desk_person_unknown, "psn_no", command.psn_no);
  if (!cell(person_object(command.psn_no), std::string(merged_into_cell)).empty())
    return no_person(command.psn_no);
  auto changes = register_person(objects_.object(person_object(command.psn_no)), command);
  if (!changes) return changes.error();
  take(std::move(*changes));
  for (const FactValue& fact : command.facts) only_registered(fact);
  for (const Status& span : command.statuses) only_registered(span.fact);
  about(command.psn_no);
  return std::nullopt;
}

namespace {

// A grant that ends earlier than what it takes the place of takes days back, as a revocation does.
bool takes_back(const Object& person, const SetStatus& command) {
  if (command.revoke) return true;
  return std::ranges::any_of(statuses(person, command.fact.name), [&](const Status& held) {
    const bool same = held.fact.list.empty() ? held.fact.text == command.fact.text
                                             : std::ranges::find(command.fact.list, held.fact.list.front()) !=
                                                   command.fact.list.end();
    return same && held.from == command.from && command.to < held.to;
  });
}

}  // namespace

Decider::Refusal Decider::run(const SetStatus& command) {
  if (auto refused = no_person(command.psn_no)) return refused;
  const bool taken = takes_back(objects_.object(person_object(command.psn_no)), command);
  auto changes = set_status(objects_.object(person_object(command.psn_no)), command);
  if (!changes) return changes.error();
  const bool changed = !changes->empty();
  take(std::move(*changes));
  only_registered(command.fact);
  about(command.psn_no);
  return changed ? late_status(command, taken) : std::nullopt;
}

Decider::Refusal Decider::run(const CreditAccount& command) {
  if (auto refused = no_person(command.psn_no)) return refused;
  if (auto wrong = in_range(command.amount, "amount")) return wrong;
  about(command.psn_no);
  post(transfer({AccountKind::contribution, command.reason}, {AccountKind::personal, command.psn_no},
                command.amount));
  return std::nullopt;
}

// Adds what a number's account held when that day began, and its movements since.
Decider::Refusal Decider::account_since(const std::string& psn_no, Date day, std::int64_t& opening,
                                        std::vector<Movement>& movements) {
  const Account account{AccountKind::personal, psn_no};
  opening += balance(AccountKind::personal, psn_no);
  auto at = static_cast<std::uint64_t>(read_integer(cell(person_object(psn_no), std::string(last_cell))));
  while (at != 0) {
    const auto record = records_.at(at);
    if (!record) return record.error();
    if ((*record)->booked < day) break;
    for (const Posting& posting : (*record)->entries) {
      if (posting.account != account) continue;
      opening -= posting.amount.fen();
      movements.push_back({(*record)->booked, posting.amount});
    }
    const auto link = std::ranges::find((*record)->persons, psn_no, &PersonLink::psn_no);
    at = link == (*record)->persons.end() ? 0 : link->previous;
  }
  return std::nullopt;
}

// Interest already credited is corrected by an entry (laws.md 9 b): a second command for the year posts the difference.
Decider::Refusal Decider::run(const CreditInterest& command) {
  if (auto refused = no_person(command.psn_no)) return refused;
  const auto year_end = make_date(static_cast<int>(std::clamp<std::int64_t>(command.year, 0, 9999)), 12, 31);
  if (!year_end || today() <= *year_end)
    return refuse(Code::desk_year_open, "year", std::to_string(command.year), {to_text(today())});
  std::vector<Movement> movements;
  std::int64_t opening = 0, credited = 0;
  const std::string name = "i" + std::to_string(command.year);
  const Date year_begin = *make_date(static_cast<int>(command.year), 1, 1);
  for (const std::string& number : numbers_of(command.psn_no, position_)) {
    if (auto refused = account_since(number, year_begin, opening, movements)) return refused;
    credited += read_integer(cell(person_object(number), name));
  }
  const auto interest = year_interest(Money::from_fen(opening), movements, command.year, command.rate);
  if (!interest) return interest.error();
  if (credited == interest->fen() && credited != 0)
    return refuse(Code::desk_interest_credited, "year", std::to_string(command.year), {to_text(*interest)});
  const std::int64_t own = read_integer(cell(person_object(command.psn_no), name));
  set(person_object(command.psn_no), name, integer_cell(own + interest->fen() - credited));
  about(command.psn_no);
  // What was credited too much and is spent is owed, as after an adjustment: an account never falls below zero.
  const std::int64_t difference = interest->fen() - credited;
  const std::int64_t left = std::max<std::int64_t>(0, balance(AccountKind::personal, command.psn_no));
  const std::int64_t to_account = std::max(difference, -left);
  post(transfer({AccountKind::interest, ""}, {AccountKind::personal, command.psn_no},
                Money::from_fen(to_account)));
  post(transfer({AccountKind::interest, ""}, {AccountKind::receivable, command.psn_no},
                Money::from_fen(difference - to_account)));
  return std::nullopt;
}

Decider::Refusal Decider::run(const ShareAccount& command) {
  for (const std::string& psn_no : {command.owner, command.user})
    if (auto refused = no_person(psn_no)) return refused;
  auto changes = share_account(objects_.object(person_object(command.owner)), command);
  if (!changes) return changes.error();
  take(std::move(*changes));
  about(command.owner);
  about(command.user);
  return std::nullopt;
}

}  // namespace fenming
