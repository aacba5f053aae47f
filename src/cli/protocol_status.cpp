// fenming protocol status: what a running sandbox node does with each transaction of the national interface, by calling it.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "cli/commands.h"
#include "cli/serve.h"
#include "cli/store_desk.h"
#include "conformance/proofs.h"

namespace fenming {
namespace {

std::optional<WireIdentity> identity_of(const ServerConfig& config, const std::string& provider) {
  const auto found = std::ranges::find_if(config.providers, [&](const ProviderContract& one) {
    return provider.empty() ? !one.credential.provider.starts_with('P') : one.credential.provider == provider;
  });
  if (found == config.providers.end()) return std::nullopt;
  return WireIdentity{found->credential.provider, found->credential.provider, "proof", config.words.region,
                      found->credential};
}

}  // namespace

int protocol_status_command(Terminal& terminal, const ProtocolStatusOptions& options) {
  const auto config = load_config(options.config);
  if (!config) return terminal.refuse(config.error());
  const auto identity = identity_of(*config, options.provider);
  if (!identity)
    return terminal.refuse(Error{Code::desk_provider_unknown, options.config, options.provider, {}});
  WireClient client(config->http.address, options.port == 0 ? config->http.port : options.port, *identity);
  ProofStage stage(client, {options.person, options.other, options.item}, civil_day(system_clock_now().wall));
  if (!stage.good("9001", R"({"signIn":{"opter_no":"proof","mac":"00-00","ip":"127.0.0.1"}})"))
    return terminal.refuse(Error{Code::server_address,
                                 "",
                                 fmt::format("{}:{}", config->http.address, config->http.port),
                                 {stage.last.body}});
  // The node is another process's: what is shown is shown without starting it anew.
  const ProofRun run = run_proofs(stage, [&] { return &client; });
  terminal.out << status_text(run);
  for (const auto& [infno, said] : run.said)
    if (!said.starts_with("[WIR-005]")) terminal.err << infno << ": " << said << '\n';
  for (const std::vector<Proof>& proofs : {settlement_proofs(), upload_proofs()})
    for (const Proof& proof : proofs)
      if (run.found.at(proof.infno) == Proven::refused) return exit_findings;
  return exit_ok;
}

}  // namespace fenming
