// A real `fenming serve` is killed again and again in a stream of settlements, started, and played on with the same message ids: what was
// acknowledged is there, nothing is there twice, the sums are exact.
#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <atomic>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "e2e/region.h"
#include "e2e/served.h"

namespace fenming::e2e {
namespace {

namespace fs = std::filesystem;

struct Stream {  // what one provider's system sent and what it was told
  std::atomic<std::size_t> answers{0};
  std::map<std::string, std::string> told;  // by message id, in order of sending
  std::vector<std::string> sent;
};

// Until the connection breaks. First what was not answered, under its old id.
void play(WireClient client, Stream& stream, int& number) {
  for (;; ++number) {
    if (stream.sent.size() <= static_cast<std::size_t>(number))
      stream.sent.push_back(client.next_msgid(Instant{1'767'225'600'000 + number * 1'000LL}));
    const std::string& msgid = stream.sent[static_cast<std::size_t>(number)];
    const WireAnswer answer = client.call("2102", purchase(employee, 2, "3.00"), msgid);
    if (answer.status == 0) return;
    ASSERT_TRUE(answer.ok()) << answer.status << answer.body;
    stream.told[msgid] = answer.body;
    ++stream.answers;
  }
}

std::int64_t fen(const std::string& body, std::string_view name) {
  WireAnswer answer;
  answer.body = body;
  const auto money = parse_money(answer.value(name));
  return money ? money->fen() : INT64_MIN / 2;
}

// REQ SET-05, PLT-02, LAW 1, LAW 5. FENMING_NODE_KILLS: how often (tests/soak/node_kills.sh).
TEST(NodeKills, Law5NothingAcknowledgedIsLostOrDoubled) {
  ASSERT_TRUE(fs::exists(program())) << program();
  const char* wanted = std::getenv("FENMING_NODE_KILLS");
  const int kills = wanted == nullptr ? 3 : std::atoi(wanted);
  Region region;
  WireClient pattern = region.client();
  region.stop();
  std::ofstream(region.folder / "node.toml") << region.config_text;
  std::mt19937 random(1);
  Stream stream;
  int number = 0;
  for (int kill = 0; kill < kills; ++kill) {
    Served process(region.folder / "node.toml");
    ASSERT_NE(process.port, 0);
    std::thread killer([&, wait = random() % 40, enough = stream.answers + 20] {
      for (int ms = 0; stream.answers < enough && ms < 20'000; ++ms)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(std::chrono::milliseconds(wait));
      process.end(SIGKILL);
    });
    play(WireClient("127.0.0.1", process.port, pattern.identity()), stream, number);
    killer.join();
    if (HasFatalFailure()) return;
  }
  std::string last;
  {
    Served process(region.folder / "node.toml");
    WireClient client("127.0.0.1", process.port, pattern.identity());
    for (const std::string& msgid :
         stream.sent) {  // every one again: the same bytes, also for those whose answer was lost
      const WireAnswer again = client.call("2102", purchase(employee, 2, "3.00"), msgid);
      ASSERT_TRUE(again.ok()) << again.body;
      const auto [told, was_lost] = stream.told.try_emplace(msgid, again.body);
      EXPECT_EQ(told->second, again.body) << msgid << (was_lost ? " lost" : "");
    }
    last = client.call("2102", purchase(employee, 1, "3.00")).body;
    EXPECT_EQ(process.end(SIGTERM), 0);  // a good stop
  }
  std::int64_t account = fen(last, "acct_pay");
  std::map<std::string, int> ids;
  for (const auto& [msgid, body] : stream.told) {
    account += fen(body, "acct_pay");
    WireAnswer answer;
    answer.body = body;
    EXPECT_EQ(++ids[answer.value("setl_id")], 1) << msgid;
  }
  EXPECT_EQ(fen(last, "balc"), 100'000 - account);
  EXPECT_EQ(run_program({"verify", (region.folder / "store").string()}), 0);
  fmt::print("{} kills, {} settlements\n", kills, stream.told.size());
}

// LAW 4. Names stand in clear in the memory of a node that answers with them.
TEST(NodeMemory, Law4ReachesNoCoreFile) {
  Region region;
  region.stop();
  std::ofstream(region.folder / "node.toml") << region.config_text;
  rlimit core{};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &core), 0);
  const rlimit before = core;
  core.rlim_cur = core.rlim_max;  // as much as there is: the node itself must say none
  ASSERT_EQ(::setrlimit(RLIMIT_CORE, &core), 0);
  Served process(region.folder / "node.toml");
  ::setrlimit(RLIMIT_CORE, &before);
  ASSERT_NE(process.port, 0);
  std::ifstream limits("/proc/" + std::to_string(process.pid()) + "/limits");
  std::string most;
  for (std::string line; std::getline(limits, line);)
    if (line.starts_with("Max core file size")) most = line.substr(18);
  const std::size_t first = most.find_first_not_of(' ');
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(most.substr(first, 2), "0 ");
  const std::size_t hard = most.find_first_not_of(' ', most.find(' ', first));
  EXPECT_EQ(most.substr(hard, 2), "0 ") << "nor may it be raised again";
}

}  // namespace
}  // namespace fenming::e2e
