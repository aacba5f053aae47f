#include "cli/batch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <vector>

#include "cli/files.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

class Batch : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("fenming-batch-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::string input;
    for (int i = 1; i <= 1000; ++i) input += (i % 10 == 0 ? "bad " : "bill ") + std::to_string(i) + "\n";
    write("in", input);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    ASSERT_FALSE(write_file(folder_ / name, text));
  }
  std::string read(const std::string& name) { return read_file(folder_ / name).value_or("?"); }

  Result<BatchCounts> run(unsigned threads = 1, const std::string& basis = "rules") {
    return run_batch(
        {folder_ / "in", folder_ / "out", basis, threads},
        [this] {
          return [this](std::string_view line, std::size_t number) {
            ++answered_;
            const bool bad = line.starts_with("bad");
            if (bad)
              return BatchAnswer{
                  refusal_json(number, std::vector<Error>{{Code::bill_not_json, "", "", {}}}, Language::en),
                  true};
            return BatchAnswer{
                "{\"bill\":\"" + std::string(line) + "\",\"n\":" + std::to_string(number) + "}", false};
          };
        },
        [](std::size_t, std::size_t) {});
  }

  fs::path folder_;
  std::atomic<int> answered_ = 0;
};

TEST_F(Batch, AnswersInOrderWhateverTheThreads) {
  const auto counts = run();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->lines, 1000U);
  EXPECT_EQ(counts->refused, 100U);
  const std::string one = read("out");
  EXPECT_TRUE(one.starts_with("{\"bill\":\"bill 1\",\"n\":1}\n"));
  EXPECT_NE(one.find("\n{\"line\":70,\"errors\":[{\"code\":\"BIL-001\""), std::string::npos);
  fs::remove(folder_ / "out");
  ASSERT_TRUE(run(4));
  EXPECT_EQ(read("out"), one);
}

TEST_F(Batch, GoesOnBehindTheLastCompleteLine) {
  ASSERT_TRUE(run());
  const std::string whole = read("out");
  for (const std::size_t kept :
       {std::size_t{0}, std::size_t{5}, whole.size() / 2, whole.size() - 1, whole.size()}) {
    write("out", whole.substr(0, kept));
    answered_ = 0;
    const auto counts = run(2);
    ASSERT_TRUE(counts) << kept;
    EXPECT_EQ(read("out"), whole) << kept;
    EXPECT_EQ(counts->refused, 100U) << kept;
    EXPECT_EQ(counts->earlier + static_cast<std::size_t>(answered_), 1000U) << kept;
  }
}

TEST_F(Batch, KeepsNoGarbage) {
  ASSERT_TRUE(run());
  const std::string whole = read("out");
  const std::size_t line = whole.find("{\"bill\":\"bill 501\""), refusal = whole.find("{\"line\":510,");
  ASSERT_NE(line, std::string::npos);
  ASSERT_NE(refusal, std::string::npos);
  for (const std::string& damaged :
       {std::string(whole).insert(line, "garbage\n"), std::string(whole).insert(line, "{\"bill\":\"x\n"),
        std::string(whole).replace(line, 12, 12, '\0'), std::string(whole).replace(refusal + 8, 3, "511"),
        whole.substr(0, line) + std::string(100, '\0') + "\n"}) {
    write("out", damaged);
    const auto counts = run();
    ASSERT_TRUE(counts);
    EXPECT_EQ(read("out"), whole);
    EXPECT_GE(counts->earlier, 500U);
    EXPECT_LE(counts->earlier, 509U);
  }
}

TEST_F(Batch, RefusesTheOutputOfAnotherInput) {
  ASSERT_TRUE(run());
  const std::string before = read("out");
  write("in", "bill 7\n");
  const auto other = run();
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::batch_differs);
  EXPECT_EQ(other.error().details.at(0), "input");
  EXPECT_EQ(read("out"), before);
}

TEST_F(Batch, RefusesOtherRules) {
  ASSERT_TRUE(run());
  const auto other = run(1, "newer rules");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::batch_differs);
  EXPECT_NE(other.error().details.at(0), "input");
}

TEST_F(Batch, NeverTouchesAForeignFile) {
  write("out", "a letter to my sister\n");
  const auto refused = run();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::state_missing);
  EXPECT_EQ(read("out"), "a letter to my sister\n");
}

TEST_F(Batch, TakesALastLineWithoutEndAndWindowsLines) {
  write("in", "bill a\r\n\nbill b");
  const auto counts = run();
  ASSERT_TRUE(counts);
  EXPECT_EQ(read("out"),
            "{\"bill\":\"bill a\",\"n\":1}\n{\"bill\":\"\",\"n\":2}\n{\"bill\":\"bill b\",\"n\":3}\n");
}

TEST_F(Batch, SaysWhichFileFails) {
  fs::remove(folder_ / "in");
  EXPECT_EQ(run().error().code, Code::file_unreadable);
  write("in", "bill\n");
  fs::create_directories(folder_ / "out");
  write("out.state", "");
  EXPECT_FALSE(run());
}

}  // namespace
}  // namespace fenming
