#include "e2e/hidden_libraries.h"

#include "store/embedded/sqlite.h"
#include "store/embedded/store_vfs.h"

namespace fenming::e2e {

bool hide_libraries(const std::filesystem::path& region, bool hidden) {
  auto journal = Connection::open(region / "store/journal.db", true, store_vfs("", false));
  return journal && journal->run(hidden ? "UPDATE artifact SET digest = CAST(digest || x'00' AS BLOB)"
                                        : "UPDATE artifact SET digest = substr(digest, 1, 32)");
}

}  // namespace fenming::e2e
