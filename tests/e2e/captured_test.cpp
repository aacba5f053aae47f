// Requests of three real hospital systems (tests/clients), played byte for byte to a node of their region at the time they were sent: each
// gets an answer its client can read.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "e2e/region.h"

namespace fenming::e2e {
namespace {

// The moment of the first request; the signatures of all of them lie within half an hour of it.
Now captured_clock() {
  constexpr std::int64_t begin_ms = 1'795'373'700'000;
  static const auto start = std::chrono::steady_clock::now();
  const auto passed =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start).count();
  return {Instant{begin_ms + 500'000 + passed}, passed};
}

std::map<std::string, std::string> requests_of(const std::string& client) {
  std::map<std::string, std::string> found;
  const std::filesystem::path folder = std::string(FENMING_SOURCE_DIR) + "/tests/clients/" + client;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    found[entry.path().stem().string()] = text.str();
  }
  return found;
}

struct Client {
  const char* folder;
  const char* provider;
  const char* region;
  std::size_t requests;
};

class Captured : public testing::TestWithParam<Client> {};

void register_them(Region& region, const Client& client) {
  SettlementDesk& desk = region.running->desk();
  const auto done = [&](Action action) {
    const auto outcome = desk.call({{}, "test", std::move(action)});
    EXPECT_TRUE(outcome) << (outcome ? "" : to_text(outcome.error(), Language::en));
  };
  done(RegisterProvider{client.provider, "测试医院", {{"level", FactValue::Kind::text, "L2", {}}}, 30});
  const auto& vault = region.running->node().vault();
  const std::string psn_no = "43010000000000000001", number = "430100199001010011";
  done(RegisterPerson{psn_no,
                      vault.seal_same(psn_no, R"({"name":"测试甲","certno":")" + number + "\"}"),
                      {},
                      {vault.found_by(number)}});
}

// REQ SEC-03, HOS-07
TEST_P(Captured, every_request_gets_an_answer_its_client_reads) {
  const Client client = GetParam();
  Region region("", "", captured_clock);
  register_them(region, client);
  ProviderContract contract;
  contract.credential.provider = client.provider;
  contract.credential.access_key = "testak", contract.credential.secret = "testsk";
  contract.credential.variant = SignVariant::csb;
  region.config.providers = {contract};
  region.config.words.region = client.region;
  region.restart();
  auto requests = requests_of(client.folder);
  EXPECT_EQ(requests.size(), client.requests);
  std::map<std::string, std::string> said;
  for (const auto& [infno, bytes] : requests) {
    HttpConnection connection("127.0.0.1", region.running->port());
    const WireAnswer answer = connection.exchange(bytes);
    EXPECT_EQ(answer.status, 200U) << infno << answer.head;
    EXPECT_TRUE(reads_as_answer(answer)) << infno << " " << answer.body;
    EXPECT_NE(answer.head.find("application/json"), std::string::npos) << infno;
    said[infno] = refusal_of(answer);
    // What is refused is refused for what it asks, not for how it is written.
    for (const char* by_content : {"WIR-005", "WIR-018", "WIR-019", "WIR-022", "WIR-025"})
      if (said[infno] == by_content) said[infno] = "content";
    if (infno == "1201" && said[infno] == "WIR-006")
      said[infno] = "content";  // one of them asks for no provider at all
    EXPECT_FALSE(said[infno].starts_with("WIR")) << infno << " " << answer.body;
  }
  EXPECT_EQ(said["9001"], "");
  EXPECT_EQ(metric(region, "fenming_http_answers_total{status=\"5xx\"}"), "0");
}

// Half a day later the same bytes are an old signature.
TEST_P(Captured, and_none_of_them_later) {
  const Client client = GetParam();
  Region region("", "", [] {
    Now now = captured_clock();
    now.wall.ms += 3'600'000;
    return now;
  });
  ProviderContract contract;
  contract.credential = {"testak", "testsk", client.provider, SignVariant::csb};
  region.config.providers = {contract};
  region.restart();
  for (const auto& [infno, bytes] : requests_of(client.folder)) {
    HttpConnection connection("127.0.0.1", region.running->port());
    const WireAnswer answer = connection.exchange(bytes);
    EXPECT_EQ(answer.status, 401U) << infno;
    EXPECT_EQ(answer.body, R"({"code":401,"message":"签名时间戳超时!"})");
  }
}

INSTANTIATE_TEST_SUITE_P(Clients, Captured,
                         testing::Values(Client{"hzg-python-sdk", "H43010000001", "430100", 22},
                                         Client{"idoku-csb-csharp", "H43010000001", "430100", 4},
                                         Client{"teahz-csb-csharp", "H32010000001", "320100", 12}),
                         [](const auto& one) { return std::string(one.param.folder).substr(0, 3); });

}  // namespace
}  // namespace fenming::e2e
