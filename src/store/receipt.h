// Receipt: proof that a record stands in the journal at its position, for somebody who has nothing but the public key (laws.md 2): the
// record's leaf, its path to the root of its batch, the batches up to a signed head, the signed head.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "store/store.h"

namespace fenming {

struct Receipt {
  std::uint64_t position = 0, first = 0, count = 0;  // of the record; of its batch
  Digest leaf = {};
  std::vector<Digest> path;  // from the leaf upwards
  Digest previous_root = {};
  struct Step {
    Digest batch_root = {};
    std::uint64_t first = 0, count = 0;
  };
  std::vector<Step> steps;  // the batches behind, up to the signed head
  SignedHead head;
};

// Codes: store_no_receipt when no signed head follows the record yet; those of the store.
Result<Receipt> make_receipt(Store& store, std::uint64_t position);

std::string write_receipt(const Receipt& receipt);
Result<Receipt> read_receipt(std::string_view bytes);  // Code::record_damaged

// `signature_holds(message, signature)`: with the public key. `record`: the bytes it is about.
bool receipt_holds(const Receipt& receipt, std::string_view record,
                   const std::function<bool(std::string_view, std::string_view)>& signature_holds);

}  // namespace fenming
