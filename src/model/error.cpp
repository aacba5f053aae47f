#include "model/error.h"

#include <fmt/args.h>
#include <fmt/format.h>

namespace fenming {
namespace {

struct Entry {
  std::string_view name, tag, zh, en;
};

// An array of the language: std::array has more rows than clang deduces.
constexpr Entry entries[] = {
#define X(name, tag, zh, en) {#name, tag, zh, en},
#include "model/error_codes.inc"
#undef X
};

// At most 80 characters (not bytes), control characters shown as '?', so that a hostile value cannot upset a terminal.
std::string shown(std::string_view value) {
  std::string text;
  int characters = 0;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80 && ++characters > 80) return text + "...";
    text += byte < 0x20 || byte == 0x7F ? '?' : c;
  }
  return text;
}

constexpr std::string_view line_prefix = "feedetl_sn=";

const Entry& entry(Code code) { return entries[static_cast<std::size_t>(code)]; }

}  // namespace

std::string at_line(std::string_view id, std::string_view field) {
  return fmt::format("{}{}/{}", line_prefix, id, field);
}

// An id may have a slash of its own, a field has none.
std::string_view line_named(const Error& error) {
  std::string_view place = error.place;
  if (!place.starts_with(line_prefix)) return {};
  place.remove_prefix(line_prefix.size());
  return place.substr(0, place.rfind('/'));
}

std::string_view tag(Code code) { return entry(code).tag; }
std::string_view name(Code code) { return entry(code).name; }

std::string sentence(const Error& error, Language language) {
  const Entry& known = entry(error.code);
  fmt::dynamic_format_arg_store<fmt::format_context> arguments;
  arguments.push_back(shown(error.value));
  for (const std::string& detail : error.details) arguments.push_back(shown(detail));
  for (std::size_t spare = error.details.size(); spare < 4; ++spare) arguments.push_back(std::string());
  return fmt::vformat(language == Language::zh ? known.zh : known.en, arguments);
}

std::string to_text(const Error& error, Language language) {
  const std::string place = error.place.empty() ? "" : error.place + ": ";
  return fmt::format("{}{} {}", place, tag(error.code), sentence(error, language));
}

}  // namespace fenming
