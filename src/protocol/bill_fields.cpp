#include "protocol/bill_fields.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/nearest.h"

namespace fenming {
namespace {

std::string_view kind_text(Json::Kind kind) {
  switch (kind) {
    case Json::Kind::null: return "null";
    case Json::Kind::boolean: return "true / false";
    case Json::Kind::number: return "1300.00";
    case Json::Kind::text: return "text \"...\"";
    case Json::Kind::array: return "array [...]";
    case Json::Kind::object: return "object {...}";
  }
  return "";
}

std::string_view shown(Json value) {
  const bool nested = value.kind() == Json::Kind::array || value.kind() == Json::Kind::object;
  return nested ? kind_text(value.kind()) : value.text();
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

void BillFields::refuse(Code code, std::string place, std::string_view value,
                        std::vector<std::string> details) {
  if (errors_.empty() || errors_.size() < limits_.errors)
    errors_.push_back(
        Error{code, place.empty() ? root_place_ : std::move(place), std::string(value), std::move(details)});
}

void BillFields::refuse(Code code, Json at, std::vector<std::string> details) {
  refuse(code, at.pointer(), shown(at), std::move(details));
}

bool BillFields::is(Json value, Json::Kind kind) {
  if (value.kind() == kind) return true;
  refuse(Code::field_type, value, {std::string(kind_text(kind))});
  return false;
}

bool BillFields::members(Json object, std::initializer_list<Field> fields, std::vector<Json>* others) {
  if (!is(object, Json::Kind::object)) return false;
  for (auto member = object.first(); member; member = member->next()) {
    const auto field = std::ranges::find(fields, member->key(), &Field::name);
    if (field != fields.end()) {
      *field->value = member;
    } else if (others != nullptr) {
      others->push_back(*member);
    } else {
      std::vector<std::string> names;
      for (const Field& known : fields) names.emplace_back(known.name);
      std::string hint = nearest_hint(member->key(), names);
      if (hint.empty()) hint = fmt::format(" (→ {}?)", fmt::join(names, ", "));
      refuse(Code::field_unknown, member->pointer(), member->key(), {std::move(hint)});
    }
  }
  for (const Field& field : fields)
    if (field.needed && !*field.value)
      refuse(Code::field_missing, pointer_to(object.pointer(), field.name), "", {std::string(field.name)});
  return true;
}

std::string BillFields::checked_text(Json value, std::size_t characters_max, std::size_t characters_min) {
  if (!is(value, Json::Kind::text)) return {};
  const std::string_view text = value.text();
  if (const std::size_t size = characters(text); size > characters_max || size < characters_min)
    refuse(Code::text_length, value, {std::to_string(characters_min), std::to_string(characters_max)});
  else if (std::ranges::any_of(text, is_control))
    refuse(Code::text_malformed, value, {"U+0000..U+001F, U+007F"});
  return std::string(text);
}

std::string BillFields::id(std::optional<Json> value) {
  if (!value) return {};
  return checked_text(*value, limits_.id_characters, 1);
}

std::string BillFields::text(std::optional<Json> value) {
  return value ? checked_text(*value, limits_.text_characters) : std::string();
}

std::optional<std::string_view> BillFields::digits(Json value) {
  if (value.kind() == Json::Kind::text || value.kind() == Json::Kind::number) return value.text();
  refuse(Code::field_type, value, {"\"1300.00\""});
  return std::nullopt;
}

std::optional<Money> BillFields::money(std::optional<Json> value) {
  const auto text = value ? digits(*value) : std::nullopt;
  if (!text) return std::nullopt;
  const auto money = parse_money(*text);
  if (!money) refuse(Code::money_malformed, *value);
  return money;
}

std::optional<Decimal> BillFields::decimal(std::optional<Json> value) {
  const auto text = value ? digits(*value) : std::nullopt;
  if (!text) return std::nullopt;
  const auto decimal = parse_decimal(*text);
  if (!decimal) refuse(Code::decimal_malformed, *value);
  return decimal;
}

std::optional<Date> BillFields::date(std::optional<Json> value) {
  if (!value || !is(*value, Json::Kind::text)) return std::nullopt;
  const auto date = parse_date(value->text());
  if (!date) refuse(Code::date_malformed, *value);
  return date;
}

FactValue BillFields::fact(Json value) {
  FactValue fact{std::string(value.key()), FactValue::Kind::text, "", {}};
  switch (value.kind()) {
    case Json::Kind::text: fact.text = checked_text(value, limits_.text_characters); break;
    case Json::Kind::number:
      fact.kind = FactValue::Kind::number;
      fact.text = value.text();
      if (!parse_exact(fact.text, 36)) refuse(Code::decimal_malformed, value);
      break;
    case Json::Kind::boolean:
      fact.kind = FactValue::Kind::boolean;
      fact.text = value.text() == "true" ? "yes" : "no";
      break;
    case Json::Kind::array:
      fact.kind = FactValue::Kind::list;
      for (auto member = value.first(); member; member = member->next())
        fact.list.push_back(checked_text(*member, limits_.text_characters));
      break;
    default: refuse(Code::field_type, value, {"text, number, true / false, array [...]"});
  }
  return fact;
}

std::vector<FactValue> BillFields::facts(std::optional<Json> object) {
  std::vector<FactValue> found;
  if (!object || !is(*object, Json::Kind::object)) return found;
  for (auto member = object->first(); member; member = member->next()) found.push_back(fact(*member));
  return found;
}

}  // namespace fenming
