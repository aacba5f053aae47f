// fenming sandbox make: a make-believe region as files (docs/import-format.md, docs/catalog-format.md), and its visits as JSON lines.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/files.h"
#include "cli/home.h"
#include "cli/progress.h"
#include "population/command_json.h"
#include "population/region_files.h"
#include "population/year.h"

namespace fenming {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 1 << 20;

// A file written piece by piece; it gets its name when it is complete.
class PieceFile {
 public:
  PieceFile(const fs::path& folder, std::string_view name)
      : path_(folder / name), part_(path_.string() + ".part"), out_(part_, std::ios::binary) {}

  std::string& text() { return text_; }
  void flush(std::size_t above = 0) {
    if (text_.size() <= above) return;
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }
  std::optional<Error> finish() {
    flush();
    out_.close();
    std::error_code error;
    if (out_) fs::rename(part_, path_, error);
    if (out_ && !error) return std::nullopt;
    return Error{Code::file_unwritable, "", path_.string(), {error ? error.message() : "write"}};
  }

 private:
  fs::path path_, part_;
  std::ofstream out_;
  std::string text_;
};

class Maker {
 public:
  Maker(Terminal& terminal, const SandboxOptions& options, const YearOptions& year_options)
      : terminal_(terminal),
        progress_(terminal),
        folder_(options.to),
        options_(year_options),
        year_(year_options) {}

  std::optional<Error> make(const fs::path& home) {
    const auto diagnoses = read_file(home / "sandbox" / "diagnoses.csv");
    if (!diagnoses) return diagnoses.error();
    if (auto error = whole("diagnoses.csv", *diagnoses)) return error;
    if (auto error = whole("catalog.csv", year_.items().csv())) return error;
    if (auto error = whole("providers.csv", providers_csv(year_.providers()))) return error;
    if (auto error = people()) return error;
    return options_.days > 0 ? visits() : std::nullopt;
  }

 private:
  std::optional<Error> whole(std::string_view name, std::string_view text) {
    if (auto error = write_file(folder_ / name, text)) return error;
    tell(name, static_cast<std::size_t>(std::ranges::count(text, '\n')) - 1);
    return std::nullopt;
  }

  void tell(std::string_view name, std::size_t rows) {
    terminal_.out << fmt::format("{:<16}{:>12} {}\n", name, rows, terminal_.say("行", "rows"));
  }

  std::optional<Error> people() {
    PieceFile persons(folder_, "persons.csv"), accounts(folder_, "accounts.csv"),
        consents(folder_, "consents.csv");
    persons.text() = persons_header;
    accounts.text() = accounts_header;
    consents.text() = consents_header;
    const People& people = year_.people();
    for (std::uint32_t i = 0; i < people.size(); ++i) {
      const MadePerson person = people.person(i);
      append_person_row(persons.text(), people, person, options_.from);
      append_account_row(accounts.text(), person);
      append_consent_row(consents.text(), people, person, options_.from);
      for (PieceFile* file : {&persons, &accounts, &consents}) file->flush(piece_bytes);
      if (i % 1024 == 0) progress_.show(i, people.size());
    }
    for (PieceFile* file : {&persons, &accounts, &consents})
      if (auto error = file->finish()) return error;
    tell("persons.csv", people.size());
    return std::nullopt;
  }

  std::optional<Error> visits() {
    PieceFile file(folder_, "visits.ndjson");
    std::size_t lines = 0;
    while (const auto made = year_.next()) {
      file.text() += command_json(made->command, made->day) + "\n";
      file.flush(piece_bytes);
      if (++lines % 1024 == 0)
        progress_.show(static_cast<std::size_t>(made->day.days - options_.from.days),
                       static_cast<std::size_t>(options_.days));
    }
    if (auto error = file.finish()) return error;
    tell("visits.ndjson", lines);
    return std::nullopt;
  }

  Terminal& terminal_;
  Progress progress_;
  fs::path folder_;
  YearOptions options_;
  Year year_;
};

}  // namespace

int sandbox_make_command(Terminal& terminal, const SandboxOptions& options) {
  const auto home = find_home(options.home);
  if (!home)
    return terminal.refuse(Error{Code::home_missing, "", options.home.empty() ? "." : options.home, {}});
  std::error_code error;
  fs::create_directories(options.to, error);
  if (error) return terminal.refuse(Error{Code::file_unwritable, "", options.to, {error.message()}});
  YearOptions year;
  year.persons = options.persons;
  year.seed = options.seed;
  year.days = options.days;
  year.setup = false;
  Maker maker(terminal, options, year);
  if (const auto problem = maker.make(*home)) return terminal.refuse(*problem);
  return exit_ok;
}

}  // namespace fenming
