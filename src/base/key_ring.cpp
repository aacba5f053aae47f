#include "base/key_ring.h"

#include <algorithm>

#include "base/digest.h"

namespace fenming {
namespace {

std::string context_of(std::string_view id) { return "data key " + std::string(id); }

bool is_id(std::string_view id) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !id.empty() && id.size() <= key_id_size_max &&
         id.find_first_not_of(allowed) == std::string_view::npos;
}

std::string_view next_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

std::optional<std::string> from_hex(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (text.empty() || text.size() % 2 != 0 || text.find_first_not_of(digits) != std::string_view::npos)
    return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2)
    bytes += static_cast<char>(digits.find(text[i]) * 16 + digits.find(text[i + 1]));
  return bytes;
}

}  // namespace

std::expected<KeyRing, std::size_t> KeyRing::read(std::string_view text) {
  KeyRing ring;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    const std::string_view what = next_word(line), id = next_word(line);
    Wrapped wrapped;
    if (what == "key") {
      wrapped.master_id = next_word(line);
      const auto envelope = from_hex(line);
      if (!is_id(wrapped.master_id) || !envelope || !sealed_key_id(*envelope)) return std::unexpected(number);
      wrapped.envelope = *envelope;
    } else if (what != "erased" || !line.empty()) {
      return std::unexpected(number);
    }
    if (!is_id(id) || !ring.keys_.emplace(id, std::move(wrapped)).second) return std::unexpected(number);
  }
  return ring;
}

std::string KeyRing::write() const {
  std::string text;
  for (const auto& [id, wrapped] : keys_)
    text += wrapped.envelope.empty()
                ? "erased " + id + "\n"
                : "key " + id + " " + wrapped.master_id + " " + to_hex(wrapped.envelope) + "\n";
  return text;
}

bool KeyRing::add(std::string_view id, const SecretKey& master, std::string_view master_id) {
  if (!is_id(id) || !is_id(master_id) || keys_.contains(id)) return false;
  const SecretKey fresh = SecretKey::random();
  keys_.emplace(
      id, Wrapped{std::string(master_id), fenming::seal(master, master_id, context_of(id), fresh.bytes())});
  return true;
}

std::expected<SecretKey, SealFault> KeyRing::key(std::string_view id, const SecretKey& master) const {
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::unexpected(SealFault::key_unknown);
  if (found->second.envelope.empty()) return std::unexpected(SealFault::key_erased);
  const auto bytes = open_sealed(master, context_of(id), found->second.envelope);
  if (!bytes) return std::unexpected(bytes.error());
  const auto key = SecretKey::from_bytes(*bytes);
  if (!key) return std::unexpected(SealFault::malformed);
  return *key;
}

bool KeyRing::erase(std::string_view id) {
  const auto found = keys_.find(id);
  if (found == keys_.end() || found->second.envelope.empty()) return false;
  found->second = {};
  return true;
}

std::expected<std::size_t, SealFault> KeyRing::rewrap(const SecretKey& old_master,
                                                      const SecretKey& new_master,
                                                      std::string_view new_master_id) {
  if (!is_id(new_master_id)) return std::unexpected(SealFault::malformed);
  auto renewed = keys_;
  std::size_t count = 0;
  for (auto& [id, wrapped] : renewed) {
    if (wrapped.envelope.empty()) continue;
    const auto data_key = key(id, old_master);
    if (!data_key) return std::unexpected(data_key.error());
    wrapped = {std::string(new_master_id),
               fenming::seal(new_master, new_master_id, context_of(id), data_key->bytes())};
    ++count;
  }
  keys_ = std::move(renewed);
  return count;
}

std::expected<std::string, SealFault> KeyRing::seal(std::string_view id, const SecretKey& master,
                                                    std::string_view context, std::string_view plain) const {
  const auto data_key = key(id, master);
  if (!data_key) return std::unexpected(data_key.error());
  return fenming::seal(*data_key, id, context, plain);
}

std::expected<std::string, SealFault> KeyRing::open(const SecretKey& master, std::string_view context,
                                                    std::string_view envelope) const {
  const auto id = sealed_key_id(envelope);
  if (!id) return std::unexpected(SealFault::malformed);
  const auto data_key = key(*id, master);
  if (!data_key) return std::unexpected(data_key.error());
  return open_sealed(*data_key, context, envelope);
}

}  // namespace fenming
