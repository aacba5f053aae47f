// Region files: the make-believe region as the files that an import reads (docs/import-format.md), row by row, so that a caller can
// write them piece by piece.
#pragma once

#include <string>

#include "population/people.h"
#include "population/providers.h"

namespace fenming {

inline constexpr std::string_view persons_header =
    "psn_no,certno,name,phone,address,from,to,insured,scheme,person,aid,honor,disabled,civil_servant,"
    "supplement,"
    "commercial,diseases[]\n";
inline constexpr std::string_view accounts_header = "psn_no,amount,reason\n";
inline constexpr std::string_view consents_header = "owner,user,from,to\n";

void append_person_row(std::string& csv, const People& people, const MadePerson& person, Date from);
void append_account_row(std::string& csv, const MadePerson& person);  // nothing for those without an account
void append_consent_row(std::string& csv, const People& people, const MadePerson& person, Date from);
std::string providers_csv(const Providers& providers);

}  // namespace fenming
