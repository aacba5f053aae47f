// The standard case written out in C++, without policy, names or explanation: the least that its arithmetic can cost.
#pragma once

#include "random_bills.h"

namespace fenming {

struct StandardAnswer {  // fen
  std::int64_t eligible = 0, basic = 0, second = 0, cash = 0;
  friend bool operator==(const StandardAnswer&, const StandardAnswer&) = default;
};

StandardAnswer hard_coded(const StandardBill& bill);

}  // namespace fenming
