#include "server/http.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/check.h"

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
  finish_ = std::move(finish);
  if (suspended_) MHD_resume_connection(mhd(connection_));
}

// ---- The library's side

struct HttpServer::Library {
  HttpServer& server;
  MHD_Daemon* daemon = nullptr;

  // What the library keeps for a request: the exchange, held until the request is completed.
  struct Held {
    std::shared_ptr<Exchange> exchange;
  };

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char* url, const char* method,
                               const char*, const char* data, std::size_t* size, void** state) {
    return static_cast<Library*>(self)->request(connection, url, method, data, size, state);
  }
  static void on_completed(void* self, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    auto* held = static_cast<Held*>(*state);
    if (held == nullptr) return;
    static_cast<Library*>(self)->release(*held->exchange);
    delete held;
    *state = nullptr;
  }

  void release(Exchange& exchange) {
    server.waiting_bytes_ -= exchange.counted_;
    exchange.counted_ = 0;
  }

  MHD_Result request(MHD_Connection* connection, const char* url, const char* method, const char* data,
                     std::size_t* size, void** state) {
    if (*state == nullptr) return begin(connection, url, method, state);
    const std::shared_ptr<Exchange> exchange = static_cast<Held*>(*state)->exchange;
    if (*size != 0) return receive(*exchange, data, size);
    return exchange->answered_ || exchange->refused_ ? queue(connection, *exchange)
                                                     : handle(connection, exchange);
  }

  MHD_Result begin(MHD_Connection* connection, const char* url, const char* method, void** state) {
    auto held = std::make_unique<Held>();
    held->exchange = std::make_shared<Exchange>();
    Exchange& exchange = *held->exchange;
    exchange.method = method, exchange.path = url;
    exchange.began = std::chrono::steady_clock::now();
    exchange.connection_ = connection;
    *state = held.release();
    ++server.requests_;
    const std::string_view length = exchange.header("Content-Length");
    std::uint64_t announced = 0;
    for (const char c : length.substr(0, 18))
      if (c >= '0' && c <= '9') announced = announced * 10 + static_cast<std::uint64_t>(c - '0');
    if (announced <= server.options_.body_max) return MHD_YES;
    ++server.too_large_;
    return say(connection, server.refusal_(413), true);  // before a byte of the body is read
  }

  MHD_Result receive(Exchange& exchange, const char* data, std::size_t* size) {
    const std::size_t count = *size;
    *size = 0;
    if (std::chrono::steady_clock::now() - exchange.began >
        std::chrono::seconds(server.options_.body_seconds)) {
      ++server.too_slow_;
      return MHD_NO;
    }
    if (exchange.body.size() + count > server.options_.body_max) {  // sent in chunks without a length
      ++server.too_large_;
      return MHD_NO;
    }
    if (exchange.refused_) return MHD_YES;
    if (server.waiting_bytes_ + count > server.options_.bodies_max) {
      ++server.no_room_;
      exchange.refused_ = true;
      exchange.body = {};
      release(exchange);
      return MHD_YES;
    }
    server.waiting_bytes_ += count;
    exchange.counted_ += count;
    exchange.body.append(data, count);
    return MHD_YES;
  }

  MHD_Result handle(MHD_Connection* connection, const std::shared_ptr<Exchange>& exchange) {
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
    if (exchange.refused_) return say(connection, server.refusal_(503), false);
    const auto finish = std::move(exchange.finish_);
    return say(connection, finish(), false);
  }

  static MHD_Result say(MHD_Connection* connection, const HttpAnswer& answer, bool close) {
    MHD_Response* response = MHD_create_response_from_buffer(
        answer.body.size(), const_cast<char*>(answer.body.data()), MHD_RESPMEM_MUST_COPY);
    if (response == nullptr) return MHD_NO;
    MHD_add_response_header(response, "Content-Type", answer.content_type.c_str());
    for (const auto& [name, value] : answer.headers)
      MHD_add_response_header(response, name.c_str(), value.c_str());
    if (close) MHD_add_response_header(response, "Connection", "close");
    const MHD_Result result = MHD_queue_response(connection, answer.status, response);
    MHD_destroy_response(response);
    return result;
  }

  // Names and values as they came: a NUL or a line break in them never gets here.
  static std::size_t unescape(void*, MHD_Connection*, char* text) { return MHD_http_unescape(text); }
};

HttpServer::HttpServer(HttpOptions options, Handler handler, Refusal refusal)
    : library_(new Library{*this, nullptr}),
      options_(std::move(options)),
      handler_(std::move(handler)),
      refusal_(std::move(refusal)) {}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpOptions options, Handler handler, Refusal refusal) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  const auto address = resolve(options.address, options.port);
  if (!address) return std::unexpected(Error{Code::server_address, "", where, {"address"}});
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(options), std::move(handler), std::move(refusal)));
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
}

void HttpServer::stop_listening() {
  const MHD_socket socket = MHD_quiesce_daemon(library_->daemon);
  if (socket != MHD_INVALID_SOCKET) ::close(socket);
}

HttpFigures HttpServer::figures() const {
  return {requests_, too_large_, too_slow_, no_room_, waiting_bytes_};
}

}  // namespace fenming
