// Values: a constant, an expression, a table `{by: ...}`, a choice by date `{since: ...}`. Tables become flat arrays.
#include <fmt/format.h>

#include <algorithm>

#include "policy/compile.h"
#include "policy/region_reader.h"

namespace fenming {
namespace {

constexpr std::size_t cells_max = 65536, rows_max = 1024, tables_nested_max = 16;

bool reserved(std::string_view key) {
  static constexpr std::string_view words[] = {"by", "type", "open", "zh", "en", "article", "source", "note"};
  return std::ranges::find(words, key) != std::end(words);
}

bool is_choice(const TextNode& node) {  // a value of its own, not rows of the table around it
  return !node.is_map() || node.find("by") != nullptr || node.find("since") != nullptr;
}

std::vector<std::string_view> parts(std::string_view key) {
  std::vector<std::string_view> all;
  while (true) {
    const std::size_t comma = key.find(',');
    std::string_view part = key.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    all.push_back(part);
    if (comma == std::string_view::npos) return all;
    key.remove_prefix(comma + 1);
  }
}

}  // namespace

void collect_since_dates(const TextNode& node, std::set<Date>& days) {
  if (const TextNode* since = node.find("since"))
    for (const TextEntry& row : since->entries)
      if (const auto day = parse_date(row.key)) days.insert(*day);
  for (const TextEntry& entry : node.entries) collect_since_dates(entry.value, days);
}

void PlanBuilder::note_rows(const TextNode& rows, const std::set<const TextNode*>& reached) {
  for (const TextEntry& row : rows.entries) {
    if (reserved(row.key)) continue;
    RowUse& use = rows_[&row.value];
    if (use.key.empty()) {
      use.key = row.key;
      use.place = row.value.place;
      use.place.line = row.key_place.line;
      use.place.column = row.key_place.column;
    }
    use.reached = use.reached || reached.contains(&row.value);
  }
}

const TextNode& PlanBuilder::pick_since(const TextNode& node) {
  const TextNode& rows = require(node, "since");
  require_map(rows, "{2023-01-01: value, ...}");
  const TextNode* best = rows.find("else");
  Date best_day{INT32_MIN}, first{INT32_MAX};
  for (const TextEntry& row : rows.entries) {
    if (row.key == "else") continue;
    const auto day = parse_date(row.key);
    if (!day) throw Problem{Code::table_key_malformed, row.key_place, row.key, {"since"}};
    first = std::min(first, *day);
    if (*day > date_ || *day < best_day) continue;
    best = &row.value;
    best_day = *day;
  }
  if (best == nullptr) throw Problem{Code::date_uncovered, node.place, "", {to_text(first)}};
  note_rows(rows, {best});
  return *best;
}

// ---- values -----------------------------------------------------------------------------------------------------------

Compiled PlanBuilder::value(const TextNode& node, const Want& want, const Scope& scope, std::uint8_t scale) {
  if (node.is_list()) throw Problem{Code::shape_wrong, node.place, "[...]", {"a value"}};
  if (node.is_scalar()) return scalar_value(node, want, scope, scale);
  if (node.find("since") != nullptr) {
    require_known_keys(node, {"since", "article", "note", "source"});
    return value(pick_since(node), want, scope, scale);
  }
  if (scale == 255) scale = want.type == Type::money ? std::uint8_t{2} : natural_scale(node, want, scope);
  const TextNode& by = require(node, "by");
  return table(node, by_keys(by, scope),
               [&](const TextNode& cell) { return value(cell, want, scope, scale); });
}

Compiled PlanBuilder::boolean(const TextNode& node, const Scope& scope) {
  return value(node, {Type::boolean, 0, false}, scope);
}

Compiled PlanBuilder::scalar_value(const TextNode& node, const Want& want, const Scope& scope,
                                   std::uint8_t scale) {
  if (auto constant = cell_constant(node, want, scale)) return *constant;
  const Frame frame{scope, node};
  const ExprPtr e = parse(node);
  type(*e, &want, frame);
  expect_type(*e, want, frame);
  if (!want.allow_none) refuse_none(*e, frame);
  return finish(*e, scale, frame);
}

std::optional<Compiled> PlanBuilder::cell_constant(const TextNode& node, const Want& want,
                                                   std::uint8_t scale) {
  Constant constant;
  constant.type = want.type;
  constant.domain = want.domain;
  constant.place = node.place;
  const bool none = want.allow_none && node.scalar == "none";
  if (none) {
    constant.value = none_fen;
    constant.scale = 2;
  } else {
    const bool coded = want.type == Type::code;
    const auto cell =
        want.type == Type::set || want.type == Type::id
            ? std::nullopt
            : parse_cell(node.scalar, want.type, coded ? &region_.domains.at(want.domain) : nullptr);
    if (!cell) return std::nullopt;
    constant.value = *cell;
    constant.scale = stored_scale(want.type);
    if (constant.scale == Decimal::places)
      for (; constant.scale > 0 && constant.value % 10 == 0; --constant.scale) constant.value /= 10;
  }
  if (scale != 255) {
    if (scale < constant.scale)
      throw Problem{Code::places_too_many, node.place, node.scalar, {std::to_string(constant.scale)}};
    constant.value *= power_of_ten(scale - constant.scale);
    constant.scale = scale;
  }
  const Wide value = constant.value;
  const std::uint8_t places = constant.scale;
  if (!none) note_width(value, value, 0);
  const std::uint32_t index = add_constant(std::move(constant));
  return Compiled{{Slot::Kind::constant, places, index}, want.type, want.domain, places, value, value, none};
}

// The places that all leaves of a value need, so that the cells of a table share one scale.
std::uint8_t PlanBuilder::natural_scale(const TextNode& node, const Want& want, const Scope& scope) {
  if (node.is_scalar()) {
    const std::size_t constants = plan_.constants.size();
    std::uint8_t scale = 0;
    if (const auto constant = cell_constant(node, want, 255)) {
      scale = constant->scale;
    } else {
      const ExprPtr e = parse(node);
      type(*e, &want, Frame{scope, node});
      expect_type(*e, want, Frame{scope, node});
      return e->typed.scale;
    }
    plan_.constants.resize(constants);
    return scale;
  }
  if (node.find("since") != nullptr) return natural_scale(pick_since(node), want, scope);
  std::uint8_t scale = 0;
  for (const TextEntry& entry : node.entries)
    if (!reserved(entry.key)) scale = std::max(scale, natural_scale(entry.value, want, scope));
  return scale;
}

// The type of a value that does not name it: that of its first leaf.
Want PlanBuilder::infer(const TextNode& node, const Scope& scope) {
  if (node.is_scalar()) {
    const ExprPtr e = parse(node);
    type(*e, nullptr, Frame{scope, node});
    return {e->typed.type, e->typed.domain, false};
  }
  if (node.find("since") != nullptr) return infer(pick_since(node), scope);
  for (const TextEntry& entry : node.entries)
    if (!reserved(entry.key)) return infer(entry.value, scope);
  throw Problem{Code::shape_wrong, node.place, "{}", {"a value"}};
}

// ---- tables -----------------------------------------------------------------------------------------------------------

std::vector<Compiled> PlanBuilder::by_keys(const TextNode& by, const Scope& scope) {
  std::vector<Compiled> keys;
  const auto add = [&](const TextNode& node) {
    const Frame frame{scope, node};
    const ExprPtr e = parse(node);
    type(*e, nullptr, frame);
    if (e->typed.type == Type::set || e->typed.type == Type::id) mismatch(*e, "a set or id is no key", frame);
    refuse_none(*e, frame);
    keys.push_back(finish(*e, stored_scale(e->typed.type), frame));
  };
  if (by.is_list())
    for (const TextEntry& entry : by.entries) add(entry.value);
  else
    add(by);
  if (keys.empty() || keys.size() > 4) throw Problem{Code::shape_wrong, by.place, "by", {"one to four keys"}};
  return keys;
}

// The keys that a table declares, only to know their types: other keys are put in their place, so nothing is read.
std::vector<Compiled> PlanBuilder::declared_keys(const TextNode& table, const Scope& scope) {
  const auto facts = facts_read_;
  const auto groups = groups_used_;
  std::vector<Compiled> keys = by_keys(require(table, "by"), scope);
  facts_read_ = facts;
  groups_used_ = groups;
  return keys;
}

const TextNode* PlanBuilder::find_table(std::string_view name) const {
  for (const TextNode* tables : text_.tables)
    if (const TextNode* found = tables->find(name)) return found;
  return nullptr;
}

Compiled PlanBuilder::named_table(const std::string& name, const std::vector<Compiled>* keys,
                                  const Frame& frame) {
  const TextNode& node = *find_table(name);
  require_map(node, "{type, by, rows}");
  if (keys == nullptr)
    if (const auto known = tables_done_.find(name); known != tables_done_.end()) return known->second;
  if (tables_open_.size() >= tables_nested_max)
    throw Problem{Code::too_complex, frame.node.place, name, {"tables that use tables, more than 16 deep"}};
  if (!tables_open_.insert(name).second) throw Problem{Code::name_early, frame.node.place, name, {}};
  const std::string type_text_of = text_or(node, "type", "money");
  Want want;
  if (const auto type = plain_type(type_text_of)) {
    want.type = *type;
  } else {
    const Symbol* codes = frame.scope.find(type_text_of);
    if (codes == nullptr || codes->type != Type::code)
      throw Problem{Code::constant_malformed,
                    require(node, "type").place,
                    type_text_of,
                    {"money, ratio, int, dec, bool or a code fact"}};
    want.type = Type::code;
    want.domain = codes->domain;
  }
  want.allow_none = want.type == Type::money;
  const std::vector<Compiled> by = keys != nullptr ? *keys : by_keys(require(node, "by"), frame.scope);
  const std::uint8_t scale =
      want.type == Type::money ? std::uint8_t{2} : natural_scale(node, want, frame.scope);
  const Compiled result =
      table(node, by, [&](const TextNode& cell) { return value(cell, want, frame.scope, scale); });
  tables_open_.erase(name);
  if (keys == nullptr) tables_done_.emplace(name, result);
  return result;
}

PlanBuilder::Key PlanBuilder::make_key(const Compiled& by) const {
  Key key;
  key.value = by;
  key.slot = by.slot;
  if (by.type == Type::code)
    key.count = static_cast<std::uint32_t>(region_.domains.at(by.domain).members.size());
  else if (by.type == Type::boolean)
    key.count = 2;
  else
    key.ranges = true;
  return key;
}

// low and high of one part of a key, both ends belong.
std::pair<std::int64_t, std::int64_t> PlanBuilder::key_range(std::string_view text, const Key& key,
                                                             const Place& place) const {
  const auto low_end = static_cast<std::int64_t>(key.value.low),
             high_end = static_cast<std::int64_t>(key.value.high);
  const auto number = [&](std::string_view part) {
    const auto value = parse_cell(part, key.value.type, nullptr);
    if (!value)
      throw Problem{
          Code::table_key_malformed, place, std::string(text), {type_text(key.value.type, nullptr)}};
    return *value;
  };
  if (text.starts_with("above ")) return {number(text.substr(6)) + 1, high_end};
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) return {number(text), number(text)};
  const std::string_view left = text.substr(0, dots), right = text.substr(dots + 2);
  const std::int64_t low = left.empty() ? low_end : number(left),
                     high = right.empty() ? high_end : number(right);
  if (low > high && !left.empty() && !right.empty())  // an open end may lie outside what the key can be
    throw Problem{Code::table_key_malformed, place, std::string(text), {"a..b"}};
  return {low, high};
}

void PlanBuilder::collect_bounds(const TextNode& rows, std::size_t level, std::vector<Key>& keys) const {
  for (const TextEntry& entry : rows.entries) {
    if (reserved(entry.key)) continue;
    if (keys[level].ranges && entry.key != "else")
      for (const std::string_view part : parts(entry.key)) {
        const auto [low, high] = key_range(part, keys[level], entry.key_place);
        keys[level].bounds.push_back(low - 1);
        keys[level].bounds.push_back(high);
      }
    if (level + 1 < keys.size() && !is_choice(entry.value)) collect_bounds(entry.value, level + 1, keys);
  }
}

void PlanBuilder::finish_bounds(std::vector<Key>& keys) const {
  for (Key& key : keys) {
    if (!key.ranges) continue;
    const auto low = static_cast<std::int64_t>(key.value.low),
               high = static_cast<std::int64_t>(key.value.high);
    std::erase_if(key.bounds, [&](std::int64_t bound) { return bound < low || bound >= high; });
    key.bounds.push_back(high);
    std::ranges::sort(key.bounds);
    key.bounds.erase(std::ranges::unique(key.bounds).begin(), key.bounds.end());
    key.count = static_cast<std::uint32_t>(key.bounds.size());
  }
}

bool PlanBuilder::row_matches(const TextEntry& entry, const Key& key, std::uint32_t index) const {
  for (const std::string_view part : parts(entry.key)) {
    if (key.ranges) {
      const auto [low, high] = key_range(part, key, entry.key_place);
      if (key.bounds[index] >= low && key.bounds[index] <= high) return true;
      continue;
    }
    const Domain* domain = key.value.type == Type::code ? &region_.domains.at(key.value.domain) : nullptr;
    const auto value = parse_cell(part, key.value.type, domain);
    if (!value) {
      std::vector<std::string_view> known = {"yes", "no"};
      if (domain != nullptr) known.assign(domain->members.begin(), domain->members.end());
      throw Problem{Code::code_unknown,
                    entry.key_place,
                    std::string(part),
                    {domain != nullptr ? domain->name : "bool", suggestion(part, known)}};
    }
    if (*value == index) return true;
  }
  return false;
}

std::string PlanBuilder::row_text(const Key& key, std::uint32_t index) const {
  if (!key.ranges)
    return key.value.type == Type::boolean ? (index != 0 ? "yes" : "no")
                                           : region_.domains.at(key.value.domain).members.at(index);
  const std::int64_t low = index == 0 ? static_cast<std::int64_t>(key.value.low) : key.bounds[index - 1] + 1;
  const auto show = [&](std::int64_t value) {
    if (key.value.type == Type::date) return to_text(Date{static_cast<std::int32_t>(value)});
    if (key.value.type == Type::ratio) return to_percent(Decimal{value});
    return to_text(Exact{value, stored_scale(key.value.type)});
  };
  return show(low) + ".." + show(key.bounds[index]);
}

const TextNode* PlanBuilder::find_row(const TextNode& rows, const Key& key, std::uint32_t index) const {
  const TextEntry* found = nullptr;
  const TextNode* otherwise = nullptr;
  for (const TextEntry& entry : rows.entries) {
    if (reserved(entry.key)) continue;
    if (entry.key == "else") {
      otherwise = &entry.value;
      continue;
    }
    if (!row_matches(entry, key, index)) continue;
    if (found != nullptr)
      throw Problem{Code::table_overlap, entry.key_place, found->key, {row_text(key, index), entry.key}};
    found = &entry;
  }
  return found != nullptr ? &found->value : otherwise;
}

void PlanBuilder::fill(const TextNode& node, std::size_t level, std::size_t first, Filling& filling,
                       const Leaf& leaf) {
  if (level == filling.keys.size() || (level > 0 && is_choice(node))) {
    std::size_t count = 1;
    for (std::size_t rest = level; rest < filling.keys.size(); ++rest) count *= filling.keys[rest].count;
    auto known = filling.memo.find(&node);
    if (known == filling.memo.end()) known = filling.memo.emplace(&node, leaf(node)).first;
    const Compiled& cell = known->second;
    std::fill_n(filling.cells.begin() + static_cast<std::ptrdiff_t>(first), count, cell.slot);
    filling.low = filling.any ? std::min(filling.low, cell.low) : cell.low;
    filling.high = filling.any ? std::max(filling.high, cell.high) : cell.high;
    filling.any = true;
    filling.may_be_none = filling.may_be_none || cell.may_be_none;
    return;
  }
  std::size_t stride = 1;
  for (std::size_t rest = level + 1; rest < filling.keys.size(); ++rest) stride *= filling.keys[rest].count;
  const Key& key = filling.keys[level];
  std::set<const TextNode*> reached;
  for (std::uint32_t index = 0; index < key.count; ++index) {
    const TextNode* row = find_row(node, key, index);
    if (row == nullptr) throw Problem{Code::table_gap, node.place, "", {row_text(key, index)}};
    reached.insert(row);
    fill(*row, level + 1, first + index * stride, filling, leaf);
  }
  note_rows(node, reached);
}

Compiled PlanBuilder::table(const TextNode& node, const std::vector<Compiled>& by, const Leaf& leaf) {
  Filling filling;
  for (const Compiled& key : by) filling.keys.push_back(make_key(key));
  for (const Key& key : filling.keys)
    if (key.ranges && (key.value.low < INT64_MIN || key.value.high > INT64_MAX))
      throw Problem{Code::too_complex, node.place, "by", {"a key may be longer than 18 digits"}};
  if (node.entries.size() > rows_max) throw Problem{Code::too_complex, node.place, "", {"too many rows"}};
  collect_bounds(node, 0, filling.keys);
  finish_bounds(filling.keys);
  std::size_t cells = 1;
  for (const Key& key : filling.keys) cells *= key.count;
  if (cells > cells_max) throw Problem{Code::too_complex, node.place, "", {fmt::format("{} cells", cells)}};
  filling.cells.resize(cells);
  fill(node, 0, 0, filling, leaf);

  Table table;
  table.place = node.place;
  table.first_key = static_cast<std::uint32_t>(plan_.keys.size());
  table.key_count = static_cast<std::uint32_t>(by.size());
  table.first_cell = static_cast<std::uint32_t>(plan_.cells.size());
  table.cell_count = static_cast<std::uint32_t>(cells);
  std::uint32_t stride = static_cast<std::uint32_t>(cells);
  for (const Key& key : filling.keys) {
    stride /= key.count;
    plan_.keys.push_back({key.slot, key.value.type, key.ranges,
                          static_cast<std::uint32_t>(plan_.bounds.size()), key.count, stride,
                          key.ranges ? static_cast<std::int64_t>(key.value.low) : 0});
    plan_.bounds.insert(plan_.bounds.end(), key.bounds.begin(), key.bounds.end());
  }
  plan_.cells.insert(plan_.cells.end(), filling.cells.begin(), filling.cells.end());
  const Compiled& any = filling.memo.begin()->second;
  table.scale = any.scale;
  table.type = any.type;
  plan_.tables.push_back(table);
  return {{Slot::Kind::table, any.scale, static_cast<std::uint32_t>(plan_.tables.size() - 1)},
          any.type,
          any.domain,
          any.scale,
          filling.low,
          filling.high,
          filling.may_be_none};
}

}  // namespace fenming
