// scale_bench: what must hold for stores that have grown.
//   scale_bench reads FOLDER [PERSONS [SECONDS]]      PERSONS (10,000,000) on disk, then 1,000 trials a second of random ones: person,
//                                                     accumulators and policy, most of it from the disk's warm cache
//   scale_bench open  FOLDER [PERSONS [SETTLEMENTS]]  SETTLEMENTS (1,000,000), then kill -9 with the views behind by the bound, then open
// Begins a store in the new folder and leaves it behind. Prints lines "name <tab> value <tab> unit".
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <thread>
#include <vector>

#include "desk_load.h"
#include "store/embedded/embedded_store.h"

namespace fenming {
namespace {

using Clock = std::chrono::steady_clock;
namespace fs = std::filesystem;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

void line(const std::string& name, double value, const char* unit) {
  std::printf("%s\t%.3f\t%s\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

template <class T>
T need(Result<T> result) {
  if (!result) stop(result.error());
  return *std::move(result);
}

std::unique_ptr<SettlementDesk> open_desk(const std::string& folder, std::size_t objects_max) {
  DeskOptions options;
  options.clock = now;
  options.objects_max = objects_max;
  return need(SettlementDesk::open(need(open_embedded(folder)), options));
}

std::vector<Command> registration(const std::string& psn_no) {
  std::vector<FactValue> facts = {fact("born", "1980-05-05"), fact("scheme", "employees"),
                                  fact("person", "active")};
  const SetStatus insured{psn_no, fact("insured", "yes"), *parse_date("2020-01-01"), date_max, false};
  return {{{}, "", RegisterPerson{psn_no, "", std::move(facts)}},
          {{}, "", insured},
          {{}, "", CreditAccount{psn_no, Money::from_fen(500'00), "setup"}}};
}

void found(SettlementDesk& desk) {
  const Digest digest =
      need(desk.put_artifact(pack_library({{"region.yaml", std::string(bench_rules)}}, {})));
  need(desk.call({{}, "", AdoptRules{std::string(bytes_of(digest))}}));
  need(desk.call({{}, "", RegisterProvider{"H1", "H1", {fact("level", "L2")}, 30}}));
}

// One person comes through the desk and is settled once; the others are written into the views as that one is.
void many_persons(const std::string& folder, std::uint32_t persons) {
  std::string bytes;
  std::uint64_t position = 0;
  {
    const auto desk = open_desk(folder, 1'000);
    found(*desk);
    for (Command& command : registration(person_of(0))) need(desk->call(std::move(command)));
    need(desk->call(DeskSales(1, civil_day(now().wall)).next()));
    position = need(desk->catch_up());
    bytes = need(desk->object("P" + person_of(0))).write();
  }
  const auto store = need(open_embedded(folder));
  const auto begin = Clock::now();
  constexpr std::uint32_t group = 100'000;
  for (std::uint32_t at = 0; at < persons; at += group) {
    ViewBatch batch;
    batch.watermark = batch.after = position;
    for (std::uint32_t person = at; person < std::min(persons, at + group); ++person)
      batch.state.push_back({"P" + person_of(person), bytes, position});
    if (const auto written = store->write_views(batch); !written) stop(written.error());
  }
  line("persons written", persons / seconds_since(begin), "/s");
}

void reads(const std::string& folder, std::uint32_t persons, double seconds) {
  many_persons(folder, persons);
  line("views.db", static_cast<double>(fs::file_size(folder + "/views.db")) / (1 << 20), "MB");
  const auto desk = open_desk(folder, DeskOptions().objects_max);
  DeskSales sales(persons, civil_day(now().wall));
  std::vector<double> took;
  const auto begin = Clock::now();
  for (std::size_t sent = 0; seconds_since(begin) < seconds; ++sent) {
    const double due = static_cast<double>(sent) / 1'000 - seconds_since(begin);
    if (due > 0) std::this_thread::sleep_for(std::chrono::duration<double>(due));
    const Command command = sales.next();
    const auto asked = Clock::now();
    need(desk->trial(command));
    took.push_back(seconds_since(asked) * 1e3);
  }
  std::ranges::sort(took);
  const std::string of = std::to_string(persons) + " persons, a trial: ";
  const auto at = [&](double share) {
    return took[static_cast<std::size_t>(share * static_cast<double>(took.size() - 1))];
  };
  line(of + "trials", static_cast<double>(took.size()) / seconds_since(begin), "/s");
  line(of + "p50", at(0.5), "ms");
  line(of + "p99", at(0.99), "ms");
  line(of + "worst", took.back(), "ms");
  line(of + "memory", static_cast<double>(resident_mb()), "MB");
}

class Sender {
 public:
  Sender(SettlementDesk& desk, std::uint32_t persons) : desk_(desk), sales_(persons, civil_day(now().wall)) {}
  void sell(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) send(sales_.next());
    wait(0);
  }
  void register_all(std::uint32_t persons) {
    for (std::uint32_t i = 0; i < persons; ++i)
      for (Command& command : registration(person_of(i))) send(std::move(command));
    wait(0);
  }

 private:
  void send(Command command) {
    wait(2'000);
    in_flight_.fetch_add(1);
    desk_.submit(std::move(command), [this](const Result<Outcome>& outcome) {
      if (!outcome) stop(outcome.error());
      in_flight_.fetch_sub(1);
      in_flight_.notify_one();
    });
  }
  void wait(unsigned most) {
    for (unsigned there = in_flight_.load(); there > most; there = in_flight_.load()) in_flight_.wait(there);
  }
  SettlementDesk& desk_;
  DeskSales sales_;
  std::atomic<unsigned> in_flight_ = 0;
};

const char* const views_files[] = {"/views.db", "/views.db-wal"};

// Ends in kill -9, with copies of views that are behind.
[[noreturn]] void settle_and_die(const std::string& folder, std::uint32_t persons,
                                 std::uint64_t settlements) {
  const auto desk = open_desk(folder, 1'200'000);
  found(*desk);
  Sender sender(*desk, persons);
  sender.register_all(persons);
  const std::uint64_t behind = DeskOptions().lag_max;
  sender.sell(settlements - behind);
  need(desk->catch_up());
  std::this_thread::sleep_for(std::chrono::seconds(2));  // whatever moves pages in the background is done
  for (const char* file : views_files)
    if (fs::exists(folder + file)) fs::copy_file(folder + file, folder + ".old" + (file + 1));
  sender.sell(behind);
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

void open_after_kill(const std::string& folder, std::uint32_t persons, std::uint64_t settlements) {
  const pid_t child = ::fork();
  if (child == 0) settle_and_die(folder, persons, settlements);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL) {
    std::cerr << "scale_bench: the settling process did not come to its end\n";
    std::exit(1);
  }
  const std::string of = "open after kill -9 with " + std::to_string(settlements) + " settlements: ";
  fs::remove(folder + "/views.db-shm");
  for (const char* file : views_files) {
    fs::remove(folder + file);
    if (fs::exists(folder + ".old" + (file + 1))) fs::rename(folder + ".old" + (file + 1), folder + file);
  }
  const auto begin = Clock::now();
  const auto desk = open_desk(folder, DeskOptions().objects_max);
  line(of + "until it settles", seconds_since(begin), "s");
  const DeskFigures figures = desk->figures();
  line(of + "views behind at the start", static_cast<double>(figures.head.position - figures.watermark),
       "records");
  const auto catching = Clock::now();
  need(desk->catch_up());
  line(of + "until the views have caught up", seconds_since(catching), "s");
}

}  // namespace
}  // namespace fenming

int main(int count, char** words) {
  const std::string_view mode = count > 2 ? words[1] : "";
  const auto number = [&](int word, std::uint64_t otherwise) {
    return count > word ? std::strtoull(words[word], nullptr, 10) : otherwise;
  };
  if (mode == "reads")
    fenming::reads(words[2], static_cast<std::uint32_t>(number(3, 10'000'000)),
                   static_cast<double>(number(4, 60)));
  else if (mode == "open")
    fenming::open_after_kill(words[2], static_cast<std::uint32_t>(number(3, 100'000)), number(4, 1'000'000));
  else
    std::cerr << "scale_bench reads|open FOLDER ...: see the head of its source\n";
  return mode == "reads" || mode == "open" ? 0 : 2;
}
