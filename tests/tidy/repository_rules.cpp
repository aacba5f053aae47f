#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <utility>

#include "tidy/tidy.h"

namespace fenming::tidy {
namespace {

constexpr int readme_lines_max = 10;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts(1);
  for (const char c : path) {
    if (c == '/')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// First two digits of the division codes of GB/T 2260: the provinces.
bool is_division_code(std::string_view digits) {
  static const std::set<std::string, std::less<>> provinces = {
      "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
      "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82"};
  return digits.size() == 6 && provinces.contains(digits.substr(0, 2));
}

struct RegionWords {
  std::set<std::string> codes, names;  // names: latin in lower case, Chinese as written
};

// Chinese names: `name: 宁波市` or `zh: 宁波` at the left edge of region.yaml.
void add_chinese_name(std::string_view line, std::set<std::string>& names) {
  static const std::regex pattern(R"(^(?:name|zh):\s*["']?([^"'#(（\s]+))");
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_search(line.begin(), line.end(), match, pattern)) return;
  std::string name = match.str(1);
  for (const std::string_view ending : {"市", "省", "区"})
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  if (name.size() >= 6 && static_cast<unsigned char>(name[0]) >= 0x80) names.insert(name);
}

// Taken from the folders rules/<division code>-<name>/; folders with an invented code are nobody's region.
RegionWords region_words(const Tree& tree) {
  RegionWords words;
  for (const auto& [path, text] : tree) {
    if (!in_folder(path, "rules/")) continue;
    const std::string folder = parts_of(path).at(1);
    if (!is_division_code(folder.substr(0, folder.find('-')))) continue;
    words.codes.insert(folder.substr(0, 6));
    std::string part;
    for (const char c : folder.substr(6) + "-") {
      if (c != '-')
        part += c;
      else if (std::string found = std::exchange(part, {}); found.size() >= 5 && std::isalpha(found[0]) != 0)
        words.names.insert(found);
    }
    if (path.ends_with("/region.yaml"))
      for (const std::string_view line : lines_of(text)) add_chinese_name(line, words.names);
  }
  return words;
}

// Six digits on their own: not part of a longer number, of 130'000 or of 130000.00.
std::vector<std::string> lone_codes(std::string_view line) {
  static const std::regex pattern(R"((^|[^0-9A-Za-z_.'])([0-9]{6})(?![0-9A-Za-z_.']))");
  std::vector<std::string> codes;
  if (std::ranges::count_if(line, [](char c) { return c >= '0' && c <= '9'; }) < 6) return codes;
  for (std::regex_iterator<std::string_view::const_iterator> match(line.begin(), line.end(), pattern), end;
       match != end; ++match)
    codes.push_back(match->str(2));
  return codes;
}

void check_region_line(const std::string& path, int number, std::string_view line, const RegionWords& words,
                       Findings& findings) {
  for (const std::string& code : lone_codes(line)) {
    // In a test an amount may look like a code; only those that name a library of rules/ are certain.
    if (words.codes.contains(code) || (!is_test(path) && is_division_code(code)))
      findings.push_back(
          {path, number,
           "the division code " + code + " belongs into rules/ (an amount is written 130'000)"});
  }
  std::string lower(line);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const std::string& name : words.names) {
    const std::size_t at = lower.find(name);
    if (at == std::string::npos) continue;
    const bool inside_word = at > 0 && std::isalpha(static_cast<unsigned char>(lower[at - 1])) != 0;
    if (!inside_word)
      findings.push_back({path, number, "the region's name " + name + " belongs into rules/"});
  }
}

}  // namespace

Findings check_names(const Tree& tree) {
  static const std::regex snake(R"([a-z0-9]+(_[a-z0-9]+)*(\.[a-z0-9]+)*)");
  static const std::set<std::string> says_nothing = {"util",   "utils",   "common", "shared",
                                                     "helper", "helpers", "misc",   "manager"};
  Findings findings;
  for (const auto& [path, text] : tree) {
    const std::vector<std::string> parts = parts_of(path);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i)
      if (says_nothing.contains(parts[i]))
        findings.push_back({path, 1, "the folder name " + parts[i] + " says nothing; name what it holds"});
    if (is_cpp(path) && !std::regex_match(parts.back(), snake))
      findings.push_back({path, 1, "file names are snake_case"});
    if (in_folder(path, "src/") && parts.size() > 4)
      findings.push_back({path, 1, "at most two folder levels under src/"});
  }
  return findings;
}

Findings check_regions(const Tree& tree) {
  Findings findings;
  const RegionWords words = region_words(tree);
  for (const auto& [path, text] : tree) {
    // The national code tables hold divisions, banks and funds whose codes look like divisions.
    if (!in_folder(path, "src/") || in_folder(path, "src/protocol/tables/")) continue;
    int number = 0;
    for (const std::string_view line : lines_of(text))
      check_region_line(path, ++number, line, words, findings);
  }
  return findings;
}

Findings check_machine_paths(const Tree& tree) {
  // Taken apart so that this file does not find itself.
  static const std::regex pattern(
      "(^|[^a-zA-Z0-9_}.])/(wor"
      "k|roo"
      "t|tm"
      "p|hom"
      "e)/[a-z]");
  Findings findings;
  for (const auto& [path, text] : tree) {
    int number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      if (line.contains('/') && std::regex_search(line.begin(), line.end(), pattern))
        findings.push_back({path, number, "a path of somebody's machine"});
    }
  }
  return findings;
}

Findings check_readmes(const Tree& tree) {
  Findings findings;
  std::set<std::string> modules;
  for (const auto& [path, text] : tree)
    if (is_cpp(path)) modules.insert(module_of(path));
  modules.erase("");
  for (const std::string& module : modules) {
    const std::string path = "src/" + module + "/README.md";
    const auto readme = tree.find(path);
    if (readme == tree.end()) {
      findings.push_back({path, 1, "missing: turns what into what, owns, does not, start at, may use"});
      continue;
    }
    if (lines_of(readme->second).size() > readme_lines_max)
      findings.push_back({path, readme_lines_max + 1, "at most ten lines"});
  }
  return findings;
}

Findings check_error_tags(const Tree& tree) {
  static const std::string path = "src/model/error_codes.inc";
  static const std::regex pattern(R"re(^X\((\w+), "([A-Z]{3})-(\d{3})", )re");
  Findings findings;
  const auto file = tree.find(path);
  if (file == tree.end()) return findings;
  std::map<std::string, int> last;
  std::set<std::string> names;
  int number = 0;
  for (const std::string_view line : lines_of(file->second)) {
    ++number;
    if (!line.starts_with("X(")) continue;
    std::match_results<std::string_view::const_iterator> match;
    if (!std::regex_search(line.begin(), line.end(), match, pattern)) {
      findings.push_back({path, number, "a row is X(name, \"TAG-000\", zh, en)"});
      continue;
    }
    if (!names.insert(match.str(1)).second)
      findings.push_back({path, number, "the name " + match.str(1) + " is used twice"});
    int& previous = last[match.str(2)];
    if (std::stoi(match.str(3)) != previous + 1)
      findings.push_back({path, number,
                          match.str(2) + "-" + match.str(3) + " does not follow number " +
                              std::to_string(previous) + ": tags are unique and dense"});
    previous = std::stoi(match.str(3));
  }
  return findings;
}

}  // namespace fenming::tidy
