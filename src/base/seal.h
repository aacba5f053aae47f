// Seal: personal data as ciphertext, AES-256-GCM under a data key, and the index by which it is found again. Keys are bytes in
// memory, wiped when they go; where they are kept is key_ring.h's and the caller's business.
//
//   envelope = version (1 byte: 1, or 2 where the nonce is made of the text) ‖ size of the key's id (1 byte) ‖ id ‖ nonce (12 bytes) ‖ ciphertext ‖ tag (16 bytes)
//
// Version, id and `context` (whose data it is) are authenticated: an envelope moved to another person does not open.
#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.h"

namespace fenming {

class SecretKey {  // 256 bits
 public:
  static SecretKey random();
  static std::optional<SecretKey> from_bytes(std::string_view bytes32);
  static std::optional<SecretKey> from_hex(
      std::string_view text);  // as in a key file; blanks around it are forgiven
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;

  std::string_view bytes() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }
  const std::uint8_t* data() const { return bytes_.data(); }

 private:
  SecretKey() = default;
  std::array<std::uint8_t, 32> bytes_{};
};

enum class SealFault : std::uint8_t {
  malformed,    // no envelope of this version
  wrong,        // another key, another context, or altered
  key_unknown,  // the ring never had this key
  key_erased    // its persons were erased
};

inline constexpr std::size_t key_id_size_max = 64;

// `key_id`: 1 to 64 bytes. Every call takes a fresh random nonce: sealing the same text twice gives different bytes.
std::string seal(const SecretKey& key, std::string_view key_id, std::string_view context,
                 std::string_view plain);
// The same text gives the same bytes: the nonce is HMAC-SHA-256 of context and text, cut (a synthetic IV). For what must stay
// comparable. Before, it was version 1 with HMAC-SM3, which takes some seven times as long.
std::string seal_same(const SecretKey& key, std::string_view key_id, std::string_view context,
                      std::string_view plain);
std::expected<std::string, SealFault> open_sealed(const SecretKey& key, std::string_view context,
                                                  std::string_view envelope);
std::optional<std::string_view> sealed_key_id(std::string_view envelope);
// Two that were sealed to be compared can be: under one key, in one way. Else other bytes say nothing of the texts.
bool sealed_alike(std::string_view one, std::string_view other);

// HMAC-SM3 over the field's name and the number as everybody would write it: without blanks and hyphens, letters in capitals.
Digest blind_index(const SecretKey& key, std::string_view field, std::string_view number);
std::string normalised_number(std::string_view number);
Digest hmac_sm3(std::string_view key, std::string_view message);

}  // namespace fenming
