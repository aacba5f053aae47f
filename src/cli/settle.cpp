#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
#include "cli/settled_text.h"

namespace fenming {

int settle_command(Terminal& terminal, const SettleOptions& options) {
  const auto refuse = [&](std::span<const Error> errors) {
    return options.json ? terminal.refuse_json(errors) : terminal.refuse(errors);
  };
  const auto text = read_file(options.bill);
  if (!text) return refuse(std::span(&text.error(), 1));
  const auto desk = Desk::open(options.rules, options.catalogue);
  if (!desk) return refuse(desk.error());
  Clerk clerk(**desk);
  const auto settled = clerk.settle(*text);
  if (!settled) return refuse(settled.error());
  const Settled& s = **settled;
  if (options.json)
    terminal.out << answer_json(*s.library, s.bill, s.bound, s.assessment, 2) << '\n';
  else
    print_settled(terminal, s);
  return exit_ok;
}

}  // namespace fenming
