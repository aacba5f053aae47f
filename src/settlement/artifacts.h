// Artifacts: rule libraries and catalogues by digest, as packed bytes in the store and as compiled values in memory.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalogue.h"
#include "policy/library.h"
#include "store/store.h"

namespace fenming {

std::string pack_library(const std::vector<SourceFile>& files, const std::vector<SourceFile>& base);
Checked<std::shared_ptr<const Library>> unpack_library(std::string_view bytes);

// The last few that were asked for, newest first.
template <class Value>
class LastAsked {
 public:
  explicit LastAsked(std::size_t most) : most_(most) {}
  std::shared_ptr<const Value> find(const std::string& digest) {
    const auto at = std::ranges::find(kept_, digest, &Kept::first);
    if (at == kept_.end()) return nullptr;
    std::rotate(kept_.begin(), at, at + 1);
    return kept_.front().second;
  }
  std::shared_ptr<const Value> keep(const std::string& digest, std::shared_ptr<const Value> value) {
    if (kept_.size() == most_) kept_.pop_back();
    return kept_.emplace(kept_.begin(), digest, std::move(value))->second;
  }

 private:
  using Kept = std::pair<std::string, std::shared_ptr<const Value>>;
  std::size_t most_;
  std::vector<Kept> kept_;
};

inline constexpr std::size_t libraries_kept = 8, catalogues_kept = 4;

class Artifacts {  // one thread
 public:
  explicit Artifacts(Store& store) : store_(store) {}
  // By digest (32 bytes). What was put in force was read once before, so a fault here is a fault of the store.
  Result<std::shared_ptr<const Library>> library(const std::string& digest);
  Result<std::shared_ptr<const Catalogue>> catalogue(const std::string& digest);

 private:
  Store& store_;
  LastAsked<Library> libraries_{libraries_kept};
  LastAsked<Catalogue> catalogues_{catalogues_kept};
};

}  // namespace fenming
