// The node's log: what the person who runs it must see, and nothing that is somebody's.
#include <fstream>
#include <iterator>

#include "e2e/region.h"

namespace fenming::e2e {
namespace {

std::string log_of(const std::filesystem::path& folder) {
  std::string text;
  for (const auto& file : std::filesystem::directory_iterator(folder / "log")) {
    std::ifstream in(file.path(), std::ios::binary);
    text += std::string(std::istreambuf_iterator<char>(in), {});
  }
  return text;
}

// REQ PLT-03
TEST(Log, names_starts_stops_and_wrong_signatures_and_no_person) {
  Region region;
  WireClient client = region.client();
  client.identity().credential.secret = "another";
  EXPECT_EQ(client.call("1101", person_02(certno_of(employee), name_of(employee))).status, 401U);
  region.stop();
  const std::string log = log_of(region.folder);
  EXPECT_NE(log.find("\"event\":\"serving\""), std::string::npos) << log;
  EXPECT_NE(log.find("\"event\":\"stopping\""), std::string::npos) << log;
  EXPECT_NE(log.find("\"event\":\"unauthorised\",\"status\":401"), std::string::npos) << log;
  EXPECT_EQ(log.find(certno_of(employee)), std::string::npos);
}

TEST(Log, names_what_could_not_be_taken) {
  Region region("[limits]\nin_flight = 1\nqueries = 1\nquery_threads = 1\n");
  region.running->node().stop();
  WireClient client = region.client();
  EXPECT_EQ(client.call("2102", purchase(employee)).status, 503U);
  region.stop();
  EXPECT_NE(log_of(region.folder).find("\"event\":\"stopping\""), std::string::npos);
}

}  // namespace
}  // namespace fenming::e2e
