#include "protocol/field_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "protocol/interface.h"

namespace fenming {
namespace {

using Out = std::back_insert_iterator<std::string>;

constexpr std::string_view index_head = R"md(# Field reference

Every transaction of the national interface with its nodes and fields, made from the tables the node itself checks messages by
(`src/protocol/tables/`) by `tests/docs`. How to speak to the node: [interface.md](interface.md). Codes: [fields/codes.md](fields/codes.md).

Need: **!** always; **\*** the written edition requires it, only a strict provider is held to it; c under a condition. A field in *italics*
is not in the written edition: it was met in the code of clients, is read, and never refused for its codes; `?` behind its type: the type is a
guess and never refused. Types: text and integer with their length, decimal with digits and decimals.

)md";

std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string type_text(const WireField& field) {
  constexpr std::string_view words[] = {"text",    "integer", "decimal", "date", "datetime",
                                        "boolean", "object",  "list",    "bytes"};
  std::string text(words[static_cast<std::size_t>(field.type)]);
  if (field.type == WireType::decimal && field.length != 0)
    text += fmt::format(" {},{}", field.length, field.decimals);
  else if (field.length != 0)
    text += fmt::format(" {}", field.length);
  return field.guessed ? text + "?" : text;
}

std::string_view need_text(Need need) {
  return need == Need::always        ? "**!**"
         : need == Need::listed      ? "**\\***"
         : need == Need::conditional ? "c"
                                     : "";
}

std::string codes_text(const WireField& field, std::string_view folder) {
  if (field.table == "admdvs") return "division, six digits";
  if (!field.table.empty()) return fmt::format("[{}]({}codes.md#{})", cell(field.table), folder, field.table);
  return cell(field.codes);
}

// The page of a transaction: its first character, letters together.
std::string page_of(std::string_view infno) {
  const char first = infno.front();
  return first >= '1' && first <= '9' ? std::string(1, first) : "others";
}

std::string anchor(std::string_view infno) {
  std::string text = "t-";
  for (const char c : infno)
    text += c == '.' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

void append_node(std::string& text, const WireNode& node, std::string_view side,
                 std::string_view folder = "") {
  const std::string name =
      node.name.empty() ? fmt::format("members of the {} itself", side) : fmt::format("`{}`", node.name);
  fmt::format_to(Out(text), "\n{}: {}{}{}{}\n\n", side, name, node.repeated ? ", rows" : "",
                 node.regional ? ", a local extension" : "", node.needed ? ", always needed" : "");
  if (!node.aliases.empty()) fmt::format_to(Out(text), "Also read as: {}\n\n", cell(node.aliases));
  if (node.fields.empty()) return;
  text += "| field | 名称 | type | need | codes | note |\n|---|---|---|---|---|---|\n";
  for (const WireField& field : node.fields) {
    const bool plain = field.edition || !node.edition;
    const std::string other = field.alias.empty() ? "" : fmt::format(" or `{}`", field.alias);
    fmt::format_to(Out(text), "| {}`{}`{}{} | {} | {} | {} | {} | {} |\n", plain ? "" : "*", field.name,
                   plain ? "" : "*", other, cell(field.title), type_text(field), need_text(field.need),
                   codes_text(field, folder), cell(field.note));
  }
}

std::string transaction_text(const Transaction& one) {
  std::string text = fmt::format("\n## <a id=\"{}\"></a>{} {}\n\n{}\n", anchor(one.infno), one.infno,
                                 cell(one.name), cell(one.purpose));
  if (one.regional) text += "\nA local extension.\n";
  if (!one.same_as.empty()) fmt::format_to(Out(text), "\nThe same shape as {}.\n", one.same_as);
  for (std::string_view notes = one.notes; !notes.empty();) {
    const std::size_t end = std::min(notes.find('\n'), notes.size());
    fmt::format_to(Out(text), "\n- {}", cell(notes.substr(0, end)));
    notes.remove_prefix(std::min(end + 1, notes.size()));
    if (notes.empty()) text += '\n';
  }
  for (const WireNode& node : one.input) append_node(text, node, "input");
  for (const WireNode& node : one.output) append_node(text, node, "output");
  if (!one.file_columns.empty())
    fmt::format_to(Out(text), "\nColumns of the file: {}\n", cell(one.file_columns));
  return text;
}

std::string code_page() {
  std::string text = "# Code tables\n\nMade by `tests/docs`, as [fields.md](../fields.md).\n";
  for (const CodeTable& table : code_tables()) {
    fmt::format_to(Out(text), "\n## <a id=\"{}\"></a>{} {}\n\n", table.name, cell(table.name),
                   cell(table.title));
    if (!table.note.empty()) fmt::format_to(Out(text), "{}\n\n", cell(table.note));
    if (table.local) text += "Longer codes of digits are a region's own and are read.\n\n";
    if (table.zero) text += "01 and 1 are read as the same.\n\n";
    text += "| code | 名称 |\n|---|---|\n";
    for (const WireCode& code : table.codes)
      fmt::format_to(Out(text), "| {} | {} |\n", cell(code.code), cell(code.name));
  }
  return text;
}

}  // namespace

// REQ HOS-10
std::vector<Document> field_reference() {
  std::vector<Document> pages;
  std::string index(index_head);
  index += "## The envelope\n\nOf a request; of an answer.\n";
  append_node(index, wire_envelope().input.front(), "request", "fields/");
  append_node(index, wire_envelope().output.front(), "answer", "fields/");
  index += "\n## Transactions\n\n| number | 名称 | |\n|---|---|---|\n";
  for (const Transaction& one : transactions()) {
    const std::string page = page_of(one.infno), path = "fields/" + page + ".md";
    fmt::format_to(Out(index), "| [{}]({}#{}) | {} | {} |\n", one.infno, path, anchor(one.infno),
                   cell(one.name), cell(one.purpose));
    auto found = std::ranges::find(pages, path, &Document::path);
    if (found == pages.end()) {
      pages.push_back(
          {path,
           fmt::format(
               "# Transactions {}\n\nMade by `tests/docs`; how to read it: [fields.md](../fields.md).\n",
               page == "others" ? "with letters" : page + "...")});
      found = pages.end() - 1;
    }
    found->text += transaction_text(one);
  }
  pages.push_back({"fields/codes.md", code_page()});
  pages.push_back({"fields.md", std::move(index)});
  return pages;
}

}  // namespace fenming
