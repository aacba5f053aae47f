// tidy ROOT: checks the repository under ROOT, prints each finding as file:line: message and the count of requirements.
#include <filesystem>
#include <iostream>

#include "tidy/tidy.h"

int main(int argc, char** argv) {
  using namespace fenming::tidy;
  if (argc != 2 || !std::filesystem::exists(std::filesystem::path(argv[1]) / "tools/modules.txt")) {
    std::cerr << "usage: tidy ROOT (the folder that holds tools/modules.txt)\n";
    return 2;
  }
  const Tree tree = read_tree(argv[1]);
  const Findings findings = check_all(tree);
  for (const Finding& finding : findings)
    std::cout << finding.file << ':' << finding.line << ": " << finding.message << '\n';
  const auto [done, part, open] = count_requirements(tree);
  std::cout << "requirements: " << done << " done, " << part << " in part, " << open << " open, of "
            << done + part + open << '\n';
  std::cout << tree.size() << " files, " << findings.size() << " findings\n";
  return findings.empty() ? 0 : 1;
}
