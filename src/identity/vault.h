// Vault: the personal data of the register, sealed and opened, and the digests by which a person is found. The keys are values; where
// they are kept is the caller's business.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/key_ring.h"

namespace fenming {

struct PersonData {  // what the register knows of a person and no record shows
  std::string name, certno, phone, address;
};

class Vault {  // any number of threads
 public:
  // Every person belongs to one of these groups, every provider (what it keeps under no psn_no: files, lists of its own, records of patients
  // who are not insured and, as the interface has them, of visits) to one of its own; each group has a data key.
  // Erasing a key makes all that its group sealed until then unreadable; what comes later is sealed under the group's next key: "g017",
  // then "g017.2", "g017.3".
  static constexpr unsigned groups = 256, provider_groups = 16;
  static std::vector<std::string> all_groups();  // "g000" to "g255", "p00" to "p15"
  static bool is_group(std::string_view name);
  static std::string group_of(std::string_view psn_no);             // "g000" to "g255"
  static std::string provider_group(std::string_view provider);     // "p00" to "p15"
  static std::string key_id(std::string_view group, unsigned nth);  // from 1
  static unsigned newest(const KeyRing& ring,
                         std::string_view group);  // nth of its last key, erased or not; 0: none

  // Nothing: the ring lacks the key that a group seals with or is not under this master.
  static std::optional<Vault> open(const KeyRing& ring, const SecretKey& master, const SecretKey& index);

  // `owner` is whose data it is and opens with it.
  std::string seal(std::string_view psn_no, std::string_view plain) const;  // another ciphertext each time
  std::string seal_same(std::string_view psn_no, std::string_view plain) const;  // comparable (base/seal.h)
  std::string seal_same_of_provider(std::string_view provider, std::string_view plain) const;
  std::optional<std::string> unseal(std::string_view owner, std::string_view sealed) const;
  std::string found_by(std::string_view number) const;  // blind index, 64 hexadecimal digits

 private:
  explicit Vault(const SecretKey& index) : index_(index) {}
  using Keys = std::map<std::string, SecretKey, std::less<>>;
  const Keys::value_type& now(std::string_view group) const;  // what it seals with
  Keys keys_;                                                 // by id, unwrapped: all that are not erased
  std::map<std::string, std::string, std::less<>> newest_;    // group → id
  SecretKey index_;
};

}  // namespace fenming
