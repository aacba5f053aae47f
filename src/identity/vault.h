// Vault: the personal data of the register, sealed and opened, and the digests by which a person is found. The keys are values; where
// they are kept is the caller's business.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/key_ring.h"

namespace fenming {

struct PersonData {  // what the register knows of a person and no record shows
  std::string name, certno, phone, address;
};

class Vault {  // any number of threads
 public:
  // Every person belongs to one of these groups, each with a data key: erasing a key erases its group.
  static constexpr unsigned groups = 256;
  static std::string group_of(std::string_view psn_no);  // "g000" to "g255"

  // Nothing: the ring lacks a group's key or is not under this master.
  static std::optional<Vault> open(const KeyRing& ring, const SecretKey& master, const SecretKey& index);

  std::string seal(std::string_view psn_no, std::string_view plain) const;  // another ciphertext each time
  std::string seal_same(std::string_view psn_no, std::string_view plain) const;  // comparable (base/seal.h)
  std::optional<std::string> unseal(std::string_view psn_no, std::string_view sealed) const;
  std::string found_by(std::string_view number) const;  // blind index, 64 hexadecimal digits

 private:
  explicit Vault(const SecretKey& index) : index_(index) {}
  std::map<std::string, SecretKey, std::less<>> keys_;  // unwrapped
  SecretKey index_;
};

}  // namespace fenming
