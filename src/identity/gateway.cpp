#include "identity/gateway.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <charconv>

#include "base/digest.h"

namespace fenming {
namespace {

// Milliseconds; nothing when it is no time of this unit.
std::optional<std::int64_t> time_of(std::string_view text, TimeUnit unit) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  const bool milliseconds = unit == TimeUnit::milliseconds || (unit == TimeUnit::any && text.size() >= 13);
  if (milliseconds) return value;
  constexpr std::int64_t seconds_max = INT64_MAX / 1000;
  return value > seconds_max ? std::nullopt : std::optional(value * 1000);
}

bool equal(std::string_view a, std::string_view b) {  // takes as long wherever they differ
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace

std::string sign_tif(std::string_view secret, std::string_view timestamp, std::string_view nonce) {
  std::string text;
  text.reserve(timestamp.size() * 2 + secret.size() + nonce.size());
  text.append(timestamp).append(secret).append(nonce).append(timestamp);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  static const EVP_MD* const sha256 =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);  // a look-up costs more than the digest
  EVP_Digest(text.data(), text.size(), digest, &size, sha256, nullptr);
  return to_hex({reinterpret_cast<const char*>(digest), size});
}

std::string sign_csb(std::string_view secret, const SignedHeaders& headers) {
  std::string text;
  text.append("_api_access_key=").append(headers.key).append("&_api_name=").append(headers.name);
  text.append("&_api_timestamp=").append(headers.timestamp).append("&_api_version=").append(headers.version);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  unsigned char base64[2 * EVP_MAX_MD_SIZE];
  const int length = EVP_EncodeBlock(base64, digest, static_cast<int>(size));
  return {reinterpret_cast<const char*>(base64), static_cast<std::size_t>(length)};
}

// Two generations: one is filled, the other only asked. A generation is dropped when the last nonce in it is past its time, whatever times
// the clients' clocks give the others, or when the other one is full.
bool Nonces::fresh(std::string_view access_key, std::string_view timestamp, std::string_view nonce,
                   Instant until, Instant now) {
  std::string key;
  key.append(access_key).append(1, '\0').append(timestamp).append(1, '\0').append(nonce);
  if (now.ms > before_until_ms_ || current_.size() >= size_max_ / 2) {
    before_ = std::move(current_);
    before_until_ms_ = current_until_ms_;
    current_.clear();
    current_until_ms_ = 0;
  }
  if (before_.contains(key)) return false;
  current_until_ms_ = std::max(current_until_ms_, until.ms);
  return current_.insert(std::move(key)).second;
}

// REQ SEC-03
std::optional<SignFault> check_signature(const SignedHeaders& headers, const Credential* credential,
                                         Nonces& nonces, Instant now) {
  const bool tif = headers.variant == SignVariant::tif;
  if (headers.variant == SignVariant::none || headers.key.empty() || headers.timestamp.empty() ||
      headers.signature.empty() ||
      (tif ? headers.nonce.empty() : headers.name.empty() || headers.version.empty()))
    return SignFault::header_missing;
  const auto time = time_of(headers.timestamp, credential == nullptr ? TimeUnit::any : credential->unit);
  const std::int64_t window = (credential == nullptr ? 30 * 60 : credential->window_seconds) * 1000;
  if (!time || *time > now.ms + window || *time < now.ms - window) return SignFault::time_off;
  const bool once = tif && credential != nullptr && credential->nonce_once;
  if (once && *time < nonces.remembered_from().ms) return SignFault::time_off;
  if (credential == nullptr || credential->variant != headers.variant) return SignFault::user_unknown;
  const bool same =
      tif ? equal(sign_tif(credential->secret, headers.timestamp, headers.nonce), lower(headers.signature))
          : equal(sign_csb(credential->secret, headers), headers.signature);
  if (!same) return SignFault::differs;
  if (once && !nonces.fresh(headers.key, headers.timestamp, headers.nonce, Instant{*time + window}, now))
    return SignFault::replayed;
  return std::nullopt;
}

}  // namespace fenming
