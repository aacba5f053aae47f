// adopt, clock accept, merge, outcome.
#include <fmt/format.h>

#include "base/json_out.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "model/record.h"

namespace fenming {

int adopt_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store, true);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  const auto digests = adopt(**desk, options.rules, options.catalogue, options.by);
  if (!digests) return terminal.refuse(digests.error());
  terminal.out << terminal.say("已启用：", "in force: ") << *digests << '\n';
  return exit_ok;
}

int clock_accept_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  const Instant now = system_clock_now().wall;
  const auto outcome = (*desk)->call({{}, options.by, AcceptClock{now, options.by}});
  if (!outcome) return terminal.refuse(outcome.error());
  terminal.out << fmt::format(
      fmt::runtime(terminal.say("已确认时钟 {}，记录 {}\n", "clock accepted: {}, record {}\n")), to_text(now),
      outcome->position);
  return exit_ok;
}

int merge_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  const auto outcome =
      (*desk)->call({{}, options.by, MergePersons{options.kept, options.merged, options.by}});
  if (!outcome) return terminal.refuse(outcome.error());
  terminal.out << fmt::format(
      fmt::runtime(terminal.say("已将 {} 并入 {}，记录 {}\n", "{} merged into {}, record {}\n")),
      options.merged, options.kept, outcome->position);
  return exit_ok;
}

namespace {

std::string outcome_json(const Outcome& outcome) {
  JsonOut json(2);
  json.open_object();
  json.field("position", static_cast<std::int64_t>(outcome.position))
      .field("time", to_text(outcome.decision->time));
  json.field("action", action_name(outcome.decision->command.action)).field("made", outcome.decision->made);
  json.key("settlements").open_array();
  for (const SettlementResult& result : outcome.decision->results) {
    if (result.kind == ResultKind::cleared) continue;
    json.open_object().field("setl_id", result.settlement).field("corrects", result.corrects);
    const std::pair<const char*, std::int64_t> amounts[] = {
        {"medfee_sumamt", result.total}, {"fund_pay_sumamt", result.funds},
        {"acct_pay", result.account},    {"acct_mulaid_pay", result.family},
        {"psn_cash_pay", result.cash},   {"hosp_part_amt", result.provider_part}};
    for (const auto& [name, fen] : amounts) json.key(name).raw(to_text(Money::from_fen(fen)));
    json.close_object();
  }
  json.close_array().close_object();
  return json.take();
}

}  // namespace

int outcome_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  const MessageKey key{options.provider, options.transaction, options.message};
  const auto outcome = (*desk)->outcome(key);
  if (!outcome) return terminal.refuse(outcome.error());
  if (!*outcome) {
    terminal.out << terminal.say("未办理：没有记录，可以重发；若不再办理，请发 2601 冲正\n",
                                 "not done: no record; it may be sent again, or reversed with 2601\n");
    return exit_findings;
  }
  const bool reversed = std::holds_alternative<Reverse>((*outcome)->decision->command.action);
  if (reversed && key != (*outcome)->decision->command.key)
    terminal.out << terminal.say("已作废：在到达之前被冲正\n", "void: reversed before it came\n");
  terminal.out << outcome_json(**outcome) << '\n';
  return exit_ok;
}

}  // namespace fenming
