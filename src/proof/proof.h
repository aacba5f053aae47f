// Proof: whether a machine trace really leads from bill and rule library to the amounts it claims. Everything
// is read and computed here a second time, with nothing of the engine but the number types, so one fen, one
// row or one digit off is found. Pure and total: whatever the bytes are, the answer is a report or a list of
// errors.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/error.h"

namespace fenming {

struct ProofFile {
  std::string name;  // as the trace names it: "region.yaml", "employees.yaml"
  std::string text;
};

struct ProofReport {
  std::size_t nodes = 0;
  std::size_t bill_leaves = 0, absent_leaves = 0, cell_leaves = 0, builtin_leaves = 0;
  std::size_t cells = 0;  // different places of the library that were read
  std::size_t rows = 0;   // rows of tables chosen again
  std::size_t lines = 0;  // lines of the bill, each reached from the outputs
  std::size_t outputs = 0, layers = 0, files = 0;
  bool settlement = false;  // compared with a settlement as well
};

class ProofLibrary;  // the cells of a library, read once for many traces (library.h)

// The region's files first, then its base's; two files of one name are refused.
Checked<std::shared_ptr<const ProofLibrary>> read_proof_library(const std::vector<ProofFile>& files);

// `settlement_json`: the answer of `settle --json` whose amounts must be the trace's. At most 50 errors are
// reported.
Checked<ProofReport> verify_trace(std::string_view trace_json, const ProofLibrary& library,
                                  const std::optional<std::string_view>& settlement_json);
Checked<ProofReport> verify_trace(std::string_view trace_json, const std::vector<ProofFile>& library_files,
                                  const std::optional<std::string_view>& settlement_json);

}  // namespace fenming
