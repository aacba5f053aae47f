#include "protocol/interface.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/nearest.h"
#include "protocol/tables_text.h"

namespace fenming {

// Made from src/protocol/tables/*.txt by cmake/embed.cmake.
extern const std::string_view embedded_transactions, embedded_codes;

namespace {

const InterfaceTables& tables() {
  static const InterfaceTables* const read = [] {
    auto* made = new InterfaceTables;  // lives as long as the program: spans into it are everywhere
    read_tables(embedded_transactions, embedded_codes, *made);
    return made;
  }();
  return *read;
}

template <class Row>
const Row* find(const std::vector<Row>& rows, std::string_view name, std::string_view Row::* key) {
  const auto found = std::ranges::lower_bound(rows, name, {}, key);
  return found != rows.end() && (*found).*key == name ? &*found : nullptr;
}

bool listed(const CodeTable& table, std::string_view code) {
  const auto found = std::ranges::lower_bound(table.codes, code, {}, &WireCode::code);
  return found != table.codes.end() && found->code == code;
}

bool digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

}  // namespace

std::span<const Transaction> transactions() { return tables().transactions; }
const Transaction* find_transaction(std::string_view infno) {
  return find(tables().transactions, infno, &Transaction::infno);
}
const Transaction& wire_envelope() { return tables().envelope; }
std::span<const CodeTable> code_tables() { return tables().code_tables; }
const CodeTable* find_table(std::string_view name) {
  return find(tables().code_tables, name, &CodeTable::name);
}

bool has_code(const CodeTable& table, std::string_view code) {
  if (listed(table, code)) return true;
  if (table.zero && code.size() == 2 && code.front() == '0' && listed(table, code.substr(1))) return true;
  if (table.zero && code.size() == 1 && listed(table, "0" + std::string(code))) return true;
  if (!table.local || !digits(code)) return false;
  const auto shortest =
      std::ranges::min(table.codes, {}, [](const WireCode& one) { return one.code.size(); }).code.size();
  return code.size() > shortest;
}

const WireNode* find_node(std::span<const WireNode> nodes, std::string_view name) {
  for (const WireNode& node : nodes)
    if (node.name == name) return &node;
  for (const WireNode& node : nodes)
    if (has_word(node.aliases, name)) return &node;
  return nullptr;
}

const WireField* find_field(const WireNode& node, std::string_view name) {
  const std::size_t mask = node.finder.size() - 1;
  for (std::size_t at = name_hash(name) & mask;; at = (at + 1) & mask) {
    const std::uint16_t index = node.finder[at];
    if (index == WireNode::nobody) return nullptr;
    const WireField& field = node.fields[index];
    if (field.name == name || field.alias == name) return &field;
  }
}

std::string_view nearest_transaction(std::string_view infno) {
  std::vector<std::string> names;
  for (const Transaction& one : transactions()) names.emplace_back(one.infno);
  const std::string found = nearest_name(infno, names);
  const Transaction* transaction = find_transaction(found);
  return transaction == nullptr ? std::string_view() : transaction->infno;
}

}  // namespace fenming
