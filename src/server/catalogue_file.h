// CatalogueFile: the rows of the interface's catalogue files (1301 to 1327), made from the catalogue in force by the columns that the
// interface lists. A column that our catalogue knows nothing of is null.
#pragma once

#include <string>
#include <string_view>

#include "protocol/interface.h"
#include "server/catalogue_book.h"
#include "server/words.h"

namespace fenming {

// Tab separated, one row a line, the literal null for empty; rows newer than `since`.
struct CatalogueFile {
  std::string text;
  std::size_t rows = 0;
};
CatalogueFile catalogue_file(const Transaction& transaction, const CatalogueEdition& edition, unsigned since,
                             const RegionWords& words);

std::string_view list_type_of(
    const CatalogueItem& item);  // 101 drugs, 102 herbs, 201 services, 301 materials
std::string_view charge_level_of(const CatalogueItem& item);  // 01, 02, 03 for classes A, B, C

}  // namespace fenming
