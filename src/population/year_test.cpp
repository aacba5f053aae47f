#include "population/year.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/digest.h"
#include "catalog/catalogue.h"
#include "model/record.h"
#include "registry/identity_number.h"

namespace fenming {
namespace {

YearOptions small(std::uint32_t persons, int days, std::uint64_t seed = 7) {
  YearOptions options;
  options.persons = persons;
  options.days = days;
  options.seed = seed;
  return options;
}

std::string digest_of(const YearOptions& options) {
  std::string all;
  Year year(options);
  while (auto step = year.next()) {
    Decision decision;
    decision.command = std::move(step->command);
    all = bytes_of(sm3({all, write_record(decision)}));
  }
  return to_hex(all);
}

TEST(Year, SameOptionsSameCommands) {
  const std::string once = digest_of(small(300, 20));
  EXPECT_EQ(digest_of(small(300, 20)), once);
  EXPECT_NE(digest_of(small(300, 20, 8)), once);
  EXPECT_NE(digest_of(small(301, 20)), once);
}

TEST(Year, EveryMessageHasAKeyOfItsOwnAndEveryReferenceIsAnswered) {
  Year year(small(2000, 90));
  References references;
  std::set<std::string> keys;
  std::size_t waiting = 0, cancels = 0, made = 0;
  while (auto step = year.next()) {
    EXPECT_TRUE(keys.insert(step->command.key.provider + "/" + step->command.key.msgid).second);
    EXPECT_TRUE(references.resolve(step->command)) << action_name(step->command.action);
    if (step->referred_to) references.made(*step, "id" + std::to_string(++made)), ++waiting;
    if (const auto* cancel = std::get_if<CancelSettlement>(&step->command.action)) {
      EXPECT_TRUE(cancel->settlement.starts_with("id"));
      ++cancels;
    }
  }
  EXPECT_GT(cancels, 5u);
  EXPECT_GT(waiting, cancels);
  Command lost;
  lost.action = CloseVisit{"@Z1234567", {}, {}};
  EXPECT_FALSE(references.resolve(lost));
}

// What a year of 3,000 persons looks like. Bounds are wide: they hold for any seed.
struct Counted {
  std::map<std::string, int> actions;
  std::map<std::string, int> sales_of;  // kind of visit
  int old_people = 0, old_sales = 0, slow_people = 0, chronic_sales = 0;
  std::int64_t sale_lines = 0, dearest = 0;
  std::set<std::string> in_hospital;
};

Counted count_year(std::uint32_t persons) {
  const YearOptions options = small(persons, 365);
  Year year(options);
  Counted c;
  std::set<std::string> old;
  for (std::uint32_t i = 0; i < options.persons; ++i) {
    const MadePerson person = year.people().person(i);
    if (person.age >= 60) old.insert(People::psn_no(i));
    c.old_people += person.age >= 60 ? 1 : 0;
    c.slow_people += person.diseases != 0 ? 1 : 0;
  }
  while (const auto step = year.next()) {
    const Action& action = step->command.action;
    ++c.actions[std::string(action_name(action))];
    if (const auto* visit = std::get_if<OpenVisit>(&action)) c.in_hospital.insert(visit->psn_no);
    const auto* settle = std::get_if<Settle>(&action);
    if (settle == nullptr) continue;
    c.dearest = std::max(c.dearest, settle->total.fen());
    ++c.sales_of[settle->kind];
    if (settle->kind.empty()) continue;
    c.sale_lines += static_cast<std::int64_t>(settle->lines.size());
    c.chronic_sales += settle->kind == "chronic" ? 1 : 0;
    c.old_sales += settle->kind != "chronic" && old.contains(settle->psn_no) ? 1 : 0;
  }
  return c;
}

TEST(Year, HasTheFrequenciesOfARealOne) {
  Counted c = count_year(3000);
  EXPECT_EQ(c.actions["register_person"], 3000);
  EXPECT_NEAR(c.old_sales * 10 / c.old_people, 120, 12) << "the old come twelve times a year";
  EXPECT_GT(c.chronic_sales, c.slow_people * 9) << "chronic patients come monthly";
  EXPECT_LT(c.chronic_sales, c.slow_people * 15);
  const int sales = c.actions["settle"] - c.sales_of[""];
  EXPECT_NEAR(static_cast<int>(c.sale_lines * 10 / sales), 120, 10) << "twelve lines on average";
  EXPECT_GT(c.actions["open_visit"], 250);
  EXPECT_LT(c.actions["open_visit"], 700);
  EXPECT_GE(c.actions["open_visit"], c.actions["close_visit"] + c.actions["cancel_visit"]);
  EXPECT_EQ(c.actions["close_visit"], c.sales_of[""]);
  EXPECT_GT(c.actions["cancel_settlement"] * 200, sales);
  EXPECT_GT(c.dearest, 100'000'00) << "a few stays are very expensive";
  for (const char* kind : {"outpatient", "pharmacy", "chronic", "campus"})
    EXPECT_GT(c.sales_of[kind], 50) << kind;
  for (const char* action : {"pay_deposit", "cancel_visit", "upload_lines", "remove_lines", "share_account",
                             "credit_account", "register_provider"})
    EXPECT_GT(c.actions[action], 0) << action;
  EXPECT_GT(count_year(12'000).actions["return_deposit"], 0) << "one stay in a hundred is called off";
}

TEST(Year, NobodyIsInTwoBedsAtOnce) {
  Year year(small(2000, 365));
  std::map<std::string, std::string> beds;  // reference of the visit → person
  std::set<std::string> inside;
  while (const auto step = year.next()) {
    const Action& action = step->command.action;
    if (const auto* visit = std::get_if<OpenVisit>(&action)) {
      EXPECT_TRUE(inside.insert(visit->psn_no).second);
      beds["@" + visit->number] = visit->psn_no;
    }
    if (const auto* close = std::get_if<CloseVisit>(&action)) inside.erase(beds[close->visit]);
    if (const auto* cancel = std::get_if<CancelVisit>(&action)) inside.erase(beds[cancel->visit]);
    const auto* sale = std::get_if<Settle>(&action);
    EXPECT_FALSE(sale != nullptr && sale->visit.empty() && inside.contains(sale->psn_no));
  }
}

TEST(People, HaveAgesOfARealPopulationAndNumbersOfTheirOwn) {
  const Date from{20'089};
  const People people(20'000, 3, from);
  int young = 0, old = 0, employees = 0;
  std::set<std::string> numbers;
  for (std::uint32_t i = 0; i < people.size(); ++i) {
    const MadePerson person = people.person(i);
    young += person.age < 18 ? 1 : 0;
    old += person.age >= 60 ? 1 : 0;
    employees += person.employee() ? 1 : 0;
    const PersonalData data = people.personal(person);
    const auto number = read_identity_number(data.certno);
    ASSERT_TRUE(number) << data.certno;
    EXPECT_EQ(number->born, person.born);
    EXPECT_EQ(number->male, person.male);
    EXPECT_TRUE(numbers.insert(data.certno).second);
    if (const auto payer = people.payer(person)) {
      EXPECT_TRUE(people.person(*payer).employee());
      EXPECT_EQ(*payer / 4, i / 4);
    }
  }
  EXPECT_NEAR(young, 3'200, 700);
  EXPECT_NEAR(old, 3'300, 700);
  EXPECT_GT(employees, 8'000);
}

TEST(Items, HaveTheShapeOfANationalCatalogue) {
  const Items items(5, Date{20'089});
  const std::string csv = items.csv();
  const auto catalogue = Catalogue::read(csv, "catalog.csv");
  ASSERT_TRUE(catalogue) << to_text(catalogue.error().front(), Language::en);
  EXPECT_EQ(catalogue->size(), drug_rows + service_rows + material_rows);
  std::map<char, int> classes;
  for (const Item& item : items.all()) ++classes[item.item_class];
  EXPECT_EQ(classes.size(), 3u);
  const CatalogueItem* found = catalogue->find(items.all()[77].code, Date{20'400});
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->item_class, std::string(1, items.all()[77].item_class));
}

}  // namespace
}  // namespace fenming
