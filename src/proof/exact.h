// Exact arithmetic of the verifier: at most 36 digits and 36 decimal places in 128 bits. Nothing when a
// result does not fit: never a wrong number.
#pragma once

#include <compare>
#include <optional>

#include "money/decimal.h"

namespace fenming {

inline constexpr int proof_places_max = 36;

Exact proof_normal(Exact number);  // without trailing zeros; 0 has no places
std::optional<Exact> proof_add(Exact a, Exact b);
std::optional<Exact> proof_sub(Exact a, Exact b);
std::optional<Exact> proof_mul(Exact a, Exact b);
std::optional<std::strong_ordering> proof_compare(Exact a, Exact b);

// a (or a / b) rounded to a multiple of step; nothing also when step <= 0 or b = 0.
std::optional<Exact> proof_round(Exact a, Exact step, Rounding mode);
std::optional<Exact> proof_quotient(Exact a, Exact b, Exact step, Rounding mode);

}  // namespace fenming
