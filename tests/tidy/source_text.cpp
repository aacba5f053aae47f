#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tidy/tidy.h"

namespace fenming::tidy {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Where the literal or comment that begins at `at` ends (one past its last character), or `at` when none begins there.
std::size_t end_of_literal(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const bool after_word = at > 0 && is_word(text[at - 1]);
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return std::min(text.find("*/", at + 2), text.size() - 2) + 2;
  if (rest.starts_with("R\"") && !after_word) {
    const std::size_t open = std::min(text.find('(', at), text.size() - 1);
    const std::string close = ")" + std::string(text.substr(at + 2, open - at - 2)) + "\"";
    return std::min(text.find(close, open), text.size() - close.size()) + close.size();
  }
  if (rest[0] != '"' && (rest[0] != '\'' || after_word)) return at;  // 1'000 is a number
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == rest[0])
      return i + 1;
  }
  return text.size();
}

bool is_skipped(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name == ".git" || name == ".cache" || name == "node_modules" || name == "build" ||
         name.starts_with("build-");
}

bool is_text(const std::string& path) {
  static const std::vector<std::string> endings = {".h",  ".cpp",   ".inc",  ".md",   ".txt",
                                                   ".sh", ".yaml",  ".json", ".mjs",  ".js",
                                                   ".ts", ".cmake", ".case", ".html", "Makefile"};
  return path == ".ci/run" ||
         std::ranges::any_of(endings, [&](const std::string& ending) { return path.ends_with(ending); });
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : std::string(text) + " ") {
    if (c != ' ' && c != '\t')
      word += c;
    else if (!word.empty())
      words.push_back(std::exchange(word, {}));
  }
  return words;
}

std::string code_only(std::string_view text) {
  std::string code(text);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_literal(text, at);
    for (std::size_t i = at; i < end; ++i)
      if (code[i] != '\n') code[i] = ' ';
    at = std::max(end, at + 1);
  }
  return code;
}

bool in_folder(std::string_view path, std::string_view folder) { return path.starts_with(folder); }
bool is_cpp(std::string_view path) { return path.ends_with(".h") || path.ends_with(".cpp"); }
bool is_test(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return name.ends_with("_test.cpp") || name.ends_with("_test.h") ||
         (name.starts_with("test_") && is_cpp(name));
}

std::string module_of(std::string_view path) {
  if (!in_folder(path, "src/")) return "";
  path.remove_prefix(4);
  const std::size_t end = path.find('/');
  return end == std::string_view::npos ? "" : std::string(path.substr(0, end));
}

Tree read_tree(const std::string& root) {
  Tree tree;
  for (auto entry = std::filesystem::recursive_directory_iterator(root);
       entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory()) {
      if (is_skipped(entry->path())) entry.disable_recursion_pending();
      continue;
    }
    const std::string path = entry->path().lexically_relative(root).generic_string();
    if (!is_text(path)) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    tree[path] = std::string(std::istreambuf_iterator<char>(file), {});
  }
  return tree;
}

Findings check_all(const Tree& tree) {
  Findings all;
  for (const auto rule :
       {check_rows, check_outside_libraries, check_sizes, check_floating_point, check_names, check_regions,
        check_machine_paths, check_readmes, check_error_tags, check_requirements, check_definitions})
    for (Finding& finding : rule(tree)) all.push_back(std::move(finding));
  return all;
}

}  // namespace fenming::tidy
