#include "proof/cells.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "proof/exact.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;
constexpr std::string_view yuan = "元";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || byte >= 0x80;
}
std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Bytes of the token that `text` begins with; text is not empty.
std::size_t token_length(std::string_view text) {
  std::size_t end = 1;
  if (text[0] == '\'') return std::min(text.find('\'', 1), text.size() - 1) + 1;
  if (is_digit(text[0])) {
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1])) {
      ++end;
      while (end < text.size() && is_digit(text[end])) ++end;
    }
    if (text.substr(end).starts_with('%')) return end + 1;
    return text.substr(end).starts_with(yuan) ? end + yuan.size() : end;
  }
  if (is_letter(text[0]))
    while (end < text.size() && (is_letter(text[end]) || is_digit(text[end]) || text[end] == '.')) ++end;
  return end;
}

std::optional<std::string_view> unquoted(std::string_view text) {
  if (text.size() < 3 || text.front() != '\'' || text.back() != '\'') return std::nullopt;
  return text.substr(1, text.size() - 2);
}

std::optional<Exact> parse_percent_exact(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  const auto number = parse_exact(text.substr(0, text.size() - 1), proof_places_max - 2);
  if (!number) return std::nullopt;
  return proof_normal({number->digits, number->places + 2});
}

std::optional<ProofValue> parse_number(ProofType type, std::string_view text, bool alone) {
  if (type == ProofType::money && text == "none") return proof_none();
  if (type == ProofType::ratio) {
    const auto ratio = parse_percent_exact(text);
    return ratio ? std::optional(proof_number(type, *ratio)) : std::nullopt;
  }
  if (type == ProofType::money) {
    const bool unit = text.ends_with(yuan);
    if (!unit && !alone) return std::nullopt;
    if (unit) text.remove_suffix(yuan.size());
  }
  return parse_proof_value(type, text);
}

// ---- Rows
// -------------------------------------------------------------------------------------------------------------

bool reserved(std::string_view key) {
  constexpr std::string_view words[] = {"by", "type", "since",   "open",  "zh",
                                        "en", "note", "article", "source"};
  return std::ranges::find(words, key) != std::end(words);
}

// -1, 0, 1: the key's value against a bound of a row; nothing when the text is no such value.
std::optional<int> against(const ProofValue& value, std::string_view bound) {
  const auto limit = parse_proof_constant(value.type, trimmed(bound), true);
  if (!limit || limit->none || value.none) return std::nullopt;
  if (value.type == ProofType::date) return value.date < limit->date ? -1 : value.date > limit->date ? 1 : 0;
  const auto order = proof_compare(value.number, limit->number);
  if (!order) return std::nullopt;
  return *order < 0 ? -1 : *order > 0 ? 1 : 0;
}

bool in_range(const ProofValue& value, std::string_view key) {
  constexpr std::string_view above = "above ";
  if (key.starts_with(above)) {
    const auto order = against(value, key.substr(above.size()));
    return order && *order > 0;
  }
  const std::size_t dots = key.find("..");
  if (dots == std::string_view::npos) return against(value, key) == 0;
  const std::string_view low = trimmed(key.substr(0, dots)), high = trimmed(key.substr(dots + 2));
  if (low.empty() && high.empty()) return false;
  const auto from = low.empty() ? std::optional(1) : against(value, low);
  const auto to = high.empty() ? std::optional(-1) : against(value, high);
  return from && to && *from >= 0 && *to <= 0;
}

bool matches(const ProofValue& value, std::string_view key) {
  if (value.type == ProofType::boolean) return trimmed(key) == (value.yes ? "yes" : "no");
  if (value.type == ProofType::set) return false;
  if (value.type != ProofType::code && value.type != ProofType::id) return in_range(value, trimmed(key));
  while (!key.empty()) {
    const std::size_t comma = std::min(key.find(','), key.size());
    const std::string_view code = trimmed(key.substr(0, comma));
    if (unquoted(code).value_or(code) == value.text) return true;
    key.remove_prefix(std::min(comma + 1, key.size()));
  }
  return false;
}

Result<std::size_t> choose(const ProofTree& rows, const ProofValue& key, bool top) {
  std::optional<std::size_t> chosen, other;
  for (std::size_t i = 0; i < rows.keys.size(); ++i) {
    const std::string& row = rows.keys[i];
    if (top && reserved(row)) continue;
    if (row == "else") other = i;
    if (row == "else" || !matches(key, row)) continue;
    if (chosen)
      return std::unexpected(Error{Code::trace_row_two, "", to_text(key), {rows.keys[*chosen], row}});
    chosen = i;
  }
  if (!chosen) chosen = other;
  if (!chosen) return std::unexpected(Error{Code::trace_row_none, "", to_text(key), {}});
  return *chosen;
}

bool is_level(
    const ProofTree& tree) {  // a map that goes on with the next key, not a table or list of its own
  return tree.kind == Kind::map && tree.find("by") == nullptr && tree.find("since") == nullptr;
}

}  // namespace

std::size_t token_bytes(std::string_view text) { return text.empty() ? 0 : token_length(text); }

std::optional<ProofToken> token_at(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t at = 0;
  while (!text.empty() && at <= begin) {
    const std::string_view token = text.substr(0, token_length(text));
    const std::size_t length = code_points(token);
    if (at == begin && at + length == end) return ProofToken{begin, end, token};
    at += length;
    text.remove_prefix(token.size());
  }
  return std::nullopt;
}

std::optional<ProofValue> parse_proof_constant(ProofType type, std::string_view text, bool alone) {
  if (is_number(type)) return parse_number(type, text, alone);
  if (type == ProofType::boolean) return parse_proof_value(type, text);
  if (type == ProofType::set) return std::nullopt;
  const auto name = unquoted(text);
  if (!name && !alone) return std::nullopt;
  return parse_proof_value(type, name.value_or(text));
}

std::optional<ProofValue> parse_proof_constant(ProofType type, const ProofTree& cell) {
  if (cell.kind == Kind::text && type != ProofType::set) return parse_proof_constant(type, cell.text, true);
  if (cell.kind != Kind::list || type != ProofType::set) return std::nullopt;
  ProofValue set;
  set.type = type;
  for (const ProofTree& member : cell.items) {
    if (member.kind != Kind::text || member.text.empty()) return std::nullopt;
    set.members.push_back(member.text);
  }
  std::ranges::sort(set.members);
  if (std::ranges::adjacent_find(set.members) != set.members.end()) return std::nullopt;
  return set;
}

Result<std::string> choose_row(const ProofTree& table, std::span<const ProofValue* const> keys) {
  const ProofTree* by = table.find("by");
  if (by == nullptr) return std::unexpected(Error{Code::trace_table, "", "", {"by"}});
  const std::size_t levels = by->kind == Kind::list ? by->items.size() : 1;
  if (keys.empty() || keys.size() > levels) return std::unexpected(Error{Code::trace_table, "", "", {"by"}});
  const ProofTree* here = &table;
  std::string path;
  for (std::size_t level = 0; level < keys.size(); ++level) {
    if (level > 0 && !is_level(*here)) return path;  // one cell for every value of the keys that follow
    const auto row = choose(*here, *keys[level], level == 0);
    if (!row) return std::unexpected(row.error());
    path += "/" + pointer_part(here->keys[*row]);
    here = &here->items[*row];
  }
  if (keys.size() < levels && is_level(*here))
    return std::unexpected(Error{Code::trace_table, "", path, {"by"}});
  return path;
}

Result<std::string> choose_since(const ProofTree& table, Date date) {
  const ProofTree* rows = table.find("since");
  if (rows == nullptr || rows->kind != Kind::map)
    return std::unexpected(Error{Code::trace_table, "", "", {"since"}});
  std::optional<std::pair<Date, std::size_t>> chosen;
  std::optional<std::size_t> other;
  for (std::size_t i = 0; i < rows->keys.size(); ++i) {
    if (rows->keys[i] == "else") other = i;
    const auto start = parse_date(rows->keys[i]);
    if (start && *start <= date && (!chosen || *start > chosen->first)) chosen = std::pair(*start, i);
  }
  if (!chosen && !other) return std::unexpected(Error{Code::trace_row_none, "", to_text(date), {}});
  return "/since/" + pointer_part(rows->keys[chosen ? chosen->second : *other]);
}

}  // namespace fenming
