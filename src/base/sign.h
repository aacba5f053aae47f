// SM2 signatures (GB/T 32918, with SM3, DER, user id 1234567812345678): who holds the private key signs, whoever has the public key
// checks. Keys are PEM texts; where they are kept is the caller's business.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fenming {

struct SigningKeys {
  std::string private_pem, public_pem;  // PKCS #8 without a password; SubjectPublicKeyInfo
};
SigningKeys new_signing_keys();

using SigningKeyHandle = std::shared_ptr<void>;

class Signer {  // any number of threads
 public:
  static std::optional<Signer> open(std::string_view private_pem);  // nothing: no SM2 private key
  std::string sign(std::string_view message) const;                 // DER; another one each time
  std::string public_pem() const;

 private:
  explicit Signer(SigningKeyHandle key) : key_(std::move(key)) {}
  SigningKeyHandle key_;
};

class Verifier {  // any number of threads
 public:
  static std::optional<Verifier> open(std::string_view public_pem);  // nothing: no SM2 public key
  bool verify(std::string_view message, std::string_view signature) const;

 private:
  explicit Verifier(SigningKeyHandle key) : key_(std::move(key)) {}
  SigningKeyHandle key_;
};

}  // namespace fenming
