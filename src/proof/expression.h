// ProofExpression: an expression of a policy's text (docs/policy-calculus.md section 7), read and computed here a
// second time. What cannot be computed is nothing, never a guess.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proof/trace.h"
#include "proof/value.h"

namespace fenming {

class ProofLibrary;

struct ProofExpression {
  enum class Kind : std::uint8_t { constant, name, table, operation, choice, round, of_set };
  Kind kind = Kind::constant;
  ProofOp op = ProofOp::add;  // of an operation
  std::string text;           // the constant or name as written; the mode of a round, `sum_of` or `max_of`
  std::vector<ProofExpression> args;
};

std::optional<ProofExpression> parse_proof_expression(std::string_view text);

// What names and tables are worth where the expression stands.
class ProofNames {
 public:
  virtual ~ProofNames() = default;
  virtual std::optional<ProofValue> name(std::string_view name) = 0;
  virtual std::optional<ProofValue> table(std::string_view name, std::span<const ProofValue> keys) = 0;
};

std::optional<ProofValue> evaluate(const ProofExpression& expression, ProofNames& names,
                                   const ProofLibrary& library);

}  // namespace fenming
