#include "conformance/wire_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/json_out.h"
#include "model/fund_fields.h"
#include "money/decimal.h"

namespace fenming {
namespace {

std::string digits_of(Instant now) {  // yyyyMMddHHmmss
  std::string digits;
  for (const char c : to_text(now).substr(0, 19))
    if (c >= '0' && c <= '9') digits.push_back(c);
  return digits;
}

std::size_t content_length(std::string_view head) {
  std::string lower(head);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const std::size_t at = lower.find("content-length:");
  return at == std::string::npos ? 0 : std::strtoull(lower.c_str() + at + 15, nullptr, 10);
}

Instant system_now() {
  using namespace std::chrono;
  return Instant{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

}  // namespace

bool WireAnswer::ok() const { return status == 200 && value("infcode") == "0"; }

std::string WireAnswer::value(std::string_view name) const {
  const std::string key = "\"" + std::string(name) + "\":";
  const std::size_t at = body.find(key);
  if (at == std::string::npos) return {};
  std::size_t from = at + key.size();
  if (from < body.size() && body[from] == '"') {
    std::size_t to = ++from;
    while (to < body.size() && body[to] != '"') to += body[to] == '\\' ? 2 : 1;
    return body.substr(from, to - from);
  }
  return body.substr(from, body.find_first_of(",}]", from) - from);
}

std::string broken_identity(const WireAnswer& answer) {
  const auto fen = [&](std::string_view name) {
    const auto money = parse_money(answer.value(name));
    return money ? money->fen() : INT64_MIN / 4;
  };
  if (fen("medfee_sumamt") != fen("fund_pay_sumamt") + fen("psn_part_amt") + fen("hosp_part_amt"))
    return "I1";
  if (fen("medfee_sumamt") !=
      fen("fulamt_ownpay_amt") + fen("overlmt_selfpay") + fen("preselfpay_amt") + fen("inscp_scp_amt"))
    return "I2";
  if (fen("psn_part_amt") != fen("acct_pay") + fen("psn_cash_pay")) return "I3";
  std::int64_t funds = 0;
  for (const std::string_view name : fund_fields) funds += fen(name);
  if (fen("fund_pay_sumamt") != funds) return "I4";
  const std::int64_t family = fen("acct_mulaid_pay"), account = fen("acct_pay");
  if (fen("medfee_sumamt") >= 0 && (family < 0 || family > account)) return "I5";
  return "";
}

// ---- HttpConnection

HttpConnection::~HttpConnection() { close(); }

void HttpConnection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

bool HttpConnection::open() {
  if (socket_ >= 0) return true;
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port_);
  inet_pton(AF_INET, address_.c_str(), &to.sin_addr);
  const int one = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  const timeval patience{30, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return true;
  close();
  return false;
}

bool HttpConnection::send(std::string_view bytes) {
  if (!open()) return false;
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

WireAnswer HttpConnection::receive() {
  WireAnswer answer;
  while (socket_ >= 0) {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::string_view head = std::string_view(buffer_).substr(0, end + 4);
      const std::size_t size = head.size() + content_length(head);
      const bool goes_on = head.size() > 12 && head.substr(9, 3) == "100";
      if (goes_on) {
        buffer_.erase(0, head.size());
        continue;
      }
      if (buffer_.size() >= size) {
        answer.head = head;
        answer.status = static_cast<unsigned>(std::strtoul(answer.head.c_str() + 9, nullptr, 10));
        answer.body = buffer_.substr(head.size(), size - head.size());
        buffer_.erase(0, size);
        if (answer.head.find("Connection: close") != std::string::npos) close();
        return answer;
      }
    }
    char piece[16'384];
    const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
    if (got <= 0) break;
    buffer_.append(piece, static_cast<std::size_t>(got));
  }
  close();
  return answer;
}

WireAnswer HttpConnection::exchange(std::string_view bytes) {
  if (send(bytes)) return receive();
  close();
  return {};
}

// ---- WireClient

WireClient::WireClient(std::string address, std::uint16_t port, WireIdentity identity)
    : identity_(std::move(identity)), connection_(std::move(address), port) {}

std::string WireClient::next_msgid(Instant now) {
  std::string code = identity_.provider;
  code.resize(12, '0');
  return fmt::format("{}{}{:04}", code, digits_of(now),
                     identity_.sequence_from + ++number_ % identity_.sequence_count);
}

std::string WireClient::envelope(std::string_view infno, std::string_view input, const std::string& msgid,
                                 Instant now) const {
  JsonOut json;
  json.open_object().field("infno", infno).field("msgid", msgid);
  json.field("mdtrtarea_admvs", identity_.region).field("insuplc_admdvs", identity_.region);
  json.field("recer_sys_code", "fenming").field("dev_no", "").field("dev_safe_info", "").field("cainfo", "");
  json.field("signtype", "")
      .field("infver", "V1.0")
      .field("opter_type", "1")
      .field("opter", identity_.operator_no);
  json.field("opter_name", identity_.operator_no).field("inf_time", to_text(now).substr(0, 19));
  json.field("fixmedins_code", identity_.provider)
      .field("fixmedins_name", identity_.provider_name)
      .field("sign_no", "");
  json.key("input").raw(input).close_object();
  return json.take();
}

std::string WireClient::request(std::string_view body, Instant now, std::string_view content_type) {
  return fmt::format(
             "POST /fsi/api/rsfComIfsService/callService HTTP/1.1\r\nHost: node\r\nContent-Type: "
             "{}\r\nContent-Length: {}\r\n",
             content_type, body.size()) +
         signature(now) + "\r\n" + std::string(body);
}

WireAnswer WireClient::get(std::string_view path) {
  return connection_.exchange(
      fmt::format("GET {} HTTP/1.1\r\nHost: node\r\n{}\r\n", path, signature(system_now())));
}

std::string WireClient::signature(Instant now) {
  const Credential& credential = identity_.credential;
  std::string head;
  if (credential.variant == SignVariant::tif) {
    const std::string time = std::to_string(now.ms / 1000),
                      nonce = fmt::format("{:x}{:04x}{:08x}", now.ms, identity_.sequence_from, ++nonce_);
    head +=
        fmt::format("x-tif-paasid: {}\r\nx-tif-timestamp: {}\r\nx-tif-nonce: {}\r\nx-tif-signature: {}\r\n",
                    credential.access_key, time, nonce, sign_tif(credential.secret, time, nonce));
  } else if (credential.variant == SignVariant::csb) {
    const std::string time = std::to_string(now.ms);
    SignedHeaders headers;
    headers.key = credential.access_key, headers.timestamp = time, headers.name = "callService",
    headers.version = "1.0.0";
    head += fmt::format(
        "_api_name: {}\r\n_api_version: {}\r\n_api_timestamp: {}\r\n_api_access_key: {}\r\n_api_signature: "
        "{}\r\n",
        headers.name, headers.version, time, credential.access_key, sign_csb(credential.secret, headers));
  }
  return head;
}

// A kept connection may have been closed meanwhile: once more, signed anew, under the same message id.
WireAnswer WireClient::call(std::string_view infno, std::string_view input, std::string msgid) {
  msgid_ = msgid.empty() ? next_msgid(system_now()) : std::move(msgid);
  WireAnswer answer;
  for (int attempt = 0; attempt < 2 && answer.status == 0; ++attempt) {
    const Instant now = system_now();
    answer = connection_.exchange(request(envelope(infno, input, msgid_, now), now));
  }
  return answer;
}

}  // namespace fenming
