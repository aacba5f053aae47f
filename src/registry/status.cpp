#include "registry/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/check.h"
#include "model/codec.h"

namespace fenming {
namespace {

constexpr std::size_t day_size = 10;  // 2025-01-01

bool is_list(const FactValue& fact) { return fact.kind == FactValue::Kind::list; }

std::string prefix_of(std::string_view name, std::string_view member = {}) {
  std::string prefix = "s";
  prefix.append(name).push_back('\0');
  if (!member.empty()) prefix.append(member).push_back('\0');
  return prefix;
}

std::string span_text(const Status& status) {
  const std::string& value = is_list(status.fact) ? status.fact.list.front() : status.fact.text;
  return fmt::format("{}={} {}..{}", status.fact.name, value, to_text(status.from), to_text(status.to));
}

bool clean(std::string_view text) {
  return !text.empty() &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::optional<Error> malformed(const FactValue& fact) {
  const bool sound =
      clean(fact.name) && (is_list(fact) ? !fact.list.empty() && std::ranges::all_of(fact.list, clean)
                                         : clean(fact.text) && fact.list.empty());
  if (sound) return std::nullopt;
  return Error{Code::status_malformed, "", fact.text, {fact.name}};
}

FactValue with_member(const FactValue& fact, const std::string& member) {
  return {fact.name, FactValue::Kind::list, {}, {member}};
}

std::string object_of(std::string_view psn_no) { return "P" + std::string(psn_no); }

// One span into a person's Object, or out of it.
class Setter {
 public:
  Setter(const Object& person, const SetStatus& command) : person_(person), command_(command) {}

  Result<std::vector<Change>> run() {
    if (const auto error = malformed(command_.fact)) return std::unexpected(*error);
    if (command_.to < command_.from)
      return std::unexpected(Error{Code::status_dates, "", to_text(command_.to), {to_text(command_.from)}});
    if (!is_list(command_.fact)) return one({command_.fact, command_.from, command_.to});
    std::vector<std::string> members = command_.fact.list;
    std::ranges::sort(members);
    members.erase(std::ranges::unique(members).begin(), members.end());
    for (const std::string& member : members)
      if (auto done = one({with_member(command_.fact, member), command_.from, command_.to}); !done)
        return done;
    return std::move(changes_);
  }

 private:
  Result<std::vector<Change>> one(const Status& wanted) {
    auto error = command_.revoke ? revoke(wanted) : grant(wanted);
    if (error) return std::unexpected(std::move(*error));
    return changes_;
  }

  std::optional<Error> grant(const Status& wanted) {
    const Object::Cell cell = status_cell(wanted);
    for (const Status& held : statuses(person_, wanted.fact.name)) {
      if (is_list(held.fact) != is_list(wanted.fact)) return overlap(wanted, held);
      if (is_list(held.fact) && held.fact.list != wanted.fact.list) continue;
      const bool same_value = held.fact.text == wanted.fact.text && held.fact.kind == wanted.fact.kind;
      if (same_value && held.from == wanted.from) continue;  // its last day moves
      if (held.from <= wanted.to && wanted.from <= held.to) return overlap(wanted, held);
    }
    put(cell.first, cell.second);
    return std::nullopt;
  }

  std::optional<Error> revoke(const Status& wanted) {
    const std::string name = status_cell(wanted).first;
    const std::string_view held = person_.find(name);
    const auto status = held.empty() ? std::nullopt : read_status({name, held});
    if (!status || status->fact.text != wanted.fact.text)
      return Error{Code::status_missing, "", span_text(wanted), {wanted.fact.name, to_text(wanted.from)}};
    put(name, "");
    return std::nullopt;
  }

  static Error overlap(const Status& wanted, const Status& held) {
    return Error{Code::status_overlap, "", span_text(wanted), {span_text(held)}};
  }

  void put(const std::string& cell, const std::string& after) {
    const std::string_view before = person_.find(cell);
    if (before != after) changes_.push_back({object_of(command_.psn_no), cell, std::string(before), after});
  }

  const Object& person_;
  const SetStatus& command_;
  std::vector<Change> changes_;
};

void put_fact(std::vector<FactValue>& facts, FactValue&& fact) {
  const auto at = std::ranges::find(facts, fact.name, &FactValue::name);
  if (at == facts.end())
    facts.push_back(std::move(fact));
  else if (is_list(*at) && is_list(fact))
    at->list.insert(at->list.end(), fact.list.begin(), fact.list.end());
  else
    *at = std::move(fact);
}

void add_age(std::vector<FactValue>& facts, Date day) {
  const auto born = std::ranges::find(facts, "born", &FactValue::name);
  if (born == facts.end()) return;
  const auto date = parse_date(born->text);
  if (!date || day < *date) return;
  put_fact(facts, {"age", FactValue::Kind::number, std::to_string(age_on(*date, day)), {}});
}

}  // namespace

Object::Cell status_cell(const Status& status) {
  Object::Cell cell;
  cell.first = prefix_of(status.fact.name);
  if (is_list(status.fact)) cell.first += status.fact.list.front();
  cell.first.push_back('\0');
  cell.first += to_text(status.from);
  ByteWriter out(cell.second);
  encode(out, status.fact.kind);
  if (!is_list(status.fact)) encode(out, status.fact.text);
  encode(out, status.to);
  return cell;
}

std::optional<Status> read_status(const Object::CellView& cell) {
  const std::string_view name = cell.first;
  const std::size_t first = name.find('\0');
  if (!name.starts_with('s') || first == std::string_view::npos || name.size() < first + 2 + day_size)
    return std::nullopt;
  const std::size_t second = name.size() - day_size - 1;
  const auto from = parse_date(name.substr(second + 1));
  Status status;
  ByteReader in(cell.second);
  decode(in, status.fact.kind);
  if (!is_list(status.fact)) decode(in, status.fact.text);
  decode(in, status.to);
  if (!from || name[second] != '\0' || !in.done()) return std::nullopt;
  status.from = *from;
  status.fact.name = name.substr(1, first - 1);
  if (is_list(status.fact)) status.fact.list.emplace_back(name.substr(first + 1, second - first - 1));
  return status;
}

std::vector<Status> statuses(const Object& person, std::string_view name) {
  std::vector<Status> found;
  for (const Object::CellView& cell : person.with(name.empty() ? "s" : prefix_of(name))) {
    auto status = read_status(cell);
    CHECK(status, "only this file writes cells of a status");
    found.push_back(std::move(*status));
  }
  return found;
}

std::vector<Status> not_said(const Object& person, const Status& wanted) {
  std::vector<Status> said = statuses(person, wanted.fact.name);
  std::erase_if(said, [&](const Status& held) {
    return is_list(held.fact) && is_list(wanted.fact) && held.fact.list != wanted.fact.list;
  });
  std::ranges::sort(said, {}, &Status::from);
  std::vector<Status> free;
  Date next = wanted.from;
  for (const Status& held : said) {
    if (held.to < next) continue;
    if (wanted.to < held.from) break;
    if (next < held.from) free.push_back({wanted.fact, next, Date{held.from.days - 1}});
    if (wanted.to <= held.to) return free;
    next = Date{held.to.days + 1};
  }
  free.push_back({wanted.fact, next, wanted.to});
  return free;
}

int age_on(Date born, Date day) {
  const CivilDay birth = civil(born), now = civil(day);
  const bool before_birthday = std::pair(now.month, now.day) < std::pair(birth.month, birth.day);
  return now.year - birth.year - (before_birthday ? 1 : 0);
}

std::vector<FactValue> facts_at(const Object& person, Date day) {
  std::vector<FactValue> facts;
  if (const std::string_view data = person.find("r"); !data.empty()) {
    ByteReader in(data);
    decode(in, facts);
    CHECK(in.done(), "only this file writes register data");
  }
  for (Status& status : statuses(person))
    if (status.from <= day && day <= status.to) put_fact(facts, std::move(status.fact));
  add_age(facts, day);
  std::ranges::sort(facts, {}, &FactValue::name);
  return facts;
}

std::optional<std::string> fact_at(const Object& person, std::string_view name, Date day) {
  for (Status& status : statuses(person, name))
    if (status.from <= day && day <= status.to)
      return is_list(status.fact) ? std::nullopt : std::optional(std::move(status.fact.text));
  const std::string_view data = person.find("r");
  if (data.find(name) == std::string_view::npos) return std::nullopt;
  std::vector<FactValue> facts;
  ByteReader in(data);
  decode(in, facts);
  CHECK(in.done(), "only this file writes register data");
  for (FactValue& fact : facts)
    if (fact.name == name && !is_list(fact)) return std::move(fact.text);
  return std::nullopt;
}

Result<std::vector<Change>> set_status(const Object& person, const SetStatus& command) {
  return Setter(person, command).run();
}

namespace {

// One after the other, each on what those before it left.
Result<std::vector<Change>> grant_all(const Object& person, const RegisterPerson& command) {
  std::vector<Change> all;
  Object now = person;
  for (const Status& span : command.statuses) {
    const auto changes = set_status(now, {command.psn_no, span.fact, span.from, span.to, false});
    if (!changes) return changes;
    for (const Change& change : *changes) {
      now.set(change.cell, change.after);
      const auto before = std::ranges::find(all, change.cell, &Change::cell);
      if (before == all.end())
        all.push_back(change);
      else
        before->after = change.after;
    }
  }
  return all;
}

}  // namespace

Result<std::vector<Change>> register_person(const Object& person, const RegisterPerson& command) {
  for (const FactValue& fact : command.facts)
    if (const auto error = malformed(fact)) return std::unexpected(*error);
  std::vector<FactValue> facts;
  for (const FactValue& fact : command.facts) put_fact(facts, FactValue(fact));
  std::ranges::sort(facts, {}, &FactValue::name);
  std::string data;
  ByteWriter out(data);
  encode(out, facts);
  std::vector<Change> changes;
  const auto put = [&](std::string cell, std::string after) {
    const std::string_view before = person.find(cell);
    if (before != after)
      changes.push_back({object_of(command.psn_no), std::move(cell), std::string(before), std::move(after)});
  };
  put("r", data);
  if (!command.sealed.empty()) put("rs", command.sealed);
  const auto granted = grant_all(person, command);
  const auto changes_status = [&](std::string fact) {
    return std::unexpected(Error{Code::status_of_registered, "", command.psn_no, {std::move(fact)}});
  };
  // Whatever contradicts what he has is told when it is set by itself.
  if (!granted && granted.error().code == Code::status_overlap && registered(person))
    return changes_status(granted.error().value.substr(0, granted.error().value.find('=')));
  if (!granted) return std::unexpected(granted.error());
  if (!granted->empty() && registered(person)) {
    const std::string& cell = granted->front().cell;
    return changes_status(cell.substr(1, cell.find('\0') - 1));
  }
  std::ranges::copy(*granted, std::back_inserter(changes));
  return changes;
}

bool registered(const Object& person) { return !person.find("r").empty(); }

}  // namespace fenming
