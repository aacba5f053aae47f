// WireNumber: a number as clients write it, without floating point: 2, 2.0, 2.00, -1.5, 2E+1, 007.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fenming {

struct WireNumber {
  int whole = 0;       // digits before the point, leading zeros apart
  bool plain = false;  // money/decimal.h reads it as it stands
};

// Nothing: it is no number, or needs more than `decimals` places behind the point.
std::optional<WireNumber> read_wire_number(std::string_view text, int decimals);

// The same value without exponent and with exactly the decimals it needs. Only of what read_wire_number took.
std::string plain_wire_number(std::string_view text, int decimals);

}  // namespace fenming
