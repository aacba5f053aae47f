// Metrics: what the node counted since it started, as Prometheus reads it. Counting is lock-free and allocates nothing.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
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

// Where the time of a message goes on the node's own threads: signature, JSON, tables and command; the answer's text.
enum class Stage : std::uint8_t { read, write };

class Metrics {
 public:
  Metrics();
  // `transaction`: index in transactions(); microseconds from the last byte of the request to the answer.
  void count(std::size_t transaction, Ending ending, std::int64_t microseconds);
  void count_http(unsigned status);  // answered below any transaction

  void spent(Stage stage, std::int64_t nanoseconds) {
    stages_[static_cast<std::size_t>(stage)].fetch_add(static_cast<std::uint64_t>(nanoseconds),
                                                       std::memory_order_relaxed);
  }

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
  std::array<std::atomic<std::uint64_t>, 2> stages_{};
};

class StageTime {  // adds the time of a scope
 public:
  StageTime(Metrics& metrics, Stage stage) : metrics_(metrics), stage_(stage) {}
  ~StageTime() { metrics_.spent(stage_, (std::chrono::steady_clock::now() - begin_).count()); }
  StageTime(const StageTime&) = delete;
  StageTime& operator=(const StageTime&) = delete;

 private:
  Metrics& metrics_;
  Stage stage_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

// One line of a metric: name{labels} value.
void write_metric(std::string& text, std::string_view name, std::string_view labels, std::uint64_t value);
void write_seconds(std::string& text, std::string_view name, std::string_view labels,
                   std::uint64_t nanoseconds);

}  // namespace fenming
