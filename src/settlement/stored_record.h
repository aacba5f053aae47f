// Records of a store's journal, decoded.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "settlement/decider.h"
#include "store/store.h"

namespace fenming {

// Codes: those of the store and of read_record; store_damaged when the journal does not have the position.
Result<Decision> stored_record(Store& store, std::uint64_t position);

class StoredRecords : public Records {  // keeps the last ones it was asked for
 public:
  explicit StoredRecords(Store& store, std::size_t kept = 16384) : store_(store), kept_(kept) {}
  Result<std::shared_ptr<const Decision>> at(std::uint64_t position) override;
  std::shared_ptr<const Decision> keep(std::uint64_t position, std::shared_ptr<const Decision> decision);

 private:
  Store& store_;
  std::vector<std::pair<std::uint64_t, std::shared_ptr<const Decision>>> kept_;
};

}  // namespace fenming
