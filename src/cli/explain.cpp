#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
#include "protocol/bill_out.h"

namespace fenming {

// REQ SET-09
int explain_command(Terminal& terminal, const ExplainOptions& options) {
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
  const Bill& bill = (*settled)->bill;
  const auto explained = clerk.explain();
  if (!explained) return refuse(explained.error());
  Explanation& explanation = **explained;
  // A trace speaks of the bill that was assessed: with what the catalogue filled in.
  if (options.json)
    terminal.out << machine_trace(explanation, bill, options.catalogue.empty() ? *text : write_bill(bill))
                 << '\n';
  else if (options.staff)
    terminal.out << staff_text(explanation, bill, terminal.language);
  else
    terminal.out << patient_text(explanation, bill, terminal.language);
  return exit_ok;
}

}  // namespace fenming
