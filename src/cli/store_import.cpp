// import: files of persons, providers, accounts, statuses, consents and items into a store.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>

#include "catalog/catalogue.h"
#include "cli/files.h"
#include "cli/keys.h"
#include "cli/progress.h"
#include "cli/store_commands.h"
#include "cli/store_desk.h"
#include "registry/import.h"
#include "settlement/sender.h"

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

// Personal data stands here in clear: it must not reach a core file (laws.md 4).
void leave_no_core() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

int refused(Terminal& terminal, const StoreOptions& options, std::span<const Error> problems) {
  const std::string report = options.report.empty() ? options.file + ".report.csv" : options.report;
  if (auto error = write_file(report, import_report(problems, terminal.language)))
    return terminal.refuse(*error);
  terminal.err << fmt::format(fmt::runtime(terminal.say("发现 {} 处问题，见 {}\n", "{} problems, see {}\n")),
                              problems.size(), report);
  return exit_findings;
}

// A catalogue is one artifact: every row is checked, then it is in force as a whole.
int import_catalog(Terminal& terminal, const StoreOptions& options) {
  const auto text = read_file(options.file);
  if (!text) return terminal.refuse(text.error());
  const auto items = Catalogue::read(*text, options.file);
  if (!items) return refused(terminal, options, items.error());
  if (options.by.empty()) return terminal.refuse(Error{Code::desk_accepted_by, "--by", "", {}});
  auto store = open_store(options.store);
  if (!store) return terminal.refuse(store.error());
  auto desk = open_desk(std::move(*store));
  if (!desk) return terminal.refuse(desk.error());
  const auto digest = adopt_catalogue(**desk, *text, options.by);
  if (!digest) return terminal.refuse(digest.error());
  terminal.out << fmt::format(fmt::runtime(terminal.say("{} 行，已启用：{}\n", "{} rows, in force: {}\n")),
                              items->size(), *digest);
  return exit_ok;
}

}  // namespace

int import_command(Terminal& terminal, const StoreOptions& options) {
  if (options.kind == "catalog") return import_catalog(terminal, options);
  leave_no_core();
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
  std::vector<Error> problems;  // of the desk's thread until everything is answered
  std::uint64_t repeated = 0;
  Sender sender(**desk, in_flight_max);
  const auto counts = kind->second(file->text(), options.file, import, [&](Command&& command) {
    sender.send(std::move(command), [&](const Result<Outcome>& outcome) {
      if (!outcome) problems.push_back(outcome.error());
      if (outcome && outcome->repeated) ++repeated;
    });
  });
  if (!counts) return refused(terminal, options, counts.error());
  sender.wait(0);
  terminal.out << fmt::format(fmt::runtime(terminal.say("{} 行，{} 条命令，其中 {} 条先前已办\n",
                                                        "{} rows, {} commands, {} of them done before\n")),
                              counts->rows, counts->commands, repeated);
  return problems.empty() ? static_cast<int>(exit_ok) : refused(terminal, options, problems);
}

}  // namespace fenming
