#include "settlement/state.h"

#include <utility>

#include "settlement/cells.h"

namespace fenming {
namespace {

const Object nothing;

std::optional<Error> replace(Objects& objects, const Change& change, std::uint64_t position) {
  Object& object = objects.edit(change.object);
  if (objects.failure()) return objects.failure();  // not read, so nothing can be said about it
  if (object.find(change.cell) != change.before)
    return Error{Code::record_conflict, change.object, std::to_string(position), {to_hex(change.cell)}};
  object.set(change.cell, change.after);
  return std::nullopt;
}

void post(Objects& objects, const Posting& posting) {
  Object& object = objects.edit(balance_object(posting.account));
  const std::string cell = balance_cell(posting.account.kind);
  object.set(cell, integer_cell(read_integer(object.find(cell)) + posting.amount.fen()));
}

}  // namespace

std::optional<Error> fold(Objects& objects, std::uint64_t position, const Decision& decision) {
  for (const SettlementResult& result : decision.results)
    for (const Change& row : result.rows)
      if (auto error = replace(objects, row, position)) return error;
  for (const Change& change : decision.changes)
    if (auto error = replace(objects, change, position)) return error;
  for (const Posting& posting : decision.entries)
    if (has_balance(posting.account.kind)) post(objects, posting);
  for (const PersonLink& person : decision.persons)
    objects.edit(person_object(person.psn_no))
        .set(last_cell, integer_cell(static_cast<std::int64_t>(position)));
  return objects.failure();
}

std::string message_text(const MessageKey& key) { return write_cell(key); }

// ---- Memory

Memory::Kept* Memory::known(const std::string& name) {
  if (const auto at = dirty_.find(name); at != dirty_.end()) return &at->second;
  if (const auto at = young_.find(name); at != young_.end()) return &at->second;
  const auto at = old_.find(name);
  if (at == old_.end()) return nullptr;
  auto node = old_.extract(at);
  return &young_.insert(std::move(node)).position->second;
}

Memory::Kept Memory::load(const std::string& name) {
  const auto rows = store_.state(std::span(&name, 1));
  if (!rows) {
    failure_ = rows.error();
    return {};
  }
  auto object = Object::read(rows->front().bytes);
  if (!object) {
    failure_ = Error{Code::store_damaged, name, name, {}};
    return {};
  }
  return {std::move(*object), rows->front().position};
}

const Object& Memory::object(const std::string& name) {
  if (const Kept* kept = known(name)) return kept->object;
  if (young_.size() >= clean_max_ / 2) {
    old_ = std::move(young_);
    young_.clear();
  }
  Kept loaded = load(name);
  if (failure_) return nothing;
  return young_.emplace(name, std::move(loaded)).first->second.object;
}

Object& Memory::edit(const std::string& name) {
  if (const auto at = dirty_.find(name); at != dirty_.end()) return at->second.object;
  object(name);
  if (auto node = young_.extract(name)) return dirty_.insert(std::move(node)).position->second.object;
  return dirty_[name].object;
}

void Memory::touched(const std::string& name, std::uint64_t position) { dirty_[name].position = position; }

void Memory::bind(const Bound& bound, std::uint64_t position) {
  bound_.insert_or_assign(message_text(bound.key),
                          Store::Found{position, static_cast<std::uint8_t>(bound.kind)});
}

Result<std::optional<Store::Found>> Memory::find(const MessageKey& key) {
  if (const auto at = bound_.find(message_text(key)); at != bound_.end()) return at->second;
  return store_.find(key);
}

void Memory::written(std::uint64_t watermark) {
  for (auto at = dirty_.begin(); at != dirty_.end();) {
    const auto next = std::next(at);
    if (at->second.position <= watermark) young_.insert(dirty_.extract(at));
    at = next;
  }
  std::erase_if(bound_, [&](const auto& one) { return one.second.position <= watermark; });
  if (young_.size() < clean_max_ / 2) return;
  old_ = std::move(young_);
  young_.clear();
}

// ---- Draft

const Object& Draft::object(const std::string& name) {
  if (const auto at = changed_.find(name); at != changed_.end()) return at->second;
  const Object& object = memory_.object(name);
  if (memory_.failure()) failure_ = memory_.failure();
  return object;
}

Object& Draft::edit(const std::string& name) {
  const auto at = changed_.find(name);
  if (at == changed_.end()) {
    positions_[name] = position_;
    return changed_.emplace(name, object(name)).first->second;
  }
  positions_[name] = position_;
  return at->second;
}

Result<std::optional<Store::Found>> Draft::find(const MessageKey& key) {
  if (const auto at = bound_.find(message_text(key)); at != bound_.end()) return at->second;
  return memory_.find(key);
}

std::optional<Error> Draft::reach(const Decision& decision) {
  for (const SettlementResult& result : decision.results)
    for (const Change& row : result.rows) object(row.object);
  for (const Change& change : decision.changes) object(change.object);
  for (const Posting& posting : decision.entries)
    if (has_balance(posting.account.kind)) object(balance_object(posting.account));
  for (const PersonLink& person : decision.persons) object(person_object(person.psn_no));
  return failure_;
}

std::optional<Error> Draft::add(std::uint64_t position, std::shared_ptr<const Decision> decision) {
  position_ = position;
  if (auto error = fold(*this, position, *decision)) return error;
  for (const Bound& bound : decision->bound)
    bound_.insert_or_assign(message_text(bound.key),
                            Store::Found{position, static_cast<std::uint8_t>(bound.kind)});
  decisions_.emplace_back(position, std::move(decision));
  return std::nullopt;
}

const std::shared_ptr<const Decision>* Draft::decided(std::uint64_t position) const {
  if (decisions_.empty() || position < decisions_.front().first) return nullptr;
  const std::uint64_t index = position - decisions_.front().first;
  return index < decisions_.size() ? &decisions_[index].second : nullptr;
}

std::vector<StateRow> Draft::commit() {
  std::vector<StateRow> rows;
  rows.reserve(changed_.size());
  for (auto& [name, object] : changed_) {
    const std::uint64_t position = positions_[name];
    rows.push_back({name, object.write(), position});
    memory_.edit(name) = std::move(object);
    memory_.touched(name, position);
  }
  for (const auto& [position, decision] : decisions_)
    for (const Bound& bound : decision->bound) memory_.bind(bound, position);
  drop();
  return rows;
}

void Draft::drop() {
  changed_.clear();
  positions_.clear();
  bound_.clear();
  decisions_.clear();
  clear_failure();
  memory_.clear_failure();
}

}  // namespace fenming
