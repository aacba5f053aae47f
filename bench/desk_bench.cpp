// desk_bench: the whole path of a settlement, durable: decided, journalled, synced, answered, its views written behind.
//   desk_bench FOLDER [PERSONS [SECONDS [LOAD]]]   begins a store in the new folder or takes the one that an earlier run left; one process is generator and desk. Prints lines
//   "name <tab> value <tab> unit". Leaves the folder behind (for `fenming verify` and the measurement of a start).

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "desk_load.h"
#include "measure.h"
#include "settlement/sender.h"
#include "store/embedded/embedded_store.h"

namespace fenming {
namespace {

using Clock = std::chrono::steady_clock;

class Load {
 public:
  Load(SettlementDesk& desk, std::uint32_t persons, Date day) : desk_(desk), sales_(persons, day) {}

  void begin_messages_after(std::uint64_t message) { sales_.begin_messages_after(message); }
  // `in_flight` at once, sent anew as they are answered: in groups of `group`.
  void run(const std::string& name, unsigned in_flight, unsigned group, double seconds,
           double per_second = 0) {
    const DeskFigures before = desk_.figures();
    const double cpu = cpu_seconds();
    latencies_.clear();
    seconds_.assign(static_cast<std::size_t>(seconds) + 2, 0);
    begin_ = Clock::now();
    std::uint64_t sent = 0;
    while (elapsed() < seconds) {
      if (per_second > 0) {
        const double due = static_cast<double>(sent) / per_second;
        if (due > elapsed()) std::this_thread::sleep_for(std::chrono::duration<double>(due - elapsed()));
      }
      wait(in_flight - group);
      for (unsigned i = 0; i < group; ++i, ++sent) send();
    }
    wait(0);
    const double took = elapsed();
    const std::uint64_t watermark_lag = desk_.figures().head.position - desk_.figures().watermark;
    desk_.catch_up();
    print(name, before, cpu, took, watermark_lag);
  }

  void set_up(Command command) {
    sender_.send(std::move(command), [](const Result<Outcome>& outcome) {
      if (!outcome) stop(outcome.error());
    });
  }
  void wait(unsigned most) { sender_.wait(most); }

 private:
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  void send() {
    const auto sent = Clock::now();
    sender_.send(sales_.next(), [this, sent](const Result<Outcome>& outcome) {
      if (!outcome) stop(outcome.error());
      const auto at = Clock::now();
      latencies_.push_back(static_cast<std::uint32_t>(
          std::chrono::duration_cast<std::chrono::microseconds>(at - sent).count()));
      const auto second = static_cast<std::size_t>(std::chrono::duration<double>(at - begin_).count());
      if (second < seconds_.size()) ++seconds_[second];
    });
  }

  void print(const std::string& name, const DeskFigures& before, double cpu, double took, std::uint64_t lag) {
    const DeskFigures after = desk_.figures();
    const double count = static_cast<double>(latencies_.size());
    std::ranges::sort(latencies_);
    const auto at = [&](double share) { return latencies_[static_cast<std::size_t>(share * (count - 1))]; };
    const std::size_t whole = static_cast<std::size_t>(took);
    const auto worst = whole == 0 ? 0
                                  : *std::min_element(seconds_.begin(),
                                                      seconds_.begin() + static_cast<std::ptrdiff_t>(whole));
    const auto line = [&](const char* what, double value, const char* unit) {
      std::printf("%s: %s\t%.2f\t%s\n", name.c_str(), what, value, unit);
    };
    line("settlements", count / took, "/s");
    line("worst second", static_cast<double>(worst), "/s");
    line("p50", at(0.5) / 1000.0, "ms");
    line("p99", at(0.99) / 1000.0, "ms");
    line("CPU", 1e6 * (cpu_seconds() - cpu) / count, "us each");
    line("records a batch", count / static_cast<double>(after.batches - before.batches), "records");
    const auto each = [&](const char* what, std::int64_t DeskFigures::* ns) {
      line(what, static_cast<double>(after.*ns - before.*ns) / 1000 / count, "us each");
    };
    each("decide, with fold", &DeskFigures::decide_ns);
    each("encode and leaf, in two threads", &DeskFigures::encode_ns);
    each("fold", &DeskFigures::fold_ns);
    each("append and sync", &DeskFigures::append_ns);
    each("views", &DeskFigures::views_ns);
    line("views behind at the end", static_cast<double>(lag), "records");
    line("memory", static_cast<double>(resident_mb()), "MB");
    std::fflush(stdout);
  }

  SettlementDesk& desk_;
  DeskSales sales_;
  Clock::time_point begin_;
  std::vector<std::uint32_t> latencies_;
  std::vector<std::uint64_t> seconds_;
  Sender sender_{desk_, 4'096};
};

void set_up(SettlementDesk& desk, Load& load, std::uint32_t persons) {
  const auto digest = desk.put_artifact(pack_library({{"region.yaml", std::string(bench_rules)}}, {}));
  if (!digest) stop(digest.error());
  load.set_up({{}, "", AdoptRules{std::string(bytes_of(*digest))}});
  load.set_up({{}, "", RegisterProvider{"H1", "H1", {fact("level", "L2")}, 30}});
  for (std::uint32_t i = 0; i < persons; ++i) {
    const std::string psn_no = person_of(i);
    load.set_up({{},
                 "",
                 RegisterPerson{
                     psn_no,
                     "",
                     {fact("born", "1980-05-05"), fact("scheme", "employees"), fact("person", "active")}}});
    load.set_up(
        {{}, "", SetStatus{psn_no, fact("insured", "yes"), *parse_date("2020-01-01"), date_max, false}});
    load.set_up({{}, "", CreditAccount{psn_no, Money::from_fen(500'00), "setup"}});
  }
  load.wait(0);
}

int run(const std::string& folder, std::uint32_t persons, double seconds, std::string_view only) {
  const auto open = [&] {
    auto store = open_embedded(folder);
    if (!store) stop(store.error());
    DeskOptions options;
    options.clock = now;
    options.batch_max = 256;
    options.objects_max = 1'200'000;
    auto desk = SettlementDesk::open(std::move(*store), options);
    if (!desk) stop(desk.error());
    return std::move(*desk);
  };
  {
    auto desk = open();
    Load load(*desk, persons, civil_day(now().wall));
    if (const std::uint64_t there = desk->figures().head.position; there > 0) {
      load.begin_messages_after(there);
    } else {
      const auto begin = Clock::now();
      set_up(*desk, load, persons);
      const std::chrono::duration<double> took = Clock::now() - begin;
      std::printf("setting up: records\t%.0f\t/s\n",
                  static_cast<double>(desk->catch_up().value_or(0)) / took.count());
      std::fflush(stdout);
    }
    const auto wanted = [&](std::string_view name) { return name.find(only) != std::string_view::npos; };
    if (wanted("64 in flight")) load.run("64 in flight", 64, 1, seconds);
    if (wanted("batches of 200")) load.run("batches of 200", 400, 200, seconds);
    if (wanted("10,000/s offered")) load.run("10,000/s offered", 4'096, 1, std::min(seconds, 20.0), 10'000);
  }
  const auto begin = Clock::now();
  auto desk = open();
  const std::chrono::duration<double> took = Clock::now() - begin;
  std::printf("opening with %llu records\t%.3f\ts\n",
              static_cast<unsigned long long>(desk->figures().head.position), took.count());
  return 0;
}

}  // namespace
}  // namespace fenming

int main(int count, char** words) {
  if (count < 2 || words[1][0] == '-') {
    std::cerr << "desk_bench FOLDER [PERSONS [SECONDS [LOAD]]]\n";
    return 2;
  }
  return fenming::run(words[1],
                      count > 2 ? static_cast<std::uint32_t>(std::strtoul(words[2], nullptr, 10)) : 1'000'000,
                      count > 3 ? std::strtod(words[3], nullptr) : 60, count > 4 ? words[4] : "");
}
