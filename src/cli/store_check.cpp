// verify, replay, rebuild.
#include <fmt/format.h>

#include <chrono>

#include "base/sign.h"
#include "cli/files.h"
#include "cli/progress.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "settlement/replay.h"

namespace fenming {
namespace {

class Stopwatch {
 public:
  std::string seconds() const {
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_)
            .count();
    return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace

int verify_store_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  CheckSignature check;
  std::optional<Verifier> key;
  if (!options.key.empty()) {
    const auto pem = read_file(options.key);
    if (!pem) return terminal.refuse(pem.error());
    key = Verifier::open(*pem);
    if (!key) return terminal.refuse(Error{Code::file_unreadable, "", options.key, {"SM2 PEM"}});
    check = [&](const SignedHead& head) {
      return key->verify(head_message(head.position, head.root, head.time), head.signature);
    };
  }
  const Stopwatch watch;
  Progress bar(terminal);
  const auto report =
      verify_store(**store, check, [&](std::uint64_t done, std::uint64_t all) { bar.show(done, all); });
  if (!report) return terminal.refuse(report.error());
  terminal.out << fmt::format(
      fmt::runtime(terminal.say(
          "完好：{} 条记录，{} 批，{} 笔结算，{} 个对象，{} 个签名（{} 秒）\n日志根 {}\n状态根 {}\n",
          "sound: {} records, {} batches, {} settlements, {} objects, {} signed heads ({} s)\njournal root "
          "{}\nstate root {}\n")),
      report->records, report->chain.batches, report->settlements, report->objects, report->heads_signed,
      watch.seconds(), to_hex(bytes_of(report->chain.head.root)), to_hex(bytes_of(report->state)));
  return exit_ok;
}

int replay_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  const Stopwatch watch;
  Progress bar(terminal);
  const auto report =
      replay_store(**store, [&](std::uint64_t done, std::uint64_t all) { bar.show(done, all); });
  if (!report) return terminal.refuse(report.error());
  for (const ReplayDifference& one : report->differences)
    terminal.out << fmt::format(
        fmt::runtime(one.settlement.empty()
                         ? terminal.say("记录 {}（引擎 {}）：金额相同，其他内容不同\n",
                                        "record {} (engine {}): the same amounts, but other content\n")
                         : terminal.say("记录 {}（引擎 {}）{}：{} 原为 {}，现为 {}\n",
                                        "record {} (engine {}) {}: {} was {}, is {} now\n")),
        one.position, one.engine, one.settlement, one.amount, to_text(Money::from_fen(one.stored_fen)),
        to_text(Money::from_fen(one.now_fen)));
  terminal.out << fmt::format(
      fmt::runtime(terminal.say("重算 {} 条记录，{} 条逐字节相同，{} 条不同（{} 秒）\n",
                                "{} records decided again, {} equal byte by byte, {} different ({} s)\n")),
      report->records, report->equal, report->different, watch.seconds());
  return report->different == 0 ? exit_ok : exit_findings;
}

int rebuild_command(Terminal& terminal, const StoreOptions& options) {
  const Stopwatch watch;
  auto store = open_store(options.store, false, true);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  const auto watermark = (*desk)->catch_up();
  if (!watermark) return terminal.refuse(watermark.error());
  terminal.out << fmt::format(fmt::runtime(terminal.say("已由 {} 条记录重建视图（{} 秒）\n",
                                                        "views rebuilt from {} records ({} s)\n")),
                              *watermark, watch.seconds());
  return exit_ok;
}

}  // namespace fenming
