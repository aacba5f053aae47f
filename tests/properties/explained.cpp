#include "properties/explained.h"

#include "protocol/bill_out.h"

namespace fenming::properties {

Explainer::Explainer(const Library& library) : library_(library) {
  std::vector<ProofFile> files;
  for (const SourceFile& file : library.files) files.push_back({file.name, file.text});
  auto read = read_proof_library(std::move(files));
  if (read)
    proof_ = *read;
  else
    unreadable_ = "the proof cannot read the library: " + to_text(read.error().front(), Language::en);
}

// REQ SET-09
Problem Explainer::problem(const Bill& bill, const Settled& settled) {
  if (unreadable_) return unreadable_;
  if (explain(library_, settled.bound, explanation_))
    return "the explanation refuses what the assessment settles";
  if (auto problem = first_difference(settled.result, explanation_.assessment))
    return "explained: " + *problem;
  add_outputs(explanation_);
  const std::string trace = machine_trace(explanation_, bill, write_bill(bill));
  const auto report = verify_trace(trace, *proof_, std::nullopt);
  if (!report) return "the trace does not verify: " + to_text(report.error().front(), Language::en);
  if (report->lines != bill.lines.size()) return "the trace does not reach every line";
  return std::nullopt;
}

}  // namespace fenming::properties
