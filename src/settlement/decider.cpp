#include "settlement/decider.h"

#include <algorithm>

#include "base/check.h"
#include "policy/workspace.h"

namespace fenming {

Decider::Decider(Objects& objects, Records& records, Artifacts& artifacts, std::string region, Limits limits)
    : objects_(objects),
      records_(records),
      artifacts_(artifacts),
      expected_region_(std::move(region)),
      limits_(limits),
      workspace_(std::make_shared<Workspace>()) {}

Workspace* Decider::workspace() { return workspace_.get(); }

Result<Decision> Decider::decide(Command&& command, Instant time, std::uint64_t position,
                                 const KnownMessage& reversed) {
  command_ = &out_.command;
  reversed_ = reversed;
  position_ = position;
  made_ = 0;
  postings_.clear();
  held_.clear();
  out_ = Decision{};
  out_.engine = engine_version;
  out_.encoder = answer_encoder;
  out_.time = time;
  out_.command = std::move(command);
  if (maps_.size() > libraries_kept) maps_.clear();
  region_ = cell(shard_object, std::string(region_cell));
  const Date closed{static_cast<std::int32_t>(read_integer(cell(shard_object, closed_day_cell)))};
  out_.booked = std::max(civil_day(time), Date{closed.days + 1});
  auto refusal = std::visit([&](const auto& action) { return run(action); }, out_.command.action);
  if (objects_.failure())
    refusal = objects_.failure();  // a guard that saw nothing because nothing could be read
  if (refusal) {
    forget();
    command = std::move(out_.command);
    return std::unexpected(std::move(*refusal));
  }
  auto entry = Entry::make(postings_);
  CHECK(entry, "what a decision posts adds up to zero");
  out_.entries = entry->postings();
  if (!command_->key.msgid.empty()) out_.bound.insert(out_.bound.begin(), {command_->key, BindKind::done});
  return std::move(out_);
}

Result<Decision> Decider::trial(const Command& command, Instant time, std::uint64_t position) {
  trial_ = true;
  auto decision = decide(Command(command), time, position);
  trial_ = false;
  forget();
  return decision;
}

void Decider::forget() {
  for (auto& [digest, map] : maps_) map.forget();
}

Error Decider::refuse(Code code, std::string place, std::string value, std::vector<std::string> details) {
  return {code, std::move(place), std::move(value), std::move(details)};
}

Decider::Refusal Decider::in_range(Money amount, const char* place) const {
  if (amount > Money() && amount <= limits_.amount_max) return std::nullopt;
  return refuse(Code::desk_amount, place, to_text(amount), {to_text(limits_.amount_max)});
}

Decider::Refusal Decider::line_in_range(const BillLine& line, std::size_t number) const {
  const auto place = [&](const char* field) { return "feedetail/" + std::to_string(number) + "/" + field; };
  if (line.amount > limits_.amount_max || -line.amount > limits_.amount_max)
    return refuse(Code::desk_amount, place("det_item_fee_sumamt"),
                  to_text(line.amount < Money() ? -line.amount : line.amount), {to_text(limits_.amount_max)});
  const std::int64_t quantity = line.quantity ? line.quantity->millionths : 0,
                     most = limits_.quantity_max.millionths;
  if (quantity > most || quantity < -most)
    return refuse(Code::desk_quantity, place("cnt"), to_text(*line.quantity),
                  {to_text(limits_.quantity_max)});
  return std::nullopt;
}

Decider::Refusal Decider::lines_in_range(const std::vector<FeeLine>& lines) const {
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (auto refused = line_in_range(lines[i].line, i)) return refused;
  return std::nullopt;
}

// What is taken back makes a bill no smaller: the policy computes with what was charged too. Asked where lines come in, never of what is
// computed again or given back.
Decider::Refusal Decider::charges_in_range(const std::vector<BillLine>& lines,
                                           const std::vector<FeeLine>* brought) const {
  Wide charges = 0;
  const auto add = [&](const BillLine& line) { charges += std::max<std::int64_t>(line.amount.fen(), 0); };
  for (const BillLine& line : lines) add(line);
  if (brought != nullptr)
    for (const FeeLine& line : *brought) add(line.line);
  if (charges <= limits_.amount_max.fen()) return std::nullopt;
  return refuse(Code::amount_too_large, "medfee_sumamt", to_text(Exact{charges, 2}, 2),
                {to_text(limits_.amount_max)});
}

std::string Decider::cell(const std::string& object, std::string_view name) const {
  for (auto change = out_.changes.rbegin(); change != out_.changes.rend(); ++change)
    if (change->cell == name && change->object == object) return change->after;
  if (name.starts_with(row_prefix))
    for (auto result = out_.results.rbegin(); result != out_.results.rend(); ++result)
      for (const Change& row : result->rows)
        if (row.cell == name && row.object == object) return row.after;
  return std::string(objects_.object(object).find(name));
}

void Decider::set(const std::string& object, const std::string& name, std::string value) {
  for (Change& change : out_.changes)
    if (change.cell == name && change.object == object) {
      change.after = std::move(value);
      return;
    }
  std::string before(objects_.object(object).find(name));
  if (before != value) out_.changes.push_back({object, name, std::move(before), std::move(value)});
}

Object Decider::changed(const std::string& object) const {
  Object copy = objects_.object(object);
  for (const Change& change : out_.changes)
    if (change.object == object) copy.set(change.cell, change.after);
  return copy;
}

std::int64_t Decider::balance(AccountKind kind, const std::string& owner) const {
  const Account account{kind, owner};
  std::int64_t fen = read_integer(objects_.object(balance_object(account)).find(balance_cell(kind)));
  for (const Posting& posting : postings_)
    if (posting.account == account) fen += posting.amount.fen();
  return fen;
}

void Decider::post(std::vector<Posting> postings) {
  std::ranges::move(postings, std::back_inserter(postings_));
}

// A number that was merged takes the one that is used now along.
void Decider::about(const std::string& psn_no) {
  if (std::ranges::find(out_.persons, psn_no, &PersonLink::psn_no) != out_.persons.end()) return;
  const std::int64_t last = read_integer(objects_.object(person_object(psn_no)).find(last_cell));
  out_.persons.push_back({psn_no, static_cast<std::uint64_t>(last)});
  if (const auto now = objects_.object(person_object(psn_no)).find(merged_into_cell); !now.empty())
    about(std::string(now));
}

void Decider::take(std::vector<Change> changes) {
  std::ranges::move(changes, std::back_inserter(out_.changes));
}

// A fact that the register has said of anybody is never taken from a caller again.
void Decider::only_registered(const FactValue& fact) { set(shard_object, "f" + fact.name, "1"); }

Words Decider::words() {
  return Words([this](const std::string& name) { return cell(shard_object, name); },
               [this](const std::string& name, const std::string& value) { set(shard_object, name, value); });
}

std::string Decider::id(char letter) { return make_id(letter, region_, position_, made_++); }

Date Decider::today() const { return civil_day(out_.time); }

}  // namespace fenming
