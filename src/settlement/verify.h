// Verifying a store: the chain of digests, every record by itself, every record on the fold of those before it, and the views' state
// against the fold. Runs no policy.
#pragma once

#include <functional>

#include "settlement/state.h"
#include "store/verify.h"

namespace fenming {

using OnProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

struct VerifyReport {
  ChainReport chain;
  std::uint64_t records = 0, settlements = 0, objects = 0, heads_signed = 0;
  Digest state = {};  // over all objects of the fold, by name: equal stores, equal digests
};

// Codes: those of verify_chain; record_damaged, record_conflict, record_identity (names record and identity), state_differs.
// `signature_holds`: checks a signed head; none: signatures are counted only.
using CheckSignature = std::function<bool(const SignedHead&)>;
Result<VerifyReport> verify_store(Store& store, const CheckSignature& signature_holds = {},
                                  const OnProgress& progress = {});

// What must hold inside one record, whatever came before: the split of every result, its lines and shares, the entries. Nothing, or the
// identity that does not hold.
std::optional<std::string> broken_identity(const Decision& decision);

Digest state_digest(const PlainObjects& objects);

}  // namespace fenming
