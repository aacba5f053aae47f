// Import: files of persons, providers, accounts, statuses and consents (docs/import-format.md) as Commands. A file is read twice:
// first every row is checked, then, only when all are sound, the Commands are handed out: nothing is loaded by halves. A text of a
// million rows is never held but as the text itself; the Commands carry message ids made of the file's digest and the row, so that an
// interrupted import may be repeated: what was done is answered, not done again.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "model/command.h"
#include "model/error.h"

namespace fenming {

struct ImportOptions {
  // Makes the ciphertext of a person's data (JSON of name, certno, phone, address); none: these columns are only checked.
  std::function<std::string(std::string_view psn_no, std::string_view plain)> seal;
  // The blind index of an identity number, by which the person is found later; none: nobody is.
  std::function<std::string(std::string_view number)> found_by;
  std::function<void(std::size_t done, std::size_t all)> progress;  // bytes of both passes
  std::size_t problems_max = 10'000;                                // kept; the rest is counted (import_more)
};

struct ImportCounts {
  std::size_t rows = 0, commands = 0;
};

using CommandSink = std::function<void(Command&&)>;

// On problems the sink was never called. Place: "file:line:column".
Checked<ImportCounts> import_persons(std::string_view text, std::string_view file,
                                     const ImportOptions& options, const CommandSink& sink);
Checked<ImportCounts> import_providers(std::string_view text, std::string_view file,
                                       const ImportOptions& options, const CommandSink& sink);
Checked<ImportCounts> import_accounts(std::string_view text, std::string_view file,
                                      const ImportOptions& options, const CommandSink& sink);
Checked<ImportCounts> import_statuses(std::string_view text, std::string_view file,
                                      const ImportOptions& options, const CommandSink& sink);
Checked<ImportCounts> import_consents(std::string_view text, std::string_view file,
                                      const ImportOptions& options, const CommandSink& sink);

// The report of a refused file: a CSV with line, column, code, value and sentence of each problem.
std::string import_report(std::span<const Error> problems, Language language);

}  // namespace fenming
