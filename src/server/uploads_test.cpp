#include "server/uploads.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "server/transactions.h"

namespace fenming {
namespace {

// REQ HOS-07
TEST(Uploads, NameFieldsThatTheirTransactionsHave) {
  for (const Upload& upload : uploads()) {
    const Transaction* transaction = find_transaction(upload.infno);
    ASSERT_NE(transaction, nullptr) << upload.infno;
    const auto has = [&](std::string_view field) {
      return std::ranges::any_of(transaction->input,
                                 [&](const WireNode& node) { return find_field(node, field) != nullptr; });
    };
    const std::string_view first = upload.subject.substr(0, upload.subject.find(' '));
    EXPECT_TRUE(first == "=" || has(first)) << upload.infno << " " << first;
    EXPECT_TRUE(!upload.person || has("psn_no")) << upload.infno;
    if (upload.answer.empty()) continue;
    const std::size_t dot = upload.answer.find('.');
    const WireNode* node = find_node(transaction->output, upload.answer.substr(0, dot));
    ASSERT_NE(node, nullptr) << upload.infno;
    EXPECT_NE(find_field(*node, upload.answer.substr(dot + 1)), nullptr) << upload.infno;
  }
}

TEST(Uploads, AllHaveTheirHandler) {
  for (const Upload& upload : uploads()) {
    const Handling* handling = find_handling(upload.infno);
    ASSERT_NE(handling, nullptr) << upload.infno;
    EXPECT_EQ(handling->run, keep_document) << upload.infno;
  }
  EXPECT_EQ(family_of("3402"), "3401");
  EXPECT_EQ(family_of("9101"), "9101");
  EXPECT_EQ(find_upload("2207"), nullptr);
}

}  // namespace
}  // namespace fenming
