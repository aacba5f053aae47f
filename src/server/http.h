// HttpServer: HTTP/1.1 on one address, and nothing of insurance. Requests come complete to one handler on an event thread; the answer is
// given at once or later from any thread. Sizes, times and memory are bounded whatever clients do: a body over its limit, a slow body, too
// many bytes in waiting bodies, too many connections are refused or closed. libmicrohttpd stays in http.cpp.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/error.h"

namespace fenming {

struct HttpAnswer {
  unsigned status = 200;
  std::string content_type = "application/json;charset=utf-8", body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// One request and its answer. Lives until both the connection and whoever holds it are done.
class Exchange {
 public:
  std::string method, path, body;
  std::chrono::steady_clock::time_point began;  // all of it was there

  // Names are compared without case; "" when it is not there. On the event thread only.
  std::string_view header(std::string_view name) const;
  std::string_view query(std::string_view name) const;
  std::string peer() const;  // address without port

  // Once, from any thread. `finish` runs on the event thread, so that the thread that knows the outcome does not wait for the writing.
  void answer(HttpAnswer answer);
  void answer_later(std::function<HttpAnswer()> finish);

  std::shared_ptr<void> context;  // of the handler: freed with the exchange

 private:
  friend class HttpServer;
  struct Connection;
  void client_left();
  void* connection_ = nullptr;
  std::mutex mutex_;
  std::function<HttpAnswer()> finish_;
  bool suspended_ = false, answered_ = false, gone_ = false;
  unsigned refused_ = 0;     // status of a refusal that waits for the end of the body
  std::size_t counted_ = 0,  // bytes of the body that count against the server's bound
      dropped_ = 0;          // that came after a refusal
};

struct HttpOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;  // 0: any free one
  std::size_t body_max = 1 << 20,
              bodies_max = 48 << 20;  // of one request; of all requests that are being received
  unsigned connections_max = 2'000, connections_per_address = 0;  // 0: no bound of its own
  unsigned idle_seconds = 60,  // from one request to the whole head of the next, however it trickles in
      body_seconds = 20;       // a body on its way
  unsigned threads = 1;
  std::string certificate_pem, key_pem,
      client_authority_pem;  // texts; TLS 1.3 when there is a certificate; with an authority clients must show one of its
};

struct HttpFigures {
  std::uint64_t requests = 0, too_large = 0, too_slow = 0, no_room = 0, malformed = 0, unknown_clients = 0;
  std::uint64_t waiting_bytes = 0;
};

class HttpServer {
 public:
  using Handler = std::function<void(const std::shared_ptr<Exchange>&)>;
  // What is said when the server itself refuses: 400 two ways to say where the body ends or one that is not known, 403 no certificate of the authority, 413 body
  // too large, 503 no room for bodies.
  using Refusal = std::function<HttpAnswer(unsigned status)>;

  // Asked on an event thread when the head of a request is there that says how long its body is. False: it is refused with 503, and its
  // body, read past so that the connection can go on, is not kept: under a flood a refusal must cost next to nothing.
  using Admit = std::function<bool()>;

  static Result<std::unique_ptr<HttpServer>> start(HttpOptions options, Handler handler, Refusal refusal,
                                                   Admit admit = {});
  ~HttpServer();  // breaks off what is under way: finish() first

  std::uint16_t port() const { return port_; }
  HttpFigures figures() const;
  void stop_listening();  // connections that are there go on, each up to its next answer
  // Stops listening and waits until every request that was read is answered and the answer has left, at most so long.
  void finish(std::chrono::milliseconds most);

 private:
  struct Library;
  HttpServer(HttpOptions options, Handler handler, Refusal refusal, Admit admit);
  std::unique_ptr<Library> library_;
  HttpOptions options_;
  Handler handler_;
  Refusal refusal_;
  Admit admit_;
  std::uint16_t port_ = 0;
  std::atomic<bool> closing_{false};
  std::atomic<std::uint64_t> requests_{0}, too_large_{0}, too_slow_{0}, no_room_{0}, malformed_{0},
      unknown_clients_{0}, waiting_bytes_{0}, under_way_{0};
};

}  // namespace fenming
