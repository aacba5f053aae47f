// Laws: what holds of every bill that any region settles. Each returns what is wrong in words, or nothing.
#pragma once

#include <optional>
#include <string>

#include "model/bill.h"
#include "policy/assess.h"
#include "policy/workspace.h"

namespace fenming::properties {

using Problem = std::optional<std::string>;

struct Settled {  // a bill on its way
  BoundBill bound;
  std::optional<Error> error;  // of binding or assessment
  Assessment result;
};

Settled settle(const Library& library, const Bill& bill, Workspace& workspace);
bool refused_rightly(const Error& error);  // the facts or the day suit no policy: no fault of the engine
// A packaged price on top of a bill that is itself at the bound of all amounts (laws.md 10): nothing could hold the charge.
bool charge_beyond_bound(const Error& error, const Bill& bill);

// Every law; `bill` has been settled without error into `settled`.
Problem broken_law(const Library& library, const Bill& bill, const Settled& settled, Workspace& workspace);

std::uint64_t fingerprint(const Settled& settled);
Problem first_difference(const Assessment& a, const Assessment& b);

}  // namespace fenming::properties
