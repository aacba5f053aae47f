// People: the persons of the make-believe region. Person i is a pure function of (seed, i): nothing is held. Four in a row are a
// family; the first of them with an account pays for those without.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "model/command.h"

namespace fenming {

enum class PersonKind : std::uint8_t { active, retired, adult, child, student };

struct MadePerson {
  std::uint32_t index = 0;
  Date born;
  int age = 0;  // when the year begins
  bool male = false, civil_servant = false, supplement = false, commercial = false;
  PersonKind kind = PersonKind::adult;
  std::uint8_t aid = 0, honor = 0, disabled = 0;  // 0: none
  std::uint16_t diseases = 0;                     // bit i: disease_names[i]
  std::int64_t account_fen = 0;

  bool employee() const { return kind == PersonKind::active || kind == PersonKind::retired; }
};

// Names as the rules of the sandbox have them.
inline constexpr std::string_view person_kind_names[] = {"active", "retired", "adult", "child", "student"};
inline constexpr std::string_view aid_names[] = {"ordinary", "destitute", "low_income",
                                                 "relapse",  "edge",      "rigid"};
inline constexpr std::string_view honor_names[] = {"ordinary", "grade_7_10", "survivor", "veteran",
                                                   "combatant"};
inline constexpr std::string_view disease_names[] = {"hypertension", "diabetes",     "coronary",  "stroke",
                                                     "copd",         "tuberculosis", "psychosis", "dialysis",
                                                     "tumour",       "transplant"};
inline constexpr unsigned dialysis = 7, tumour = 8, transplant = 9;

struct PersonalData {  // invented
  std::string name, certno, phone, address;
};

class People {
 public:
  People(std::uint32_t persons, std::uint64_t seed, Date from)
      : persons_(persons), seed_(seed), from_(from) {}

  std::uint32_t size() const { return persons_; }
  MadePerson person(std::uint32_t index) const;
  PersonalData personal(const MadePerson& person) const;
  std::optional<std::uint32_t> payer(
      const MadePerson& person) const;             // of the family, for one without account
  static std::string psn_no(std::uint32_t index);  // 12 digits

  // Registration, statuses from `from` on without an end, account, consent of the payer.
  std::vector<Action> actions(const MadePerson& person) const;
  std::vector<Status> statuses(const MadePerson& person) const;

 private:
  std::uint32_t persons_;
  std::uint64_t seed_;
  Date from_;
};

}  // namespace fenming
