#include "base/bytes.h"

namespace fenming {

void ByteWriter::long_number(std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>(value | 0x80);
  bytes[size++] = static_cast<char>(value);
  out_.append(bytes, size);
}

std::uint8_t ByteReader::byte() {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint64_t ByteReader::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const std::uint8_t part = byte();
    if (!ok_) return 0;
    if (shift == 63 && part > 1) break;
    value |= static_cast<std::uint64_t>(part & 0x7f) << shift;
    if (part < 0x80) {
      if (part == 0 && shift > 0) break;
      return value;
    }
  }
  fail();
  return 0;
}

std::string_view ByteReader::raw(std::uint64_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, static_cast<std::size_t>(size));
  rest_.remove_prefix(static_cast<std::size_t>(size));
  return bytes;
}

std::size_t ByteReader::count(std::size_t element_bytes_min) {
  const std::uint64_t elements = number();
  if (elements > rest_.size() / element_bytes_min) {
    fail();
    return 0;
  }
  return static_cast<std::size_t>(elements);
}

}  // namespace fenming
