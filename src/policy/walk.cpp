#include "policy/walk.h"

namespace fenming {
namespace {

Linear::Variable of_engine(const WalkVariable& variable) {
  if (variable.line) return {Given::line, static_cast<std::uint32_t>(variable.index), 0};
  return {Given::accumulator, variable.order, static_cast<std::uint32_t>(variable.member)};
}

}  // namespace

void set_variable(BoundBill& bill, const WalkVariable& variable, std::int64_t value) {
  if (!variable.line) {
    bill.rows[variable.index].values[variable.member] = value;
    return;
  }
  BoundLine& line = bill.lines[variable.index];
  line.fields[line_amount] = value;
  line.fields[line_price] =
      std::min(value * 10'000, decimal_max * 1'000'000);  // as bind() does for a line without quantity
}

bool Walker::evaluate(const BoundBill& bill, const Linear::Variable& variable, Piece& piece,
                      std::int64_t& step, bool& exact) {
  Linear arithmetic(variable);
  ++evaluations_;
  error_ = Runner(library_, bill, arithmetic, buffers_, parts_, scratch_).run();
  if (error_) return false;
  const Plan& plan = *scratch_.parts[0].plan;
  note_ratios(arithmetic, plan);
  exact = exact && arithmetic.exact();
  piece.charged = buffers_.sums.charged;
  piece.benefit = {};
  const std::vector<Fund>& funds = library_.region.funds;
  for (std::size_t f = 0; f < funds.size(); ++f)
    if (funds[f].role == FundRole::fund || funds[f].role == FundRole::provider)
      piece.benefit = arithmetic.add(piece.benefit, buffers_.funds[f], {});
  piece.paid.resize(plan.layers.size());
  for (std::size_t i = 0; i < plan.layers.size(); ++i) piece.paid[i] = buffers_.layers[i].paid;
  piece.closes.reset();
  piece.jumps.reset();
  step = 0;  // 0: nothing changes any more
  if (const auto& nearest = arithmetic.nearest()) {
    step = std::max<std::int64_t>(1, nearest->distance);
    piece.closes = nearest->constant;
    if (const auto& other = arithmetic.nearest_switch();
        other && std::max<std::int64_t>(1, other->distance) == step)
      piece.jumps = other->constant;
  }
  return true;
}

void Walker::note_ratios(const Linear& arithmetic, const Plan& plan) {
  for (const LayerPlan& layer : plan.layers) {
    if (layer.reg >= arithmetic.ratios().size()) continue;
    const Linear::RatioRange& range = arithmetic.ratios()[layer.reg];
    if (!range.any) continue;
    for (const Wide value : {range.low, range.high})
      if (value < 0 || value > power_of_ten(layer.adjusted_scale)) odd_.push_back({&layer, value});
  }
}

bool Walker::walk(BoundBill& bill, const WalkVariable& variable, std::int64_t x_min, std::int64_t x_max,
                  std::vector<Piece>& pieces) {
  pieces.clear();
  odd_.clear();
  const Linear::Variable input = of_engine(variable);
  bool exact = true;
  for (std::int64_t x = x_min; x <= x_max;) {
    set_variable(bill, variable, x);
    Piece piece;
    std::int64_t step = 0;
    if (!evaluate(bill, input, piece, step, exact)) return false;
    piece.from = x;
    piece.to = step == 0 || step > x_max - x ? x_max : x + step - 1;
    x = piece.to + 1;
    pieces.push_back(std::move(piece));
    if (pieces.size() > pieces_max) return false;
  }
  return exact;
}

}  // namespace fenming
