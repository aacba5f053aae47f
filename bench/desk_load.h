// What the measurements of the desk share: a small region, invented persons, sales of twelve lines.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "settlement/desk.h"

namespace fenming {

inline constexpr std::string_view bench_rules = R"YAML(region: 123456
name: bench
facts:
  scheme: {type: [employees, residents]}
  person: {type: [active, retired]}
  level: {type: [L1, L2, L3], default: L1}
  account: {type: money, default: 0}
keep:
  year: {per: [year, scheme], of: {deductible: money, pooled: money, own: money, illness: money}}
lines:
  prepay: {by: class, A: 0%, B: 10%, C: 0%}
  pot: if class == 'C' then 'out' else 'eligible'
funds:
  pool: {field: hifp_pay}
  illness: {field: hifmi_pay}
---
policy: outpatient
steps:
  - layer: pool
    fund: pool
    base: eligible
    deductible: {limit: 400, used: year.deductible}
    ratio: {by: level, L1: 80%, L2: 70%, L3: 60%}
    cap: {limit: 6000, used: year.pooled}
    add: {year.deductible: deductible, year.pooled: paid}
  - {layer: own, fund: account, base: left - out, ratio: 100%, cap: account}
  - {layer: illness, fund: illness, base: left - out, deductible: {limit: 14000, used: year.own}, ratio: 60%,
     add: {year.own: base, year.illness: paid}}
)YAML";

[[noreturn]] inline void stop(const Error& error) {
  std::cerr << to_text(error, Language::en) << '\n';
  std::exit(1);
}

inline Now now() {
  using namespace std::chrono;
  return {Instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()},
          duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count()};
}

inline long resident_mb() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

inline FactValue fact(std::string name, std::string text) {
  return {std::move(name), FactValue::Kind::text, std::move(text), {}};
}

inline std::string person_of(std::uint64_t index) { return std::to_string(100'000'000 + index); }

class DeskSales {
 public:
  DeskSales(std::uint32_t persons, Date day) : persons_(persons), day_(day) {}

  Command next() {
    Settle settle;
    settle.psn_no = person_of(draw() % persons_);
    settle.kind = "outpatient";
    settle.from = settle.to = day_;
    settle.lines.reserve(12);
    std::int64_t total = 0;
    for (int i = 0; i < 12; ++i) {
      FeeLine& fee = settle.lines.emplace_back();
      fee.line.id = std::to_string(i + 1);
      fee.line.item = "XA10BA02";
      fee.line.amount = Money::from_fen(static_cast<std::int64_t>(100 + draw() % 9'000));
      total += fee.line.amount.fen();
      fee.line.columns = {{"class", FactValue::Kind::text, i % 4 == 3 ? "B" : "A", {}}};
    }
    settle.total = Money::from_fen(total);
    return {{"H1", "2207", message_id()}, "", std::move(settle)};
  }
  void begin_messages_after(std::uint64_t message) { message_ = message; }

 private:
  std::uint64_t draw() { return random_(); }
  std::string message_id() {  // as the national interface has it: provider, time, number
    std::string id = std::to_string(++message_ + 1'000'000'000'000'000'000);
    return id.replace(0, 1, "H00000000001");
  }

  std::uint32_t persons_;
  Date day_;
  std::mt19937_64 random_{20'260'101};
  std::uint64_t message_ = 0;
};

}  // namespace fenming
