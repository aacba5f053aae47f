// WireTargets: what the fuzzers of the wire do with bytes. Shared with the replay of their seeds (tests/replay).
#pragma once

#include "fuzz/promise.h"
#include "protocol/answer.h"
#include "protocol/json_fault.h"
#include "protocol/request.h"
#include "protocol/wire_value.h"

namespace fenming::fuzz {

// A refusal fits into its answer, and the answer is JSON.
inline void refusal(std::span<const Error> errors) {
  promise(!errors.empty(), "a refusal gives a reason");
  const std::string answer = refusal_text({"990000", Instant{1}, Instant{2}, 3}, errors);
  JsonReader reader;
  const auto read = reader.read(answer);
  promise(read.has_value(), "a refusal is JSON");
  for (auto one = read->first(); one; one = one->next())
    promise(one->key() != "err_msg" || character_count(one->text()) <= 200, "a refusal is short");
}

// Two readers of JSON that share no code agree; what is read as a message has its values.
inline void request(std::string_view text) {
  const JsonFault found = find_json_fault(text, 1'000'000);
  // A number that is JSON and yet refused by one of them.
  const bool fault =
      !found.place.empty() && found.expected != "1300.00" && !found.expected.starts_with("<= 18");
  RequestReader reader;
  JsonReader json;
  const auto tree = json.read(text, {std::size_t{1} << 20U, 1'000, 1'000'000});
  if (fault) promise(!tree.has_value(), "what the scanner refuses, the reader refuses");
  const auto envelope = reader.read_envelope(text);
  if (!envelope) return refusal(std::span(&envelope.error(), 1));
  promise(!fault, "a message is JSON");
  for (const Tolerances tolerances : {Tolerances::strict(), Tolerances()}) {
    const auto read = reader.read_input(tolerances);
    if (!read) {
      refusal(read.error());
      continue;
    }
    for (const WireNode& node : read->transaction().input)
      for (const WireRow& row : read->rows(node.name)) {
        promise(row.pointer().starts_with("/input"), "a row has a place");
        for (const WireField& field : node.fields) {
          const std::string_view value = row.text(field.name);
          if (value.empty() || field.guessed) continue;
          if (field.type == WireType::decimal) promise(parse_exact(value, 18).has_value(), "a number is one");
          if (field.type == WireType::date || field.type == WireType::datetime)
            promise(row.date(field.name) && row.instant(field.name), "a date is one");
          static_cast<void>(row.money(field.name));
          static_cast<void>(row.decimal(field.name));
          static_cast<void>(row.integer(field.name));
        }
      }
  }
}

// Bytes read as GBK come back as the same text.
inline void charset(std::string_view bytes) {
  const auto text = to_utf8(bytes, Charset::gbk);
  if (!text) return refusal(std::span(&text.error(), 1));
  const std::string back = from_utf8(*text, Charset::gbk);
  const auto again = to_utf8(back, Charset::gbk);
  promise(again.has_value(), "what was written as GBK is GBK");
  promise(from_utf8(*again, Charset::gbk) == back, "GBK comes back as it is");
  static_cast<void>(charset_of(bytes));
  static_cast<void>(from_utf8(bytes, Charset::gbk));  // bytes that are no UTF-8
}

}  // namespace fenming::fuzz
