// Verifying: the journal read from its first record to its last, every digest computed again (laws.md 2).
#pragma once

#include "store/store.h"

namespace fenming {

struct ChainReport {
  Head head;
  std::uint64_t batches = 0, signed_heads = 0;
};

// Code::store_damaged names the first damaged record ("record 17"), batch or signed head. Roots of signed heads are compared with the
// chain; their signatures are for who has the public key.
Result<ChainReport> verify_chain(Store& store);

}  // namespace fenming
