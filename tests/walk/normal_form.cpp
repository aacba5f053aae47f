#include "walk/normal_form.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/entry.h"
#include "policy/library.h"
#include "registry/account.h"
#include "registry/status.h"
#include "settlement/cells.h"
#include "settlement/words.h"

namespace fenming::walk {
namespace {

// As the policy engine turns an id into a key.
std::int64_t id_number(std::string_view text) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::int64_t>(hash >> 2);
}

std::string key_name(const Region& region, std::uint32_t reg) {
  static const char* const calendar[] = {"year", "quarter", "month", "period"};
  return reg < region.facts.size() ? region.facts[reg].name : calendar[reg - region.year()];
}

std::string money(std::int64_t fen) { return to_text(Money::from_fen(fen)); }

std::string key_text(const Group& group, const Region& region, ByteReader& in, const Names& names,
                     const std::map<std::uint64_t, std::string>& words) {
  std::vector<std::string> parts;
  for (const std::uint32_t reg : group.key) {
    const std::string name = key_name(region, reg);
    std::string value;
    if (in.byte() == 'w') {
      value = words.at(in.number());
    } else {
      const std::int64_t number = in.integer();
      value = std::to_string(number);
      if (name == "stay")
        for (const auto& [known, id] : names.ids())
          if (id_number(id) == number) value = known;
    }
    parts.push_back(name + " " + value);
  }
  std::ranges::sort(parts);
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::string Names::id(const std::string& name) const {
  const auto at = ids_.find(name);
  return at == ids_.end() ? name : at->second;
}
std::string Names::name(const std::string& id) const {
  const auto at = names_.find(id);
  return at == names_.end() ? id : at->second;
}

std::string Journal::add(std::uint64_t position, const Decision& decision) {
  if (position != head_ + 1) return fmt::format("position {} follows {}", position, head_);
  head_ = position;
  if (const auto error = fold(objects_, position, decision)) return to_text(*error, Language::en);
  std::int64_t sum = 0;
  for (const Posting& posting : decision.entries) {
    sum += posting.amount.fen();
    sums_[posting.account] += posting.amount.fen();
  }
  if (sum != 0) return "the entries of a decision do not add up to zero";
  for (const SettlementResult& result : decision.results) {
    const std::int64_t paid =
        result.funds + result.account + result.family + result.cash + result.provider_part;
    if (result.kind != ResultKind::cleared && paid != result.total)
      return "the shares of " + result.settlement + " are not its total";
    if (result.kind == ResultKind::settled) live_[result.settlement] = result.psn_no;
    if (result.kind == ResultKind::cancelled) live_.erase(result.corrects);
  }
  if (const auto* upload = std::get_if<UploadLines>(&decision.command.action))
    for (const FeeLine& fee : upload->lines) uploads_[position].push_back(fee.line.id);
  return "";
}

void Journal::balances(const Names& names, std::vector<std::string>& lines) const {
  for (const auto& [account, fen] : sums_) {
    if (fen != 0)
      lines.push_back(
          fmt::format("balance {} {} {}", name(account.kind), names.name(account.owner), money(fen)));
    if (!has_balance(account.kind)) continue;
    const auto object = objects_.all().find(balance_object(account));
    const std::int64_t kept =
        object == objects_.all().end() ? 0 : read_integer(object->second.find(balance_cell(account.kind)));
    if (kept != fen)
      lines.push_back(fmt::format("balance of {} {} is kept as {} and adds up to {}", name(account.kind),
                                  account.owner, money(kept), money(fen)));
  }
}

void Journal::rows(const std::string& psn_no, const Object& object, const Names& names,
                   const Library& library, const std::map<std::uint64_t, std::string>& words,
                   std::vector<std::string>& lines) const {
  for (const auto& [cell, bytes] : object.with(row_prefix)) {
    ByteReader in(cell.substr(row_prefix.size()));
    const std::string group_name = words.at(in.number());
    const auto group = std::ranges::find(library.region.groups, group_name, &Group::name);
    const std::string key = key_text(*group, library.region, in, names, words);
    for (const Row::Member& value : read_row(bytes).members) {
      const auto member = std::ranges::find(group->members, words.at(value.word), &Group::Member::name);
      lines.push_back(
          fmt::format("row {} {}.{} [{}] {}", psn_no, group_name, member->name, key,
                      member->type == Type::money ? money(value.value) : std::to_string(value.value)));
    }
  }
}

void Journal::person(const std::string& psn_no, const Object& object, std::vector<std::string>& lines) const {
  for (const Status& status : statuses(object))
    lines.push_back(fmt::format("status {} {}={} {}..{}", psn_no, status.fact.name, status.fact.text,
                                to_text(status.from), to_text(status.to)));
  for (const auto& [cell, bytes] : object.with("c")) {
    const std::string user(cell.substr(1));
    const auto consent = consent_of(object, user);
    lines.push_back(
        fmt::format("consent {} for {} {}..{}", psn_no, user, to_text(consent->from), to_text(consent->to)));
  }
}

void Journal::visit(const std::string& name, const Object& object, const Names& names,
                    std::vector<std::string>& lines) const {
  static const char* const states[] = {"open", "closed", "cancelled"};
  const auto value = read_cell<Visit>(object.find(visit_cell));
  lines.push_back(fmt::format("visit {} {} {} {}..{} {}", name, value->psn_no, value->kind,
                              to_text(value->begin), to_text(value->end), states[value->status]));
  std::size_t number = 0;
  for (const auto& [cell, marks] : object.with("l")) {
    const std::vector<std::string>& ids = uploads_.at(cell_position(cell));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const char state = marks[i];
      lines.push_back(fmt::format("line {} {} {} {}", name, number++, ids[i],
                                  state == line_open      ? "open"
                                  : state == line_removed ? "removed"
                                                          : "settled"));
    }
  }
  for (const auto& [batch, settlement] : object.with("k"))
    lines.push_back(
        fmt::format("batch {} {} {}", name, batch.substr(1), names.name(std::string(settlement))));
}

std::vector<std::string> Journal::normal_form(const Names& names, const Library& library) {
  static const char* const statuses_of_settlements[] = {"", "pending", "confirmed", "expired", "cancelled"};
  std::vector<std::string> lines;
  balances(names, lines);
  std::map<std::uint64_t, std::string> words;
  for (const auto& [cell, value] : objects_.object(shard_object).cells())
    if (cell.starts_with(word_prefix))
      words[static_cast<std::uint64_t>(read_integer(value))] = cell.substr(word_prefix.size());
  for (const auto& [object_name, object] : objects_.all()) {
    const std::string id = object_name.substr(1);
    if (object.empty()) continue;
    if (object_name[0] == 'P') {
      rows(id, object, names, library, words, lines);
      person(id, object, lines);
    } else if (object_name[0] == 'V') {
      visit(names.name(id), object, names, lines);
    } else if (object_name[0] == 'C') {
      lines.push_back(fmt::format("claim {} {}", names.name(id),
                                  read_cell<ClaimState>(object.find(claim_cell))->decided));
    } else if (object_name[0] == 'T') {
      const auto state = read_cell<SettlementState>(object.find(settlement_cell));
      if (state && state->status != SettlementStatus::settled)
        lines.push_back(fmt::format("settlement {} {}", names.name(id),
                                    statuses_of_settlements[static_cast<int>(state->status)]));
    }
  }
  std::map<std::string, int> count;
  for (const auto& [settlement, psn_no] : live_) ++count[psn_no];
  for (const auto& [psn_no, number] : count) lines.push_back(fmt::format("live {} {}", psn_no, number));
  std::ranges::sort(lines);
  return lines;
}

}  // namespace fenming::walk
