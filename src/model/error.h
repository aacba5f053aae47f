// Error: an expected failure as a value: a stable code, the place, the value met and, by its code, a sentence in Chinese and
// English that says what is wrong and what to do. Codes never change their meaning; sentences may improve.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace fenming {

// One row per code in error_codes.inc: X(name, "TAG-000", zh, en). {0} is the value, {1}, {2} ... further details.
enum class Code : std::uint16_t {
#define X(name, tag, zh, en) name,
#include "model/error_codes.inc"
#undef X
};

enum class Language : std::uint8_t { zh, en };

struct Error {
  Code code;
  std::string
      place;  // JSON pointer ("/lines/3/amount"), "file:line:column" or at_line's; empty when there is none
  std::string value;  // what was met there, shortened to 80 characters when shown
  std::vector<std::string> details;
};

template <class T>
using Result = std::expected<T, Error>;
template <class T>
using Checked = std::expected<T, std::vector<Error>>;  // every problem found, at least one

// A fee line by its own number, where the message does not bring it: "feedetl_sn=17/amount".
std::string at_line(std::string_view id, std::string_view field);
std::string_view line_named(const Error& error);  // "17"; empty when the place is another

std::string_view tag(Code code);   // "BIL-007"
std::string_view name(Code code);  // "line_doubled"
std::string sentence(const Error& error, Language language);
std::string to_text(const Error& error, Language language);  // "/lines/3/amount: BIL-007 sentence"

}  // namespace fenming
