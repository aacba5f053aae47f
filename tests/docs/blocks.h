// Blocks: the fenced pieces of a Markdown document, in order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fenming {

struct DocumentBlock {
  std::string info, text;  // "yaml region.yaml"; the lines between the fences
  std::size_t line = 0;    // of the opening fence
};

std::vector<DocumentBlock> blocks_of(std::string_view markdown);

// The cells of every table row whose first cell begins with `prefix`, trimmed.
std::vector<std::vector<std::string>> rows_of(std::string_view markdown, std::string_view prefix);

}  // namespace fenming
