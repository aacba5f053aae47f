#include "protocol/wire_number.h"

#include <algorithm>
#include <charconv>

namespace fenming {
namespace {

constexpr int exponent_max = 40, digits_written_max = 60;

bool digit(char c) { return c >= '0' && c <= '9'; }

struct Parts {
  bool negative = false, scientific = false;
  std::string_view whole, behind;
  int exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
  const auto end = static_cast<std::size_t>(std::ranges::find_if_not(text, digit) - text.begin());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

bool read_exponent(std::string_view text, int& exponent) {
  const bool signed_plus = text.starts_with('+');
  if (signed_plus) text.remove_prefix(1);
  const auto read = std::from_chars(text.data(), text.data() + text.size(), exponent);
  return !text.empty() && (!signed_plus || digit(text.front())) && read.ec == std::errc() &&
         read.ptr == text.data() + text.size() && exponent >= -exponent_max && exponent <= exponent_max;
}

std::optional<Parts> parts_of(std::string_view text) {
  Parts parts;
  parts.negative = text.starts_with('-');
  if (parts.negative) text.remove_prefix(1);
  parts.whole = take_digits(text);
  if (parts.whole.empty()) return std::nullopt;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    parts.behind = take_digits(text);
    if (parts.behind.empty()) return std::nullopt;
  }
  if (parts.whole.size() + parts.behind.size() > digits_written_max) return std::nullopt;
  if (text.empty()) return parts;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  parts.scientific = true;
  if (!read_exponent(text.substr(1), parts.exponent)) return std::nullopt;
  return parts;
}

// The digits with the point where the exponent puts it.
struct Shifted {
  std::string whole, behind;
};

Shifted shifted(const Parts& parts) {
  std::string all = std::string(parts.whole) + std::string(parts.behind);
  int point = static_cast<int>(parts.whole.size()) + parts.exponent;
  if (point < 0) {
    all.insert(0, static_cast<std::size_t>(-point), '0');
    point = 0;
  }
  if (point > static_cast<int>(all.size())) all.append(static_cast<std::size_t>(point) - all.size(), '0');
  Shifted made{all.substr(0, static_cast<std::size_t>(point)), all.substr(static_cast<std::size_t>(point))};
  made.whole.erase(0, std::min(made.whole.find_first_not_of('0'), made.whole.size()));
  made.behind.erase(made.behind.find_last_not_of('0') + 1);
  return made;
}

}  // namespace

std::optional<WireNumber> read_wire_number(std::string_view text, int decimals) {
  const auto parts = parts_of(text);
  if (!parts) return std::nullopt;
  const auto places = static_cast<std::size_t>(decimals);
  const bool leading_zero = parts->whole.size() > 1 && parts->whole.front() == '0';
  if (!parts->scientific && !leading_zero && parts->behind.size() <= places)
    return WireNumber{parts->whole == "0" ? 0 : static_cast<int>(parts->whole.size()), true};
  const Shifted made = shifted(*parts);
  if (made.behind.size() > places) return std::nullopt;
  return WireNumber{static_cast<int>(made.whole.size()), false};
}

std::string plain_wire_number(std::string_view text, int decimals) {
  const auto parts = parts_of(text);
  if (!parts) return {};
  const Shifted made = shifted(*parts);
  const bool zero = made.whole.empty() && made.behind.empty();
  std::string out = parts->negative && !zero ? "-" : "";
  out += made.whole.empty() ? "0" : made.whole;
  const std::string_view behind = std::string_view(made.behind).substr(0, static_cast<std::size_t>(decimals));
  if (!behind.empty()) {
    out += '.';
    out += behind;
  }
  return out;
}

}  // namespace fenming
