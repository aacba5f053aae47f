#include "protocol/wire_bytes.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace fenming {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> values = [] {
  std::array<std::int8_t, 256> made{};
  made.fill(-1);
  for (std::size_t i = 0; i < letters.size(); ++i)
    made[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
  return made;
}();

}  // namespace

std::optional<std::string> bytes_of_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t letters_read = 0, padding = 0;
  for (const char c : text) {
    if (c == '\r' || c == '\n') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const std::int8_t value = values[static_cast<unsigned char>(c)];
    if (value < 0 || padding != 0) return std::nullopt;
    ++letters_read;
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> static_cast<unsigned>(held) & 0xFFU);
  }
  if (letters_read % 4 == 1 || padding > 2 || (padding != 0 && (letters_read + padding) % 4 != 0))
    return std::nullopt;
  return out;
}

std::optional<std::string> bytes_of_array(Json array) {
  std::string out;
  out.reserve(array.size());
  for (auto item = array.first(); item; item = item->next()) {
    const std::string_view text = item->text();
    int value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (item->kind() != Json::Kind::number || read.ec != std::errc() ||
        read.ptr != text.data() + text.size() || value < -128 || value > 255)
      return std::nullopt;
    out += static_cast<char>(static_cast<unsigned char>(value));
  }
  return out;
}

std::string base64_of_bytes(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (std::size_t j = 0; j < 4; ++j)
      out += i + j <= bytes.size() ? letters[bits >> (18U - 6U * j) & 63U] : '=';
  }
  return out;
}

}  // namespace fenming
