// Number: an exact decimal of any places, for the reference: it carries its own scale, so that nothing depends on the compiler's.
#pragma once

#include "money/decimal.h"

namespace fenming::properties {

struct Number {
  Wide digits = 0;
  int places = 0;

  bool is_zero() const { return digits == 0; }
  // At exactly so many places; nothing when that would lose something.
  std::optional<Wide> at(int wanted) const;
};

Number trimmed(Number n);
Number operator+(Number a, Number b);
Number operator-(Number a, Number b);
Number operator*(Number a, Number b);
bool operator<(Number a, Number b);
bool operator==(Number a, Number b);
Number fen(Wide amount);

// a / b as a whole number of steps of 10^-places, rounded as the text of the calculus says: by distance to the two neighbours.
Number rounded_quotient(Number a, Number b, int places, Rounding mode);
Number rounded(Number n, int places, Rounding mode);

}  // namespace fenming::properties
