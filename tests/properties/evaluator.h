// Evaluator: the value of a plan's slot over exact numbers.
#pragma once

#include <stdexcept>
#include <vector>

#include "policy/plan.h"
#include "properties/number.h"

namespace fenming::properties {

struct Disagreement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Machine {  // what slots read
  std::vector<Number> registers;
  std::vector<Number> fields;  // of the line
  Number ratio;                // of the band
};

class Evaluator {
 public:
  Evaluator(const Plan& plan, Machine& machine) : plan_(plan), machine_(machine) {}
  Number value(const Slot& slot);
  bool truth(const Slot& slot) { return !value(slot).is_zero(); }
  Number money(
      const Slot& slot);  // whole fen, else a Disagreement: the calculus rounds every slot of type money

 private:
  Number constant(std::uint32_t index) const;
  Number table(const Table& table);
  std::uint32_t row(const TableKey& key, Number value) const;
  Number code(const CodeRange& range);
  Number fold(Op op, const Table& table, Number set);
  void operate(const Instruction& i, std::vector<Number>& stack);
  static bool compares(Op op, Number a, Number b);

  const Plan& plan_;
  Machine& machine_;
};

bool is_none(Number n);  // `none`: not there

}  // namespace fenming::properties
