// Proofs: what a node really does with each transaction, found out by calling it: a case that it accepts, then, after it was started anew,
// a second call that shows what the first did (works), or the input given back field by field (kept).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "conformance/filled_input.h"
#include "conformance/wire_client.h"
#include "protocol/interface.h"

namespace fenming {

enum class Proven : std::uint8_t {
  refused,   // not offered
  answered,  // accepted, and nothing shows that anything came of it
  kept,
  works
};
std::string_view name(Proven proven);

struct ProofPersons {
  std::string with_account, other,
      item;  // psn_no twice, and an item of the catalogue that costs at least 20 yuan without limit worries
};

class ProofStage {  // one run over one provider
 public:
  ProofStage(WireClient& first, ProofPersons whose, Date day)
      : client(&first), persons(std::move(whose)), today(day) {}

  WireAnswer call(std::string_view infno, std::string_view input);  // kept as the last one
  bool good(std::string_view infno, std::string_view input);        // accepted
  std::string download(std::string_view file_qury_no);              // 9102

  WireClient* client;
  ProofPersons persons;
  Date today;
  WireAnswer last;
  std::map<std::string, std::string> notes;  // what a case remembers; "stay": where the other person is
};

struct Proof {
  std::string infno;
  std::function<bool(ProofStage&)> act, shows;
};
// Of those that work, in the order in which they are played.
std::vector<Proof> settlement_proofs();  // visits, settlements, their queries, the books, sign-in
std::vector<Proof> upload_proofs();      // uploads with their queries, catalogues, files

struct ProofRun {
  std::map<std::string, Proven, std::less<>> found;  // by infno, every transaction
  std::map<std::string, std::string> said;           // what the node said where a proof did not hold
};

// `restart` starts the node anew and gives the client to go on with.
ProofRun run_proofs(ProofStage& stage, const std::function<WireClient*()>& restart);

std::string status_text(const ProofRun& run);  // docs/protocol-status.md

}  // namespace fenming
