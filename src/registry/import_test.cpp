#include "registry/import.h"

#include <gtest/gtest.h>

#include <set>

#include "registry/identity_number.h"

namespace fenming {
namespace {

struct Loaded {
  std::vector<Command> commands;
  std::vector<std::string> problems;  // "line:column name"
  std::vector<Error> errors;
};

using Importing = Checked<ImportCounts>(std::string_view, std::string_view, const ImportOptions&,
                                        const CommandSink&);

Loaded load(Importing& importing, const std::string& text, const ImportOptions& options = {}) {
  Loaded loaded;
  const auto counts = importing(text, "f.csv", options,
                                [&](Command&& command) { loaded.commands.push_back(std::move(command)); });
  if (counts) {
    EXPECT_EQ(counts->commands, loaded.commands.size());
    return loaded;
  }
  EXPECT_TRUE(loaded.commands.empty()) << "nothing is loaded by halves";
  loaded.errors = counts.error();
  for (const Error& error : counts.error())
    loaded.problems.push_back(error.place.substr(error.place.find(':') + 1) + " " +
                              std::string(name(error.code)));
  return loaded;
}

using Problems = std::vector<std::string>;
const std::string head = "psn_no,certno,name,from,to,scheme,diseases[]\n";
const std::string woman = "990000198002030023", other = "99000019491231078X";

// REQ ENR-07
TEST(ImportPersons, RowsBecomePersonsWithTheirStatuses) {
  ImportOptions options;
  options.seal = [](std::string_view psn_no, std::string_view plain) {
    return std::string(psn_no) + "|" + std::string(plain);
  };
  const Loaded loaded = load(import_persons,
                             "\xEF\xBB\xBF" + head + "1," + woman +
                                 ",\"王, \"\"芳\"\"\",2025-01-01,,residents,stroke;copd\r\n" + "2," + other +
                                 ",x,2025-02-01,2025-12-31,employees,\n",
                             options);
  ASSERT_EQ(loaded.commands.size(), 2u) << (loaded.problems.empty() ? "" : loaded.problems[0]);
  const auto& person = std::get<RegisterPerson>(loaded.commands[0].action);
  EXPECT_EQ(person.psn_no, "1");
  EXPECT_EQ(person.sealed,
            "1|{\"name\":\"王, \\\"芳\\\"\",\"certno\":\"" + woman + "\",\"phone\":\"\",\"address\":\"\"}");
  ASSERT_EQ(person.facts.size(), 2u);
  EXPECT_EQ(person.facts[0].text, "1980-02-03");
  EXPECT_EQ(person.facts[1].text, "female");
  ASSERT_EQ(person.statuses.size(), 2u);
  const Status& diseases = person.statuses[1];
  EXPECT_EQ(diseases.fact.list, (std::vector<std::string>{"stroke", "copd"}));
  EXPECT_EQ(diseases.to, date_max);
  const Status& scheme = std::get<RegisterPerson>(loaded.commands[1].action).statuses.at(0);
  EXPECT_EQ(scheme.fact.text, "employees");
  EXPECT_EQ(to_text(scheme.from), "2025-02-01");
  EXPECT_EQ(to_text(scheme.to), "2025-12-31");
}

// REQ ENR-07
TEST(ImportPersons, MessageIdsAreOfTheFileAndTheRow) {
  const std::string text =
      head + "1," + woman + ",a,2025-01-01,,residents,\n2," + other + ",b,2025-01-01,,residents,\n";
  const Loaded once = load(import_persons, text), again = load(import_persons, text);
  const Loaded another = load(import_persons, text + "3,990000491231001,c,2025-01-01,,,\n");
  std::set<MessageKey> keys;
  for (std::size_t i = 0; i < once.commands.size(); ++i) {
    EXPECT_EQ(once.commands[i].key, again.commands[i].key);
    EXPECT_NE(once.commands[i].key, another.commands[i].key);
    EXPECT_TRUE(keys.insert(once.commands[i].key).second);
  }
}

// REQ ENR-07
TEST(ImportPersons, EveryProblemHasItsRowAndColumn) {
  const Loaded loaded =
      load(import_persons, head + "1," + woman +
                               ",a,2025-01-01,,residents,\n"
                               "1," +
                               other +
                               ",a,2025-01-01,,residents,\n"  // number twice
                               "3," +
                               woman +
                               ",a,2025-01-01,,residents,\n"                      // one person, two numbers
                               "4,990000198002030027,a,2025-01-01,,,\n"           // wrong check
                               "5,,a,2025-01-01,,,\n"                             // neither number nor birth
                               "6,990000491231001,a,2025-13-01,,,\n"              // no such day
                               "a b,990000491231027,a,2025-01-01,2024-12-31,,\n"  // number, days
                               "8,990000491231043,a\n"                            // fields
                               "9,990000491231061,a,2025-01-01,,,x;;y\n");
  EXPECT_EQ(loaded.problems,
            (Problems{"3:1 person_doubled", "4:2 identity_doubled", "5:2 identity_check", "6:1 import_value",
                      "6:1 import_value", "7:4 import_value", "8:1 import_value", "8:5 status_dates",
                      "9:1 import_fields", "10:7 import_value"}));
}

// REQ ENR-07
TEST(ImportPersons, APersonInTwoSchemesIsFound) {
  const Loaded loaded =
      load(import_persons, head + "1,990000491231001,a,2025-01-01,,residents,\n2,99000019491231001" +
                               std::string(1, identity_check_character("99000019491231001")) +
                               ",a,2025-01-01,,employees,\n");
  EXPECT_EQ(loaded.problems, Problems{"3:2 identity_two_schemes"})
      << "an old number and its new form are one person";
  const std::string sentence = to_text(loaded.errors[0], Language::en);
  EXPECT_NE(sentence.find("residents"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("employees"), std::string::npos) << sentence;
}

// REQ ENR-07 SEC-04
TEST(ImportPersons, NoIdentityNumberStandsInAReport) {
  const Loaded loaded =
      load(import_persons, head + "1," + woman + ",a,2025-01-01,,residents,\n2," + woman +
                               ",a,2025-01-01,,residents,\n4,990000198002030027,a,2025-01-01,,,\n");
  ASSERT_EQ(loaded.problems.size(), 2u);
  const std::string report = import_report(loaded.errors, Language::zh);
  EXPECT_EQ(report.find("9900001980"), std::string::npos) << report;
  EXPECT_NE(report.find("\n3,2,REG-027,\"9900************23\","), std::string::npos) << report;
}

TEST(ImportPersons, BirthAndSexMustAgreeWithTheNumber) {
  const std::string columns = "psn_no,certno,born,sex,from\n";
  EXPECT_EQ(load(import_persons, columns + "1," + woman + ",1980-02-03,女,2025-01-01\n").commands.size(), 1u);
  EXPECT_EQ(load(import_persons, columns + "1,,1980-02-03,2,2025-01-01\n").commands.size(), 1u);
  EXPECT_EQ(load(import_persons, columns + "1," + woman + ",1980-02-04,1,2025-01-01\n").problems,
            (Problems{"2:3 import_conflict", "2:4 import_conflict"}));
  EXPECT_EQ(load(import_persons, columns + "1,,1980-02-03,,2025-01-01\n").problems,
            Problems{"2:4 import_value"});
}

TEST(Import, TheHeaderIsCheckedFirst) {
  EXPECT_EQ(load(import_persons, "").problems, Problems{"1:1 import_empty"});
  EXPECT_EQ(load(import_persons, head).problems, Problems{"1:1 import_empty"});
  EXPECT_EQ(load(import_persons, "certno,name\n").problems,
            (Problems{"1:1 import_column_missing", "1:1 import_column_missing"}));
  EXPECT_EQ(load(import_persons, "psn_no,from,from\n").problems, Problems{"1:1 import_column"});
  EXPECT_EQ(load(import_persons, "psn_no,from,Scheme\n").problems, Problems{"1:1 import_column"});
  EXPECT_EQ(load(import_accounts, "psn_no,amount,reason,else\n").problems, Problems{"1:1 import_column"});
  EXPECT_EQ(load(import_persons, head + "1,\"x\n").problems.back(), "2:2 csv_malformed");
}

TEST(Import, TooManyProblemsAreCounted) {
  std::string text = "psn_no,amount,reason\n";
  for (int i = 0; i < 50; ++i) text += std::to_string(i) + ",0,x\n";
  ImportOptions options;
  options.problems_max = 10;
  const Loaded loaded = load(import_accounts, text, options);
  EXPECT_EQ(loaded.problems.size(), 11u);
  EXPECT_EQ(loaded.errors.back().code, Code::import_more);
  EXPECT_EQ(loaded.errors.back().value, "40");
}

// REQ ENR-07
TEST(ImportAccounts, MoneyOnceForEachPersonAndReason) {
  const std::string columns = "reason,psn_no,amount\n";
  const Loaded loaded = load(import_accounts, columns + "January,1,100.5\nFebruary,1,100.50\nJanuary,2,3\n");
  ASSERT_EQ(loaded.commands.size(), 3u);
  EXPECT_EQ(std::get<CreditAccount>(loaded.commands[0].action).amount.fen(), 100'50);
  EXPECT_EQ(load(import_accounts, columns + "January,1,1\nJanuary,1,2\n").problems,
            Problems{"3:2 import_doubled"});
  EXPECT_EQ(load(import_accounts, columns + "January,1,-1\nJanuary,2,1.005\n,3,1\n").problems,
            (Problems{"2:3 import_value", "3:3 import_value", "4:1 import_value"}));
}

// REQ ENR-07
TEST(ImportProviders, FactsAreColumns) {
  const Loaded loaded = load(import_providers, "code,name,confirm_minutes,level\nH1,One,60,L3\nH2,Two,,L1\n");
  ASSERT_EQ(loaded.commands.size(), 2u);
  const auto& first = std::get<RegisterProvider>(loaded.commands[0].action);
  EXPECT_EQ(first.confirm_minutes, 60);
  EXPECT_EQ(first.facts[0].text, "L3");
  EXPECT_EQ(std::get<RegisterProvider>(loaded.commands[1].action).confirm_minutes, 30);
  EXPECT_EQ(load(import_providers, "code,name,confirm_minutes\nH1,One,0\nH1,,5x\n").problems,
            (Problems{"2:3 import_value", "3:1 import_doubled", "3:2 import_value", "3:3 import_value"}));
}

TEST(ImportStatuses, GrantsAndRevokes) {
  const Loaded loaded = load(import_statuses,
                             "psn_no,fact,value,from,to,revoke\n1,aid,edge,2025-01-01,2025-12-31,\n"
                             "1,diseases[],stroke;copd,2025-01-01,,yes\n");
  ASSERT_EQ(loaded.commands.size(), 2u);
  EXPECT_FALSE(std::get<SetStatus>(loaded.commands[0].action).revoke);
  const auto& second = std::get<SetStatus>(loaded.commands[1].action);
  EXPECT_TRUE(second.revoke);
  EXPECT_EQ(second.fact.name, "diseases");
  EXPECT_EQ(second.fact.list.size(), 2u);
  EXPECT_EQ(load(import_statuses, "psn_no,fact,value,from,revoke\n1,aid,,2025-01-01,perhaps\n").problems,
            (Problems{"2:3 import_value", "2:5 import_value"}));
}

TEST(ImportConsents, OwnerAndUserAreTwo) {
  const Loaded loaded = load(import_consents, "owner,user,from,to\n1,2,2025-01-01,2025-12-31\n");
  ASSERT_EQ(loaded.commands.size(), 1u);
  EXPECT_EQ(std::get<ShareAccount>(loaded.commands[0].action).user, "2");
  EXPECT_EQ(load(import_consents, "owner,user,from\n1,1,2025-01-01\n").problems, Problems{"2:2 share_self"});
}

}  // namespace
}  // namespace fenming
