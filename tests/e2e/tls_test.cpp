// TLS 1.3, and client certificates where the configuration names an authority. Keys are made by openssl when the test runs.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>

#include "cli/store_desk.h"
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

std::string run(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return "no shell";
  std::string out;
  char piece[4096];
  for (std::size_t got = 0; (got = std::fread(piece, 1, sizeof piece, pipe)) > 0;) out.append(piece, got);
  ::pclose(pipe);
  return out;
}

struct
    Papers {  // an authority, a server and a client it vouches for, a stranger with an authority of his own
  std::string folder;
  explicit Papers(std::string where) : folder(std::move(where)) {
    const auto authority = [&](const std::string& name) {
      run(
          fmt::format("cd {0} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                      "-days 2 -subj /CN={1} "
                      "-keyout {1}.key -out {1}.pem",
                      folder, name));
    };
    const auto signed_by = [&](const std::string& name, const std::string& by) {
      run(
          fmt::format("cd {0} && openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "
                      "/CN={1} -keyout {1}.key "
                      "-out {1}.csr && openssl x509 -req -in {1}.csr -CA {2}.pem -CAkey {2}.key "
                      "-CAcreateserial -days 2 -out {1}.pem",
                      folder, name, by));
    };
    authority("authority"), authority("elsewhere");
    signed_by("server", "authority"), signed_by("client", "authority"), signed_by("stranger", "elsewhere");
  }
};

// One request by openssl s_client with further options; what came back.
std::string ask(const Region& region, const std::string& request, const std::string& options) {
  const std::string file = (region.folder / "request").string();
  std::ofstream(file, std::ios::binary) << request;
  return run(
      fmt::format("cd {} && (cat request; sleep 1) | timeout 10 openssl s_client -connect 127.0.0.1:{} "
                  "-quiet -no_ign_eof {}",
                  region.folder.string(), region.running->port(), options));
}

struct Tls {
  Region region;
  Papers papers{region.folder.string()};
  explicit Tls(bool clients) {
    region.config.certificate = "server.pem", region.config.key = "server.key";
    if (clients) region.config.client_authority = "authority.pem";
    region.restart();
  }
  std::string said(const std::string& options) {
    WireClient client = region.client();
    const Instant now = system_clock_now().wall;
    std::string request =
        client.request(client.envelope("2101", purchase(employee), client.next_msgid(now), now), now);
    request.insert(request.find("Host:"), "Connection: close\r\n");
    return ask(region, request, options);
  }
};

bool settled(const std::string& answer) { return answer.find("\"infcode\":0") != std::string::npos; }

// REQ SEC-03
TEST(TlsNode, speaks_1_3_and_nothing_older) {
  Tls tls(false);
  ASSERT_NE(tls.region.running, nullptr);
  const std::string answer = tls.said("-tls1_3 -CAfile authority.pem -verify_return_error");
  EXPECT_TRUE(settled(answer)) << answer;
  for (const char* older : {"-tls1_2", "-tls1_1 -cipher DEFAULT@SECLEVEL=0"}) {
    const std::string refused = tls.said(older);
    EXPECT_EQ(refused.find("HTTP/1.1"), std::string::npos) << refused;
  }
  HttpConnection plain("127.0.0.1", tls.region.running->port());
  EXPECT_EQ(plain.exchange("GET /health HTTP/1.1\r\nHost: x\r\n\r\n").status, 0U);
}

// REQ SEC-03. GnuTLS asks for a certificate and goes on without one; the node does not.
TEST(TlsNode, asks_clients_for_a_certificate_of_its_authority) {
  Tls tls(true);
  ASSERT_NE(tls.region.running, nullptr);
  const std::string good = tls.said("-tls1_3 -cert client.pem -key client.key");
  EXPECT_TRUE(settled(good)) << good;
  const std::string without = tls.said("-tls1_3");
  EXPECT_FALSE(settled(without)) << without;
  EXPECT_NE(without.find("403"), std::string::npos) << without;
  const std::string stranger = tls.said("-tls1_3 -cert stranger.pem -key stranger.key");
  EXPECT_FALSE(settled(stranger)) << stranger;
  for (const char* path : {"/metrics", "/health"})
    EXPECT_EQ(ask(tls.region, fmt::format("GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path),
                  "-tls1_3")
                  .find("HTTP/1.1 200"),
              std::string::npos);
}

TEST(TlsNode, files_that_are_not_there_stop_the_start) {
  Region region;
  region.running.reset();
  region.config.certificate = "none.pem", region.config.key = "none.key";
  EXPECT_FALSE(RunningNode::start(region.config, region.folder.string()));
  std::ofstream(region.folder / "none.pem") << "no certificate";
  std::ofstream(region.folder / "none.key") << "no key";
  EXPECT_FALSE(RunningNode::start(region.config, region.folder.string()));
}

}  // namespace
}  // namespace fenming::e2e
