// Every worked example of the rule libraries gives its fen: what a bureau or a newspaper published, and what was computed by hand
// for the rules that nobody published an example of.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "cli/case_file.h"
#include "cli/case_run.h"
#include "cli/desk.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

const fs::path rules = fs::path(FENMING_SOURCE_DIR) / "rules";

std::vector<std::string> libraries() {
  std::vector<std::string> names;
  for (const auto& folder : fs::directory_iterator(rules))
    if (fs::is_directory(folder.path() / "cases")) names.push_back(folder.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::vector<Case> cases_of(const fs::path& folder, const std::string& region) {
  std::vector<Case> all;
  for (const auto& file : fs::directory_iterator(folder / "cases")) {
    if (file.path().extension() != ".case") continue;
    std::ifstream stream(file.path());
    std::ostringstream text;
    text << stream.rdbuf();
    const auto read = read_cases(text.str(), file.path().filename().string(), region);
    EXPECT_TRUE(read) << file.path().filename() << ": "
                      << to_text(read ? Error{} : read.error().front(), Language::en);
    if (read) all.insert(all.end(), read->begin(), read->end());
  }
  return all;
}

class Cases : public testing::TestWithParam<std::string> {};

// REQ POL-02, POL-03
TEST_P(Cases, give_the_fen_they_state) {
  const fs::path folder = rules / GetParam();
  const auto desk = Desk::open(folder);
  ASSERT_TRUE(desk);
  const auto library = load_library(folder);
  ASSERT_TRUE(library) << to_text(library ? Error{} : library.error().front(), Language::en);
  Clerk clerk(**desk);
  const std::vector<Case> all = cases_of(folder, (*library)->region.code);
  EXPECT_FALSE(all.empty());
  for (const Case& one : all)
    for (const CaseFinding& finding : run_case(one, *library, clerk, Language::en).findings)
      ADD_FAILURE() << one.file << ":" << finding.line << ": " << one.title << ": " << finding.name
                    << " should be " << finding.expected << ", is " << finding.found;
}

INSTANTIATE_TEST_SUITE_P(Rules, Cases, testing::ValuesIn(libraries()), [](const auto& each) {
  std::string name = each.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(CasesOfAllLibraries, hold_every_published_example) {
  std::map<std::string, int> count;
  for (const std::string& name : libraries())
    for (const Case& one : cases_of(rules / name, name.substr(0, 6))) ++count[one.status];
  EXPECT_EQ(count["reproducible"], 31);
  EXPECT_EQ(count["inferred"], 1);
  EXPECT_EQ(count["inconsistent"], 2);
  EXPECT_GE(count["derived"], 185);
  EXPECT_EQ(libraries().size(), 23U);
}

}  // namespace
}  // namespace fenming
