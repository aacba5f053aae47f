// A library's numbers as text: the register values of plan.h the way people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_out.h"
#include "model/error.h"
#include "policy/bind.h"
#include "policy/explain.h"

namespace fenming {

// 1300.00, 0.85, 3, 2023-10-01, yes, L3, poor,disabled; `none` for an absent limit.
std::string value_text(const Region& region, Type type, std::uint32_t domain, std::int64_t value);

// The same in JSON: an integer as a number, yes and no as true and false, all else as text.
void write_value(JsonOut& out, const Region& region, Type type, std::uint32_t domain, std::int64_t value);

// A register that may stand in the key of an accumulator: a fact or a day of the calendar.
struct KeyPart {
  std::string_view name;
  Type type = Type::integer;
  std::uint32_t domain = 0;
};
KeyPart key_part(const Region& region, std::uint32_t reg);

// A value in the key of an accumulator. An id is a number only inside: its text is looked up in the bill it came with.
std::string key_text(const Region& region, const Bill& bill, const BoundBill& bound, std::uint32_t reg,
                     std::int64_t value);

std::string fen_text(std::int64_t fen);

std::string payer_label(const Fund& fund,
                        Language language);  // accounts and the provider have a name in any library

}  // namespace fenming
