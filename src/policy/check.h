// Check: what a library says that its author can hardly have meant, found without anybody's bill (policy-calculus.md section 10). Reads names,
// enumerates facts and walks along the bill; every finding has a stable id, a place and, where amounts are concerned, a counter-example
// that the exact engine has confirmed. Deterministic: the same library and limits give the same report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/library.h"

namespace fenming {

enum class Level : std::uint8_t { error, warning, note };
std::string_view name(Level level);  // "error"

struct ExampleBill {
  std::int64_t amount = 0;               // of the line that differs, fen
  std::int64_t benefit = 0, person = 0;  // what funds pay and the provider takes off; cash and accounts
};

struct Example {  // bills that anybody can settle again
  std::string policy;
  Date date{};  // of discharge
  std::vector<std::pair<std::string, std::string>> facts, accumulators, line;
  std::vector<ExampleBill> bills;
  bool empty() const { return policy.empty() && facts.empty(); }
};

struct Finding {
  std::string id;  // "benefit-falls:basic.pooled@30000.00": kind, then what it is about
  Level level = Level::warning;
  Error error;  // place "employees.yaml:12:5"; to_text gives the sentence
  Example example;
  std::string reason, article;  // why it is accepted; empty: it is not
  bool accepted() const { return !reason.empty(); }
};

struct Coverage {  // of one plan: a version on a stretch of dates
  std::string policy, file;
  Date from{}, to{};
  std::uint64_t combinations = 0, tried = 0;  // of the facts read (numbers at the ends of ranges)
  std::uint64_t behaviours = 0;               // different among those tried
  std::uint64_t walks = 0, pieces = 0, bills = 0;
  std::uint64_t incomplete_walks = 0;  // something was not linear, or too many pieces
};

struct CheckReport {
  std::vector<Finding> findings;  // errors first, then by id
  std::vector<Coverage> coverage;
  std::uint64_t rows = 0, versions = 0;  // looked at
  std::uint64_t choices = 0,
                choices_tried =
                    0;  // combinations that choose the policy; holes are looked for when all were tried
  std::size_t open(Level level) const;  // findings of this level that are not accepted
  bool passed() const { return open(Level::error) + open(Level::warning) == 0; }
};

struct CheckLimits {
  std::uint64_t combinations = 40'000;  // of facts, for the whole library; above it a sample is drawn
  std::uint64_t evaluations = 150'000;  // of the walk, for the whole library
  std::uint64_t random_bills = 60'000;  // pairs, for the whole library
  std::uint64_t seed = 20240607;
};

CheckReport check_library(const Library& library, const CheckLimits& limits = {});

struct Acceptance {
  std::string id, reason, article;
  Place place;
};
// accepted.yaml: a list of {id, reason, article}; article may be missing.
Checked<std::vector<Acceptance>> read_accepted(const SourceFile& file);

// Marks accepted findings; an acceptance whose finding no longer occurs becomes a finding.
void accept(CheckReport& report, const std::vector<Acceptance>& accepted, const std::string& file);

}  // namespace fenming
