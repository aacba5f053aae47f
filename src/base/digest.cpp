#include "base/digest.h"

#include <openssl/evp.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "base/check.h"

namespace fenming {
namespace {

struct Sm3 {  // fetched once: looking the algorithm up costs more than a short digest
  Sm3() : method(EVP_MD_fetch(nullptr, "SM3", nullptr)), context(EVP_MD_CTX_new()) {
    CHECK(method != nullptr && context != nullptr, "SM3 is part of OpenSSL 3");
  }
  ~Sm3() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(method);
  }
  Sm3(const Sm3&) = delete;
  Sm3& operator=(const Sm3&) = delete;
  EVP_MD* method;
  EVP_MD_CTX* context;
};

std::size_t left_size(std::size_t count) { return std::bit_floor(count - 1); }

Digest node(const Digest& left, const Digest& right) {
  return sm3({"\x01", bytes_of(left), bytes_of(right)});
}

}  // namespace

Digest sm3(std::initializer_list<std::string_view> parts) {
  thread_local const Sm3 engine;
  Digest digest{};
  unsigned length = 0;
  int ok = EVP_DigestInit_ex(engine.context, engine.method, nullptr);
  for (const std::string_view part : parts) ok &= EVP_DigestUpdate(engine.context, part.data(), part.size());
  ok &= EVP_DigestFinal_ex(engine.context, digest.data(), &length);
  CHECK(ok == 1 && length == digest.size(), "SM3 is part of OpenSSL 3");
  return digest;
}

Digest sm3(std::string_view bytes) { return sm3({bytes}); }

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const char byte : bytes) {
    text += digits[static_cast<std::uint8_t>(byte) >> 4];
    text += digits[static_cast<std::uint8_t>(byte) & 15];
  }
  return text;
}

std::string sm3_hex(std::string_view bytes) { return to_hex(bytes_of(sm3(bytes))); }

Digest to_digest(std::string_view bytes32) {
  Digest digest{};
  CHECK(bytes32.size() == digest.size(), "a digest has 32 bytes");
  std::ranges::transform(bytes32, digest.begin(), [](char byte) { return static_cast<std::uint8_t>(byte); });
  return digest;
}

Digest merkle_leaf(std::string_view bytes) { return sm3({std::string_view("\0", 1), bytes}); }

Digest merkle_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return sm3("");
  if (leaves.size() == 1) return leaves.front();
  const std::size_t left = left_size(leaves.size());
  return node(merkle_root(leaves.first(left)), merkle_root(leaves.subspan(left)));
}

std::vector<Digest> merkle_path(std::span<const Digest> leaves, std::size_t index) {
  CHECK(index < leaves.size(), "the leaf is one of the leaves");
  if (leaves.size() == 1) return {};
  const std::size_t left = left_size(leaves.size());
  const bool goes_left = index < left;
  auto path =
      goes_left ? merkle_path(leaves.first(left), index) : merkle_path(leaves.subspan(left), index - left);
  path.push_back(merkle_root(goes_left ? leaves.subspan(left) : leaves.first(left)));
  return path;
}

Digest merkle_climb(const Digest& leaf, std::size_t index, std::size_t count, std::span<const Digest> path) {
  if (count <= 1 || path.empty()) return leaf;
  const std::size_t left = left_size(count);
  const auto rest = path.first(path.size() - 1);
  return index < left ? node(merkle_climb(leaf, index, left, rest), path.back())
                      : node(path.back(), merkle_climb(leaf, index - left, count - left, rest));
}

}  // namespace fenming
