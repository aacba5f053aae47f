#include "policy/base.h"

#include <algorithm>
#include <span>

#include "policy/region_reader.h"

namespace fenming {
namespace {

constexpr std::string_view own_words[] = {"region", "name", "base", "zh", "en", "note", "article", "source"};
constexpr std::string_view table_words[] = {"type", "by", "open", "zh", "en", "article", "source", "note"};

bool is_word(std::string_view key, std::span<const std::string_view> words) {
  return std::ranges::find(words, key) != words.end();
}

bool same_text(const TextNode& a, const TextNode& b) {
  if (a.kind != b.kind || a.scalar != b.scalar || a.entries.size() != b.entries.size()) return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i)
    if (a.entries[i].key != b.entries[i].key || !same_text(a.entries[i].value, b.entries[i].value))
      return false;
  return true;
}

TextEntry* find_entry(TextNode& map, std::string_view key) {
  for (TextEntry& entry : map.entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

void put(TextNode& map, const TextEntry& entry) {
  if (TextEntry* known = find_entry(map, entry.key))
    *known = entry;
  else
    map.entries.push_back(entry);
}

class Merger {
 public:
  Merger(const TextNode& base, Problems& problems) : base_(base), problems_(problems) {}

  TextNode merge(const TextNode& own) {
    TextNode result = base_;
    result.place = own.place;
    std::erase_if(result.entries,
                  [](const TextEntry& entry) { return entry.key == "open" || entry.key == "policy"; });
    for (const TextEntry& entry : own.entries) problems_.collect([&] { key(result, entry); });
    if (const TextNode* tables = result.find("tables"))
      for (const TextEntry& table : tables->entries) problems_.collect([&] { filled(table, own.place); });
    return result;
  }

 private:
  [[noreturn]] void closed(const Place& place, const std::string& name) const {
    throw Problem{Code::base_closed, place, name, {open_names(base_)}};
  }

  void key(TextNode& result, const TextEntry& entry) {
    if (is_word(entry.key, own_words) || is_open(base_, entry.key)) {
      if (entry.key == "tables") return members(result, entry, true);
      const bool adds = entry.value.is_map() && base_.find(entry.key) != nullptr && entry.key != "calendar" &&
                        entry.key != "dates";
      if (adds) return members(result, entry, true);
      return put(result, entry);
    }
    if (!entry.value.is_map()) closed(entry.key_place, entry.key);
    members(result, entry, false);
  }

  // tables, lines, facts ...: member by member
  void members(TextNode& result, const TextEntry& own, bool all_open) {
    require_map(own.value, "{name: ...}");
    if (find_entry(result, own.key) == nullptr) result.entries.push_back({own.key, own.key_place, {}});
    TextEntry& target = *find_entry(result, own.key);
    target.value.kind = TextNode::Kind::map;
    for (const TextEntry& member : own.value.entries)
      problems_.collect([&] {
        const TextEntry* known = find_entry(target.value, member.key);
        const bool table = own.key == "tables" && known != nullptr && known->value.find("open") != nullptr;
        if (!table && !all_open && !is_open(base_, own.key + "." + member.key))
          closed(member.key_place, own.key + "." + member.key);
        put(target.value, table ? fill(*known, member) : member);
      });
  }

  // An open table: `type` and `by` of the base, the region's rows, constants within the bounds.
  TextEntry fill(const TextEntry& base, const TextEntry& own) const {
    require_map(own.value, "{row: value}");
    TextEntry result{own.key, own.key_place, own.value};
    const TextNode* open = base.value.find("open");
    for (const TextEntry& entry : base.value.entries) {
      if (entry.key != "type" && entry.key != "by") continue;
      const TextNode* repeated = own.value.find(entry.key);
      if (repeated == nullptr)
        result.value.entries.push_back(entry);
      else if (!same_text(*repeated, entry.value))
        closed(own.key_place, own.key + "." + entry.key);
    }
    const auto type = plain_type(text_or(base.value, "type", "money"));
    if (open->is_map() && type) check_bounds(own.value, *open, *type);
    return result;
  }

  void check_bounds(const TextNode& rows, const TextNode& open, Type type) const {
    if (rows.is_scalar()) {
      const auto value = parse_cell(rows.scalar, type, nullptr);
      const TextNode *low = open.find("min"), *high = open.find("max");
      for (const TextNode* bound : {low, high})
        if (bound != nullptr && !parse_cell(bound->scalar, type, nullptr))
          throw Problem{Code::constant_malformed, bound->place, bound->scalar, {type_text(type, nullptr)}};
      const std::string bounds =
          (low != nullptr ? low->scalar : "") + ".." + (high != nullptr ? high->scalar : "");
      const auto least = low != nullptr ? parse_cell(low->scalar, type, nullptr) : std::nullopt;
      const auto most = high != nullptr ? parse_cell(high->scalar, type, nullptr) : std::nullopt;
      if (rows.scalar == "none" && !most) return;
      if (!value || (least && *value < *least) || (most && *value > *most))
        throw Problem{Code::base_bound, rows.place, rows.scalar, {bounds}};
      return;
    }
    for (const TextEntry& entry : rows.entries)
      if (!is_word(entry.key, table_words)) check_bounds(entry.value, open, type);
  }

  void filled(const TextEntry& table, const Place& place) const {
    const bool rows = std::ranges::any_of(table.value.entries,
                                          [](const TextEntry& e) { return !is_word(e.key, table_words); });
    if (!rows) throw Problem{Code::base_unfilled, place, "", {"tables." + table.key}};
  }

  const TextNode& base_;
  Problems& problems_;
};

}  // namespace

bool is_open(const TextNode& base, std::string_view name) {
  const TextNode* open = base.find("open");
  if (open == nullptr || !open->is_list()) return false;
  for (const TextEntry& entry : open->entries) {
    const std::string& scope = entry.value.scalar;
    if (scope == name || (name.starts_with(scope) && name.substr(scope.size()).starts_with('.'))) return true;
  }
  return false;
}

std::string open_names(const TextNode& base) {
  std::string names;
  const TextNode* open = base.find("open");
  if (open != nullptr)
    for (const TextEntry& entry : open->entries) names += (names.empty() ? "" : ", ") + entry.value.scalar;
  const TextNode* tables = base.find("tables");
  if (tables != nullptr)
    for (const TextEntry& table : tables->entries)
      if (table.value.find("open") != nullptr) names += (names.empty() ? "tables." : ", tables.") + table.key;
  return names;
}

TextNode merge_base(const TextNode& base, const TextNode& own, Problems& problems) {
  return Merger(base, problems).merge(own);
}

}  // namespace fenming
