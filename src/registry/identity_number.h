// Identity number: the 18 characters of GB 11643 (division, day of birth, sequence, check by ISO 7064 MOD 11-2) and the old ones of
// 15 digits, which become 18. What the number says of its person.
#pragma once

#include <string>
#include <string_view>

#include "base/date.h"
#include "model/error.h"

namespace fenming {

struct IdentityNumber {
  std::string text;  // 18 characters, X in capitals
  Date born;
  bool male = false;
};

// Blanks around it and a small x are forgiven. Codes: identity_length, identity_character, identity_born, identity_check (names the
// character that it should end in).
Result<IdentityNumber> read_identity_number(std::string_view text);

char identity_check_character(std::string_view first17);  // digits only

}  // namespace fenming
