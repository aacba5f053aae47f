#include "population/region_files.h"

#include <fmt/format.h>

#include <iterator>

namespace fenming {

void append_person_row(std::string& csv, const People& people, const MadePerson& person, Date from) {
  const PersonalData data = people.personal(person);
  fmt::format_to(
      std::back_inserter(csv), "{},{},{},{},{},{},,yes,{},{},{},{},{},{},{},{},",
      People::psn_no(person.index), data.certno, data.name, data.phone, data.address, to_text(from),
      person.employee() ? "employees" : "residents", person_kind_names[static_cast<std::size_t>(person.kind)],
      person.aid > 0 ? aid_names[person.aid] : "", person.honor > 0 ? honor_names[person.honor] : "",
      person.disabled > 0 ? std::to_string(person.disabled) : "", person.civil_servant ? "yes" : "",
      person.supplement ? "yes" : "", person.commercial ? "yes" : "");
  bool first = true;
  for (unsigned disease = 0; disease < std::size(disease_names); ++disease) {
    if ((person.diseases >> disease & 1) == 0) continue;
    if (!first) csv += ';';
    csv += disease_names[disease];
    first = false;
  }
  csv += '\n';
}

void append_account_row(std::string& csv, const MadePerson& person) {
  if (person.account_fen <= 0) return;
  fmt::format_to(std::back_inserter(csv), "{},{},contribution\n", People::psn_no(person.index),
                 to_text(Money::from_fen(person.account_fen)));
}

void append_consent_row(std::string& csv, const People& people, const MadePerson& person, Date from) {
  if (const auto payer = people.payer(person))
    fmt::format_to(std::back_inserter(csv), "{},{},{},\n", People::psn_no(*payer),
                   People::psn_no(person.index), to_text(from));
}

std::string providers_csv(const Providers& providers) {
  std::string csv = "code,name,level\n";
  for (const MadeProvider& provider : providers.all())
    csv += fmt::format("{},{},{}\n", provider.code, provider.name, provider.level());
  return csv;
}

}  // namespace fenming
