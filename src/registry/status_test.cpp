#include "registry/status.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fenming {
namespace {

using Kind = FactValue::Kind;

Date day(std::string_view text) { return *parse_date(text); }
FactValue text(std::string name, std::string value) {
  return {std::move(name), Kind::text, std::move(value), {}};
}
FactValue list(std::string name, std::vector<std::string> members) {
  return {std::move(name), Kind::list, {}, std::move(members)};
}
SetStatus span(FactValue fact, std::string_view from, std::string_view to, bool revoke = false) {
  return {"1", std::move(fact), day(from), day(to), revoke};
}

// A person, changed as a fold would do it: what a change replaces must be there.
struct Person {
  Object cells;
  std::string error;
  std::size_t changed = 0;

  void fold(const Result<std::vector<Change>>& changes) {
    error = changes ? "" : std::string(name(changes.error().code));
    changed = changes ? changes->size() : 0;
    if (!changes) return;
    for (const Change& change : *changes) {
      EXPECT_EQ(change.object, "P1");
      EXPECT_EQ(cells.find(change.cell), change.before);
      cells.set(change.cell, change.after);
    }
  }
  void set(const SetStatus& command) { fold(set_status(cells, command)); }
  std::string fact(std::string_view wanted, std::string_view on) const {
    for (const FactValue& fact : facts_at(cells, day(on))) {
      if (fact.name != wanted) continue;
      std::string shown = fact.text;
      for (const std::string& member : fact.list) shown += member + ";";
      return shown;
    }
    return "-";
  }
};

// REQ ENR-07
TEST(Status, SomebodyNewComesWithThem) {
  Person whole, apart;
  RegisterPerson command{"1", "", {text("born", "1980-05-05")}};
  apart.fold(register_person(apart.cells, command));
  for (const SetStatus& one : {span(text("scheme", "employees"), "2024-01-01", "2024-12-31"),
                               span(list("diseases", {"stroke", "copd"}), "2024-03-01", "2199-12-31")}) {
    apart.set(one);
    command.statuses.push_back({one.fact, one.from, one.to});
  }
  whole.fold(register_person(whole.cells, command));
  ASSERT_EQ(whole.error, "");
  EXPECT_TRUE(std::ranges::equal(whole.cells.with(""), apart.cells.with("")));
  whole.fold(register_person(whole.cells, command));
  EXPECT_EQ(whole.error, "") << "the same again changes nothing";
  EXPECT_EQ(whole.changed, 0U);
  command.statuses.front().to = day("2025-12-31");
  whole.fold(register_person(whole.cells, command));
  EXPECT_EQ(whole.error, "status_of_registered");
  RegisterPerson contradicts{"1", "", {text("born", "1980-05-05")}};
  contradicts.statuses.push_back({text("scheme", "residents"), day("2024-06-01"), day("2024-07-01")});
  whole.fold(register_person(whole.cells, contradicts));
  EXPECT_EQ(whole.error, "status_of_registered") << "told when it is set by itself";
  command.statuses.push_back({text("scheme", "residents"), day("2024-06-01"), day("2024-07-01")});
  Person overlapping;
  overlapping.fold(register_person(overlapping.cells, command));
  EXPECT_EQ(overlapping.error, "status_overlap") << "with one of the same message";
}

TEST(Status, ACellComesBackAsItWas) {
  for (const FactValue& fact : {text("scheme", "employees"), FactValue{"insured", Kind::boolean, "yes", {}},
                                list("diseases", {"stroke"})}) {
    const Status status{fact, day("2024-02-29"), day("2199-12-31")};
    const auto again = read_status(status_cell(status));
    ASSERT_TRUE(again);
    EXPECT_EQ(status_cell(*again), status_cell(status));
    EXPECT_EQ(again->fact.name, fact.name);
    EXPECT_EQ(again->fact.text, fact.text);
    EXPECT_EQ(again->fact.list, fact.list);
    EXPECT_EQ(again->from, status.from);
    EXPECT_EQ(again->to, status.to);
  }
}

TEST(Status, DamagedCellsAreNoStatus) {
  const Object::Cell good = status_cell({text("scheme", "employees"), day("2025-01-01"), day("2025-12-31")});
  for (std::size_t size = 0; size < good.second.size(); ++size)
    EXPECT_FALSE(read_status({good.first, good.second.substr(0, size)})) << size;
  for (std::size_t size = 0; size < good.first.size(); ++size)
    EXPECT_FALSE(read_status({good.first.substr(0, size), good.second})) << size;
  EXPECT_FALSE(read_status({"r", good.second}));
}

// LAW 9(g): a person's type and scheme change within the year; each day has its own.
TEST(Status, Law9gEachDayHasItsOwnValue) {
  Person person;
  person.set(span(text("scheme", "residents"), "2025-01-01", "2025-06-30"));
  person.set(span(text("scheme", "employees"), "2025-07-01", "2199-12-31"));
  EXPECT_EQ(person.fact("scheme", "2024-12-31"), "-");
  EXPECT_EQ(person.fact("scheme", "2025-01-01"), "residents");
  EXPECT_EQ(person.fact("scheme", "2025-06-30"), "residents");
  EXPECT_EQ(person.fact("scheme", "2025-07-01"), "employees");
  EXPECT_EQ(statuses(person.cells, "scheme").size(), 2u);
  EXPECT_EQ(statuses(person.cells, "schem").size(), 0u);
}

TEST(Status, AnotherValueInTheSameDaysIsRefusedNamingBoth) {
  Person person;
  person.set(span(text("scheme", "residents"), "2025-01-01", "2025-06-30"));
  const auto refused =
      set_status(person.cells, span(text("scheme", "employees"), "2025-06-30", "2025-12-31"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::status_overlap);
  const std::string sentence = to_text(refused.error(), Language::en);
  EXPECT_NE(sentence.find("scheme=employees 2025-06-30..2025-12-31"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("scheme=residents 2025-01-01..2025-06-30"), std::string::npos) << sentence;
  person.set(span(text("scheme", "employees"), "2025-01-01", "2025-06-30"));
  EXPECT_EQ(person.error, "status_overlap");
  person.set(span(text("scheme", "residents"), "2025-02-01", "2025-03-01"));
  EXPECT_EQ(person.error, "status_overlap") << "within a span of its own value it would be one twice";
}

TEST(Status, GrantedTwiceChangesNothing) {
  Person person;
  const SetStatus grant = span(text("aid", "low_income"), "2025-01-01", "2025-12-31");
  person.set(grant);
  EXPECT_EQ(person.changed, 1u);
  const Object once = person.cells;
  person.set(grant);
  EXPECT_EQ(person.error, "");
  EXPECT_EQ(person.changed, 0u);
  EXPECT_EQ(person.cells, once);
}

TEST(Status, TheLastDayMoves) {
  Person person;
  person.set(span(text("insured", "yes"), "2025-01-01", "2025-01-31"));
  person.set(span(text("insured", "yes"), "2025-01-01", "2025-02-28"));
  EXPECT_EQ(person.fact("insured", "2025-02-28"), "yes");
  EXPECT_EQ(statuses(person.cells).size(), 1u);
  person.set(span(text("insured", "no"), "2025-03-01", "2025-03-31"));
  person.set(span(text("insured", "yes"), "2025-01-01", "2025-03-01"));
  EXPECT_EQ(person.error, "status_overlap");
}

TEST(Status, RevokedAndAsIfNeverGranted) {
  Person person;
  person.set(span(text("scheme", "residents"), "2025-01-01", "2025-12-31"));
  const Object before = person.cells;
  person.set(span(text("aid", "edge"), "2025-03-01", "2025-12-31"));
  person.set(span(text("aid", "rigid"), "2025-03-01", "2025-12-31", true));
  EXPECT_EQ(person.error, "status_missing") << "another value";
  person.set(span(text("aid", "edge"), "2025-03-02", "2025-12-31", true));
  EXPECT_EQ(person.error, "status_missing") << "another first day";
  person.set(span(text("aid", "edge"), "2025-03-01", "2025-04-01", true));
  EXPECT_EQ(person.error, "");
  EXPECT_EQ(person.cells, before);
  person.set(span(text("aid", "edge"), "2025-03-01", "2025-12-31", true));
  EXPECT_EQ(person.error, "status_missing") << "a second time";
}

TEST(Status, MembersOfAListHoldEachForItself) {
  Person person;
  person.set(span(list("diseases", {"stroke", "diabetes", "stroke"}), "2025-01-01", "2025-12-31"));
  EXPECT_EQ(person.changed, 2u);
  person.set(span(list("diseases", {"copd"}), "2025-06-01", "2026-05-31"));
  EXPECT_EQ(person.fact("diseases", "2025-05-31"), "diabetes;stroke;");
  EXPECT_EQ(person.fact("diseases", "2025-06-01"), "copd;diabetes;stroke;");
  EXPECT_EQ(person.fact("diseases", "2026-01-01"), "copd;");
  person.set(span(list("diseases", {"copd"}), "2025-07-01", "2025-07-31"));
  EXPECT_EQ(person.error, "status_overlap");
  person.set(span(list("diseases", {"diabetes"}), "2025-01-01", "2025-12-31", true));
  EXPECT_EQ(person.fact("diseases", "2025-06-01"), "copd;stroke;");
  person.set(span(text("diseases", "copd"), "2030-01-01", "2030-12-31"));
  EXPECT_EQ(person.error, "status_overlap") << "a fact is a list or it is none";
}

TEST(Status, NothingIsChangedWhenOneMemberIsRefused) {
  Person person;
  person.set(span(list("diseases", {"copd"}), "2025-01-01", "2025-12-31"));
  const Object before = person.cells;
  person.set(span(list("diseases", {"angina", "copd"}), "2025-02-01", "2025-12-31"));
  EXPECT_EQ(person.error, "status_overlap");
  EXPECT_EQ(person.cells, before);
}

TEST(Status, RefusesWhatCannotBe) {
  Person person;
  person.set(span(text("scheme", "employees"), "2025-02-01", "2025-01-31"));
  EXPECT_EQ(person.error, "status_dates");
  for (const FactValue& fact :
       {text("", "x"), text("scheme", ""), text("scheme", std::string("a\0b", 3)),
        text(std::string("a\0b", 3), "x"), list("diseases", {}), list("diseases", {"stroke", ""})}) {
    person.set(span(fact, "2025-01-01", "2025-01-31"));
    EXPECT_EQ(person.error, "status_malformed") << fact.name;
  }
}

TEST(Status, RegisterDataHoldsEveryDayAndGivesTheAge) {
  Person person;
  EXPECT_FALSE(registered(person.cells));
  person.fold(
      register_person(person.cells, {"1", "cipher", {text("sex", "female"), text("born", "2004-02-29")}}));
  EXPECT_EQ(person.changed, 2u);
  EXPECT_TRUE(registered(person.cells));
  EXPECT_EQ(person.fact("sex", "1999-01-01"), "female");
  EXPECT_EQ(person.fact("age", "2004-02-28"), "-") << "not yet born";
  EXPECT_EQ(person.fact("age", "2004-02-29"), "0");
  EXPECT_EQ(person.fact("age", "2025-02-28"), "20");
  EXPECT_EQ(person.fact("age", "2025-03-01"), "21");
  EXPECT_EQ(person.fact("age", "2028-02-28"), "23");
  EXPECT_EQ(person.fact("age", "2028-02-29"), "24");
  person.fold(register_person(person.cells, {"1", "", {text("born", "2004-02-29"), text("sex", "female")}}));
  EXPECT_EQ(person.changed, 0u) << "the order of facts is nothing, no new ciphertext leaves the old";
  EXPECT_EQ(person.cells.find("rs"), "cipher");
}

TEST(Status, FactsStandOnceByName) {
  Person person;
  person.fold(
      register_person(person.cells, {"1", "", {text("person", "adult"), text("born", "1980-01-01")}}));
  person.set(span(text("person", "student"), "2025-01-01", "2025-12-31"));
  std::string names;
  for (const FactValue& fact : facts_at(person.cells, day("2025-06-01"))) names += fact.name + " ";
  EXPECT_EQ(names, "age born person ");
  EXPECT_EQ(person.fact("person", "2025-06-01"), "student");
  EXPECT_EQ(person.fact("person", "2026-06-01"), "adult");
}

}  // namespace
}  // namespace fenming
