#include "registry/identity_number.h"

#include <algorithm>

#include "base/check.h"

namespace fenming {
namespace {

bool digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// 15 digits have two for the year. Sequences 996 to 999 were kept for those over a hundred then: born before 1900, nobody's now.
std::string of_full_length(std::string_view text) {
  const bool old_century = text.size() == 15 && text.substr(12) >= "996";
  std::string full(text);
  if (text.size() == 15) full.insert(6, old_century ? "18" : "19");
  return full;
}

Error refused(Code code, std::string_view text, std::vector<std::string> details = {}) {
  return {code, "", std::string(text), std::move(details)};
}

}  // namespace

char identity_check_character(std::string_view first17) {
  CHECK(first17.size() == 17 && digits(first17), "the check is over 17 digits");
  unsigned sum = 0;
  for (const char digit : first17) sum = (sum + static_cast<unsigned>(digit - '0')) * 2 % 11;
  return "10X98765432"[sum];
}

Result<IdentityNumber> read_identity_number(std::string_view given) {
  const std::string_view text = trimmed(given);
  if (text.size() != 15 && text.size() != 18)
    return std::unexpected(refused(Code::identity_length, text, {std::to_string(text.size())}));
  std::string full = of_full_length(text);
  const std::string_view first17 = std::string_view(full).substr(0, 17);
  const char last = full.size() == 18 ? (full[17] == 'x' ? 'X' : full[17]) : '\0';
  if (!digits(first17) || full[0] == '0' || (last != '\0' && last != 'X' && !digits(full.substr(17))))
    return std::unexpected(refused(Code::identity_character, text));
  const auto born = parse_date(full.substr(6, 4) + "-" + full.substr(10, 2) + "-" + full.substr(12, 2));
  if (!born) return std::unexpected(refused(Code::identity_born, text, {full.substr(6, 8)}));
  const char check = identity_check_character(first17);
  if (last != '\0' && last != check)
    return std::unexpected(refused(Code::identity_check, text, {std::string(1, check)}));
  const bool male = (full[16] - '0') % 2 == 1;
  full.resize(17);
  return IdentityNumber{full + check, *born, male};
}

}  // namespace fenming
