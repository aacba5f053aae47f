// Artifacts: rule libraries and catalogues by digest, as packed bytes in the store and as compiled values in memory.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/catalogue.h"
#include "policy/library.h"
#include "store/store.h"

namespace fenming {

std::string pack_library(const std::vector<SourceFile>& files, const std::vector<SourceFile>& base);
Checked<std::shared_ptr<const Library>> unpack_library(std::string_view bytes);

class Artifacts {  // one thread
 public:
  explicit Artifacts(Store& store) : store_(store) {}
  // By digest (32 bytes). What was put in force was read once before, so a fault here is a fault of the store.
  Result<std::shared_ptr<const Library>> library(const std::string& digest);
  Result<std::shared_ptr<const Catalogue>> catalogue(const std::string& digest);

 private:
  Store& store_;
  std::unordered_map<std::string, std::shared_ptr<const Library>> libraries_;
  std::unordered_map<std::string, std::shared_ptr<const Catalogue>> catalogues_;
};

}  // namespace fenming
