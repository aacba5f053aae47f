// The reference's register: persons, providers, visits, lines, deposits, days.
#include <algorithm>

#include "walk/reference.h"

namespace fenming::walk {

Reference::Person& Reference::person(const std::string& psn_no) {
  const auto at = persons_.find(psn_no);
  if (at == persons_.end()) throw Refused{"DSK-002"};
  return at->second;
}

Reference::Visit& Reference::visit_of(const std::string& name) {
  const auto at = visits_.find(name);
  if (at == visits_.end()) throw Refused{"DSK-004"};
  if (at->second.provider != now_.command->key.provider) throw Refused{"DSK-005"};
  if (at->second.state == Visit::State::cancelled) throw Refused{"DSK-006"};
  return at->second;
}

void Reference::put_span(Person& subject, const Status& span) {
  if (span.to < span.from) throw Refused{"REG-002"};
  const auto key = std::pair(span.fact.name, span.from);
  for (const auto& [name_and_day, held] : subject.spans) {
    if (name_and_day.first != span.fact.name || (name_and_day == key && held.fact.text == span.fact.text))
      continue;
    if (held.from <= span.to && span.from <= held.to) throw Refused{"REG-003"};
  }
  subject.spans[key] = {span.fact, span.from, span.to};
}

void Reference::run(const RegisterPerson& command) {
  if (command.psn_no.empty()) throw Refused{"DSK-002"};
  const auto there = persons_.find(command.psn_no);
  if (there == persons_.end()) {
    Person fresh;
    for (const Status& span : command.statuses) put_span(fresh, span);
    persons_[command.psn_no] = std::move(fresh);
  } else {
    Person same = there->second;
    try {
      for (const Status& span : command.statuses) put_span(same, span);
    } catch (const Refused& refused) {
      throw Refused{refused.code == "REG-003" ? "REG-032" : refused.code};
    }
    for (const Status& span : command.statuses) {
      const auto held = there->second.spans.find({span.fact.name, span.from});
      if (held == there->second.spans.end() || held->second.to != span.to) throw Refused{"REG-032"};
    }
  }
  persons_[command.psn_no].facts = command.facts;
  for (const Status& span : command.statuses) registered_facts_.insert(span.fact.name);
  for (const FactValue& fact : command.facts) registered_facts_.insert(fact.name);
}

void Reference::run(const RegisterProvider& command) {
  if (command.code.empty()) throw Refused{"DSK-003"};
  if (command.confirm_minutes < 1 || command.confirm_minutes > 1440) throw Refused{"DSK-038"};
  providers_[command.code] = {command.facts, command.confirm_minutes};
  for (const FactValue& fact : command.facts) registered_facts_.insert(fact.name);
}

void Reference::run(const AdoptRules& command) {
  const auto known = libraries_.find(command.digest);
  if (known == libraries_.end()) throw Refused{""};
  rules_ = known->second;
}

void Reference::run(const CreditAccount& command) {
  person(command.psn_no);
  if (command.amount <= Money()) throw Refused{"DSK-001"};
  credits_.push_back({command.psn_no, command.reason, command.amount.fen()});
}

void Reference::run(const ShareAccount& command) {
  Person& owner = person(command.owner);
  person(command.user);
  if (command.owner == command.user) throw Refused{"REG-019"};
  if (command.withdraw) {
    if (owner.consents.erase(command.user) == 0) throw Refused{"REG-020"};
    return;
  }
  if (command.to < command.from) throw Refused{"REG-002"};
  owner.consents[command.user] = {command.from, command.to};
}

void Reference::run(const OpenVisit& command) {
  if (rules_ == nullptr) throw Refused{"DSK-020"};
  person(command.psn_no);
  if (!providers_.contains(now_.command->key.provider)) throw Refused{"DSK-003"};
  Visit& visit = visits_[now_.name];
  visit.psn_no = command.psn_no, visit.provider = now_.command->key.provider, visit.kind = command.kind;
  visit.begin = visit.end = command.begin;
  for (const FactValue& fact : command.facts) visit.facts[fact.name] = fact;
  made_ = now_.name;
}

void Reference::run(const ChangeVisit& command) {
  Visit& visit = visit_of(command.visit);
  for (const FactValue& fact : command.facts) visit.facts[fact.name] = fact;
}

void Reference::run(const CloseVisit& command) {
  Visit& visit = visit_of(command.visit);
  if (visit.state != Visit::State::open) throw Refused{"DSK-006"};
  if (command.end < visit.begin) throw Refused{"DSK-011"};
  if (command.end > now_.today) throw Refused{"DSK-047"};
  visit.end = command.end;
  visit.state = Visit::State::closed;
  for (const FactValue& fact : command.facts) visit.facts[fact.name] = fact;
}

void Reference::run(const ReopenVisit& command) {
  Visit& visit = visit_of(command.visit);
  if (visit.state != Visit::State::closed) throw Refused{"DSK-006"};
  if (settled_now(command.visit)) throw Refused{"DSK-007"};
  visit.state = Visit::State::open;
  visit.end = visit.begin;
}

void Reference::run(const CancelVisit& command) {
  Visit& visit = visit_of(command.visit);
  if (settled_now(command.visit)) throw Refused{"DSK-007"};
  if (std::ranges::any_of(visit.lines, [](const Line& line) { return !line.removed; }))
    throw Refused{"DSK-008"};
  if (balance("deposit " + command.visit) != 0) throw Refused{"DSK-009"};
  visit.state = Visit::State::cancelled;
}

void Reference::run(const UploadLines& command) {
  Visit& visit = visit_of(command.visit);
  if (command.lines.empty()) throw Refused{"DSK-012"};
  std::map<std::string, Money> left;
  std::vector<Line> lines = visit.lines;
  for (const Line& line : lines)
    if (!line.removed) {
      const BillLine& bill = line.fee.line;
      if (bill.refund_of.empty())
        left[bill.id] = left[bill.id] + bill.amount;
      else
        left[bill.refund_of] = left[bill.refund_of] + bill.amount, left[bill.id] = Money();
    }
  for (const FeeLine& fee : command.lines) {
    const BillLine& bill = fee.line;
    if (bill.id.empty() || left.contains(bill.id)) throw Refused{"DSK-014"};
    const bool refund = !bill.refund_of.empty();
    if (refund == (bill.amount >= Money())) throw Refused{"DSK-017"};
    if (refund && !left.contains(bill.refund_of)) throw Refused{"DSK-017"};
    if (refund && std::ranges::any_of(visit.lines, [&](const Line& line) {
          return line.fee.line.id == bill.refund_of && !line.removed && !line.settled_by.empty();
        }))
      throw Refused{"DSK-053"};
    left[bill.id] = refund ? Money() : bill.amount;
    if (refund) {
      Money& original = left[bill.refund_of];
      original = original + bill.amount;
      if (original < Money()) throw Refused{"DSK-018"};
    }
    lines.push_back({fee, false, ""});
  }
  for (const FeeLine& fee : command.lines)  // no bill of this visit could take it
    if (fee.line.refund_of.empty() && fee.line.date &&
        (*fee.line.date < visit.begin || (visit.state == Visit::State::closed && *fee.line.date > visit.end)))
      throw Refused{"BIL-023"};
  visit.lines = std::move(lines);
}

void Reference::run(const RemoveLines& command) {
  Visit& visit = visit_of(command.visit);
  const std::set<std::string> wanted(command.lines.begin(), command.lines.end());
  for (const std::string& id : command.lines) {
    const auto line = std::ranges::find_if(
        visit.lines, [&](const Line& one) { return one.fee.line.id == id && !one.removed; });
    if (line == visit.lines.end()) throw Refused{"DSK-015"};
    if (!line->settled_by.empty()) throw Refused{"DSK-016"};
  }
  std::vector<Line*> gone;
  for (Line& line : visit.lines) {
    if (line.removed) continue;
    const bool named = wanted.empty() || wanted.contains(line.fee.line.id);
    if (named && line.settled_by.empty()) gone.push_back(&line);
    if (!named && wanted.contains(line.fee.line.refund_of)) throw Refused{"DSK-017"};
  }
  if (gone.empty()) throw Refused{"DSK-012"};
  for (Line* line : gone) line->removed = true;
}

void Reference::run(const PayDeposit& command) {
  const Visit& visit = visit_of(command.visit);
  if (command.amount <= Money()) throw Refused{"DSK-001"};
  deposits_.push_back({command.visit, visit.psn_no, command.amount.fen()});
}

// LAW 9(k)
void Reference::run(const ReturnDeposit& command) {
  const Visit& visit = visit_of(command.visit);
  if (command.amount <= Money()) throw Refused{"DSK-001"};
  if (command.amount.fen() > balance("deposit " + command.visit)) throw Refused{"DSK-010"};
  deposits_.push_back({command.visit, visit.psn_no, -command.amount.fen()});
}

void Reference::run(const CloseDay& command) {
  if (command.day <= closed_) throw Refused{"DSK-039"};
  if (command.day > now_.today) throw Refused{"DSK-040"};
  closed_ = command.day;
}

}  // namespace fenming::walk
