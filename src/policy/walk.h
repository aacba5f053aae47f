// The breakpoint walk (policy-calculus.md section 10): all pieces on which the amounts of one bill are linear in one money variable x.
// The engine is the desk's; only its numbers are others (linear.h), so walk and desk cannot drift apart.
#pragma once

#include <vector>

#include "policy/linear.h"
#include "policy/runner.h"

namespace fenming {

// The input that grows. A line: its amount (price too, when the line has no quantity). Else an accumulator of a row of the bill.
struct WalkVariable {
  bool line = true;
  std::size_t index = 0, member = 0;  // bill.lines[index], or bill.rows[index].values[member]
  std::uint32_t order = 0;            // of that row's group among Plan::groups_used
};

void set_variable(BoundBill& bill, const WalkVariable& variable, std::int64_t value);

struct Piece {
  std::int64_t from = 0, to = 0;  // fen, both ends belong; the next piece begins at to + 1
  Ray benefit;                    // what funds and provider's reduction pay, at `from`, and per fen
  Ray charged;
  std::vector<Ray> paid;                      // of each layer of the first part
  std::optional<std::int64_t> closes, jumps;  // met at `to`: any comparison; one that can make an amount jump
};

class Walker {
 public:
  explicit Walker(const Library& library) : library_(library) {}

  // Pieces from x_min to x_max, rising, without gap; at most pieces_max of them. False when the rules refuse the bill (error()), something
  // was not linear or there were too many pieces: then `pieces` holds what was seen so far.
  bool walk(BoundBill& bill, const WalkVariable& variable, std::int64_t x_min, std::int64_t x_max,
            std::vector<Piece>& pieces);

  const std::optional<Error>& error() const { return error_; }
  std::uint64_t evaluations() const { return evaluations_; }

  // Ratios outside 0..100 % met so far: layer (of the plan assessed last), value at its scale.
  struct OddRatio {
    const LayerPlan* layer = nullptr;
    Wide value = 0;
  };
  const std::vector<OddRatio>& odd_ratios() const { return odd_; }

  static constexpr std::size_t pieces_max = 400;

 private:
  bool evaluate(const BoundBill& bill, const Linear::Variable& variable, Piece& piece, std::int64_t& step,
                bool& exact);
  void note_ratios(const Linear& arithmetic, const Plan& plan);

  const Library& library_;
  Buffers<Ray> buffers_;
  std::vector<PartDates> parts_;
  Assessment scratch_;
  std::optional<Error> error_;
  std::uint64_t evaluations_ = 0;
  std::vector<OddRatio> odd_;
};

}  // namespace fenming
