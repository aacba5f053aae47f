// The sample day of `make run` against a real `fenming serve` that is killed in the middle of it, started again, and played on.
#include <fmt/format.h>
#include <signal.h>

#include <fstream>
#include <random>
#include <thread>

#include "cli/serve.h"
#include "cli/store_desk.h"
#include "conformance/sample_day.h"
#include "e2e/region.h"
#include "e2e/served.h"
#include "population/items.h"

namespace fenming::e2e {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t persons = 300;
constexpr std::uint64_t seed = 1;
constexpr Date from{20'089};

struct Day {  // of `fenming sandbox run`: the same people, providers and bills
  People people{persons, seed, from};
  Providers providers{60'000};
  Items items{seed, from};
  Sales sales{seed, people, items, providers, false};
};

// The file with another port.
void write_port(const fs::path& file, std::uint16_t port) {
  std::ifstream in(file);
  std::string text, line;
  while (std::getline(in, line))
    text += (line.starts_with("port = ") ? fmt::format("port = {}", port) : line) + "\n";
  in.close();
  std::ofstream(file) << text;
}

// What the settlement table says of the records behind a position: total, funds, accounts, cash, the provider's part.
std::array<std::int64_t, 5> settled_after(const fs::path& folder, std::uint64_t position) {
  std::array<std::int64_t, 5> sums{};
  auto store = open_store(folder.string());
  if (!store) return sums;
  const auto desk = open_desk(std::move(*store));
  EXPECT_TRUE(desk && (*desk)->catch_up());
  const auto integer = [](const ViewCell& cell) { return std::get<std::int64_t>(cell); };
  EXPECT_TRUE((*desk)->store().rows(ViewTable::settlement, {}, [&](std::span<const ViewCell> row) {
    if (static_cast<std::uint64_t>(integer(row[1])) <= position) return true;
    sums[0] += integer(row[13]), sums[1] += integer(row[19]), sums[2] += integer(row[20]) + integer(row[21]);
    sums[3] += integer(row[22]), sums[4] += integer(row[23]);
    return true;
  }));
  return sums;
}

std::uint64_t head_of(const fs::path& folder) {
  auto store = open_store(folder.string());
  return store ? (*store)->head()->position : 0;
}

// REQ SET-05, PLT-02, LAW 1, LAW 5. FENMING_DAY_KILLS, FENMING_DAY_VISITS: how often, and how many visits (tests/soak/node_kills.sh).
TEST(DayKills, Law5ADayIsPlayedOnThroughThem) {
  const auto number = [](const char* name, int otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::atoi(text);
  };
  const int kills = number("FENMING_DAY_KILLS", 2), visits = number("FENMING_DAY_VISITS", 120);
  const Region place;  // its folder only
  const fs::path folder = place.folder / "sandbox", file = folder / "node.toml", store = folder / "store";
  ASSERT_EQ(run_program({"sandbox", "run", "--data", folder.string(), "--port", "0", "--once", "--visits",
                         "1", "--persons", std::to_string(persons)}),
            0);
  const std::uint64_t before = head_of(store);
  write_port(file, 0);
  auto process = std::make_unique<Served>(file);
  ASSERT_NE(process->port, 0);
  write_port(file, process->port);
  SampleDayOptions options;
  options.port = process->port, options.persons = persons,
  options.visits = static_cast<std::uint32_t>(visits);
  options.seed = seed + 7, options.day = *parse_date(today());
  const auto config = load_config(file.string());
  ASSERT_TRUE(config);
  for (const ProviderContract& contract : config->providers) {
    const std::string& code = contract.credential.provider;
    options.identities[code] = WireIdentity{code, code, "op1", config->words.region, contract.credential};
  }
  std::atomic<std::size_t> done = 0;
  std::atomic<bool> over = false;
  int killed = 0;
  std::thread killer([&] {
    std::mt19937 random(3);
    for (; killed < kills && !over; ++killed) {
      const std::size_t next =
          (static_cast<std::size_t>(killed) + 1) * options.visits / (static_cast<std::size_t>(kills) + 1);
      while (done < next && !over) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 20));
      process->end(SIGKILL);
      process = std::make_unique<Served>(file);
    }
  });
  const Day day;
  const SampleDayTally tally = play_day(options, day.sales, day.people, day.providers,
                                        [&](std::size_t visit, std::size_t) { done = visit; });
  over = true;
  killer.join();
  EXPECT_EQ(killed, kills);
  EXPECT_EQ(process->end(SIGTERM), 0);
  for (const std::string& broken : tally.broken) ADD_FAILURE() << broken;
  EXPECT_GT(tally.settled, options.visits / 2);
  EXPECT_GT(tally.busy, 0U) << "messages whose answer was lost were sent again";
  EXPECT_EQ(settled_after(store, before),
            (std::array{tally.total, tally.funds, tally.account, tally.cash, tally.provider}));
  EXPECT_EQ(run_program({"verify", store.string()}), 0);
  fmt::print("{} kills, {} visits, {} settled, {} messages sent again\n", killed, visits, tally.settled,
             tally.busy);
}

}  // namespace
}  // namespace fenming::e2e
