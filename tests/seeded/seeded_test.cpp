// Every library in this folder carries one mistake; the line "# Check:" says what must be told about it: a code of the compiler or the
// id of a finding (several divided by |: any of them).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/desk.h"
#include "cli/files.h"
#include "policy/check.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

const fs::path folder = fs::path(FENMING_SOURCE_DIR) / "tests" / "seeded";

struct Seeded {
  std::string name, text, verb;
  std::vector<std::string> expected;
};

std::vector<Seeded> seeded() {
  std::vector<Seeded> all;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".yaml") continue;
    std::ifstream stream(file.path());
    std::stringstream text;
    text << stream.rdbuf();
    Seeded one{file.path().stem().string(), text.str(), "", {}};
    const std::size_t at = one.text.find("# Check: ");
    if (at == std::string::npos) continue;
    std::istringstream words(one.text.substr(at + 9, one.text.find('\n', at) - at - 9));
    words >> one.verb;
    for (std::string id; std::getline(words >> std::ws, id, '|');) one.expected.push_back(id);
    all.push_back(std::move(one));
  }
  std::ranges::sort(all, {}, &Seeded::name);
  return all;
}

std::string listing(const CheckReport& report) {
  std::string text;
  for (const Finding& finding : report.findings)
    text += std::string(name(finding.level)) + " " + finding.id + "  " +
            to_text(finding.error, Language::en) + "\n";
  return text;
}

void PrintTo(const Seeded& seeded, std::ostream* out) { *out << seeded.name; }

class SeededTest : public testing::TestWithParam<Seeded> {};

// REQ POL-06
TEST_P(SeededTest, IsFound) {
  const Seeded& seeded = GetParam();
  const auto library = read_library({{"region.yaml", seeded.text}});
  if (seeded.verb == "error") {
    ASSERT_FALSE(library.has_value()) << "the library was read";
    const bool named = std::ranges::any_of(library.error(), [&](const Error& error) {
      return std::ranges::find(seeded.expected, tag(error.code)) != seeded.expected.end();
    });
    EXPECT_TRUE(named) << to_text(library.error().front(), Language::en);
    return;
  }
  ASSERT_TRUE(library.has_value()) << to_text(library.error().front(), Language::en);
  CheckLimits limits;  // small libraries: less will do
  limits.evaluations = 20'000;
  limits.random_bills = 5'000;
  const CheckReport report = check_library(**library, limits);
  if (seeded.expected.front() == "nothing") {
    EXPECT_TRUE(report.findings.empty()) << listing(report);
    return;
  }
  const auto found = std::ranges::find_if(report.findings, [&](const Finding& finding) {
    return std::ranges::find(seeded.expected, finding.id) != seeded.expected.end();
  });
  ASSERT_TRUE(found != report.findings.end()) << listing(report);
  EXPECT_FALSE(sentence(found->error, Language::zh).empty());
  EXPECT_TRUE(found->error.place.starts_with("region.yaml:")) << found->error.place;
}

std::string test_name(const testing::TestParamInfo<Seeded>& parameter) {
  std::string name = parameter.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Libraries, SeededTest, testing::ValuesIn(seeded()), test_name);

// ---- the shipped libraries: nothing open but what accepted.yaml names, and nothing named there that is gone

std::vector<std::string> shipped() {
  std::vector<std::string> names;
  const auto folders = library_folders(fs::path(FENMING_SOURCE_DIR) / "rules");
  if (!folders) return {};
  for (const fs::path& path : *folders) names.push_back(path.filename().string());
  return names;
}

class ShippedTest : public testing::TestWithParam<std::string> {};

TEST_P(ShippedTest, PassesWithItsAcceptances) {
  const fs::path path = fs::path(FENMING_SOURCE_DIR) / "rules" / GetParam();
  const auto library = load_library(path);
  ASSERT_TRUE(library.has_value()) << to_text(library.error().front(), Language::en);
  if ((*library)->versions.empty()) return;  // a national base
  CheckReport report = check_library(**library);
  if (fs::exists(path / "accepted.yaml")) {
    const auto text = read_file(path / "accepted.yaml");
    ASSERT_TRUE(text.has_value());
    const auto accepted = read_accepted({"accepted.yaml", *text});
    ASSERT_TRUE(accepted.has_value()) << to_text(accepted.error().front(), Language::en);
    accept(report, *accepted, "accepted.yaml");
  }
  EXPECT_TRUE(report.passed()) << listing(report);
  for (const Coverage& coverage : report.coverage) EXPECT_EQ(coverage.tried == 0, coverage.bills == 0);
}

std::string library_name(const testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  std::ranges::replace(name, '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Rules, ShippedTest, testing::ValuesIn(shipped()), library_name);

TEST(Seeded, AtLeastEighteenMistakes) { EXPECT_GE(seeded().size(), 19U); }

}  // namespace
}  // namespace fenming
