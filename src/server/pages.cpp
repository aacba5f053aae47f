#include "server/pages.h"

#include <algorithm>
#include <string>

namespace fenming {

Page page_of(const WireRow& question, std::size_t rows) {
  Page page;
  page.rows = rows;
  const WireNode* node = question.node();
  const bool camel = node != nullptr && find_field(*node, "pageNum") != nullptr;
  page.asked = camel || (node != nullptr && find_field(*node, "page_num") != nullptr);
  if (!page.asked) {
    page.size = page.end = rows;
    return page;
  }
  const std::int64_t number = question.integer(camel ? "pageNum" : "page_num"),
                     size = question.integer(camel ? "pageSize" : "page_size");
  page.number = number < 1 ? 1 : static_cast<std::size_t>(number);
  page.size = size < 1 ? page_size_usual : std::min(static_cast<std::size_t>(size), page_size_max);
  page.first = page.number - 1 > rows / page.size ? rows : std::min((page.number - 1) * page.size, rows);
  page.end = std::min(page.first + page.size, rows);
  return page;
}

void write_page(JsonOut& json, const Page& page) {
  const std::size_t pages = (page.rows + page.size - 1) / page.size;
  json.key("firstPage").boolean(page.number == 1).key("lastPage").boolean(page.number >= pages);
  json.field("size", static_cast<std::int64_t>(page.end - page.first));
  json.field("startRow", static_cast<std::int64_t>(page.rows == 0 ? 0 : page.first + 1));
  json.field("pageSize", static_cast<std::int64_t>(page.size))
      .field("pageNum", static_cast<std::int64_t>(page.number));
  json.field("recordCounts", static_cast<std::int64_t>(page.rows))
      .field("pages", static_cast<std::int64_t>(pages));
}

}  // namespace fenming
