// Trial: bills made up for one plan, settled by the exact engine. What the library check asks of the desk.
#pragma once

#include <optional>
#include <span>

#include "policy/check.h"
#include "policy/walk.h"
#include "policy/workspace.h"

namespace fenming {

struct Tried {
  std::int64_t charged = 0, benefit = 0, person = 0;  // person: cash and accounts
  std::vector<LayerAmounts> layers;                   // of the first part
};

struct LineKind {  // the fields of a line that rules read, amount left open
  std::vector<std::int64_t> fields;
  std::int32_t pot = -1;         // -1: out
  std::int64_t prepay_rate = 0;  // fen of 1000 yuan
};

class Trial {
 public:
  Trial(const Library& library, const PolicyVersion& version, const Plan& plan);

  // Is there a day on which this plan is the one? Else nothing below is of use.
  bool possible() const { return possible_; }
  // Also for whoever settles on that day, and not only where nothing released later is known yet?
  bool current() const { return current_; }
  const Plan& plan() const { return plan_; }
  const PolicyVersion& version() const { return version_; }
  const Region& region() const { return library_.region; }

  BoundBill bill() const;  // plain facts, zero accumulators of every group used, no line
  void add_line(BoundBill& bill, const LineKind& kind, std::int64_t amount) const;

  // False: another policy applies, or the bill is refused (refusal()).
  bool run(const BoundBill& bill, Tried& outcome);
  bool run_at(BoundBill& bill, const WalkVariable& variable, std::int64_t x, Tried& outcome);
  const std::optional<Error>& refusal() const { return refusal_; }
  const Assessment& assessment() const { return assessment_; }
  std::uint64_t bills() const { return bills_; }

  // One or two kinds of line for each pot (least and most pre-pay), one that leaves, one above its listed limit.
  std::vector<LineKind> line_kinds(const BoundBill& like);

  Example example(BoundBill bill, const WalkVariable& variable, std::span<const std::int64_t> amounts);
  std::int64_t tolerance() const {
    return 2 + static_cast<std::int64_t>(plan_.layers.size());
  }  // fen that rounding may move

 private:
  bool choose_day();
  bool is_chosen(Date day, Date known);
  void describe_line(const BoundLine& line, Example& example) const;

  const Library& library_;
  const PolicyVersion& version_;
  const Plan& plan_;
  std::size_t policy_ = 0;
  Date from_{}, to_{}, known_{};
  bool possible_ = false, current_ = false;
  Workspace workspace_;
  Assessment assessment_;
  std::optional<Error> refusal_;
  std::uint64_t bills_ = 0;
};

}  // namespace fenming
