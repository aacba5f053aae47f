// The signatures that a provider's system puts into the headers of a message (spec/nhsa envelope.md 3.2), checked. The body is not
// covered by them: TLS protects it on its way, and a message id settles only once.
//
//   tif   x-tif-paasid, x-tif-timestamp, x-tif-nonce, x-tif-signature = hex(SHA-256(timestamp + secret + nonce + timestamp))
//   csb   _api_name, _api_version, _api_timestamp, _api_access_key, _api_signature
//           = Base64(HMAC-SHA1(secret, "_api_access_key=…&_api_name=…&_api_timestamp=…&_api_version=…"))
//   none  nothing: a front-end machine in the same network vouches
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "base/instant.h"

namespace fenming {

enum class SignVariant : std::uint8_t { none, tif, csb };
enum class TimeUnit : std::uint8_t { any, seconds, milliseconds };  // any: by the number of digits

struct Credential {
  std::string access_key, secret, provider;  // provider: fixmedins_code
  SignVariant variant = SignVariant::tif;
  TimeUnit unit = TimeUnit::any;
  std::int64_t window_seconds = 30 * 60;
  bool nonce_once = true;  // tif: a nonce is good for one message
};

struct SignedHeaders {                                // as they came; empty: not there
  std::string_view key, timestamp, nonce, signature;  // key: paasid or access key
  std::string_view name, version;                     // csb
  SignVariant variant = SignVariant::none;            // by which headers were there
};

// Any header of a variant makes it that variant's. `header(name)` gives "" for one that is not there.
template <class Header>
SignedHeaders signed_headers(const Header& header) {
  SignedHeaders found;
  found.key = header("x-tif-paasid"), found.timestamp = header("x-tif-timestamp");
  found.nonce = header("x-tif-nonce"), found.signature = header("x-tif-signature");
  if (!found.key.empty() || !found.timestamp.empty() || !found.nonce.empty() || !found.signature.empty()) {
    found.variant = SignVariant::tif;
    return found;
  }
  found.key = header("_api_access_key"), found.timestamp = header("_api_timestamp");
  found.signature = header("_api_signature");
  found.name = header("_api_name"), found.version = header("_api_version");
  if (!found.key.empty() || !found.timestamp.empty() || !found.signature.empty())
    found.variant = SignVariant::csb;
  return found;
}

std::string sign_tif(std::string_view secret, std::string_view timestamp, std::string_view nonce);
std::string sign_csb(std::string_view secret, const SignedHeaders& headers);

// Nonces seen inside the window; a nonce is known by its key, time and text. Bounded: when it is full the oldest half goes.
class Nonces {
 public:
  explicit Nonces(std::size_t size_max = 2'000'000) : size_max_(size_max) {}
  bool fresh(std::string_view access_key, std::string_view timestamp, std::string_view nonce, Instant until,
             Instant now);
  // What was signed before this moment may have been seen by a node of before and is not known here.
  void remember_from(Instant from) { from_ = from; }
  Instant remembered_from() const { return from_; }

 private:
  std::size_t size_max_;
  Instant from_{INT64_MIN};
  std::unordered_set<std::string> current_, before_;
  std::int64_t current_until_ms_ = 0, before_until_ms_ = 0;  // when the last of each is past
};

// What is wrong with a signature, in the order of the checks. Where a nonce is good once, a time before Nonces::remembered_from is off. The first four have a message of their own in the written interface.
enum class SignFault : std::uint8_t { header_missing, time_off, user_unknown, differs, replayed };

// `credential`: of headers.key; nullptr: there is none.
std::optional<SignFault> check_signature(const SignedHeaders& headers, const Credential* credential,
                                         Nonces& nonces, Instant now);

}  // namespace fenming
