#include "base/json_out.h"

#include <cstddef>

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

bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_plain(static_cast<unsigned char>(text[end]))) ++end;
    out.append(text, i, end - i);
    i = end;
    if (i == text.size()) break;
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i++];
    } else if (c < 0x20 || c == 0x7F) {
      append_control(out, c);
      ++i;
    } else if (const std::size_t length = character_length(text.substr(i)); length != 0) {
      out.append(text, i, length);
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
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

JsonOut& JsonOut::key(std::string_view name) {
  before_item();
  append_text(out_, name);
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

JsonOut& JsonOut::raw(std::string_view json) {
  before_item();
  out_ += json;
  first_ = false;
  return *this;
}

}  // namespace fenming
