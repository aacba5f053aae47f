// Record: a Decision as the bytes of the journal and back (docs/journal-format.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/decision.h"
#include "model/error.h"

namespace fenming {

inline constexpr std::uint8_t record_version = 4;  // written; every older one is read
inline constexpr std::size_t record_bytes_max = 4 << 20;

// An older version is only asked for to hold what is decided again against what was written then.
std::string write_record(const Decision& decision, std::uint8_t version = record_version);
// Whatever the bytes are, this returns. Codes: record_version, record_damaged.
Result<Decision> read_record(std::string_view bytes);

// Equality of two messages (laws.md 5): equal Actions. The national name of the first member that differs, with the
// place ("feedetail/3/cnt"), and both values as text, of what is sealed "***"; nothing when equal.
struct Difference {
  std::string field, first, second;
};
std::optional<Difference> first_difference(const Command& one, const Command& other);

// What a Command does, as journals and differences name it: "settle", "cancel" ...
std::string_view action_name(const Action& action);

}  // namespace fenming
