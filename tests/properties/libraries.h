// Libraries: the folders of rules/, read with their bases.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "policy/library.h"

namespace fenming::properties {

std::vector<SourceFile> files_of(const std::filesystem::path& folder);  // *.yaml, by name
// Folders of rules/ that are regions: a base without a policy of its own (`open:`) is none.
std::vector<std::string> region_folders();
Checked<std::shared_ptr<const Library>> read_region_folder(const std::string& folder);

}  // namespace fenming::properties
