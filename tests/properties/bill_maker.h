// BillMaker: random bills that any library can bind. Heavy on boundaries: amounts and accumulators stand at, just below and just above
// the constants that the library's plans name (caps, deductibles, band ends, row bounds), dates at the ends of versions and stretches.
#pragma once

#include <vector>

#include "model/bill.h"
#include "policy/library.h"
#include "properties/random.h"

namespace fenming::properties {

class BillMaker {
 public:
  explicit BillMaker(const Library& library);
  // The facts may suit no policy (the caller draws again); nothing else is wrong with the bill.
  Bill make(std::uint64_t seed) const;

 private:
  void gather(const Plan& plan);
  std::int64_t amount(Random& random) const;
  std::int64_t integer(Random& random, std::int64_t low, std::int64_t high) const;
  FactValue value(const Fact& fact, Random& random) const;
  FactValue set_value(const Fact& fact, Random& random) const;
  void dates(Bill& bill, Random& random) const;
  void facts(Bill& bill, Random& random) const;
  void lines(Bill& bill, Random& random) const;
  BillLine line(const Bill& bill, Random& random, std::int64_t room) const;
  void refunds(Bill& bill, Random& random) const;
  void accumulators(Bill& bill, Random& random) const;

  const Library& library_;
  std::vector<std::int64_t> amounts_;  // fen, of the library's constants
  std::vector<std::int64_t> integers_;
  std::vector<Date> days_;  // where something begins or ends
};

}  // namespace fenming::properties
