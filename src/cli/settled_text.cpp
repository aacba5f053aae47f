#include "cli/settled_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text_table.h"
#include "cli/values.h"

namespace fenming {
namespace {

std::string blank_zero(std::int64_t fen) { return fen == 0 ? "-" : fen_text(fen); }

std::string policy_names(const Assessment& a) {
  std::string names;
  for (std::size_t p = 0; p < a.part_count; ++p) {
    if (a.parts[p].version == nullptr) continue;
    const std::string& name = a.parts[p].version->policy;
    if (names.find(name) == std::string::npos) names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "-" : names;
}

void print_heading(Terminal& t, const Settled& s) {
  const Region& region = s.library->region;
  t.out << t.paint(Paint::heading, fmt::format("{} {}", t.say("账单", "Bill"), s.bill.id)) << "  "
        << label(region.labels, region.name, t.language) << " " << region.code << "  "
        << to_text(s.bill.from);
  if (s.bill.to != s.bill.from) t.out << ".." << to_text(s.bill.to);
  t.out << "  " << t.say("政策", "policy") << " " << policy_names(s.assessment) << "\n";
}

void print_lines(Terminal& t, const Settled& s) {
  if (s.bill.lines.empty()) return;
  TextTable table({std::string(t.say("明细", "line")), std::string(t.say("项目", "item")),
                   ">" + std::string(t.say("金额", "amount")), ">" + std::string(t.say("全自费", "own pay")),
                   ">" + std::string(t.say("超限价", "over limit")),
                   ">" + std::string(t.say("先行自付", "pre-pay")),
                   ">" + std::string(t.say("政策范围内", "in scope"))});
  for (std::size_t i = 0; i < s.bill.lines.size(); ++i) {
    const BillLine& line = s.bill.lines[i];
    const LineShares& shares = s.assessment.lines[i];
    table.add({line.id, shortened(line.item_name.empty() ? line.item : line.item_name, 28),
               fen_text(shares.amount), blank_zero(shares.out), blank_zero(shares.over),
               blank_zero(shares.prepay), blank_zero(shares.in)});
  }
  const Assessment& a = s.assessment;
  table.add_painted(Paint::heading,
                    {std::string(t.say("合计", "total")), "", fen_text(a.total), blank_zero(a.out),
                     blank_zero(a.over), blank_zero(a.prepay), blank_zero(a.in_scope)});
  table.print(t);
  t.out << '\n';
}

// A layer that entered the settlement, with the part it belongs to.
struct LayerRow {
  std::string name;
  const LayerAmounts* amounts;
};

std::vector<LayerRow> layer_rows(const Terminal& t, const Assessment& a) {
  std::vector<LayerRow> rows;
  for (std::size_t p = 0; p < a.part_count; ++p) {
    const Plan* plan = a.parts[p].plan;
    for (std::size_t i = 0; plan != nullptr && i < plan->layers.size(); ++i) {
      const LayerAmounts& layer = a.parts[p].layers[i];
      if (!layer.applies || (layer.base == 0 && layer.paid == 0)) continue;
      std::string name = label(plan->layers[i].labels, plan->layers[i].name, t.language);
      if (a.part_count > 1) name += fmt::format(" ({})", p + 1);
      rows.push_back({std::move(name), &layer});
    }
  }
  return rows;
}

// Columns that few policies use stand there only when a layer fills them.
void print_layers(Terminal& t, const Settled& s) {
  const std::vector<LayerRow> rows = layer_rows(t, s.assessment);
  if (rows.empty()) return;
  const bool over = std::ranges::any_of(rows, [](const LayerRow& row) { return row.amounts->over != 0; });
  const bool after = std::ranges::any_of(rows, [](const LayerRow& row) { return row.amounts->after != 0; });
  std::vector<std::string> headings;
  const auto column = [&](std::string_view zh, std::string_view en) {
    headings.push_back(">" + std::string(t.say(zh, en)));
  };
  headings.emplace_back(t.say("层", "layer"));
  column("进入", "base");
  if (over) column("限额以上", "above limit");
  column("起付", "deductible");
  column("计算基数", "covered");
  if (after) column("支付后扣", "off payment");
  column("支付", "paid");
  column("占比", "share");
  column("封顶减少", "cut by cap");
  TextTable table(std::move(headings));
  for (const auto& [name, layer] : rows) {
    std::vector<std::string> cells = {name, fen_text(layer->base)};
    if (over) cells.push_back(blank_zero(layer->over));
    cells.insert(cells.end(), {blank_zero(layer->deductible), fen_text(layer->covered)});
    if (after) cells.push_back(blank_zero(layer->after));
    cells.insert(cells.end(),
                 {fen_text(layer->paid), percent_of(layer->paid, layer->covered), blank_zero(layer->cut)});
    table.add(std::move(cells));
  }
  table.print(t);
  t.out << '\n';
}

void print_payers(Terminal& t, const Settled& s) {
  const Region& region = s.library->region;
  const Assessment& a = s.assessment;
  TextTable table({"", ">", ">"});
  const auto row = [&](std::string_view name, std::int64_t fen) {
    table.add({std::string(name), fen_text(fen), percent_of(fen, a.total)});
  };
  for (std::size_t i = 0; i < region.funds.size() && i < a.funds.size(); ++i)
    if (a.funds[i] != 0) row(payer_label(region.funds[i], t.language), a.funds[i]);
  const std::int64_t provider = a.split->provider().fen(), cash = a.split->cash().fen();
  bool provider_is_fund = false;
  for (const Fund& fund : region.funds)
    provider_is_fund = provider_is_fund || fund.role == FundRole::provider;
  if (provider != 0 && !provider_is_fund)  // below 0 where the packaged price is above the bill
    row(provider > 0 ? t.say("医院负担", "borne by the hospital") : t.say("医院结余", "kept by the hospital"),
        provider);
  table.add_painted(Paint::good,
                    {std::string(t.say("个人现金", "cash")), fen_text(cash), percent_of(cash, a.total)});
  table.add_painted(Paint::heading, {std::string(t.say("合计", "total")), fen_text(a.total), ""});
  table.print(t);
}

}  // namespace

std::string percent_of(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return "";
  const Wide basis_points = divide(Wide{part} * 10000, whole, Rounding::half_up);
  return to_text(Exact{basis_points, 2}, 2) + "%";
}

void print_settled(Terminal& terminal, const Settled& settled) {
  print_heading(terminal, settled);
  print_lines(terminal, settled);
  print_layers(terminal, settled);
  print_payers(terminal, settled);
}

}  // namespace fenming
