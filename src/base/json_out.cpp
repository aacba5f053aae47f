#include "base/json_out.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace fenming {
namespace {

// Length of the well-formed UTF-8 character at the front, 0 when there is none (overlong forms and surrogates
// included).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(1) || !follows(2)) return 0;
    const bool overlong = first == 0xE0 && byte(1) < 0xA0, surrogate = first == 0xED && byte(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(1) || !follows(2) || !follows(3)) return 0;
    const bool overlong = first == 0xF0 && byte(1) < 0x90, too_high = first == 0xF4 && byte(1) > 0x8F;
    return overlong || too_high ? 0 : 4;
  }
  return 0;
}

void append_control(std::string& out, unsigned char c) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += hex[c >> 4U];
      out += hex[c & 0xFU];
  }
}

// Whether each of eight bytes can stand in a JSON text as it is: ASCII, no control, no quote, no backslash.
bool eight_plain(const char* text) {
  constexpr std::uint64_t ones = 0x0101010101010101, tops = ones << 7U;
  std::uint64_t word = 0;
  std::memcpy(&word, text, sizeof word);
  const auto has_zero = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes & tops; };
  const auto has = [&](unsigned char byte) { return has_zero(word ^ (ones * byte)); };
  const std::uint64_t controls = (word - ones * 0x20U) & ~word & tops;
  return ((word & tops) | controls | has('"') | has('\\') | has(0x7F)) == 0;
}

// The first byte that cannot stand in a JSON text as it is, or begins no character.
std::size_t plain_until(std::string_view text, std::size_t from) {
  constexpr auto plain = [] {
    std::array<bool, 256> table{};
    for (std::size_t c = 0x20; c < 0x7F; ++c) table[c] = c != '"' && c != '\\';
    return table;
  }();
  for (std::size_t i = from; i < text.size();) {
    if (text.size() - i >= 8 && eight_plain(text.data() + i)) {
      i += 8;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (plain[c]) {
      ++i;
      continue;
    }
    const std::size_t length = c < 0x80 ? 0 : character_length(text.substr(i));
    if (length == 0) return i;
    i += length;
  }
  return text.size();
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0;; ++i) {
    const std::size_t end = plain_until(text, i);
    out.append(text.data() + i, end - i);
    i = end;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i];
    } else if (c < 0x80) {
      append_control(out, c);
    } else {
      out += "\xEF\xBF\xBD";
    }
  }
  out += '"';
}

}  // namespace

void JsonOut::line_break() {
  if (indent_ == 0) return;
  out_ += '\n';
  out_.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth_), ' ');
}

void JsonOut::before_item() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ == 0) return;
  if (!first_) out_ += ',';
  line_break();
}

JsonOut& JsonOut::open(char bracket) {
  before_item();
  out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

JsonOut& JsonOut::close(char bracket) {
  --depth_;
  if (!first_) line_break();
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonOut& JsonOut::key(JsonKey key) {
  before_item();
  if (key.plain())
    out_.append(1, '"').append(key.name()).append(1, '"');
  else
    append_text(out_, key.name());
  out_ += indent_ == 0 ? ":" : ": ";
  first_ = false;
  after_key_ = true;
  return *this;
}

JsonOut& JsonOut::text(std::string_view value) {
  before_item();
  append_text(out_, value);
  first_ = false;
  return *this;
}

JsonOut& JsonOut::members(std::string_view json) { return raw(json); }

JsonOut& JsonOut::raw(std::string_view json) {
  before_item();
  out_ += json;
  first_ = false;
  return *this;
}

}  // namespace fenming
