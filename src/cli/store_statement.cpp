// statement: a provider's totals of some days, as 3201 compares them.
#include <fmt/format.h>

#include "base/json_out.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "settlement/statement.h"

namespace fenming {
namespace {

Result<Date> day_of(const std::string& text, const char* place) {
  if (const auto day = parse_date(text)) return *day;
  return std::unexpected(Error{Code::date_malformed, place, text, {}});
}

}  // namespace

int statement_command(Terminal& terminal, const StoreOptions& options) {
  const auto from = day_of(options.from, "--from"), to = day_of(options.until, "--to");
  if (!from) return terminal.refuse(from.error());
  if (!to) return terminal.refuse(to.error());
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  if (const auto done = (*desk)->catch_up(); !done) return terminal.refuse(done.error());
  const auto rows = statement_rows((*desk)->store(), {options.provider, *from, *to});
  if (!rows) return terminal.refuse(rows.error());
  JsonOut json(2);
  json.open_array();
  for (const auto& [key, totals] : totals_by_key(*rows, {*from, *to, {}, true})) {
    json.open_object().field("insutype", key.insutype).field("clr_type", key.clr_type);
    json.field("setl_optins", key.setl_optins).field("fixmedins_setl_cnt", totals.count);
    const std::pair<const char*, Money> amounts[] = {{"medfee_sumamt", totals.amounts.medfee_sumamt},
                                                     {"fund_pay_sumamt", totals.amounts.fund_pay_sumamt},
                                                     {"acct_pay", totals.amounts.acct_pay},
                                                     {"cash_payamt", totals.amounts.cash_payamt}};
    for (const auto& [name, money] : amounts) json.key(name).raw(to_text(money));
    json.close_object();
  }
  json.close_array();
  terminal.out << json.take() << '\n';
  return exit_ok;
}

}  // namespace fenming
