// For tests: a store whose policy libraries cannot be found for a while.
#pragma once

#include <filesystem>

namespace fenming::e2e {

// Of a region that is stopped, by its folder; false: the store could not be changed.
bool hide_libraries(const std::filesystem::path& region, bool hidden);

}  // namespace fenming::e2e
