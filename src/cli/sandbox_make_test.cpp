#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>

#include "catalog/catalogue.h"
#include "cli/commands.h"
#include "cli/files.h"
#include "model/csv_rows.h"
#include "registry/import.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

class SandboxMake : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }

  int make(const std::string& to, std::uint64_t seed, int days) {
    std::ostringstream out, err;
    Terminal terminal(out, err);
    SandboxOptions options;
    options.home = FENMING_SOURCE_DIR;
    options.to = (folder_ / to).string();
    options.persons = 40;
    options.seed = seed;
    options.days = days;
    const int code = sandbox_make_command(terminal, options);
    EXPECT_EQ(err.str(), "");
    return code;
  }
  std::string file(const std::string& name) const { return read_file(folder_ / name).value_or(""); }

  fs::path folder_ = fs::temp_directory_path() / ("fenming-sandbox-" + std::to_string(::getpid()));
};

TEST_F(SandboxMake, WritesFilesThatAnImportReads) {
  ASSERT_EQ(make("a", 1, 40), exit_ok);
  std::size_t commands = 0;
  const CommandSink sink = [&](Command&&) { ++commands; };
  EXPECT_TRUE(import_persons(file("a/persons.csv"), "persons.csv", {}, sink));
  EXPECT_TRUE(import_accounts(file("a/accounts.csv"), "accounts.csv", {}, sink));
  EXPECT_TRUE(import_consents(file("a/consents.csv"), "consents.csv", {}, sink));
  EXPECT_TRUE(import_providers(file("a/providers.csv"), "providers.csv", {}, sink));
  EXPECT_GT(commands, 80u);
  EXPECT_TRUE(Catalogue::read(file("a/catalog.csv"), "catalog.csv"));
  const std::string visits = file("a/visits.ndjson");
  EXPECT_GT(std::ranges::count(visits, '\n'), 10);
  EXPECT_TRUE(visits.starts_with("{\"action\":\"")) << visits.substr(0, 80);
}

TEST_F(SandboxMake, SameSeedSameBytes) {
  ASSERT_EQ(make("a", 5, 3), exit_ok);
  ASSERT_EQ(make("b", 5, 3), exit_ok);
  ASSERT_EQ(make("c", 6, 0), exit_ok);
  for (const char* name : {"persons.csv", "accounts.csv", "consents.csv", "catalog.csv", "visits.ndjson"})
    EXPECT_EQ(file(std::string("a/") + name), file(std::string("b/") + name)) << name;
  EXPECT_NE(file("a/persons.csv"), file("c/persons.csv"));
  EXPECT_FALSE(fs::exists(folder_ / "c/visits.ndjson"));
}

TEST_F(SandboxMake, DiagnosesHaveACodeEachAndTwoNames) {
  const auto text = read_file(fs::path(FENMING_SOURCE_DIR) / "sandbox" / "diagnoses.csv");
  ASSERT_TRUE(text);
  CsvRows rows(*text, "diagnoses.csv");
  std::string before;
  std::size_t count = 0;
  ASSERT_TRUE(rows.next());
  for (; rows.next(); ++count) {
    ASSERT_EQ(rows.fields().size(), 3u) << rows.line();
    const std::string code(rows.fields()[0]);
    EXPECT_LT(before, code) << "sorted, none twice";
    EXPECT_TRUE(code.size() >= 3 && code[0] >= 'A' && code[0] <= 'Z') << code;
    for (const std::string_view field : rows.fields()) EXPECT_FALSE(field.empty()) << code;
    before = code;
  }
  EXPECT_FALSE(rows.error());
  EXPECT_GT(count, 300u);
}

}  // namespace
}  // namespace fenming
