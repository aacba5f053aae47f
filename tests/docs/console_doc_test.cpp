// The tutorial of docs/policy-language.md is followed as a reader follows it: its files are written, its commands run in order, and what
// they print must stand below them. FENMING_UPDATE=1 writes it there.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "cli/arguments.h"
#include "docs/blocks.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& text) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// A folder of its own, in which the commands are typed.
class Desk : public testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    folder_ = fs::temp_directory_path() / ("fenming-docs-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    fs::current_path(folder_);
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

  const fs::path& folder() const { return folder_; }

 private:
  fs::path before_, folder_;
};

// "fenming rules test qingshi": output and errors in the order in which they appear.
std::string typed(const std::string& command) {
  std::istringstream split(command);
  std::vector<std::string> words;
  for (std::string word; split >> word;) words.push_back(word);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  std::ostringstream out;
  Terminal terminal(out, out);
  run_arguments(static_cast<int>(pointers.size()), pointers.data(), terminal);
  return out.str();
}

// Counts of a search change with the search: everything before them is compared.
std::string comparable(const std::string& text) {
  const std::size_t coverage = text.find("\n  searched ");
  return text.substr(0, coverage == std::string::npos ? text.size() : coverage + 1);
}

// Where the block says `change "A" to "B"`, region.yaml is changed for this one command.
struct Change {
  std::string from, to;
};

Change change_of(const std::string& info) {
  std::vector<std::string> quoted;
  std::istringstream parts(info);
  for (std::string part; std::getline(parts, part, '"');) quoted.push_back(part);
  return quoted.size() < 4 ? Change{} : Change{quoted[1], quoted[3]};
}

class Follower {
 public:
  explicit Follower(fs::path home) : region_(std::move(home) / "qingshi" / "880000-qingshi") {}

  // What the commands of a console block print, "$ " lines included; "" for a block of another kind.
  std::string follow(const DocumentBlock& block) {
    if (block.info.starts_with("yaml ")) write(region_ / block.info.substr(5), block.text);
    if (block.info == "case")
      write(region_ / "cases" / "stays.case", read(region_ / "cases" / "stays.case") + block.text + "\n");
    if (block.info == "json bill.json") write("bill.json", block.text);
    if (!block.info.starts_with("console")) return "";
    const std::string region = read(region_ / "region.yaml");
    if (const Change change = change_of(block.info); !change.from.empty()) {
      std::string changed = region;
      const std::size_t at = changed.find(change.from);
      EXPECT_NE(at, std::string::npos) << change.from << " does not stand in region.yaml";
      if (at != std::string::npos)
        write(region_ / "region.yaml", changed.replace(at, change.from.size(), change.to));
    }
    std::string printed;
    std::istringstream lines(block.text);
    for (std::string line; std::getline(lines, line);)
      if (line.starts_with("$ ")) printed += line + "\n" + typed(line.substr(2));
    write(region_ / "region.yaml", region);
    return printed;
  }

 private:
  fs::path region_;
};

// REQ POL-01
TEST_F(Desk, tutorial_prints_what_it_says) {
  const fs::path path = fs::path(FENMING_SOURCE_DIR) / "docs" / "policy-language.md";
  const std::string document = read(path);
  const std::string tutorial = document.substr(0, document.find("\n## Part 2"));
  std::string updated = document;
  Follower follower(folder());
  int consoles = 0;
  for (const DocumentBlock& block : blocks_of(tutorial)) {
    const std::string printed = follower.follow(block);
    if (printed.empty()) continue;
    ++consoles;
    const std::size_t at = updated.find(block.text);
    if (std::getenv("FENMING_UPDATE") != nullptr && at != std::string::npos &&
        comparable(printed) != comparable(block.text))
      updated.replace(at, block.text.size(), printed);
    else
      EXPECT_EQ(comparable(block.text), comparable(printed))
          << "line " << block.line << "; FENMING_UPDATE=1 docs_test writes it anew";
  }
  EXPECT_GE(consoles, 8);
  if (updated != document) std::ofstream(path) << updated;
}

}  // namespace
}  // namespace fenming
