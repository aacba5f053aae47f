// Pages: of the queries with page_num and page_size, and the figures beside their rows.
#pragma once

#include <cstddef>

#include "base/json_out.h"
#include "protocol/request.h"

namespace fenming {

struct Page {
  std::size_t number = 1, size = 0, rows = 0, first = 0,
              end = 0;  // rows: of all pages; first to end: of this one
  bool asked = false;   // the question has pages
};
inline constexpr std::size_t page_size_max = 1000, page_size_usual = 100;

Page page_of(const WireRow& question, std::size_t rows);
void write_page(JsonOut& json, const Page& page);

}  // namespace fenming
