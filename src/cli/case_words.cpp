#include "cli/case_words.h"

#include <algorithm>

namespace fenming {
namespace {

std::size_t column_of(std::string_view line, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::ranges::count_if(line.substr(0, at), [](char c) {
           return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
         }));
}

std::unexpected<Error> malformed(std::string_view line, std::size_t at, std::string reason) {
  return std::unexpected(Error{Code::case_malformed,
                               std::to_string(column_of(line, at)),
                               std::string(line.substr(at)),
                               {std::move(reason)}});
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> members(std::string_view inside) {
  std::vector<std::string> found;
  for (;;) {
    const std::size_t comma = inside.find(',');
    if (std::string member = trimmed(inside.substr(0, comma)); !member.empty())
      found.push_back(std::move(member));
    if (comma == std::string_view::npos) return found;
    inside.remove_prefix(comma + 1);
  }
}

}  // namespace

Result<std::vector<Word>> words_of(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    if (line[at] == '#') break;
    Word word;
    word.column = column_of(line, at);
    std::size_t end = at + 1;
    if (line[at] == ',') {
      word.kind = Word::Kind::comma;
    } else if (line[at] == '"' || line[at] == '[') {
      const std::size_t close = line.find(line[at] == '"' ? '"' : ']', at + 1);
      if (close == std::string_view::npos)
        return malformed(line, at, line[at] == '"' ? "\" is not closed" : "[ is not closed");
      const std::string_view inside = line.substr(at + 1, close - at - 1);
      word.quoted = line[at] == '"';
      word.kind = word.quoted ? Word::Kind::plain : Word::Kind::list;
      if (word.quoted)
        word.text = inside;
      else
        word.list = members(inside);
      end = close + 1;
    } else {
      while (end < line.size() && !is_blank(line[end]) && line[end] != ',') ++end;
      word.text = line.substr(at, end - at);
    }
    words.push_back(std::move(word));
    at = end;
  }
  return words;
}

std::string text_behind(std::string_view line, std::string_view first_word) {
  std::string_view rest = line.substr(std::min(line.find(first_word) + first_word.size(), line.size()));
  for (std::size_t at = rest.find('#'); at != std::string_view::npos; at = rest.find('#', at + 1)) {
    if (at == 0 || is_blank(rest[at - 1])) {
      rest = rest.substr(0, at);
      break;
    }
  }
  return trimmed(rest);
}

}  // namespace fenming
