#include "protocol/wire_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/date.h"
#include "money/decimal.h"
#include "protocol/wire_bytes.h"
#include "protocol/wire_number.h"

namespace fenming {
namespace {

using Value = std::expected<std::string_view, Error>;

std::unexpected<Error> refused(Code code, std::string_view value, std::vector<std::string> details) {
  return std::unexpected(Error{code, "", std::string(value), std::move(details)});
}

std::unexpected<Error> not_tolerated(Tolerance tolerance, std::string_view value) {
  return refused(Code::wire_tolerance, value, {std::string(name(tolerance))});
}

constexpr std::string_view type_words[] = {"文本 text",   "整数 integer",  "小数 decimal",
                                           "日期 date",   "时间 datetime", "布尔 boolean",
                                           "对象 object", "数组 array",    "字节 bytes"};

std::unexpected<Error> wrong_type(std::string_view value, const WireField& field) {
  return refused(Code::wire_type, value,
                 {titled(field), std::string(type_words[static_cast<std::size_t>(field.type)])});
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// Words that clients send for "nothing".
bool null_word(std::string_view text, WireType type) {
  if (text == "null" || text == "NULL") return true;
  if (type != WireType::date && type != WireType::datetime) return false;
  return text.starts_with("0001-01-01") || text.starts_with("9999-12-31");
}

// Names and descriptions may be longer than the table says; what identifies, counts or is compared may not.
bool is_prose(const WireField& field) {
  if (field.code_table != nullptr || !field.table.empty()) return false;
  constexpr std::string_view exact[] = {"_no",  "_id",  "_codg",  "_code",  "_sn",  "_type", "_flag",
                                        "no",   "id",   "infno",  "msgid",  "sign", "_stas", "_lv",
                                        "_way", "_opt", "_admvs", "certno", "Id",   "No",    "Code",
                                        "Type", "Flag", "_tel",   "_bchno"};
  return std::ranges::none_of(exact, [&](std::string_view ending) { return field.name.ends_with(ending); });
}

Value too_long(std::string_view text, const WireField& field) {
  return refused(Code::wire_too_long, text, {titled(field), std::to_string(field.length)});
}

// What is allowed, where it is few; else where to read it.
std::string allowed_codes(const CodeTable& table) {
  constexpr std::size_t few = 8;
  if (table.codes.size() > few) return fmt::format(" (1901 type={})", table.name);
  std::string list;
  for (const WireCode& one : table.codes)
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", one.code, one.name);
  return " (" + list + ")";
}

Value check_code(std::string_view text, const WireField& field) {
  if (!field.edition || (field.table.empty() && field.code_table == nullptr)) return text;
  if (field.table == "admdvs") {
    if (text.size() == 6 && std::ranges::all_of(text, digit)) return text;
  } else if (field.code_table == nullptr || has_code(*field.code_table, text)) {
    return text;
  }
  const std::string_view table = field.table.empty() ? field.codes : field.table;
  return refused(Code::wire_code, text,
                 {titled(field), std::string(table),
                  field.code_table == nullptr ? "" : allowed_codes(*field.code_table)});
}

Value check_text(std::string_view text, const WireField& field, Tolerances tolerances) {
  if (field.guessed) return text;
  if (field.length != 0 && text.size() > field.length && character_count(text) > field.length &&
      !(tolerances.has(Tolerance::long_text) && is_prose(field)))
    return too_long(text, field);
  return check_code(text, field);
}

Value check_number(std::string_view text, bool as_text, const WireField& field, Tolerances tolerances,
                   WireTexts& texts) {
  if (as_text && !tolerances.has(Tolerance::number_form)) return not_tolerated(Tolerance::number_form, text);
  const int decimals = field.type == WireType::integer ? 0
                       : field.length == 0             ? Decimal::places
                                                       : field.decimals;
  const int digits_max = field.length == 0 ? 18 : field.length;
  const auto read = read_wire_number(text, decimals);
  if (!read || read->whole > std::min(digits_max - decimals, 18))
    return refused(Code::wire_number, text,
                   {titled(field), std::to_string(digits_max), std::to_string(decimals)});
  if (read->plain) {
    if (field.type == WireType::decimal && read->whole > 9 && !parse_decimal(text))
      return refused(Code::wire_too_long, text, {titled(field), std::to_string(decimal_max)});
    return text;
  }
  if (!tolerances.has(Tolerance::number_form)) return not_tolerated(Tolerance::number_form, text);
  const std::string_view written = texts.keep(plain_wire_number(text, decimals));
  if (field.type == WireType::decimal && read->whole > 9 && !parse_decimal(written))
    return refused(Code::wire_too_long, text, {titled(field), std::to_string(decimal_max)});
  return written;
}

// "10:20:30", and tolerantly "10:20" and "10:20:30.123".
bool is_time(std::string_view text, bool strict) {
  const auto two = [&](std::size_t at, int max) {
    return digit(text[at]) && digit(text[at + 1]) && (text[at] - '0') * 10 + text[at + 1] - '0' <= max;
  };
  if (text.size() < 5 || !two(0, 23) || text[2] != ':' || !two(3, 59)) return false;
  if (text.size() == 5) return !strict;
  if (text.size() < 8 || text[5] != ':' || !two(6, 59)) return false;
  if (text.size() == 8) return true;
  const std::string_view rest = text.substr(9);
  return !strict && text[8] == '.' && !rest.empty() && rest.size() <= 9 && std::ranges::all_of(rest, digit);
}

Value check_date(std::string_view text, const WireField& field, Tolerances tolerances) {
  const bool timed = field.type == WireType::datetime;
  const std::string_view day = text.substr(0, 10),
                         rest = text.size() > 11 ? text.substr(11) : std::string_view();
  const bool has_time = text.size() > 10;
  const bool divided = has_time && (text[10] == ' ' || text[10] == 'T');
  if (!parse_date(day) || (has_time && (!divided || !is_time(rest, false))))
    return refused(Code::wire_date, text, {titled(field), timed ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd"});
  const bool exact = timed ? has_time && text[10] == ' ' && is_time(rest, true) : !has_time;
  if (!exact && !tolerances.has(Tolerance::date_form)) return not_tolerated(Tolerance::date_form, text);
  return text;
}

Value check_bytes(Json value, const WireField& field, WireTexts& texts) {
  auto read = value.kind() == Json::Kind::array ? bytes_of_array(value) : bytes_of_base64(value.text());
  if (!read) return wrong_type(value.kind() == Json::Kind::array ? "[...]" : value.text(), field);
  return texts.keep(std::move(*read));
}

Value of_text(Json value, const WireField& field, Tolerances tolerances, WireTexts& texts) {
  const std::string_view text = value.text();
  if (text.empty()) return text;
  if (null_word(text, field.type)) {
    if (tolerances.has(Tolerance::null_words)) return std::string_view();
    return not_tolerated(Tolerance::null_words, text);
  }
  switch (field.type) {
    case WireType::text: return check_text(text, field, tolerances);
    case WireType::integer:
    case WireType::decimal: return check_number(text, true, field, tolerances, texts);
    case WireType::date:
    case WireType::datetime: return check_date(text, field, tolerances);
    case WireType::boolean:
      if (text == "true" || text == "false" || text == "0" || text == "1") return text;
      return wrong_type(text, field);
    case WireType::object: return check_text(text, field, tolerances);  // JSON as text
    case WireType::list: return wrong_type(text, field);
    case WireType::bytes: return check_bytes(value, field, texts);
  }
  return text;
}

Value of_number(std::string_view text, const WireField& field, Tolerances tolerances, WireTexts& texts) {
  switch (field.type) {
    case WireType::integer:
    case WireType::decimal: return check_number(text, false, field, tolerances, texts);
    case WireType::text:
      if (!tolerances.has(Tolerance::number_form)) return not_tolerated(Tolerance::number_form, text);
      return check_text(text, field, tolerances);
    default: return wrong_type(text, field);
  }
}

Value any_kind(Json value, const WireField& field, Tolerances tolerances, WireTexts& texts) {
  switch (value.kind()) {
    case Json::Kind::null: return std::string_view();
    case Json::Kind::text: return of_text(value, field, tolerances, texts);
    case Json::Kind::number: return of_number(value.text(), field, tolerances, texts);
    case Json::Kind::boolean:
      if (field.type == WireType::boolean) return value.text();
      return wrong_type(value.text(), field);
    case Json::Kind::object:
      if (field.type == WireType::object || field.type == WireType::list) return texts.keep(json_text(value));
      return wrong_type("{...}", field);
    case Json::Kind::array:
      if (field.type == WireType::bytes) return check_bytes(value, field, texts);
      if (field.type == WireType::object || field.type == WireType::list) return texts.keep(json_text(value));
      return wrong_type("[...]", field);
  }
  return std::string_view();
}

}  // namespace

std::string titled(const WireField& field) {
  return field.title.empty() ? std::string(field.name) : fmt::format("{}（{}）", field.name, field.title);
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Value wire_value(Json value, const WireField& field, Tolerances tolerances, WireTexts& texts) {
  auto read = any_kind(value, field, tolerances, texts);
  if (read || !field.guessed) return read;
  const bool scalar = value.kind() != Json::Kind::object && value.kind() != Json::Kind::array;
  return scalar ? value.text() : std::string_view();
}

}  // namespace fenming
