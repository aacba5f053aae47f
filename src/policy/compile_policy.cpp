// Steps: lines, lets and layers of one policy become the plan (policy-calculus.md sections 3, 5).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "policy/balances.h"
#include "policy/compile.h"
#include "policy/pot_table.h"
#include "policy/region_reader.h"

namespace fenming {
namespace {

constexpr std::array<std::string_view, layer_cells> layer_fields = {"base",  "over", "deductible", "covered",
                                                                    "after", "paid", "consumed",   "cut"};
constexpr std::size_t steps_max = 200, bands_max = 64, meters_max = 16;
constexpr Wide one_hundred_percent_at(std::uint8_t scale) { return power_of_ten(scale); }

}  // namespace

Plan PlanBuilder::build() {
  plan_.from = plan_.to = date_;
  plan_.register_count = region_.register_count();
  scope_ = region_scope(region_);
  if (const TextNode* applies = text_.document->find("for")) {
    problems_.collect([&] { plan_.applies = boolean(*applies, scope_).slot; });
    plan_.facts_for.assign(facts_read_.begin(), facts_read_.end());
    facts_read_.clear();
  }
  if (const TextNode* split = text_.document->find("split")) {
    problems_.collect([&] {
      require_map(*split, "{days, year_end}");
      require_known_keys(*split, {"days", "year_end"});
      if (const TextNode* days = split->find("days"))
        plan_.split_days = value(*days, {Type::integer, 0, false}, scope_).slot;
      if (const TextNode* year_end = split->find("year_end")) {
        const auto cut = parse_cell(scalar_of(*year_end, "yes | no"), Type::boolean, nullptr);
        if (!cut) throw Problem{Code::constant_malformed, year_end->place, year_end->scalar, {"yes | no"}};
        plan_.split_year_end = *cut != 0;
      }
    });
  }
  problems_.collect([&] { lines(); });
  add_accumulators(scope_, region_);
  add_totals(scope_, region_);
  const Symbol amount{{Slot::Kind::reg, 2, region_.charged()}, Type::money, 0, 2, 0, money_fen_max};
  if (const TextNode* charged = text_.document->find("charged"))
    problems_.collect([&] { plan_.charged = value(*charged, {Type::money, 0, false}, scope_).slot; });
  scope_.add("charged", amount);
  Symbol left = amount;
  left.source.index = region_.left();
  scope_.add("left", left);
  problems_.collect([&] { steps(); });
  plan_.facts_read.assign(facts_read_.begin(), facts_read_.end());
  plan_.groups_used.assign(groups_used_.begin(), groups_used_.end());
  plan_.narrow = !wide_;
  for (const Constant& constant : plan_.constants)
    plan_.constant_values.push_back(constant.value > INT64_MAX || constant.value < INT64_MIN
                                        ? 0
                                        : static_cast<std::int64_t>(constant.value));
  fill_pot_table(region_, plan_);
  fill_balances(region_, plan_);
  for (auto& [node, use] : rows_) plan_.rows.push_back(std::move(use));
  return std::move(plan_);
}

// ---- lines ------------------------------------------------------------------------------------------------------------

// `article`: that of the `lines` in which the slot stands.
const TextNode* PlanBuilder::line_slot(std::string_view key, std::string* article) const {
  for (const TextNode* lines : text_.lines)
    if (const TextNode* found = lines->find(key)) {
      *article = text_or(*lines, "article");
      return found;
    }
  return nullptr;
}

void PlanBuilder::lines() {
  tables_done_.clear();  // lines see other names than steps
  Scope scope = region_scope(region_);
  add_line_fields(scope, region_);
  for (const TextNode* own : text_.lines) {
    require_map(*own, "{limit, prepay, pot}");
    require_known_keys(*own, {"limit", "prepay", "pot", "article", "note", "source"});
  }
  plan_.line_limit = {Slot::Kind::line, 2, 4};
  if (const TextNode* limit = line_slot("limit", &plan_.limit_article))
    problems_.collect([&] { plan_.line_limit = value(*limit, {Type::money, 0, true}, scope).slot; });
  if (const TextNode* prepay = line_slot("prepay", &plan_.prepay_article))
    problems_.collect([&] {
      const Compiled ratio = value(*prepay, {Type::ratio, 0, false}, scope);
      if (ratio.low < 0 || ratio.high > one_hundred_percent_at(ratio.scale))
        throw Problem{
            Code::ratio_out_of_range, prepay->place, to_text(Exact{ratio.high * 100, ratio.scale}) + "%", {}};
      plan_.line_prepay = ratio.slot;
      note_width(0, money_fen_max, ratio.scale);
    });
  if (const TextNode* pot = line_slot("pot", &plan_.pot_article))
    problems_.collect(
        [&] { plan_.line_pot = value(*pot, {Type::code, region_.pot_domain, false}, scope).slot; });
}

// ---- steps ------------------------------------------------------------------------------------------------------------

std::vector<std::string> PlanBuilder::names_made(const TextNode& step) {
  std::vector<std::string> names;
  if (const TextNode* lets = step.find("let"))
    for (const TextEntry& entry : lets->entries) names.push_back(entry.key);
  if (const TextNode* name = step.find("layer"))
    for (const std::string_view field : layer_fields)
      names.push_back(fmt::format("{}.{}", name->scalar, field));
  return names;
}

void PlanBuilder::mark_broken(const TextNode& step) {
  for (const std::string& name : names_made(step))
    if (scope_.find(name) == nullptr) scope_.mark_broken(name);
}

void PlanBuilder::steps() {
  tables_done_.clear();
  const TextNode* steps = text_.document->find("steps");
  if (steps == nullptr) return;
  if (!steps->is_list())
    throw Problem{Code::shape_wrong, steps->place, shown(*steps), {"a list of let and layer"}};
  if (steps->entries.size() > steps_max)
    throw Problem{Code::too_complex, steps->place, "steps", {"more than 200 steps"}};
  for (const TextEntry& entry : steps->entries)
    for (const std::string& name : names_made(entry.value)) scope_.promise(name);
  for (const TextEntry& entry : steps->entries) {
    problems_.collect([&] {
      require_map(entry.value, "{let: ...} or {layer: ...}");
      if (entry.value.find("let") != nullptr)
        let_step(entry.value);
      else if (entry.value.find("layer") != nullptr)
        layer_step(entry.value);
      else
        throw Problem{Code::shape_wrong, entry.value.place, "{...}", {"{let: ...} or {layer: ...}"}};
    });
    mark_broken(entry.value);
  }
}

void PlanBuilder::let_step(const TextNode& node) {
  require_known_keys(node, {"let", "article", "zh", "en", "note", "source"});
  const TextNode& lets = require(node, "let");
  require_map(lets, "{name: value}");
  for (const TextEntry& entry : lets.entries) {
    problems_.collect([&] { let(entry, node); });
    if (scope_.find(entry.key) == nullptr) scope_.mark_broken(entry.key);
  }
}

void PlanBuilder::let(const TextEntry& entry, const TextNode& step) {
  if (!is_name(entry.key)) throw Problem{Code::constant_malformed, entry.key_place, entry.key, {"a name"}};
  if (scope_.find(entry.key) != nullptr) throw Problem{Code::name_doubled, entry.key_place, entry.key, {}};
  const TextNode* node = &entry.value;
  Let let;
  let.name = entry.key;
  let.article = text_or(step, "article");
  if (require(step, "let").entries.size() == 1) let.labels = labels_of(step);
  Want want;
  const TextNode* typed = node->find("type");
  if (typed != nullptr) {
    const std::string& name = scalar_of(*typed, "a type");
    const Symbol* codes = scope_.find(name);
    if (const auto type = plain_type(name))
      want.type = *type;
    else if (codes != nullptr && codes->type == Type::code)
      want = {Type::code, codes->domain, false};
    else
      throw Problem{Code::constant_malformed,
                    typed->place,
                    name,
                    {"money, ratio, int, dec, bool, date or a code fact"}};
    if (node->find("zh") != nullptr || node->find("en") != nullptr) let.labels = labels_of(*node);
    if (node->find("article") != nullptr) let.article = text_or(*node, "article");
    if (const TextNode* is = node->find("is")) {
      require_known_keys(*node, {"type", "is", "zh", "en", "article", "note"});
      node = is;
    }
  } else {
    want = infer(*node, scope_);
  }
  if (want.type == Type::set || want.type == Type::id)
    throw Problem{Code::type_mismatch, node->place, entry.key, {"a let is no set or id"}};
  const Compiled value_of = value(*node, want, scope_);
  if (value_of.scale > Decimal::places)
    throw Problem{Code::places_too_many, node->place, entry.key, {std::to_string(value_of.scale)}};
  let.type = want.type;
  let.domain = want.domain;
  let.reg = plan_.register_count++;
  let.value = value_of.slot;
  let.place = node->place;
  scope_.add(let.name, {{Slot::Kind::reg, value_of.scale, let.reg},
                        want.type,
                        want.domain,
                        value_of.scale,
                        value_of.low,
                        value_of.high});
  plan_.steps.push_back({false, static_cast<std::uint32_t>(plan_.lets.size())});
  plan_.lets.push_back(std::move(let));
}

// ---- layers -----------------------------------------------------------------------------------------------------------

std::uint32_t PlanBuilder::fund_index(const std::string& name) const {
  for (std::size_t i = 0; i < region_.funds.size(); ++i)
    if (region_.funds[i].name == name) return static_cast<std::uint32_t>(i);
  return 0;
}

void PlanBuilder::own_name(Scope& scope, const LayerPlan& layer, LayerCell cell, Wide high) {
  const Symbol symbol{{Slot::Kind::reg, 2, layer.reg + cell}, Type::money, 0, 2, 0, high};
  const std::string_view name = layer_fields[cell];
  scope_.add(fmt::format("{}.{}", layer.name, name), symbol);
  scope.add(std::string(name), symbol);
}

void PlanBuilder::layer_step(const TextNode& node) {
  tables_done_.clear();  // a layer's own names differ from those of the one before
  require_known_keys(node, {"layer", "who", "base", "limit", "deductible", "at", "ratio", "bands", "adjust",
                            "after", "cap", "add", "fund", "article", "zh", "en", "note", "source"});
  LayerPlan layer;
  layer.name = scalar_of(require(node, "layer"), "a name");
  if (!is_name(layer.name)) throw Problem{Code::constant_malformed, node.place, layer.name, {"a name"}};
  if (scope_.find(layer.name + ".base") != nullptr)
    throw Problem{Code::name_doubled, node.place, layer.name, {}};
  layer.article = text_or(node, "article");
  layer.labels = labels_of(node);
  layer.place = node.place;
  layer.fund =
      fund_index(node.find("fund") != nullptr ? scalar_of(*node.find("fund"), "a fund") : layer.name);
  layer.reg = plan_.register_count;
  plan_.register_count += layer_cells;
  const Want money{Type::money, 0, false};
  if (const TextNode* who = node.find("who")) layer.who = boolean(*who, scope_).slot;
  Scope scope = scope_;
  const TextNode& base_text = require(node, "base");
  const Compiled base = value(base_text, money, scope_);
  layer.base = base.slot;
  const Wide high = std::max<Wide>(base.high, 0);
  own_name(scope, layer, cell_base, high);
  layer.limit = meters(node.find("limit"), scope);
  own_name(scope, layer, cell_over, high);
  layer.deductible = meters(node.find("deductible"), scope);
  own_name(scope, layer, cell_deductible, high);
  own_name(scope, layer, cell_covered, high);
  if (const TextNode* at = node.find("at")) layer.at = value(*at, money, scope).slot;
  const TextNode *list = node.find("bands"), *ratio = node.find("ratio");
  if (list != nullptr && ratio != nullptr)
    throw Problem{Code::key_unknown, ratio->place, "ratio", {" (bands)"}};
  ratio_high_ = 0;
  if (list != nullptr || ratio != nullptr) bands(node, layer, scope);
  const Wide most = note_payment(high, layer, node);
  meter_high_ = 0;
  layer.after = meters(node.find("after"), scope);
  note_width(0, meter_high_, layer.adjusted_scale);
  own_name(scope, layer, cell_after, most);
  layer.cap = meters(node.find("cap"), scope);
  own_name(scope, layer, cell_paid, most);
  own_name(scope, layer, cell_consumed, high);
  own_name(scope, layer, cell_cut, most);
  writes(node.find("add"), layer, scope);
  plan_.steps.push_back({true, static_cast<std::uint32_t>(plan_.layers.size())});
  plan_.layers.push_back(std::move(layer));
}

// Share x ratio at the places of both: must stay within 127 bits, and decides whether 64 are enough. The most that can be paid: the
// base, or more where a formula takes the ratio above 100 %.
Wide PlanBuilder::note_payment(Wide base_high, const LayerPlan& layer, const TextNode& node) {
  Wide earned = 0;
  const Wide ratio = std::max(ratio_high_, one_hundred_percent_at(layer.adjusted_scale));
  if (__builtin_mul_overflow(base_high, ratio, &earned) || earned > power_of_ten(36))
    throw Problem{Code::number_too_large, node.place, layer.name, {}};
  note_width(0, earned, 0);
  return earned / one_hundred_percent_at(layer.adjusted_scale) + 1;
}

Meters PlanBuilder::meters(const TextNode* node, const Scope& scope) {
  if (node == nullptr) return {};
  const auto first = static_cast<std::uint32_t>(plan_.meters.size());
  if (node->is_list()) {
    if (node->entries.size() > meters_max)
      throw Problem{Code::too_complex, node->place, "", {"more than 16 meters"}};
    for (const TextEntry& entry : node->entries) meter(entry.value, scope);
  } else {
    meter(*node, scope);
  }
  return {first, static_cast<std::uint32_t>(plan_.meters.size()) - first};
}

void PlanBuilder::meter(const TextNode& node, const Scope& scope) {
  const TextNode* limit = node.find("limit");
  Meter meter;
  if (limit != nullptr) {
    require_known_keys(node, {"limit", "used", "article", "note"});
    if (const TextNode* used = node.find("used"))
      meter.used = value(*used, {Type::money, 0, false}, scope).slot;
  }
  const Compiled most = value(limit != nullptr ? *limit : node, {Type::money, 0, true}, scope);
  if (most.high < none_fen) meter_high_ = std::max(meter_high_, most.high);
  meter.limit = most.slot;
  plan_.meters.push_back(meter);
}

std::uint8_t PlanBuilder::bands_scale(const TextNode& node, const Scope& scope) {
  const Want ratio{Type::ratio, 0, false};
  if (node.is_scalar()) return 0;
  if (node.find("since") != nullptr) return bands_scale(pick_since(node), scope);
  std::uint8_t scale = 0;
  for (const TextEntry& entry : node.entries) {
    if (node.is_map() && entry.key == "by") continue;
    if (node.is_list()) {
      require_map(entry.value, "{to, ratio}");
      scale = std::max(scale, natural_scale(require(entry.value, "ratio"), ratio, scope));
    } else {
      scale = std::max(scale, bands_scale(entry.value, scope));
    }
  }
  return scale;
}

void PlanBuilder::bands(const TextNode& node, LayerPlan& layer, const Scope& scope) {
  const TextNode *list = node.find("bands"), *ratio = node.find("ratio");
  if (list == nullptr) {
    layer.ratio_scale = natural_scale(*ratio, {Type::ratio, 0, false}, scope);
    const auto first = static_cast<std::uint32_t>(plan_.bands.size());
    const Compiled only = value(*ratio, {Type::ratio, 0, false}, scope, layer.ratio_scale);
    plan_.bands.push_back({{}, only.slot});
    ratio_high_ = std::max(only.high, -only.low);
    plan_.band_lists.push_back({first, 1});
    if (node.find("adjust") == nullptr && (only.low < 0 || only.high > one_hundred_percent_at(only.scale)) &&
        only.slot.kind == Slot::Kind::constant)
      throw Problem{Code::ratio_out_of_range, ratio->place, ratio->scalar, {}};
    layer.bands = {
        Slot::Kind::constant, 0,
        add_constant({static_cast<Wide>(plan_.band_lists.size() - 1), 0, Type::integer, 0, ratio->place})};
  } else {
    layer.ratio_scale = bands_scale(*list, scope);
    layer.bands = [&] {
      const TextNode* chosen = list;
      while (chosen->find("since") != nullptr) chosen = &pick_since(*chosen);
      if (chosen->is_list()) return band_list(*chosen, layer.ratio_scale, scope).slot;
      const Leaf leaf = [&](const TextNode& cell) {
        const TextNode* inner = &cell;
        while (inner->find("since") != nullptr) inner = &pick_since(*inner);
        return band_list(*inner, layer.ratio_scale, scope);
      };
      return table(*chosen, by_keys(require(*chosen, "by"), scope), leaf).slot;
    }();
  }
  layer.adjusted_scale = layer.ratio_scale;
  if (const TextNode* formula = node.find("adjust")) adjust(*formula, layer, scope);
}

Compiled PlanBuilder::band_list(const TextNode& list, std::uint8_t ratio_scale, const Scope& scope) {
  if (!list.is_list() || list.entries.empty() || list.entries.size() > bands_max)
    throw Problem{Code::shape_wrong, list.place, shown(list), {"a list of {to, ratio}"}};
  const auto count = static_cast<std::uint32_t>(list.entries.size());
  std::vector<Band> own;
  Compiled before;
  for (std::uint32_t i = 0; i < count; ++i) {
    const TextNode& node = list.entries[i].value;
    require_known_keys(node, {"to", "ratio", "article", "note"});
    const TextNode* to = node.find("to");
    if ((to == nullptr) != (i + 1 == count)) throw Problem{Code::bands_open_end, node.place, "", {}};
    Band band;
    if (to != nullptr) {
      const Compiled bound = value(*to, {Type::money, 0, false}, scope);
      band.to = bound.slot;
      const bool constants =
          i > 0 && bound.slot.kind == Slot::Kind::constant && before.slot.kind == Slot::Kind::constant;
      if (constants && bound.low <= before.low)
        throw Problem{Code::bands_not_rising,
                      to->place,
                      to_text(Exact{bound.low, 2}, 2),
                      {to_text(Exact{before.low, 2}, 2)}};
      before = bound;
    }
    const TextNode& ratio_text = require(node, "ratio");
    const Compiled ratio = value(ratio_text, {Type::ratio, 0, false}, scope, ratio_scale);
    if (ratio.slot.kind == Slot::Kind::constant &&
        (ratio.low < 0 || ratio.high > one_hundred_percent_at(ratio_scale)))
      throw Problem{Code::ratio_out_of_range, ratio_text.place, ratio_text.scalar, {}};
    band.ratio = ratio.slot;
    ratio_high_ = std::max({ratio_high_, ratio.high, -ratio.low});
    own.push_back(band);
  }
  const auto first = static_cast<std::uint32_t>(plan_.bands.size());
  plan_.bands.insert(plan_.bands.end(), own.begin(), own.end());
  plan_.band_lists.push_back({first, count});
  const Wide index = static_cast<Wide>(plan_.band_lists.size() - 1);
  const std::uint32_t constant = add_constant({index, 0, Type::integer, 0, list.place});
  return {{Slot::Kind::constant, 0, constant}, Type::integer, 0, 0, index, index};
}

void PlanBuilder::adjust(const TextNode& node, LayerPlan& layer, Scope scope) {
  Symbol ratio;
  ratio.type = Type::ratio;
  ratio.scale = layer.ratio_scale;
  ratio.high = one_hundred_percent_at(layer.ratio_scale);
  scope.add("ratio", ratio);
  const Compiled adjusted = value(node, {Type::ratio, 0, false}, scope);
  layer.adjust = adjusted.slot;
  ratio_high_ = std::max(adjusted.high, -adjusted.low);
  layer.adjusted_scale = adjusted.scale;
}

void PlanBuilder::writes(const TextNode* node, LayerPlan& layer, const Scope& scope) {
  if (node == nullptr) return;
  require_map(*node, "{accumulator: amount}");
  layer.first_write = static_cast<std::uint32_t>(plan_.writes.size());
  for (const TextEntry& entry : node->entries) {
    const Symbol* accumulator = scope.find(entry.key);
    const bool known = accumulator != nullptr && accumulator->source.kind == Slot::Kind::reg &&
                       accumulator->source.index >= region_.first_accumulator() &&
                       accumulator->source.index < region_.total;
    if (!known) {
      std::vector<std::string> names;
      for (const Group& group : region_.groups)
        for (const Group::Member& member : group.members) names.push_back(group.name + "." + member.name);
      throw Problem{Code::name_unknown,
                    entry.key_place,
                    entry.key,
                    {suggestion(entry.key, {names.begin(), names.end()})}};
    }
    note_read(accumulator->source);
    const Compiled amount =
        value(entry.value, {accumulator->type, 0, false}, scope, stored_scale(accumulator->type));
    plan_.writes.push_back({accumulator->source.index, accumulator->type, amount.slot});
    ++layer.write_count;
  }
}

Plan compile_plan(const Region& region, const PolicyText& text, Date date, Problems& problems) {
  return PlanBuilder(region, text, date, problems).build();
}

}  // namespace fenming
