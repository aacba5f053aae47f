// Shrink: a smaller bill that still fails in some way, for the person who reads the report.
#pragma once

#include <functional>

#include "model/bill.h"

namespace fenming::properties {

Bill shrunk(Bill bill, const std::function<bool(const Bill&)>& fails);

}  // namespace fenming::properties
