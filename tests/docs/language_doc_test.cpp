// docs/policy-language.md is read here: every text of a policy in it compiles, every case gives what it says, every wrong text is
// refused with the code it names, and every code there is has its row.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "cli/case_run.h"
#include "docs/blocks.h"
#include "model/error.h"
#include "policy/library.h"

namespace fenming {
namespace {

std::string document() {
  std::ifstream file(std::string(FENMING_SOURCE_DIR) + "/docs/policy-language.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string text_of(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += "\n  " + to_text(error, Language::en);
  return text;
}

// Follows the document from block to block: which library the next case belongs to. A library ends where the next begins.
class Reader {
 public:
  void block(const DocumentBlock& block) {
    if (block.info.starts_with("yaml base/")) {
      finish();
      base_.push_back({block.info.substr(5), block.text});
    } else if (block.info == "yaml region.yaml") {
      if (block.text.find("\nbase:") == std::string::npos) base_.clear();
      begin({"region.yaml", block.text}, block.line);
    } else if (block.info == "yaml preamble") {
      preamble_ = block.text;
    } else if (block.info == "yaml") {
      base_.clear();
      begin({"region.yaml", preamble_ + block.text}, block.line);
    } else if (block.info.starts_with("yaml ")) {
      put({block.info.substr(5), block.text});
    } else if (block.info == "case") {
      run(block);
    }
  }

  // Reads the library that stands open.
  void finish() {
    if (files_.empty() || read_) return;
    ++libraries;
    read_ = true;
    const auto read = read_library(files_, base_);
    EXPECT_TRUE(read) << "line " << line_ << text_of(read ? std::vector<Error>{} : read.error());
    library_ = read ? *read : nullptr;
  }

  // The error codes of a text that stands on the preamble.
  std::set<std::string> codes(const std::string& text) const {
    std::set<std::string> found;
    const auto read = read_library({{"region.yaml", preamble_ + text}});
    if (!read)
      for (const Error& error : read.error()) found.emplace(tag(error.code));
    return found;
  }

  int libraries = 0, cases = 0;

 private:
  void begin(SourceFile file, std::size_t line) {
    finish();
    files_ = {std::move(file)};
    line_ = line;
    read_ = false;
  }

  void put(SourceFile file) {
    read_ = false;
    for (SourceFile& known : files_)
      if (known.name == file.name) return void(known = std::move(file));
    files_.push_back(std::move(file));
  }

  void run(const DocumentBlock& block) {
    ++cases;
    finish();
    ASSERT_TRUE(library_) << "line " << block.line << ": no library before this case";
    const auto read = read_cases(block.text, "case", library_->region.code);
    ASSERT_TRUE(read) << "line " << block.line << text_of(read ? std::vector<Error>{} : read.error());
    for (const Case& one : *read) {
      for (const CaseStep& step : one.steps)
        EXPECT_FALSE(step.expectations.empty()) << "line " << block.line << ": expects nothing";
      for (const CaseFinding& finding : run_case(one, library_, clerk_, Language::en).findings)
        ADD_FAILURE() << "line " << block.line + finding.line << ": " << finding.name << " "
                      << finding.expected << ", found " << finding.found;
    }
  }

  std::unique_ptr<Desk> desk_ = *Desk::open(std::string(FENMING_SOURCE_DIR) + "/rules");  // a clerk needs one
  Clerk clerk_{*desk_};
  std::vector<SourceFile> files_, base_;
  std::string preamble_;
  std::size_t line_ = 0;
  bool read_ = false;
  std::shared_ptr<const Library> library_;
};

// REQ POL-01
TEST(LanguageDocument, every_policy_compiles_and_every_case_holds) {
  Reader reader;
  for (const DocumentBlock& block : blocks_of(document())) reader.block(block);
  reader.finish();
  EXPECT_GE(reader.libraries, 60);
  EXPECT_GE(reader.cases, 50);
}

TEST(LanguageDocument, every_code_of_the_policy_reader_has_a_row) {
  std::set<std::string> rows;
  for (const auto& row : rows_of(document(), "POL-")) rows.insert(row.front());
  std::ifstream file(std::string(FENMING_SOURCE_DIR) + "/src/model/error_codes.inc");
  int count = 0;
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find("\"POL-");
    if (!line.starts_with("X(") || at == std::string::npos) continue;
    const std::string code = line.substr(at + 1, 7);
    EXPECT_TRUE(rows.erase(code) == 1) << code << " has no row in docs/policy-language.md";
    ++count;
  }
  EXPECT_GE(count, 36);
  EXPECT_TRUE(rows.empty()) << *rows.begin() << " is no code";
}

// Third cell: a wrong text, in backquotes, standing on the preamble (`;;` begins a new line), or a word in plain text.
TEST(LanguageDocument, wrong_texts_are_refused_with_their_code) {
  Reader reader;
  const std::string text = document();
  for (const DocumentBlock& block : blocks_of(text))
    if (block.info == "yaml preamble") reader.block(block);
  int tried = 0;
  for (const auto& row : rows_of(text, "POL-")) {
    ASSERT_GE(row.size(), 4U) << row.front();
    std::string wrong = row[2];
    if (!wrong.starts_with("`")) continue;
    wrong = wrong.substr(1, wrong.rfind('`') - 1);
    for (std::size_t at = 0; (at = wrong.find(" ;; ", at)) != std::string::npos;) wrong.replace(at, 4, "\n");
    const auto codes = reader.codes(wrong + "\n");
    EXPECT_TRUE(codes.contains(row.front())) << row.front() << ": " << wrong << " gives "
                                             << fmt::format("{}", codes.empty() ? "nothing" : *codes.begin());
    ++tried;
  }
  EXPECT_GE(tried, 28);
}

}  // namespace
}  // namespace fenming
