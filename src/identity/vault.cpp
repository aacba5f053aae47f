#include "identity/vault.h"

#include <fmt/format.h>

#include "base/check.h"

namespace fenming {

std::string Vault::group_of(std::string_view psn_no) {
  return fmt::format("g{:03}", sm3(psn_no).front() % groups);
}

std::optional<Vault> Vault::open(const KeyRing& ring, const SecretKey& master, const SecretKey& index) {
  Vault vault(index);
  for (unsigned group = 0; group < groups; ++group) {
    const std::string id = fmt::format("g{:03}", group);
    const auto key = ring.key(id, master);
    if (key)
      vault.keys_.emplace(id, *key);
    else if (key.error() != SealFault::key_erased)
      return std::nullopt;
  }
  return vault;
}

std::string Vault::seal(std::string_view psn_no, std::string_view plain) const {
  const std::string group = group_of(psn_no);
  const auto key = keys_.find(group);
  return key == keys_.end() ? std::string() : fenming::seal(key->second, group, psn_no, plain);
}

std::string Vault::seal_same(std::string_view psn_no, std::string_view plain) const {
  const std::string group = group_of(psn_no);
  const auto key = keys_.find(group);
  return key == keys_.end() ? std::string() : fenming::seal_same(key->second, group, psn_no, plain);
}

std::optional<std::string> Vault::unseal(std::string_view psn_no, std::string_view sealed) const {
  const auto id = sealed_key_id(sealed);
  if (!id) return std::nullopt;
  const auto key = keys_.find(*id);
  if (key == keys_.end()) return std::nullopt;
  auto plain = open_sealed(key->second, psn_no, sealed);
  return plain ? std::optional(std::move(*plain)) : std::nullopt;
}

std::string Vault::found_by(std::string_view number) const {
  return to_hex(bytes_of(blind_index(index_, "number", number)));
}

}  // namespace fenming
