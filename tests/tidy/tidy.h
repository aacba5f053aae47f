// Tidy: what compiler and clang-tidy cannot see: rows of modules, sizes, names, marks of requirements. Every rule is a pure
// function of the repository's text, so that its own test can show it a small bad repository.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fenming::tidy {

using Tree = std::map<std::string, std::string>;  // path from the root, with '/' -> text

struct Finding {
  std::string file;
  int line;
  std::string message;
};
using Findings = std::vector<Finding>;

// tests/tidy/cpp_rules.cpp
Findings check_rows(const Tree& tree);  // #include against tools/modules.txt
Findings check_outside_libraries(
    const Tree& tree);                   // only those of the table; heavy headers in one .cpp of a module
Findings check_sizes(const Tree& tree);  // lines per file and function, own includes
Findings check_floating_point(const Tree& tree);  // none near money

// tests/tidy/repository_rules.cpp
Findings check_names(const Tree& tree);          // snake_case files, folders that say something
Findings check_regions(const Tree& tree);        // no division code, no region name in src/
Findings check_machine_paths(const Tree& tree);  // no path of somebody's machine in any text
Findings check_readmes(const Tree& tree);        // each module explains itself in ten lines
Findings check_error_tags(const Tree& tree);     // unique, dense, in order

// tests/tidy/definition_rules.cpp
Findings check_definitions(const Tree& tree);  // a class of one name in two files: no compiler sees it

// tests/tidy/requirement_rules.cpp
struct RequirementCount {
  int done = 0, part = 0, open = 0;
};
RequirementCount count_requirements(const Tree& tree);
Findings check_requirements(const Tree& tree);  // docs/requirements.md against the marks in code and tests

// tests/tidy/source_text.cpp
std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string> words_of(std::string_view text);  // divided by blanks
std::string code_only(std::string_view text);              // comments and literals blanked, line breaks kept
bool in_folder(std::string_view path, std::string_view folder);  // folder with its '/'
bool is_cpp(std::string_view path);                              // .h or .cpp
bool is_test(std::string_view path);           // *_test.cpp, and test_*.h or *_test.h beside them
std::string module_of(std::string_view path);  // "src/money/decimal.h" -> "money", else ""
Tree read_tree(const std::string& root);       // without build folders, .git and node_modules

Findings check_all(const Tree& tree);

}  // namespace fenming::tidy
