#include "policy/balances.h"

#include <algorithm>

#include "policy/plan_reads.h"

namespace fenming {
namespace {

class Collecting {
 public:
  Collecting(const Region& region, const Plan& plan) : region_(region), plan_(plan) {}

  std::vector<std::uint32_t> balances(FundRole role) {
    std::set<std::uint32_t> facts;
    for (const LayerPlan& layer : plan_.layers) {
      if (region_.funds[layer.fund].role != role) continue;
      if (layer.cap.count == 0) return {};
      Reads reads;
      for (std::uint32_t m = 0; m < layer.cap.count; ++m)
        add_reads(plan_, plan_.meters[layer.cap.first + m].limit, reads);
      for (const std::uint32_t reg : reads.registers) {
        if (counted(reg)) return {};
        if (reg < region_.facts.size() && region_.facts[reg].type == Type::money) facts.insert(reg);
      }
    }
    return {facts.begin(), facts.end()};
  }

 private:
  bool counted(std::uint32_t reg) const {
    return (reg >= region_.first_accumulator() && reg < region_.total) ||
           std::ranges::find(plan_.lets, reg, &Let::reg) != plan_.lets.end();
  }

  const Region& region_;
  const Plan& plan_;
};

}  // namespace

void fill_balances(const Region& region, Plan& plan) {
  Collecting collecting(region, plan);
  plan.account_balances = collecting.balances(FundRole::account);
  plan.family_balances = collecting.balances(FundRole::family);
}

}  // namespace fenming
