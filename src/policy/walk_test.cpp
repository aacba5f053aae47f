// The walk lists every breakpoint of a policy whose pieces are known by hand, with exact slopes.
#include "policy/walk.h"

#include <gtest/gtest.h>

#include "policy/test_library.h"
#include "policy/trial.h"

namespace fenming {
namespace {

constexpr std::string_view text = R"YAML(
region: 990001
facts: {level: [L1, L3]}
keep: {year: {per: [year], of: {paid: money}}}
steps:
  - layer: pool
    base: eligible
    deductible: 1000
    at: deductible
    bands: [{to: 30000, ratio: 80%}, {to: 40000, ratio: 85%}, {ratio: 90%}]
    cap: {limit: 50000, used: year.paid}
    add: {year.paid: paid}
  - {layer: more, base: pool.covered - pool.consumed, ratio: 50%}
)YAML";

struct Walked {
  std::shared_ptr<const Library> library;
  BoundBill bill;
  std::vector<Piece> pieces;
  bool complete = false;
};

Walked walk(std::string_view yaml, std::int64_t paid_before) {
  Walked w;
  auto read = read_library({{"region.yaml", std::string(yaml)}});
  if (!read) {
    ADD_FAILURE() << to_text(read.error().front(), Language::en);
    return w;
  }
  w.library = *read;
  const PolicyVersion& version = w.library->versions.front();
  Trial trial(*w.library, version, version.plans.front());
  w.bill = trial.bill();
  if (!w.bill.rows.empty()) w.bill.rows[0].values[0] = paid_before;
  trial.add_line(w.bill, trial.line_kinds(w.bill).front(), 0);
  Walker walker(*w.library);
  w.complete = walker.walk(w.bill, {true, 0, 0, 0}, 0, 20'000'000, w.pieces);
  return w;
}

Wide percent(int value) { return fixed_point * value / 100; }

// Slopes of the whole benefit, neighbouring pieces of one slope put together.
std::vector<std::pair<std::int64_t, Wide>> slopes(const std::vector<Piece>& pieces) {
  std::vector<std::pair<std::int64_t, Wide>> list;
  for (const Piece& piece : pieces)
    if (list.empty() || list.back().second != piece.benefit.slope)
      list.emplace_back(piece.from, piece.benefit.slope);
  return list;
}

// REQ POL-06
TEST(Walk, ListsAllPiecesOfAPolicy) {
  const Walked w = walk(text, 0);
  ASSERT_TRUE(w.complete);
  // 29,000 x 80 % + 10,000 x 85 % = 31,700; the cap of 50,000 leaves 18,300, which 90 % earn on 20,333.33 more.
  const std::vector<std::pair<std::int64_t, Wide>> expected = {{0, 0},
                                                               {100'000, percent(80)},
                                                               {3'000'000, percent(85)},
                                                               {4'000'000, percent(90)},
                                                               {6'033'334, percent(50)}};
  EXPECT_EQ(slopes(w.pieces), expected);
  EXPECT_EQ(w.pieces.back().to, 20'000'000);
  for (std::size_t i = 1; i < w.pieces.size(); ++i) EXPECT_EQ(w.pieces[i].from, w.pieces[i - 1].to + 1);
}

TEST(Walk, AnAccumulatorMovesTheCap) {
  const Walked w = walk(text, 4'000'000);  // 10,000 left: 80 % earn it on 12,500
  ASSERT_TRUE(w.complete);
  const std::vector<std::pair<std::int64_t, Wide>> expected = {
      {0, 0}, {100'000, percent(80)}, {1'350'000, percent(50)}};
  EXPECT_EQ(slopes(w.pieces), expected);
}

TEST(Walk, ValuesAreTheExactEnginesWithoutRounding) {
  Walked w = walk(text, 0);
  const PolicyVersion& version = w.library->versions.front();
  Trial trial(*w.library, version, version.plans.front());
  Tried outcome;
  for (const Piece& piece : w.pieces) {
    ASSERT_TRUE(trial.run_at(w.bill, {true, 0, 0, 0}, piece.from, outcome));
    const Wide off = piece.benefit.at - outcome.benefit * fixed_point;
    EXPECT_LE(off < 0 ? -off : off, 2 * fixed_point) << piece.from;
  }
}

TEST(Walk, ARangeKeySwitchesTheFenAfterItsBound) {
  const Walked w = walk(R"YAML(
region: 990001
steps:
  - {layer: pool, base: eligible, ratio: {by: total, ..30000: 70%, above 30000: 90%}}
)YAML",
                        0);
  ASSERT_TRUE(w.complete);
  const std::vector<std::pair<std::int64_t, Wide>> expected = {{0, percent(70)}, {3'000'001, percent(90)}};
  EXPECT_EQ(slopes(w.pieces), expected);
  const auto last = std::find_if(w.pieces.begin(), w.pieces.end(),
                                 [](const Piece& piece) { return piece.to == 3'000'000; });
  ASSERT_NE(last, w.pieces.end());
  EXPECT_EQ(last->jumps, 3'000'000);
}

TEST(Walk, AProductOfTwoAmountsIsNotCalledComplete) {
  const Walked w = walk(R"YAML(
region: 990001
steps:
  - let: {share: "round(over / (total + 1元), 0.01)"}
  - {layer: pool, base: eligible * share, ratio: 80%}
)YAML",
                        0);
  EXPECT_FALSE(w.complete);
}

}  // namespace
}  // namespace fenming
