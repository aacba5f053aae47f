// The key folder, outside the store: master.key and index.key (hex), ring.txt (docs/operating.md, "Keys"), sign.key and sign.pub (PEM).
#pragma once

#include <memory>
#include <string>

#include "base/sign.h"
#include "identity/vault.h"
#include "model/error.h"

namespace fenming {

// Begins a key folder where there is none; the files can be read by their owner only.
Result<std::shared_ptr<const Vault>> open_vault(const std::string& folder);

// Personal data stands in clear in a process that opens a vault: from here on none of it reaches a core file (laws.md 4).
void leave_no_core();

// A new master key wraps every data key again; no ciphertext changes and whoever has the folder open goes on. Cut off at any moment, the
// folder opens with the one master key or the other. One rotation at a time. The number of keys.
Result<std::size_t> rotate_master_key(const std::string& folder);

// The pair that signs heads; made when the folder has none.
Result<SigningKeys> signing_keys(const std::string& folder);

}  // namespace fenming
