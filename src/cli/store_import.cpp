// import: files of persons, providers, accounts, statuses, consents and items into a store.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>

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
constexpr unsigned in_flight_max = 8'000;
constexpr std::size_t batch_max = 2'000;  // nobody waits for one of them alone

int refused(Terminal& terminal, const StoreOptions& options, std::span<const Error> problems) {
  const std::string report = options.report.empty() ? options.file + ".report.csv" : options.report;
  if (auto error = write_file(report, import_report(problems, terminal.language)))
    return terminal.refuse(*error);
  terminal.err << fmt::format(fmt::runtime(terminal.say("发现 {} 处问题，见 {}\n", "{} problems, see {}\n")),
                              problems.size(), report);
  return exit_findings;
}

// What a registration says of somebody who is there already, when a status of his changes: the register, then each status by itself.
std::vector<Command> in_parts(const Command& whole) {
  const auto& person = std::get<RegisterPerson>(whole.action);
  std::vector<Command> parts;
  const auto add = [&](Action action) {
    Command& part = parts.emplace_back(whole.key, whole.made_by, std::move(action));
    part.key.msgid += "/" + std::to_string(parts.size());
  };
  add(RegisterPerson{person.psn_no, person.sealed, person.facts, person.found_by});
  for (const Status& span : person.statuses)
    add(SetStatus{person.psn_no, span.fact, span.from, span.to, false});
  return parts;
}

// Commands on their way, and what became of them. Its members are the desk's thread's until everything is answered.
class Answers {
 public:
  explicit Answers(SettlementDesk& desk) : sender_(desk, in_flight_max) {}

  void send(Command&& command) {
    if (changed_count_ >= changed_max) send_changed();
    if (!std::holds_alternative<RegisterPerson>(command.action)) return put(std::move(command), nullptr);
    const auto whole = std::make_shared<Command>(command);
    sender_.send(std::move(command), [this, whole](const Result<Outcome>& outcome) {
      if (outcome || outcome.error().code != Code::status_of_registered) return note(outcome);
      changed_.push_back(whole);
      ++changed_count_;
    });
  }

  // How many more there were.
  std::size_t finish() {
    send_changed();
    return more_;
  }

  std::vector<Error> problems;
  std::uint64_t repeated = 0;

 private:
  static constexpr std::size_t changed_max = 5'000;  // held at once

  void note(const Result<Outcome>& outcome) {
    if (!outcome)
      problems.push_back(outcome.error());
    else if (outcome->repeated)
      ++repeated;
  }

  // `refused`: set when it is.
  void put(Command command, const std::shared_ptr<bool>& refused) {
    sender_.send(std::move(command), [this, refused](const Result<Outcome>& outcome) {
      note(outcome);
      if (!outcome && refused != nullptr) *refused = true;
    });
  }

  // The parts, then the whole again: it says nothing new then, but its message is bound, and the file may come once more without setting
  // back what another has said since.
  void send_changed() {
    sender_.wait(0);
    std::vector<std::pair<std::shared_ptr<const Command>, std::shared_ptr<bool>>> sent;
    for (auto& whole : std::exchange(changed_, {})) {
      const auto refused = std::make_shared<bool>(false);
      for (Command& part : in_parts(*whole)) put(std::move(part), refused), ++more_;
      sent.emplace_back(std::move(whole), refused);
    }
    changed_count_ = 0;
    sender_.wait(0);
    for (const auto& [whole, refused] : sent)
      if (!*refused) put(*whole, nullptr);
    sender_.wait(0);
  }

  std::vector<std::shared_ptr<const Command>> changed_;
  std::atomic<std::size_t> changed_count_ = 0;
  std::size_t more_ = 0;
  Sender sender_;  // goes first: its answers come to the rest
};

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
  auto desk = open_desk(std::move(*store), {.batch_max = batch_max});
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
  Answers answers(**desk);
  const auto counts = kind->second(file->text(), options.file, import,
                                   [&](Command&& command) { answers.send(std::move(command)); });
  if (!counts) return refused(terminal, options, counts.error());
  const std::size_t more = answers.finish();
  terminal.out << fmt::format(fmt::runtime(terminal.say("{} 行，{} 条命令，其中 {} 条先前已办\n",
                                                        "{} rows, {} commands, {} of them done before\n")),
                              counts->rows, counts->commands + more, answers.repeated);
  return answers.problems.empty() ? static_cast<int>(exit_ok) : refused(terminal, options, answers.problems);
}

}  // namespace fenming
