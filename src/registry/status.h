// Status: a fact that holds for a person between two days (scheme, person type, aid, insured, a chronic disease), kept as cells of
// the person's Object: "s" + name + NUL + member + NUL + from (2025-01-01), so that the spans of one fact stand together in order.
// Only a fact that is a list has members: each holds for itself, several at once. Spans of the same fact (and member) never
// overlap. Register data, what no status says (born, sex), is the cell "r"; its ciphertext the cell "rs".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/command.h"
#include "model/error.h"
#include "model/state.h"

namespace fenming {

// In these a list holds one member.
Object::Cell status_cell(const Status& status);
std::optional<Status> read_status(const Object::CellView& cell);  // nothing: no cell of a status
std::vector<Status> statuses(const Object& person, std::string_view name = {});  // of one fact; else of all
// The days of a span on which the person has no status of that fact (and member), as spans.
std::vector<Status> not_said(const Object& person, const Status& wanted);

// All that holds on a day: register data, then statuses (a status goes before register data of the same name), lists merged, and
// `age` in full years when `born` is known. By name, each name once.
std::vector<FactValue> facts_at(const Object& person, Date day);
// One of them, as text, without making the others; nothing when it does not hold, or is a list.
std::optional<std::string> fact_at(const Object& person, std::string_view name, Date day);
int age_on(Date born, Date day);  // below 0: not yet born

// What a command changes in the person's Object; nothing when it holds already. Granting again with the same value and first day
// moves the last day. Codes: status_malformed, status_dates, status_overlap (names both spans), status_missing.
Result<std::vector<Change>> set_status(const Object& person, const SetStatus& command);
// Facts are replaced as a whole; an empty `sealed` leaves the ciphertext as it is. Codes: status_malformed; those of set_status for the
// statuses that come with somebody new, status_of_registered for one that would change somebody who is there.
Result<std::vector<Change>> register_person(const Object& person, const RegisterPerson& command);
bool registered(const Object& person);

}  // namespace fenming
