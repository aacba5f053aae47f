#include "server/person_view.h"

#include <fmt/format.h>

#include "protocol/json.h"

namespace fenming {
namespace {

// Birth and sex of an identity number of 18 characters (GB 11643).
void take_number(PersonView& person) {
  const std::string& number = person.certno;
  constexpr std::size_t digits = 17;  // and a check character
  if (number.size() != digits + 1 || number.find_first_not_of("0123456789") < digits) return;
  person.born = parse_date(number.substr(6, 4) + "-" + number.substr(10, 2) + "-" + number.substr(12, 2));
  person.sex = (number[16] - '0') % 2 == 1 ? "1" : "2";
}

int full_years(Date born, Date day) {
  const CivilDay from = civil(born), to = civil(day);
  return to.year - from.year -
         (to.month < from.month || (to.month == from.month && to.day < from.day) ? 1 : 0);
}

}  // namespace

PersonView view_person(const Vault& vault, std::string_view psn_no, std::string_view sealed) {
  PersonView person;
  person.psn_no = psn_no;
  person.sex = "9";
  const auto plain = vault.unseal(psn_no, sealed);
  if (!plain) return person;
  thread_local JsonReader reader;
  const auto json = reader.read(*plain);
  if (!json) return person;
  for (auto member = json->first(); member; member = member->next()) {
    if (member->key() == "name") person.name = member->text();
    if (member->key() == "certno") person.certno = member->text();
  }
  person.cert_type = person.certno.empty() ? "" : "01";
  take_number(person);
  return person;
}

void write_person(JsonOut& json, const PersonView& person, Date today) {
  json.field("psn_no", person.psn_no).field("psn_name", person.name);
  json.field("psn_cert_type", person.cert_type).field("certno", person.certno).field("gend", person.sex);
  json.field("naty", "").field("brdy", person.born ? to_text(*person.born) : "");
  json.key("age").raw(person.born ? fmt::format("{}.0", full_years(*person.born, today)) : "null");
}

}  // namespace fenming
