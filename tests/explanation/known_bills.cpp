#include "explanation/known_bills.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "cli/case_file.h"
#include "cli/case_run.h"
#include "cli/files.h"
#include "explanation/explain_and_verify.h"

namespace fenming::explanation {
namespace {

namespace fs = std::filesystem;
const fs::path source = FENMING_SOURCE_DIR;

std::vector<fs::path> files_in(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> found;
  if (fs::is_directory(folder))
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == extension) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

std::shared_ptr<const ProofLibrary> proof_of(const Library& library) {
  const auto proof = read_proof_library(proof_files(library));
  if (proof) return *proof;
  ADD_FAILURE() << to_text(proof.error().front(), Language::en);
  return nullptr;
}

// A case may give rows of both forms, the bill's JSON one only: rows in short form get the key that the bill's first part reads; those
// that it does not read are left out.
void write_keys(Bill& bill, const Settled& settled) {
  const auto is_short = [](const AccumulatorRow& row) { return row.first_part; };
  const auto count = std::ranges::count_if(bill.accumulators, is_short);
  if (count == 0 || count == std::ssize(bill.accumulators)) return;
  const std::vector<AccumulatorRow> read = carried_over(settled, {});
  for (AccumulatorRow& row : bill.accumulators) {
    if (!row.first_part) continue;
    const auto own = std::ranges::find(read, row.group, &AccumulatorRow::group);
    if (own == read.end()) continue;
    row.key = own->key;
    row.first_part = false;
  }
  std::erase_if(bill.accumulators, is_short);
}

struct CaseReader {
  std::unique_ptr<Desk> desk;
  std::vector<KnownBill> bills;

  void read(const Case& of, const LibraryPointer& library, const std::shared_ptr<const ProofLibrary>& proof) {
    Clerk clerk(*desk);
    std::vector<AccumulatorRow> rows = of.steps.front().bill.accumulators;
    for (const CaseStep& step : of.steps) {
      KnownBill known{of.file + " " + of.title + " line " + std::to_string(step.line), library, proof,
                      step.bill, false};
      known.bill.accumulators = rows;
      known.error_expected =
          std::ranges::find(step.expectations, "error", &Expectation::name) != step.expectations.end();
      const auto settled = clerk.settle(library, known.bill);
      if (settled) {
        rows = carried_over(**settled, std::move(rows));
        write_keys(known.bill, **settled);
      }
      bills.push_back(std::move(known));
      if (!settled) return;
    }
  }
};

}  // namespace

std::vector<KnownBill> bills_of_cases() {
  CaseReader reader;
  auto desk = Desk::open(source / "rules");
  if (desk) reader.desk = std::move(*desk);
  const auto folders = library_folders(source / "rules");
  if (!desk || !folders) ADD_FAILURE() << "rules/ cannot be read";
  for (const fs::path& folder : folders.value_or(std::vector<fs::path>{})) {
    const auto cases = files_in(folder / "cases", ".case");
    if (cases.empty()) continue;
    const auto library = load_library(folder);
    EXPECT_TRUE(library) << folder;
    if (!library) continue;
    const auto proof = proof_of(**library);
    for (const fs::path& file : cases) {
      const auto text = read_file(file);
      const auto read =
          read_cases(text.value_or(""), file.lexically_relative(source).string(), (*library)->region.code);
      EXPECT_TRUE(read && !read->empty()) << file;
      for (const Case& of : read.value_or(std::vector<Case>{})) reader.read(of, *library, proof);
    }
  }
  return std::move(reader.bills);
}

std::vector<KnownBill> bills_of_sandbox() {
  std::vector<KnownBill> bills;
  const auto desk = Desk::open(source / "rules", source / "sandbox/catalog.csv");
  if (!desk) ADD_FAILURE() << to_text(desk.error().front(), Language::en);
  for (const fs::path& file : files_in(source / "sandbox/bills", ".json")) {
    if (!desk) break;
    Clerk clerk(**desk);
    const auto settled = clerk.settle(read_file(file).value_or(""));
    EXPECT_TRUE(settled) << file << " " << (settled ? "" : to_text(settled.error().front(), Language::en));
    if (settled)
      bills.push_back({file.filename().string(), (*settled)->library, proof_of(*(*settled)->library),
                       (*settled)->bill, false});
  }
  return bills;
}

}  // namespace fenming::explanation
