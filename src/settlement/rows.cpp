#include "settlement/rows.h"

#include <algorithm>

namespace fenming {
namespace {

constexpr std::uint8_t number_mark = 'n', word_mark = 'w';

}  // namespace

const std::vector<std::string>* RowMap::domain_of(std::uint32_t key_register) const {
  const Region& region = library_->region;
  if (key_register >= region.facts.size() || region.facts[key_register].type != Type::code) return nullptr;
  return &region.domains[region.facts[key_register].domain].members;
}

std::uint64_t& RowMap::code_word(std::uint32_t key_register, std::size_t member) {
  return domains_[library_->region.facts[key_register].domain][member];
}

void RowMap::learn(const Words& words, std::uint64_t word_count) {
  if (learned_ == word_count) return;
  learned_ = word_count;
  const Region& region = library_->region;
  const auto word = [&](const std::string& text) { return words.known(text).value_or(unknown); };
  groups_.clear();
  domains_.assign(region.domains.size(), {});
  for (const Group& group : region.groups) {
    GroupWords& known = groups_.emplace_back(word(group.name));
    for (const Group::Member& member : group.members) known.members.push_back(word(member.name));
    for (const std::uint32_t reg : group.key) {
      const auto* members = domain_of(reg);
      auto& codes = members != nullptr ? domains_[region.facts[reg].domain] : domains_.front();
      if (members == nullptr || !codes.empty()) continue;
      for (const std::string& member : *members) codes.push_back(word(member));
    }
  }
}

std::optional<BoundRow> RowMap::bound(std::string_view cell_name, std::string_view cell_value) const {
  ByteReader name(cell_name.substr(row_prefix.size()));
  const std::uint64_t word = name.number();
  const auto known = std::ranges::find(groups_, word, &GroupWords::name);
  if (known == groups_.end()) return std::nullopt;
  BoundRow row;
  row.group = static_cast<std::uint32_t>(known - groups_.begin());
  const Group& group = library_->region.groups[row.group];
  for (const std::uint32_t reg : group.key) {
    const std::uint8_t mark = name.byte();
    if (const auto* members = domain_of(reg)) {
      const auto& codes = domains_[library_->region.facts[reg].domain];
      const auto code = std::ranges::find(codes, mark == word_mark ? name.number() : unknown);
      if (code == codes.end() || members == nullptr) return std::nullopt;
      row.key.push_back(code - codes.begin());
    } else {
      if (mark != number_mark) return std::nullopt;
      row.key.push_back(name.integer());
    }
  }
  if (!name.done()) return std::nullopt;
  row.values.resize(group.members.size());
  row.given = (std::uint64_t{1} << group.members.size()) - 1;
  for (const Row::Member& member : read_row(cell_value).members) {
    const auto at = std::ranges::find(known->members, member.word);
    if (at != known->members.end())
      row.values[static_cast<std::size_t>(at - known->members.begin())] = member.value;
  }
  return row;
}

std::string RowMap::cell_name(const AccumulatorResult& row, Words& words) {
  const Group& group = library_->region.groups[row.group];
  GroupWords& known = groups_[row.group];
  if (known.name == unknown) known.name = words.number(group.name);
  std::string name(row_prefix);
  ByteWriter out(name);
  out.number(known.name);
  for (std::size_t k = 0; k < group.key.size(); ++k) {
    const auto* members = domain_of(group.key[k]);
    if (members == nullptr) {
      out.byte(number_mark);
      out.integer(row.key[k]);
      continue;
    }
    const auto member = static_cast<std::size_t>(row.key[k]);
    std::uint64_t& word = code_word(group.key[k], member);
    if (word == unknown) word = words.number((*members)[member]);
    out.byte(word_mark);
    out.number(word);
  }
  return name;
}

Row RowMap::after(const AccumulatorResult& row, const Row& before, Words& words) {
  const Group& group = library_->region.groups[row.group];
  GroupWords& known = groups_[row.group];
  Row after = before;
  for (std::size_t m = 0; m < group.members.size(); ++m) {
    if (known.members[m] == unknown) {
      if (row.after[m] == 0) continue;
      known.members[m] = words.number(group.members[m].name);
    }
    const auto at = std::ranges::lower_bound(after.members, known.members[m], {}, &Row::Member::word);
    const bool there = at != after.members.end() && at->word == known.members[m];
    if (there && row.after[m] == 0)
      after.members.erase(at);
    else if (there)
      at->value = row.after[m];
    else if (row.after[m] != 0)
      after.members.insert(at, {known.members[m], row.after[m]});
  }
  return after;
}

std::vector<NamedTotal> totals_of(const Object& person, const Object& shard,
                                  const std::shared_ptr<const Library>& library) {
  static constexpr std::string_view calendar[] = {"year", "quarter", "month", "period"};
  const Region& region = library->region;
  RowMap map(library);
  const Words words([&](const std::string& cell) { return std::string(shard.find(cell)); },
                    [](const std::string&, const std::string&) {});
  map.learn(words, static_cast<std::uint64_t>(read_integer(shard.find(word_count_cell))));
  std::vector<NamedTotal> totals;
  for (const auto& [name, value] : person.with(row_prefix)) {
    const auto row = map.bound(name, value);
    if (!row) continue;
    const Group& group = region.groups[row->group];
    NamedTotal total;
    for (std::size_t k = 0; k < group.key.size(); ++k) {
      const std::uint32_t reg = group.key[k];
      if (reg >= region.facts.size())
        total.key.emplace_back(calendar[reg - region.year()], std::to_string(row->key[k]));
      else if (region.facts[reg].type == Type::code)
        total.key.emplace_back(
            region.facts[reg].name,
            region.domains[region.facts[reg].domain].members[static_cast<std::size_t>(row->key[k])]);
      else
        total.key.emplace_back(region.facts[reg].name, std::to_string(row->key[k]));
    }
    for (std::size_t m = 0; m < group.members.size(); ++m) {
      if (row->values[m] == 0) continue;
      const bool money = group.members[m].type == Type::money;
      total.name = group.name + "." + group.members[m].name;
      total.value = money ? to_text(Money::from_fen(row->values[m])) : std::to_string(row->values[m]);
      totals.push_back(total);
    }
  }
  return totals;
}

}  // namespace fenming
