#include <algorithm>
#include <optional>
#include <regex>
#include <set>

#include "tidy/tidy.h"

namespace fenming::tidy {
namespace {

constexpr int file_lines_max = 600, function_lines_max = 60, own_includes_max = 15;

struct Include {
  int line;
  bool own;  // "..." rather than <...>
  std::string path;
};

std::vector<Include> includes_of(std::string_view text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> found;
  int number = 0;
  for (const std::string_view line : lines_of(text)) {
    ++number;
    std::match_results<std::string_view::const_iterator> match;
    if (line.contains('#') && std::regex_search(line.begin(), line.end(), match, pattern))
      found.push_back({number, match.str(1) == "\"", match.str(2)});
  }
  return found;
}

struct Module {
  int row;
  std::vector<std::string> libraries;
};

std::map<std::string, Module> modules_of(const Tree& tree) {
  std::map<std::string, Module> modules;
  const auto table = tree.find("tools/modules.txt");
  if (table == tree.end()) return modules;
  for (const std::string_view line : lines_of(table->second)) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() < 2 || words[0].find_first_not_of("0123456789") != std::string::npos) continue;
    modules[words[1]] = {std::stoi(words[0]), {words.begin() + 2, words.end()}};
  }
  return modules;
}

// What is wrong with one own include of a file in `module`, if anything.
std::optional<std::string> row_problem(const std::map<std::string, Module>& modules, const Tree& tree,
                                       const std::string& module, const std::string& path) {
  if (!tree.contains("src/" + path)) return "\"" + path + "\" is no file of src/; write module/file.h";
  const std::string other = path.substr(0, path.find('/'));
  if (other == module) return std::nullopt;
  const auto mine = modules.find(module), theirs = modules.find(other);
  if (theirs == modules.end()) return "the module " + other + " has no row in tools/modules.txt";
  if (theirs->second.row < mine->second.row) return std::nullopt;
  return module + " (row " + std::to_string(mine->second.row) + ") may not include " + other + " (row " +
         std::to_string(theirs->second.row) + "): only lower rows";
}

// Outside headers by the word that tools/modules.txt uses; heavy ones slow every file that includes them.
struct Outside {
  std::string_view prefix, word;
  bool heavy;
};
constexpr Outside outside_libraries[] = {
    {"fmt/", "fmt", false},          {"openssl/", "crypto", false},
    {"yaml-cpp/", "yaml", true},     {"simdjson", "simdjson", true},
    {"CLI/", "cli11", false},        {"boost/beast", "beast", true},
    {"nlohmann/", "nlohmann", true}, {"microhttpd.h", "microhttpd", true},
    {"toml++/", "toml", true},       {"zip.h", "zip", true}};

class FunctionScanner {
 public:
  FunctionScanner(const std::string& file, std::string_view code, Findings& findings)
      : file_(file), code_(code), findings_(findings) {}

  void run() {
    for (at_ = 0; at_ < code_.size(); ++at_) {
      const char c = code_[at_];
      if (c == '\n')
        ++line_;
      else if (c == '{')
        open();
      else if (c == '}')
        close();
      if (c == ';' && !inside_function())
        header_.clear();
      else if (c != '{' && c != '}')
        add_to_header(c);
    }
  }

 private:
  enum class Kind { outer, function, inner };  // namespace or type; a function's body; anything deeper
  struct Scope {
    Kind kind;
    int first_line;
  };

  bool inside_function() const { return !scopes_.empty() && scopes_.back().kind != Kind::outer; }

  void add_to_header(char c) {
    if (header_.empty() && (c == ' ' || c == '\n')) return;
    if (header_.empty()) header_line_ = line_;
    header_ += c;
  }

  void open() {
    static const std::regex outer(R"(\b(namespace|class|struct|union|enum|extern)\b)");
    Kind kind = Kind::inner;
    if (!inside_function()) {
      const std::string_view before_arguments = std::string_view(header_).substr(0, header_.find('('));
      const bool calls = header_.find('(') != std::string::npos;
      const bool is_outer = std::regex_search(before_arguments.begin(), before_arguments.end(), outer);
      if (is_outer && (!calls || !ends_like_function()))
        kind = Kind::outer;
      else if (calls)
        kind = Kind::function;
    }
    scopes_.push_back({kind, kind == Kind::inner ? line_ : header_line_});
    if (kind == Kind::outer) header_.clear();
  }

  // `struct X make() {` is a function, `class X : public Y<decltype(z())> {` is not; close enough for a limit.
  bool ends_like_function() const {
    const std::size_t last = header_.find_last_not_of(" \n");
    return last != std::string::npos && header_[last] == ')';
  }

  void close() {
    if (scopes_.empty()) return;
    const Scope scope = scopes_.back();
    scopes_.pop_back();
    if (inside_function()) return;
    const std::size_t next = code_.find_first_not_of(" \n", at_ + 1);
    const bool goes_on = next != std::string_view::npos && (code_[next] == ',' || code_[next] == '{');
    if (scope.kind == Kind::function && goes_on) return;  // member initialiser: the body is still to come
    const int count = line_ - scope.first_line + 1;
    if (scope.kind == Kind::function && count > function_lines_max)
      findings_.push_back({file_, scope.first_line,
                           "the function has " + std::to_string(count) + " lines, the limit is " +
                               std::to_string(function_lines_max)});
    header_.clear();
  }

  const std::string& file_;
  std::string_view code_;
  Findings& findings_;
  std::size_t at_ = 0;
  int line_ = 1, header_line_ = 1;
  std::string header_;
  std::vector<Scope> scopes_;
};

bool is_checked_source(const std::string& path) {
  return is_cpp(path) && (in_folder(path, "src/") || in_folder(path, "tests/") || in_folder(path, "bench/"));
}

}  // namespace

Findings check_rows(const Tree& tree) {
  Findings findings;
  const auto modules = modules_of(tree);
  std::set<std::string> unknown;
  for (const auto& [path, text] : tree) {
    const std::string module = module_of(path);
    if (module.empty() || !is_cpp(path)) continue;
    if (!modules.contains(module)) {
      if (unknown.insert(module).second)
        findings.push_back({path, 1, "the module " + module + " has no row in tools/modules.txt"});
      continue;
    }
    for (const Include& include : includes_of(text)) {
      if (!include.own || include.path.ends_with(".inc")) continue;
      if (const auto problem = row_problem(modules, tree, module, include.path))
        findings.push_back({path, include.line, *problem});
    }
  }
  return findings;
}

Findings check_outside_libraries(const Tree& tree) {
  Findings findings;
  const auto modules = modules_of(tree);
  std::map<std::string, std::string> heavy_at;  // "module library" -> file
  for (const auto& [path, text] : tree) {
    const auto module = modules.find(module_of(path));
    if (module == modules.end() || !is_cpp(path) || is_test(path)) continue;
    for (const Include& include : includes_of(text))
      for (const Outside& outside : outside_libraries) {
        if (!include.path.starts_with(outside.prefix)) continue;
        const std::string word(outside.word);
        if (std::ranges::find(module->second.libraries, word) == module->second.libraries.end())
          findings.push_back(
              {path, include.line, module->first + " does not list " + word + " in tools/modules.txt"});
        if (!outside.heavy) continue;
        if (!path.ends_with(".cpp"))
          findings.push_back(
              {path, include.line, "the heavy header <" + include.path + "> belongs into a .cpp"});
        const auto [first, inserted] = heavy_at.emplace(module->first + " " + word, path);
        if (!inserted && first->second != path)
          findings.push_back({path, include.line,
                              "<" + include.path + "> is already read by " + first->second +
                                  "; one .cpp of a module is enough"});
      }
  }
  return findings;
}

Findings check_sizes(const Tree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_checked_source(path)) continue;
    const auto lines = static_cast<int>(lines_of(text).size());
    if (lines > file_lines_max)
      findings.push_back({path, file_lines_max + 1,
                          "the file has " + std::to_string(lines) + " lines, the limit is " +
                              std::to_string(file_lines_max)});
    int own = 0;
    for (const Include& include : includes_of(text))
      if (include.own && ++own == own_includes_max + 1)
        findings.push_back(
            {path, include.line, "more than " + std::to_string(own_includes_max) + " own includes"});
    FunctionScanner(path, code_only(text), findings).run();
  }
  return findings;
}

Findings check_floating_point(const Tree& tree) {
  static const std::regex pattern(R"(\b(double|float)\b)");
  static const std::set<std::string> exact = {"money", "model",  "policy",    "catalog",
                                              "proof", "ledger", "settlement"};
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path) || !exact.contains(module_of(path))) continue;
    const std::string code = code_only(text);
    int number = 0;
    for (const std::string_view line : lines_of(code)) {
      ++number;
      if (std::regex_search(line.begin(), line.end(), pattern))
        findings.push_back({path, number, "floating point near money; use Money, Decimal or Exact"});
    }
  }
  return findings;
}

}  // namespace fenming::tidy
