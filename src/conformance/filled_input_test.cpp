#include "conformance/filled_input.h"

#include <gtest/gtest.h>

#include "protocol/request.h"

namespace fenming {
namespace {

// REQ HOS-10
TEST(FilledInput, OfEveryTransactionIsReadByItsTables) {
  RequestReader reader;
  std::size_t read = 0;
  for (const Transaction& transaction : transactions()) {
    const std::string text =
        R"({"infno":")" + std::string(transaction.infno) +
        R"(","msgid":"H99000000001202601050800000001","fixmedins_code":"H99000000001","input":)" +
        filled_input(transaction) + "}";
    ASSERT_TRUE(reader.read_envelope(text)) << transaction.infno;
    const auto request = reader.read_input(Tolerances());
    if (!request) {
      ADD_FAILURE() << transaction.infno << " " << to_text(request.error().front(), Language::en) << " "
                    << text;
      continue;
    }
    ++read;
  }
  EXPECT_EQ(read, transactions().size());
}

TEST(FilledInput, TakesWhatIsGiven) {
  const std::string input =
      filled_input(*find_transaction("3403"), {{"hosp_dept_codg", "A02"}, {"begntime", ""}});
  EXPECT_NE(input.find(R"("hosp_dept_codg":"A02")"), std::string::npos) << input;
  EXPECT_EQ(input.find("begntime"), std::string::npos) << input;
}

}  // namespace
}  // namespace fenming
