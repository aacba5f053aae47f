// CatalogueBook: every item that a catalogue in force ever had, with the version that brought it as it is. A version is the number of an
// AdoptCatalogue in the journal, from v0001 on; an item that a later catalogue no longer has stays, as no longer valid.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalog/catalogue.h"
#include "settlement/desk.h"

namespace fenming {

struct CatalogueEntry {
  CatalogueItem item;
  unsigned version = 0;  // since when it is so
  Date day;              // of that version
  bool valid = true;
};

struct CatalogueEdition {
  unsigned version = 0;                 // 0: no catalogue was put in force
  std::vector<CatalogueEntry> entries;  // by item, then by date
};

class CatalogueBook {  // any number of threads
 public:
  // What the tables know now; the first question reads the list of records once.
  Result<std::shared_ptr<const CatalogueEdition>> edition(SettlementDesk& desk);

 private:
  Result<void> adopt(SettlementDesk& desk, std::uint64_t position);

  std::mutex mutex_;
  std::uint64_t seen_ = 0;  // position
  unsigned version_ = 0;
  std::map<std::pair<std::string, Date>, CatalogueEntry> entries_;  // by item and first day
  std::shared_ptr<const CatalogueEdition> edition_ = std::make_shared<const CatalogueEdition>();
};

// v0003; and back, anything else is v0000.
std::string version_text(unsigned version);
unsigned version_of(std::string_view text);

}  // namespace fenming
