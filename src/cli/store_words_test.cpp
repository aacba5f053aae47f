// The words of the commands on a store, as a person types them: a small make-believe region lives some weeks, then it is asked.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "cli/arguments.h"
#include "cli/files.h"
#include "cli/store_desk.h"
#include "model/record.h"
#include "settlement/stored_case.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

struct Said {
  int code = 0;
  std::string out, err;
};

Said run(std::vector<std::string> words) {
  std::vector<char*> pointers;
  words.insert(words.begin(), "fenming");
  words.insert(words.end(), {"--lang", "en"});
  for (std::string& word : words) pointers.push_back(word.data());
  std::ostringstream out, err;
  Terminal terminal(out, err);
  Said said;
  said.code = run_arguments(static_cast<int>(pointers.size()), pointers.data(), terminal);
  said.out = out.str(), said.err = err.str();
  return said;
}

class StoreWords : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("fenming-words-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    const Said said = run({"simulate", path("store"), "--persons", "60", "--days", "25", "--keys",
                           path("keys"), "--rules", rules, "--seed", "7"});
    ASSERT_EQ(said.code, exit_ok) << said.err;
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }
  static std::string path(const std::string& name) { return (folder_ / name).string(); }

  struct Settled {
    std::string id, kind, provider, day;
    std::uint64_t position = 0;
  };
  static std::vector<Settled> settlements() {
    const auto store = open_store(path("store"));
    std::vector<Settled> all;
    const auto done = (*store)->rows(ViewTable::settlement, {}, [&](std::span<const ViewCell> row) {
      const auto text = [&](std::size_t i) { return std::string(std::get<std::string_view>(row[i])); };
      all.push_back(
          {text(0), text(4), text(3), text(2), static_cast<std::uint64_t>(std::get<std::int64_t>(row[1]))});
      return true;
    });
    EXPECT_TRUE(done);
    return all;
  }

  inline static fs::path folder_;
  inline static const std::string rules = std::string(FENMING_SOURCE_DIR) + "/rules/990000-mingzhou";
};

TEST_F(StoreWords, EverySettlementIsExplainedFromItsRecordToTheFen) {  // REQ SET-09, POL-07, LAW 3
  std::size_t explained = 0;
  for (const Settled& one : settlements()) {
    if (one.kind == "cancelled") continue;
    const Said said = run({"explain", "--store", path("store"), "--setl", one.id, "--for", "staff"});
    EXPECT_EQ(said.code, exit_ok) << one.id << "\n" << said.err;
    if (++explained == 40) break;
  }
  EXPECT_GT(explained, 10U);
}

// The store up to this settlement, whose record has a fen more from its first fund, as another program might have written it.
void copy_with_a_fen_more(Store& from, Store& to, const std::string& setl_id, std::uint64_t position) {
  const auto copied = from.read(
      1,
      [&](std::uint64_t at, std::string_view bytes) {
        Decision decision = *read_record(bytes);
        for (const std::string& digest : {decision.rules, decision.catalogue}) {
          if (digest.empty()) continue;
          EXPECT_TRUE(to.put_artifact(*from.artifact(to_digest(digest))));
        }
        NewRecord record{std::string(bytes), {}};
        if (at == position) {
          SettlementResult& result =
              *std::ranges::find(decision.results, setl_id, &SettlementResult::settlement);
          ++result.funds, ++result.shares.front().fen, --result.cash;
          record.bytes = write_record(decision);
        }
        record.leaf = merkle_leaf(record.bytes);
        return to.append(std::span(&record, 1), *to.head()).has_value();
      },
      position);
  ASSERT_TRUE(copied);
  ASSERT_EQ(to.head()->position, position);
}

TEST_F(StoreWords, AnExplanationThatComesOutOtherwiseSaysSo) {  // REQ SET-09, LAW 3
  const auto all = settlements();
  const auto one = std::ranges::find(all, "settled", &Settled::kind);
  ASSERT_NE(one, all.end());
  {
    const auto from = open_store(path("store"));
    auto to = open_store(path("altered"), true);
    ASSERT_TRUE(from && to);
    copy_with_a_fen_more(**from, **to, one->id, one->position);
    auto desk = open_desk(std::move(*to));
    ASSERT_TRUE(desk);
    ASSERT_TRUE((*desk)->catch_up());
  }
  const Said said = run({"explain", "--store", path("altered"), "--setl", one->id, "--for", "staff"});
  EXPECT_EQ(said.code, exit_findings);
  EXPECT_FALSE(said.out.empty()) << "what comes out now is explained";
  for (const char* named : {tag(Code::desk_explained_otherwise).data(), "fund_pay_sumamt", "psn_cash_pay"})
    EXPECT_NE(said.err.find(named), std::string::npos) << said.err;
  EXPECT_EQ(said.err.find("medfee_sumamt"), std::string::npos) << said.err;
}

TEST_F(StoreWords, ATraceOfAStoredSettlementIsVerified) {  // REQ SET-09, LAW 3
  std::size_t verified = 0;
  for (const Settled& one : settlements()) {
    if (one.kind == "cancelled") continue;
    const Said said = run({"explain", "--store", path("store"), "--setl", one.id, "--json"});
    ASSERT_EQ(said.code, exit_ok) << said.err;
    ASSERT_FALSE(write_file(path("trace.json"), said.out));
    const Said checked = run({"explain", "--rules", rules, "--verify", path("trace.json")});
    EXPECT_EQ(checked.code, exit_ok) << one.id << "\n" << checked.err;
    if (++verified == 12) break;
  }
  EXPECT_GT(verified, 5U);
}

TEST_F(StoreWords, WhatIsNoSettlementIsNotExplained) {
  EXPECT_EQ(run({"explain", "--store", path("store"), "--setl", "S99000000000000000199"}).code,
            exit_bad_input);
  EXPECT_EQ(run({"explain", "--store", path("store")}).code, exit_usage);
  EXPECT_EQ(run({"explain", "--bill", "x.json"}).code, exit_usage);
}

TEST_F(StoreWords, AThirdPersonChecksAReceiptWithThePublicKeyAlone) {  // REQ SEC-05, LAW 2
  const Settled one = settlements().front();
  const std::string position = std::to_string(one.position), key = path("keys") + "/sign.pub";
  ASSERT_EQ(run({"receipt", path("store"), position, path("a.receipt"), "--record"}).code, exit_ok);
  ASSERT_EQ(run({"receipt", path("store"), position, path("b.receipt")}).code, exit_ok);
  const Said whole = run({"receipt", "--check", path("a.receipt"), "--key", key});
  EXPECT_EQ(whole.code, exit_ok) << whole.err;
  EXPECT_NE(whole.out.find(one.id), std::string::npos) << whole.out;
  const Said bare = run({"receipt", "--check", path("b.receipt"), "--key", key});
  EXPECT_EQ(bare.code, exit_ok) << bare.err;
  EXPECT_EQ(bare.out.find(one.id), std::string::npos);
  EXPECT_NE(bare.out.find("position " + position), std::string::npos) << bare.out;
  std::string changed = *read_file(path("a.receipt"));
  changed[changed.size() - 20] ^= 1;
  ASSERT_FALSE(write_file(path("c.receipt"), changed));
  const Said false_one = run({"receipt", "--check", path("c.receipt"), "--key", key});
  EXPECT_EQ(false_one.code, exit_findings);
  EXPECT_NE(false_one.err.find("STO-011"), std::string::npos) << false_one.err;
  ASSERT_EQ(run({"adopt", path("other"), "--rules", rules, "--by", "clerk"}).code, exit_ok);
  EXPECT_EQ(run({"receipt", "--check", path("a.receipt")}).code, exit_usage);
  EXPECT_EQ(run({"receipt", path("store")}).code, exit_usage);
}

TEST_F(StoreWords, AStatementAddsUpAProvidersDays) {  // LAW 9(l)
  const Settled one = settlements().front();
  const Said said =
      run({"statement", path("store"), "--provider", one.provider, "--from", one.day, "--to", one.day});
  ASSERT_EQ(said.code, exit_ok) << said.err;
  EXPECT_NE(said.out.find("\"fixmedins_setl_cnt\""), std::string::npos) << said.out;
  EXPECT_EQ(run({"statement", path("store"), "--provider", "H", "--from", "x", "--to", one.day}).code,
            exit_bad_input);
}

TEST_F(StoreWords, AFileOfPersonsMayComeAgainWithChangedStatuses) {  // REQ ENR-07
  ASSERT_EQ(run({"adopt", path("new"), "--rules", rules, "--by", "clerk"}).code, exit_ok);
  const auto imported = [&](const std::string& rows) {
    EXPECT_FALSE(write_file(path("persons.csv"), "psn_no,born,sex,from,to,scheme,aid\n" + rows));
    const Said said = run({"import", "persons", path("persons.csv"), "--store", path("new")});
    EXPECT_EQ(said.code, exit_ok) << said.out << said.err;
    return said.out;
  };
  const std::string first = "1,1980-01-01,male,2025-01-01,,employees,";
  EXPECT_EQ(imported(first + "\n"), "1 rows, 1 commands, 0 of them done before\n");
  const std::string again = imported(first + "poor\n2,1990-01-01,1,2025-01-01,,residents,\n");
  EXPECT_EQ(again, "2 rows, 5 commands, 0 of them done before\n") << "the changed one goes in parts";
  EXPECT_EQ(imported(first + "poor\n2,1990-01-01,1,2025-01-01,,residents,\n"),
            "2 rows, 2 commands, 2 of them done before\n");
  ASSERT_FALSE(write_file(
      path("persons.csv"),
      "psn_no,born,sex,from,to,scheme,aid\n1,1980-01-01,male,2025-01-01,2026-12-31,residents,poor\n"));
  const Said contradicting = run({"import", "persons", path("persons.csv"), "--store", path("new")});
  EXPECT_EQ(contradicting.code, exit_findings) << contradicting.out << contradicting.err;
  EXPECT_NE(contradicting.err.find("1 problems"), std::string::npos)
      << "the scheme alone; the rest of the row is done: " << contradicting.err;
  auto store = open_store(path("new"));
  ASSERT_TRUE(store);
  const auto state = (*store)->state(std::vector<std::string>{"P1"});
  ASSERT_TRUE(state);
  EXPECT_NE(state->front().bytes.find("poor"), std::string::npos);
}

TEST_F(StoreWords, ACatalogueIsImportedWholeOrNotAtAll) {  // REQ ENR-07
  ASSERT_EQ(run({"adopt", path("new"), "--rules", rules, "--by", "clerk"}).code, exit_ok);
  const std::string good = std::string(FENMING_SOURCE_DIR) + "/sandbox/catalog.csv";
  const Said said = run({"import", "catalog", good, "--store", path("new"), "--by", "clerk"});
  EXPECT_EQ(said.code, exit_ok) << said.err;
  EXPECT_NE(said.out.find("in force"), std::string::npos);
  EXPECT_NE(run({"import", "catalog", good, "--store", path("new")}).code, exit_ok) << "nobody said who";
  const auto head = [&] { return (*open_store(path("new")))->head()->position; };
  const std::uint64_t before = head();
  ASSERT_FALSE(
      write_file(path("bad.csv"),
                 "item,name_zh,class,unit_limit,from,to\nX1,a,A,1.00,2025-01-01,\nX2,b,A,abc,2025-01-01,\n"));
  const Said refused = run({"import", "catalog", path("bad.csv"), "--store", path("new"), "--by", "clerk"});
  EXPECT_EQ(refused.code, exit_findings) << refused.out << refused.err;
  EXPECT_NE(read_file(path("bad.csv.report.csv"))->find("3,"), std::string::npos);
  EXPECT_EQ(head(), before);
}

TEST_F(StoreWords, AClockThatWasAheadIsAcceptedByAPerson) {  // LAW 8
  const auto ahead = [] {
    Now now = system_clock_now();
    now.wall.ms += 3'600'000;
    return now;
  };
  {
    auto desk = open_desk(*open_store(path("ahead"), true), {.clock = ahead});
    ASSERT_TRUE(desk);
    ASSERT_TRUE((*desk)->call({{}, "clerk", RegisterProvider{"H1", "H1", {}, 30}}));
  }
  const auto adopted = [&] { return run({"adopt", path("ahead"), "--rules", rules, "--by", "clerk"}); };
  EXPECT_EQ(adopted().code, exit_bad_input);
  EXPECT_NE(adopted().err.find(tag(Code::desk_clock)), std::string::npos);
  EXPECT_EQ(run({"clock", "accept", path("ahead")}).code, exit_usage) << "nobody has said who";
  EXPECT_EQ(adopted().code, exit_bad_input);
  EXPECT_EQ(run({"clock", "accept", path("ahead"), "--by", "chief"}).code, exit_ok);
  EXPECT_EQ(adopted().code, exit_ok);
}

TEST_F(StoreWords, TwoNumbersAreMerged) {  // LAW 9(g)
  ASSERT_EQ(run({"adopt", path("merging"), "--rules", rules, "--by", "clerk"}).code, exit_ok);
  const Said refused = run({"merge", path("merging"), "--kept", "1", "--merged", "2", "--by", "clerk"});
  EXPECT_EQ(refused.code, exit_bad_input);
  EXPECT_NE(refused.err.find("DSK-002"), std::string::npos);
}

}  // namespace
}  // namespace fenming
