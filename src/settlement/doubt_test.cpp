// What a desk does with a store that fails, or that does not say what became of a commit.
#include "model/record.h"
#include "settlement/project.h"
#include "settlement/statement.h"
#include "settlement/test_desk.h"
#include "settlement/verify.h"
#include "store/embedded/test_embedded.h"
#include "store/embedded/test_faulty_vfs.h"
#include "store/test_faulty_store.h"

namespace fenming::testing_desk {
namespace {

// What the books of the views say stands in the accounts.
std::int64_t booked(Store& store) {
  std::int64_t fen = 0;
  EXPECT_TRUE(store.rows(ViewTable::balance_day, {}, [&](std::span<const ViewCell> row) {
    if (std::get<std::string_view>(row[1]) == "personal") fen += std::get<std::int64_t>(row[3]);
    return true;
  }));
  return fen;
}

class Doubt : public testing::Test {
 protected:
  void open(std::size_t lag_max = 100) {
    DeskOptions options;
    options.region = "123456";
    options.lag_max = lag_max;
    options.clock = [this] { return Now{Instant{wall_ms}, steady_ms}; };
    auto opened = SettlementDesk::open(std::make_unique<FaultyStore>(open_fake(disk), faults), options);
    ASSERT_TRUE(opened) << to_text(opened.error(), Language::en);
    desk = std::move(*opened);
    if (desk->figures().head.position == 0)
      register_persons(*desk, 2, [](std::uint64_t i) { return "P" + std::to_string(i + 1); }, yuan(100));
    ASSERT_TRUE(desk->catch_up());
  }

  Result<Outcome> call(Action action, std::string msgid) {
    return desk->call({{"H1", "2207", std::move(msgid)}, "", std::move(action)});
  }
  // One yuan for P1; what became of it.
  std::string credit(std::string msgid, const char* psn_no = "P1") {
    const auto outcome = call(CreditAccount{psn_no, yuan(1), "a"}, std::move(msgid));
    if (!outcome) return std::string(name(outcome.error().code));
    return outcome->repeated ? "repeated" : "credited";
  }
  std::int64_t balance() {
    return read_integer(desk->object(person_object("P1"))->find(balance_cell(AccountKind::personal)));
  }
  // A follower that failed tries again after a while.
  void wait_for_views() {
    for (int tries = 0; tries < 100 && !desk->catch_up(); ++tries)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    ASSERT_TRUE(desk->catch_up());
  }
  // The books and the journal agree.
  void verify() {
    wait_for_views();
    const auto report = verify_store(desk->store());
    EXPECT_TRUE(report) << to_text(report.error(), Language::en);
  }

  StoreFaults faults;
  std::shared_ptr<FakeDisk> disk = make_fake_disk();
  std::atomic<std::int64_t> wall_ms = day_begin(TestDesk::day("2025-03-01")).ms + 9 * 3'600'000,
                            steady_ms = 1000;
  std::unique_ptr<SettlementDesk> desk;
};

TEST_F(Doubt, law_11_an_unknown_commit_is_told_as_unknown_until_the_head_says_what_happened) {  // LAW 11
  for (const bool written : {true, false}) {
    disk = make_fake_disk();
    open();
    (written ? faults.answer_is_lost : faults.nothing_came) = true;
    faults.head_fails = true;
    EXPECT_EQ(credit("m1"), "store_unknown");
    EXPECT_EQ(credit("m1"), "store_unknown") << "nobody knows yet";
    EXPECT_EQ(credit("m2"), "store_failed") << "surely not written";
    const auto asked = desk->outcome({"H1", "2207", "m1"});
    EXPECT_EQ(asked ? "known" : name(asked.error().code), "store_unknown");
    EXPECT_FALSE(desk->trial({{"H1", "2207", "m3"}, "", CreditAccount{"P1", yuan(1), "a"}}));
    EXPECT_FALSE(desk->object(person_object("P1")))
        << "neither the old balance nor the new one is known to be right";
    EXPECT_FALSE(desk->catch_up());
    EXPECT_TRUE(desk->figures().in_doubt);
    faults.answer_is_lost = faults.nothing_came = faults.head_fails = false;
    EXPECT_EQ(credit("m1"), written ? "repeated" : "credited");
    EXPECT_FALSE(desk->figures().in_doubt);
    EXPECT_EQ(credit("m2"), "credited");
    EXPECT_EQ(balance(), 10'200);
    faults.nothing_came = faults.head_fails = true;
    EXPECT_EQ(credit("m3"), "store_unknown");
    EXPECT_EQ(credit("m1"), "store_failed") << "it was known what became of it";
    faults.nothing_came = faults.head_fails = false;
    verify();
    desk.reset();
  }
}

TEST_F(Doubt, an_unknown_commit_that_was_not_made_is_told_so) {
  open();
  faults.nothing_came = true;
  EXPECT_EQ(credit("m1"), "store_failed");
  faults.nothing_came = false;
  EXPECT_EQ(credit("m1"), "credited");
}

TEST_F(Doubt, law_11_an_unknown_commit_is_looked_for_when_nobody_asks) {  // LAW 11
  open();
  faults.answer_is_lost = faults.head_fails = true;
  EXPECT_EQ(credit("m1"), "store_unknown");
  const std::uint64_t before = desk->figures().watermark;
  faults.answer_is_lost = faults.head_fails = false;
  for (int tries = 0; tries < 200 && desk->figures().watermark == before; ++tries)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(desk->figures().watermark, before + 1);
}

TEST_F(Doubt, law_1_what_was_folded_in_is_not_folded_in_again_while_the_views_are_behind) {  // LAW 1.3
  open(2);
  faults.views_fail = true;
  EXPECT_EQ(credit("m1"), "credited");
  EXPECT_EQ(credit("m2"), "credited");
  faults.answer_is_lost = faults.head_fails = true;
  EXPECT_EQ(credit("m3"), "store_unknown");
  faults.answer_is_lost = faults.head_fails = false;
  for (const char* msgid : {"n1", "n2", "n3"}) {
    EXPECT_EQ(credit(msgid, "P2"), "store_failed") << "the views do not come";
    EXPECT_EQ(balance(), 10'300);
  }
  faults.views_fail = false;
  verify();
  EXPECT_EQ(credit("m3"), "repeated");
  EXPECT_EQ(credit("n1", "P2"), "credited");
  EXPECT_EQ(balance(), 10'300);
  verify();
}

TEST_F(Doubt, law_8_an_accepted_clock_that_was_not_written_is_not_trusted) {  // LAW 8
  open();
  wall_ms += 86'400'000;
  EXPECT_EQ(credit("m1"), "desk_clock");
  faults.append_fails = true;
  EXPECT_FALSE(call(AcceptClock{Instant{wall_ms}, "chief"}, "m2"));
  faults.append_fails = false;
  EXPECT_EQ(credit("m3"), "desk_clock");
  EXPECT_TRUE(call(AcceptClock{Instant{wall_ms}, "chief"}, "m4"));
  EXPECT_EQ(credit("m5"), "credited");
}

TEST_F(Doubt, law_1_a_start_after_an_accepted_clock_is_as_short_as_any) {  // LAW 1.7, LAW 8
  open();
  wall_ms -= 3'600'000;
  desk.reset();
  open();
  EXPECT_EQ(credit("m1"), "desk_clock");
  EXPECT_TRUE(call(AcceptClock{Instant{wall_ms}, "chief"}, "m2"));
  for (int i = 0; i < 50; ++i) EXPECT_EQ(credit("n" + std::to_string(i)), "credited");
  ASSERT_TRUE(desk->catch_up());
  desk.reset();
  faults.records_read = 0;
  open();
  EXPECT_LE(faults.records_read, 1U);
  EXPECT_EQ(credit("m1"), "credited");
}

TEST_F(Doubt, law_7_a_statement_is_refused_where_the_views_are_behind) {  // LAW 7
  open();
  faults.views_fail = true;
  Settle sale = TestDesk::sale(yuan(300));
  sale.two_phase = true;
  const std::vector<std::string> ids{call(sale, "m1")->decision->made,
                                     "S12345699999999999999"
                                     "01"};
  const auto behind = statement_rows_of(desk->store(), "H1", ids);
  ASSERT_FALSE(behind) << "whether it is confirmed nobody knows";
  EXPECT_EQ(behind.error().code, Code::store_views_behind);
  faults.views_fail = false;
  wait_for_views();
  const auto rows = statement_rows_of(desk->store(), "H1", ids);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().standing, Standing::pending);
}

TEST_F(Doubt, law_1_views_are_written_once_whatever_the_store_says) {  // LAW 1.3
  for (const bool watermark_fails : {false, true}) {
    disk = make_fake_disk();
    open();
    faults.views_answer_is_lost = true;
    faults.watermark_fails = watermark_fails;
    EXPECT_EQ(credit("m1"), "credited");
    EXPECT_EQ(desk->catch_up().has_value(), !watermark_fails);
    EXPECT_EQ(credit("m2"), "credited");
    faults.views_answer_is_lost = faults.watermark_fails = false;
    EXPECT_EQ(credit("m3"), "credited");
    wait_for_views();
    EXPECT_EQ(booked(desk->store()), 20'300);
    desk.reset();
  }
}

TEST_F(Doubt, law_1_views_are_the_fold_up_to_their_watermark_and_memory_up_to_the_head) {  // LAW 1.3
  open();
  EXPECT_EQ(credit("m1"), "credited");
  EXPECT_TRUE(call(TestDesk::sale(yuan(300)), "m2"));
  wait_for_views();
  faults.views_fail = true;
  EXPECT_EQ(credit("m3"), "credited");
  EXPECT_TRUE(call(TestDesk::sale(yuan(20), "P2"), "m4"));
  EXPECT_FALSE(desk->catch_up());
  const std::uint64_t watermark = desk->store().watermark().value();
  ASSERT_EQ(watermark + 2, desk->figures().head.position);
  PlainObjects objects;
  ViewBatch batch;
  batch.watermark = watermark;
  Projector projector(batch.rows);
  ASSERT_TRUE(desk->store().read(1, [&](std::uint64_t position, std::string_view bytes) {
    const Decision decision = *read_record(bytes);
    if (position == watermark + 1) {
      for (const auto& [name, object] : objects.all())
        EXPECT_EQ(desk->store().state(std::span(&name, 1))->front().bytes, object.write()) << name;
    }
    EXPECT_FALSE(fold(objects, position, decision));
    if (position <= watermark) projector.add(position, decision, bytes.size());
    return true;
  }));
  const auto reference = open_fake(make_fake_disk());
  ASSERT_TRUE(reference->write_views(batch));
  EXPECT_EQ(all_views(desk->store()), all_views(*reference));
  for (const auto& [name, object] : objects.all()) EXPECT_EQ(*desk->object(name), object) << name;
  faults.views_fail = false;
  verify();
}

TEST_F(Doubt, law_1_two_desks_write_the_views_once) {  // LAW 1.3
  open();
  const std::unique_ptr<SettlementDesk> first = std::move(desk);
  open();
  EXPECT_EQ(credit("m1"), "credited");
  ASSERT_TRUE(desk->catch_up());
  const auto repeated = first->call({{"H1", "2207", "m1"}, "", CreditAccount{"P1", yuan(1), "a"}});
  ASSERT_TRUE(repeated);
  EXPECT_TRUE(repeated->repeated);
  ASSERT_TRUE(first->call({{"H1", "2207", "m2"}, "", CreditAccount{"P1", yuan(1), "a"}}));
  ASSERT_TRUE(first->catch_up());
  EXPECT_EQ(credit("m3"), "credited");
  ASSERT_TRUE(desk->catch_up());
  EXPECT_EQ(booked(desk->store()), 20'300);
  verify();
}

TEST_F(Doubt, law_1_of_what_the_views_have_in_part_they_get_the_rest) {  // LAW 1.3
  open();
  const std::unique_ptr<SettlementDesk> first = std::move(desk);
  open();
  EXPECT_EQ(credit("m1"), "credited");
  ASSERT_TRUE(desk->catch_up());
  faults.views_fail = true;
  EXPECT_EQ(credit("m2"), "credited");
  desk.reset();  // the views have m1 and not m2
  faults.views_fail = false;
  ASSERT_TRUE(first->call({{"H1", "2207", "m3"}, "", CreditAccount{"P1", yuan(1), "a"}}));
  ASSERT_TRUE(first->catch_up()) << "m1 and m2 were folded in at once";
  EXPECT_EQ(booked(first->store()), 20'300);
}

TEST_F(Doubt, law_1_who_ends_tries_a_few_times_to_write_the_views) {  // LAW 1.3
  open();
  faults.views_fail = true;
  EXPECT_EQ(credit("m1"), "credited");
  std::thread heals([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    faults.views_fail = false;
  });
  const std::uint64_t head = desk->figures().head.position;
  desk.reset();
  heals.join();
  EXPECT_EQ(*open_fake(disk)->watermark(), head);
}

TEST_F(Doubt, law_11_whoever_finds_others_in_the_journal_decides_again_a_few_times) {  // LAW 11
  open();
  faults.moved = 3;
  EXPECT_EQ(credit("m1"), "credited");
  faults.moved = 4;
  EXPECT_EQ(credit("m2"), "store_moved");
  EXPECT_EQ(faults.moved, 0);
  EXPECT_EQ(credit("m2"), "credited");
  EXPECT_EQ(balance(), 10'200);
  verify();
}

TEST_F(Doubt, law_11_a_desk_that_lost_its_shard_says_so_and_stops) {  // LAW 11
  open();
  EXPECT_EQ(credit("m1"), "credited");
  faults.taken_over = true;
  const auto views = desk->catch_up();
  EXPECT_EQ(views ? "" : name(views.error().code), "store_lost");
  EXPECT_EQ(credit("m2"), "store_lost");
  const auto trial = desk->trial({{"H1", "2207", "m3"}, "", TestDesk::sale(yuan(1))});
  EXPECT_EQ(trial ? "" : name(trial.error().code), "store_lost");
  faults.taken_over = false;  // whatever comes later: its follower has ended
  EXPECT_FALSE(desk->catch_up());
  desk.reset();
  open();
  EXPECT_EQ(booked(desk->store()), 20'100);
  verify();
}

// REQ PLT-05
TEST(DeskOnADisk, refuses_clearly_and_goes_on_by_itself) {
  const TestFolder folder;
  FaultyDisk& disk = FaultyDisk::get();
  disk.heal();
  EmbeddedOptions embedded;
  embedded.vfs = FaultyDisk::vfs();
  for (const IoFault fault : {IoFault::lasting, IoFault::full, IoFault::after_done})
    for (std::int64_t nth = 1;; ++nth) {
      const std::string place = std::to_string(static_cast<int>(fault)) + "-" + std::to_string(nth);
      DeskOptions options;
      options.region = "123456";
      options.clock = [] { return Now{day_begin(TestDesk::day("2025-03-01")), 1000}; };
      const auto desk = *SettlementDesk::open(*open_embedded(folder / place, embedded), options);
      register_persons(*desk, 1, [](std::uint64_t) { return std::string("P1"); }, yuan(100));
      ASSERT_TRUE(desk->catch_up());
      const auto credit = [&](const char* msgid) {
        return desk->call({{"H1", "2207", msgid}, "", CreditAccount{"P1", yuan(1), "a"}});
      };
      disk.arm(nth, fault);
      static_cast<void>(credit("m1"));  // whatever the answer is
      const bool hit = disk.hit();
      disk.heal();
      for (const char* msgid : {"m2", "m1"}) {
        const auto next = credit(msgid);
        EXPECT_TRUE(next) << place << ": " << to_text(next.error(), Language::en);
      }
      EXPECT_EQ(credit("m1")->repeated, true);
      EXPECT_EQ(read_integer(desk->object(person_object("P1"))->find(balance_cell(AccountKind::personal))),
                10'200)
          << place;
      if (!hit) break;
    }
}

TEST_F(Doubt, WhatIsInForceIsReadOnceWhenItIsWarmed) {
  open();
  EXPECT_TRUE(desk->warm()) << "nothing is in force";
  const auto rules = desk->put_artifact(pack_library({{"region.yaml", region()}}, {}));
  ASSERT_TRUE(rules);
  ASSERT_TRUE(call(AdoptRules{std::string(bytes_of(*rules))}, "rules"));
  desk.reset();
  open();
  faults.artifacts_read = 0;
  faults.artifacts_fail = true;
  EXPECT_EQ(desk->warm().error().code, Code::store_failed);
  faults.artifacts_fail = false;
  EXPECT_TRUE(desk->warm());
  EXPECT_EQ(faults.artifacts_read, 2u);
  EXPECT_TRUE(desk->warm());
  EXPECT_EQ(faults.artifacts_read, 2u) << "kept";
}

}  // namespace
}  // namespace fenming::testing_desk
