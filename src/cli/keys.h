// The key folder, outside the store: master.key and index.key (hex), ring.txt (docs/operating.md, "Keys"), sign.key and sign.pub (PEM).
#pragma once

#include <memory>
#include <optional>
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

// Erases the data key of a group (vault.h): what its persons or providers sealed until now cannot be read again, in no copy of the store,
// but with an older copy of this folder. Later data is sealed under the group's next key. Refused while somebody has the folder open: he
// would go on with the old key. Codes: keys_in_use, key_group, file_unreadable, file_unwritable.
std::optional<Error> erase_group(const std::string& folder, const std::string& group);

// The pair that signs heads; made when the folder has none.
Result<SigningKeys> signing_keys(const std::string& folder);

}  // namespace fenming
