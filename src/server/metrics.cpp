#include "server/metrics.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/interface.h"

namespace fenming {
namespace {

constexpr std::string_view ending_names[] = {"answered", "refused", "failed"};

}  // namespace

Metrics::Metrics() {
  for (std::size_t i = 0; i < transactions().size(); ++i) rows_.push_back(std::make_unique<Row>());
}

void Metrics::count(std::size_t transaction, Ending ending, std::int64_t microseconds) {
  Row& row = *rows_[transaction];
  row.endings[static_cast<std::size_t>(ending)].fetch_add(1, std::memory_order_relaxed);
  std::size_t bucket = 0;
  while (bucket < std::size(bounds) && microseconds > bounds[bucket]) ++bucket;
  row.buckets[bucket].fetch_add(1, std::memory_order_relaxed);
  row.microseconds.fetch_add(static_cast<std::uint64_t>(microseconds), std::memory_order_relaxed);
}

void Metrics::count_http(unsigned status) {
  http_[std::min<std::size_t>(status / 100, 5)].fetch_add(1, std::memory_order_relaxed);
}

std::uint64_t Metrics::total(std::size_t transaction, Ending ending) const {
  return rows_[transaction]->endings[static_cast<std::size_t>(ending)];
}

void write_metric(std::string& text, std::string_view name, std::string_view labels, std::uint64_t value) {
  fmt::format_to(std::back_inserter(text), "{}{}{}{} {}\n", name, labels.empty() ? "" : "{", labels,
                 labels.empty() ? "" : "}", value);
}

void write_seconds(std::string& text, std::string_view name, std::string_view labels,
                   std::uint64_t nanoseconds) {
  constexpr std::uint64_t second = 1'000'000'000;
  fmt::format_to(std::back_inserter(text), "{}{{{}}} {}.{:09}\n", name, labels, nanoseconds / second,
                 nanoseconds % second);
}

// REQ PLT-03
void Metrics::write(std::string& text) const {
  text +=
      "# HELP fenming_transactions_total messages of the national interface by how they ended\n"
      "# TYPE fenming_transactions_total counter\n";
  const auto each = [&](const auto& visit) {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const Row& row = *rows_[i];
      if (row.endings[0] + row.endings[1] + row.endings[2] != 0) visit(transactions()[i].infno, row);
    }
  };
  each([&](std::string_view infno, const Row& row) {
    for (std::size_t e = 0; e < 3; ++e)
      write_metric(text, "fenming_transactions_total",
                   fmt::format("infno=\"{}\",ending=\"{}\"", infno, ending_names[e]), row.endings[e]);
  });
  text +=
      "# HELP fenming_transaction_seconds time from the whole request to its answer\n"
      "# TYPE fenming_transaction_seconds histogram\n";
  each([&](std::string_view infno, const Row& row) {
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < row.buckets.size(); ++b) {
      below += row.buckets[b];
      const std::string bound = b < std::size(bounds)
                                    ? fmt::format("{}.{:06}", bounds[b] / 1'000'000, bounds[b] % 1'000'000)
                                    : "+Inf";
      write_metric(text, "fenming_transaction_seconds_bucket",
                   fmt::format("infno=\"{}\",le=\"{}\"", infno, bound), below);
    }
    const std::uint64_t spent = row.microseconds;
    text += fmt::format("fenming_transaction_seconds_sum{{infno=\"{}\"}} {}.{:06}\n", infno,
                        spent / 1'000'000, spent % 1'000'000);
    write_metric(text, "fenming_transaction_seconds_count", fmt::format("infno=\"{}\"", infno), below);
  });
  text +=
      "# HELP fenming_http_answers_total answers that reached no transaction\n"
      "# TYPE fenming_http_answers_total counter\n";
  for (std::size_t i = 2; i < http_.size(); ++i)
    write_metric(text, "fenming_http_answers_total", fmt::format("status=\"{}xx\"", i), http_[i]);
  text +=
      "# HELP fenming_stage_seconds_total time spent: read, write on the node's threads, the others on the "
      "desk's\n"
      "# TYPE fenming_stage_seconds_total counter\n";
  for (const auto& [stage, name] : {std::pair{Stage::read, "read"}, {Stage::write, "write"}})
    write_seconds(text, "fenming_stage_seconds_total", fmt::format("stage=\"{}\"", name),
                  stages_[static_cast<std::size_t>(stage)]);
}

}  // namespace fenming
