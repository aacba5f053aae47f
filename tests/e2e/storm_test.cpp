// A storm of good queries: it is refused at its own bound and never takes a settlement's place.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "e2e/region.h"

namespace fenming::e2e {
namespace {

// Several clients of one provider that ask for a settlement of theirs, as fast as they hear the answer.
class Storm {
 public:
  Storm(Region& region, std::string query, int clients) : query_(std::move(query)) {
    for (int i = 0; i < clients; ++i) clients_.emplace_back(new WireClient(region.client(SignVariant::csb)));
    for (const auto& client : clients_) threads_.emplace_back([this, &client] { ask(*client); });
  }
  ~Storm() { end(); }
  void end() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  std::atomic<int> good{0}, busy{0}, other{0};

 private:
  void ask(WireClient& client) {
    while (!stop_) {
      const WireAnswer answer = client.call("5203", query_);
      ++(answer.ok() ? good : answer.status == 503 ? busy : other);
    }
  }
  std::string query_;
  std::atomic<bool> stop_{false};
  std::vector<std::unique_ptr<WireClient>> clients_;
  std::vector<std::thread> threads_;
};

// REQ SEC-07. Also when the desk must be asked whether somebody is signed in, which used to stand in line with the queries.
TEST(StormNode, of_good_queries_costs_no_settlement) {
  Region region("[limits]\nqueries = 2\nquery_threads = 1\n", "sign_in = true");
  const std::string in = R"({"signIn":{"opter_no":"op1","mac":"00-00","ip":"127.0.0.1"}})";
  WireClient hospital = region.client(), asked = region.client(SignVariant::csb);
  good(asked.call("9001", in));
  const std::string setl_id = good(asked.call("2102", purchase(resident))).value("setl_id");
  Storm storm(region, cancel(resident, "x", setl_id), 8);
  for (int i = 0; i < 50; ++i) {
    good(hospital.call("9001", in));
    EXPECT_EQ(hospital.call("2102", purchase(employee)).status, 200U);
    EXPECT_EQ(hospital.call("2101", purchase(employee)).status, 200U);
  }
  storm.end();
  EXPECT_GT(storm.good, 0);
  EXPECT_GT(storm.busy, 0);
  EXPECT_EQ(storm.other, 0);
}

}  // namespace
}  // namespace fenming::e2e
