// Targets: what each fuzzer does with a text. Whatever the bytes are, the code under test returns; what it accepts keeps its promises.
// Shared by the fuzzers (tests/fuzz/*.cpp) and by the replay of their seeds in the quick tests (tests/replay).
#pragma once

#include <string>
#include <string_view>

#include "cli/case_file.h"
#include "fuzz/promise.h"
#include "policy/assess.h"
#include "policy/expression.h"
#include "policy/workspace.h"
#include "proof/proof.h"
#include "protocol/bill_json.h"
#include "protocol/bill_out.h"

namespace fenming::fuzz {

// Every error says what and where in both languages, without failing itself.
inline void tell(const std::vector<Error>& errors) {
  promise(!errors.empty(), "a refusal gives a reason");
  for (const Error& error : errors)
    promise(!to_text(error, Language::zh).empty() && !to_text(error, Language::en).empty(),
            "an error has a text");
}

// What is read, written and read again is the same bill.
inline void bill(std::string_view text) {
  const auto read = read_bill(text);
  if (!read) return tell(read.error());
  const std::string written = write_bill(*read);
  const auto again = read_bill(written);
  promise(again.has_value(), "a bill that was read can be read again");
  promise(write_bill(*again) == written, "a bill that was written is the same when read");
}

// One value for each fact: the lowest.
inline Bill simple_bill(const Library& library) {
  Bill bill;
  bill.from = *make_date(2024, 1, 2);
  bill.to = bill.settle = bill.known = *make_date(2024, 1, 12);
  for (const Fact& fact : library.region.facts) {
    if (fact.has_default) continue;
    FactValue value{fact.name, FactValue::Kind::text, "0", {}};
    if (fact.type == Type::set) value.kind = FactValue::Kind::list;
    if (fact.type == Type::code) value.text = library.region.domains[fact.domain].members.front();
    if (fact.type == Type::boolean) value = {fact.name, FactValue::Kind::boolean, "no", {}};
    if (fact.type == Type::integer) value.text = std::to_string(fact.low);
    if (fact.type == Type::ratio) value.text = "0%";
    if (fact.type == Type::date) value.text = "2024-01-02";
    bill.facts.push_back(std::move(value));
  }
  for (const std::int64_t fen : {0LL, 1LL, 123'456LL, 50'000'000LL}) {
    BillLine line;
    line.id = std::to_string(bill.lines.size() + 1);
    line.amount = Money::from_fen(fen);
    bill.lines.push_back(std::move(line));
  }
  return bill;
}

// A policy that compiles settles a bill or refuses it; the shares add up.
inline void library(std::string_view text) {
  const auto read = read_library({{"region.yaml", std::string(text)}});
  if (!read) return tell(read.error());
  if ((*read)->versions.empty()) return;
  const auto bound = bind(**read, simple_bill(**read));
  if (!bound) return;
  Workspace workspace;
  Assessment result;
  if (assess(**read, *bound, workspace, result)) return;
  const Split& s = *result.split;
  promise(s.total() == s.funds() + s.account() + s.family() + s.cash() + s.provider(), "the shares add up");
}

inline void expression(std::string_view text) {
  const auto read = parse_expression(text);
  promise(read.has_value() ? *read != nullptr : !name(read.error().code).empty(),
          "an expression or a reason");
}

inline void cases(std::string_view text) {
  const auto read = read_cases(text, "fuzz.case", "990000");
  if (!read) return tell(read.error());
  for (const Case& one : *read) promise(!one.steps.empty(), "a case has a bill");
}

// Two texts, a trace and a library, divided by a line `%%`: a trace that verifies reaches its outputs.
inline void trace(std::string_view text) {
  const std::size_t cut = text.find("\n%%\n");
  const std::string region =
      cut == std::string_view::npos ? "region: 123456\n" : std::string(text.substr(cut + 4));
  const auto report = verify_trace(text.substr(0, cut), {{"region.yaml", region}}, std::nullopt);
  if (!report) return tell(report.error());
  promise(report->outputs > 0, "a trace that verifies has outputs");
}

}  // namespace fenming::fuzz
