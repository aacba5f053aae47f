#include <fmt/format.h>

#include <algorithm>

#include "base/json_out.h"
#include "cli/adapt.h"
#include "cli/answer_json.h"
#include "cli/commands.h"
#include "cli/desk.h"
#include "cli/files.h"
#include "cli/settled_text.h"
#include "cli/text_table.h"
#include "cli/values.h"

namespace fenming {
namespace {

struct Side {
  std::unique_ptr<Desk> desk;
  Settled settled;
  std::vector<std::string> left_out;
};

Checked<Side> settle_side(const std::string& folder, const std::string& bill_file,
                          const std::vector<std::string>& facts) {
  const auto one = [](Error error) { return std::unexpected(std::vector<Error>{std::move(error)}); };
  const auto folders = library_folders(folder);
  if (!folders) return std::unexpected(folders.error());
  const std::filesystem::path single = std::filesystem::path(folder) / folders->front().filename();
  if (std::filesystem::exists(single / "region.yaml"))
    return one(Error{Code::folder_of_libraries, "", folder, {single.string()}});
  const auto library = load_library(folder);
  if (!library) return std::unexpected(library.error());
  const auto text = read_file(bill_file);
  if (!text) return one(text.error());
  auto bill = read_bill(*text);
  if (!bill) return std::unexpected(std::move(bill.error()));
  auto adapted = adapt((*library)->region, std::move(*bill), facts);
  if (!adapted) return one(adapted.error());
  auto desk = Desk::open(folder);
  if (!desk) return std::unexpected(desk.error());
  Clerk clerk(**desk);
  const auto settled = clerk.settle(*library, std::move(adapted->bill));
  if (!settled) return std::unexpected(settled.error());
  return Side{std::move(*desk), **settled, std::move(adapted->left_out)};
}

// One line of the comparison: the same amount of both regions; nothing where a region has no such layer or
// fund.
struct Row {
  std::string section, name;
  std::optional<std::int64_t> first, second;
  bool ratio = false;  // basis points in place of fen
};

class Comparison {
 public:
  Comparison(const Side& first, const Side& second, Language language)
      : a_(first.settled), b_(second.settled), language_(language) {}

  std::vector<Row> rows() {
    const Assessment &a = a_.assessment, &b = b_.assessment;
    add("lines", "total", a.total, b.total);
    classes();
    add("lines", "over_limit", a.over, b.over);
    add("lines", "own_pay", a.out, b.out);
    add("lines", "pre_pay", a.prepay, b.prepay);
    add("lines", "in_scope", a.in_scope, b.in_scope);
    layers();
    add("payers", "funds", a.split->funds().fen(), b.split->funds().fen());
    add("payers", "account", a.split->account().fen(), b.split->account().fen());
    add("payers", "family", a.split->family().fen(), b.split->family().fen());
    add("payers", "provider", a.split->provider().fen(), b.split->provider().fen());
    add("payers", "cash", a.split->cash().fen(), b.split->cash().fen());
    return std::move(rows_);
  }

 private:
  struct LayerSum {
    std::string name, pays;  // pays: the fund's national field, or the fund where it has none
    std::int64_t deductible = 0, covered = 0, paid = 0;
  };

  void add(std::string section, std::string name, std::optional<std::int64_t> first,
           std::optional<std::int64_t> second, bool ratio = false) {
    if (first.value_or(0) == 0 && second.value_or(0) == 0 && name != "cash") return;
    rows_.push_back(Row{std::move(section), std::move(name), first, second, ratio});
  }

  static std::int64_t in_class(const Settled& s, std::string_view name) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < s.bill.lines.size(); ++i) {
      const auto column = std::ranges::find(s.bill.lines[i].columns, "class", &FactValue::name);
      const std::string_view found =
          column == s.bill.lines[i].columns.end() ? "A" : std::string_view(column->text);
      if (found == name) sum += s.assessment.lines[i].in;
    }
    return sum;
  }

  // What of each class of the catalogue enters the benefit.
  void classes() {
    std::vector<std::string> names;
    for (const Settled* s : {&a_, &b_})
      for (const BillLine& line : s->bill.lines) {
        const auto column = std::ranges::find(line.columns, "class", &FactValue::name);
        const std::string name = column == line.columns.end() ? "A" : column->text;
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      }
    std::ranges::sort(names);
    for (const std::string& name : names)
      add("classes", "class " + name, in_class(a_, name), in_class(b_, name));
  }

  std::vector<LayerSum> layer_sums(const Settled& s) const {
    std::vector<LayerSum> sums;
    for (std::size_t p = 0; p < s.assessment.part_count; ++p) {
      const PartResult& part = s.assessment.parts[p];
      for (std::size_t i = 0; part.plan != nullptr && i < part.plan->layers.size(); ++i) {
        const LayerPlan& layer = part.plan->layers[i];
        const std::string name = label(layer.labels, layer.name, language_);
        auto sum = std::ranges::find(sums, name, &LayerSum::name);
        if (sum == sums.end()) {
          const Fund& fund = s.library->region.funds.at(layer.fund);
          sum = sums.insert(sums.end(), LayerSum{name, fund.field.empty() ? fund.name : fund.field});
        }
        sum->deductible += part.layers[i].deductible;
        sum->covered += part.layers[i].covered;
        sum->paid += part.layers[i].paid;
      }
    }
    std::erase_if(
        sums, [](const LayerSum& sum) { return sum.deductible == 0 && sum.covered == 0 && sum.paid == 0; });
    return sums;
  }

  static std::optional<std::int64_t> ratio(const LayerSum* sum) {
    if (sum == nullptr || sum->covered == 0) return std::nullopt;
    return static_cast<std::int64_t>(divide(Wide{sum->paid} * 10000, sum->covered, Rounding::half_up));
  }

  struct Pair {
    const LayerSum *first = nullptr, *second = nullptr;
    std::string name() const {
      if (first == nullptr || second == nullptr || first->name == second->name)
        return (first != nullptr ? first : second)->name;
      return first->name + " / " + second->name;
    }
  };

  // Layers of one name first; of the rest those that pay from the same fund, where it is the only one of each.
  static std::vector<Pair> pairs(const std::vector<LayerSum>& first, const std::vector<LayerSum>& second) {
    std::vector<Pair> found;
    for (const LayerSum& sum : first) {
      const auto same = std::ranges::find(second, sum.name, &LayerSum::name);
      found.push_back({&sum, same == second.end() ? nullptr : &*same});
    }
    std::vector<const LayerSum*> rest;
    for (const LayerSum& sum : second)
      if (std::ranges::find(first, sum.name, &LayerSum::name) == first.end()) rest.push_back(&sum);
    const auto fits = [](const Pair& pair, const LayerSum* sum) {
      return pair.second == nullptr && pair.first->pays == sum->pays;
    };
    std::vector<Pair> alone;
    for (const LayerSum* sum : rest) {
      const auto rivals = std::ranges::count(rest, sum->pays, &LayerSum::pays);
      const auto open = std::ranges::count_if(found, [&](const Pair& pair) { return fits(pair, sum); });
      if (rivals == 1 && open == 1)
        std::ranges::find_if(found, [&](const Pair& pair) { return fits(pair, sum); })->second = sum;
      else
        alone.push_back({nullptr, sum});
    }
    found.insert(found.end(), alone.begin(), alone.end());
    return found;
  }

  void layers() {
    const std::vector<LayerSum> first = layer_sums(a_), second = layer_sums(b_);
    for (const Pair& pair : pairs(first, second)) {
      const LayerSum *x = pair.first, *y = pair.second;
      const std::string name = pair.name();
      const auto value = [](const LayerSum* sum, std::int64_t LayerSum::* member) {
        return sum == nullptr ? std::nullopt : std::optional(sum->*member);
      };
      add(name, "deductible", value(x, &LayerSum::deductible), value(y, &LayerSum::deductible));
      add(name, "covered", value(x, &LayerSum::covered), value(y, &LayerSum::covered));
      add(name, "ratio", ratio(x), ratio(y), true);
      add(name, "paid", value(x, &LayerSum::paid), value(y, &LayerSum::paid));
    }
  }

  const Settled &a_, &b_;
  Language language_;
  std::vector<Row> rows_;
};

std::string shown(const Terminal& t, std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> zh[] = {
      {"lines", "费用"},        {"classes", "进入政策范围"}, {"payers", "支付"},
      {"total", "总额"},        {"over_limit", "超限价"},    {"own_pay", "全自费"},
      {"pre_pay", "先行自付"},  {"in_scope", "政策范围内"},  {"deductible", "起付"},
      {"covered", "计算基数"},  {"ratio", "实际比例"},       {"paid", "支付"},
      {"funds", "基金合计"},    {"account", "个人账户"},     {"family", "家庭共济"},
      {"provider", "医院负担"}, {"cash", "个人现金"}};
  if (!t.chinese()) return std::string(name);
  for (const auto& [english, chinese] : zh)
    if (english == name) return std::string(chinese);
  return name.starts_with("class ") ? std::string(name.substr(6)) + " 类" : std::string(name);
}

std::string value_shown(const Row& row, std::optional<std::int64_t> value) {
  if (!value) return "-";
  return row.ratio ? to_text(Exact{*value, 2}, 2) + "%" : fen_text(*value);
}

void print_rows(Terminal& t, const std::vector<Row>& rows, const Region& a, const Region& b) {
  TextTable table({"", "", ">" + label(a.labels, a.name, t.language),
                   ">" + label(b.labels, b.name, t.language),
                   ">" + std::string(t.say("相差", "difference"))});
  std::string section;
  for (const Row& row : rows) {
    const std::int64_t difference = row.second.value_or(0) - row.first.value_or(0);
    const std::string change =
        difference == 0 ? "" : (difference > 0 ? "+" : "") + value_shown(row, difference);
    const std::vector<std::string> cells = {row.section == section ? "" : shown(t, row.section),
                                            shown(t, row.name), value_shown(row, row.first),
                                            value_shown(row, row.second), change};
    section = row.section;
    if (row.name == "cash")
      table.add_painted(Paint::heading, cells);
    else
      table.add(cells);
  }
  table.print(t, "");
}

void write_rows(Terminal& t, const std::vector<Row>& rows, const Side& first, const Side& second) {
  JsonOut out(2);
  out.open_object()
      .field("first", first.settled.library->region.code)
      .field("second", second.settled.library->region.code);
  out.key("rows").open_array();
  const auto field = [&](std::string_view name, const Row& row, std::optional<std::int64_t> value) {
    out.key(name);
    if (value)
      out.text(value_shown(row, value));
    else
      out.null();
  };
  for (const Row& row : rows) {
    out.open_object().field("section", row.section).field("name", row.name);
    field("first", row, row.first);
    field("second", row, row.second);
    out.close_object();
  }
  out.close_array();
  for (const auto& [name, side] :
       {std::pair("first_left_out", &first), std::pair("second_left_out", &second)}) {
    out.key(name).open_array();
    for (const std::string& left_out : side->left_out) out.text(left_out);
    out.close_array();
  }
  t.out << out.close_object().str() << '\n';
}

void print_left_out(Terminal& t, const Side& side) {
  if (side.left_out.empty()) return;
  t.out << t.paint(Paint::faint,
                   fmt::format("{} {}:", side.settled.library->region.code, t.say("不使用", "does not use")));
  for (const auto& name : side.left_out) t.out << ' ' << name;
  t.out << '\n';
}

}  // namespace

// REQ POL-10
int rules_compare_command(Terminal& terminal, const CompareOptions& options) {
  const auto refuse = [&](std::span<const Error> errors) {
    return options.json ? terminal.refuse_json(errors) : terminal.refuse(errors);
  };
  const auto first = settle_side(options.first, options.bill, options.first_facts);
  if (!first) return refuse(first.error());
  const auto second = settle_side(
      options.second, options.second_bill.empty() ? options.bill : options.second_bill, options.second_facts);
  if (!second) return refuse(second.error());
  const std::vector<Row> rows = Comparison(*first, *second, terminal.language).rows();
  if (options.json) {
    write_rows(terminal, rows, *first, *second);
    return exit_ok;
  }
  print_rows(terminal, rows, first->settled.library->region, second->settled.library->region);
  print_left_out(terminal, *first);
  print_left_out(terminal, *second);
  return exit_ok;
}

}  // namespace fenming
