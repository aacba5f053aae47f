#include "server/http.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <thread>

#include "base/check.h"
#include "server/patience.h"

namespace fenming {
namespace {

constexpr std::size_t head_max =
    32 * 1024;  // of one connection: request line, headers, and what waits to be parsed

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

std::optional<Address> resolve(const std::string& address, std::uint16_t port) {
  addrinfo hints{}, *list = nullptr;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &list) != 0 || list == nullptr)
    return std::nullopt;
  Address out;
  std::memcpy(&out.storage, list->ai_addr, list->ai_addrlen);
  out.size = list->ai_addrlen;
  freeaddrinfo(list);
  return out;
}

MHD_Connection* mhd(void* connection) { return static_cast<MHD_Connection*>(connection); }

// How a request says where its body ends. Two lengths, or a length beside chunks: a proxy before us may have read it the other way, and
// the rest of the body would be the next request. The same of an encoding that is not chunks.
struct Framing {
  std::uint64_t announced = 0;
  unsigned lengths = 0, encodings = 0;
  bool chunks = true;
  bool sound() const { return lengths + encodings <= 1 && chunks; }
};

MHD_Result see_header(void* to, MHD_ValueKind, const char* key, const char* value) {
  auto& framing = *static_cast<Framing*>(to);
  if (strcasecmp(key, "Transfer-Encoding") == 0) {
    ++framing.encodings;
    framing.chunks = value != nullptr && strcasecmp(value, "chunked") == 0;
  }
  if (strcasecmp(key, "Content-Length") != 0) return MHD_YES;
  ++framing.lengths;
  constexpr std::size_t digits_max = 18;
  for (std::size_t i = 0; value != nullptr && i < digits_max && value[i] >= '0' && value[i] <= '9'; ++i)
    framing.announced = framing.announced * 10 + static_cast<std::uint64_t>(value[i] - '0');
  return MHD_YES;
}

// GnuTLS only asks clients for a certificate: whether one came and who signed it is ours to see.
bool shows_certificate(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
  if (info == nullptr || info->tls_session == nullptr) return false;
  unsigned faults = ~0U;
  return gnutls_certificate_verify_peers2(static_cast<gnutls_session_t>(info->tls_session), &faults) == 0 &&
         faults == 0;
}

}  // namespace

// ---- Exchange

std::string_view Exchange::header(std::string_view name) const {
  const char* value =
      MHD_lookup_connection_value(mhd(connection_), MHD_HEADER_KIND, std::string(name).c_str());
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string_view Exchange::query(std::string_view name) const {
  const char* value =
      MHD_lookup_connection_value(mhd(connection_), MHD_GET_ARGUMENT_KIND, std::string(name).c_str());
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string Exchange::peer() const {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(mhd(connection_), MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  char text[INET6_ADDRSTRLEN] = "";
  if (info == nullptr || info->client_addr == nullptr) return text;
  if (info->client_addr->sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, info->client_addr, sizeof in);
    inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
  } else if (info->client_addr->sa_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, info->client_addr, sizeof in);
    inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text);
  }
  return text;
}

void Exchange::answer(HttpAnswer answer) {
  answer_later([answer = std::move(answer)]() mutable { return std::move(answer); });
}

void Exchange::answer_later(std::function<HttpAnswer()> finish) {
  const std::lock_guard lock(mutex_);
  CHECK(!answered_, "a request is answered once");
  answered_ = true;
  if (gone_) return;
  finish_ = std::move(finish);
  if (suspended_) MHD_resume_connection(mhd(connection_));
}

// `finish` may hold the exchange: unless it is dropped here the two would keep each other for ever.
void Exchange::client_left() {
  std::function<HttpAnswer()> unused;
  const std::lock_guard lock(mutex_);
  gone_ = true;
  unused.swap(finish_);
}

// ---- The library's side

struct HttpServer::Library {
  HttpServer& server;
  Patience patience;
  MHD_Daemon* daemon = nullptr;
  MHD_socket listening = MHD_INVALID_SOCKET;  // when nobody is let in any more

  explicit Library(HttpServer& of) : server(of), patience([&of] { ++of.too_slow_; }) {}

  // A second more than the library's own time-out: a silent connection is closed by that and is nobody's fault.
  std::chrono::seconds head_patience() const {
    return std::chrono::seconds(server.options_.idle_seconds + 1);
  }

  // What the library keeps for a request: the exchange, held until the request is completed.
  struct Held {
    std::shared_ptr<Exchange> exchange;
    Patience::Line* line;
  };

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char*, const char* data, std::size_t* size, void** state) {
    return static_cast<Library*>(self)->request(connection, url, method, data, size, state);
  }
  static void on_completed(void* self, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    auto* held = static_cast<Held*>(*state);
    if (held == nullptr) return;
    auto& library = *static_cast<Library*>(self);
    library.release(*held->exchange);
    held->exchange->client_left();
    held->line->wait(library.head_patience());
    delete held;
    *state = nullptr;
    --library.server.under_way_;
  }
  static void on_connection(void* self, MHD_Connection* connection, void** line,
                            MHD_ConnectionNotificationCode what) {
    auto& library = *static_cast<Library*>(self);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
      *line = library.patience.add(info->connect_fd, library.head_patience());
    } else {
      library.patience.remove(static_cast<Patience::Line*>(*line));
      *line = nullptr;
    }
  }

  void release(Exchange& exchange) {
    server.waiting_bytes_ -= exchange.counted_;
    exchange.counted_ = 0;
  }

  MHD_Result request(MHD_Connection* connection, const char* url, const char* method, const char* data,
                     std::size_t* size, void** state) {
    if (*state == nullptr) return begin(connection, url, method, state);
    auto& held = *static_cast<Held*>(*state);
    const std::shared_ptr<Exchange> exchange = held.exchange;
    if (*size != 0) return receive(*exchange, data, size);
    held.line->wait_no_more();
    return exchange->answered_ || exchange->refused_ != 0 ? queue(connection, *exchange)
                                                          : handle(connection, exchange);
  }

  MHD_Result begin(MHD_Connection* connection, const char* url, const char* method, void** state) {
    auto held = std::make_unique<Held>();
    const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    held->line = static_cast<Patience::Line*>(info->socket_context);
    held->line->wait(std::chrono::seconds(server.options_.body_seconds));
    held->exchange = std::make_shared<Exchange>();
    Exchange& exchange = *held->exchange;
    exchange.method = method, exchange.path = url;
    exchange.connection_ = connection;
    *state = held.release();
    ++server.requests_;
    ++server.under_way_;
    if (!server.options_.client_authority_pem.empty() && !shows_certificate(connection))
      return refuse_head(connection, 403, server.unknown_clients_);
    Framing framing;
    MHD_get_connection_values(connection, MHD_HEADER_KIND, &see_header, &framing);
    if (!framing.sound()) return refuse_head(connection, 400, server.malformed_);
    if (framing.announced > server.options_.body_max) return refuse_head(connection, 413, server.too_large_);
    if (framing.announced != 0 && server.admit_ && !server.admit_()) exchange.refused_ = 503;
    return MHD_YES;
  }

  // Before a byte of the body is read; the connection ends with it.
  MHD_Result refuse_head(MHD_Connection* connection, unsigned status, std::atomic<std::uint64_t>& count) {
    ++count;
    return say(connection, server.refusal_(status), true);
  }

  MHD_Result drop(Exchange& exchange, unsigned status, std::atomic<std::uint64_t>& figure) {
    ++figure;
    exchange.refused_ = status;
    std::string().swap(exchange.body);  // clearing would keep the memory
    release(exchange);
    return MHD_YES;
  }

  MHD_Result receive(Exchange& exchange, const char* data, std::size_t* size) {
    const std::size_t count = *size;
    *size = 0;
    if (exchange.refused_ !=
        0) {  // the refusal can be said behind the body only: a bounded rest of it is dropped
      exchange.dropped_ += count;
      return exchange.dropped_ > server.options_.body_max ? MHD_NO : MHD_YES;
    }
    if (exchange.body.size() + count > server.options_.body_max)  // sent in chunks without a length
      return drop(exchange, 413, server.too_large_);
    if (server.waiting_bytes_ + count > server.options_.bodies_max)
      return drop(exchange, 503, server.no_room_);
    server.waiting_bytes_ += count;
    exchange.counted_ += count;
    exchange.body.append(data, count);
    return MHD_YES;
  }

  MHD_Result handle(MHD_Connection* connection, const std::shared_ptr<Exchange>& exchange) {
    exchange->began = std::chrono::steady_clock::now();
    server.handler_(exchange);
    {
      const std::lock_guard lock(exchange->mutex_);
      if (!exchange->answered_) {
        exchange->suspended_ = true;
        MHD_suspend_connection(connection);
        return MHD_YES;
      }
    }
    return queue(connection, *exchange);
  }

  MHD_Result queue(MHD_Connection* connection, Exchange& exchange) {
    if (exchange.refused_ != 0) return say(connection, server.refusal_(exchange.refused_), false);
    const auto finish = std::move(exchange.finish_);
    return say(connection, finish(), false);
  }

  // The answer's bytes are moved to the response, which lives until they are sent: a file is not copied for each who fetches it slowly.
  MHD_Result say(MHD_Connection* connection, HttpAnswer answer, bool close) {
    auto body = std::make_unique<std::string>(std::move(answer.body));
    MHD_Response* response = MHD_create_response_from_buffer_with_free_callback_cls(
        body->size(), body->data(), [](void* text) { delete static_cast<std::string*>(text); }, body.get());
    if (response == nullptr) return MHD_NO;
    (void)body.release();
    MHD_add_response_header(response, "Content-Type", answer.content_type.c_str());
    for (const auto& [name, value] : answer.headers)
      MHD_add_response_header(response, name.c_str(), value.c_str());
    if (close || server.closing_) MHD_add_response_header(response, "Connection", "close");
    const MHD_Result result = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
  }

  // %41 is read as A. What %00 would cut off a path with stays as it was written.
  static std::size_t unescape(void*, MHD_Connection*, char* text) {
    return std::strstr(text, "%00") != nullptr ? std::strlen(text) : MHD_http_unescape(text);
  }
};

HttpServer::HttpServer(HttpOptions options, Handler handler, Refusal refusal, Admit admit)
    : library_(new Library(*this)),
      options_(std::move(options)),
      handler_(std::move(handler)),
      refusal_(std::move(refusal)),
      admit_(std::move(admit)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpOptions options, Handler handler, Refusal refusal,
                                                      Admit admit) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  const auto address = resolve(options.address, options.port);
  if (!address) return std::unexpected(Error{Code::server_address, "", where, {"address"}});
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(options), std::move(handler), std::move(refusal), std::move(admit)));
  const HttpOptions& o = server->options_;
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
  if (address->storage.ss_family == AF_INET6) flags |= MHD_USE_IPv6;
  std::vector<MHD_OptionItem> items{
      {MHD_OPTION_SOCK_ADDR, 0, const_cast<sockaddr_storage*>(&address->storage)},
      {MHD_OPTION_CONNECTION_MEMORY_LIMIT, static_cast<intptr_t>(head_max), nullptr},
      {MHD_OPTION_CONNECTION_LIMIT, static_cast<intptr_t>(o.connections_max), nullptr},
      {MHD_OPTION_PER_IP_CONNECTION_LIMIT, static_cast<intptr_t>(o.connections_per_address), nullptr},
      {MHD_OPTION_CONNECTION_TIMEOUT, static_cast<intptr_t>(o.idle_seconds), nullptr},
      {MHD_OPTION_LISTENING_ADDRESS_REUSE, 1, nullptr},
      {MHD_OPTION_STRICT_FOR_CLIENT, 1, nullptr},
      {MHD_OPTION_UNESCAPE_CALLBACK, reinterpret_cast<intptr_t>(&Library::unescape), nullptr},
      {MHD_OPTION_NOTIFY_CONNECTION, reinterpret_cast<intptr_t>(&Library::on_connection),
       server->library_.get()},
      {MHD_OPTION_NOTIFY_COMPLETED, reinterpret_cast<intptr_t>(&Library::on_completed),
       server->library_.get()}};
  if (o.threads > 1)
    items.push_back({MHD_OPTION_THREAD_POOL_SIZE, static_cast<intptr_t>(o.threads), nullptr});
  if (!o.certificate_pem.empty()) {
    flags |= MHD_USE_TLS;
    items.push_back({MHD_OPTION_HTTPS_MEM_CERT, 0, const_cast<char*>(o.certificate_pem.c_str())});
    items.push_back({MHD_OPTION_HTTPS_MEM_KEY, 0, const_cast<char*>(o.key_pem.c_str())});
    items.push_back({MHD_OPTION_HTTPS_PRIORITIES, 0, const_cast<char*>("NORMAL:-VERS-ALL:+VERS-TLS1.3")});
    if (!o.client_authority_pem.empty())
      items.push_back({MHD_OPTION_HTTPS_MEM_TRUST, 0, const_cast<char*>(o.client_authority_pem.c_str())});
  }
  items.push_back({MHD_OPTION_END, 0, nullptr});
  errno = 0;
  server->library_->daemon =
      MHD_start_daemon(flags, o.port, nullptr, nullptr, &Library::on_request, server->library_.get(),
                       MHD_OPTION_ARRAY, items.data(), MHD_OPTION_END);
  if (server->library_->daemon == nullptr)
    return std::unexpected(
        Error{Code::server_address, "", where, {errno != 0 ? std::strerror(errno) : "libmicrohttpd"}});
  const MHD_DaemonInfo* info = MHD_get_daemon_info(server->library_->daemon, MHD_DAEMON_INFO_BIND_PORT);
  server->port_ = info != nullptr ? info->port : o.port;
  return server;
}

HttpServer::~HttpServer() {
  if (library_->daemon != nullptr) MHD_stop_daemon(library_->daemon);
  if (library_->listening != MHD_INVALID_SOCKET) ::close(library_->listening);
  library_.reset();  // its thread counts here
}

void HttpServer::stop_listening() {
  if (closing_.exchange(true)) return;
  library_->listening = MHD_quiesce_daemon(library_->daemon);
  // Nobody gets in any more; the number of the socket stays taken while the library's thread may still use it.
  if (library_->listening != MHD_INVALID_SOCKET) ::shutdown(library_->listening, SHUT_RDWR);
}

void HttpServer::finish(std::chrono::milliseconds most) {
  stop_listening();
  const auto until = std::chrono::steady_clock::now() + most;
  while (under_way_ != 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

HttpFigures HttpServer::figures() const {
  return {requests_, too_large_, too_slow_, no_room_, malformed_, unknown_clients_, waiting_bytes_};
}

}  // namespace fenming
