#include "registry/eligibility.h"

#include <algorithm>

namespace fenming {
namespace {

std::optional<Date> day_of_death(const Object& person, Date day) {
  const auto died = fact_at(person, "died", day);
  return died ? parse_date(*died) : std::nullopt;
}

Error not_insured(const std::vector<Status>& spans, std::string_view psn_no, Date day) {
  const std::string person(psn_no);
  if (spans.empty()) return {Code::insured_never, "", person, {}};
  const Status* before = nullptr;
  const Status* after = nullptr;
  for (const Status& span : spans)
    if (span.to < day)
      before = &span;
    else if (after == nullptr)
      after = &span;
  if (before == nullptr) return {Code::insured_later, "", person, {to_text(after->from), to_text(day)}};
  if (after == nullptr) return {Code::insured_ended, "", person, {to_text(before->to), to_text(day)}};
  return {Code::insured_gap, "", person, {to_text(before->to), to_text(after->from), to_text(day)}};
}

}  // namespace

// REQ POL-09
Result<Status> check_eligibility(const Object& person, std::string_view psn_no, Date day) {
  if (!registered(person))
    return std::unexpected(Error{Code::person_not_registered, "", std::string(psn_no), {}});
  if (const auto died = day_of_death(person, day); died && *died < day)
    return std::unexpected(Error{Code::person_died, "", std::string(psn_no), {to_text(*died), to_text(day)}});
  std::vector<Status> spans = statuses(person, "insured");
  const auto holds =
      std::ranges::find_if(spans, [&](const Status& span) { return span.from <= day && day <= span.to; });
  if (holds == spans.end()) return std::unexpected(not_insured(spans, psn_no, day));
  if (holds->fact.text != "yes")
    return std::unexpected(Error{Code::benefits_stopped,
                                 "",
                                 std::string(psn_no),
                                 {holds->fact.text, to_text(holds->from), to_text(holds->to)}});
  return std::move(*holds);
}

}  // namespace fenming
