#include "settlement/cells.h"

#include <gtest/gtest.h>

#include <map>

#include "settlement/words.h"

namespace fenming {
namespace {

TEST(Cells, AnIdNamesItsRecord) {
  const std::string id = make_id('S', "123456", 98'765'432'101'234, 7);
  EXPECT_EQ(id, "S1234569876543210123407");
  const auto read = parse_id('S', "123456", id);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->position, 98'765'432'101'234U);
  EXPECT_EQ(read->number, 7U);
  for (const unsigned number : {0U, 99U, 100U, 12'345U, 999'999'999U}) {
    const auto made = parse_id('S', "123456", make_id('S', "123456", 9, number));
    ASSERT_TRUE(made) << number;
    EXPECT_EQ(made->number, number);
  }
  for (const char* wrong :
       {"", "S", "V1234569876543210123407", "S6543219876543210123407", "S123456987654321012340",
        "S12345698765432101234070", "S1234569876543210123401234567890", "S1234560000000000000007",
        "S123456987654321012x407", "S123456/876543210123407", "S12345698765432101234:7"})
    EXPECT_FALSE(parse_id('S', "123456", wrong)) << wrong;
}

TEST(Cells, PositionsKeepTheirOrder) {
  const std::uint64_t positions[] = {1, 255, 256, 65'535, std::uint64_t{1} << 40, UINT64_MAX};
  std::string before;
  for (const std::uint64_t position : positions) {
    const std::string cell = lines_cell(position);
    EXPECT_EQ(cell.front(), 'l');
    EXPECT_EQ(cell_position(cell), position);
    EXPECT_EQ(cell_position(visit_settlement_cell(position)), position);
    EXPECT_LT(before, cell);
    before = cell;
  }
  EXPECT_EQ(visit_settlement_cell(1).front(), 't');
}

TEST(Cells, WhatIsNothingIsNotThere) {
  EXPECT_EQ(integer_cell(0), "");
  EXPECT_EQ(read_integer(""), 0);
  for (const std::int64_t value : {INT64_MIN, std::int64_t{-1}, std::int64_t{1}, INT64_MAX})
    EXPECT_EQ(read_integer(integer_cell(value)), value);
}

TEST(Cells, RowsComeBack) {
  EXPECT_TRUE(read_row("").members.empty());
  Row row;
  row.last = 300;
  row.members = {{1, -5}, {300, 7}};
  const Row back = read_row(write_row(row));
  EXPECT_EQ(back.last, row.last);
  EXPECT_EQ(back.members, row.members);
}

TEST(Cells, BalancesStandWithTheirOwners) {
  using enum AccountKind;
  for (const AccountKind kind : {personal, hold, receivable, claimant}) {
    EXPECT_TRUE(has_balance(kind));
    EXPECT_EQ(balance_object({kind, "1"}), "P1");
  }
  EXPECT_TRUE(has_balance(deposit));
  EXPECT_EQ(balance_object({deposit, "1"}), "V1");
  for (const AccountKind kind : {fund, cash, provider, reduction, contribution, interest, clearing})
    EXPECT_FALSE(has_balance(kind));
  EXPECT_NE(balance_cell(personal), balance_cell(hold));
}

TEST(Words, AreNumberedFromOneOnce) {
  std::map<std::string, std::string> cells;
  Words words([&](const std::string& name) { return cells[name]; },
              [&](const std::string& name, const std::string& value) { cells[name] = value; });
  EXPECT_FALSE(words.known("year"));
  EXPECT_EQ(words.number("year"), 1U);
  EXPECT_EQ(words.number("month"), 2U);
  EXPECT_EQ(words.number("year"), 1U);
  EXPECT_EQ(words.known("month"), 2U);
  EXPECT_EQ(read_integer(cells["W"]), 2);
}

}  // namespace
}  // namespace fenming
