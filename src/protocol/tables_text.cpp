#include "protocol/tables_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace fenming {
namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// Takes what stands before `mark`, and the mark, away from the text.
std::string_view cut(std::string_view& text, char mark) {
  const std::size_t at = std::min(text.find(mark), text.size());
  const std::string_view part = trimmed(text.substr(0, at));
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

std::array<std::string_view, 6> columns(std::string_view line) {
  std::array<std::string_view, 6> parts;
  for (std::string_view& part : parts) part = cut(line, '|');
  return parts;
}

bool marked(std::string_view marks, std::string_view mark) {
  while (!marks.empty())
    if (cut(marks, ',') == mark) return true;
  return false;
}

std::uint16_t number(std::string_view digits) {
  std::uint16_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  CHECK(read.ec == std::errc() && read.ptr == digits.data() + digits.size(), "a length is a number");
  return value;
}

WireType type_of(std::string_view word) {
  constexpr std::pair<std::string_view, WireType> words[] = {
      {"text", WireType::text},     {"integer", WireType::integer},   {"decimal", WireType::decimal},
      {"date", WireType::date},     {"datetime", WireType::datetime}, {"boolean", WireType::boolean},
      {"object", WireType::object}, {"list", WireType::list},         {"bytes", WireType::bytes}};
  const auto* found = std::ranges::find(words, word, &std::pair<std::string_view, WireType>::first);
  CHECK(found != std::end(words), "a field has a type");
  return found->second;
}

bool by_code(const WireCode& a, const WireCode& b) { return a.code < b.code; }

class TablesReader {
 public:
  explicit TablesReader(InterfaceTables& tables) : tables_(tables) {}

  void read_codes(std::string_view text) {
    for_lines(text, [this](std::string_view line) {
      if (line.front() != '=') {
        const std::string_view code = cut(line, ' ');
        tables_.codes.back().push_back({code, trimmed(line)});
        return;
      }
      const auto part = columns(line.substr(1));
      tables_.codes.emplace_back();
      tables_.code_tables.push_back(
          {part[0], part[1], {}, marked(part[2], "local"), marked(part[2], "zero"), part[3]});
    });
    for (std::size_t i = 0; i < tables_.codes.size(); ++i) {
      std::ranges::sort(tables_.codes[i], by_code);
      tables_.code_tables[i].codes = tables_.codes[i];
    }
    std::ranges::sort(tables_.code_tables, {}, &CodeTable::name);
  }

  void read_transactions(std::string_view text) {
    for_lines(text, [this](std::string_view line) { read_line(line); });
    end_transaction();
    std::ranges::sort(tables_.transactions, {}, &Transaction::infno);
  }

 private:
  template <class Take>
  void for_lines(std::string_view text, Take take) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (!line.empty() && line.front() != '#') take(line);
    }
  }

  void read_line(std::string_view line) {
    const std::string_view rest = line.substr(1);
    switch (line.front()) {
      case '@': begin_transaction(rest); break;
      case '%':
        if (!notes_.empty()) notes_ += '\n';
        notes_ += trimmed(rest);
        break;
      case '$': transaction_.file_columns = trimmed(rest); break;
      case '>': begin_node(rest, input_); break;
      case '<': begin_node(rest, output_); break;
      default: add_field(line);
    }
  }

  void begin_transaction(std::string_view line) {
    end_transaction();
    const auto part = columns(line);
    transaction_ = {};
    transaction_.infno = part[0];
    transaction_.name = part[1];
    transaction_.purpose = part[2];
    for (std::string_view marks = part[3]; !marks.empty();) {
      const std::string_view mark = cut(marks, ',');
      if (mark == "local") transaction_.regional = true;
      if (mark.starts_with("as ")) transaction_.same_as = mark.substr(3);
    }
  }

  void end_transaction() {
    end_node();
    if (transaction_.infno.empty()) return;
    transaction_.notes = tables_.texts.emplace_back(std::exchange(notes_, {}));
    transaction_.input = keep(input_);
    transaction_.output = keep(output_);
    if (transaction_.infno == "envelope") {
      tables_.envelope = transaction_;
    } else {
      tables_.transactions.push_back(transaction_);
    }
  }

  std::span<const WireNode> keep(std::vector<WireNode>& nodes) {
    for (WireNode& node : nodes) {
      const std::size_t dot = node.in_json() ? node.name.rfind('.') : std::string_view::npos;
      node.key = dot == std::string_view::npos ? node.name : node.name.substr(dot + 1);
      if (dot == std::string_view::npos) continue;
      const auto parent = std::ranges::find(nodes, node.name.substr(0, dot), &WireNode::name);
      CHECK(parent != nodes.end(), "a node lies in another one of the table");
      node.parent = static_cast<std::uint16_t>(parent - nodes.begin());
    }
    return tables_.nodes.emplace_back(std::exchange(nodes, {}));
  }

  void begin_node(std::string_view line, std::vector<WireNode>& nodes) {
    end_node();
    const auto part = columns(line);
    WireNode& node = nodes.emplace_back();
    node.name = part[0] == "." ? "" : part[0];
    node.aliases = part[1];
    node.repeated = marked(part[2], "many");
    node.edition = marked(part[2], "edition");
    node.regional = marked(part[2], "local");
    node.needed = marked(part[2], "needed");
    node_ = &node;
  }

  void end_node() {
    if (node_ == nullptr) return;
    const auto& fields = tables_.fields.emplace_back(std::exchange(fields_, {}));
    node_->fields = fields;
    auto& finder = tables_.finders.emplace_back();
    std::size_t size = 4;
    while (size < fields.size() * 4) size *= 2;
    finder.assign(size, WireNode::nobody);
    for (std::size_t i = 0; i < fields.size(); ++i)
      for (const std::string_view name : {fields[i].name, fields[i].alias}) {
        if (name.empty()) continue;
        std::size_t at = name_hash(name) & (size - 1);
        while (finder[at] != WireNode::nobody) at = (at + 1) & (size - 1);
        finder[at] = static_cast<std::uint16_t>(i);
      }
    node_->finder = finder;
    node_ = nullptr;
  }

  void add_field(std::string_view line) {
    CHECK(node_ != nullptr, "a field stands in a node");
    const auto part = columns(line);
    WireField field;
    std::string_view names = part[0], type = part[2];
    field.name = cut(names, '=');
    field.alias = names;
    field.title = part[1];
    std::string_view word = cut(type, ' ');
    field.guessed = word.ends_with('?');
    if (field.guessed) word.remove_suffix(1);
    field.type = type_of(word);
    if (!type.empty()) field.length = number(cut(type, ','));
    if (!type.empty()) field.decimals = number(trimmed(type));
    field.edition = part[3].contains('e');
    for (const char mark : part[3])
      field.need = mark == '!'   ? Need::always
                   : mark == '*' ? Need::listed
                   : mark == 'c' ? Need::conditional
                                 : field.need;
    field.note = part[5];
    add_codes(part[4], field);
    fields_.push_back(field);
  }

  void add_codes(std::string_view column, WireField& field) {
    if (column.starts_with('{')) {
      field.codes = column.substr(1, column.size() - 2);
      auto& codes = tables_.codes.emplace_back();
      for (std::string_view rest = field.codes; !rest.empty();) {
        std::string_view one = cut(rest, ',');
        const std::string_view code = cut(one, ' ');
        codes.push_back({code, trimmed(one)});
      }
      std::ranges::sort(codes, by_code);
      field.code_table =
          &tables_.own_codes.emplace_back(CodeTable{field.name, field.title, codes, false, false, {}});
    } else if (!column.empty()) {
      field.table = column;
      const auto found = std::ranges::lower_bound(tables_.code_tables, column, {}, &CodeTable::name);
      const bool known = found != tables_.code_tables.end() && found->name == column;
      CHECK(known || column == "admdvs", "a field names a code table that is there");
      if (known) field.code_table = &*found;
    }
  }

  InterfaceTables& tables_;
  Transaction transaction_;
  std::string notes_;
  std::vector<WireNode> input_, output_;
  WireNode* node_ = nullptr;
  std::vector<WireField> fields_;
};

}  // namespace

void read_tables(std::string_view transactions, std::string_view codes, InterfaceTables& tables) {
  TablesReader reader(tables);
  reader.read_codes(codes);
  reader.read_transactions(transactions);
}

std::uint32_t name_hash(std::string_view name) {
  std::uint64_t head = 0, tail = 0;
  const std::size_t part = std::min<std::size_t>(name.size(), 8);
  std::memcpy(&head, name.data(), part);
  std::memcpy(&tail, name.data() + name.size() - part, part);
  const std::uint64_t mixed = (head * 0x9E3779B97F4A7C15U) ^ ((tail + name.size()) * 0xC2B2AE3D27D4EB4FU);
  return static_cast<std::uint32_t>(mixed >> 32U);
}

}  // namespace fenming
