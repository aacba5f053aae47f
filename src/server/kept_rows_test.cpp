#include "server/kept_rows.h"

#include <gtest/gtest.h>

#include <chrono>

namespace fenming {
namespace {

KeptDocument document(std::string json, std::string subject, bool withdraw = false) {
  KeptDocument one;
  one.family = "3401", one.subject = std::move(subject), one.withdraw = withdraw;
  one.read(std::move(json));
  return one;
}

constexpr KeptQuery departments{"5101", "3401", "feedetail", "code", "code", true};

std::string names(const std::vector<KeptDocument>& documents, const KeptQuery& query = departments) {
  std::string text;
  for (const StandingRow& row : standing_rows(documents, query))
    text += std::string(kept_value(row, query, "name")) + " ";
  return text;
}

TEST(KeptRows, TheNewestOfEachKeyStands) {
  std::vector<KeptDocument> documents;
  documents.push_back(document(R"({"dept":[{"code":"1","name":"a"},{"code":"2","name":"b"}]})", "1 +1"));
  documents.push_back(document(R"({"dept":{"code":"1","name":"c"}})", "1"));
  EXPECT_EQ(names(documents), "b c ");
  documents.push_back(document(R"({"data":{"code":"2"}})", "2", true));
  EXPECT_EQ(names(documents), "c ");
  documents.push_back(document(R"({"dept":{"code":"2","name":"d"}})", "2"));
  EXPECT_EQ(names(documents), "c d ");
}

TEST(KeptRows, EveryOneStandsWhereNothingReplaces) {
  KeptQuery sales = departments;
  sales.newest = false;
  std::vector<KeptDocument> documents;
  documents.push_back(document(R"({"s":{"code":"1","name":"a"}})", "1"));
  documents.push_back(document(R"({"s":{"code":"1","name":"b"}})", "1"));
  EXPECT_EQ(names(documents, sales), "a b ");
  documents.push_back(document(R"({"data":{"code":"1"}})", "1", true));
  EXPECT_EQ(names(documents, sales), "");
}

TEST(KeptRows, ANestedRowHasWhatStandsAroundIt) {
  const KeptDocument one = document(R"({"inv":{"code":"1","name":"a","trace":[{"t":"x"},{"t":"y"}]}})", "1");
  KeptQuery query = departments;
  query.rows = "t trace_code", query.newest = false, query.names = "code_of=code number=";
  const std::vector<KeptDocument> documents = {one};
  const auto rows = standing_rows(documents, query);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(kept_value(rows[1], query, "t"), "y");
  EXPECT_EQ(kept_value(rows[1], query, "name"), "a");
  EXPECT_EQ(kept_value(rows[1], query, "codeOf"), "1");
  EXPECT_EQ(kept_value(rows[1], query, "number"), "1");
  EXPECT_EQ(kept_value(rows[1], query, "nothing"), "");
}

// REQ SEC-07. A missing field is looked for in a few rows, not in all of them for each of them.
TEST(KeptRows, AThousandRowsOfAMessageAreReadInOneGo) {
  std::string rows;
  for (int i = 0; i < 1'000; ++i) rows += (i == 0 ? "" : ",") + (R"({"code":")" + std::to_string(i) + "\"}");
  std::vector<KeptDocument> documents;
  documents.push_back(document(R"({"head":{"name":"a"},"dept":[)" + rows + "]}", "0 +999"));
  const auto began = std::chrono::steady_clock::now();
  const auto standing = standing_rows(documents, departments);
  ASSERT_EQ(standing.size(), 1'000U);
  for (const StandingRow& row : standing) {
    EXPECT_EQ(kept_value(row, departments, "name"), "a");
    EXPECT_EQ(kept_value(row, departments, "missing"), "");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

// REQ SEC-07. Each new message is held against those of its keys, not against all that stand.
TEST(KeptRows, TwentyThousandMessagesStandWithoutComparingEachWithEach) {
  std::vector<KeptDocument> documents;
  for (int i = 0; i < 20'000; ++i) {
    const std::string code = std::to_string(i % 15'000);
    documents.push_back(document(R"({"dept":{"code":")" + code + "\"}}", code, i % 4 == 3));
  }
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(standing_rows(documents, departments).size(), 11'250U);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(2));
}

// Who withdraws for another provider, or names no key, withdraws nothing.
TEST(KeptRows, AWithdrawalIsOfItsOwnProviderAndNamesWhat) {
  std::vector<KeptDocument> documents;
  documents.push_back(document(R"({"dept":{"code":"1","name":"a"}})", "1"));
  documents.push_back(document(R"({"dept":{"name":"b"}})", "2"));
  documents.push_back(document(R"({"data":{"code":"1"}})", "1", true));
  documents.back().provider = "other";
  documents.push_back(document(R"({"data":{"note":"3"}})", "3", true));
  KeptQuery query = departments;
  query.rows = "name";
  EXPECT_EQ(names(documents, query), "a b ");
}

TEST(KeptRows, Words) {
  EXPECT_EQ(snake_case("medListCodg"), "med_list_codg");
  EXPECT_TRUE(has_word("a bc", "bc"));
  EXPECT_FALSE(has_word("a bc", "b"));
  EXPECT_TRUE(about_subject("A02 +2", "A02"));
  EXPECT_TRUE(about_subject("A02", "A02"));
  EXPECT_FALSE(about_subject("A021", "A02"));
}

TEST(KeptRows, WhatIsNoJsonHasNoRows) {
  EXPECT_TRUE(rows_of_json("PK\x03").empty());
  EXPECT_TRUE(rows_of_json("[1]").empty());
  EXPECT_EQ(rows_of_json("{\"a\":1}").front().own("a"), "1");
}

}  // namespace
}  // namespace fenming
