// WireClient: speaks the national interface to a node as a provider's system does, one message after the other on one kept connection.
// For the sample day, the tests and the load generator; it shares no code with the server but the signature rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "identity/gateway.h"

namespace fenming {

struct WireAnswer {
  unsigned status = 0;  // 0: the connection broke
  std::string head, body;

  bool ok() const;  // infcode 0
  std::string value(
      std::string_view name) const;  // the first member of that name anywhere, as text; "" when there is none
};

// The first of I1 to I5 that an answer with setlinfo breaks (spec/nhsa settlement_identities.md); "": none.
std::string broken_identity(const WireAnswer& answer);

class HttpConnection {  // blocking, keep-alive; opened anew when the other side closed it
 public:
  HttpConnection(std::string address, std::uint16_t port) : address_(std::move(address)), port_(port) {}
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;

  WireAnswer exchange(std::string_view bytes);  // a whole request
  bool send(std::string_view bytes);            // for what is no whole request
  WireAnswer receive();
  void close();

 private:
  bool open();
  std::string address_;
  std::uint16_t port_;
  int socket_ = -1;
  std::string buffer_;
};

struct WireIdentity {  // whose messages these are
  std::string provider, provider_name, operator_no = "op1", region;
  Credential credential;
  std::uint32_t sequence_from = 0,
                sequence_count =
                    10'000;  // of message numbers: two clients of one provider take different ones
};

class WireClient {
 public:
  WireClient(std::string address, std::uint16_t port, WireIdentity identity);

  // `input`: JSON of the input. A message id is made when none is given.
  WireAnswer call(std::string_view infno, std::string_view input, std::string msgid = {});
  std::string last_msgid() const { return msgid_; }

  std::string next_msgid(Instant now);
  std::string envelope(std::string_view infno, std::string_view input, const std::string& msgid,
                       Instant now) const;
  std::string request(
      std::string_view body, Instant now,
      std::string_view content_type = "application/json;charset=utf-8");  // head, signature and body
  WireAnswer get(std::string_view path);                                  // signed as a message is
  HttpConnection& connection() { return connection_; }
  WireIdentity& identity() { return identity_; }

 private:
  std::string signature(Instant now);  // lines of the head
  WireIdentity identity_;
  HttpConnection connection_;
  std::string msgid_;
  std::uint64_t number_ = 0, nonce_ = 0;
};

}  // namespace fenming
