// tests/mutants/named: every named mistake still changes its source; one that no longer does would be counted for nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fenming {
namespace {

const std::filesystem::path source = FENMING_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What stands between two marks, without the ends of line beside them.
std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t begin = text.find(from) + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

TEST(NamedMutants, EachStillChangesItsSource) {
  int mutants = 0;
  for (const auto& entry : std::filesystem::directory_iterator(source / "tests/mutants/named")) {
    const std::string mutant = text_of(entry.path());
    const std::string file = between(mutant, "file: ", "\n"), was = between(mutant, "<<<<\n", "\n====");
    EXPECT_NE(was, between(mutant, "====\n", "\n>>>>")) << entry.path();
    EXPECT_NE(text_of(source / file).find(was), std::string::npos)
        << entry.path() << " changes nothing in " << file;
    ++mutants;
  }
  EXPECT_GE(mutants, 80);
}

}  // namespace
}  // namespace fenming
