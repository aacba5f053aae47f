#include "server/http.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

namespace fenming {
namespace {

using namespace std::chrono_literals;

class Client {  // bytes as they are
 public:
  explicit Client(std::uint16_t port) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{8, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    open_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;

  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Until `text` has come `times` times or the other side closes.
  std::string read_until(std::string_view text, int times = 1) {
    while (count(text) < times) {
      char piece[4096];
      const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
      if (got <= 0) break;
      seen_.append(piece, static_cast<std::size_t>(got));
    }
    return seen_;
  }
  std::string read_all() { return read_until("\x01nothing"); }
  bool closed() const {  // by the other side, within the patience
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
  }
  bool connected() const { return open_; }

  void reset() {  // so that the other side is told at once
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    ::close(socket_);
    socket_ = -1;
  }

 private:
  int count(std::string_view text) const {
    int found = 0;
    for (std::size_t at = seen_.find(text); at != std::string::npos; at = seen_.find(text, at + 1)) ++found;
    return found;
  }
  int socket_ = -1;
  bool open_ = false;
  std::string seen_;
};

HttpAnswer said(std::string body) {
  HttpAnswer answer;
  answer.content_type = "text/plain";  // no ';' before the body's
  answer.body = std::move(body);
  return answer;
}

// Says "<method> <path> <size of the body>;" at once; under /later when let go.
struct Server {
  std::unique_ptr<HttpServer> http;
  std::mutex mutex;
  std::condition_variable came;
  std::deque<std::shared_ptr<Exchange>> later;
  std::atomic<bool> admits = true;

  explicit Server(HttpOptions options = {}) {
    options.port = 0;
    auto started = HttpServer::start(
        std::move(options), [this](const std::shared_ptr<Exchange>& exchange) { take(exchange); },
        [](unsigned status) {
          HttpAnswer answer = said("refused " + std::to_string(status));
          answer.status = status;
          return answer;
        },
        [this] { return admits.load(); });
    if (started)
      http = std::move(*started);
    else
      ADD_FAILURE() << to_text(started.error(), Language::en);
  }
  static std::string text(const Exchange& exchange) {
    return exchange.method + " " + exchange.path + " " + std::to_string(exchange.body.size()) + ";";
  }
  void take(const std::shared_ptr<Exchange>& exchange) {
    if (exchange->path != "/later") return exchange->answer(said(text(*exchange)));
    {
      const std::lock_guard lock(mutex);
      later.push_back(exchange);
    }
    came.notify_all();
  }
  std::shared_ptr<Exchange> wait_for_later() {
    std::unique_lock lock(mutex);
    came.wait(lock, [&] { return !later.empty(); });
    auto exchange = later.front();
    later.pop_front();
    return exchange;
  }
  std::uint16_t port() const { return http->port(); }
};

std::string post(std::string_view path, std::string_view body, std::string_view more = {}) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(more) + "\r\n" + std::string(body);
}

HttpOptions small() {
  HttpOptions options;
  options.body_max = 1'000;
  return options;
}

TEST(Http, a_body_up_to_the_limit) {
  Server server(small());
  EXPECT_NE(Client(server.port()).connected(), false);
  Client fits(server.port()), large(server.port());
  fits.send(post("/a", std::string(1'000, 'x')));
  EXPECT_NE(fits.read_until(";").find("POST /a 1000;"), std::string::npos);
  large.send(post("/a", std::string(1'001, 'x')));
  const std::string answer = large.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
  EXPECT_NE(answer.find("refused 413"), std::string::npos);
  EXPECT_EQ(server.http->figures().too_large, 1U);
}

// The connection goes on: whoever is refused may come again on it.
TEST(Http, what_is_not_admitted_is_refused_and_its_body_not_kept) {
  Server server(small());
  Client client(server.port());
  server.admits = false;
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n0123456789");
  while (server.http->figures().requests == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(server.http->figures().waiting_bytes, 0U);
  client.send("0123456789");
  const std::string answer = client.read_until("refused 503");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 ")) << answer;
  EXPECT_EQ(answer.find("Connection: close"), std::string::npos) << answer;
  client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(client.read_until(";").find("GET /health 0;"), std::string::npos) << "what has no body is let in";
  server.admits = true;
  client.send(post("/a", "abc"));
  EXPECT_NE(client.read_until("POST /a 3;").find("POST /a 3;"), std::string::npos);
}

TEST(Http, a_huge_length_is_refused_before_a_byte_of_it) {
  Server server(small());
  for (const char* length : {"1073741824", "999999999999999999", "18446744073709551615"}) {
    Client client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::string(length) +
                "\r\nExpect: 100-continue\r\n\r\n");
    const std::string answer = client.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << length << answer;
    EXPECT_EQ(answer.find("100 Continue"), std::string::npos);
  }
}

TEST(Http, chunks_are_read_and_endless_ones_are_cut) {
  Server server(small());
  Client client(server.port());
  client.send(
      "POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5\r\nhello\r\n3;x=y\r\nabc\r\n0\r\n\r\n");
  EXPECT_NE(client.read_until(";").find("POST /c 8;"), std::string::npos);
  Client large(server.port());  // what is too large is told so, while its rest is bounded too
  large.send("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 15; ++i) large.send("64\r\n" + std::string(100, 'x') + "\r\n");
  large.send("0\r\n\r\n");
  EXPECT_NE(large.read_until("refused 413").find("HTTP/1.1 413 "), std::string::npos);
  EXPECT_EQ(server.http->figures().too_large, 1U);
  Client endless(server.port());
  endless.send("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  bool cut = false;
  for (int i = 0; i < 100'000 && !cut; ++i) cut = !endless.send("64\r\n" + std::string(100, 'x') + "\r\n");
  EXPECT_TRUE(cut);
  EXPECT_EQ(server.http->figures().waiting_bytes, 0U);
}

TEST(Http, expect_continue_is_answered) {
  Server server(small());
  Client client(server.port());
  client.send("POST /e HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_NE(client.read_until("\r\n\r\n").find("100 Continue"), std::string::npos);
  client.send("ok");
  EXPECT_NE(client.read_until(";").find("POST /e 2;"), std::string::npos);
}

TEST(Http, kept_connections_and_pipelined_requests) {
  Server server;
  Client client(server.port());
  for (int i = 1; i <= 3; ++i) {
    client.send(post("/k", "x"));
    client.read_until("POST /k 1;", i);
  }
  std::string many;
  for (int i = 0; i < 50; ++i)
    many += post("/p" + std::to_string(i), std::string(static_cast<std::size_t>(i), 'y'));
  client.send(many);
  const std::string answers = client.read_until("POST /p49 49;");
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {  // each in its turn
    at = answers.find("POST /p" + std::to_string(i) + " " + std::to_string(i) + ";", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Http, head_has_no_body) {
  Server server;
  Client client(server.port());
  client.send("HEAD /h HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answer = client.read_all();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 ")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
  EXPECT_NE(answer.find("Content-Length: 10"), std::string::npos) << answer;
}

TEST(Http, the_old_protocol_is_spoken) {
  Server server;
  Client client(server.port());
  client.send("POST /old HTTP/1.0\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_NE(client.read_all().find("POST /old 1;"), std::string::npos);
}

// REQ SEC-12. The rest of such a body would be somebody's next request.
TEST(Http, two_ends_of_a_body_are_refused) {
  Server server;
  const std::string smuggled = "POST /smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx";
  for (const std::string& head :
       {std::string("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        std::string("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
        std::string("Content-Length: 4\r\nContent-Length: 5\r\n"),
        std::string("Content-Length: 4\r\ncontent-length: 4\r\n"),
        std::string("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"),
        std::string("Transfer-Encoding: gzip\r\n"), std::string("Transfer-Encoding: gzip, chunked\r\n")}) {
    Client client(server.port());
    client.send("POST /a HTTP/1.1\r\nHost: x\r\n" + head + "\r\n0\r\n\r\n" + smuggled);
    const std::string answer = client.read_all();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << head << answer;
    EXPECT_EQ(answer.find("/smuggled"), std::string::npos) << head << answer;
  }
}

TEST(Http, what_is_no_http_is_turned_away) {
  Server server;
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), std::string("GET\r\n\r\n"),
        std::string("\0\0\0\0\r\n\r\n", 8), std::string("POST /a HTTP/9.9\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0x10\r\n\r\n"),
        std::string("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")}) {
    Client client(server.port());
    client.send(bytes);
    ::usleep(20'000);
    const std::string before =
        bytes.find("\r\n\r\n") == std::string::npos ? "" : client.read_until("\r\n\r\n");
    EXPECT_FALSE(before.starts_with("HTTP/1.1 200")) << before;
  }
  Client good(server.port());
  good.send(post("/good", "x"));
  EXPECT_NE(good.read_until(";").find("POST /good 1;"), std::string::npos);
}

// The library answers these by itself, before anything of ours is asked: what docs/interface.md says a client sees.
TEST(Http, what_the_library_answers_by_itself) {
  Server server;
  const std::string head = "POST /a HTTP/1.1\r\nHost: x\r\n";
  for (const auto& [bytes, status] : {std::pair{std::string("POST /a HTTP/1.1\r\n\r\n"), "400"},
                                      {head + "no colon\r\n\r\n", "400"},
                                      {head + "Content-Length: x\r\n\r\n", "400"},
                                      {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
                                      {head + "Content-Length: 99999999999999999999999\r\n\r\n", "413"},
                                      {"POST /" + std::string(64 * 1024, 'x') + " HTTP/1.1\r\n", "414"},
                                      {head + "Big: " + std::string(64 * 1024, 'x'), "431"},
                                      {std::string("POST /a HTTP/2.0\r\nHost: x\r\n\r\n"), "505"}}) {
    Client client(server.port());
    client.send(bytes);
    const std::string answer = client.read_all();  // and closes
    EXPECT_TRUE(answer.empty() || answer.starts_with(std::string("HTTP/1.1 ") + status))
        << answer.substr(0, 60);
    EXPECT_EQ(answer.find("Content-Type"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("refused"), std::string::npos) << answer;
  }
  EXPECT_EQ(server.http->figures().requests, 1U);  // the one that broke off inside its chunks
}

TEST(Http, oversized_headers_are_refused) {
  Server server;
  Client client(server.port());
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nBig: " + std::string(64 * 1024, 'x') + "\r\n\r\n");
  const std::string answer = client.read_all();
  EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 431 ")) << answer.substr(0, 60);
  Client many(server.port());
  std::string head = "GET /a HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 5'000; ++i) head += "H" + std::to_string(i) + ": v\r\n";
  many.send(head + "\r\n");
  EXPECT_EQ(many.read_all().find("HTTP/1.1 200"), std::string::npos);
}

// A body or a head that trickles is never silent, and is closed all the same.
TEST(Http, trickling_requests_are_closed) {
  HttpOptions options;
  options.idle_seconds = 1, options.body_seconds = 1;
  Server server(options);
  const auto trickle = [&](const std::string& head) {
    Client client(server.port());
    client.send(head);
    const auto began = std::chrono::steady_clock::now();
    while (client.send("x") && std::chrono::steady_clock::now() - began < 8s)
      std::this_thread::sleep_for(100ms);
    return std::chrono::steady_clock::now() - began;
  };
  std::chrono::steady_clock::duration body{}, first_line{};
  std::thread other([&] { first_line = trickle("GET /"); });
  body = trickle("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
  other.join();
  EXPECT_LT(body, 5s);
  EXPECT_LT(first_line, 6s);
  EXPECT_GE(server.http->figures().too_slow, 2U);
}

TEST(Http, bodies_together_have_a_bound) {
  HttpOptions options;
  options.body_max = 10'000, options.bodies_max = 15'000;
  Server server(options);
  Client first(server.port()), second(server.port());
  first.send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n" + std::string(9'000, 'x'));
  while (server.http->figures().waiting_bytes < 9'000) std::this_thread::sleep_for(1ms);
  second.send(post("/b", std::string(9'000, 'y')));
  EXPECT_NE(second.read_until("refused").find("503"), std::string::npos);
  first.send(std::string(1'000, 'x'));
  EXPECT_NE(first.read_until(";").find("POST /a 10000;"), std::string::npos);
  EXPECT_EQ(server.http->figures().no_room, 1U);
}

// REQ SEC-07: forty bodies of a megabyte, each refused when its last piece finds no room, on connections that stay.
TEST(Http, a_refused_body_gives_its_memory_back) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer counts for itself";
#endif
  constexpr std::size_t most = 1'000'000, connections = 40;
  HttpOptions options;
  options.body_max = 2 * most, options.bodies_max = most;
  Server server(options);
  const auto in_use = [] {
    const auto memory = mallinfo2();
    return memory.uordblks + memory.hblkhd;
  };
  const std::size_t before = in_use();
  std::vector<std::unique_ptr<Client>> clients;
  for (std::uint64_t i = 1; i <= connections; ++i) {
    clients.push_back(std::make_unique<Client>(server.port()));
    clients.back()->send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1500000\r\n\r\n" +
                         std::string(most + 1, 'x'));
    while (server.http->figures().no_room < i) std::this_thread::sleep_for(1ms);
  }
  EXPECT_LT(in_use(), before + connections * most / 4);
}

TEST(Http, no_more_connections_than_allowed) {
  HttpOptions options;
  options.connections_max = 4;
  Server server(options);
  std::deque<Client> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(post("/a", "x"));
    ASSERT_NE(clients.back().read_until(";").find("POST /a 1;"), std::string::npos);
  }
  {
    Client fifth(server.port());  // waits until there is room
    fifth.send(post("/a", "x"));
    std::this_thread::sleep_for(100ms);
    EXPECT_EQ(server.http->figures().requests, 4U);
    clients.pop_front();
    EXPECT_NE(fifth.read_until(" 1;").find("POST /a 1;"), std::string::npos);
  }
  Client sixth(server.port());
  sixth.send(post("/a", "x"));
  EXPECT_NE(sixth.read_until(";").find("POST /a 1;"), std::string::npos);
}

TEST(Http, an_answer_may_come_later_from_any_thread) {
  Server server;
  Client client(server.port());
  client.send(post("/later", "abc"));
  const auto exchange = server.wait_for_later();
  std::thread([exchange] {
    exchange->answer_later([exchange] { return said(Server::text(*exchange)); });
  }).join();
  EXPECT_NE(client.read_until(";").find("POST /later 3;"), std::string::npos);
}

TEST(Http, a_client_that_is_gone_hurts_nobody) {
  Server server;
  {
    Client client(server.port());
    client.send(post("/later", "abc"));
    std::this_thread::sleep_for(50ms);
  }
  const auto exchange = server.wait_for_later();
  exchange->answer(said(std::string(1 << 20, 'x')));
  Client next(server.port());
  next.send(post("/next", ""));
  EXPECT_NE(next.read_until(";").find("POST /next 0;"), std::string::npos);
}

// What was read before the stop is answered, and the answer leaves whole.
TEST(Http, finish_lets_answers_leave) {
  Server server;
  std::deque<Client> clients;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(server.port());
    clients.back().send(post("/later", "abc"));
  }
  std::thread answering([&] {
    for (int i = 0; i < 20; ++i) server.wait_for_later()->answer(said(std::string(200'000, 'z') + ";"));
  });
  answering.join();
  std::vector<std::string> answers(20);
  std::vector<std::thread> readers;
  for (std::size_t i = 0; i < 20; ++i)
    readers.emplace_back([&, i] { answers[i] = clients[i].read_until("z;"); });
  server.http->finish(5s);
  EXPECT_FALSE(Client(server.port()).connected());
  server.http.reset();
  for (std::thread& reader : readers) reader.join();
  for (const std::string& answer : answers) EXPECT_GT(answer.size(), 200'000U);
}

TEST(Http, after_the_stop_connections_end_with_their_answer) {
  Server server;
  Client kept(server.port());
  kept.send(post("/a", ""));
  kept.read_until(";");
  server.http->stop_listening();
  kept.send(post("/b", ""));
  EXPECT_NE(kept.read_all().find("Connection: close"), std::string::npos);
}

// An answer that nobody waits for any more frees what it holds: here the exchange itself, as a message in the node does.
TEST(Http, clients_that_went_away_leave_nothing_behind) {
  Server server;
  for (const bool reset : {false, true}) {
    std::deque<Client> clients;
    std::vector<std::shared_ptr<Exchange>> waiting;
    for (int i = 0; i < 50; ++i) {
      clients.emplace_back(server.port());
      clients.back().send(post("/later", "abc"));
      waiting.push_back(server.wait_for_later());
    }
    for (Client& client : clients)
      if (reset) client.reset();
    clients.clear();
    const std::vector<std::weak_ptr<Exchange>> held(waiting.begin(), waiting.end());
    for (auto& exchange : waiting)
      exchange->answer_later([exchange] { return said(std::string(5'000, 'x')); });
    waiting.clear();
    const auto gone = [&] {
      return std::ranges::count_if(held, [](const auto& one) { return one.expired(); });
    };
    const auto until = std::chrono::steady_clock::now() + 5s;
    while (gone() < 50 && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(5ms);
    EXPECT_EQ(gone(), 50) << (reset ? "reset" : "closed");
  }
}

TEST(Http, an_address_that_cannot_be_is_an_error) {
  for (const char* address : {"nowhere", "256.1.1.1", "192.0.2.1"}) {
    HttpOptions options;
    options.address = address, options.port = 0;
    const auto server = HttpServer::start(options, [](const auto&) {}, [](unsigned) { return HttpAnswer(); });
    ASSERT_FALSE(server) << address;
    EXPECT_EQ(server.error().code, Code::server_address);
  }
}

TEST(Http, a_path_is_not_cut_by_a_nul) {
  Server server;
  Client client(server.port());
  client.send(post("/he%61lth%00x", ""));
  EXPECT_NE(client.read_until(";").find("POST /he%61lth%00x 0;"), std::string::npos);
}

}  // namespace
}  // namespace fenming
