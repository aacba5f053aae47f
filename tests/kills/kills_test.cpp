// A desk under load is killed with signal 9 again and again; whatever it had acknowledged must be there, once, and every sum exact.
// FENMING_KILLS loops (default 6). The child tells what was acknowledged through a pipe, which outlives it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <thread>

#include "model/record.h"
#include "settlement/sender.h"
#include "settlement/test_desk.h"
#include "settlement/verify.h"
#include "store/embedded/embedded_store.h"

namespace fenming::testing_desk {
namespace {

constexpr std::uint64_t persons = 40;
constexpr unsigned in_flight_max = 64;

struct Acknowledged {
  std::uint64_t message = 0, position = 0;
};

std::string person(std::uint64_t number) { return "P" + std::to_string(number); }

// Amounts follow from the message's number, so that the books can be computed without the desk.
Command sale(std::uint64_t message) {
  const std::int64_t fen = 100 + static_cast<std::int64_t>(message * 7919 % 5000);
  Settle settle = TestDesk::sale(Money::from_fen(fen), person(message % persons));
  settle.two_phase = false;
  return {{"H1", "2207", std::to_string(message)}, "", std::move(settle)};
}

std::unique_ptr<SettlementDesk> open(const std::string& folder) {
  auto store = open_embedded(folder);
  if (!store) return nullptr;
  DeskOptions options;
  options.batch_max = 32;
  options.clock = [] {
    const auto steady = std::chrono::steady_clock::now().time_since_epoch();
    const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(steady).count();
    return Now{Instant{day_begin(TestDesk::day("2025-03-01")).ms + ms}, ms};
  };
  auto desk = SettlementDesk::open(std::move(*store), options);
  return desk ? std::move(*desk) : nullptr;
}

// Sends without end; never returns.
[[noreturn]] void child(const std::string& folder, std::uint64_t message, int pipe) {
  auto desk = open(folder);
  if (!desk) ::_exit(3);
  Sender sender(*desk, in_flight_max);
  while (true) {
    const std::uint64_t number = message++;
    sender.send(sale(number), [=](const Result<Outcome>& outcome) {
      if (!outcome) ::_exit(4);
      const Acknowledged told{number, outcome->position};
      if (::write(pipe, &told, sizeof told) != sizeof told) ::_exit(5);
    });
  }
}

class Kills : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "fenming-kills-XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const auto desk = open(folder_ + "/store");
    ASSERT_TRUE(desk);
    register_persons(*desk, persons, person, yuan(100'000));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void run_and_kill(std::uint64_t after_us) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      ::close(ends[0]);
      child(folder_ + "/store", next_, ends[1]);
    }
    ::close(ends[1]);
    std::thread killer([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(after_us));
      ::kill(pid, SIGKILL);
    });
    Acknowledged told;
    while (::read(ends[0], &told, sizeof told) == sizeof told) {
      const auto [at, fresh] = acknowledged_.emplace(told.message, told.position);
      EXPECT_EQ(at->second, told.position) << "message " << told.message << " was settled twice";
    }
    killer.join();
    ::close(ends[0]);
    int status = 0;
    ::waitpid(pid, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << "the child ended by itself: " << status;
    while (acknowledged_.contains(next_)) ++next_;  // the first without an answer is sent again
  }

  std::string folder_;
  std::map<std::uint64_t, std::uint64_t> acknowledged_;
  std::uint64_t next_ = 1;
};

TEST_F(Kills, NothingAcknowledgedIsLostNothingIsDoubled) {  // REQ PLT-05, LAW 1
  const char* wanted = std::getenv("FENMING_KILLS");
  const int loops = wanted == nullptr ? 6 : std::atoi(wanted);
  std::mt19937_64 random(20'250'301);
  for (int loop = 0; loop < loops && !HasFatalFailure(); ++loop) run_and_kill(30'000 + random() % 300'000);
  ASSERT_GT(acknowledged_.size(), 0u);

  const auto desk = open(folder_ + "/store");
  ASSERT_TRUE(desk);
  desk->catch_up();
  const auto report = verify_store(desk->store());
  ASSERT_TRUE(report) << to_text(report.error(), Language::en);
  std::map<std::string, std::uint64_t> found;
  std::map<std::string, std::int64_t> paid;
  const auto read = desk->store().read(1, [&](std::uint64_t position, std::string_view bytes) {
    const auto decision = read_record(bytes);
    for (const SettlementResult& result : decision->results) {
      EXPECT_TRUE(found.emplace(decision->command.key.msgid, position).second) << "settled twice";
      paid[result.psn_no] += result.account;
    }
    return true;
  });
  ASSERT_TRUE(read);
  for (const auto& [message, position] : acknowledged_)
    EXPECT_EQ(found[std::to_string(message)], position)
        << "message " << message << " was acknowledged and is lost";
  for (std::uint64_t i = 0; i < persons; ++i) {
    const Object object = *desk->object(person_object(person(i)));
    EXPECT_EQ(read_integer(object.find(balance_cell(AccountKind::personal))), 100'000'00 - paid[person(i)]);
  }
  std::printf("%d kills, %zu acknowledged, %zu settled\n", loops, acknowledged_.size(), found.size());
}

}  // namespace
}  // namespace fenming::testing_desk
