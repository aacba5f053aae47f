#include "base/date.h"

#include <gtest/gtest.h>

namespace fenming {
namespace {

TEST(Date, WritesWhatItReads) { EXPECT_EQ(to_text(parse_date("2023-10-01").value()), "2023-10-01"); }

}  // namespace
}  // namespace fenming
