// explain --store: a settlement of the journal explained from its record (laws.md 3).
#include <fmt/format.h>

#include "catalog/price.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/store_desk.h"
#include "cli/values.h"
#include "protocol/bill_out.h"
#include "settlement/stored_case.h"

namespace fenming {
namespace {

// The rows under their names, as a bill from outside would bring them: a trace then points into the bill alone.
Checked<std::vector<AccumulatorRow>> named_rows(const StoredCase& stored) {
  const auto bound = bind(*stored.library, stored.bill);
  if (!bound) return std::unexpected(std::vector{bound.error()});
  const Region& region = stored.library->region;
  std::vector<AccumulatorRow> rows;
  for (const BoundRow& row : stored.rows) {
    const Group& group = region.groups[row.group];
    AccumulatorRow named;
    named.group = group.name;
    for (std::size_t k = 0; k < group.key.size(); ++k) {
      std::string text = key_text(region, stored.bill, *bound, group.key[k], row.key[k]);
      if (!text.empty())
        named.key.push_back(
            {std::string(key_part(region, group.key[k]).name), FactValue::Kind::text, std::move(text), {}});
    }
    if (named.key.size() < group.key.size()) continue;  // of another stay: it cannot have entered
    for (std::size_t m = 0; m < group.members.size(); ++m)
      if (row.values[m] != 0)
        named.values.push_back({group.members[m].name,
                                FactValue::Kind::text,
                                value_text(region, group.members[m].type, 0, row.values[m]),
                                {}});
    rows.push_back(std::move(named));
  }
  return rows;
}

Checked<Bill> whole_bill(const StoredCase& stored) {
  auto rows = named_rows(stored);
  if (!rows) return std::unexpected(std::move(rows.error()));
  Bill bill = stored.bill;
  bill.accumulators = std::move(*rows);
  if (!stored.catalogue) return bill;
  return price(*stored.catalogue, std::move(bill));
}

}  // namespace

// REQ SET-09, LAW 3
int explain_stored_command(Terminal& terminal, const ExplainOptions& options) {
  const auto refuse = [&](std::span<const Error> errors) {
    return options.json ? terminal.refuse_json(errors) : terminal.refuse(errors);
  };
  auto store = open_store(options.store);
  if (!store) return refuse(std::span(&store.error(), 1));
  const auto stored = stored_case(**store, options.stored);
  if (!stored) return refuse(std::span(&stored.error(), 1));
  auto bill = whole_bill(*stored);
  if (!bill) return refuse(bill.error());
  const auto bound = bind(*stored->library, *bill);
  if (!bound) return refuse(std::span(&bound.error(), 1));
  Explanation explanation;
  if (auto error = explain(*stored->library, *bound, explanation)) return refuse(std::span(&*error, 1));
  add_outputs(explanation);
  if (options.json)
    terminal.out << machine_trace(explanation, *bill, write_bill(*bill)) << '\n';
  else
    terminal.out << (options.staff ? staff_text(explanation, *bill, terminal.language)
                                   : patient_text(explanation, *bill, terminal.language));
  const auto differences = compare_stored(stored->result, explanation.assessment, *stored->library);
  for (const StoredDifference& one : differences)
    terminal.refuse(
        Error{Code::desk_explained_otherwise,
              "",
              options.stored,
              {one.name, to_text(Money::from_fen(one.stored_fen)), to_text(Money::from_fen(one.now_fen)),
               fmt::format("{}, {}", stored->engine, engine_version)}});
  return differences.empty() ? exit_ok : exit_findings;
}

}  // namespace fenming
