// For tests beside the sources only: a library from text, a bill from a few words.
#pragma once

#include <gtest/gtest.h>

#include "policy/workspace.h"

namespace fenming::testing_policy {

using Library = std::shared_ptr<const fenming::Library>;

inline Library library_of(const std::string& text) {
  auto library = read_library({{"region.yaml", "region: 123456\n" + text}});
  if (library) return *library;
  for (const Error& error : library.error()) ADD_FAILURE() << to_text(error, Language::en);
  return nullptr;
}

// Name of the first error's code that reading gives, "" when it is read.
inline std::string refused(const std::string& text) {
  const auto library = read_library({{"region.yaml", "region: 123456\n" + text}});
  return library ? "" : std::string(name(library.error().front().code));
}

inline FactValue fact(std::string name, std::string text) {
  return {std::move(name), FactValue::Kind::text, std::move(text), {}};
}

inline Bill bill_of(std::vector<FactValue> facts, std::vector<std::int64_t> lines = {}) {
  Bill bill;
  bill.from = *make_date(2024, 3, 1);
  bill.to = bill.settle = bill.known = *make_date(2024, 3, 11);
  bill.facts = std::move(facts);
  for (const std::int64_t fen : lines) {
    BillLine line;
    line.id = std::to_string(bill.lines.size() + 1);
    line.amount = Money::from_fen(fen);
    bill.lines.push_back(std::move(line));
  }
  return bill;
}

struct Outcome {
  std::string error;  // name of the code, "" for success
  std::string place;
  Assessment result;
};

inline Outcome settle(const Library& library, const Bill& bill) {
  Outcome outcome;
  auto bound = bind(*library, bill);
  if (!bound) return {std::string(name(bound.error().code)), bound.error().place, {}};
  Workspace workspace;
  if (const auto error = assess(*library, *bound, workspace, outcome.result))
    return {std::string(name(error->code)), error->place, {}};
  return outcome;
}

}  // namespace fenming::testing_policy
