#include "population/command_json.h"

#include "base/json_out.h"
#include "model/codec.h"
#include "model/record.h"

namespace fenming {
namespace {

void put(JsonOut& json, std::string_view name, const std::string& value) {
  if (!value.empty()) json.field(name, value);
}
void put(JsonOut& json, std::string_view name, bool value) {
  if (value) json.key(name).boolean(true);
}
void put(JsonOut& json, std::string_view name, std::int64_t value) { json.field(name, value); }
void put(JsonOut& json, std::string_view name, Money value) { json.key(name).raw(to_text(value)); }
void put(JsonOut& json, std::string_view name, Decimal value) { json.key(name).raw(to_text(value)); }
void put(JsonOut& json, std::string_view name, Instant value) { json.field(name, value.ms); }
void put(JsonOut& json, std::string_view name, Date value) {
  if (value != Date{}) json.field(name, to_text(value));
}

void put_fact(JsonOut& json, const FactValue& fact) {
  json.key(fact.name);
  if (fact.kind == FactValue::Kind::number) json.raw(fact.text);
  if (fact.kind == FactValue::Kind::boolean) json.boolean(fact.text == "yes");
  if (fact.kind == FactValue::Kind::text) json.text(fact.text);
  if (fact.kind != FactValue::Kind::list) return;
  json.open_array();
  for (const std::string& member : fact.list) json.text(member);
  json.close_array();
}
void put(JsonOut& json, std::string_view name, const FactValue& fact) {
  json.key(name).open_object();
  put_fact(json, fact);
  json.close_object();
}
void put(JsonOut& json, std::string_view name, const std::vector<FactValue>& facts) {
  if (facts.empty()) return;
  json.key(name).open_object();
  for (const FactValue& fact : facts) put_fact(json, fact);
  json.close_object();
}

template <class T>
void put(JsonOut& json, std::string_view name, const std::optional<T>& value) {
  if (value) put(json, name, *value);
}

template <class T>
  requires HasFields<T>
void put_members(JsonOut& json, const T& value);

void put(JsonOut& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).open_array();
  for (const std::string& text : texts) json.text(text);
  json.close_array();
}
template <class T>
  requires HasFields<T>
void put(JsonOut& json, std::string_view name, const std::vector<T>& list) {
  json.key(name).open_array();
  for (const T& one : list) {
    json.open_object();
    put_members(json, one);
    json.close_object();
  }
  json.close_array();
}
void put(JsonOut& json, std::string_view, const BillLine& line) { put_members(json, line); }  // not nested
void put(JsonOut& json, std::string_view name, const MessageKey& key) {
  json.key(name).open_object();
  put_members(json, key);
  json.close_object();
}

template <class T>
  requires HasFields<T>
void put_members(JsonOut& json, const T& value) {
  each_field(value, [&](std::string_view name, const auto& member) { put(json, name, member); });
}

}  // namespace

std::string command_json(const Command& command, Date day) {
  JsonOut json;
  json.open_object().field("action", action_name(command.action)).field("day", to_text(day));
  put(json, "message", command.key);
  put(json, "opter", command.made_by);
  std::visit([&](const auto& action) { put_members(json, action); }, command.action);
  json.close_object();
  return json.take();
}

}  // namespace fenming
