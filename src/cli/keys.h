// The key folder, outside the store: master.key (hex), ring.txt (docs/operating.md, "Keys"), sign.key and sign.pub (PEM).
#pragma once

#include <memory>
#include <string>

#include "base/key_ring.h"
#include "base/sign.h"
#include "model/error.h"

namespace fenming {

// Seals a person's data under the data key of the person's group: erasing a key erases its group.
class PersonSealer {
 public:
  // Begins a key folder where there is none; the files can be read by their owner only.
  static Result<std::unique_ptr<PersonSealer>> open(const std::string& folder);
  std::string seal(std::string_view psn_no, std::string_view plain) const;

 private:
  PersonSealer(SecretKey master, KeyRing ring) : master_(std::move(master)), ring_(std::move(ring)) {}
  SecretKey master_;
  KeyRing ring_;
};

// The pair that signs heads; made when the folder has none.
Result<SigningKeys> signing_keys(const std::string& folder);

}  // namespace fenming
