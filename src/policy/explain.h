// Explanation: an assessment run on traced numbers, and its three printings: for machines (docs/trace-format.md), for staff, for the
// patient. All of them read the same records.
#pragma once

#include <string>
#include <string_view>

#include "policy/runner.h"
#include "policy/trace.h"

namespace fenming {

struct Explanation {
  const Library* library = nullptr;
  const BoundBill* bill = nullptr;
  Tracer tracer;
  Buffers<Traced> values;
  std::vector<PartDates> parts;
  Assessment assessment;  // equal to assess() of the same bill
  struct Output {
    std::string_view name;  // national: psn_cash_pay ...
    Traced value;
  };
  std::vector<Output> outputs;
};

// Runs the assessment into `into`, whose memory is reused. The library and the bill must outlive it.
std::optional<Error> explain(const Library& library, const BoundBill& bill, Explanation& into);

// The national amounts of an explained bill; explain() leaves them out, so that a run without printing costs less.
void add_outputs(Explanation& explanation);

// One JSON object. `bill_json` is the (priced) bill as JSON text, which the trace's leaves point into.
std::string machine_trace(Explanation& explanation, const Bill& bill, std::string_view bill_json);

// Plain text, many lines. Staff: every line, layer, rule, place, rounding. Patient: a few sentences.
std::string staff_text(Explanation& explanation, const Bill& bill, Language language);
std::string patient_text(Explanation& explanation, const Bill& bill, Language language);

// Shared by the printings.
std::string value_text(Wide value, std::uint8_t scale, Type type, const Domain* domain);
const Domain* domain_of(const Explanation& explanation, Ref ref);
std::string label(const Labels& labels, std::string_view name, Language language);

}  // namespace fenming
