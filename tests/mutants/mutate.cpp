#include "mutants/mutate.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <utility>

namespace fenming::mutants {
namespace {

struct Swap {
  std::string_view from, to;
};

// With blanks round them, as the formatter writes binary operators: templates, pointers and references are left alone.
constexpr Swap operators[] = {{" + ", " - "},   {" - ", " + "},   {" * ", " / "},   {" / ", " * "},
                              {" % ", " / "},   {" < ", " <= "},  {" <= ", " < "},  {" > ", " >= "},
                              {" >= ", " > "},  {" == ", " != "}, {" != ", " == "}, {" && ", " || "},
                              {" || ", " && "}, {" += ", " -= "}, {" -= ", " += "}, {" & ", " | "},
                              {" | ", " & "}};
constexpr Swap calls[] = {{"min(", "max("}, {"max(", "min("}, {".add(", ".sub("}, {".sub(", ".add("}};
constexpr Swap roundings[] = {
    {"Rounding::half_up", "Rounding::half_even"}, {"Rounding::half_even", "Rounding::half_up"},
    {"Rounding::down", "Rounding::up"},           {"Rounding::up", "Rounding::down"},
    {"region_.rounding", "Rounding::down"},       {"region_.rounding", "Rounding::half_even"}};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Comments, literals and directives blanked out; everything else where it was.
std::string code_of(std::string_view text) {
  std::string code(text);
  enum { plain, line_comment, block_comment, literal, directive } state = plain;
  char quote = '"';
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (c == '\n') {
      if (state != block_comment) state = plain;
      continue;
    }
    if (state == plain) {
      const bool digits = c == '\'' && i > 0 && is_word(text[i - 1]);
      if (c == '/' && next == '/')
        state = line_comment;
      else if (c == '/' && next == '*')
        state = block_comment;
      else if (c == '#')
        state = directive;
      else if ((c == '"' || c == '\'') && !digits) {
        state = literal;
        quote = c;
        continue;
      }
      if (state == plain) continue;
    } else if (state == literal) {
      if (c == '\\') {
        code[i] = ' ';
        if (i + 1 < code.size()) code[++i] = ' ';
        continue;
      }
      if (c == quote) {
        state = plain;
        continue;
      }
    } else if (state == block_comment && c == '*' && next == '/') {
      code[i] = ' ';
      code[++i] = ' ';
      state = plain;
      continue;
    }
    code[i] = ' ';
  }
  return code;
}

class Finder {
 public:
  Finder(const std::string& file, std::string_view text) : file_(file), text_(text), code_(code_of(text)) {}

  std::vector<Mutant> run() {
    for (const Swap& swap : operators) texts(swap, 1, "operator");
    for (const Swap& swap : calls) texts(swap, 0, "operator");
    for (const Swap& swap : roundings) texts(swap, 0, "rounding");
    negations();
    numbers();
    statements();
    std::erase_if(found_, [&](const Mutant& m) { return is_fixed(m) || only_explains(m); });
    std::ranges::stable_sort(found_, {}, &Mutant::begin);
    return found_;
  }

 private:
  void add(std::size_t begin, std::size_t length, std::string replacement, std::string kind) {
    const auto line = static_cast<std::size_t>(std::count(
                          text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) +
                      1;
    found_.push_back({file_, begin, length, std::move(replacement), line, std::move(kind)});
  }

  // What only the compiler reads, and what cannot change a number.
  bool is_fixed(const Mutant& m) const {
    const std::string line = line_at(text_, m.begin);
    return line.starts_with("static_assert") || line.starts_with("template") || line.starts_with("enum") ||
           line.starts_with("case ") || line.find("sizeof(T)") != std::string::npos ||
           line.find("CHECK(") != std::string::npos || line.find("= default;") != std::string::npos;
  }

  // What only the explanation reads (of which place a given number is, the unit of a step), and the domain of a type that has none.
  bool only_explains(const Mutant& m) const {
    if (m.kind == "left out" || m.kind == "order") return false;
    const std::string line = line_at(text_, m.begin);
    const std::size_t at = m.begin - text_.find(line, m.begin < line.size() ? 0 : m.begin - line.size());
    const std::string before = line.substr(0, at);
    const std::size_t given = before.rfind("given(Given::"), meta = before.rfind("{Type::");
    if (given != std::string::npos && before.find(')', given) == std::string::npos) return true;
    const bool inside = meta != std::string::npos && before.find('}', meta) == std::string::npos;
    return inside && before.find("Type::code", meta) == std::string::npos &&
           before.find("Type::set", meta) == std::string::npos;
  }

  void texts(const Swap& swap, std::size_t margin, const char* kind) {
    for (std::size_t at = code_.find(swap.from); at != std::string::npos;
         at = code_.find(swap.from, at + 1)) {
      if (margin == 0 && at > 0 && is_word(swap.from[0]) && is_word(code_[at - 1])) continue;
      const std::string_view to = swap.to.substr(margin, swap.to.size() - 2 * margin);
      const std::size_t length = swap.from.size() - 2 * margin;
      add(at + margin, length, std::string(to), kind);
    }
  }

  void negations() {
    for (std::size_t i = 0; i + 1 < code_.size(); ++i)
      if (code_[i] == '!' && code_[i + 1] != '=' && (is_word(code_[i + 1]) || code_[i + 1] == '('))
        add(i, 1, "", "operator");
  }

  // Whole numbers in the code: one more, and one less where that is not negative.
  void numbers() {
    for (std::size_t i = 0; i < code_.size(); ++i) {
      if (std::isdigit(static_cast<unsigned char>(code_[i])) == 0 ||
          (i > 0 && (is_word(code_[i - 1]) || code_[i - 1] == '.' || code_[i - 1] == '\'')))
        continue;
      std::size_t end = i;
      std::string digits;
      while (end < code_.size() &&
             (std::isdigit(static_cast<unsigned char>(code_[end])) != 0 || code_[end] == '\''))
        if (code_[end++] != '\'') digits += code_[end - 1];
      if (digits.size() > 15 || (digits.size() > 1 && digits[0] == '0')) continue;
      const long long number = std::stoll(digits);
      add(i, end - i, std::to_string(number + 1), "bound");
      if (number > 0) add(i, end - i, std::to_string(number - 1), "bound");
      i = end;
    }
  }

  struct Line {
    std::size_t begin, length, indent;
  };

  // `target = ...;` or `call(...);` on a line of its own.
  bool is_statement(const Line& line) const {
    const std::string_view code =
        std::string_view(code_).substr(line.begin + line.indent, line.length - line.indent);
    if (code.empty() || code.back() != ';' || std::islower(static_cast<unsigned char>(code[0])) == 0)
      return false;
    for (const std::string_view word :
         {"return", "break", "continue", "using", "static", "const", "if", "for", "else", "throw", "case"})
      if (code.starts_with(word) && (code.size() == word.size() || !is_word(code[word.size()]))) return false;
    if (std::ranges::count(code, '(') != std::ranges::count(code, ')') ||
        std::ranges::count(code, '{') != std::ranges::count(code, '}'))
      return false;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (is_word(code[i]) || code[i] == '[' || code[i] == ']' || code[i] == '.' || code[i] == '-' ||
          code[i] == '>')
        continue;
      if (code[i] == '(') return true;
      return code.substr(i).starts_with(" = ") || code.substr(i).starts_with(" += ") ||
             code.substr(i).starts_with(" -= ");
    }
    return false;
  }

  // The last word before ` = ` or `(`: what a statement writes or acts on.
  static std::string_view target(std::string_view statement) {
    const std::size_t end = std::min(statement.find(" = "), statement.find_first_of("(+["));
    const std::string_view place = statement.substr(0, end);
    const std::size_t begin = place.find_last_of(".>");
    return begin == std::string_view::npos ? place : place.substr(begin + 1);
  }
  static bool meet(std::string_view a, std::string_view b) {
    const bool called = a.find(" = ") == std::string_view::npos || b.find(" = ") == std::string_view::npos;
    return called || b.substr(b.find(" = ")).find(target(a)) != std::string_view::npos ||
           a.substr(a.find(" = ")).find(target(b)) != std::string_view::npos || target(a) == target(b);
  }

  void statements() {
    std::vector<Line> lines;
    for (std::size_t begin = 0; begin < code_.size();) {
      const std::size_t end = std::min(code_.find('\n', begin), code_.size());
      std::size_t last = end;
      while (last > begin && code_[last - 1] == ' ') --last;
      const std::size_t first = std::min(code_.find_first_not_of(' ', begin), last);
      lines.push_back({begin, last - begin, first - begin});
      begin = end + 1;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const Line& a = lines[i];
      if (!is_statement(a)) continue;
      const std::string_view first = text_.substr(a.begin + a.indent, a.length - a.indent);
      add(a.begin + a.indent, first.size(), ";", "left out");
      if (i + 1 == lines.size() || lines[i + 1].indent != a.indent || !is_statement(lines[i + 1])) continue;
      const Line& b = lines[i + 1];
      const std::string_view second = text_.substr(b.begin + b.indent, b.length - b.indent);
      if (!meet(first, second)) continue;  // neither reads what the other writes: the order is free
      const std::size_t begin = a.begin + a.indent, end = b.begin + b.length;
      add(begin, end - begin, std::string(second) + "\n" + std::string(first), "order");
    }
  }

  const std::string& file_;
  std::string_view text_;
  std::string code_;
  std::vector<Mutant> found_;
};

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

}  // namespace

std::vector<Mutant> mutants_of(const std::string& file, std::string_view text) {
  return Finder(file, text).run();
}

std::string applied(std::string_view text, const Mutant& mutant) {
  return std::string(text.substr(0, mutant.begin)) + mutant.replacement +
         std::string(text.substr(mutant.begin + mutant.length));
}

std::string line_at(std::string_view text, std::size_t position) {
  const std::size_t before = position == 0 ? std::string_view::npos : text.rfind('\n', position - 1);
  const std::size_t begin = text.find_first_not_of(' ', before == std::string_view::npos ? 0 : before + 1);
  return std::string(text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin));
}

std::string described(std::string_view text, const Mutant& mutant) {
  const std::string line = line_at(text, mutant.begin);
  if (mutant.kind == "left out") return line + "  =>  left out";
  if (mutant.kind == "order") return line + "  =>  after the next";
  const std::string changed = applied(text, mutant);
  return line + "  =>  " + one_line(line_at(changed, mutant.begin));
}

std::string id_of(std::string_view text, const Mutant& mutant) {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::string_view part) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  };
  add(text);
  add(mutant.file);
  add(std::to_string(mutant.begin) + "/" + std::to_string(mutant.length));
  add(mutant.replacement);
  std::string id;
  for (int i = 0; i < 10; ++i, hash >>= 4) id += "0123456789abcdef"[hash % 16];
  return id;
}

}  // namespace fenming::mutants
