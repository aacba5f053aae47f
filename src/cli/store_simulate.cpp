// simulate: a make-believe region's year, from registration to the last bill, through the desk into a store.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>

#include "cli/home.h"
#include "cli/progress.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "population/year.h"
#include "settlement/sender.h"

namespace fenming {
namespace {

// As from many counters; a command that names what an earlier one made waits for it.
class Counters {
 public:
  Counters(SettlementDesk& desk, unsigned in_flight_max) : sender_(desk, in_flight_max) {}

  void send(MadeCommand step) {
    while (!resolve(step.command) && sender_.in_flight() > 0) sender_.wait(sender_.in_flight() - 1);
    resolve(step.command);
    auto shared = std::make_shared<MadeCommand>(std::move(step));
    sender_.send(shared->command, [this, shared](const Result<Outcome>& outcome) { done(*shared, outcome); });
  }
  void wait() { sender_.wait(0); }

  std::uint64_t settled = 0, refused = 0;
  std::map<Code, std::pair<std::uint64_t, Error>> refusals;  // how often, and the first of each

 private:
  bool resolve(Command& command) {
    const std::lock_guard lock(mutex_);
    return references_.resolve(command);
  }
  void done(const MadeCommand& step, const Result<Outcome>& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome) {
      if (step.referred_to) references_.made(step, outcome->decision->made);
      settled += std::holds_alternative<Settle>(step.command.action);
      return;
    }
    ++refused;
    ++refusals.try_emplace(outcome.error().code, 0, outcome.error()).first->second.first;
  }

  std::mutex mutex_;
  References references_;
  Sender sender_;  // goes first: its answers come to the rest
};

}  // namespace

int simulate_command(Terminal& terminal, const StoreOptions& options) {
  std::string rules = options.rules;
  if (rules.empty())
    if (const auto home = find_home("")) rules = (*home / "rules" / "990000-mingzhou").string();
  auto store = open_store(options.store, true);
  if (!store) return terminal.refuse(store.error());
  const auto head = (*store)->head();
  if (!head) return terminal.refuse(head.error());
  if (head->position != 0)
    return terminal.refuse(Error{Code::file_unwritable,
                                 "",
                                 options.store,
                                 {std::string(terminal.say("已有记录", "it holds records already"))}});
  YearOptions year_options;
  year_options.persons = options.persons, year_options.seed = options.seed, year_options.days = options.days;
  year_options.columns = true;
  Year year(year_options);
  std::atomic<std::int64_t> wall_ms = day_begin(year_options.from).ms, steady_ms = 0;
  auto desk = open_desk(std::move(*store),
                        {.clock = [&] { return Now{Instant{wall_ms}, steady_ms}; }, .keys = options.key});
  if (!desk) return terminal.refuse(desk.error());
  if (const auto adopted = adopt(**desk, rules, options.catalogue, "simulate"); !adopted)
    return terminal.refuse(adopted.error());
  const auto begin = std::chrono::steady_clock::now();
  Progress bar(terminal);
  Counters counters(**desk, options.in_flight);
  Date day = year_options.from;
  while (auto step = year.next()) {
    if (step->day > day) {  // the clocks move on together
      counters.wait();
      const std::int64_t ms = day_begin(step->day).ms - day_begin(day).ms;
      wall_ms = wall_ms + ms, steady_ms = steady_ms + ms;
      day = step->day;
      bar.show(static_cast<std::size_t>(day.days - year_options.from.days),
               static_cast<std::size_t>(options.days));
    }
    counters.send(std::move(*step));
  }
  counters.wait();
  const auto watermark = (*desk)->catch_up();
  if (!watermark) return terminal.refuse(watermark.error());
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  terminal.out << fmt::format(fmt::runtime(terminal.say("{} 条记录，{} 笔结算，{} 条被拒绝，用时 {} 毫秒\n",
                                                        "{} records, {} settlements, {} refused, {} ms\n")),
                              *watermark, counters.settled, counters.refused, ms);
  for (const auto& [code, times] : counters.refusals)
    terminal.err << fmt::format("{:>8} × {}\n", times.first, to_text(times.second, terminal.language));
  return exit_ok;
}

}  // namespace fenming
