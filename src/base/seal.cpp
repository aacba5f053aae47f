#include "base/seal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "base/check.h"

namespace fenming {
namespace {

constexpr char random_nonce = 1, synthetic_nonce = 2;  // versions
constexpr std::size_t nonce_size = 12, tag_size = 16, front_size = 2;
constexpr const char* part_of_openssl = "AES-256-GCM and HMAC are part of OpenSSL 3";

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// Fetched once: looking a method up costs as much as sealing a short text.
const EVP_CIPHER* gcm() {
  static const EVP_CIPHER* const method = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(method != nullptr, part_of_openssl);
  return method;
}

const std::uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}
std::uint8_t* bytes(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

// What the tag covers beside the text; sizes in front, so that no two pairs give the same bytes.
std::string authenticated(std::string_view front, std::string_view context) {
  return std::string(front) + std::to_string(context.size()) + ":" + std::string(context);
}

struct Parts {
  std::string_view front, key_id, nonce, text, tag;
};

std::optional<Parts> parts_of(std::string_view envelope) {
  if (envelope.size() < front_size || (envelope[0] != random_nonce && envelope[0] != synthetic_nonce))
    return std::nullopt;
  const std::size_t id_size = static_cast<std::uint8_t>(envelope[1]);
  if (id_size == 0 || id_size > key_id_size_max) return std::nullopt;
  if (envelope.size() < front_size + id_size + nonce_size + tag_size) return std::nullopt;
  Parts parts;
  parts.front = envelope.substr(0, front_size + id_size);
  parts.key_id = parts.front.substr(front_size);
  parts.nonce = envelope.substr(parts.front.size(), nonce_size);
  parts.text = envelope.substr(parts.front.size() + nonce_size);
  parts.tag = parts.text.substr(parts.text.size() - tag_size);
  parts.text.remove_suffix(tag_size);
  return parts;
}

struct Mac {  // fetched once, the digest too
  explicit Mac(std::string name)
      : method(EVP_MAC_fetch(nullptr, "HMAC", nullptr)), context(EVP_MAC_CTX_new(method)) {
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), name.size()),
        OSSL_PARAM_construct_end()};
    CHECK(method != nullptr && context != nullptr && EVP_MAC_CTX_set_params(context, parameters) == 1,
          part_of_openssl);
  }
  ~Mac() {
    EVP_MAC_CTX_free(context);
    EVP_MAC_free(method);
  }
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;
  Digest digest(std::string_view key, std::string_view message) const {
    Digest made{};
    std::size_t size = 0;
    const bool done = EVP_MAC_init(context, bytes(key), key.size(), nullptr) == 1 &&
                      EVP_MAC_update(context, bytes(message), message.size()) == 1 &&
                      EVP_MAC_final(context, made.data(), &size, made.size()) == 1 && size == made.size();
    CHECK(done, part_of_openssl);
    return made;
  }
  EVP_MAC* method;
  EVP_MAC_CTX* context;
};

}  // namespace

SecretKey SecretKey::random() {
  SecretKey key;
  CHECK(RAND_priv_bytes(key.bytes_.data(), static_cast<int>(key.bytes_.size())) == 1,
        "the system gives random bytes");
  return key;
}

std::optional<SecretKey> SecretKey::from_bytes(std::string_view bytes32) {
  SecretKey key;
  if (bytes32.size() != key.bytes_.size()) return std::nullopt;
  std::ranges::transform(bytes32, key.bytes_.begin(),
                         [](char byte) { return static_cast<std::uint8_t>(byte); });
  return key;
}

std::optional<SecretKey> SecretKey::from_hex(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  SecretKey key;
  if (text.size() != 2 * key.bytes_.size()) return std::nullopt;
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t value = digits.find(text[i]);
    if (value == std::string_view::npos) return std::nullopt;
    key.bytes_[i / 2] = static_cast<std::uint8_t>(key.bytes_[i / 2] * 16 + value);
  }
  return key;
}

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

namespace {

std::string seal_with(const SecretKey& key, std::string_view key_id, std::string_view context,
                      std::string_view plain, char version, std::string_view nonce) {
  CHECK(!key_id.empty() && key_id.size() <= key_id_size_max, "ids of keys are made by us");
  std::string envelope{version, static_cast<char>(key_id.size())};
  envelope.append(key_id);
  const std::string also = authenticated(envelope, context);
  std::string text(plain.size(), '\0'), tag(tag_size, '\0');
  const Context cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      cipher && EVP_EncryptInit_ex(cipher.get(), gcm(), nullptr, key.data(), bytes(nonce)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, bytes(also), static_cast<int>(also.size())) == 1 &&
      EVP_EncryptUpdate(cipher.get(), bytes(text), &size, bytes(plain), static_cast<int>(plain.size())) ==
          1 &&
      EVP_EncryptFinal_ex(cipher.get(), bytes(tag), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_size, bytes(tag)) == 1;
  CHECK(done, part_of_openssl);
  return envelope.append(nonce).append(text).append(tag);
}

}  // namespace

std::string seal(const SecretKey& key, std::string_view key_id, std::string_view context,
                 std::string_view plain) {
  std::string nonce(nonce_size, '\0');
  CHECK(RAND_bytes(bytes(nonce), nonce_size) == 1, "the system gives random bytes");
  return seal_with(key, key_id, context, plain, random_nonce, nonce);
}

std::string seal_same(const SecretKey& key, std::string_view key_id, std::string_view context,
                      std::string_view plain) {
  std::string text("same nonce for the same text");
  text.append(1, '\0').append(std::to_string(context.size())).append(1, '\0').append(context).append(plain);
  thread_local const Mac mac("SHA256");
  const Digest digest = mac.digest(key.bytes(), text);
  return seal_with(key, key_id, context, plain, synthetic_nonce, bytes_of(digest).substr(0, nonce_size));
}

std::expected<std::string, SealFault> open_sealed(const SecretKey& key, std::string_view context,
                                                  std::string_view envelope) {
  const auto parts = parts_of(envelope);
  if (!parts) return std::unexpected(SealFault::malformed);
  const std::string also = authenticated(parts->front, context);
  std::string plain(parts->text.size(), '\0'), tag(parts->tag), rest(tag_size, '\0');
  const Context cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool ready =
      cipher && EVP_DecryptInit_ex(cipher.get(), gcm(), nullptr, key.data(), bytes(parts->nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, bytes(also), static_cast<int>(also.size())) == 1 &&
      EVP_DecryptUpdate(cipher.get(), bytes(plain), &size, bytes(parts->text),
                        static_cast<int>(parts->text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_size, bytes(tag)) == 1;
  CHECK(ready, part_of_openssl);
  if (EVP_DecryptFinal_ex(cipher.get(), bytes(rest), &size) == 1) return plain;
  OPENSSL_cleanse(plain.data(), plain.size());
  return std::unexpected(SealFault::wrong);
}

std::optional<std::string_view> sealed_key_id(std::string_view envelope) {
  const auto parts = parts_of(envelope);
  return parts ? std::optional(parts->key_id) : std::nullopt;
}

bool sealed_alike(std::string_view one, std::string_view other) {
  const auto first = parts_of(one), second = parts_of(other);
  return first && second && first->front == second->front;
}

std::string normalised_number(std::string_view number) {
  std::string text;
  for (const char c : number)
    if (c != ' ' && c != '\t' && c != '-')
      text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

Digest hmac_sm3(std::string_view key, std::string_view message) {
  thread_local const Mac mac("SM3");
  return mac.digest(key, message);
}

Digest blind_index(const SecretKey& key, std::string_view field, std::string_view number) {
  return hmac_sm3(key.bytes(),
                  std::to_string(field.size()) + ":" + std::string(field) + normalised_number(number));
}

}  // namespace fenming
