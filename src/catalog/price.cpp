#include "catalog/price.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace fenming {
namespace {

bool has_column(const BillLine& line, std::string_view name) {
  return std::ranges::find(line.columns, name, &FactValue::name) != line.columns.end();
}

void fill_column(BillLine& line, std::string_view name, const std::string& value) {
  if (!value.empty() && !has_column(line, name))
    line.columns.push_back(FactValue{std::string(name), FactValue::Kind::text, value, {}});
}

constexpr Decimal one{1'000'000};

using Refunds = std::unordered_map<std::string_view, Wide>;  // quantity, below zero, by the original's id

Refunds refunds_of(const Bill& bill) {
  Refunds refunds;
  for (const BillLine& line : bill.lines)
    if (!line.refund_of.empty()) refunds[line.refund_of] += line.quantity.value_or(Decimal{}).millionths;
  return refunds;
}

Decimal net_quantity(const BillLine& line, const Refunds& refunds) {
  Wide millionths = line.quantity.value_or(one).millionths;
  if (const auto refund = refunds.find(line.id); refund != refunds.end()) millionths += refund->second;
  return Decimal{static_cast<std::int64_t>(std::max(Wide{0}, millionths))};
}

// Amounts are bounded by money_fen_max, so a limit above it never binds and need not be told apart from it.
Money limit_of(Decimal unit_limit, Decimal quantity) {
  const Wide product = Wide{unit_limit.millionths} * quantity.millionths;
  const Wide fen = divide(product, power_of_ten(2 * Decimal::places - 2), Rounding::half_up);
  return Money::from_fen(static_cast<std::int64_t>(std::min(fen, Wide{money_fen_max})));
}

void fill(BillLine& line, const CatalogueItem& item, const Refunds& refunds) {
  fill_column(line, "class", item.item_class);
  fill_column(line, "kind", item.kind);
  fill_column(line, "source", item.source);
  if (line.item_name.empty()) line.item_name = item.name_zh.empty() ? item.name_en : item.name_zh;
  if (!line.listed_limit && item.unit_limit)
    line.listed_limit = limit_of(*item.unit_limit, net_quantity(line, refunds));
}

}  // namespace

Checked<Bill> price(const Catalogue& catalogue, Bill bill) {
  std::vector<Error> errors;
  const Refunds refunds = refunds_of(bill);
  for (std::size_t i = 0; i < bill.lines.size(); ++i) {
    BillLine& line = bill.lines[i];
    if (line.item.empty() || !line.refund_of.empty()) continue;
    const Date date = line.date.value_or(bill.to);
    if (const CatalogueItem* item = catalogue.find(line.item, date)) {
      fill(line, *item, refunds);
    } else if (!has_column(line, "class")) {
      errors.push_back(
          Error{Code::item_unknown, fmt::format("/lines/{}/item", i), line.item, {to_text(date), line.id}});
    }
  }
  if (!errors.empty()) return std::unexpected(std::move(errors));
  return bill;
}

}  // namespace fenming
