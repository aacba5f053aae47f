// Where the files that come with the program are: rules/ and sandbox/.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace fenming {

// `given`, else $FENMING_HOME, else the nearest folder above the program or above the working folder that
// holds both.
std::optional<std::filesystem::path> find_home(const std::string& given);

}  // namespace fenming
