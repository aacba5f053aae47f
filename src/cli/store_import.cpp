// import: files of persons, providers, accounts, statuses and consents into a store, and receipts of its records.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "cli/files.h"
#include "cli/keys.h"
#include "cli/progress.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "registry/import.h"
#include "store/receipt.h"

namespace fenming {
namespace {

using Import = Checked<ImportCounts> (*)(std::string_view, std::string_view, const ImportOptions&,
                                         const CommandSink&);

constexpr std::pair<std::string_view, Import> kinds[] = {{"persons", import_persons},
                                                         {"providers", import_providers},
                                                         {"accounts", import_accounts},
                                                         {"statuses", import_statuses},
                                                         {"consents", import_consents}};
constexpr unsigned in_flight_max = 4'000;

// Sends commands without waiting for each; counts what the desk refuses.
class Sender {
 public:
  explicit Sender(SettlementDesk& desk) : desk_(desk) {}

  void send(Command&& command) {
    wait(in_flight_max);
    in_flight_.fetch_add(1);
    desk_.submit(std::move(command), [this](const Result<Outcome>& outcome) {
      if (!outcome) problems.push_back(outcome.error());
      if (outcome && outcome->repeated) ++repeated;
      in_flight_.fetch_sub(1);
      in_flight_.notify_one();
    });
  }
  void wait(unsigned most) {
    for (unsigned there = in_flight_.load(); there > most; there = in_flight_.load()) in_flight_.wait(there);
  }

  std::vector<Error> problems;  // of the desk's thread until wait(0)
  std::uint64_t repeated = 0;

 private:
  SettlementDesk& desk_;
  std::atomic<unsigned> in_flight_ = 0;
};

int refused(Terminal& terminal, const StoreOptions& options, std::span<const Error> problems) {
  const std::string report = options.report.empty() ? options.file + ".report.csv" : options.report;
  if (auto error = write_file(report, import_report(problems, terminal.language)))
    return terminal.refuse(*error);
  terminal.err << fmt::format(fmt::runtime(terminal.say("发现 {} 处问题，见 {}\n", "{} problems, see {}\n")),
                              problems.size(), report);
  return exit_findings;
}

}  // namespace

int import_command(Terminal& terminal, const StoreOptions& options) {
  const auto kind = std::ranges::find(kinds, options.kind, &std::pair<std::string_view, Import>::first);
  const auto file = MappedFile::open(options.file);
  if (!file) return terminal.refuse(file.error());
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  Progress bar(terminal);
  ImportOptions import;
  import.progress = [&](std::size_t done, std::size_t all) { bar.show(done, all); };
  std::shared_ptr<const Vault> vault;
  if (!options.key.empty()) {
    auto opened = open_vault(options.key);
    if (!opened) return terminal.refuse(opened.error());
    vault = std::move(*opened);
    import.seal = [&](std::string_view psn_no, std::string_view plain) {
      return vault->seal_same(psn_no, plain);  // a repeated import brings the same commands
    };
    import.found_by = [&](std::string_view number) { return vault->found_by(number); };
  }
  Sender sender(**desk);
  const auto counts = kind->second(file->text(), options.file, import,
                                   [&](Command&& command) { sender.send(std::move(command)); });
  if (!counts) return refused(terminal, options, counts.error());
  sender.wait(0);
  terminal.out << fmt::format(fmt::runtime(terminal.say("{} 行，{} 条命令，其中 {} 条先前已办\n",
                                                        "{} rows, {} commands, {} of them done before\n")),
                              counts->rows, counts->commands, sender.repeated);
  return sender.problems.empty() ? static_cast<int>(exit_ok) : refused(terminal, options, sender.problems);
}

int receipt_command(Terminal& terminal, const StoreOptions& options) {
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  const auto receipt = make_receipt(**store, options.position);
  if (!receipt) return terminal.refuse(receipt.error());
  if (auto error = write_file(options.to, write_receipt(*receipt))) return terminal.refuse(*error);
  terminal.out << fmt::format(fmt::runtime(terminal.say("记录 {} 的凭证，签名至位置 {}\n",
                                                        "receipt of record {}, signed up to {}\n")),
                              options.position, receipt->head.position);
  return exit_ok;
}

}  // namespace fenming
