#include "conformance/proofs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace fenming {
namespace {

struct Attempt {  // at a transaction without a proof of its own
  std::string input, msgid;
  bool accepted = false;
};

Attempt attempt(ProofStage& stage, const Transaction& transaction) {
  Attempt made;
  FilledValues given = {{"psn_no", stage.persons.other}, {"mdtrt_id", stage.notes["stay"]}};
  // A filing is withdrawn after it was made: the one made last, which the tables put before its withdrawal.
  if (const std::string& filing = stage.notes["filing"]; !filing.empty()) given["trt_dcla_detl_sn"] = filing;
  made.input = filled_input(transaction, given);
  made.accepted = stage.good(transaction.infno, made.input);
  made.msgid = stage.client->last_msgid();
  if (std::string filing = stage.last.value("trt_dcla_detl_sn"); !filing.empty())
    stage.notes["filing"] = std::move(filing);
  return made;
}

bool given_back(ProofStage& stage, std::string_view infno, const Attempt& made) {
  stage.last = stage.client->get(fmt::format("/documents?infno={}&msgid={}", infno, made.msgid));
  return stage.last.status == 200 && stage.last.body.find("\"input\":" + made.input) != std::string::npos;
}

std::string sentence_of(const WireAnswer& answer) {
  const std::string message = answer.value("err_msg");
  return message.empty() ? answer.body.substr(0, 200) : message;
}

// Where the input that was given back begins to differ.
std::string difference(const Attempt& made, const WireAnswer& answer) {
  const std::size_t at = answer.body.find("\"input\":");
  if (at == std::string::npos) return sentence_of(answer);
  const std::string_view kept = std::string_view(answer.body).substr(at + 8);
  const auto [sent_at, kept_at] = std::ranges::mismatch(made.input, kept);
  const std::size_t from = static_cast<std::size_t>(sent_at - made.input.begin()),
                    back = std::min<std::size_t>(from, 30);
  return fmt::format("{} ≠ {}", made.input.substr(from - back, 80), kept.substr(from - back, 80));
}

constexpr std::array<Proven, 4> shown_order = {Proven::works, Proven::kept, Proven::answered,
                                               Proven::refused};

}  // namespace

std::string_view name(Proven proven) {
  static constexpr std::array<std::string_view, 4> names = {"refused", "answered", "kept", "works"};
  return names[static_cast<std::size_t>(proven)];
}

WireAnswer ProofStage::call(std::string_view infno, std::string_view input) {
  last = client->call(infno, input);
  return last;
}

bool ProofStage::good(std::string_view infno, std::string_view input) { return call(infno, input).ok(); }

std::string ProofStage::download(std::string_view file_qury_no) {
  call("9102",
       fmt::format(R"({{"fsDownloadIn":{{"file_qury_no":"{}","filename":"x","fixmedins_code":"plc"}}}})",
                   file_qury_no));
  return last.head.find("octet-stream") == std::string::npos ? std::string() : last.body;
}

ProofRun run_proofs(ProofStage& stage, const std::function<WireClient*()>& restart) {
  ProofRun run;
  std::vector<Proof> all = settlement_proofs();
  std::ranges::move(upload_proofs(), std::back_inserter(all));
  std::map<std::string, Attempt, std::less<>> attempts;
  for (const Proof& proof : all) {
    const bool acted = proof.act(stage);
    run.found[proof.infno] = acted ? Proven::answered : Proven::refused;
    if (!acted) run.said[proof.infno] = sentence_of(stage.last);
  }
  for (const Transaction& transaction : transactions()) {
    const std::string infno(transaction.infno);
    if (run.found.contains(infno)) continue;
    attempts[infno] = attempt(stage, transaction);
    run.found[infno] = attempts[infno].accepted ? Proven::answered : Proven::refused;
    if (!attempts[infno].accepted) run.said[infno] = sentence_of(stage.last);
  }
  stage.client = restart();
  for (const auto& [infno, made] : attempts)
    if (made.accepted && given_back(stage, infno, made))
      run.found[infno] = Proven::kept;
    else if (made.accepted)
      run.said[infno] = difference(made, stage.last);
  for (const Proof& proof : all) {
    if (run.found[proof.infno] == Proven::refused) continue;
    if (proof.shows(stage))
      run.found[proof.infno] = Proven::works;
    else
      run.said[proof.infno] = sentence_of(stage.last);
  }
  return run;
}

std::string status_text(const ProofRun& run) {
  std::string text =
      "# What the node does with each transaction\n\n"
      "Found out by calling a node of the sandbox region (`fenming protocol status`; "
      "src/conformance/proofs.h), not declared.\n\n"
      "- **works**: a case was accepted, and after the node was started anew a second transaction showed "
      "what it did.\n"
      "- **kept**: accepted, and given back field by field (GET /documents) after the node was started "
      "anew.\n"
      "- **answered**: accepted; this node has nothing to show for it (a catalogue that it does not have: an "
      "empty file).\n"
      "- **refused**: not offered (WIR-005), or refused for want of what the transaction is about.\n\n";
  for (const Proven proven : shown_order)
    text += fmt::format("{} {}{}",
                        std::ranges::count(run.found, proven, [](const auto& one) { return one.second; }),
                        name(proven), proven == Proven::refused ? ".\n\n" : ", ");
  text += "| transaction | name | |\n|---|---|---|\n";
  for (const Transaction& transaction : transactions()) {
    const auto found = run.found.find(transaction.infno);
    text += fmt::format("| {} | {} | {} |\n", transaction.infno, transaction.name,
                        found == run.found.end() ? "refused" : name(found->second));
  }
  return text;
}

}  // namespace fenming
