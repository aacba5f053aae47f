// Explained: the machine trace of an assessment leads from the bill and the library's text to every amount, by code that shares nothing
// with the engine but the number types.
#pragma once

#include "policy/explain.h"
#include "proof/proof.h"
#include "properties/laws.h"

namespace fenming::properties {

class Explainer {
 public:
  explicit Explainer(const Library& library);
  Problem problem(const Bill& bill, const Settled& settled);

 private:
  const Library& library_;
  std::shared_ptr<const ProofLibrary> proof_;
  Problem unreadable_;
  Explanation explanation_;
};

}  // namespace fenming::properties
