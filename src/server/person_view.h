// PersonView: what an answer shows of a person: the opened register data and what follows from it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/json_out.h"
#include "identity/vault.h"

namespace fenming {

struct PersonView {
  std::string psn_no, name, certno, cert_type,
      sex;  // cert_type 01: identity card; sex: 1 male, 2 female, 9 not said
  std::optional<Date> born;
};

// What cannot be opened is left empty.
PersonView view_person(const Vault& vault, std::string_view psn_no, std::string_view sealed);
// psn_no, psn_name, psn_cert_type, certno, gend, naty, brdy, age: as every answer has them.
void write_person(JsonOut& json, const PersonView& person, Date today);

}  // namespace fenming
