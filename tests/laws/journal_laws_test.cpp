// Laws 1 and 3: the journal is the truth, everything else is folded from it.
#include <algorithm>
#include <array>
#include <set>

#include "laws/law_desk.h"
#include "model/record.h"
#include "settlement/replay.h"
#include "settlement/verify.h"

namespace fenming::testing_desk {
namespace {

// Of every table at least one row.
std::string all_rows(Store& store) {
  std::string text;
  for (std::size_t table = 0; table < view_table_count; ++table) {
    const std::size_t before = text.size();
    const auto done = store.rows(static_cast<ViewTable>(table), {}, [&](std::span<const ViewCell> row) {
      for (const ViewCell& cell : row)
        if (const auto* number = std::get_if<std::int64_t>(&cell))
          text += std::to_string(*number) + "\t";
        else
          text.append(std::get<std::string_view>(cell)).append("\t");
      text += "\n";
      return true;
    });
    EXPECT_TRUE(done);
    EXPECT_GT(text.size(), before) << info(static_cast<ViewTable>(table)).name;
  }
  return text;
}

TEST(Law1, AnAnswerLeavesOnlyWhenItIsDurable) {  // LAW 1.2
  TestDesk at;
  const std::string before = at.normal("P1");
  const std::uint64_t head = at.desk->figures().head.position;
  FakeFaults faults;
  faults.append_failed = 1000;
  reopen_with(at, faults);
  EXPECT_EQ(at.refused(TestDesk::sale(yuan(300))), "store_failed");
  EXPECT_EQ(at.normal("P1"), before);  // nobody reads past the durable head
  at.reopen();
  EXPECT_EQ(at.desk->figures().head.position, head);
}

TEST(Law1, AnAppendWithoutAnswerIsLookedUpAndNeverRepeated) {  // LAW 1.2, 11
  TestDesk at;
  FakeFaults faults;
  faults.append_unknown = 1000;
  reopen_with(at, faults);
  for (int i = 0; i < 20; ++i) {
    const std::string msgid = "sale" + std::to_string(i);
    const std::uint64_t head = at.desk->figures().head.position;
    const auto outcome = at.call(TestDesk::sale(yuan(1)), msgid);
    EXPECT_EQ(at.desk->figures().head.position, head + (outcome ? 1 : 0));
    EXPECT_EQ(open_fake(at.disk)->head()->position, head + (outcome ? 1 : 0));
  }
}

TEST(Law1, ADecisionIsMadeAgainWhenTheHeadHasMoved) {  // LAW 1.4, 11
  TestDesk at;
  const std::unique_ptr<SettlementDesk> first = std::move(at.desk);
  first->catch_up();
  at.open();
  at.good(TestDesk::sale(yuan(300)));  // by another process: the deductible is used up
  at.desk.reset();
  const auto outcome = first->call(at.command(TestDesk::sale(yuan(100))));
  ASSERT_TRUE(outcome);
  EXPECT_EQ(TestDesk::result(*outcome).deductible, 0);
}

TEST(Law1, AKeyAnswersOnceBeforeAndAfterTheWatermark) {  // LAW 1.5
  TestDesk at;
  at.good(TestDesk::sale(yuan(10)), "early");
  at.desk->catch_up();
  at.good(TestDesk::sale(yuan(20)), "late");
  EXPECT_TRUE(at.good(TestDesk::sale(yuan(10)), "early").repeated);
  EXPECT_TRUE(at.good(TestDesk::sale(yuan(20)), "late").repeated);
  at.desk.reset();
  crash(*at.disk, 7);
  at.open();
  EXPECT_TRUE(at.good(TestDesk::sale(yuan(10)), "early").repeated);
  EXPECT_TRUE(at.good(TestDesk::sale(yuan(20)), "late").repeated);
}

TEST(Law1, DroppedViewsComeBackWithEqualRows) {  // LAW 1.6, 3
  TestDesk at(recomputing);
  const Outcome sale = at.good(TestDesk::sale(yuan(300)));
  at.good(TestDesk::sale(yuan(90)));
  at.good(poor());
  at.good(CancelSettlement{sale.decision->made, "P1"});
  at.good(RegisterPerson{"P4", "ciphertext", {fact("born", "1980-05-05")}, {"digest of a number"}});  // LAW 4
  at.good(KeepDocument{"3401", "A02", "", "ciphertext"});
  at.good(Reverse{"P1", "2207", "never"});
  const std::string visit =
      at.good(OpenVisit{"P3", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  at.good(UploadLines{visit, {line("1", yuan(200)), line("2", yuan(-20), "1")}});
  Settle stay;
  stay.psn_no = "P3", stay.visit = visit, stay.total = yuan(180);
  at.good(stay);
  at.desk->catch_up();
  const std::string before = all_rows(at.desk->store());
  for (const char* there : {"digest of a number", "A02", visit.c_str(), "never"})
    EXPECT_NE(before.find(there), std::string::npos) << there;
  at.desk.reset();
  ASSERT_TRUE(open_fake(at.disk)->drop_views());
  at.open();
  at.desk->catch_up();
  EXPECT_EQ(all_rows(at.desk->store()), before);
  EXPECT_EQ(at.desk->store().watermark().value(), at.desk->figures().head.position);
  EXPECT_TRUE(verify_store(at.desk->store())) << "the objects are those of the journal";
}

TEST(
    Law1,
    AFollowerThatFailsHoldsNobodyUp) {  // LAW 1.3, 1.7: memory is the fold up to the head, the views are behind
  TestDesk at;
  FakeFaults faults;
  faults.views_failed = 1000;
  at.desk->catch_up();
  const std::uint64_t watermark = at.desk->figures().watermark;
  reopen_with(at, faults);
  at.good(TestDesk::sale(yuan(300)), "sale");
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(100)))).deductible, 0);
  EXPECT_TRUE(at.good(TestDesk::sale(yuan(300)), "sale").repeated);
  EXPECT_FALSE(at.desk->catch_up()) << "it says that the views do not come";
  EXPECT_EQ(at.desk->figures().watermark, watermark);
  const std::string before = at.normal("P1");
  at.reopen();
  EXPECT_EQ(at.normal("P1"), before);
  EXPECT_TRUE(at.desk->catch_up());
  EXPECT_EQ(at.desk->figures().watermark, at.desk->figures().head.position);
}

TEST(Law1, ADecisionThatWasNotKeptLeavesNothingBehind) {  // LAW 1.3: nor the numbers it gave to words
  TestDesk at;
  FakeFaults faults;
  faults.append_failed = 600;
  reopen_with(at, faults);
  while (!at.call(TestDesk::sale(yuan(300)), "first")) {
  }
  while (!at.call(TestDesk::sale(yuan(200)), "second")) {
  }
  const std::string held = at.normal("P1");
  at.reopen();
  EXPECT_EQ(at.normal("P1"), held);
  EXPECT_EQ(TestDesk::result(at.good(TestDesk::sale(yuan(200)), "second")).deductible, 0);
  const Object shard = *at.desk->object(shard_object);
  for (const char* word : {"year", "deductible", "pool", "employees", "month", "visits"})
    EXPECT_FALSE(shard.find("w" + std::string(word)).empty()) << word;
}

TEST(Law1, WhatCannotBeReadIsNoAnswer) {  // LAW 1.4: neither a refusal nor a decision
  TestDesk at;
  at.pass(1'000);  // a start reads the records of the last instant: few, so that it often comes to a command
  at.good(TestDesk::sale(yuan(300)));
  at.desk->catch_up();
  FakeFaults faults;
  int decided = 0, unread = 0;
  for (faults.seed = 1; faults.seed < 120; ++faults.seed) {
    faults.read_failed = faults.seed % 2 == 0 ? 300 : 100;
    at.desk.reset();
    auto opened = at.opened(faults);
    if (!opened) continue;
    at.desk = std::move(*opened);
    const auto outcome = at.call(TestDesk::sale(yuan(100)));
    (outcome ? decided : unread) += 1;
    if (outcome)
      EXPECT_EQ(TestDesk::result(*outcome).deductible, 0);
    else
      EXPECT_EQ(outcome.error().code, Code::store_failed) << to_text(outcome.error(), Language::en);
  }
  EXPECT_GT(decided, 0);
  EXPECT_GT(unread, 0);
}

TEST(Law1, ARecordNamesThePersonsRecordBefore) {  // LAW 1.8
  TestDesk at;
  const Outcome first = at.good(TestDesk::sale(yuan(10)));
  at.good(TestDesk::sale(yuan(10), "P2"));
  const Outcome second = at.good(TestDesk::sale(yuan(20)));
  ASSERT_EQ(second.decision->persons.size(), 1U);
  EXPECT_EQ(second.decision->persons.front().previous, first.position);
}

TEST(Law1, ASettlementNamesUploadedLinesAndDoesNotCopyThem) {  // LAW 1.8
  TestDesk at;
  const std::string visit =
      at.good(OpenVisit{"P1", "", "Z1", TestDesk::day("2025-02-20"), {}}).decision->made;
  std::vector<std::uint64_t> uploads;
  for (const char* id : {"first-line", "other-line"})
    uploads.push_back(at.good(UploadLines{visit, {line(id, yuan(100))}}).position);
  Settle stay;
  stay.psn_no = "P1", stay.visit = visit, stay.total = yuan(200);
  const Outcome settled = at.good(stay);
  EXPECT_EQ(TestDesk::result(settled).uploaded, (std::vector<LineRef>{{uploads[0], {0}}, {uploads[1], {0}}}));
  const std::string record = write_record(*settled.decision);
  for (const char* id : {"first-line", "other-line"}) EXPECT_EQ(record.find(id), std::string::npos) << id;
}

// Every object that folding a decision changes.
std::set<std::string> changed_by(const Decision& decision) {
  std::set<std::string> names;
  for (const SettlementResult& result : decision.results)
    for (const Change& row : result.rows) names.insert(row.object);
  for (const Change& change : decision.changes) names.insert(change.object);
  for (const Posting& posting : decision.entries)
    if (has_balance(posting.account.kind)) names.insert(balance_object(posting.account));
  for (const PersonLink& person : decision.persons) names.insert(person_object(person.psn_no));
  return names;
}

TEST(Law1, NoObjectIsChangedByEverySettlement) {  // LAW 1.9: a fund's balance is a sum
  TestDesk at;
  const auto settled = [&](const char* psn_no, const char* provider) {
    at.good(CreditAccount{psn_no, yuan(5), "2025-03"});
    return at.good(TestDesk::sale(yuan(300), psn_no), "", provider);
  };
  settled("P3", "H1");  // words have their numbers from now on
  const Outcome one = settled("P1", "H1"), other = settled("P2", "H2");
  EXPECT_EQ(posted(*one.decision, AccountKind::fund), -16'000);
  EXPECT_EQ(posted(*other.decision, AccountKind::fund), -12'000);
  EXPECT_EQ(changed_by(*one.decision), std::set<std::string>{"PP1"});
  EXPECT_EQ(changed_by(*other.decision), std::set<std::string>{"PP2"});
  std::int64_t pool = 0;
  ASSERT_TRUE(at.desk->catch_up());
  ASSERT_TRUE(at.desk->store().rows(ViewTable::balance_day, {}, [&](std::span<const ViewCell> row) {
    if (std::get<std::string_view>(row[1]) == "fund") pool += std::get<std::int64_t>(row[3]);
    return true;
  }));
  EXPECT_EQ(pool, -16'000 - 16'000 - 12'000);
}

// As a program of before might have decided: a fen less from the fund.
std::string of_an_older_engine(std::string_view bytes) {
  Decision decision = *read_record(bytes);
  decision.engine = 0;
  SettlementResult& result = decision.results.front();
  --result.funds, --result.shares.front().fen, ++result.cash;
  for (Posting& one : decision.entries) {
    if (one.account.kind == AccountKind::fund) one.amount = one.amount + Money::from_fen(1);
    if (one.account.kind == AccountKind::cash) one.amount = one.amount - Money::from_fen(1);
  }
  return write_record(decision);
}

TEST(Law3, ReplayListsWhatAnotherEngineWouldDecideByIdAndFen) {  // LAW 3: reported, never rewritten
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)));
  const Outcome sale = at.good(TestDesk::sale(yuan(200)));
  at.good(TestDesk::sale(yuan(100)));
  const auto older = open_fake(make_fake_disk());
  const auto copied = at.desk->store().read(1, [&](std::uint64_t position, std::string_view bytes) {
    const std::string record = position == sale.position ? of_an_older_engine(bytes) : std::string(bytes);
    return older->append(std::array{NewRecord{record, merkle_leaf(record)}}, *older->head()).has_value();
  });
  ASSERT_TRUE(copied);
  const std::string& rules = std::get<AdoptRules>((*at.desk->record(1))->command.action).digest;
  ASSERT_TRUE(older->put_artifact(*at.desk->store().artifact(to_digest(rules))));
  const Head before = *older->head();
  const auto report = replay_store(*older);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->different, 1U);
  EXPECT_EQ(report->equal, before.position - 1);
  const ReplayDifference& found = report->differences.front();
  EXPECT_EQ(found.settlement, sale.decision->made);
  EXPECT_EQ(found.engine, 0U);
  EXPECT_EQ(found.now_fen - found.stored_fen, 1);
  EXPECT_EQ(*older->head(), before);
}

TEST(Law3, RebuildingNeedsNoRules) {  // LAW 3
  TestDesk at;
  at.good(TestDesk::sale(yuan(300)));
  const std::string before = at.normal("P1");
  const auto from = open_fake(at.disk);
  at.desk.reset();
  const auto copied = make_fake_disk();  // the records alone, no artifact
  std::vector<NewRecord> records;
  ASSERT_TRUE(from->read(1, [&](std::uint64_t, std::string_view bytes) {
    records.push_back({std::string(bytes), merkle_leaf(bytes)});
    return true;
  }));
  ASSERT_TRUE(open_fake(copied)->append(records, Head{}));
  at.disk = copied;
  at.open();
  EXPECT_EQ(at.normal("P1"), before);
}

}  // namespace
}  // namespace fenming::testing_desk
