#include "protocol/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/check.h"

namespace fenming {
namespace {

class Converter {
 public:
  Converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv's own word for failure
    CHECK(handle_ != iconv_t(-1), "the C library knows GB18030, GBK and UTF-8");
  }
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  // Appends what could be converted; the rest begins with what could not. True: nothing is left.
  bool run(std::string_view& text, std::string& out) {
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    char* from = const_cast<char*>(text.data());  // iconv does not write there
    std::size_t left = text.size();
    std::array<char, 4096> piece;
    while (true) {
      char* to = piece.data();
      std::size_t space = piece.size();
      const std::size_t done = iconv(handle_, &from, &left, &to, &space);
      const bool full = done == static_cast<std::size_t>(-1) && errno == E2BIG;
      out.append(piece.data(), static_cast<std::size_t>(to - piece.data()));
      text = std::string_view(from, left);
      if (!full) return left == 0;
    }
  }

 private:
  iconv_t handle_;
};

std::string lower(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return made;
}

void drop_character(std::string_view& text) {
  do text.remove_prefix(1);
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80U);
}

}  // namespace

Charset charset_of(std::string_view content_type) {
  const std::string text = lower(content_type);
  const std::size_t at = text.find("charset=");
  if (at == std::string::npos) return Charset::utf8;
  std::string_view name = std::string_view(text).substr(at + 8);
  if (name.starts_with('"')) name.remove_prefix(1);
  return name.starts_with("gb") ? Charset::gbk : Charset::utf8;
}

// GB18030 holds all of GBK, so that one table reads both. UTF-8 is checked by the JSON reader.
Result<std::string> to_utf8(std::string_view bytes, Charset charset) {
  if (charset == Charset::utf8) return std::string(bytes);
  thread_local Converter converter("UTF-8", "GB18030");
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 2);
  std::string_view rest = bytes;
  while (!converter.run(rest, text)) {
    if (rest.front() != '\x80')
      return std::unexpected(
          Error{Code::wire_encoding, "byte " + std::to_string(bytes.size() - rest.size()), "GBK", {}});
    text += "€";  // as Windows writes it
    rest.remove_prefix(1);
  }
  return text;
}

std::string from_utf8(std::string_view text, Charset charset) {
  if (charset == Charset::utf8) return std::string(text);
  thread_local Converter converter("GBK", "UTF-8");
  std::string bytes;
  while (!converter.run(text, bytes)) {
    bytes += '?';
    drop_character(text);
  }
  return bytes;
}

}  // namespace fenming
