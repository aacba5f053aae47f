// docs/errors.md is made from the catalogue of codes. FENMING_UPDATE=1 writes it anew.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fenming {
namespace {

struct Row {
  std::string_view name, tag, zh, en;
};

constexpr Row rows[] = {
#define X(name, tag, zh, en) {#name, tag, zh, en},
#include "model/error_codes.inc"
#undef X
};

struct Block {
  std::string_view prefix, title;
};
constexpr Block blocks[] = {
    {"BIL", "The bill"},
    {"POL",
     "The text of a policy (each with an example in [policy-language.md](policy-language.md), \"Errors\")"},
    {"CLI", "The program, its files and case files"},
    {"CAT", "Catalogues of items"},
    {"CHK", "Findings of `fenming rules check` ([library-checks.md](library-checks.md))"},
    {"TRC", "A trace that does not hold ([trace-format.md](trace-format.md))"},
    {"REC", "A record of the journal ([journal-format.md](journal-format.md))"},
    {"STO", "The store"},
    {"DSK", "The desk: a command that is refused ([commands.md](commands.md))"},
    {"REG", "Persons, status and accounts"},
    {"WIR", "A message of the national interface ([interface.md](interface.md))"},
    {"SRV", "The server's door and its configuration"},
};

constexpr std::string_view head =
    "# Error codes\n\n"
    "A code keeps its meaning for good; sentences may improve. `{0}` is the value that was met, `{1}` and "
    "further are details. "
    "With `--json` an error carries code and name.\n"
    "This file is made from `src/model/error_codes.inc` by `tests/docs`.\n";

std::string cell(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '|') out += '\\';
    out += text[i];
    const bool doubled = (text[i] == '{' || text[i] == '}') && i + 1 < text.size() && text[i + 1] == text[i];
    if (doubled) ++i;  // of fmt
  }
  return out;
}

std::string written() {
  std::string text(head);
  for (const auto& [prefix, title] : blocks) {
    text +=
        fmt::format("\n## {}: {}\n\n| code | name | 中文 | English |\n|---|---|---|---|\n", prefix, title);
    for (const Row& row : rows)
      if (row.tag.starts_with(prefix))
        text += fmt::format("| {} | `{}` | {} | {} |\n", row.tag, row.name, cell(row.zh), cell(row.en));
  }
  return text;
}

TEST(ErrorsDocument, is_current) {
  const std::string path = std::string(FENMING_SOURCE_DIR) + "/docs/errors.md", now = written();
  if (std::getenv("FENMING_UPDATE") != nullptr) std::ofstream(path) << now;
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), now) << "FENMING_UPDATE=1 docs_test writes docs/errors.md anew";
}

TEST(ErrorsDocument, every_code_stands_in_a_block) {
  const std::string text = written();
  for (const Row& row : rows)
    EXPECT_NE(text.find(fmt::format("| {} | `{}` |", row.tag, row.name)), std::string::npos) << row.tag;
}

}  // namespace
}  // namespace fenming
