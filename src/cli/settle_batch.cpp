#include <fmt/format.h>

#include "cli/answer_json.h"
#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/progress.h"

namespace fenming {
namespace {

Answerer make_answerer(Desk& desk, Language language) {
  const auto clerk = std::make_shared<Clerk>(desk);
  return [clerk, language](std::string_view line, std::size_t number) {
    const auto settled = clerk->settle(line);
    if (!settled) return BatchAnswer{refusal_json(number, settled.error(), language), true};
    const Settled& s = **settled;
    return BatchAnswer{answer_json(*s.library, s.bill, s.bound, s.assessment), false};
  };
}

}  // namespace

int batch_command(Terminal& terminal, const SettleOptions& options) {
  const auto desk = Desk::open(options.rules, options.catalogue);
  if (!desk) return terminal.refuse(desk.error());
  const BatchJob job{options.batch, options.out, (*desk)->basis() + (terminal.chinese() ? " zh" : " en"),
                     options.threads};
  Result<BatchCounts> counts = BatchCounts{};
  {
    Progress progress(terminal);
    counts = run_batch(
        job, [&] { return make_answerer(**desk, terminal.language); },
        [&](std::size_t done, std::size_t all) { progress.show(done, all); });
  }
  if (!counts) return terminal.refuse(counts.error());
  const std::size_t settled = counts->lines - counts->refused;
  terminal.out << fmt::format(
      fmt::runtime(terminal.say("{} 行：结算 {}，拒绝 {}", "{} lines: {} settled, {} refused")),
      counts->lines, settled, counts->refused);
  if (counts->earlier != 0)
    terminal.out << fmt::format(
        fmt::runtime(terminal.say("（其中 {} 行由上次运行完成）", " ({} of them by an earlier run)")),
        counts->earlier);
  terminal.out << '\n';
  return counts->refused == 0 ? exit_ok : exit_findings;
}

}  // namespace fenming
