#include "settlement/state.h"

#include <algorithm>
#include <utility>

#include "settlement/cells.h"
#include "store/checksum.h"

namespace fenming {
namespace {

const Object nothing;
constexpr std::size_t bound_kept =
    8'192;  // messages of providers that several windows send from come a little out of order

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

std::size_t MessageKeyHash::operator()(const MessageKey& key) const {
  return static_cast<std::size_t>(checksum64(key.msgid, checksum64(key.provider, key.infno.size())));
}

// ---- Memory

Memory::Node* Memory::kept(const std::string& name) {
  if (const auto at = objects_.find(name); at != objects_.end()) {
    at->second.used = true;
    return &*at;
  }
  const auto rows = store_.state(std::span(&name, 1));
  if (!rows) {
    failure_ = rows.error();
    return nullptr;
  }
  auto object = Object::read(rows->front().bytes);
  if (!object) {
    failure_ = Error{Code::store_damaged, name, name, {}};
    return nullptr;
  }
  Node* const node = &*objects_.emplace(name, Kept{std::move(*object), rows->front().position}).first;
  ring_.push_back(node);
  return node;
}

const Object& Memory::object(const std::string& name) {
  const Node* const node = kept(name);
  return node == nullptr ? nothing : node->second.object;
}

// Nothing to change is at hand when the store cannot be read: what is done to it then is forgotten with the failure.
Object& Memory::edit(const std::string& name) {
  Node* const node = kept(name);
  if (node != nullptr) return node->second.object;
  unread_ = {};
  return unread_;
}

void Memory::put(const std::string& name, Object object, std::uint64_t position) {
  Node* const node = kept(name);
  if (node == nullptr) return;
  node->second.object = std::move(object);
  node->second.position = position;
  node->second.dirty = true;
  dirty_.emplace_back(position, node);
}

void Memory::bind(const Bound& bound, std::uint64_t position) {
  const Store::Found found{position, static_cast<std::uint8_t>(bound.kind)};
  const auto [at, added] = bound_.try_emplace(bound.key, found);
  if (added || at->second.position != position) bound_order_.emplace_back(position, &at->first);
  at->second = found;
  if (const auto known = newest_.find(bound.key.provider); known != newest_.end())
    known->second.all = std::max(known->second.all, bound.key.msgid);
}

Result<const Memory::Newest*> Memory::newest(const std::string& provider) {
  if (const auto at = newest_.find(provider); at != newest_.end()) return &at->second;
  auto stored = store_.newest_message(provider);
  if (!stored) return std::unexpected(stored.error());
  Newest made{*stored, *stored};
  for (const auto& [key, found] : bound_)
    if (key.provider == provider) made.all = std::max(made.all, key.msgid);
  return &newest_.emplace(provider, std::move(made)).first->second;
}

Result<std::optional<Store::Found>> Memory::find(const MessageKey& key) {
  const auto known = newest(key.provider);
  if (known && key.msgid > (*known)->all) return std::nullopt;
  if (const auto at = bound_.find(key); at != bound_.end()) return at->second;
  if (!known) return std::unexpected(known.error());
  if (key.msgid > (*known)->stored) return std::nullopt;
  return store_.find(key);
}

void Memory::written(std::uint64_t watermark) {
  for (; !dirty_.empty() && dirty_.front().first <= watermark; dirty_.pop_front()) {
    const auto& [position, node] = dirty_.front();
    if (node->second.position == position) node->second.dirty = false;
  }
  while (bound_order_.size() > bound_kept && bound_order_.front().first <= watermark) {
    const auto [position, key] = bound_order_.front();
    bound_order_.pop_front();
    const auto at = bound_.find(*key);
    if (at->second.position != position) continue;  // bound again since
    if (const auto known = newest_.find(key->provider); known != newest_.end())
      known->second.stored = std::max(known->second.stored, key->msgid);
    bound_.erase(at);
  }
  make_room();
}

void Memory::make_room() {
  const std::size_t most = clean_max_ + dirty_.size();
  if (objects_.size() <= most) return;
  // Some steps for each that is too many: never a pause, and the hand comes round in time all the same.
  std::size_t steps = 1'024 + 16 * (objects_.size() - most);
  for (; objects_.size() > most && steps > 0; --steps) {
    hand_ = hand_ < ring_.size() ? hand_ : 0;
    Node* const node = ring_[hand_];
    if (node->second.dirty || node->second.used) {
      node->second.used = false;
      ++hand_;
      continue;
    }
    ring_[hand_] = ring_.back();
    ring_.pop_back();
    objects_.erase(objects_.find(node->first));
    ++left_;
  }
}

// ---- Draft

Draft::Recent& Draft::recent(const std::string& name) {
  if (recent_left_ != memory_.left()) {
    recent_ = {};
    recent_left_ = memory_.left();
  }
  return recent_[name.empty() ? 0 : static_cast<unsigned char>(name.front()) % recent_.size()];
}

const Object& Draft::object(const std::string& name) {
  Recent& recent = this->recent(name);
  if (recent.object != nullptr && recent.name == name) return *recent.object;
  const auto at = changed_.find(name);
  const Object& object = at != changed_.end() ? at->second.object : memory_.object(name);
  if (memory_.failure()) {
    failure_ = memory_.failure();
    return object;
  }
  recent.name = name;
  recent.object = &object;
  return object;
}

Object& Draft::edit(const std::string& name) {
  const auto at = changed_.find(name);
  if (at != changed_.end()) {
    at->second.position = position_;
    return at->second.object;
  }
  Object& object = changed_.emplace(name, Changed{this->object(name), position_}).first->second.object;
  Recent& recent = this->recent(name);
  if (recent.name == name) recent.object = &object;
  return object;
}

Result<std::optional<Store::Found>> Draft::find(const MessageKey& key) {
  if (const auto at = bound_.find(&key); at != bound_.end()) return at->second;
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
    bound_.insert_or_assign(&bound.key, Store::Found{position, static_cast<std::uint8_t>(bound.kind)});
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
  std::vector<std::pair<std::uint64_t, const std::string*>> order;
  order.reserve(changed_.size());
  for (auto& [name, changed] : changed_) {
    rows.push_back({name, changed.object.write(), changed.position});
    order.emplace_back(changed.position, &name);
  }
  std::ranges::sort(order);
  for (const auto& [position, name] : order)
    memory_.put(*name, std::move(changed_.at(*name).object), position);
  for (const auto& [position, decision] : decisions_)
    for (const Bound& bound : decision->bound) memory_.bind(bound, position);
  drop();
  return rows;
}

void Draft::drop() {
  recent_ = {};
  changed_.clear();
  bound_.clear();
  decisions_.clear();
  clear_failure();
  memory_.clear_failure();
}

}  // namespace fenming
