#include "protocol/bill_out.h"

#include <gtest/gtest.h>

#include "protocol/bill_json.h"

namespace fenming {
namespace {

TEST(BillOut, ReadsBackTheSame) {
  const std::string text =
      R"({"bill":"1","region":"990000","visit":{"kind":"inpatient","from":"2023-10-01","to":"2023-10-12"},)"
      R"("settle":"2023-10-13","known":"2023-10-14","facts":{"scheme":"residents","age":59,"groups":["poor"],"filed":true},)"
      R"("accumulators":[{"group":"year","key":{"year":2023},"values":{"stays":1,"pooled":"1200.00"}}],"total":"160.00",)"
      R"("lines":[{"id":"1","item":"X","name":"药","class":"A","price":"20","qty":"10","amount":"200.00","date":"2023-10-02","listed_limit":"180.00"},)"
      R"({"id":"2","qty":"-2","amount":"-40.00","refund_of":"1"}]})";
  const auto bill = read_bill(text);
  ASSERT_TRUE(bill) << to_text(bill.error()[0], Language::en);
  EXPECT_EQ(write_bill(*bill), text);
  const auto again = read_bill(write_bill(*bill, 2));
  ASSERT_TRUE(again);
  EXPECT_EQ(write_bill(*again), text);
}

TEST(BillOut, WritesShortAccumulators) {
  const auto bill = read_bill(
      R"({"bill":"1","region":"990000","visit":{"to":"2023-10-12"},"accumulators":{"year":{"stays":1}}})");
  ASSERT_TRUE(bill);
  EXPECT_NE(write_bill(*bill).find(R"("accumulators":{"year":{"stays":1}})"), std::string::npos);
}

}  // namespace
}  // namespace fenming
