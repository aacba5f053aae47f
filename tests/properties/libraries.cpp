#include "properties/libraries.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace fenming::properties {
namespace {

const std::filesystem::path rules = std::filesystem::path(FENMING_SOURCE_DIR) / "rules";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_base(const std::string& region_text) {
  return region_text.starts_with("open:") || region_text.find("\nopen:") != std::string::npos;
}

}  // namespace

std::vector<SourceFile> files_of(const std::filesystem::path& folder) {
  std::vector<SourceFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() == ".yaml" && name != "accepted.yaml")
      files.push_back({name, text_of(entry.path())});
  }
  std::ranges::sort(files, {}, &SourceFile::name);
  return files;
}

std::vector<std::string> region_folders() {
  std::vector<std::string> folders;
  for (const auto& entry : std::filesystem::directory_iterator(rules)) {
    const std::filesystem::path region = entry.path() / "region.yaml";
    if (std::filesystem::exists(region) && !is_base(text_of(region)))
      folders.push_back(entry.path().filename().string());
  }
  std::ranges::sort(folders);
  return folders;
}

Checked<std::shared_ptr<const Library>> read_region_folder(const std::string& folder) {
  std::vector<SourceFile> base;
  const std::string name = base_of({"region.yaml", text_of(rules / folder / "region.yaml")});
  if (!name.empty()) base = files_of(rules / name);
  for (SourceFile& file : base) file.name = name + "/" + file.name;
  return read_library(files_of(rules / folder), std::move(base));
}

}  // namespace fenming::properties
