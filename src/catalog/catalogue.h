// Catalogue: what a drug, service or material is and what a unit of it may cost, by date. Read from a CSV
// file with the columns
//   item,name_zh,name_en,class,kind,source,unit_limit,from,to
// One row is one version of an item; both dates belong to it, an empty one is open. Pure values: no file is
// read here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "model/error.h"
#include "money/decimal.h"

namespace fenming {

struct CatalogueItem {
  std::string item, name_zh, name_en, item_class, kind, source;  // empty: the catalogue does not say
  std::optional<Decimal> unit_limit;                             // yuan a unit; none: no limit
  Date from, to;
  std::size_t line = 0;  // of the file
};

class Catalogue {
 public:
  // Every problem with its row: "file:line:column", column = number of the field.
  static Checked<Catalogue> read(std::string_view csv, std::string_view file);

  const CatalogueItem* find(std::string_view item, Date date) const;  // null: not in it on that day
  std::size_t size() const { return items_.size(); }
  std::span<const CatalogueItem> items() const { return items_; }  // every version, by item, then by date

 private:
  struct Place {
    std::uint32_t tag = 0, first = 0, count = 0;  // another part of the hash; versions in items_; 0: free
  };
  void build_places();
  std::vector<CatalogueItem> items_;  // by item, then by date
  std::vector<Place> places_;         // by the hash of an item; a power of two, at least half of it free
};

}  // namespace fenming
