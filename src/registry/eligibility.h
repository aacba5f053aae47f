// Eligibility (transaction 2001): may this person have benefits on this day? From register data (registered, died) and the spans of
// the status `insured`: yes, or a value that says why benefits are stopped ("no", "arrears" ...).
#pragma once

#include "registry/status.h"

namespace fenming {

// The span of `insured` that holds, or the reason, the first in this order: person_not_registered, person_died, benefits_stopped
// (a span says so), insured_never, insured_later (first span begins after the day), insured_ended, insured_gap (between two spans).
Result<Status> check_eligibility(const Object& person, std::string_view psn_no, Date day);

}  // namespace fenming
