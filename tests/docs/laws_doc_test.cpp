// The tables of docs/laws.md against the tests: each command finds tests, each test that carries a law's number stands in a table.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace fenming {
namespace {

namespace fs = std::filesystem;

const fs::path source = FENMING_SOURCE_DIR;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in) << file;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct NamedTest {
  std::string binary, name;  // of a parameterised one: any/Suite.name/any
  bool of_a_law = false;
};

// A law's number stands on the line of the test or in the comment above it.
void add_tests(const fs::path& file, const std::string& binary, std::vector<NamedTest>& tests) {
  static const std::regex macro(R"(TEST(_F|_P)?\(\s*(\w+),\s*(\w+)\))"), mark(R"(LAW \d)");
  std::istringstream in(text_of(file));
  std::string header;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("//") || line.starts_with("TEST") || header.contains("TEST"))
      header += line + "\n";
    else
      header.clear();
    if (!header.contains("TEST") || line.find('{') == std::string::npos) continue;
    std::smatch found;
    if (std::regex_search(header, found, macro)) {
      const std::string name = found.str(2) + "." + found.str(3);
      tests.push_back(
          {binary, found.str(1) == "_P" ? "any/" + name + "/any" : name, std::regex_search(header, mark)});
    }
    header.clear();
  }
}

std::vector<NamedTest> all_tests() {
  std::vector<NamedTest> tests;
  for (const char* folder : {"src", "tests"})
    for (const auto& entry : fs::recursive_directory_iterator(source / folder))
      if (entry.path().string().ends_with("_test.cpp"))
        add_tests(entry.path(), (*std::next(fs::relative(entry.path(), source).begin())).string() + "_test",
                  tests);
  return tests;
}

// gtest's: * is anything.
bool matches(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern.front() != '*')
    return !name.empty() && name.front() == pattern.front() && matches(pattern.substr(1), name.substr(1));
  return matches(pattern.substr(1), name) || (!name.empty() && matches(pattern, name.substr(1)));
}

struct Pattern {
  std::string binary, filter;
};

std::vector<Pattern> patterns_of(const std::string& document) {
  static const std::regex command(R"(`build-test/(\w+) --gtest_filter='?([^'`]+)'?`)");
  std::vector<Pattern> patterns;
  for (std::sregex_iterator at(document.begin(), document.end(), command), end; at != end; ++at) {
    std::istringstream filters((*at)[2]);
    for (std::string filter; std::getline(filters, filter, ':');) patterns.push_back({(*at)[1], filter});
  }
  return patterns;
}

bool runs(const Pattern& pattern, const NamedTest& test) {
  return pattern.binary == test.binary && matches(pattern.filter, test.name);
}

TEST(LawsDocument, EveryCommandFindsTests) {
  const std::vector<NamedTest> tests = all_tests();
  ASSERT_GT(tests.size(), 500U);
  const std::vector<Pattern> patterns = patterns_of(text_of(source / "docs/laws.md"));
  ASSERT_GT(patterns.size(), 100U);
  for (const Pattern& pattern : patterns)
    EXPECT_TRUE(std::ranges::any_of(tests, [&](const NamedTest& test) { return runs(pattern, test); }))
        << pattern.binary << " has no " << pattern.filter;
}

TEST(LawsDocument, EveryTestOfALawStandsInATable) {
  const std::vector<Pattern> patterns = patterns_of(text_of(source / "docs/laws.md"));
  std::size_t of_laws = 0;
  for (const NamedTest& test : all_tests()) {
    if (!test.of_a_law) continue;
    ++of_laws;
    EXPECT_TRUE(std::ranges::any_of(patterns, [&](const Pattern& pattern) { return runs(pattern, test); }))
        << test.binary << " " << test.name;
  }
  EXPECT_GT(of_laws, 200U);
}

// The headings "## 6 Reversal" and "### Law 6: reversal".
TEST(LawsDocument, EveryLawHasATable) {
  const std::string document = text_of(source / "docs/laws.md");
  static const std::regex law(R"(\n## (\d+) )"), table(R"(\n### Law (\d+): )");
  const auto numbers = [&](const std::regex& heading) {
    std::vector<std::string> found;
    for (std::sregex_iterator at(document.begin(), document.end(), heading), end; at != end; ++at)
      found.push_back((*at)[1]);
    return found;
  };
  EXPECT_EQ(numbers(law), numbers(table));
  EXPECT_EQ(numbers(law).size(), 11U);
}

}  // namespace
}  // namespace fenming
