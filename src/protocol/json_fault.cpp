#include "protocol/json_fault.h"

#include <algorithm>
#include <vector>

namespace fenming {
namespace {

constexpr std::string_view value_begins = R"({ [ "..." 0-9 true false null)";
constexpr std::size_t digits_max = 18;  // more do not fit the fast parser's numbers

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }
bool digit(char c) { return c >= '0' && c <= '9'; }

// The length of the UTF-8 character at the beginning; 0: it is none.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80   ? 1
                           : first < 0xC2 ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  if (size == 0 || size > text.size()) return 0;
  const auto second = static_cast<unsigned char>(size > 1 ? text[1] : '\0');
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90),
             beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  const std::string_view rest = text.substr(1, size - 1);
  return !overlong && !beyond && std::ranges::all_of(rest, continues) ? size : 0;
}

// A stack instead of recursion. Every function returns false once the fault is known.
class Scanner {
 public:
  Scanner(std::string_view text, int depth) : text_(text), depth_(static_cast<std::size_t>(depth)) {}

  JsonFault scan() {
    if (text_.starts_with("\xEF\xBB\xBF")) return {"1:1", "BOM", std::string(value_begins)};
    if (value()) {
      while (!open_.empty() && behind_value()) {
      }
      if (fault_.place.empty() && open_.empty()) {
        space();
        if (at_ < text_.size()) fail("EOF");
      }
    }
    return std::move(fault_);
  }

 private:
  bool fail(std::string_view expected) {
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < at_; ++i) {
      if (text_[i] == '\n') {
        ++line;
        column = 1;
      } else if (!continues(text_[i])) {
        ++column;
      }
    }
    fault_ = {std::to_string(line) + ":" + std::to_string(column), found(), std::string(expected)};
    return false;
  }

  // A word or a single character.
  std::string found() const {
    if (at_ >= text_.size()) return "EOF";
    std::size_t end = at_;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || digit(c); };
    while (end < text_.size() && end - at_ < 20 && letter(text_[end])) ++end;
    if (end != at_) return std::string(text_.substr(at_, end - at_));
    const std::size_t size = character_size(text_.substr(at_));
    return size == 0 ? "?" : std::string(text_.substr(at_, size));
  }

  void space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  // A value, or the beginning of an array or object: what is inside is left to behind_value().
  bool value() {
    space();
    const char c = next();
    if (c == '{' || c == '[') {
      if (open_.size() >= depth_) return fail("depth <= " + std::to_string(depth_));
      open_.push_back(c);
      ++at_;
      space();
      if (next() == (c == '{' ? '}' : ']')) return true;  // behind_value() closes it
      return c == '{' ? key() && value() : value();
    }
    if (c == '"') return text();
    if (c == '-' || digit(c)) return number();
    for (const std::string_view word : {"true", "false", "null"})
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return true;
      }
    return fail(value_begins);
  }

  bool behind_value() {
    space();
    const bool object = open_.back() == '{';
    if (next() == (object ? '}' : ']')) {
      ++at_;
      open_.pop_back();
      return true;
    }
    if (next() != ',') return fail(object ? ", }" : ", ]");
    ++at_;
    return object ? key() && value() : value();
  }

  bool key() {
    space();
    if (next() != '"') return fail("\"name\":");
    if (!text()) return false;
    space();
    if (next() != ':') return fail(":");
    ++at_;
    return true;
  }

  bool text() {
    for (++at_; at_ < text_.size() && text_[at_] != '"';) {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return fail("\" \\n \\t");
      if (text_[at_] == '\\') {
        if (!escape()) return false;
        continue;
      }
      const std::size_t size = character_size(text_.substr(at_));
      if (size == 0) return fail("UTF-8");
      at_ += size;
    }
    if (at_ >= text_.size()) return fail("\"");
    ++at_;
    return true;
  }

  bool escape() {
    const std::string_view rest = text_.substr(at_ + 1);
    const auto hex = [](char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
    if (rest.starts_with('u') && rest.size() >= 5 && std::ranges::all_of(rest.substr(1, 4), hex)) {
      at_ += 6;
      return true;
    }
    if (rest.empty() || std::string_view("\"\\/bfnrt").find(rest.front()) == std::string_view::npos)
      return fail(R"(\" \\ \/ \b \f \n \r \t \u0000)");
    at_ += 2;
    return true;
  }

  std::size_t digits() {
    const std::size_t begin = at_;
    while (digit(next())) ++at_;
    return at_ - begin;
  }

  bool number() {
    const std::size_t begin = at_;
    if (next() == '-') ++at_;
    const bool zero = next() == '0';
    const std::size_t whole = digits();
    if (whole == 0) return fail("0-9");
    if (whole > digits_max || (zero && whole > 1)) {
      at_ = begin;
      return fail(zero ? "0 0.5 1" : "<= 18 x 0-9");
    }
    if (next() == '.') {
      ++at_;
      if (digits() == 0) return fail("0-9");
    }
    if (next() != 'e' && next() != 'E') return true;
    ++at_;
    if (next() == '+' || next() == '-') ++at_;
    const std::size_t exponent = digits();
    if (exponent == 0) return fail("0-9");
    if (exponent <= 2) return true;
    at_ = begin;
    return fail("1300.00");
  }

  std::string_view text_;
  std::size_t depth_, at_ = 0;
  std::vector<char> open_;
  JsonFault fault_;
};

}  // namespace

JsonFault find_json_fault(std::string_view text, int depth) { return Scanner(text, depth).scan(); }

}  // namespace fenming
