#include <algorithm>
#include <regex>

#include "tidy/tidy.h"

namespace fenming::tidy {
namespace {

struct Place {
  std::string file;
  int line;
};

// Namespaces open at a line, outermost first; an unnamed one has no name. Our form begins each at the left edge of a line of its own.
class Namespaces {
 public:
  void read(std::string_view line) {
    if (line.starts_with("namespace") && line.ends_with('{')) {
      std::string name(line.substr(9, line.size() - 10));
      std::erase(name, ' ');
      open_.push_back(std::move(name));
      ++depth_;
      return;
    }
    for (const char c : line) {
      if (c == '{') ++depth_;
      if (c == '}') --depth_;
      if (depth_ < open_.size()) open_.pop_back();
    }
  }
  bool within_blocks() const { return depth_ != open_.size(); }
  bool unnamed() const { return std::ranges::find(open_, "") != open_.end(); }
  std::string whole() const {
    std::string text;
    for (const std::string& name : open_) text += name + "::";
    return text;
  }

 private:
  std::vector<std::string> open_;
  std::size_t depth_ = 0;
};

// The tests of two modules are two programs, those of a module one; what is in src/ and headers for tests may be in any.
std::string program_of(const std::string& path) {
  if (path.ends_with(".h") || (in_folder(path, "src/") && !is_test(path))) return "";
  const std::string module = module_of(path);
  return module.empty() ? path.substr(0, path.rfind('/')) : module;
}

std::map<std::string, std::vector<Place>> classes_of(const Tree& tree) {
  static const std::regex pattern(
      R"(^(?:class|struct|enum class|enum)\s+(\w+)(?: final)?\s*(?::[^:;][^;]*)?\{)");
  std::map<std::string, std::vector<Place>> classes;
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path) || !(in_folder(path, "src/") || in_folder(path, "tests/") || in_folder(path, "bench/")))
      continue;
    Namespaces namespaces;
    int number = 0;
    const std::string code = code_only(text);
    for (std::string_view line : lines_of(code)) {
      ++number;
      while (line.ends_with(' ')) line.remove_suffix(1);
      std::match_results<std::string_view::const_iterator> match;
      if (!namespaces.within_blocks() && !namespaces.unnamed() &&
          std::regex_search(line.begin(), line.end(), match, pattern))
        classes[namespaces.whole() + match.str(1)].push_back({path, number});
      namespaces.read(line);
    }
  }
  return classes;
}

}  // namespace

Findings check_definitions(const Tree& tree) {
  Findings findings;
  for (const auto& [name, places] : classes_of(tree))
    for (const Place& place : places) {
      const std::string program = program_of(place.file);
      const auto other = std::ranges::find_if(places, [&](const Place& one) {
        const std::string theirs = program_of(one.file);
        return one.file != place.file && (program.empty() || theirs.empty() || program == theirs);
      });
      if (other != places.end())
        findings.push_back({place.file, place.line,
                            name + " is defined in " + other->file +
                                " too; one program may have both: give one another name"});
    }
  return findings;
}

}  // namespace fenming::tidy
