#include <regex>
#include <set>

#include "tidy/tidy.h"

namespace fenming::tidy {
namespace {

const std::string table_path = "docs/requirements.md";

struct Row {
  int line;
  std::string id, status, shown_by;
};

std::string trimmed(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of(' '), last = cell.find_last_not_of(' ');
  return first == std::string_view::npos ? "" : std::string(cell.substr(first, last - first + 1));
}

// | id | requirement | status | shown by |
std::vector<Row> rows_of(const Tree& tree, Findings* findings) {
  static const std::regex id(R"([A-Z]{2,3}-\d{2})");
  std::vector<Row> rows;
  const auto table = tree.find(table_path);
  if (table == tree.end()) return rows;
  int number = 0;
  for (std::string_view line : lines_of(table->second)) {
    ++number;
    std::vector<std::string> cells;
    for (std::size_t bar; (bar = line.find('|')) != std::string_view::npos; line.remove_prefix(bar + 1))
      cells.push_back(trimmed(line.substr(0, bar)));
    if (cells.size() < 2 || !std::regex_match(cells[1], id)) continue;
    if (cells.size() == 5)
      rows.push_back({number, cells[1], cells[3], cells[4]});
    else if (findings != nullptr)
      findings->push_back({table_path, number, "a row is | id | requirement | status | shown by |"});
  }
  return rows;
}

struct Mark {
  std::string file;
  int line;
};

bool may_prove(std::string_view path) {
  return is_test(path) || in_folder(path, "tests/") ||
         (in_folder(path, "web/") && path.ends_with(".test.ts")) ||
         (in_folder(path, "rules/") && path.ends_with(".case"));
}

// First place of each `REQ XXX-00` in files that `wanted` accepts. tests/tidy speaks about marks, it carries none.
template <class Wanted>
std::map<std::string, Mark> marks_of(const Tree& tree, Wanted wanted) {
  static const std::regex pattern(R"(\bREQ ([A-Z]{2,3}-\d{2}(?:,? [A-Z]{2,3}-\d{2})*))");
  static const std::regex id(R"([A-Z]{2,3}-\d{2})");
  std::map<std::string, Mark> marks;
  for (const auto& [path, text] : tree) {
    if (in_folder(path, "tests/tidy/") || !wanted(path)) continue;
    int number = 0;
    for (const std::string_view line : lines_of(text)) {
      ++number;
      if (!line.contains("REQ ")) continue;
      using Matches = std::regex_iterator<std::string_view::const_iterator>;
      for (Matches match(line.begin(), line.end(), pattern), end; match != end; ++match) {
        const std::string ids = match->str(1);
        for (std::sregex_iterator one(ids.begin(), ids.end(), id), last; one != last; ++one)
          marks.try_emplace(one->str(), Mark{path, number});
      }
    }
  }
  return marks;
}

}  // namespace

RequirementCount count_requirements(const Tree& tree) {
  RequirementCount count;
  for (const Row& row : rows_of(tree, nullptr)) {
    if (row.status == "done")
      ++count.done;
    else if (row.status == "part")
      ++count.part;
    else
      ++count.open;
  }
  return count;
}

Findings check_requirements(const Tree& tree) {
  Findings findings;
  const auto proved = marks_of(tree, may_prove);
  const auto coded =
      marks_of(tree, [](std::string_view path) { return in_folder(path, "src/") && !is_test(path); });
  std::set<std::string> known;
  for (const Row& row : rows_of(tree, &findings)) {
    if (!known.insert(row.id).second) findings.push_back({table_path, row.line, row.id + " has two rows"});
    if (row.status != "done" && row.status != "part" && row.status != "open")
      findings.push_back({table_path, row.line, "the status of " + row.id + " is open, part or done"});
    if (row.status == "done" && !proved.contains(row.id))
      findings.push_back({table_path, row.line, row.id + " is called done but no test carries its id"});
    if (row.status != "open" && row.shown_by.empty())
      findings.push_back({table_path, row.line, row.id + " does not say which case or command shows it"});
  }
  for (const auto& [id, mark] : coded)
    if (!proved.contains(id)) findings.push_back({mark.file, mark.line, "no test carries " + id});
  for (const auto* marks : {&coded, &proved})
    for (const auto& [id, mark] : *marks)
      if (!known.contains(id))
        findings.push_back({mark.file, mark.line, id + " stands not in " + table_path});
  return findings;
}

}  // namespace fenming::tidy
