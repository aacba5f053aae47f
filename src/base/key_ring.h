// KeyRing: the data keys under which personal data is sealed, each wrapped by the master key. A plain value with a text of its own
// (a file in the key folder, outside the store); the master key never stands in it.
//
//   key <id> <id of the master key> <hex of the wrapped key: an envelope of seal.h>
//   erased <id>
//
// Rotation wraps the same data keys under a new master key: no ciphertext of a person changes. Erasing a key makes everything
// sealed under it unreadable for good, in every copy of the store.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/seal.h"

namespace fenming {

class KeyRing {
 public:
  static std::expected<KeyRing, std::size_t> read(
      std::string_view text);  // else the first line that cannot be read
  std::string write() const;

  // A new random key. False: the id is in use, was erased, or is no id (1 to 64 of a-z A-Z 0-9 - _ .).
  bool add(std::string_view id, const SecretKey& master, std::string_view master_id);
  std::expected<SecretKey, SealFault> key(std::string_view id, const SecretKey& master) const;
  bool erase(std::string_view id);  // false: not there
  // All or nothing: `wrong` when one key is not under the old master.
  std::expected<std::size_t, SealFault> rewrap(const SecretKey& old_master, const SecretKey& new_master,
                                               std::string_view new_master_id);

  std::expected<std::string, SealFault> seal(std::string_view id, const SecretKey& master,
                                             std::string_view context, std::string_view plain) const;
  // By the key that the envelope names.
  std::expected<std::string, SealFault> open(const SecretKey& master, std::string_view context,
                                             std::string_view envelope) const;

  bool known(std::string_view id) const { return keys_.contains(id); }
  std::size_t size() const { return keys_.size(); }

 private:
  struct Wrapped {
    std::string master_id, envelope;  // empty: erased
  };
  std::map<std::string, Wrapped, std::less<>> keys_;
};

}  // namespace fenming
