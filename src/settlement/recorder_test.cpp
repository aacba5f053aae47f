#include "settlement/recorder.h"

#include <gtest/gtest.h>

#include "model/record.h"

namespace fenming {
namespace {

Decision numbered(int number) {
  Decision decision;
  decision.made = std::to_string(number);
  return decision;
}

void expect_in_order(Recorder& recorder, int count) {
  std::vector<Decision> decisions;
  for (int i = 0; i < count; ++i) decisions.push_back(numbered(i));
  for (const Decision& decision : decisions) recorder.add(decision);
  const auto records = recorder.take();
  ASSERT_EQ(records.size(), decisions.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].bytes, write_record(decisions[i])) << i;
    EXPECT_EQ(records[i].leaf, merkle_leaf(records[i].bytes)) << i;
  }
}

TEST(Recorder, GivesTheRecordsOfAllDecisionsInTheirOrder) {
  for (const bool beside : {false, true}) {
    Recorder recorder(beside);
    EXPECT_TRUE(recorder.take().empty());
    for (const int count : {1, 15, 16, 17, 1'000, 0, 3, 160}) expect_in_order(recorder, count);
    EXPECT_GT(recorder.spent_ns(), 0);
  }
}

TEST(Recorder, WhatNobodyTookEndsWithIt) {
  std::vector<Decision> decisions(100);
  Recorder recorder(true);
  for (const Decision& decision : decisions) recorder.add(decision);
}

}  // namespace
}  // namespace fenming
