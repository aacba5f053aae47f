// What the node does with each of the interface's transactions, by calling it (docs/protocol-status.md). REQ HOS-10
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "conformance/proofs.h"
#include "e2e/region.h"
#include "server/transactions.h"
#include "server/uploads.h"

namespace fenming::e2e {
namespace {

std::string said_of(const ProofRun& run, std::string_view infno) {
  const auto said = run.said.find(std::string(infno));
  return said == run.said.end() ? "" : said->second;
}

class Status : public testing::Test {
 protected:
  static const ProofRun& run() {
    static const ProofRun result = [] {
      Region region;
      std::unique_ptr<WireClient> client(new WireClient(region.client()));
      ProofStage stage(*client, {std::string(employee), std::string(resident), "XA02BC01"},
                       *parse_date(today()));
      return run_proofs(stage, [&] {
        region.restart();
        client.reset(new WireClient(region.client()));
        return client.get();
      });
    }();
    return result;
  }
};

TEST_F(Status, every_proof_holds) {
  for (const std::vector<Proof>& proofs : {settlement_proofs(), upload_proofs()})
    for (const Proof& proof : proofs) {
      const Transaction* transaction = find_transaction(proof.infno);
      ASSERT_NE(transaction, nullptr) << proof.infno;
      const bool file = !transaction->file_columns.empty();  // of a catalogue that the sandbox may not have
      const Proven found = run().found.find(proof.infno)->second;
      EXPECT_TRUE(found == Proven::works || (file && found == Proven::answered))
          << proof.infno << " " << name(found) << " "
          << (run().said.contains(proof.infno) ? run().said.at(proof.infno) : "");
    }
}

// Nothing that is kept comes back otherwise than it was sent.
TEST_F(Status, what_is_kept_is_given_back) {
  for (const Upload& upload : uploads()) {
    const Proven found = run().found.find(upload.infno)->second;
    EXPECT_TRUE(found == Proven::kept || found == Proven::works)
        << upload.infno << " " << said_of(run(), upload.infno);
  }
}

// What has a handler does something; what has none is refused by name.
TEST_F(Status, whatever_is_offered_is_proved) {
  for (const Transaction& transaction : transactions()) {
    const bool offered = find_handling(transaction.infno) != nullptr;
    const auto found = run().found.find(transaction.infno);
    const std::string said = said_of(run(), transaction.infno);
    ASSERT_NE(found, run().found.end()) << transaction.infno;
    EXPECT_EQ(offered, found->second != Proven::refused)
        << transaction.infno << " " << name(found->second) << " " << said;
    EXPECT_TRUE(offered || said.starts_with("[WIR-005]")) << transaction.infno << " " << said;
  }
}

TEST_F(Status, is_what_the_document_says) {
  const std::string file = std::string(FENMING_SOURCE_DIR) + "/docs/protocol-status.md";
  if (std::getenv("FENMING_UPDATE") != nullptr) std::ofstream(file) << status_text(run());
  std::ostringstream written;
  written << std::ifstream(file).rdbuf();
  EXPECT_EQ(written.str(), status_text(run()))
      << "FENMING_UPDATE=1 build-test/e2e_test --gtest_filter='Status.*' writes it anew";
}

}  // namespace
}  // namespace fenming::e2e
