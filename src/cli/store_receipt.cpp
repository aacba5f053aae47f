// receipt: proof that a record is in the journal, and its check by a third person with the public key alone.
#include <fmt/format.h>

#include "base/sign.h"
#include "cli/files.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "model/record.h"
#include "store/receipt.h"

namespace fenming {
namespace {

void print_record(Terminal& terminal, const Decision& decision) {
  terminal.out << fmt::format(fmt::runtime(terminal.say("记录：{} {} {} {}\n", "record: {} {} {} {}\n")),
                              to_text(decision.time), action_name(decision.command.action),
                              decision.command.key.provider, decision.made);
  for (const SettlementResult& result : decision.results) {
    if (result.kind == ResultKind::cleared) continue;
    terminal.out << fmt::format(
        fmt::runtime(terminal.say("  {} {}：医疗费总额 {}，基金 {}，账户 {}，现金 {}\n",
                                  "  {} {}: total {}, funds {}, account {}, cash {}\n")),
        result.settlement, result.psn_no, to_text(Money::from_fen(result.total)),
        to_text(Money::from_fen(result.funds)), to_text(Money::from_fen(result.account + result.family)),
        to_text(Money::from_fen(result.cash)));
  }
}

int check_receipt(Terminal& terminal, const StoreOptions& options) {
  const auto bytes = read_file(options.check);
  if (!bytes) return terminal.refuse(bytes.error());
  const auto pem = read_file(options.key);
  if (!pem) return terminal.refuse(pem.error());
  const auto key = Verifier::open(*pem);
  if (!key) return terminal.refuse(Error{Code::file_unreadable, "", options.key, {"SM2 PEM"}});
  const auto receipt = read_receipt(*bytes);
  if (!receipt) return terminal.refuse(receipt.error());
  const std::string_view fault = receipt_fault(
      *receipt,
      [&](std::string_view message, std::string_view signature) { return key->verify(message, signature); });
  if (!fault.empty()) {
    terminal.refuse(Error{Code::store_receipt_false, "", options.check, {std::string(fault)}});
    return exit_findings;
  }
  terminal.out << fmt::format(
      fmt::runtime(
          terminal.say("凭证成立：日志位置 {}，摘要 {}，签名 {}（至位置 {}）\n",
                       "the receipt holds: position {}, leaf {}, signed at {} (up to position {})\n")),
      receipt->position, to_hex(bytes_of(receipt->leaf)), to_text(receipt->head.time),
      receipt->head.position);
  if (receipt->record.empty()) return exit_ok;
  const auto decision = read_record(receipt->record);
  if (!decision) return terminal.refuse(decision.error());
  print_record(terminal, *decision);
  return exit_ok;
}

}  // namespace

// REQ SEC-05
int receipt_command(Terminal& terminal, const StoreOptions& options) {
  if (!options.check.empty()) return check_receipt(terminal, options);
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  const auto receipt = make_receipt(**store, options.position, options.with_record);
  if (!receipt) return terminal.refuse(receipt.error());
  if (auto error = write_file(options.to, write_receipt(*receipt))) return terminal.refuse(*error);
  terminal.out << fmt::format(fmt::runtime(terminal.say("记录 {} 的凭证，签名至位置 {}\n",
                                                        "receipt of record {}, signed up to {}\n")),
                              options.position, receipt->head.position);
  return exit_ok;
}

}  // namespace fenming
