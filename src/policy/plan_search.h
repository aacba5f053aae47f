// PlanSearch: looks for bills on which one plan behaves oddly. Tries combinations of facts, keeps one for each behaviour met, walks along every
// kind of line from there (walk.h), with accumulators at 0 and at the limits they meet, then adds random bills.
#pragma once

#include <map>
#include <random>
#include <set>

#include "policy/check_parts.h"
#include "policy/fact_space.h"
#include "policy/trial.h"

namespace fenming {

struct SearchBudget {  // what is left for one plan
  std::uint64_t combinations = 0, evaluations = 0, random_bills = 0, seed = 0;
};

class PlanSearch {
 public:
  PlanSearch(const Library& library, const PolicyVersion& version, const Plan& plan,
             const SearchBudget& budget, FindingList& findings, Coverage& coverage);

  void run();
  Trial& trial() { return trial_; }
  const std::vector<std::vector<std::int64_t>>& behaviours() const {
    return behaviours_;
  }  // facts, one for each
  const std::vector<LineKind>& kinds() const { return kinds_; }
  const std::set<std::string>& paying() const { return paying_; }  // layers that paid something

 private:
  struct State {  // accumulators before the bill; empty: all 0
    std::size_t row = 0, member = 0;
    std::int64_t value = 0;
  };

  // plan_search.cpp
  void try_combinations();
  void try_facts(const std::vector<std::int64_t>& facts);
  void find_kinds(const FactSpace& rest);
  void find_states();
  void walk_all();
  void walk_one(const std::vector<std::int64_t>& facts, const LineKind& kind, const State& state);
  void random_pairs();
  BoundBill bill_of(const std::vector<std::int64_t>& facts, const State& state) const;
  void look_at(const BoundBill& bill, const Tried& outcome);

  // plan_findings.cpp
  void judge(BoundBill& bill, const WalkVariable& variable, const std::vector<Piece>& pieces);
  void judge_slope(BoundBill& bill, const WalkVariable& variable, const Piece& piece);
  void judge_jump(BoundBill& bill, const WalkVariable& variable, const Piece& left, const Piece& right);
  void judge_pair(BoundBill& bill, const WalkVariable& variable, std::int64_t low, std::int64_t high);
  bool falls(const Tried& less, const Tried& more) const {
    return more.benefit < less.benefit - trial_.tolerance();
  }
  bool pays_less(const Tried& less, const Tried& more) const {
    return more.person < less.person - trial_.tolerance();
  }
  // `at`: the amount of the rules at which it happens; empty: it sinks slowly.
  void report_pair(BoundBill bill, const WalkVariable& variable, std::int64_t low, std::int64_t high,
                   std::string_view at);
  void simplify(BoundBill& bill, const WalkVariable& variable, std::int64_t low, std::int64_t high,
                bool falling);
  void report_ratios(const BoundBill& bill);
  void report_clamp(const BoundBill& bill, const Tried& outcome);
  void report_refusal(const BoundBill& bill);
  void report_overdrawn(const BoundBill& bill, const Error& error);
  bool reads_left(const LayerPlan& layer) const;

  const Library& library_;
  const Plan& plan_;
  SearchBudget budget_;
  FindingList& findings_;
  Coverage& coverage_;
  Trial trial_;
  Walker walker_;
  std::mt19937_64 random_;
  std::vector<LineKind> kinds_;
  std::vector<std::vector<std::int64_t>> behaviours_,
      choices_;  // choices_: facts for which `for` holds, others plain
  std::set<std::uint64_t> signatures_;
  std::vector<State> states_;
  std::set<std::string> paying_;
  std::map<std::string, int> told_;  // findings of one kind and layer
};

}  // namespace fenming
