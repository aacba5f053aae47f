// Bytes: whole numbers and texts as short byte strings, and back. Numbers are LEB128 (7 bits a byte, low first), signed ones
// zigzag; a text is its length and its bytes. The reader never throws and never reads past the end: after the first fault every
// answer is zero or empty and `ok` is false.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fenming {

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  std::uint8_t version = UINT8_MAX;  // of the form that is written: what came later is left out
  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }
  void number(std::uint64_t value) {
    if (value < 0x80) return out_.push_back(static_cast<char>(value));
    long_number(value);
  }
  void integer(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void text(std::string_view value) {
    number(value.size());
    out_.append(value);
  }
  void raw(std::string_view value) { out_.append(value); }

 private:
  void long_number(std::uint64_t value);
  std::string& out_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t byte();
  std::uint64_t number();  // one form only: a number written longer than needed is a fault
  std::int64_t integer() {
    const std::uint64_t value = number();
    return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
  }
  std::string_view text() { return raw(number()); }
  std::string_view raw(std::uint64_t size);
  // How many elements follow: a fault when that many could not stand in the rest, so that nobody reserves for them.
  std::size_t count(std::size_t element_bytes_min = 1);

  void fail() { ok_ = false, rest_ = {}; }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && rest_.empty(); }  // everything read, nothing wrong
  std::string_view rest() const { return rest_; }

  std::uint8_t version = 255;  // of the record that is read: members that came later are not there

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace fenming
