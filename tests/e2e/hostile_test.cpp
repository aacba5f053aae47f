// Clients that want harm: injection, harvesting, others' data, what is too large, too deep, too slow or no HTTP. The node refuses with a
// code, keeps its memory, and goes on serving the good ones.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "cli/store_desk.h"
#include "e2e/region.h"
#include "protocol/interface.h"

namespace fenming::e2e {
namespace {

using namespace std::chrono_literals;

std::string person_json(std::string_view field, std::string_view value) {
  std::string members;
  for (const auto& [name, good] :
       std::initializer_list<std::pair<std::string_view, std::string>>{{"mdtrt_cert_type", "02"},
                                                                       {"mdtrt_cert_no", certno_of(employee)},
                                                                       {"psn_cert_type", "01"},
                                                                       {"certno", certno_of(employee)},
                                                                       {"psn_name", name_of(employee)}})
    if (name != field) {
      members += fmt::format("\"{}\":\"{}\",", name, good);
    }
  JsonOut out;
  out.open_object().field(field, value);
  const std::string one = out.close_object().take();
  return "{\"data\":{" + members + one.substr(1) + "}";
}

// As in the big list of naughty strings: of SQL, JSON, markup, shells, formats, text that is no letter.
const std::string naughty[] = {"' OR '1'='1",
                               "'; DROP TABLE settlement; --",
                               "1;DELETE FROM state",
                               "\" } , \"infcode\" : 0 , { \"",
                               "\\\",\"output\":{},\"x\":\"",
                               "{\"$gt\":\"\"}",
                               "%s%s%n%x{0}{}",
                               "../../../etc/passwd",
                               "<script>alert(1)</script>",
                               "$(touch x)`id`|;&",
                               "\r\nx-tif-paasid: other\r\n\r\n",
                               std::string("a\0b", 3),
                               "\x7f\x01\x1b[31m",
                               "\u202e\u200b\ufeff测\U0001F469\u200d\u2695",
                               "-1e999",
                               "NaN",
                               "𝕿𝖍𝖊"};

// REQ SEC-12
TEST(Hostile, injection_in_every_text_of_1101) {
  std::atomic<std::int64_t> passed{0};
  const Now base = system_clock_now();
  Region region("", "", [&] { return Now{Instant{base.wall.ms + passed}, base.steady_ms + passed}; });
  WireClient client = region.client();
  const WireNode* data = find_node(find_transaction("1101")->input, "data");
  ASSERT_NE(data, nullptr);
  int sent = 0;
  for (const WireField& field : data->fields)
    for (const std::string& text : naughty) {
      if (++sent % 50 == 0) passed += 61'000;  // a minute of wrong guesses is over
      const WireAnswer answer = client.call("1101", person_json(field.name, text));
      ASSERT_EQ(answer.status, 200U) << field.name << text << answer.body;
      ASSERT_TRUE(reads_as_answer(answer)) << field.name << " " << text << answer.body;
      if (answer.ok()) {
        EXPECT_EQ(answer.value("psn_no"), employee) << field.name << text;  // never another one
      }
    }
  EXPECT_GT(sent, 50);
}

std::string unquoted(const std::string& input, std::string_view node, std::string_view field,
                     const std::string& text) {
  JsonOut out;
  out.open_object().field(field, text);
  const std::string one = out.close_object().take();
  std::string result = input;
  const std::string known = fmt::format("\"{}\":", field);
  if (const std::size_t at = result.find(known); at != std::string::npos) {  // in the place of the good value
    std::size_t end = at + known.size();
    end = result[end] == '"' ? result.find('"', end + 1) + 1 : result.find_first_of(",}", end);
    return result.replace(at, end - at, one.substr(1, one.size() - 2));
  }
  const std::string opening = node == "druginfo" ? "\"druginfo\":{" : "\"drugdetail\":[{";
  return result.insert(result.find(opening) + opening.size(), one.substr(1, one.size() - 2) + ",");
}

TEST(Hostile, injection_in_every_text_of_2102) {
  Region region;
  WireClient client = region.client();
  std::size_t turn = 0, accepted = 0;
  for (const char* node : {"druginfo", "drugdetail"})
    for (const WireField& field : find_node(find_transaction("2102")->input, node)->fields) {
      if (field.type != WireType::text) continue;
      const std::string& text = naughty[turn++ % std::size(naughty)];
      const WireAnswer answer = client.call("2102", unquoted(purchase(employee), node, field.name, text));
      ASSERT_EQ(answer.status, 200U) << field.name << text << answer.body;
      ASSERT_TRUE(reads_as_answer(answer)) << field.name << text << answer.body;
      if (!answer.ok()) continue;
      ++accepted;
      EXPECT_EQ(broken_identity(answer), "") << field.name << text;
      EXPECT_EQ(answer.value("psn_no"), employee);
    }
  EXPECT_GT(accepted, 5U);
  region.restart();
  EXPECT_TRUE(region.client().call("2101", purchase(employee)).ok());
}

// What is taken comes back as it was.
TEST(Hostile, a_naughty_line_number_comes_back_unchanged) {
  Region region;
  WireClient client = region.client();
  for (const std::string& text : naughty) {
    const WireAnswer sold =
        client.call("2102", unquoted(purchase(employee), "drugdetail", "feedetl_sn", text));
    ASSERT_TRUE(reads_as_answer(sold)) << text;
    if (!sold.ok()) continue;
    JsonOut out;
    out.open_object().field("feedetl_sn", text);
    const std::string member = out.close_object().take();
    EXPECT_NE(sold.body.find(member.substr(1, member.size() - 2)), std::string::npos) << sold.body;
    const WireAnswer lines = client.call(
        "5204", R"({"data":{"psn_no":"990000000001","setl_id":")" + sold.value("setl_id") + R"("}})");
    EXPECT_NE(lines.body.find(member.substr(1, member.size() - 2)), std::string::npos) << lines.body;
  }
}

std::string without_id(std::string text, const std::string& id) {
  for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id))
    text.replace(at, id.size(), "ID");
  return text;
}

// REQ SEC-12. Another provider's settlement or visit is as one that is not there.
TEST(Hostile, others_data_is_as_if_it_were_not_there) {
  Region region;
  WireClient owner = region.client(), thief = region.client(SignVariant::csb);
  const std::string setl_id = owner.call("2102", purchase(employee)).value("setl_id");
  const std::string visit = owner.call("2201", register_outpatient(employee)).value("mdtrt_id");
  ASSERT_TRUE(owner.call("2204", lines_of(employee, visit, "B1", 1)).ok());
  std::string no_setl = setl_id, no_visit = visit;
  no_setl[no_setl.size() - 1] = '9', no_visit[no_visit.size() - 1] = '9';
  const auto same = [&](const char* infno, const auto& input, const std::string& real,
                        const std::string& none) {
    const WireAnswer there = thief.call(infno, input(real)), not_there = thief.call(infno, input(none));
    EXPECT_FALSE(there.ok()) << infno << there.body;
    EXPECT_EQ(without_id(there.value("err_msg"), real), without_id(not_there.value("err_msg"), none))
        << infno;
    EXPECT_EQ(there.body.find("H99000000001"), std::string::npos) << there.body;
  };
  const auto settlement = [](const std::string& id) { return cancel(employee, id, id); };
  const auto of_visit = [](const std::string& id) {
    return R"({"data":{"mdtrt_id":")" + id +
           R"(","chrg_bchno":"0000","psn_no":"990000000001","ipt_otp_no":"MZ1"}})";
  };
  same("5203", settlement, setl_id, no_setl);
  same("5204", settlement, setl_id, no_setl);
  same("2103", settlement, setl_id, no_setl);
  same("2208", settlement, setl_id, no_setl);
  same("2205", of_visit, visit, no_visit);
  same("2202", of_visit, visit, no_visit);
  same(
      "2204", [](const std::string& id) { return lines_of(employee, id, "B2", 1, "20.00", 7); }, visit,
      no_visit);
  same(
      "2206", [](const std::string& id) { return settle_outpatient(employee, id, "B1", "20.00"); }, visit,
      no_visit);
  same(
      "2207", [](const std::string& id) { return settle_outpatient(employee, id, "B1", "20.00"); }, visit,
      no_visit);
  EXPECT_TRUE(owner.call("2103", cancel(employee, setl_id, setl_id)).ok());  // nothing happened to it
  EXPECT_TRUE(owner.call("2207", settle_outpatient(employee, visit, "B1", "20.00")).ok());
}

TEST(Hostile, a_reversal_of_anothers_message_reverses_nothing) {
  Region region;
  WireClient owner = region.client(), thief = region.client(SignVariant::csb);
  const WireAnswer sold = owner.call("2102", purchase(employee));
  ASSERT_TRUE(sold.ok());
  EXPECT_EQ(refused(thief.call("2601", R"({"data":{"psn_no":"990000000001","omsgid":")" + owner.last_msgid() +
                                           R"(","oinfno":"2102"}})")),
            "[DSK-051]");
  EXPECT_EQ(owner.call("5203", cancel(employee, "x", sold.value("setl_id"))).value("refd_setl_flag"), "0");
}

// REQ SEC-12. Sixty wrong guesses a minute, then no more queries for that provider; others and bills go on.
TEST(Hostile, harvesting_by_guessed_numbers_is_stopped) {
  std::atomic<std::int64_t> passed{0};
  const Now base = system_clock_now();
  Region region("", "", [&] { return Now{Instant{base.wall.ms + passed}, base.steady_ms + passed}; });
  WireClient thief = region.client(), other = region.client(SignVariant::none);
  const auto guess = [&](int i) {
    const std::string certno = fmt::format("99000119800505{:03}X", i);
    switch (i % 4) {
      case 0: return thief.call("1101", person_02(certno));
      case 1: return thief.call("5301", fmt::format(R"({{"data":{{"psn_no":"9900000001{:02}"}}}})", i));
      case 2: return thief.call("5203", cancel(employee, "x", fmt::format("S99000000000000000{:02}00", i)));
      default: return thief.call("2101", purchase(fmt::format("9900000001{:02}", i)));
    }
  };
  int wrong = 0, refused = 0;
  for (int i = 0; i < 100; ++i) {
    const WireAnswer answer = guess(i);
    refused += answer.status == 429 ? 1 : 0;
    wrong += answer.status == 200 && !answer.ok() ? 1 : 0;
  }
  EXPECT_EQ(wrong, 60);
  EXPECT_EQ(refused, 40);
  EXPECT_EQ(thief.call("1101", person_02(certno_of(employee))).status, 429U);
  EXPECT_EQ(metric(region, "fenming_guesses_refused_total"), "41");
  EXPECT_EQ(metric(region, "fenming_guesses_wrong_total"), "60");
  EXPECT_TRUE(other.call("1101", person_02(certno_of(employee))).ok());
  EXPECT_TRUE(thief.call("2102", purchase(employee)).ok());
  passed = 61'000;
  EXPECT_TRUE(thief.call("1101", person_02(certno_of(employee))).ok());
}

std::size_t resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * 4096;
}

// A sanitizer keeps freed memory aside for a while.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr std::size_t memory_more_max = 1U << 30U;
#else
constexpr std::size_t memory_more_max = 64U << 20U;
#endif
#else
constexpr std::size_t memory_more_max = 64U << 20U;
#endif

// REQ SEC-07, LAW 10
TEST(Hostile, Law10WhatIsTooLargeCostsNothing) {
  Region region;
  WireClient client = region.client();
  ASSERT_TRUE(client.call("2101", purchase(employee)).ok());
  const std::size_t before = resident_bytes();
  HttpConnection announced("127.0.0.1", region.running->port());
  const WireAnswer refused = announced.exchange(
      "POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n");
  EXPECT_EQ(refused.status, 413U);
  EXPECT_TRUE(reads_as_answer(refused)) << refused.body;
  HttpConnection endless("127.0.0.1", region.running->port());
  endless.send(
      "POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(65'536, '[') + "\r\n";
  int chunks = 0;
  while (chunks < 16'384 && endless.send(chunk)) ++chunks;  // up to a gigabyte
  EXPECT_LT(chunks, 1'000);
  for (const std::string& body : {std::string(100'000, '['), "{\"a\":" + std::string(1'000'000, '['),
                                  std::string(1'000'000, '{'), "[" + std::string(500'000, ',') + "]"}) {
    const WireAnswer deep = client.connection().exchange(client.request(body, system_clock_now().wall));
    EXPECT_EQ(deep.status, 400U) << deep.body;
    EXPECT_TRUE(reads_as_answer(deep));
  }
  std::string many = "{\"infno\":\"2101\",\"fixmedins_code\":\"H99000000001\",\"input\":[0";
  while (many.size() < 1'000'000) many += ",0";
  for (int i = 0; i < 20; ++i)
    client.connection().exchange(client.request(many + "]}", system_clock_now().wall));
  EXPECT_LT(resident_bytes(), before + memory_more_max);
  EXPECT_TRUE(client.call("2101", purchase(employee)).ok());
}

TEST(Hostile, no_head_of_a_request_breaks_the_node) {
  Region region;
  region.config.http.idle_seconds = 1, region.config.http.body_seconds = 1;
  region.restart();
  const std::string post = "POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: x\r\n";
  for (const std::string& bytes :
       {std::string("GET / HTTP/1.1\r\n\r\n"), post + "Content-Length: 5\r\n\r\n{}\r\n\r\n",
        post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post + "Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}",
        post + "Big: " + std::string(100'000, 'x') + "\r\n\r\n",
        std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 11) + std::string(200, '\x55'),
        std::string(5'000, '\0') + "\r\n\r\n",
        std::string("DELETE /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: x\r\n\r\n"),
        std::string("POST /%ff%fe HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"),
        std::string("POST /fsi/api/rsfComIfsService/callService HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}"),
        post + "x-tif-timestamp: 99999999999999999999999\r\nContent-Length: 2\r\n\r\n{}",
        post + "Content-Type: charset=\"\r\nContent-Length: 0\r\n\r\n"}) {
    HttpConnection connection("127.0.0.1", region.running->port());
    const auto began = std::chrono::steady_clock::now();
    const WireAnswer answer =
        bytes.size() > 200 && bytes[0] == '\x16' ? WireAnswer{} : connection.exchange(bytes);
    EXPECT_TRUE(answer.status == 0 || (answer.status >= 400 && answer.status < 500))
        << bytes.substr(0, 80) << answer.head;
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s) << bytes.substr(0, 80);
  }
  EXPECT_TRUE(region.client().call("2101", purchase(employee)).ok());
}

// Sockets that say a byte now and then. `count` of them, while a good client works for `during`; the longest that one call took.
std::chrono::milliseconds slow_clients(Region& region, int count, std::chrono::milliseconds during) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  std::vector<int> sockets;
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(region.running->port());
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  WireClient good = region.client();
  EXPECT_TRUE(good.call("2101", purchase(employee)).ok());
  const std::string head =
      "POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
  for (int i = 0; i < count; ++i) {
    const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (one < 0) break;
    if (::connect(one, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
      ::close(one);
    else
      sockets.push_back(one);
  }
  EXPECT_EQ(sockets.size(), static_cast<std::size_t>(count));
  std::atomic<bool> stop{false};
  std::thread dribble([&] {
    for (std::size_t step = 0; !stop; ++step) {
      for (std::size_t i = 0; i < sockets.size(); ++i) {
        const std::size_t at =
            i % 2 == 0 ? step : std::min(step, head.size() - 1);  // half of them never end their head
        const char byte = at < head.size() ? head[at] : '{';
        ::send(sockets[i], &byte, 1, MSG_NOSIGNAL);
      }
      std::this_thread::sleep_for(50ms);
    }
  });
  std::chrono::milliseconds longest{0};
  const auto end = std::chrono::steady_clock::now() + during;
  while (std::chrono::steady_clock::now() < end) {
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(good.call("2101", purchase(employee)).ok());
    longest = std::max(longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                    std::chrono::steady_clock::now() - began));
    std::this_thread::sleep_for(10ms);
  }
  stop = true;
  dribble.join();
  for (const int one : sockets) ::close(one);
  return longest;
}

// REQ SEC-07. The long form: FENMING_SLOW_SECONDS (tests/soak/hostile.sh).
TEST(Hostile, a_thousand_slow_clients_hold_up_nobody) {
  const char* seconds = std::getenv("FENMING_SLOW_SECONDS");
  Region region;
  region.config.http.idle_seconds = 2, region.config.http.body_seconds = 2;
  region.restart();
  const std::size_t before = resident_bytes();
  const auto longest =
      slow_clients(region, 1'000, std::chrono::seconds(seconds == nullptr ? 5 : std::atoi(seconds)));
  EXPECT_LT(longest, 2s);
  EXPECT_LT(resident_bytes(), before + memory_more_max);
  EXPECT_GE(std::stoul(metric(region, "fenming_http_too_slow_total")), 900U);
}

}  // namespace
}  // namespace fenming::e2e
