#include "protocol/wire_rows.h"

#include <algorithm>
#include <charconv>

#include "protocol/request.h"

namespace fenming {
namespace {

constexpr std::int64_t second_ms = 1000, minute_ms = 60 * second_ms, hour_ms = 60 * minute_ms;

std::int64_t two_digits(std::string_view text, std::size_t at) {
  return text.size() < at + 2 ? 0 : (text[at] - '0') * 10 + (text[at + 1] - '0');
}

}  // namespace

std::string WireRows::pointer(std::size_t row) const {
  const Place& place = places_[row];
  std::string text = place.parent == nobody ? "/input" : pointer(place.parent);
  if (!place.member.empty()) text = pointer_to(std::move(text), place.member);
  if (place.position != nobody) text += "/" + std::to_string(place.position);
  return text;
}

std::string_view WireRow::text(std::string_view field) const {
  if (rows_ == nullptr) return {};
  const WireNode& node = *rows_->places()[index_].node;
  const WireField* found = find_field(node, field);
  return found == nullptr ? std::string_view()
                          : rows_->values(index_)[static_cast<std::size_t>(found - node.fields.data())];
}

Money WireRow::money(std::string_view field) const { return parse_money(text(field)).value_or(Money()); }
Decimal WireRow::decimal(std::string_view field) const {
  return parse_decimal(text(field)).value_or(Decimal());
}
std::optional<Date> WireRow::date(std::string_view field) const {
  return parse_date(text(field).substr(0, 10));
}

std::int64_t WireRow::integer(std::string_view field) const {
  const std::string_view digits = text(field);
  std::int64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? value : 0;
}

std::optional<Instant> WireRow::instant(std::string_view field) const {
  const auto day = date(field);
  if (!day) return std::nullopt;
  const std::string_view written = text(field);
  return Instant{day_begin(*day).ms + two_digits(written, 11) * hour_ms +
                 two_digits(written, 14) * minute_ms + two_digits(written, 17) * second_ms};
}

std::string_view WireRow::extension(std::string_view key) const {
  if (rows_ == nullptr) return {};
  for (const auto& one : rows_->extensions())
    if (one.row == index_ && one.key == key) return one.value;
  return {};
}

bool WireRow::has_extension(std::string_view key) const {
  return rows_ != nullptr && std::ranges::any_of(rows_->extensions(), [&](const auto& one) {
           return one.row == index_ && one.key == key;
         });
}

std::vector<WireRow> WireRow::rows(std::string_view child) const {
  std::vector<WireRow> found;
  if (rows_ == nullptr) return found;
  const auto places = rows_->places();
  // What is inside a row follows it, up to a row that stands beside it; inside the input itself anything may.
  const bool whole_input = places[index_].node->name.empty();
  for (std::size_t i = index_ + 1; i < places.size(); ++i) {
    const bool inside = places[i].parent != WireRows::nobody && places[i].parent >= index_;
    if (!inside && !whole_input) break;
    if (places[i].parent == index_ && places[i].node->key == child) found.emplace_back(*rows_, i);
  }
  return found;
}

const WireNode* WireRow::node() const { return rows_ == nullptr ? nullptr : rows_->places()[index_].node; }

std::string_view WireRow::value(std::size_t field) const { return rows_->values(index_)[field]; }

std::string WireRow::pointer() const { return rows_ == nullptr ? "/input" : rows_->pointer(index_); }
std::string WireRow::pointer(std::string_view field) const { return pointer_to(pointer(), field); }

WireRow Request::row(std::string_view node) const {
  for (std::size_t i = 0; i < rows_->places().size(); ++i)
    if (rows_->places()[i].node->name == node) return {*rows_, i};
  return {};
}

std::vector<WireRow> Request::rows(std::string_view node) const {
  std::vector<WireRow> found;
  for (std::size_t i = 0; i < rows_->places().size(); ++i)
    if (rows_->places()[i].node->name == node) found.emplace_back(*rows_, i);
  return found;
}

}  // namespace fenming
