// Terminal: where a command writes, in which language, whether colours and a progress bar make sense there.
// Commands get it from main and touch no other stream, so that a test can read what they wrote.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "model/error.h"

namespace fenming {

// Documented in docs/command-line.md; a script may rely on them.
enum Exit : int { exit_ok = 0, exit_findings = 1, exit_usage = 2, exit_bad_input = 3, exit_broken = 4 };

enum class Paint : std::uint8_t { heading, good, bad, faint };

class Terminal {
 public:
  Terminal(std::ostream& output, std::ostream& errors) : out(output), err(errors) {}

  std::ostream& out;
  std::ostream& err;
  Language language = Language::zh;
  bool colours = false;   // of `out`
  bool progress = false;  // `err` is looked at by a person

  bool chinese() const { return language == Language::zh; }
  std::string_view say(std::string_view zh, std::string_view en) const { return chinese() ? zh : en; }
  std::string paint(Paint paint, std::string_view text) const;

  // Each error on a line of its own to `err`. The exit code that fits: bad input, or broken for files that
  // cannot be used.
  int refuse(std::span<const Error> errors);
  int refuse(const Error& error) { return refuse(std::span(&error, 1)); }
  // As JSON to `out`: {"errors": [...]}.
  int refuse_json(std::span<const Error> errors);
};

int exit_code(std::span<const Error> errors);
std::string errors_json(std::span<const Error> errors,
                        Language language);  // an array: code, name, place, value, message

}  // namespace fenming
