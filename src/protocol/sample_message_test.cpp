// For every transaction, from its tables: one accepted message and three refusals.
#include "protocol/sample_message.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "protocol/request.h"

namespace fenming {
namespace {

std::string all_of(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += to_text(error, Language::zh) + "\n";
  return text;
}

TEST(Sample, EveryTransactionAcceptsItsOwnMessage) {
  RequestReader reader;
  for (const Transaction& one : transactions())
    for (const Tolerances tolerances : {Tolerances(), Tolerances::strict()}) {
      const std::string text = sample_message(one);
      ASSERT_TRUE(reader.read_envelope(text)) << one.infno;
      const auto request = reader.read_input(tolerances);
      EXPECT_TRUE(request) << one.infno << "\n" << (request ? "" : all_of(request.error())) << text;
      if (!request) continue;
      for (const WireNode& node : one.input)
        EXPECT_EQ(request->rows(node.name).size(), node.in_json() ? 1U : 0U) << one.infno << " " << node.name;
    }
}

void refuse_all(Fault fault, Code code) {
  RequestReader reader;
  for (const Transaction& one : transactions()) {
    const SampleFault wrong = find_fault(one, fault);
    ASSERT_NE(wrong.field, nullptr) << one.infno;
    const std::string text = sample_message(one, wrong);
    ASSERT_TRUE(reader.read_envelope(text)) << one.infno;
    const auto request = reader.read_input(Tolerances::strict());
    ASSERT_FALSE(request) << one.infno << " " << wrong.field->name << "\n" << text;
    const auto& errors = request.error();
    EXPECT_EQ(errors.size(), 1U) << one.infno << "\n" << all_of(errors);
    EXPECT_EQ(errors.front().code, code) << one.infno << "\n" << all_of(errors);
    EXPECT_TRUE(errors.front().place.ends_with("/" + std::string(wrong.field->name))) << errors.front().place;
    EXPECT_NE(to_text(errors.front(), Language::zh).find(wrong.field->name), std::string::npos);
  }
}

TEST(Sample, EveryTransactionRefusesAMissingField) { refuse_all(Fault::left_out, Code::wire_missing); }
TEST(Sample, EveryTransactionRefusesABadCode) { refuse_all(Fault::bad_code, Code::wire_code); }
TEST(Sample, EveryTransactionRefusesATextTooLong) { refuse_all(Fault::too_long, Code::wire_too_long); }

// Most have a field of their own for each; the others are refused at the envelope.
TEST(Sample, MostFaultsLieInTheInput) {
  const auto own = [](Fault fault) {
    return std::ranges::count_if(transactions(), [&](const Transaction& one) {
      return find_fault(one, fault).node != &wire_envelope().input.front();
    });
  };
  EXPECT_EQ(own(Fault::left_out), 246);
  EXPECT_EQ(own(Fault::bad_code), 128);
  EXPECT_EQ(own(Fault::too_long), 271);
}

}  // namespace
}  // namespace fenming
