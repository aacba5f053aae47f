// Variants: the same stay written as another bill must come to the same money.
#pragma once

#include "properties/laws.h"

namespace fenming::properties {

// Law 9 (i): refunds netted by the caller give the same split as refunds on the bill.
Problem netted_before(const Library& library, const Bill& bill, const Settled& settled, Workspace& workspace);
// The order of the lines changes no sum.
Problem any_order(const Library& library, const Bill& bill, const Settled& settled, Workspace& workspace);
// Section 2: each part of a long stay is assessed like a bill of its own and sees what the parts before have written.
Problem settled_by_parts(const Library& library, const Bill& bill, const Settled& settled,
                         Workspace& workspace);

}  // namespace fenming::properties
