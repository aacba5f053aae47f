#include "server/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace fenming {
namespace {

constexpr std::string_view least = "[node]\nregion = \"990000\"\nstore = \"s\"\nkeys = \"k\"\n";

ServerConfig good(const std::string& text) {
  auto config = read_config(text, "n.toml");
  if (config) return std::move(*config);
  for (const Error& error : config.error()) ADD_FAILURE() << to_text(error, Language::en);
  return {};
}

// Every problem as "place CODE value details", in the order of the file's reading.
std::vector<std::string> problems(const std::string& text) {
  const auto config = read_config(text, "n.toml");
  std::vector<std::string> out;
  if (config) return {"none"};
  for (const Error& error : config.error()) {
    std::string line = error.place + " " + std::string(tag(error.code)) + " " + error.value;
    for (const std::string& detail : error.details) line += " " + detail;
    out.push_back(std::move(line));
  }
  return out;
}

using Lines = std::vector<std::string>;

TEST(Config, the_least_is_complete) {
  const ServerConfig config = good(std::string(least));
  EXPECT_EQ(config.http.address, "127.0.0.1");
  EXPECT_EQ(config.http.port, 8080);
  EXPECT_EQ(config.http.body_max, 1U << 20);
  EXPECT_EQ(config.rows_max, 1000U);
  EXPECT_EQ(config.depth_max, 16);
  EXPECT_TRUE(config.providers.empty());
}

constexpr const char* complete = R"(
[node]
region = "990000"
name = "明州市"
store = "store"
keys = "keys"
access_folder = "access"
reversible = ["2102", "2207"]
[http]
address = "::1"
port = 8443
body_max = 2097152
bodies_max = 4194304
connections_max = 10
connections_per_address = 3
idle_seconds = 7
body_seconds = 8
threads = 2
certificate = "c.pem"
key = "k.pem"
client_authority = "a.pem"
[limits]
rows = 20
visit_lines = 25
amount = 500000
quantity = 300
depth = 9
in_flight = 5
query_threads = 3
queries = 44
[words]
scheme = "s"
person = "p"
insutype = { 310 = "employees" }
med_type = { 11 = "outpatient" }
clr_type = { outpatient = "11" }
fund_pay_type = { "310:pool" = "310100" }
psn_type = { active = "1101" }
[[words.fact]]
field = "dise_codg"
fact = "disease"
values = { M1 = "x" }
[[provider]]
code = "H99000000001"
key = "ak"
secret = "sk"
variant = "csb"
unit = "milliseconds"
window_seconds = 60
nonce_once = false
per_second = 5
sign_in = true
two_phase = false
off = ["charset", "path_form"]
[[provider]]
code = "H99000000002"
variant = "none"
strict = true
)";

// REQ PLT-01
TEST(Config, a_complete_file) {
  const ServerConfig config = good(complete);
  EXPECT_EQ(config.words.name, "明州市");
  EXPECT_EQ(config.reversible, (Lines{"2102", "2207"}));
  EXPECT_EQ(config.http.address, "::1");
  EXPECT_EQ(config.visit_lines_max, 25U);
  EXPECT_EQ(config.amount_max, 500'000U);
  EXPECT_EQ(config.quantity_max, 300U);
  EXPECT_EQ(config.http.connections_per_address, 3U);
  EXPECT_EQ(config.http.idle_seconds, 7U);
  EXPECT_EQ(config.client_authority, "a.pem");
  EXPECT_EQ(config.depth_max, 9);
  EXPECT_EQ(config.queries_max, 44U);
  EXPECT_EQ(config.words.fund_pay_type.at("310:pool"), "310100");
  ASSERT_EQ(config.words.facts.size(), 1U);
  EXPECT_EQ(config.words.facts[0].values.at("M1"), "x");
  ASSERT_EQ(config.providers.size(), 2U);
  const ProviderContract& first = config.providers[0];
  EXPECT_EQ(first.credential.variant, SignVariant::csb);
  EXPECT_EQ(first.credential.unit, TimeUnit::milliseconds);
  EXPECT_EQ(first.credential.window_seconds, 60);
  EXPECT_FALSE(first.credential.nonce_once);
  EXPECT_TRUE(first.sign_in);
  EXPECT_FALSE(first.tolerances.has(Tolerance::charset));
  EXPECT_TRUE(first.tolerances.has(Tolerance::node_alias));
  EXPECT_EQ(config.providers[1].tolerances, Tolerances::strict());
}

TEST(Config, an_unknown_key_is_named_with_its_nearest) {
  EXPECT_EQ(problems(std::string(least) + "[http]\nprot = 1\n"),
            (Lines{"n.toml:6:8 SRV-012 http.prot  (→ port?)"}));
  EXPECT_EQ(problems(std::string(least) + "[[provider]]\ncode=\"H\"\nvariant=\"none\"\nsing_in=true\n"),
            (Lines{"n.toml:8:9 SRV-012 provider.sing_in  (→ sign_in?)"}));
  EXPECT_EQ(problems(std::string(least) + "[lmits]\n").at(0).substr(0, 31), "n.toml:5:1 SRV-012 lmits  (→ ");
}

TEST(Config, wrong_values_say_what_is_right) {
  EXPECT_EQ(problems(std::string(least) + "[http]\nport = 65536\n"),
            (Lines{"n.toml:6:8 SRV-013 … http.port 0..65535"}));
  EXPECT_EQ(problems(std::string(least) + "[http]\nport = \"80\"\n"),
            (Lines{"n.toml:6:8 SRV-013 80 http.port 0..65535"}));
  EXPECT_EQ(problems(std::string(least) + "[http]\nport = 80.5\n").size(), 1U);
  EXPECT_EQ(problems(std::string(least) + "[limits]\ndepth = 1\n"),
            (Lines{"n.toml:6:9 SRV-013 … limits.depth 4..64"}));
  EXPECT_EQ(problems(std::string(least) + "http = 5\n").size(), 1U);  // node.http is no key
  EXPECT_EQ(problems("http = 5\n" + std::string(least)), (Lines{"n.toml:1:8 SRV-013 … http [http]"}));
  EXPECT_EQ(problems("provider = [\"H\"]\n" + std::string(least)),
            (Lines{"n.toml:1:13 SRV-013 H provider [[provider]]"}));
  EXPECT_EQ(problems("provider = {code = \"H\"}\n" + std::string(least)).size(), 1U);
  EXPECT_EQ(problems(std::string(least) + "[[provider]]\ncode=\"H\"\nvariant=\"rsa\"\n").at(0),
            "n.toml:7:9 SRV-013 rsa provider.variant tif, csb, none");
  EXPECT_EQ(problems(std::string(least) + "[[provider]]\ncode=\"H\"\nvariant=\"none\"\noff=[\"chraset\"]\n"),
            (Lines{"n.toml:8:5 SRV-013 chraset provider.off docs/interface.md"}));
  EXPECT_EQ(problems("[node]\nregion = \"99\"\nstore = \"s\"\nkeys = \"k\"\n"),
            (Lines{"n.toml:2:10 SRV-013 99 node.region six digits"}));
  EXPECT_EQ(problems(std::string(least) + "reversible = [\"22O7\"]\n"),
            (Lines{"n.toml:5:14 SRV-013 22O7 node.reversible 2102, 2201, 2207, 2207A, 2304, 2401"}));
  EXPECT_EQ(
      problems(std::string(least) + "[[provider]]\ncode=\"H\"\nvariant=\"none\"\ntwo_phase=true\n"),
      (Lines{"n.toml:8:11 SRV-013 true provider.two_phase false: no transaction confirms a settlement yet"}));
  EXPECT_EQ(problems(std::string(least) + "[words]\ninsutype = {310 = 5}\n").size(), 1U);
}

TEST(Config, what_is_needed_is_asked_for) {
  EXPECT_EQ(problems("").size(), 3U);
  EXPECT_EQ(problems(std::string(least) + "[[provider]]\ncode = \"H\"\n"),
            (Lines{"n.toml:5:1 SRV-013  provider.key a text", "n.toml:5:1 SRV-013  provider.secret a text"}));
  EXPECT_EQ(problems(std::string(least) + "[[words.fact]]\nfield = \"x\"\n"),
            (Lines{"n.toml:5:1 SRV-013  words.fact.fact a text"}));
}

// A certificate without its key, or clients' certificates without a certificate, would have been plain HTTP for everybody.
// REQ SEC-03
TEST(Config, tls_is_whole_or_refused) {
  EXPECT_EQ(problems(std::string(least) + "[http]\ncertificate = \"c\"\n").at(0),
            "n.toml:5:1 SRV-013  http.key a file, beside http.certificate");
  EXPECT_EQ(problems(std::string(least) + "[http]\nkey = \"c\"\n").size(), 1U);
  EXPECT_EQ(problems(std::string(least) + "[http]\nclient_authority = \"c\"\n").at(0),
            "n.toml:5:1 SRV-013  http.certificate a file, for http.client_authority");
}

TEST(Config, a_body_that_would_never_fit_is_refused) {
  EXPECT_EQ(problems(std::string(least) + "[http]\nbody_max = 2097152\nbodies_max = 1048576\n").at(0),
            "n.toml:7:14 SRV-013 1048576 http.bodies_max ≥ http.body_max (2097152)");
}

TEST(Config, nobody_is_named_twice) {
  const std::string one = "[[provider]]\ncode = \"H1\"\nkey = \"a\"\nsecret = \"s\"\n";
  const Lines twice = problems(std::string(least) + one + one);
  EXPECT_EQ(twice,
            (Lines{"n.toml:9:1 SRV-013 … provider.code once", "n.toml:9:1 SRV-013 … provider.key once"}));
  EXPECT_EQ(problems(std::string(least) + "[http]\nport = 1\nport = 2\n").at(0).substr(0, 18),
            "n.toml:7:8 SRV-011");
}

TEST(Config, syntax_has_its_place) {
  EXPECT_EQ(problems("[node\n").at(0).substr(0, 18), "n.toml:1:6 SRV-011");
  EXPECT_EQ(problems("\xff\xfe").size(), 1U);
}

TEST(Config, secrets_are_not_shown) {
  for (const std::string& line :
       problems(std::string(least) + "[[provider]]\ncode=5\nkey=\"ak\"\nsecret=\"hush\"\nx=1\n"))
    EXPECT_EQ(line.find("hush"), std::string::npos) << line;
}

TEST(Config, the_files_of_the_repository_are_sound) {
  std::ifstream in(std::string(FENMING_SOURCE_DIR) + "/sandbox/node.toml");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_EQ(good(text.str()).words.region, "990000");
}

}  // namespace
}  // namespace fenming
