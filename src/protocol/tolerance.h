// Tolerance: what real clients send beside the letter of the interface and we read all the same (docs/interface.md lists each with an
// example). Every one is on by default and can be switched off for a provider; then the message is refused naming it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace fenming {

enum class Tolerance : std::uint8_t {
  number_form,       // "2.00" for 2.00, 11 for "11", 2.000 for 2.00, 1.0 for 1, 2E+1 for 20
  input_as_text,     // input is the JSON text of the object
  input_capital,     // key Input
  node_shape,        // an object where an array stands, an array of one where an object stands
  node_alias,        // mdtrtinfo for data, bare members where a node stands, data for signIn
  unknown_envelope,  // further members of the envelope
  unknown_field,     // further members of a node
  msgid_form,        // 26 to 30 characters of any form, else code + time + four digits
  empty_division,    // mdtrtarea_admvs, insuplc_admdvs empty
  infver_form,       // V1.0, 1.0, 1.0.0
  null_words,        // "null", "NULL", 0001-01-01 00:00:00, 9999-12-31 for empty
  date_form,  // a date where a time stands and the reverse, T between them, minutes only, fractions of seconds
  not_listed,         // fields that only the edition requires may be missing
  long_text,          // names and texts beyond their length (never codes, ids, amounts)
  header_underscore,  // x_tif_paasid for x-tif-paasid
  path_form,          // paths other than the one path, among them the misspelt ones
  charset,            // GBK
  count_
};

class Tolerances {
 public:
  constexpr bool has(Tolerance one) const { return (off_ >> static_cast<unsigned>(one) & 1U) == 0; }
  constexpr void switch_off(Tolerance one) { off_ |= 1U << static_cast<unsigned>(one); }
  static constexpr Tolerances strict() {
    Tolerances none;
    none.off_ = (1U << static_cast<unsigned>(Tolerance::count_)) - 1;
    return none;
  }
  friend constexpr bool operator==(Tolerances, Tolerances) = default;

 private:
  std::uint32_t off_ = 0;
};

std::string_view name(Tolerance tolerance);  // "number_form"
std::optional<Tolerance> find_tolerance(std::string_view name);

}  // namespace fenming
