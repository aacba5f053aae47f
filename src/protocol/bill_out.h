// The other way round: a Bill as JSON, so that what was read from a case file or filled in by the catalogue
// can be traced and kept.
#pragma once

#include <string>

#include "model/bill.h"

namespace fenming {

std::string write_bill(const Bill& bill, int indent = 0);  // read_bill gives the same bill again

}  // namespace fenming
