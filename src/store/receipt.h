// Receipt: proof that a record stands in the journal at its position, for somebody who has nothing but the public key (laws.md 2): the
// record's leaf, its path to the root of its batch, the batches up to a signed head, the signed head; with the record itself where its
// contents are to be shown. Of other records it holds digests only.
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
  std::string record;  // empty: not given, only its leaf
};

// Codes: store_no_receipt when no signed head follows the record yet; those of the store.
Result<Receipt> make_receipt(Store& store, std::uint64_t position, bool with_record = false);

std::string write_receipt(const Receipt& receipt);
Result<Receipt> read_receipt(std::string_view bytes);  // Code::record_damaged

// What does not hold: "record" (its bytes are not those of the leaf), "path" (the leaf is not in the signed journal), "signature";
// empty: it holds. `signature_holds(message, signature)`: with the public key.
using CheckReceiptSignature = std::function<bool(std::string_view, std::string_view)>;
std::string_view receipt_fault(const Receipt& receipt, const CheckReceiptSignature& signature_holds);
// The same for a record that was brought apart from the receipt.
bool receipt_holds(const Receipt& receipt, std::string_view record,
                   const CheckReceiptSignature& signature_holds);

}  // namespace fenming
