// Each transaction that the node carries out refuses a message that is wrong at one field, over the socket: left out, bad code, too long.
#include "e2e/region.h"
#include "protocol/sample_message.h"
#include "server/transactions.h"

namespace fenming::e2e {
namespace {

struct Wrong {
  Fault fault;
  std::string_view tag;
};

// REQ SEC-12
TEST(Refusals, of_every_transaction_from_its_tables) {
  Region region("", "strict = true\n");
  WireClient client = region.client();
  std::size_t tried = 0;
  for (const Handling& handling : handlings()) {
    const Transaction& transaction = *find_transaction(handling.infno);
    for (const Wrong& wrong : {Wrong{Fault::left_out, "[WIR-006]"}, Wrong{Fault::bad_code, "[WIR-009]"},
                               Wrong{Fault::too_long, "[WIR-008]"}}) {
      const SampleFault fault = find_fault(transaction, wrong.fault);
      const bool in_input = fault.node >= transaction.input.data() &&
                            fault.node < transaction.input.data() + transaction.input.size();
      if (fault.field == nullptr || !in_input) continue;
      const WireAnswer answer = client.call(transaction.infno, sample_input(transaction, fault));
      EXPECT_EQ(answer.status, 200U) << transaction.infno;
      EXPECT_EQ(answer.value("err_msg").substr(0, 9), wrong.tag)
          << transaction.infno << " " << fault.field->name << " " << answer.body;
      EXPECT_NE(answer.value("err_msg").find(fault.field->name), std::string::npos)
          << transaction.infno << " " << answer.body;
      ++tried;
    }
  }
  EXPECT_GT(tried, 300U);
}

}  // namespace
}  // namespace fenming::e2e
