// A page in two languages runs the same commands.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "docs/blocks.h"

namespace fenming {
namespace {

const std::filesystem::path source = FENMING_SOURCE_DIR;

std::vector<DocumentBlock> blocks_in(const std::filesystem::path& page) {
  std::ifstream file(source / page);
  std::stringstream text;
  text << file.rdbuf();
  return blocks_of(text.str());
}

// What the reader puts his own into: CODE, SETL_ID, 机构.
bool is_placeholder(const std::string& word) {
  return std::ranges::all_of(word, [](char one) {
    return (one >= 'A' && one <= 'Z') || one == '_' || static_cast<unsigned char>(one) > 0x7F;
  });
}

// What a shell does of a block: comments and the language of the output are the reader's.
std::string commands(const DocumentBlock& block) {
  std::stringstream lines(block.text);
  std::string line, all;
  while (std::getline(lines, line)) {
    line = line.substr(0, line.find('#'));
    for (const char* language : {" --lang en", " --lang zh"})
      if (const auto at = line.find(language); at != std::string::npos)
        line.erase(at, std::string_view(language).size());
    std::stringstream words(line);
    for (std::string word; words >> word;) all += (is_placeholder(word) ? "NAME" : word) + " ";
    all += "\n";
  }
  return all;
}

TEST(Languages, ThePagesRunTheSameCommands) {
  for (const auto& [english, chinese] :
       {std::pair{"README.md", "README.zh-CN.md"}, {"docs/first-bill.md", "docs/first-bill.zh-CN.md"}}) {
    const auto one = blocks_in(english), other = blocks_in(chinese);
    ASSERT_EQ(one.size(), other.size()) << english;
    ASSERT_GT(one.size(), 3U) << english;
    for (std::size_t i = 0; i < one.size(); ++i)
      EXPECT_EQ(commands(one[i]), commands(other[i])) << english << ":" << one[i].line;
  }
}

}  // namespace
}  // namespace fenming
