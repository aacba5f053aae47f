// TextTable: columns that line up on a terminal, where a Chinese character is two cells wide. Amounts go to
// the right.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/terminal.h"

namespace fenming {

int display_width(std::string_view text);                 // cells; of UTF-8
std::string shortened(std::string_view text, int cells);  // with "…" when it is wider

class TextTable {
 public:
  // A column whose heading begins with '>' goes to the right.
  explicit TextTable(std::vector<std::string> headings);
  void add(std::vector<std::string> cells);  // fewer cells than columns: the rest is empty
  void add_painted(Paint paint, std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  void print(Terminal& terminal, std::string_view indent = "  ") const;

 private:
  struct Row {
    bool painted = false;
    Paint paint = Paint::good;
    std::vector<std::string> cells;
  };
  std::string line(const Row& row, const std::vector<int>& widths) const;

  std::vector<bool> right_;
  Row headings_;
  std::vector<Row> rows_;
};

}  // namespace fenming
