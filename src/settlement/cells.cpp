#include "settlement/cells.h"

#include <fmt/format.h>

#include <algorithm>

namespace fenming {
namespace {

constexpr std::size_t position_digits = 14, number_digits_min = 2, number_digits_max = 9;

std::optional<std::uint64_t> digits(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string positioned(char letter, std::uint64_t position) {
  std::string cell(1, letter);
  for (int shift = 56; shift >= 0; shift -= 8) cell.push_back(static_cast<char>(position >> shift));
  return cell;
}

}  // namespace

std::string make_id(char letter, std::string_view region, std::uint64_t position, unsigned number) {
  return fmt::format("{}{}{:014}{:02}", letter, region, position, number);
}

std::optional<MadeId> parse_id(char letter, std::string_view region, std::string_view id) {
  const std::size_t fixed = 1 + region.size() + position_digits;
  if (id.size() < fixed + number_digits_min || id.size() > fixed + number_digits_max || id.front() != letter)
    return std::nullopt;
  if (id.substr(1, region.size()) != region) return std::nullopt;
  if (id.size() > fixed + number_digits_min && id[fixed] == '0')
    return std::nullopt;  // one way of writing it
  const auto position = digits(id.substr(1 + region.size(), position_digits));
  const auto number = digits(id.substr(fixed));
  if (!position || !number || *position == 0) return std::nullopt;
  return MadeId{*position, static_cast<unsigned>(*number)};
}

std::optional<MadeId> parse_id(char letter, std::string_view id) {
  constexpr std::size_t region_digits = 6;
  return id.empty() ? std::nullopt : parse_id(letter, id.substr(1, region_digits), id);
}

std::string balance_cell(AccountKind kind) { return {'b', static_cast<char>('0' + static_cast<int>(kind))}; }

bool has_balance(AccountKind kind) {
  using enum AccountKind;
  return kind == personal || kind == hold || kind == deposit || kind == receivable || kind == claimant;
}

std::string balance_object(const Account& account) {
  return account.kind == AccountKind::deposit ? visit_object(account.owner) : person_object(account.owner);
}

std::int64_t read_integer(std::string_view cell) {
  ByteReader in(cell);
  return cell.empty() ? 0 : in.integer();
}

std::string integer_cell(std::int64_t value) {
  std::string bytes;
  if (value != 0) ByteWriter(bytes).integer(value);
  return bytes;
}

Row read_row(std::string_view cell) {
  Row row;
  if (cell.empty()) return row;
  ByteReader in(cell);
  row.last = in.number();
  row.members.resize(in.count(2));
  for (Row::Member& member : row.members) {
    member.word = in.number();
    member.value = in.integer();
  }
  CHECK(in.done(), "a cell reads as it was written");
  return row;
}

std::string write_row(const Row& row) {
  std::string bytes;
  ByteWriter out(bytes);
  out.number(row.last);
  out.number(row.members.size());
  for (const Row::Member& member : row.members) {
    out.number(member.word);
    out.integer(member.value);
  }
  return bytes;
}

Row less(Row now, const Row& before, const Row& after) {
  for (const auto& [members, sign] : {std::pair{&after.members, -1}, {&before.members, 1}}) {
    for (const Row::Member& one : *members) {
      const auto at = std::ranges::lower_bound(now.members, one.word, {}, &Row::Member::word);
      if (at != now.members.end() && at->word == one.word)
        at->value += sign * one.value;
      else
        now.members.insert(at, {one.word, sign * one.value});
    }
  }
  std::erase_if(now.members, [](const Row::Member& member) { return member.value == 0; });
  return now;
}

std::string lines_cell(std::uint64_t position) { return positioned('l', position); }
std::string batch_cell(std::string_view batch) { return "k" + std::string(batch); }
std::string visit_settlement_cell(std::uint64_t position) { return positioned('t', position); }

std::uint64_t cell_position(std::string_view cell) {
  CHECK(cell.size() == 9, "a letter and a position");
  std::uint64_t position = 0;
  for (const char c : cell.substr(1)) position = position << 8 | static_cast<std::uint8_t>(c);
  return position;
}

}  // namespace fenming
