#include "cli/text_table.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace fenming {
namespace {

struct Range {
  std::uint32_t first, last;
};
// East Asian wide and full-width blocks; enough for the languages of this program.
constexpr std::array wide = {Range{0x1100, 0x115F},  Range{0x2E80, 0x303E}, Range{0x3041, 0xA4CF},
                             Range{0xAC00, 0xD7A3},  Range{0xF900, 0xFAFF}, Range{0xFE30, 0xFE4F},
                             Range{0xFF00, 0xFF60},  Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1FAFF},
                             Range{0x20000, 0x3FFFD}};

int cells_of(std::uint32_t character) {
  return std::ranges::any_of(wide, [&](Range r) { return character >= r.first && character <= r.last; }) ? 2
                                                                                                         : 1;
}

// Calls action(character, bytes) for each character; a broken byte counts as one.
template <class Action>
void each_character(std::string_view text, Action action) {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    std::size_t length = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    length = std::min(length, text.size() - i);
    std::uint32_t character = length == 1 ? first : first & (0x7FU >> length);
    for (std::size_t j = 1; j < length; ++j)
      character = character << 6U | (static_cast<unsigned char>(text[i + j]) & 0x3FU);
    if (!action(character, text.substr(i, length))) return;
    i += length;
  }
}

}  // namespace

int display_width(std::string_view text) {
  int cells = 0;
  each_character(text, [&](std::uint32_t character, std::string_view) {
    cells += cells_of(character);
    return true;
  });
  return cells;
}

std::string shortened(std::string_view text, int cells) {
  if (display_width(text) <= cells) return std::string(text);
  std::string kept;
  int used = 1;
  each_character(text, [&](std::uint32_t character, std::string_view bytes) {
    used += cells_of(character);
    if (used > cells) return false;
    kept += bytes;
    return true;
  });
  return kept + "…";
}

TextTable::TextTable(std::vector<std::string> headings) {
  for (std::string& heading : headings) {
    right_.push_back(heading.starts_with('>'));
    headings_.cells.push_back(right_.back() ? heading.substr(1) : std::move(heading));
  }
}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(right_.size());
  rows_.push_back(Row{false, Paint::good, std::move(cells)});
}

void TextTable::add_painted(Paint paint, std::vector<std::string> cells) {
  add(std::move(cells));
  rows_.back().painted = true;
  rows_.back().paint = paint;
}

std::string TextTable::line(const Row& row, const std::vector<int>& widths) const {
  std::string text;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const std::string padding(static_cast<std::size_t>(widths[i] - display_width(row.cells[i])), ' ');
    if (i != 0) text += "  ";
    text += right_[i] ? padding + row.cells[i] : row.cells[i] + padding;
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

void TextTable::print(Terminal& terminal, std::string_view indent) const {
  std::vector<int> widths(right_.size(), 0);
  const auto widen = [&](const Row& row) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row.cells[i]));
  };
  widen(headings_);
  std::ranges::for_each(rows_, widen);
  const bool headed =
      std::ranges::any_of(headings_.cells, [](const std::string& cell) { return !cell.empty(); });
  if (headed) terminal.out << indent << terminal.paint(Paint::faint, line(headings_, widths)) << '\n';
  for (const Row& row : rows_) {
    const std::string text = line(row, widths);
    terminal.out << indent << (row.painted ? terminal.paint(row.paint, text) : text) << '\n';
  }
}

}  // namespace fenming
