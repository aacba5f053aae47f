// PartNames: what the names of a policy's text are worth in one part of the visit, from the bill, the library and the
// rows of the trace. Nothing where that cannot be said: the share of a part in the lines, a pot among several.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "proof/claims.h"
#include "proof/expression.h"

namespace fenming {

class PartNames : public ProofNames {
 public:
  PartNames(const ProofScene& scene, std::size_t part);

  std::optional<ProofValue> name(std::string_view name) override;
  std::optional<ProofValue> table(std::string_view name, std::span<const ProofValue> keys) override;

  // A slot: a constant, an expression, a table, rows by date. Money is rounded to fen by the region's mode.
  std::optional<ProofValue> slot(const ProofTree& text, ProofType type);
  void let(const ProofTree& lets);

  void set(std::string name, std::optional<ProofValue> value) { known_[std::move(name)] = std::move(value); }
  void forget(std::string_view name) { known_.erase(std::string(name)); }
  std::optional<ProofValue> fact(std::string_view name) const;

 private:
  std::optional<ProofValue> value(const ProofTree& text, std::optional<ProofType> type);
  std::optional<ProofValue> rounded(std::optional<ProofValue> value) const;
  void set_totals();

  const ProofScene& scene_;
  std::size_t part_;
  Date date_;  // chooses rows
  int depth_ = 0;
  std::map<std::string, std::optional<ProofValue>, std::less<>> known_;  // lets, layers, accumulators, totals
};

// The type that a region declares for a fact: nothing of one that it does not declare.
std::optional<ProofType> fact_type(const ProofLibrary& library, std::string_view name);

}  // namespace fenming
