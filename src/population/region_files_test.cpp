#include "population/region_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "model/record.h"
#include "population/command_json.h"
#include "population/year.h"
#include "registry/import.h"

namespace fenming {
namespace {

// What the files say when they are imported is what the year says itself: the same Commands but for their message ids.
std::multiset<std::string> shown(const std::vector<Action>& actions) {
  std::multiset<std::string> texts;
  for (const Action& action : actions) {
    Command command;
    command.action = action;
    if (auto* person = std::get_if<RegisterPerson>(&command.action)) {
      for (Status& status : person->statuses)  // a column of a file is text whatever the fact is
        if (status.fact.kind != FactValue::Kind::list) status.fact.kind = FactValue::Kind::text;
      std::ranges::sort(person->statuses, {}, [](const Status& status) { return status.fact.name; });
    }
    texts.insert(command_json(command, {}));
  }
  return texts;
}

// REQ ENR-07
TEST(RegionFiles, ImportedTheyAreTheRegion) {
  const Date from{20'089};
  const People people(2000, 4, from);
  const Providers providers(2000);
  std::string persons(persons_header), accounts(accounts_header), consents(consents_header);
  std::vector<Action> made, imported;
  for (const MadeProvider& provider : providers.all()) made.emplace_back(Providers::command(provider));
  for (std::uint32_t i = 0; i < people.size(); ++i) {
    const MadePerson person = people.person(i);
    for (Action& action : people.actions(person)) made.push_back(std::move(action));
    append_person_row(persons, people, person, from);
    append_account_row(accounts, person);
    append_consent_row(consents, people, person, from);
  }
  const CommandSink sink = [&](Command&& command) { imported.push_back(std::move(command.action)); };
  const auto load = [&](auto& importing, const std::string& text) {
    const auto counts = importing(text, "f.csv", ImportOptions{}, sink);
    ASSERT_TRUE(counts) << to_text(counts.error().front(), Language::en);
  };
  load(import_providers, providers_csv(providers));
  load(import_persons, persons);
  load(import_accounts, accounts);
  load(import_consents, consents);
  EXPECT_EQ(imported.size(), made.size());
  EXPECT_EQ(shown(imported), shown(made));
}

TEST(CommandJson, HasTheNationalNamesAndLeavesOutWhatIsEmpty) {
  Command command;
  command.key = {"H1", "2207", "m1"};
  Settle settle;
  settle.psn_no = "1";
  settle.kind = "outpatient";
  settle.from = settle.to = *parse_date("2025-03-01");
  settle.total = Money::from_fen(12'30);
  settle.facts = {{"prescription", FactValue::Kind::boolean, "yes", {}}};
  FeeLine line;
  line.line.id = "1";
  line.line.amount = Money::from_fen(12'30);
  line.line.quantity = Decimal{1'500'000};
  settle.lines.push_back(line);
  command.action = settle;
  EXPECT_EQ(
      command_json(command, settle.to),
      R"({"action":"settle","day":"2025-03-01","message":{"fixmedins_code":"H1","infno":"2207","msgid":"m1"},)"
      R"("psn_no":"1","med_type":"outpatient","begntime":"2025-03-01","endtime":"2025-03-01",)"
      R"("facts":{"prescription":true},"feedetail":[{"feedetl_sn":"1","det_item_fee_sumamt":12.30,"cnt":1.5}],)"
      R"("medfee_sumamt":12.30,"acct_used_flag":true})");
}

}  // namespace
}  // namespace fenming
