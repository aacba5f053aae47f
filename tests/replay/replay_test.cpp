// Every seed of tests/fuzz and everything a fuzzer ever found goes through its target again, without a fuzzer.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "fuzz/node_targets.h"
#include "fuzz/targets.h"
#include "fuzz/wire_targets.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;
const fs::path seeds = fs::path(FENMING_SOURCE_DIR) / "tests" / "fuzz" / "seeds";

void replay(const char* name, void (*target)(std::string_view)) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(seeds / name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    SCOPED_TRACE(entry.path().string());
    target(text);  // a broken promise ends the program
    ++count;
    for (const std::size_t part : {text.size() / 3, text.size() / 2, text.size() - text.size() / 10})
      target(std::string_view(text).substr(0, part));
  }
  EXPECT_GE(count, 3U) << name;
}

TEST(Replay, bills) { replay("fuzz_bill", fuzz::bill); }
TEST(Replay, libraries) { replay("fuzz_library", fuzz::library); }
TEST(Replay, expressions) { replay("fuzz_expression", fuzz::expression); }
TEST(Replay, cases) { replay("fuzz_cases", fuzz::cases); }
TEST(Replay, traces) { replay("fuzz_trace", fuzz::trace); }
TEST(Replay, requests) { replay("fuzz_request", fuzz::request); }
TEST(Replay, charsets) { replay("fuzz_charset", fuzz::charset); }
TEST(Replay, headers) { replay("fuzz_headers", fuzz::headers); }
TEST(Replay, configurations) { replay("fuzz_config", fuzz::config); }

}  // namespace
}  // namespace fenming
