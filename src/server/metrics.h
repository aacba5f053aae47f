// Metrics: what the node counted since it started, as Prometheus reads it. Counting is lock-free and allocates nothing.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fenming {

enum class Ending : std::uint8_t {
  answered,
  refused,
  failed
};  // business refusal; technical: busy, broken store

class Metrics {
 public:
  Metrics();
  // `transaction`: index in transactions(); microseconds from the last byte of the request to the answer.
  void count(std::size_t transaction, Ending ending, std::int64_t microseconds);
  void count_http(unsigned status);  // answered below any transaction

  std::uint64_t total(std::size_t transaction, Ending ending) const;
  void write(std::string& text) const;

 private:
  // Upper bounds in microseconds; the last bucket is open.
  static constexpr std::int64_t bounds[] = {500,    1'000,   2'000,   5'000,   10'000,    20'000,
                                            50'000, 100'000, 200'000, 500'000, 1'000'000, 5'000'000};
  struct Row {
    std::array<std::atomic<std::uint64_t>, 3> endings{};
    std::array<std::atomic<std::uint64_t>, std::size(bounds) + 1> buckets{};
    std::atomic<std::uint64_t> microseconds{0};
  };
  std::vector<std::unique_ptr<Row>> rows_;
  std::array<std::atomic<std::uint64_t>, 6> http_{};  // by hundreds
};

// One line of a metric: name{labels} value.
void write_metric(std::string& text, std::string_view name, std::string_view labels, std::uint64_t value);

}  // namespace fenming
