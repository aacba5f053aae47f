// docs/operating.md names every key of the configuration and every figure, and none that is not there.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

namespace fenming {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in(std::string(FENMING_SOURCE_DIR) + "/" + file);
  EXPECT_TRUE(in) << file;
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The first cell of each row of the table under `heading`, without its quotes.
std::set<std::string> first_cells(const std::string& document, const std::string& heading) {
  std::set<std::string> found;
  std::istringstream in(document.substr(document.find("\n## " + heading + "\n")));
  const std::regex row(R"(^\| `([a-z_.]+)` \|.*)");
  int headings = 0;
  for (std::string line; headings < 2 && std::getline(in, line);) {
    if (line.starts_with("## ")) ++headings;
    std::smatch cells;
    if (headings != 1 || !std::regex_match(line, cells, row)) continue;
    EXPECT_TRUE(found.insert(cells[1]).second) << line;
  }
  return found;
}

// As the reader asks for them: the section that was opened last is the one whose keys follow.
std::set<std::string> keys_of_the_reader() {
  std::set<std::string> keys;
  const std::string source = text_of("src/server/config.cpp");
  const std::regex step(
      R"re(Section (section|one)\([^;]*?"([a-z.]+\.)", file_|(section|one|top)\.(text|texts|number|yes|choice|map|list)\(\s*"([a-z_]+)")re");
  std::string prefix;
  for (std::sregex_iterator at(source.begin(), source.end(), step), end; at != end; ++at) {
    const std::smatch& found = *at;
    if (found[2].matched)
      prefix = found[2];
    else if (found[3] == "top")
      keys.insert(found[5]);
    else if (found[3] == "section" && prefix == "words.fact.")
      keys.insert("words." + found[5].str());
    else
      keys.insert(prefix + found[5].str());
  }
  return keys;
}

// REQ PLT-01
TEST(OperatingDocument, HasEveryKeyOfTheConfiguration) {
  const std::set<std::string> keys = keys_of_the_reader();
  EXPECT_GE(keys.size(), 45U);
  EXPECT_EQ(first_cells(text_of("docs/operating.md"), "Configuration"), keys);
}

// REQ PLT-03
TEST(OperatingDocument, HasEveryFigure) {
  std::set<std::string> figures;
  const std::regex name("\"(fenming_[a-z_]+)\"|# TYPE (fenming_[a-z_]+) ");
  for (const char* file : {"src/server/metrics.cpp", "src/server/routes.cpp"}) {
    const std::string source = text_of(file);
    for (std::sregex_iterator at(source.begin(), source.end(), name), end; at != end; ++at) {
      std::string figure = (*at)[1].matched ? (*at)[1] : (*at)[2];
      for (const char* part : {"_bucket", "_count"})  // of a histogram
        if (figure.ends_with(part)) figure.erase(figure.size() - std::string_view(part).size());
      figures.insert(figure);
    }
  }
  EXPECT_GE(figures.size(), 15U);
  EXPECT_EQ(first_cells(text_of("docs/operating.md"), "Health and figures"), figures);
}

}  // namespace
}  // namespace fenming
