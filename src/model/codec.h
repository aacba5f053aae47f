// Codec: a value whose members are named in fields.h as bytes, and back. Whole numbers are variable-length, signed ones zigzag;
// text, lists, optionals and variants carry their size or a mark in front; nothing is aligned, nothing depends on the machine.
// What was read is written again as the same bytes, and no other bytes give the same value.
#pragma once

#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "model/fields.h"

namespace fenming {

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
void encode(ByteWriter& out, const T& value) {
  if constexpr (HasFields<T>) {
    each_field(value, [&](std::string_view, const auto& member, std::uint8_t since) {
      if (since <= out.version) encode(out, member);
    });
  } else if constexpr (is_vector<T>) {
    out.number(value.size());
    for (const auto& element : value) encode(out, element);
  } else if constexpr (is_optional<T>) {
    out.byte(value ? 1 : 0);
    if (value) encode(out, *value);
  } else if constexpr (std::is_same_v<T, std::string>) {
    out.text(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    out.byte(value ? 1 : 0);
  } else if constexpr (std::is_enum_v<T>) {
    out.byte(static_cast<std::uint8_t>(value));
  } else if constexpr (std::is_same_v<T, Money>) {
    out.integer(value.fen());
  } else if constexpr (std::is_same_v<T, Decimal>) {
    out.integer(value.millionths);
  } else if constexpr (std::is_same_v<T, Date>) {
    out.integer(value.days);
  } else if constexpr (std::is_same_v<T, Instant>) {
    out.integer(value.ms);
  } else if constexpr (std::is_same_v<T, Action>) {
    out.byte(static_cast<std::uint8_t>(value.index()));
    std::visit([&](const auto& action) { encode(out, action); }, value);
  } else if constexpr (std::is_signed_v<T>) {
    out.integer(value);
  } else {
    static_assert(std::is_unsigned_v<T>);
    out.number(value);
  }
}

template <class T>
constexpr std::uint8_t enum_count();
template <>
constexpr std::uint8_t enum_count<FactValue::Kind>() {
  return 4;
}
template <>
constexpr std::uint8_t enum_count<AccountKind>() {
  return 12;
}
template <>
constexpr std::uint8_t enum_count<ResultKind>() {
  return 4;
}
template <>
constexpr std::uint8_t enum_count<BindKind>() {
  return 2;
}

template <class T>
void decode(ByteReader& in, T& value);

template <std::size_t Index = 0>
void decode_action(ByteReader& in, Action& value, std::uint8_t index) {
  if constexpr (Index == std::variant_size_v<Action>) {
    in.fail();
  } else {
    if (index == Index) return decode(in, value.emplace<Index>());
    decode_action<Index + 1>(in, value, index);
  }
}

template <class T>
void decode(ByteReader& in, T& value) {
  if constexpr (HasFields<T>) {
    each_field(value, [&](std::string_view, auto& member, std::uint8_t since) {
      if (since <= in.version) decode(in, member);
    });
  } else if constexpr (is_vector<T>) {
    value.resize(in.count());
    for (auto& element : value) decode(in, element);
  } else if constexpr (is_optional<T>) {
    const std::uint8_t there = in.byte();
    if (there > 1) in.fail();
    if (there == 1) decode(in, value.emplace());
  } else if constexpr (std::is_same_v<T, std::string>) {
    value = in.text();
  } else if constexpr (std::is_same_v<T, bool>) {
    const std::uint8_t bit = in.byte();
    if (bit > 1) in.fail();
    value = bit == 1;
  } else if constexpr (std::is_enum_v<T>) {
    const std::uint8_t number = in.byte();
    if (number >= enum_count<T>()) in.fail();
    value = in.ok() ? static_cast<T>(number) : T{};
  } else if constexpr (std::is_same_v<T, Money>) {
    value = Money::from_fen(in.integer());
  } else if constexpr (std::is_same_v<T, Decimal>) {
    value.millionths = in.integer();
  } else if constexpr (std::is_same_v<T, Date>) {
    std::int64_t days = in.integer();
    if (days != static_cast<std::int32_t>(days)) in.fail();
    value.days = static_cast<std::int32_t>(days);
  } else if constexpr (std::is_same_v<T, Instant>) {
    value.ms = in.integer();
  } else if constexpr (std::is_same_v<T, Action>) {
    decode_action(in, value, in.byte());
  } else if constexpr (std::is_signed_v<T>) {
    value = in.integer();
  } else {
    const std::uint64_t number = in.number();
    if (number != static_cast<T>(number)) in.fail();
    value = static_cast<T>(number);
  }
}

}  // namespace fenming
