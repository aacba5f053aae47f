#include "cli/home.h"

#include <cstdlib>

namespace fenming {
namespace {

namespace fs = std::filesystem;

bool is_home(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder / "rules", ignored) && fs::is_directory(folder / "sandbox", ignored);
}

std::optional<fs::path> above(fs::path folder) {
  for (; !folder.empty(); folder = folder.parent_path()) {
    if (is_home(folder)) return folder;
    if (folder == folder.root_path()) break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<fs::path> find_home(const std::string& given) {
  if (!given.empty()) return is_home(given) ? std::optional<fs::path>(given) : std::nullopt;
  if (const char* variable = std::getenv("FENMING_HOME"); variable != nullptr && is_home(variable))
    return variable;
  std::error_code ignored;
  if (const fs::path program = fs::read_symlink("/proc/self/exe", ignored); !ignored)
    if (auto home = above(program.parent_path())) return home;
  const fs::path here = fs::current_path(ignored);
  return ignored ? std::nullopt : above(here);
}

}  // namespace fenming
