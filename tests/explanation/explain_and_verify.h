// explain_and_verify: a bill assessed, explained, and its machine trace verified by the code of proof/, which shares nothing with the
// engine but the number types. For tests that have many bills: those of the regions' cases, random ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "policy/bind.h"
#include "policy/explain.h"
#include "policy/workspace.h"
#include "proof/proof.h"
#include "protocol/bill_out.h"

namespace fenming::explanation {

struct Explained {
  std::optional<std::string>
      problem;           // nothing: the trace leads to every amount, and they are those of assess()
  bool refused = false;  // the engine has no answer for this bill, and explain() neither
  std::string trace;
  ProofReport report;
};

inline Explained failed(const std::string& what, const Error& error, std::string trace = {}) {
  return {what + ": " + error.place + " " + to_text(error, Language::en), false, std::move(trace), {}};
}

inline bool same_parts(const Assessment& a, const Assessment& b) {
  if (a.part_count != b.part_count || a.row_count != b.row_count) return false;
  for (std::size_t i = 0; i < a.part_count; ++i) {
    const PartResult &x = a.parts[i], &y = b.parts[i];
    if (x.version != y.version || x.plan != y.plan || x.from != y.from || x.to != y.to) return false;
    if (x.names != y.names || x.layers != y.layers) return false;
  }
  for (std::size_t i = 0; i < a.row_count; ++i) {
    const AccumulatorResult &x = a.rows[i], &y = b.rows[i];
    if (x.group != y.group || x.key != y.key || x.before != y.before || x.after != y.after) return false;
  }
  return true;
}

inline bool same_assessment(const Assessment& a, const Assessment& b) {
  return a.total == b.total && a.over == b.over && a.out == b.out && a.prepay == b.prepay &&
         a.in_scope == b.in_scope && a.charged == b.charged && a.deductible == b.deductible &&
         a.pots == b.pots && a.funds == b.funds && a.lines == b.lines && a.split.has_value() &&
         b.split.has_value() && a.split->cash() == b.split->cash() && same_parts(a, b);
}

// REQ SET-09
inline Explained explain_and_verify(const Library& library, const ProofLibrary& proof, const Bill& bill) {
  const auto bound = bind(library, bill);
  if (!bound) return {std::nullopt, true, {}, {}};
  Workspace workspace;
  Assessment assessment;
  Explanation explanation;
  const auto error = assess(library, *bound, workspace, assessment),
             refusal = explain(library, *bound, explanation);
  if (error.has_value() != refusal.has_value())
    return failed("one of assess and explain refuses", error ? *error : *refusal);
  if (error) return {std::nullopt, true, {}, {}};
  if (!same_assessment(assessment, explanation.assessment))
    return {"explain and assess differ", false, {}, {}};
  std::string trace = machine_trace(explanation, bill, write_bill(bill));
  const auto report = verify_trace(trace, proof, std::nullopt);
  if (!report) return failed("the trace does not hold", report.error().front(), std::move(trace));
  if (report->lines != bill.lines.size())
    return {"the trace has other lines than the bill", false, std::move(trace), *report};
  return {std::nullopt, false, std::move(trace), *report};
}

inline Explained explain_and_verify(const Library& library, std::vector<ProofFile> files, const Bill& bill) {
  const auto proof = read_proof_library(files);
  if (!proof) return failed("the proof cannot read the library", proof.error().front());
  return explain_and_verify(library, **proof, bill);
}

// The texts that a library was read from, its base's last.
inline std::vector<ProofFile> proof_files(const Library& library) {
  std::vector<ProofFile> files;
  for (const SourceFile& file : library.files) files.push_back({file.name, file.text});
  return files;
}

}  // namespace fenming::explanation
