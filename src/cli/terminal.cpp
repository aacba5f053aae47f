#include "cli/terminal.h"

#include <fmt/format.h>

#include "base/json_out.h"

namespace fenming {

std::string Terminal::paint(Paint paint, std::string_view text) const {
  if (!colours) return std::string(text);
  constexpr std::string_view codes[] = {"1", "32", "31", "2"};
  return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(paint)], text);
}

int exit_code(std::span<const Error> errors) {
  for (const Error& error : errors)
    if (error.code == Code::file_unreadable || error.code == Code::file_unwritable) return exit_broken;
  return exit_bad_input;
}

int Terminal::refuse(std::span<const Error> errors) {
  for (const Error& error : errors) err << to_text(error, language) << '\n';
  return exit_code(errors);
}

int Terminal::refuse_json(std::span<const Error> errors) {
  JsonOut json;
  json.open_object().key("errors").raw(errors_json(errors, language)).close_object();
  out << json.str() << '\n';
  return exit_code(errors);
}

std::string errors_json(std::span<const Error> errors, Language language) {
  JsonOut json;
  json.open_array();
  for (const Error& error : errors) {
    json.open_object()
        .field("code", tag(error.code))
        .field("name", name(error.code))
        .field("place", error.place);
    json.field("value", error.value).field("message", sentence(error, language)).close_object();
  }
  return json.close_array().take();
}

}  // namespace fenming
