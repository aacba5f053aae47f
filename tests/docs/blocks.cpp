#include "docs/blocks.h"

namespace fenming {
namespace {

template <class Take>
void each_line(std::string_view text, Take take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    take(text.substr(0, end), number);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

std::string trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

std::vector<DocumentBlock> blocks_of(std::string_view markdown) {
  std::vector<DocumentBlock> blocks;
  bool open = false;
  each_line(markdown, [&](std::string_view line, std::size_t number) {
    if (line.starts_with("```")) {
      if (!open) blocks.push_back({trimmed(line.substr(3)), "", number});
      open = !open;
    } else if (open) {
      blocks.back().text += std::string(line) + "\n";
    }
  });
  return blocks;
}

std::vector<std::vector<std::string>> rows_of(std::string_view markdown, std::string_view prefix) {
  std::vector<std::vector<std::string>> rows;
  each_line(markdown, [&](std::string_view line, std::size_t) {
    if (!line.starts_with("| " + std::string(prefix))) return;
    std::vector<std::string> cells;
    line.remove_prefix(1);
    while (!line.empty()) {
      const std::size_t bar = line.find('|');
      cells.push_back(trimmed(line.substr(0, bar)));
      line.remove_prefix(bar == std::string_view::npos ? line.size() : bar + 1);
    }
    rows.push_back(std::move(cells));
  });
  return rows;
}

}  // namespace fenming
