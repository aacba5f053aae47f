#include "model/record.h"

#include <gtest/gtest.h>

#include "base/seal.h"
#include "model/codec.h"

namespace fenming {
namespace {

Settle sale() {
  Settle settle;
  settle.psn_no = "P1";
  settle.kind = "pharmacy";
  settle.from = settle.to = *parse_date("2025-03-01");
  settle.facts = {{"level", FactValue::Kind::text, "L1", {}},
                  {"diseases", FactValue::Kind::list, "", {"a", "b"}}};
  FeeLine line;
  line.line.id = "1";
  line.line.amount = Money::from_fen(1234);
  line.line.quantity = Decimal{-2'000'000};
  settle.lines = {line, line};
  settle.total = Money::from_fen(2468);
  return settle;
}

Decision decision() {
  Decision made;
  made.engine = 3;
  made.time = Instant{1'700'000'000'123};
  made.booked = *parse_date("2025-03-01");
  made.command = {{"H1", "2102", "m1"}, "cashier", sale()};
  made.bound = {{made.command.key, BindKind::done}};
  made.persons = {{"P1", 17}};
  SettlementResult result;
  result.lines = {{1234, 1, 2, 3, 1228}};
  result.shares = {{"basic", 800}};
  result.uploaded = {{5, {0, 2}}};
  result.rows = {{"PP1", "r", "", "x"}};
  made.results = {result};
  made.entries = {{{AccountKind::fund, "basic"}, Money::from_fen(-800)}};
  return made;
}

TEST(Record, ComesBackAsItWas) {
  const std::string bytes = write_record(decision());
  const auto again = read_record(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(write_record(*again), bytes);
  EXPECT_EQ(std::get<Settle>(again->command.action).lines[1].line.quantity, Decimal{-2'000'000});
  EXPECT_EQ(again->results.front().uploaded, decision().results.front().uploaded);
}

TEST(Record, EveryActionComesBack) {
  for (std::uint8_t index = 0; index < std::variant_size_v<Action>; ++index) {
    Decision made;
    std::string blank(400, '\0');
    ByteReader in(blank);
    decode_action(in, made.command.action, index);
    EXPECT_EQ(made.command.action.index(), index);
    const auto again = read_record(write_record(made));
    ASSERT_TRUE(again) << action_names[index];
    EXPECT_EQ(again->command.action.index(), index);
  }
}

TEST(Record, CutOffOrLongerIsRefused) {
  const std::string bytes = write_record(decision());
  for (std::size_t size = 1; size < bytes.size(); ++size)
    EXPECT_EQ(read_record(std::string_view(bytes).substr(0, size)).error().code, Code::record_damaged)
        << size;
  EXPECT_EQ(read_record(bytes + '\0').error().code, Code::record_damaged);
  EXPECT_EQ(read_record("").error().code, Code::record_version);
  EXPECT_EQ(read_record(std::string(1, static_cast<char>(record_version + 1))).error().code,
            Code::record_version);
}

TEST(Record, TheVersionStandsInFront) {
  std::string bytes = write_record(decision());
  EXPECT_EQ(bytes.front(), record_version);
  bytes.front() = record_version + 1;
  EXPECT_EQ(read_record(bytes).error().code, Code::record_version);
  bytes.front() = 1;  // an older record has fewer members: what follows is too long for it
  EXPECT_EQ(read_record(bytes).error().code, Code::record_damaged);
}

TEST(Record, AnyByteChangedNeverGivesTheSameBytesForAnotherValue) {
  const std::string bytes = write_record(decision());
  for (std::size_t at = 1; at < bytes.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      const auto read = read_record(changed);
      EXPECT_TRUE(!read || write_record(*read) == changed) << at;
    }
  }
}

TEST(FirstDifference, NamesTheField) {  // LAW 5
  Command one{{"H1", "2102", "m1"}, "a", sale()}, other{{"H1", "2102", "m1"}, "b", sale()};
  EXPECT_FALSE(first_difference(one, other)) << "who typed it is no part of the message";
  std::get<Settle>(other.action).lines[1].line.quantity = Decimal{1'500'000};
  const auto difference = first_difference(one, other);
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->field, "feedetail/1/line/cnt");
  EXPECT_EQ(difference->first, "-2");
  EXPECT_EQ(difference->second, "1.5");
  std::get<Settle>(other.action).lines.resize(1);
  EXPECT_EQ(first_difference(one, other)->field, "feedetail/1/line/feedetl_sn");
  other.action = Confirm{"S1"};
  EXPECT_EQ(first_difference(one, other)->field, "infno");
}

// REQ SEC-06
TEST(FirstDifference, ShowsNoCiphertext) {
  KeepDocument document;
  document.kind = "3401", document.subject = "A02", document.sealed = "one";
  Command one{{"H1", "3401", "m1"}, "a", document};
  document.sealed = "two";
  const auto difference = first_difference(one, {{"H1", "3401", "m1"}, "a", document});
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->field, "input");
  EXPECT_EQ(difference->first, "***");
  EXPECT_EQ(difference->second, "***");
}

// A group's key was erased, or a provider has one of its own since: the same text gives other bytes.
TEST(FirstDifference, CiphertextUnderAnotherKeyIsNotCompared) {
  const SecretKey key = SecretKey::random();
  const auto registration = [&](const char* id, const char* text) {
    return Command{{"H1", "x", "m1"}, "a", RegisterPerson{"P1", seal_same(key, id, "P1", text), {}}};
  };
  EXPECT_FALSE(first_difference(registration("g001", "a"), registration("g001", "a")));
  EXPECT_EQ(first_difference(registration("g001", "a"), registration("g001", "b"))->field, "sealed");
  EXPECT_FALSE(first_difference(registration("g001", "a"), registration("g001.2", "a")));
  Command before = registration("g001", "a");  // in the older way: another nonce
  std::get<RegisterPerson>(before.action).sealed = seal(key, "g001", "P1", "a");
  EXPECT_FALSE(first_difference(before, registration("g001", "a")));
  Command other = registration("g001.2", "a");
  std::get<RegisterPerson>(other.action).psn_no = "P2";
  EXPECT_EQ(first_difference(registration("g001", "a"), other)->field, "psn_no");
  std::get<RegisterPerson>(other.action) = {"P1", "", {}};
  EXPECT_EQ(first_difference(registration("g001", "a"), other)->field, "sealed") << "there or not there";
}

}  // namespace
}  // namespace fenming
