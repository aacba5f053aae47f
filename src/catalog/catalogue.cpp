#include "catalog/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <tuple>

#include "base/nearest.h"
#include "catalog/csv.h"

namespace fenming {
namespace {

enum Column : std::size_t {
  item,
  name_zh,
  name_en,
  item_class,
  kind,
  source,
  unit_limit,
  from,
  to,
  column_count
};
const std::array<std::string, column_count> column_names = {
    "item", "name_zh", "name_en", "class", "kind", "source", "unit_limit", "from", "to"};

std::uint32_t tag_of(std::size_t hash) { return static_cast<std::uint32_t>(hash >> 32U); }

class CatalogueReading {
 public:
  explicit CatalogueReading(std::string_view file) : file_(file) {}

  void read_header(const CsvRow& row);
  void read_row(const CsvRow& row);
  void find_overlaps();

  std::vector<CatalogueItem> items;
  std::vector<Error> errors;

 private:
  static constexpr std::size_t errors_max = 100;

  void refuse(Code code, std::size_t line, std::size_t column, std::string_view value,
              std::vector<std::string> details) {
    if (errors.size() < errors_max)
      errors.push_back(Error{code, fmt::format("{}:{}:{}", file_, line, column + 1), std::string(value),
                             std::move(details)});
  }
  const std::string& field(const CsvRow& row, Column column) const { return row.fields[places_[column]]; }
  Date date(const CsvRow& row, Column column, Date open);

  std::string_view file_;
  std::array<std::size_t, column_count> places_{};
  std::size_t width_ = 0;
};

void CatalogueReading::read_header(const CsvRow& row) {
  width_ = row.fields.size();
  for (std::size_t i = 0; i < width_; ++i)
    if (std::ranges::find(column_names, row.fields[i]) == column_names.end())
      refuse(Code::catalogue_column, row.line, i, row.fields[i], {nearest_hint(row.fields[i], column_names)});
  for (std::size_t i = 0; i < column_count; ++i) {
    const auto place = std::ranges::find(row.fields, column_names[i]);
    if (place == row.fields.end())
      refuse(Code::catalogue_column_missing, row.line, width_, column_names[i], {});
    if (std::ranges::count(row.fields, column_names[i]) > 1)
      refuse(Code::field_doubled, row.line, 0, column_names[i], {});
    places_[i] = static_cast<std::size_t>(place - row.fields.begin());
  }
}

Date CatalogueReading::date(const CsvRow& row, Column column, Date open) {
  const std::string& text = field(row, column);
  if (text.empty()) return open;
  const auto date = parse_date(text);
  if (!date) refuse(Code::date_malformed, row.line, places_[column], text, {});
  return date.value_or(open);
}

void CatalogueReading::read_row(const CsvRow& row) {
  if (row.fields.size() != width_) {
    refuse(Code::csv_malformed, row.line, row.fields.size(), "",
           {fmt::format("{} fields, not {}", row.fields.size(), width_)});
    return;
  }
  CatalogueItem found{field(row, item),
                      field(row, name_zh),
                      field(row, name_en),
                      field(row, item_class),
                      field(row, kind),
                      field(row, source),
                      {},
                      date_min,
                      date_max,
                      row.line};
  if (found.item.empty()) refuse(Code::field_missing, row.line, places_[item], "", {"item"});
  const std::string& limit = field(row, unit_limit);
  found.unit_limit = parse_decimal(limit);
  if (!limit.empty() && !found.unit_limit)
    refuse(Code::decimal_malformed, row.line, places_[unit_limit], limit, {});
  if (found.unit_limit && found.unit_limit->millionths < 0)
    refuse(Code::value_negative, row.line, places_[unit_limit], limit, {});
  found.from = date(row, from, date_min);
  found.to = date(row, to, date_max);
  if (found.to < found.from)
    refuse(Code::date_order, row.line, places_[to], field(row, to), {"from " + field(row, from)});
  items.push_back(std::move(found));
}

void CatalogueReading::find_overlaps() {
  std::ranges::sort(items, {}, [](const CatalogueItem& i) { return std::tie(i.item, i.from, i.line); });
  for (std::size_t i = 1; i < items.size(); ++i) {
    const CatalogueItem &former = items[i - 1], &later = items[i];
    if (former.item == later.item && later.from <= former.to) {
      refuse(Code::catalogue_overlap, later.line, places_[item], later.item,
             {std::to_string(former.line),
              fmt::format("{}..{}", to_text(later.from), to_text(std::min(former.to, later.to)))});
    }
  }
}

}  // namespace

Checked<Catalogue> Catalogue::read(std::string_view csv, std::string_view file) {
  const auto rows = read_csv(csv, file);
  if (!rows) return std::unexpected(std::vector<Error>{rows.error()});
  CatalogueReading reading(file);
  reading.read_header(rows->empty() ? CsvRow{1, {}} : rows->front());
  if (!reading.errors.empty()) return std::unexpected(std::move(reading.errors));
  for (std::size_t i = 1; i < rows->size(); ++i) reading.read_row((*rows)[i]);
  if (reading.errors.empty()) reading.find_overlaps();
  if (!reading.errors.empty()) return std::unexpected(std::move(reading.errors));
  Catalogue catalogue;
  catalogue.items_ = std::move(reading.items);
  catalogue.build_places();
  return catalogue;
}

// Every line of every bill asks: twelve hashes instead of two hundred comparisons of texts. Of an item that is not asked for only the
// tag is read: its text would be a miss of the cache.
void Catalogue::build_places() {
  std::size_t size = 16;
  while (size < items_.size() * 2) size *= 2;
  places_.assign(size, {});
  for (std::size_t i = 0; i < items_.size();) {
    std::size_t end = i + 1;
    while (end < items_.size() && items_[end].item == items_[i].item) ++end;
    const std::size_t hash = std::hash<std::string_view>()(items_[i].item);
    std::size_t at = hash & (size - 1);
    while (places_[at].count != 0) at = (at + 1) & (size - 1);
    places_[at] = {tag_of(hash), static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(end - i)};
    i = end;
  }
}

const CatalogueItem* Catalogue::find(std::string_view wanted, Date date) const {
  if (places_.empty()) return nullptr;
  const std::size_t hash = std::hash<std::string_view>()(wanted);
  std::size_t at = hash & (places_.size() - 1);
  while (places_[at].count != 0 &&
         (places_[at].tag != tag_of(hash) || items_[places_[at].first].item != wanted))
    at = (at + 1) & (places_.size() - 1);
  // Of its versions the last that begins on or before the day.
  for (std::size_t i = places_[at].first + std::size_t{places_[at].count}; i-- > places_[at].first;)
    if (items_[i].from <= date) return date <= items_[i].to ? &items_[i] : nullptr;
  return nullptr;
}

}  // namespace fenming
