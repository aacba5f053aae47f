// The words of one line of a case file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace fenming {

struct Word {
  enum class Kind : std::uint8_t { plain, comma, list };
  Kind kind = Kind::plain;
  std::string text;               // without quotes
  std::vector<std::string> list;  // [a, b]
  std::size_t column = 0;         // from 1, in characters
  bool quoted = false;
};

// Blanks divide words, a comma is a word, "..." and [...] are one word each, a word that begins with # ends
// the line.
Result<std::vector<Word>> words_of(std::string_view line);  // Error::place is the column alone

// The line as free text: without its first word, its comment and the blanks around.
std::string text_behind(std::string_view line, std::string_view first_word);

}  // namespace fenming
