#include "walk/reference.h"

#include <algorithm>

#include "model/codec.h"
#include "policy/workspace.h"

namespace fenming::walk {
namespace {

constexpr std::int64_t ms_of_minute = 60'000;

std::string content(const Command& command) {
  std::string bytes;
  ByteWriter out(bytes);
  encode(out, command.action);
  return bytes;
}

bool declares(const Library& library, const std::string& name) {
  return std::ranges::find(library.region.facts, name, &Fact::name) != library.region.facts.end();
}

}  // namespace

Reference::Reference() : workspace_(std::make_unique<Workspace>()) {}
Reference::~Reference() = default;

void Reference::know_library(const std::string& digest, LibraryPointer library) {
  libraries_[digest] = std::move(library);
}

// LAW 5
Verdict Reference::apply(const Command& command, Moment now, const std::string& name) {
  const bool has_key = !command.key.msgid.empty();
  if (const auto known = messages_.find(command.key); has_key && known != messages_.end()) {
    if (known->second.tombstone) return {false, "DSK-044", "", false};
    if (content(known->second.command) != content(command)) return {false, "DSK-043", "", false};
    Verdict again = known->second.verdict;
    again.repeated = true;
    return again;
  }
  now_ = {now, civil_day(now.wall), &command, name};
  Verdict verdict{true, "", "", false};
  made_.clear();
  try {
    std::visit([&](const auto& action) { run(action); }, command.action);
  } catch (const Refused& refused) {
    return {false, refused.code, "", false};
  }
  verdict.made = made_;
  if (has_key) messages_[command.key] = {command, verdict, false};
  return verdict;
}

// LAW 7
std::vector<std::string> Reference::due(Moment now) const {
  std::vector<std::string> names;
  for (const Settlement& one : live_)
    if (one.pending && one.deadline_ms <= now.steady_ms) names.push_back(one.name);
  return names;
}

void Reference::reopened(Moment now) {
  for (Settlement& one : live_)
    if (one.pending)
      one.deadline_ms = now.steady_ms + providers_[one.provider].confirm_minutes * ms_of_minute;
}

// ---- Settling

bool Reference::settled_now(const std::string& visit) const {
  return std::ranges::find(live_, visit, &Settlement::visit) != live_.end();
}

std::vector<std::size_t> Reference::lines_for(const Visit& visit, const Settle& command, Date to) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < visit.lines.size(); ++i) {
    const Line& line = visit.lines[i];
    if (line.removed || !line.settled_by.empty()) continue;
    if (const std::string& original = line.fee.line.refund_of; !original.empty()) {  // follows it
      if (std::ranges::any_of(found, [&](std::size_t at) { return visit.lines[at].fee.line.id == original; }))
        found.push_back(i);
      continue;
    }
    const bool waits = std::ranges::any_of(visit.lines, [&](const Line& other) {  // for its refund
      const BillLine& refund = other.fee.line;
      return !other.removed && other.settled_by.empty() && refund.refund_of == line.fee.line.id &&
             refund.date && *refund.date > to;
    });
    if (waits) continue;
    if (!command.batch.empty() && line.fee.batch != command.batch) continue;
    if (line.fee.line.date && *line.fee.line.date > to) continue;
    found.push_back(i);
  }
  return found;
}

namespace {

Date end_of(const auto& visit, bool closed, const Settle& command, Date today) {
  if (closed) return visit.end;
  return command.to.days != 0 ? command.to : std::max(visit.begin, today);
}

}  // namespace

Money Reference::open_total(const Settle& settle, Moment now) const {
  const auto visit = visits_.find(settle.visit);
  Money sum;
  if (visit == visits_.end()) return sum;
  const bool closed = visit->second.state == Visit::State::closed;
  for (const std::size_t i :
       lines_for(visit->second, settle, end_of(visit->second, closed, settle, civil_day(now.wall))))
    sum = sum + visit->second.lines[i].fee.line.amount;
  return sum;
}

std::map<std::string, FactValue> Reference::facts_on(const Person& person, Date day) const {
  std::map<std::string, FactValue> facts;
  for (const FactValue& fact : person.facts) facts[fact.name] = fact;
  for (const auto& [key, span] : person.spans)
    if (span.from <= day && day <= span.to) facts[span.fact.name] = span.fact;
  return facts;
}

void Reference::add_facts(Case& made, const std::string& psn_no, const std::string& provider,
                          const std::vector<FactValue>& visit, Date day) const {
  if (rules_ == nullptr) throw Refused{"DSK-020"};
  made.library = rules_;
  for (const FactValue& fact : visit) {
    if (registered_facts_.contains(fact.name)) throw Refused{"DSK-022"};
    made.facts[fact.name] = fact;
  }
  if (const auto known = providers_.find(provider); known != providers_.end())
    for (const FactValue& fact : known->second.facts)
      if (declares(*rules_, fact.name)) made.facts[fact.name] = fact;
  for (const auto& [name, fact] : facts_on(persons_.at(psn_no), day))
    if (declares(*rules_, name)) made.facts[name] = fact;
}

Reference::Case Reference::case_of(const Settle& command, Settlement& settlement) {
  Case made;
  std::vector<FactValue> facts = command.facts;
  if (command.visit.empty()) {
    made.kind = command.kind, made.from = command.from, made.to = command.to;
    std::set<std::string> ids;
    for (const FeeLine& fee : command.lines) {
      if (fee.line.id.empty() || !ids.insert(fee.line.id).second) throw Refused{"DSK-014"};
      made.lines.push_back(fee.line);
    }
  } else {
    const Visit& visit = visit_of(command.visit);
    if (visit.psn_no != command.psn_no) throw Refused{"DSK-005"};
    const bool closed = visit.state == Visit::State::closed;
    if (command.interim && closed) throw Refused{"DSK-006"};
    made.kind = visit.kind, made.from = visit.begin;
    made.to = end_of(visit, closed, command, now_.today);
    facts.clear();
    for (const auto& [name, fact] : visit.facts) facts.push_back(fact);
    facts.insert(facts.end(), command.facts.begin(), command.facts.end());
    if (!command.batch.empty() && visit.batches.contains(command.batch)) throw Refused{"DSK-019"};
    for (const std::size_t i : lines_for(visit, command, made.to))
      made.lines.push_back(visit.lines[i].fee.line);
    if (made.lines.empty() && settled_now(command.visit)) throw Refused{"DSK-048"};
    settlement.visit = command.visit;
    settlement.batch = command.batch;
  }
  if (made.to < made.from) throw Refused{"DSK-011"};
  if (made.to > now_.today) throw Refused{"DSK-047"};
  made.settle = made.known = std::max(now_.today, made.to);
  made.total = command.total;
  add_facts(made, command.psn_no, now_.command->key.provider, facts, made.to);
  return made;
}

void Reference::add_balances(Settlement& settlement) const {
  const auto put = [&](const char* name, std::int64_t fen) {
    settlement.made.facts[name] = {
        name, FactValue::Kind::text, to_text(Money::from_fen(std::max<std::int64_t>(0, fen))), {}};
  };
  put("account", settlement.use_account ? balance("personal " + settlement.psn_no) : 0);
  put("family", settlement.payer.empty() ? 0 : balance("personal " + settlement.payer));
  if (!settlement.visit.empty())
    settlement.made.facts["stay"] = {"stay", FactValue::Kind::text, settlement.visit, {}};
}

void Reference::require_insured(const Person& person, Date day) const {
  for (const auto& [key, span] : person.spans)
    if (span.fact.name == "insured" && span.from <= day && day <= span.to && span.fact.text == "yes") return;
  throw Refused{""};
}

void Reference::run(const Settle& command) {
  Settlement settlement;
  settlement.psn_no = command.psn_no, settlement.provider = now_.command->key.provider;
  settlement.payer = command.payer, settlement.pending = command.two_phase;
  settlement.use_account = command.use_account, settlement.of_settle_message = true;
  if (!providers_.contains(settlement.provider)) throw Refused{"DSK-003"};
  const Person& patient = person(command.psn_no);
  settlement.made = case_of(command, settlement);
  require_insured(patient, settlement.made.to);
  if (!command.payer.empty()) {
    const auto owner = persons_.find(command.payer);
    if (owner == persons_.end()) throw Refused{""};
    if (command.payer == command.psn_no) throw Refused{"REG-019"};
    const auto days = owner->second.consents.find(command.psn_no);
    if (days == owner->second.consents.end() || now_.today < days->second.first ||
        days->second.second < now_.today)
      throw Refused{"REG-018"};
  }
  settlement.deadline_ms =
      now_.moment.steady_ms + providers_[settlement.provider].confirm_minutes * ms_of_minute;
  settle(std::move(settlement));
}

void Reference::settle(Settlement settlement) {
  settlement.name = now_.name;
  add_balances(settlement);
  Rows after = rows_;
  if (!assess_into(settlement, after)) throw Refused{""};
  settlement.first = settlement.base = settlement.counted = settlement.fresh;
  settlement.number = ++numbers_;
  if (!settlement.visit.empty()) {
    Visit& visit = visits_[settlement.visit];
    Settle like;
    like.batch = settlement.batch;
    for (const std::size_t i : lines_for(visit, like, settlement.made.to)) {
      visit.lines[i].settled_by = settlement.name;
      const FeeLine& fee = visit.lines[i].fee;
      if (!fee.batch.empty() && fee.line.refund_of.empty())
        visit.batches.try_emplace(fee.batch, settlement.name);
    }
    if (!settlement.batch.empty()) visit.batches.try_emplace(settlement.batch, settlement.name);
  }
  made_ = settlement.name;
  live_.push_back(std::move(settlement));
  recompute({}, false);
}

// ---- Undoing

Reference::Settlement& Reference::live(const std::string& name) {
  const auto at = std::ranges::find(live_, name, &Settlement::name);
  if (at != live_.end()) return *at;
  const auto undone = undone_.find(name);
  if (undone == undone_.end()) throw Refused{"DSK-024"};
  throw Refused{undone->second.how == "expired" ? "DSK-027" : "DSK-026"};
}

Reference::Settlement& Reference::mine(const std::string& name, const std::string& psn_no) {
  const auto require = [&](const std::string& provider, const std::string& owner) {
    if (provider != now_.command->key.provider || owner != psn_no) throw Refused{"DSK-025"};
  };
  if (const auto undone = undone_.find(name); undone != undone_.end())
    require(undone->second.provider, undone->second.psn_no);
  Settlement& settlement = live(name);
  require(settlement.provider, settlement.psn_no);
  return settlement;
}

void Reference::take_away(std::string name, bool must) {
  const auto at = std::ranges::find(live_, name, &Settlement::name);
  const bool again = must || at->made.library->region.cancel == "recompute";
  const bool in_scope = later_in_scope(*at);
  if (!again && in_scope) throw Refused{"DSK-029"};
  const bool floors = std::any_of(at + 1, live_.end(), [&](const Settlement& one) {
    return one.psn_no == at->psn_no && !one.floors.empty();
  });
  std::set<std::string> later;
  if (again && (in_scope || floors)) later = reached(at->psn_no, at->number + 1);
  later.erase(name);
  if (!must && !at->visit.empty())
    for (auto other = at + 1; other != live_.end(); ++other)
      if (other->visit == at->visit) throw Refused{"DSK-029"};
  if (!at->visit.empty()) {
    Visit& visit = visits_[at->visit];
    for (Line& line : visit.lines)
      if (line.settled_by == name) line.settled_by.clear();
    std::erase_if(visit.batches, [&](const auto& batch) { return batch.second == name; });
  }
  undone_[name] = {"cancelled", at->psn_no, at->provider};
  live_.erase(at);
  recompute(later, false);
}

void Reference::run(const CancelSettlement& command) {
  take_away(mine(command.settlement, command.psn_no).name, false);
  made_ = now_.name;
}

void Reference::run(const Reverse& command) {
  const MessageKey key{now_.command->key.provider, command.infno, command.msgid};
  const auto known = messages_.find(key);
  if (known == messages_.end()) {
    messages_[key].tombstone = true;
    return;
  }
  if (known->second.tombstone) return;
  const auto* settle = std::get_if<Settle>(&known->second.command.action);
  if (settle == nullptr) throw Refused{"DSK-031"};
  if (settle->psn_no != command.psn_no) throw Refused{"DSK-025"};
  const std::string name = known->second.verdict.made;
  if (undone_.contains(name)) return;
  take_away(name, true);
  made_ = now_.name;
}

void Reference::run(const Confirm& command) {
  const auto undone = undone_.find(command.settlement);
  Settlement& settlement = mine(
      command.settlement, undone != undone_.end() ? undone->second.psn_no : live(command.settlement).psn_no);
  if (!settlement.pending) throw Refused{"DSK-028"};
  settlement.pending = false, settlement.confirmed = true;
  settlement.base = settlement.counted;
  made_ = command.settlement;
}

void Reference::run(const Expire& command) {
  if (undone_.contains(command.settlement)) throw Refused{"DSK-028"};
  if (!live(command.settlement).pending) throw Refused{"DSK-028"};
  take_away(command.settlement, true);
  undone_[command.settlement].how = "expired";
  made_ = now_.name;
}

void Reference::run(const RefundPart& command) {
  Settlement rest = mine(command.settlement, command.psn_no);
  if (rest.pending || !rest.visit.empty()) throw Refused{"DSK-030"};
  if (command.lines.empty()) throw Refused{"DSK-012"};
  int number = 0;
  Money total;
  const auto before = std::tuple(live_, undone_, rows_);
  try {
    take_away(command.settlement, false);
    for (const RefundPart::Line& wanted : command.lines) {
      const auto line = std::ranges::find(rest.made.lines, wanted.id, &BillLine::id);
      if (line == rest.made.lines.end() || !line->refund_of.empty()) throw Refused{"DSK-015"};
      if (wanted.amount <= Money()) throw Refused{"DSK-001"};
      if (wanted.quantity.millionths < 0) throw Refused{"DSK-018"};
      BillLine back = *line;
      back.id = now_.name + "/" + std::to_string(++number);
      back.refund_of = wanted.id;
      back.amount = -wanted.amount;
      back.quantity = Decimal{-wanted.quantity.millionths};
      back.listed_limit.reset();
      rest.made.lines.push_back(back);
    }
    for (const BillLine& line : rest.made.lines) total = total + line.amount;
    rest.made.total = total;
    rest.made.library = rules_;  // the rest is settled today
    rest.made.settle = rest.made.known = std::max(now_.today, rest.made.to);
    rest.pending = rest.confirmed = rest.of_settle_message = false;
    rest.floors.clear();
    settle(std::move(rest));
  } catch (const Refused&) {
    std::tie(live_, undone_, rows_) = before;
    throw;
  }
}

// ---- Status

void Reference::run(const SetStatus& command) {
  Person& subject = person(command.psn_no);
  const Person before = subject;
  if (command.to < command.from) throw Refused{"REG-002"};
  const auto key = std::pair(command.fact.name, command.from);
  const auto held = subject.spans.find(key);
  bool taken = command.revoke;
  if (command.revoke) {
    if (held == subject.spans.end() || held->second.fact.text != command.fact.text) throw Refused{"REG-004"};
    subject.spans.erase(held);
  } else {
    taken = held != subject.spans.end() && command.to < held->second.to;
    put_span(subject, {command.fact, command.from, command.to});
  }
  registered_facts_.insert(command.fact.name);
  if (rules_ == nullptr || rules_->region.late == "none" || !declares(*rules_, command.fact.name)) return;
  const bool gains_only = rules_->region.late == "gains" && !taken;
  const auto text_of = [&](const Person& any, const Settlement& one) {
    const auto facts = facts_on(any, one.made.to);
    const auto fact = facts.find(command.fact.name);
    return fact == facts.end() ? std::string() : fact->second.text;
  };
  const auto first = std::ranges::find_if(live_, [&](const Settlement& one) {
    return one.psn_no == command.psn_no && text_of(subject, one) != text_of(before, one);
  });
  if (first == live_.end()) return;
  // From the first that now has another fact on, everything of the person.
  const std::int64_t event = ++numbers_, since = first->number;
  for (auto one = first; one != live_.end(); ++one) {
    if (one->psn_no != command.psn_no) continue;
    if (gains_only) one->floors.push_back({event, since, one->made.facts});
    const std::string text = text_of(subject, *one);
    if (text == text_of(before, *one)) continue;
    const auto put = [&](std::map<std::string, FactValue>& facts) {
      if (text.empty())
        facts.erase(command.fact.name);
      else
        facts[command.fact.name] = {command.fact.name, FactValue::Kind::text, text, {}};
    };
    put(one->made.facts);
    if (!gains_only)
      for (Floor& floor : one->floors) put(floor.facts);
  }
  recompute(reached(command.psn_no, since), gains_only);
}

// ---- Claims

void Reference::run(const EnterClaim& command) {
  if (rules_ == nullptr) throw Refused{"DSK-020"};
  person(command.psn_no);
  if (command.lines.empty()) throw Refused{"DSK-012"};
  if (command.entered_by.empty()) throw Refused{"DSK-035"};
  if (command.to < command.from) throw Refused{"DSK-011"};
  if (command.to > now_.today) throw Refused{"DSK-047"};
  claims_[now_.name] = {command, 0};
  made_ = now_.name;
}

void Reference::run(const DecideClaim& command) {
  const auto claim = claims_.find(command.claim);
  if (claim == claims_.end()) throw Refused{"DSK-032"};
  if (claim->second.decided != 0) throw Refused{"DSK-033"};
  const EnterClaim& entered = claim->second.entered;
  if (command.decided_by.empty() || command.decided_by == entered.entered_by) throw Refused{"DSK-034"};
  if (command.approve) {
    Settlement settlement;
    settlement.psn_no = entered.psn_no, settlement.use_account = false;
    Case& made = settlement.made;
    made.kind = entered.kind, made.from = entered.from, made.to = entered.to;
    made.settle = made.known = std::max(now_.today, entered.to);
    for (const FeeLine& fee : entered.lines) made.lines.push_back(fee.line);
    made.total = entered.total;
    add_facts(made, entered.psn_no, "", entered.facts, entered.to);
    require_insured(persons_.at(entered.psn_no), entered.to);
    settle(std::move(settlement));
  }
  claim->second.decided = command.approve ? 1 : 2;
  made_ = command.claim;
}

}  // namespace fenming::walk
