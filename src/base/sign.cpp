#include "base/sign.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/check.h"

namespace fenming {
namespace {

constexpr const char* part_of_openssl = "SM2 is part of OpenSSL 3";

template <auto Free>
struct With {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Text = std::unique_ptr<BIO, With<BIO_free>>;
using Digester = std::unique_ptr<EVP_MD_CTX, With<EVP_MD_CTX_free>>;

const std::uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}
EVP_PKEY* raw(const SigningKeyHandle& key) { return static_cast<EVP_PKEY*>(key.get()); }

SigningKeyHandle held(EVP_PKEY* key) {
  return {key, [](void* pointer) { EVP_PKEY_free(static_cast<EVP_PKEY*>(pointer)); }};
}

Text reading(std::string_view pem) { return Text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

std::string written(BIO* memory) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(memory, &start);
  return {start, static_cast<std::size_t>(size)};
}

std::string public_pem_of(EVP_PKEY* key) {
  const Text memory(BIO_new(BIO_s_mem()));
  CHECK(memory && PEM_write_bio_PUBKEY(memory.get(), key) == 1, part_of_openssl);
  return written(memory.get());
}

// A strange text leaves its errors in OpenSSL's queue, where the next caller would find them.
std::optional<SigningKeyHandle> sm2_key(EVP_PKEY* read) {
  ERR_clear_error();
  if (read == nullptr) return std::nullopt;
  SigningKeyHandle key = held(read);
  return EVP_PKEY_is_a(read, "SM2") == 1 ? std::optional(key) : std::nullopt;
}

// The user's name that the standard takes where nothing else is agreed (GB/T 35276, 10).
constexpr std::string_view default_user = "1234567812345678";

// Named after Init: OpenSSL 3.0.19 refuses a name that is given with it.
template <class Init>
Digester digester(Init init, EVP_PKEY* key) {
  Digester context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* of_key = nullptr;
  const bool ready =
      context && init(context.get(), &of_key, "SM3", nullptr, nullptr, key, nullptr) == 1 &&
      EVP_PKEY_CTX_set1_id(of_key, default_user.data(), static_cast<int>(default_user.size())) == 1;
  CHECK(ready, part_of_openssl);
  return context;
}

}  // namespace

SigningKeys new_signing_keys() {
  const SigningKeyHandle key = held(EVP_PKEY_Q_keygen(nullptr, nullptr, "SM2"));
  CHECK(key, part_of_openssl);
  const Text memory(BIO_new(BIO_s_secmem()));
  CHECK(memory &&
            PEM_write_bio_PKCS8PrivateKey(memory.get(), raw(key), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        part_of_openssl);
  return {written(memory.get()), public_pem_of(raw(key))};
}

std::optional<Signer> Signer::open(std::string_view private_pem) {
  const Text text = reading(private_pem);
  auto key = sm2_key(PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr));
  return key ? std::optional(Signer(std::move(*key))) : std::nullopt;
}

std::string Signer::sign(std::string_view message) const {
  const Digester context = digester(EVP_DigestSignInit_ex, raw(key_));
  std::size_t size = 0;
  std::string signature;
  bool done = EVP_DigestSign(context.get(), nullptr, &size, bytes(message), message.size()) == 1;
  signature.resize(size);
  done = done && EVP_DigestSign(context.get(), reinterpret_cast<std::uint8_t*>(signature.data()), &size,
                                bytes(message), message.size()) == 1;
  CHECK(done, part_of_openssl);
  signature.resize(size);
  return signature;
}

std::string Signer::public_pem() const { return public_pem_of(raw(key_)); }

std::optional<Verifier> Verifier::open(std::string_view public_pem) {
  const Text text = reading(public_pem);
  auto key = sm2_key(PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr));
  return key ? std::optional(Verifier(std::move(*key))) : std::nullopt;
}

bool Verifier::verify(std::string_view message, std::string_view signature) const {
  const Digester context = digester(EVP_DigestVerifyInit_ex, raw(key_));
  const bool sound = EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                                      message.size()) == 1;
  ERR_clear_error();
  return sound;
}

}  // namespace fenming
