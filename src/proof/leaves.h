// Leaves and tables: what a node claims to have read stands there, and the keys really choose the row it was
// read from.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "model/error.h"
#include "proof/bill_facts.h"
#include "proof/library.h"
#include "proof/trace.h"

namespace fenming {

struct ProofScene {  // all that is looked at while one trace is checked
  const ProofTrace& trace;
  const ProofBill& bill;
  const ProofLibrary& library;
  std::set<std::string, std::less<>> listed;  // files whose digest was found right
  std::set<Date> dates;                       // the bill's and those of the parts of a long stay
  std::vector<ProofBillRow> rows;             // the bill's accumulators
  const ProofPolicyText* policy = nullptr;    // the version that governs the layers

  const ProofNode& node(int number) const { return trace.nodes[static_cast<std::size_t>(number)]; }
  const ProofNode& origin(int number) const;  // behind any number of `same`
};

// bill, absent, cell, builtin, calendar; an error without place.
std::optional<Error> check_leaf(const ProofScene& scene, int number);

// The calendar as a region counts it (calendar.cpp). The parts must tile the visit.
std::optional<Error> check_calendar(const ProofScene& scene, const ProofNode& node);
void check_parts(const ProofScene& scene, std::vector<Error>& errors);

// Wherever a path passes `since`, one of the scene's dates must choose that row.
std::optional<Error> check_since(const ProofScene& scene, std::string_view file, std::string_view path);

// pick, sum_of, max_of, net: what the values alone do not say.
std::optional<Error> check_rows(const ProofScene& scene, const ProofNode& node);
std::optional<Error> check_net(const ProofScene& scene, const ProofNode& node);

Date deciding_date(const ProofScene& scene, ProofLibrary::DecidedBy by, const ProofPart& part);

// What the calendar says of a part: year, quarter, month, period, days, from, to, settle; nothing of another name.
std::optional<ProofValue> calendar_value(const ProofScene& scene, std::string_view name, std::size_t part);

// A cell inside a policy's text must be of a version that governs one of the scene's dates.
std::optional<Error> check_version(const ProofScene& scene, std::string_view file, std::string_view path);

// The rows before: of each accumulator in the trace the leaf that its key names.
std::optional<Error> check_accumulator(const ProofScene& scene, const ProofAccumulator& row);

}  // namespace fenming
