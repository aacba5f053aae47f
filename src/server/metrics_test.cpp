#include "server/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>

#include "protocol/interface.h"

namespace fenming {
namespace {

std::size_t index_of(std::string_view infno) {
  return static_cast<std::size_t>(find_transaction(infno) - transactions().data());
}

std::map<std::string, std::string> samples(const std::string& text) {
  std::map<std::string, std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t at = line.rfind(' ');
    EXPECT_TRUE(out.emplace(line.substr(0, at), line.substr(at + 1)).second) << "doubled: " << line;
  }
  return out;
}

// REQ PLT-03
TEST(Metrics, counts_by_transaction_and_ending) {
  Metrics metrics;
  metrics.count(index_of("2207"), Ending::answered, 700);
  metrics.count(index_of("2207"), Ending::answered, 1'000);
  metrics.count(index_of("2207"), Ending::failed, 9'000'000);
  metrics.count_http(200), metrics.count_http(401), metrics.count_http(404), metrics.count_http(503);
  metrics.spent(Stage::read, 1'500'000'000), metrics.spent(Stage::read, 7);
  std::string text;
  metrics.write(text);
  const auto seen = samples(text);
  const auto at = [&](const std::string& name) {
    const auto found = seen.find(name);
    return found == seen.end() ? "" : found->second;
  };
  EXPECT_EQ(at("fenming_transactions_total{infno=\"2207\",ending=\"answered\"}"), "2");
  EXPECT_EQ(at("fenming_transactions_total{infno=\"2207\",ending=\"refused\"}"), "0");
  EXPECT_EQ(at("fenming_transactions_total{infno=\"2207\",ending=\"failed\"}"), "1");
  EXPECT_EQ(at("fenming_transaction_seconds_bucket{infno=\"2207\",le=\"0.000500\"}"), "0");
  EXPECT_EQ(at("fenming_transaction_seconds_bucket{infno=\"2207\",le=\"0.001000\"}"),
            "2");  // a bound belongs to its bucket
  EXPECT_EQ(at("fenming_transaction_seconds_bucket{infno=\"2207\",le=\"5.000000\"}"), "2");
  EXPECT_EQ(at("fenming_transaction_seconds_bucket{infno=\"2207\",le=\"+Inf\"}"), "3");
  EXPECT_EQ(at("fenming_transaction_seconds_count{infno=\"2207\"}"), "3");
  EXPECT_EQ(at("fenming_transaction_seconds_sum{infno=\"2207\"}"), "9.001700");
  EXPECT_EQ(at("fenming_http_answers_total{status=\"4xx\"}"), "2");
  EXPECT_EQ(at("fenming_http_answers_total{status=\"5xx\"}"), "1");
  EXPECT_EQ(at("fenming_stage_seconds_total{stage=\"read\"}"), "1.500000007");
  EXPECT_EQ(at("fenming_stage_seconds_total{stage=\"write\"}"), "0.000000000");
  EXPECT_EQ(text.find("1101"), std::string::npos);  // what never came has no rows
  EXPECT_EQ(metrics.total(index_of("2207"), Ending::answered), 2U);
}

// The text format of Prometheus: every line a comment or a sample; each sample's family is described before it.
TEST(Metrics, reads_as_prometheus_reads) {
  Metrics metrics;
  metrics.count(index_of("1101"), Ending::refused, 1);
  metrics.count(index_of("9102"), Ending::answered, 60'000'000);
  std::string text;
  metrics.write(text);
  write_metric(text, "alone", "", 5);
  const std::regex comment("# (HELP|TYPE) [a-z_]+ .+"),
      sample("[a-z_]+(\\{[a-z]+=\"[^\"\\\\]*\"(,[a-z]+=\"[^\"\\\\]*\")*\\})? [0-9]+(\\.[0-9]+)?");
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    EXPECT_TRUE(std::regex_match(line, comment) || std::regex_match(line, sample)) << line;
  EXPECT_EQ(text.back(), '\n');
  EXPECT_LT(text.find("# TYPE fenming_transaction_seconds histogram"),
            text.find("fenming_transaction_seconds_bucket"));
}

}  // namespace
}  // namespace fenming
