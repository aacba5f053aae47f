#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
#include "proof/json.h"
#include "proof/proof.h"

namespace fenming {
namespace {

// The region that a trace says it is of: which library's files it must be held against.
Result<std::string> region_of(std::string_view trace) {
  const auto root = read_proof_json(trace);
  if (!root) return std::unexpected(root.error());
  const ProofTree* region = root->find("region");
  if (root->find("fenming_trace") == nullptr || region == nullptr || region->kind != ProofTree::Kind::text)
    return std::unexpected(Error{Code::trace_none, "", "", {}});
  return region->text;
}

Checked<std::vector<ProofFile>> proof_files(const std::filesystem::path& rules, const std::string& region) {
  const auto folders = library_folders(rules);
  if (!folders) return std::unexpected(folders.error());
  const auto folder = library_folder(*folders, region);
  if (!folder) return std::unexpected(folder.error());
  auto sources = library_sources(*folder);
  if (!sources) return std::unexpected(sources.error());
  std::vector<ProofFile> all;
  for (auto* files : {&sources->own, &sources->base})
    for (SourceFile& file : *files) all.push_back({std::move(file.name), std::move(file.text)});
  return all;
}

void report(Terminal& t, const ProofReport& report) {
  t.out << t.paint(Paint::good, t.say("核对无误", "holds")) << "  "
        << fmt::format(fmt::runtime(t.say(
                           "{} 个节点，{} 处政策单元格，{} 个账单字段，{} 行明细，{} 项结果",
                           "{} nodes, {} cells of the library, {} fields of the bill, {} lines, {} outputs")),
                       report.nodes, report.cells, report.bill_leaves, report.lines, report.outputs)
        << '\n';
}

}  // namespace

int verify_command(Terminal& terminal, const ExplainOptions& options) {
  const auto trace = read_file(options.verify);
  if (!trace) return terminal.refuse(trace.error());
  const auto region = region_of(*trace);
  if (!region) return terminal.refuse(region.error());
  auto files = proof_files(options.rules, *region);
  if (!files) return terminal.refuse(files.error());
  std::optional<std::string> settlement;
  if (!options.settlement.empty()) {
    auto text = read_file(options.settlement);
    if (!text) return terminal.refuse(text.error());
    settlement = std::move(*text);
  }
  const auto verified = verify_trace(*trace, *files, settlement);
  if (!verified) {
    terminal.refuse(verified.error());
    return exit_findings;
  }
  report(terminal, *verified);
  return exit_ok;
}

}  // namespace fenming
