// Mutate: all small mistakes that could stand in a source text: another operator, a bound one off, another rounding, statements in
// another order or left out. Works on the text alone: a mutant that does not compile is none.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fenming::mutants {

struct Mutant {
  std::string file;
  std::size_t begin = 0, length = 0;  // of the text that is replaced
  std::string replacement;
  std::size_t line = 0;
  std::string kind;  // operator, bound, rounding, order, left out
};

std::vector<Mutant> mutants_of(const std::string& file, std::string_view text);

std::string applied(std::string_view text, const Mutant& mutant);
std::string line_at(std::string_view text, std::size_t position);    // trimmed
std::string described(std::string_view text, const Mutant& mutant);  // `a < b` -> `a <= b`, on one line
std::string id_of(std::string_view text, const Mutant& mutant);      // the same as long as the file is

}  // namespace fenming::mutants
