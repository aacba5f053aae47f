// What PlanSearch makes of pieces and pairs of bills: every suspicion of the walk is put to the exact engine before it is told.
#include <fmt/format.h>

#include <algorithm>

#include "policy/fact_space.h"
#include "policy/plan_reads.h"
#include "policy/plan_search.h"

namespace fenming {
namespace {

constexpr Wide slope_blur = fixed_point / 1'000'000;
constexpr Wide jump_least = 3 * fixed_point;
constexpr std::int64_t slope_length = 1'000'000;
constexpr int told_max = 12;

std::string fen_text(std::int64_t fen) { return to_text(Money::from_fen(fen)); }

// The layer whose payment moved most in the direction of the whole.
std::size_t moved_most(const Tried& less, const Tried& more, bool down) {
  std::size_t layer = 0;
  std::int64_t most = 0;
  for (std::size_t i = 0; i < more.layers.size(); ++i) {
    const std::int64_t moved = (more.layers[i].paid - less.layers[i].paid) * (down ? -1 : 1);
    if (moved <= most) continue;
    most = moved;
    layer = i;
  }
  return layer;
}

}  // namespace

void PlanSearch::judge(BoundBill& bill, const WalkVariable& variable, const std::vector<Piece>& pieces) {
  Tried outcome;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i + 1 == pieces.size() || i % 4 == 0) {
      if (trial_.run_at(bill, variable, pieces[i].to, outcome))
        look_at(bill, outcome);
      else
        report_refusal(bill);
    }
    judge_slope(bill, variable, pieces[i]);
    if (i > 0) judge_jump(bill, variable, pieces[i - 1], pieces[i]);
  }
}

void PlanSearch::judge_slope(BoundBill& bill, const WalkVariable& variable, const Piece& piece) {
  const bool sinks = piece.benefit.slope < -slope_blur,
             steep = piece.charged.slope - piece.benefit.slope < -slope_blur;
  if (!sinks && !steep) return;
  const std::int64_t high = std::min(piece.to, piece.from + slope_length);
  Tried less, more;
  if (!trial_.run_at(bill, variable, piece.from, less) || !trial_.run_at(bill, variable, high, more)) return;
  if (sinks ? !falls(less, more) : !pays_less(less, more)) return;  // less than rounding can do
  report_pair(bill, variable, piece.from, high, "");
}

void PlanSearch::judge_jump(BoundBill& bill, const WalkVariable& variable, const Piece& left,
                            const Piece& right) {
  const Wide expected = left.benefit.at + left.benefit.slope * (right.from - left.from),
             off = right.benefit.at - expected;
  const Wide charged = left.charged.at + left.charged.slope * (right.from - left.from) - right.charged.at;
  if (off < jump_least && off > -jump_least && charged < jump_least && charged > -jump_least) return;
  Tried less, more;
  if (!trial_.run_at(bill, variable, left.to, less) || !trial_.run_at(bill, variable, right.from, more))
    return;
  if (!falls(less, more) && !pays_less(less, more)) return;
  const auto met = left.jumps ? left.jumps : left.closes;
  report_pair(bill, variable, left.to, right.from, met ? fen_text(*met) : fen_text(left.to));
}

// Two bills of which the larger one gets less (or pays less): narrowed to the fen at which it happens, if it happens at one.
void PlanSearch::judge_pair(BoundBill& bill, const WalkVariable& variable, std::int64_t low,
                            std::int64_t high) {
  Tried less, more, middle;
  if (!trial_.run_at(bill, variable, low, less) || !trial_.run_at(bill, variable, high, more)) return;
  const bool falling = falls(less, more);
  while (high - low > 1) {
    const std::int64_t half = low + (high - low) / 2;
    if (!trial_.run_at(bill, variable, half, middle)) return;
    const bool left = falling ? falls(less, middle) : pays_less(less, middle);
    const bool right = falling ? falls(middle, more) : pays_less(middle, more);
    if (!left && !right) break;  // it sinks slowly
    if (left) {
      high = half;
      more = middle;
    } else {
      low = half;
      less = middle;
    }
  }
  if (high - low > 1) return report_pair(bill, variable, low, high, "");
  std::vector<Piece> pieces;
  walker_.walk(bill, variable, low, high, pieces);
  std::string at = fen_text(low);
  if (!pieces.empty()) {
    const auto met = pieces.front().jumps ? pieces.front().jumps : pieces.front().closes;
    if (met) at = fen_text(*met);
  }
  report_pair(bill, variable, low, high, at);
}

void PlanSearch::report_pair(BoundBill bill, const WalkVariable& variable, std::int64_t low,
                             std::int64_t high, std::string_view at) {
  Tried less, more;
  if (!trial_.run_at(bill, variable, low, less) || !trial_.run_at(bill, variable, high, more)) return;
  const bool falling = falls(less, more), sudden = !at.empty();
  if (!falling && !pays_less(less, more)) return;
  const std::size_t index = moved_most(less, more, falling);
  const std::string& policy = trial_.version().policy;
  const std::string layer = plan_.layers.empty() ? "" : plan_.layers[index].name;
  const std::string kind = falling ? "benefit-falls" : sudden ? "benefit-jumps" : "person-pays-less";
  const std::string about = fmt::format("{}:{}.{}", kind, policy, layer),
                    id = sudden ? fmt::format("{}@{}", about, at) : about;
  if (findings_.has(id) || ++told_[about] > told_max) return;
  simplify(bill, variable, low, high, falling);
  Tried small, large;
  if (!sudden) {  // two bills one fen apart that show it, if rounding lets any
    for (std::int64_t x = low; x < std::min(high, low + 3'000); ++x) {
      if (!trial_.run_at(bill, variable, x, small) || !trial_.run_at(bill, variable, x + 1, large)) break;
      if (falling ? large.benefit >= small.benefit : large.person >= small.person) continue;
      low = x;
      high = x + 1;
      break;
    }
  }
  if (!trial_.run_at(bill, variable, low, small) || !trial_.run_at(bill, variable, high, large)) return;
  const std::int64_t pair[] = {low, high};
  Example example = trial_.example(bill, variable, pair);
  const Place& place = plan_.layers.empty() ? trial_.version().place : plan_.layers[index].place;
  const Code code = falling  ? Code::check_benefit_falls
                    : sudden ? Code::check_benefit_jumps
                             : Code::check_pays_less;
  const std::string jump = fen_text(large.benefit - small.benefit);
  findings_.add(id, falling ? Level::error : Level::warning, code, place, std::string(at),
                {policy, layer, jump}, std::move(example));
}

// Puts facts and accumulators back to their plain values as long as the finding stays.
void PlanSearch::simplify(BoundBill& bill, const WalkVariable& variable, std::int64_t low, std::int64_t high,
                          bool falling) {
  Tried less, more;
  const auto stays = [&] {
    if (!trial_.run_at(bill, variable, low, less) || !trial_.run_at(bill, variable, high, more)) return false;
    return falling ? falls(less, more) : pays_less(less, more) && !falls(less, more);
  };
  for (std::size_t i = 0; i < bill.facts.size(); ++i) {
    const std::int64_t kept = bill.facts[i];
    bill.facts[i] = plain_value(library_.region.facts[i]);
    if (kept != bill.facts[i] && !stays()) bill.facts[i] = kept;
  }
  for (BoundRow& row : bill.rows)
    for (std::int64_t& value : row.values) {
      const std::int64_t kept = std::exchange(value, 0);
      if (kept != 0 && !stays()) value = kept;
    }
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    if (i == variable.index) continue;
    const std::int64_t kept = bill.lines[i].fields[line_amount];
    set_variable(bill, {true, i, 0, 0}, 0);
    if (!stays()) set_variable(bill, {true, i, 0, 0}, kept);
  }
}

void PlanSearch::report_ratios(const BoundBill& bill) {
  for (const Walker::OddRatio& odd : walker_.odd_ratios()) {
    const std::string ratio = to_text(Exact{odd.value * 100, odd.layer->adjusted_scale}) + "%";
    const std::string id = fmt::format("ratio-outside:{}.{}", trial_.version().policy, odd.layer->name);
    if (findings_.has(id)) continue;
    const std::int64_t amount[] = {bill.lines.front().fields[line_amount]};
    findings_.add(id, Level::error, Code::check_ratio, odd.layer->place, ratio,
                  {trial_.version().policy, odd.layer->name}, trial_.example(bill, {true, 0, 0, 0}, amount));
  }
}

bool PlanSearch::reads_left(const LayerPlan& layer) const {
  Reads reads;
  add_reads(plan_, layer.cap, reads);
  return reads.registers.contains(library_.region.left());
}

void PlanSearch::report_clamp(const BoundBill& bill, const Tried& outcome) {
  std::int64_t left = outcome.charged;
  for (std::size_t i = 0; i < outcome.layers.size(); ++i) {
    const LayerPlan& layer = plan_.layers[i];
    left -= outcome.layers[i].paid;
    const bool fund = library_.region.funds[layer.fund].role == FundRole::fund;
    if (!fund || left != 0 || outcome.layers[i].cut <= trial_.tolerance() || reads_left(layer)) continue;
    const std::string id = fmt::format("left-clamps:{}.{}", trial_.version().policy, layer.name);
    if (findings_.has(id)) continue;
    Trial again(library_, trial_.version(), plan_);  // `outcome` belongs to this one's run
    const std::int64_t amount[] = {bill.lines.empty() ? 0 : bill.lines.front().fields[line_amount]};
    findings_.add(id, Level::warning, Code::check_left_clamps, layer.place, fen_text(outcome.layers[i].cut),
                  {trial_.version().policy, layer.name},
                  bill.lines.empty() ? Example{} : again.example(bill, {true, 0, 0, 0}, amount));
  }
}

void PlanSearch::report_overdrawn(const BoundBill& bill, const Error& error) {
  const std::string id = fmt::format("balance-overdrawn:{}.{}", error.value, error.details.front());
  if (findings_.has(id)) return;
  Example example = trial_.example(bill, {true, 0, 0, 0}, {});
  for (const BoundLine& line : bill.lines)
    example.line.emplace_back("amount", fen_text(line.fields[line_amount]));
  findings_.add(id, Level::error, Code::check_overdrawn, trial_.version().place, error.value,
                {error.value, error.details.front()}, std::move(example));
}

void PlanSearch::report_refusal(const BoundBill& bill) {
  if (!trial_.refusal()) return;
  const Error error = *trial_.refusal();
  if (error.code == Code::balance_overdrawn) return report_overdrawn(bill, error);
  if (error.code != Code::layer_negative) return;
  Place place = trial_.version().place;
  for (const LayerPlan& layer : plan_.layers)
    if (layer.name == error.value) place = layer.place;
  const std::string id = fmt::format("ratio-outside:{}.{}", trial_.version().policy, error.value);
  if (findings_.has(id)) return;
  Example example = trial_.example(bill, {true, 0, 0, 0}, {});
  for (const BoundLine& line : bill.lines)
    example.line.emplace_back("amount", fen_text(line.fields[line_amount]));
  findings_.add(id, Level::error, Code::check_refused, place, error.value,
                {trial_.version().policy, error.value}, std::move(example));
}

}  // namespace fenming
