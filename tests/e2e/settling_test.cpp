// What a settlement counts and for whom it is: the parts of a message that decide.
#include <fmt/format.h>

#include <atomic>

#include "cli/store_desk.h"
#include "e2e/region.h"

namespace fenming::e2e {
namespace {

// The day of a sale that names none is the record's: the message that asks again after midnight is the same one.
// REQ SET-05, LAW 5
TEST(Settling, LAW_5_a_sale_without_a_day_is_repeated_after_midnight) {
  static std::atomic<std::int64_t> ahead_ms = 0;
  ahead_ms = 0;
  Region region({}, {}, [] {
    Now now = system_clock_now();
    now.wall.ms += ahead_ms, now.steady_ms += ahead_ms;
    return now;
  });
  const std::int64_t day_ms = 24 * 3'600'000LL;
  std::string sale = purchase(employee);
  const std::string day = "\"begntime\":\"" + today() + " 09:00:00\",";
  sale.erase(sale.find(day), day.size());
  WireClient client = region.client(SignVariant::none);
  good(client.call("2101", sale));
  const WireAnswer first = good(client.call("2102", sale));
  const std::string msgid = client.last_msgid();
  ahead_ms = day_ms;
  EXPECT_EQ(client.call("2102", sale, msgid).body, first.body);
}

}  // namespace
}  // namespace fenming::e2e
