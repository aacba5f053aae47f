#include "population/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "population/random.h"
#include "registry/identity_number.h"

namespace fenming {
namespace {

enum class Role : std::uint8_t { worker, farmer, old, child, student };

// Four persons of a family and how many of a hundred families are such: about 17 % children, 20 % old.
struct Family {
  std::uint32_t percent;
  std::array<Role, 4> roles;
};
constexpr Family families[] = {{22, {Role::worker, Role::worker, Role::child, Role::old}},
                               {14, {Role::worker, Role::farmer, Role::child, Role::old}},
                               {12, {Role::worker, Role::worker, Role::student, Role::worker}},
                               {14, {Role::worker, Role::worker, Role::old, Role::old}},
                               {10, {Role::farmer, Role::farmer, Role::child, Role::child}},
                               {16, {Role::worker, Role::worker, Role::worker, Role::worker}},
                               {12, {Role::worker, Role::farmer, Role::farmer, Role::child}}};

// How many of 10,000 have a disease: adults under 60, old.
struct Prevalence {
  std::uint32_t adult, old;
};
constexpr Prevalence prevalences[] = {{500, 3500}, {200, 1500}, {40, 800}, {20, 400}, {15, 400},
                                      {8, 12},     {30, 30},    {8, 30},   {25, 120}, {4, 5}};

constexpr Date no_end{84'005};  // 2199-12-31

Role role_of(std::uint64_t seed, std::uint32_t index) {
  std::uint32_t draw = Random(seed, 1, index / 4).below(100);
  for (const Family& family : families) {
    if (draw < family.percent) return family.roles[index % 4];
    draw -= family.percent;
  }
  return Role::worker;
}

int age_of(Role role, Random& random) {
  switch (role) {
    case Role::child: return random.between(0, 17);
    case Role::student: return random.between(18, 22);
    case Role::old: return std::min(random.between(60, 96), random.between(60, 96));
    case Role::worker:
    case Role::farmer: break;
  }
  return random.between(23, 59);
}

PersonKind kind_of(Role role, Random& random) {
  switch (role) {
    case Role::child: return PersonKind::child;
    case Role::student: return PersonKind::student;
    case Role::old: return random.chance(4500) ? PersonKind::retired : PersonKind::adult;
    case Role::worker: return random.chance(9000) ? PersonKind::active : PersonKind::adult;
    case Role::farmer: break;
  }
  return PersonKind::adult;
}

// Of 10,000 residents: destitute 50, low income 300, relapse 50, edge 100, rigid 30; a tenth of that among employees.
std::uint8_t aid_of(bool employee, Random& random) {
  constexpr std::uint32_t shares[] = {50, 300, 50, 100, 30};
  std::uint32_t draw = random.below(employee ? 100'000 : 10'000);
  std::uint8_t aid = 0;
  for (const std::uint32_t share : shares) {
    ++aid;
    if (draw < share) return aid;
    draw -= share;
  }
  return 0;
}

std::uint16_t diseases_of(int age, Random& random) {
  unsigned mask = 0;
  if (age < 30) return 0;
  for (unsigned disease = 0; disease < std::size(prevalences); ++disease)
    if (random.chance(age < 60 ? prevalences[disease].adult : prevalences[disease].old))
      mask |= 1U << disease;
  return static_cast<std::uint16_t>(mask);
}

FactValue text(std::string_view name, std::string_view value) {
  return {std::string(name), FactValue::Kind::text, std::string(value), {}};
}
FactValue yes(std::string_view name) { return {std::string(name), FactValue::Kind::boolean, "yes", {}}; }

}  // namespace

MadePerson People::person(std::uint32_t index) const {
  Random random(seed_, 2, index);
  const Role role = role_of(seed_, index);
  MadePerson person;
  person.index = index;
  person.age = age_of(role, random);
  person.born = Date{from_.days - (person.age * 1461 + 3) / 4 - random.between(1, 360)};
  person.male = random.chance(5100);
  person.kind = kind_of(role, random);
  person.aid = aid_of(person.employee(), random);
  person.civil_servant = person.employee() && random.chance(800);
  person.supplement = person.employee() && !person.civil_servant && random.chance(1000);
  person.commercial = random.chance(2000);
  if (person.age >= 18 && person.male && random.chance(8))
    person.disabled = static_cast<std::uint8_t>(random.between(1, 6));
  else if (person.age >= 40 && random.chance(40))
    person.honor = static_cast<std::uint8_t>(random.between(1, 4));
  person.diseases = diseases_of(person.age, random);
  if (person.employee()) person.account_fen = random.between(0, 3000) * random.between(1, 400);
  return person;
}

std::string People::psn_no(std::uint32_t index) { return std::to_string(990'000'000'001ULL + index); }

std::optional<std::uint32_t> People::payer(const MadePerson& person) const {
  if (person.employee()) return std::nullopt;
  const std::uint32_t first = person.index / 4 * 4;
  for (std::uint32_t other = first; other < std::min(first + 4, persons_); ++other)
    if (other != person.index && this->person(other).employee()) return other;
  return std::nullopt;
}

// Numbers are nobody's: there are no divisions from 90 on. Unique for 50 million persons.
PersonalData People::personal(const MadePerson& person) const {
  static constexpr std::string_view surnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴",
                                                  "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗"};
  static constexpr std::string_view given[] = {"伟", "芳", "敏", "静", "丽", "强", "磊", "军", "洋", "勇",
                                               "艳", "杰", "娟", "涛", "明", "超", "秀", "霞", "平", "刚",
                                               "桂", "文", "辉", "玲", "建", "华", "国", "红", "志", "云"};
  Random random(seed_, 3, person.index);
  const std::uint32_t i = person.index, sex = person.male ? 1 : 0;
  const CivilDay born = civil(person.born);
  std::string first17 = fmt::format("{:02}{:04}{:04}{:02}{:02}{:03}", 99 - i / 5'000'000, i / 500 % 10'000,
                                    born.year, born.month, born.day, i % 500 * 2 + sex);
  const char check = identity_check_character(first17);
  PersonalData data;
  data.name = fmt::format("{}{}{}", random.of(surnames), random.of(given),
                          random.chance(7000) ? random.of(given) : "");
  data.certno = first17 + check;
  data.phone = fmt::format("199{:08}", i);
  data.address = fmt::format("示例路{}号{}室", i / 400 + 1, i / 4 % 100 + 101);
  return data;
}

std::vector<Status> People::statuses(const MadePerson& person) const {
  std::vector<Status> list;
  const auto add = [&](FactValue fact, Date to) { list.push_back({std::move(fact), from_, to}); };
  add(yes("insured"), no_end);
  add(text("scheme", person.employee() ? "employees" : "residents"), no_end);
  add(text("person", person_kind_names[static_cast<std::size_t>(person.kind)]), no_end);
  if (person.aid != 0) add(text("aid", aid_names[person.aid]), no_end);
  if (person.honor != 0) add(text("honor", honor_names[person.honor]), no_end);
  if (person.disabled != 0)
    add({"disabled", FactValue::Kind::number, std::to_string(person.disabled), {}}, no_end);
  if (person.civil_servant) add(yes("civil_servant"), no_end);
  if (person.supplement) add(yes("supplement"), no_end);
  if (person.commercial) add(yes("commercial"), no_end);
  if (person.diseases == 0) return list;
  FactValue diseases{"diseases", FactValue::Kind::list, {}, {}};
  for (unsigned disease = 0; disease < std::size(disease_names); ++disease)
    if ((person.diseases >> disease & 1) != 0) diseases.list.emplace_back(disease_names[disease]);
  add(std::move(diseases), no_end);
  return list;
}

std::vector<Action> People::actions(const MadePerson& person) const {
  const std::string number = psn_no(person.index);
  std::vector<Action> list{
      RegisterPerson{number,
                     {},
                     {text("born", to_text(person.born)), text("sex", person.male ? "male" : "female")},
                     {},
                     statuses(person)}};
  if (person.account_fen > 0)
    list.emplace_back(CreditAccount{number, Money::from_fen(person.account_fen), "contribution"});
  // A consent needs both persons: it comes with the later one.
  const auto share = [&](std::uint32_t owner, std::uint32_t user) {
    list.emplace_back(ShareAccount{psn_no(owner), psn_no(user), from_, no_end, false});
  };
  if (const auto other = payer(person); other && *other < person.index) share(*other, person.index);
  for (std::uint32_t user = person.index / 4 * 4; user < person.index; ++user)
    if (payer(this->person(user)) == person.index) share(person.index, user);
  return list;
}

}  // namespace fenming
