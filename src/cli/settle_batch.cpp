#include <fmt/format.h>

#include "cli/answer_json.h"
#include "cli/batch.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
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

// A single bill over several lines, or an array of bills: every line of it would be refused.
bool is_one_json(std::string_view text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::size_t begin = text.find_first_not_of(" \t\r"),
                    last = text.substr(0, end).find_last_not_of(" \t\r");
  if (begin == std::string_view::npos || begin >= end) return false;
  if (begin == last && (text[begin] == '{' || text[begin] == '[')) return true;
  if (text.find_first_not_of(" \t\r\n", end) == std::string_view::npos) return false;
  JsonReader reader;
  return reader.read(text).has_value();
}

std::optional<Error> several_lines(const std::string& file) {
  const auto input = MappedFile::open(file);
  if (!input || !is_one_json(input->text()))
    return std::nullopt;  // run_batch says what is wrong with the file
  return Error{Code::batch_lines, "", file, {}};
}

}  // namespace

int batch_command(Terminal& terminal, const SettleOptions& options) {
  if (const auto error = several_lines(options.batch)) return terminal.refuse(*error);
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
  terminal.out << '\n'
               << terminal.say("每张账单各自结算：累计以账单所带的 accumulators 为准",
                               "each bill was settled by itself, with the accumulators it brought")
               << '\n';
  return counts->refused == 0 ? exit_ok : exit_findings;
}

}  // namespace fenming
