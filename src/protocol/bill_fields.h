// BillFields: takes the values of a bill's JSON apart, field by field, and collects every problem with its
// place. Knows shapes and sizes, not what a bill is (bill_json.cpp).
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/bill.h"
#include "model/error.h"
#include "protocol/bill_json.h"
#include "protocol/json.h"

namespace fenming {

class BillFields {
 public:
  struct Field {
    std::string_view name;
    bool needed = false;
    std::optional<Json>* value = nullptr;
  };

  explicit BillFields(const BillLimits& limits) : limits_(limits) {}

  void refuse(Code code, std::string place, std::string_view value, std::vector<std::string> details = {});
  void refuse(Code code, Json at, std::vector<std::string> details = {});
  void at_root(std::string place) { root_place_ = std::move(place); }  // in place of the empty pointer
  bool clean() const { return errors_.empty(); }
  std::vector<Error> take_errors() { return std::move(errors_); }

  // Hands out the members of an object. Others go to `others`, or are refused when it is null. False: it is
  // no object.
  bool members(Json object, std::initializer_list<Field> fields, std::vector<Json>* others = nullptr);
  bool is(Json value, Json::Kind kind);

  std::string id(std::optional<Json> value);    // 1 to 64 characters
  std::string text(std::optional<Json> value);  // up to 200 characters, none of them control characters
  std::optional<Money> money(std::optional<Json> value);  // text or number
  std::optional<Decimal> decimal(std::optional<Json> value);
  std::optional<Date> date(std::optional<Json> value);
  FactValue fact(Json value);  // named by its key
  std::vector<FactValue> facts(std::optional<Json> object);

 private:
  std::string checked_text(Json value, std::size_t characters_max, std::size_t characters_min = 0);
  std::optional<std::string_view> digits(Json value);  // text or number

  const BillLimits& limits_;
  std::string root_place_;
  std::vector<Error> errors_;
};

}  // namespace fenming
