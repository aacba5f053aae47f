#include "identity/vault.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "base/digest.h"

namespace fenming {

std::vector<std::string> Vault::all_groups() {
  std::vector<std::string> all;
  for (unsigned group = 0; group < groups; ++group) all.push_back(fmt::format("g{:03}", group));
  for (unsigned group = 0; group < provider_groups; ++group) all.push_back(fmt::format("p{:02}", group));
  return all;
}

std::string Vault::group_of(std::string_view psn_no) {
  return fmt::format("g{:03}", sm3(psn_no).front() % groups);
}

std::string Vault::provider_group(std::string_view provider) {
  return fmt::format("p{:02}", sm3(provider).front() % provider_groups);
}

bool Vault::is_group(std::string_view name) {
  const std::vector<std::string> all = all_groups();
  return std::ranges::find(all, name) != all.end();
}

std::string Vault::key_id(std::string_view group, unsigned nth) {
  return nth == 1 ? std::string(group) : fmt::format("{}.{}", group, nth);
}

unsigned Vault::newest(const KeyRing& ring, std::string_view group) {
  unsigned nth = 0;
  while (ring.known(key_id(group, nth + 1))) ++nth;
  return nth;
}

std::optional<Vault> Vault::open(const KeyRing& ring, const SecretKey& master, const SecretKey& index) {
  Vault vault(index);
  for (const std::string& group : all_groups()) {
    const unsigned last = newest(ring, group);
    if (last == 0) return std::nullopt;
    for (unsigned nth = 1; nth <= last; ++nth) {
      const std::string id = key_id(group, nth);
      const auto key = ring.key(id, master);
      if (key) vault.keys_.emplace(id, *key);
      const bool erased = !key && key.error() == SealFault::key_erased;
      if (!key && (!erased || nth == last))
        return std::nullopt;  // what comes next must be sealed with something
    }
    vault.newest_.emplace(group, key_id(group, last));
  }
  return vault;
}

const Vault::Keys::value_type& Vault::now(std::string_view group) const {
  const auto id = newest_.find(group);
  CHECK(id != newest_.end(), "open() finds a key for every group");
  return *keys_.find(id->second);
}

std::string Vault::seal(std::string_view psn_no, std::string_view plain) const {
  const auto& [id, key] = now(group_of(psn_no));
  return fenming::seal(key, id, psn_no, plain);
}

std::string Vault::seal_same(std::string_view psn_no, std::string_view plain) const {
  const auto& [id, key] = now(group_of(psn_no));
  return fenming::seal_same(key, id, psn_no, plain);
}

std::string Vault::seal_same_of_provider(std::string_view provider, std::string_view plain) const {
  const auto& [id, key] = now(provider_group(provider));
  return fenming::seal_same(key, id, provider, plain);
}

std::optional<std::string> Vault::unseal(std::string_view owner, std::string_view sealed) const {
  const auto id = sealed_key_id(sealed);
  if (!id) return std::nullopt;
  const auto key = keys_.find(*id);
  if (key == keys_.end()) return std::nullopt;
  auto plain = open_sealed(key->second, owner, sealed);
  return plain ? std::optional(std::move(*plain)) : std::nullopt;
}

std::string Vault::found_by(std::string_view number) const {
  return to_hex(bytes_of(blind_index(index_, "number", number)));
}

}  // namespace fenming
