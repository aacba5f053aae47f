#include "registry/import_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/nearest.h"

namespace fenming {
namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

bool is_fact_name(std::string_view name) {
  return !name.empty() && name.size() <= 40 && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

}  // namespace

ImportTable::ImportTable(std::string_view text, std::string_view file, const ImportOptions& options)
    : text_(text), file_(file), options_(options), rows_(text, file), digest_(sm3_hex(text).substr(0, 16)) {}

bool ImportTable::open(std::span<const Column> columns, bool facts) {
  if (!rows_.next()) {
    rows_.error() ? problems_.push_back(*rows_.error()) : refuse_file(Code::import_empty);
    return false;
  }
  std::vector<std::string> known;
  for (const Column& column : columns) known.emplace_back(column.name);
  width_ = rows_.fields().size();
  for (std::size_t at = 0; at < width_; ++at) {
    std::string name(rows_.fields()[at]);
    const bool own = std::ranges::find(known, name) != known.end();
    const bool list = name.ends_with("[]");
    const std::string fact = list ? name.substr(0, name.size() - 2) : name;
    if (column_of(name) != none || (!own && !(facts && is_fact_name(fact))))
      refuse_file(Code::import_column, name, {nearest_hint(name, known)});
    else if (!own)
      facts_.push_back({at, fact, list});
    columns_.emplace_back(std::move(name), at);
  }
  for (const Column& column : columns)
    if (column.needed && column_of(column.name) == none)
      refuse_file(Code::import_column_missing, column.name);
  return problems_.empty();
}

std::size_t ImportTable::column_of(std::string_view name) const {
  for (const auto& [column, at] : columns_)
    if (column == name) return at;
  return none;
}

std::string_view ImportTable::text(std::string_view column) const {
  const std::size_t at = column_of(column);
  return at == none ? std::string_view() : rows_.fields()[at];
}

std::optional<Date> ImportTable::date(std::string_view column) {
  const std::string_view value = text(column);
  if (value.empty()) return std::nullopt;
  const auto date = parse_date(value);
  if (!date) refuse(Code::import_value, column, value, {std::string(column), "2025-01-01"});
  return date;
}

FactValue ImportTable::fact(const FactColumn& column, std::string_view value) {
  if (!column.list) return {column.name, FactValue::Kind::text, std::string(value), {}};
  FactValue fact{column.name, FactValue::Kind::list, {}, {}};
  for (std::size_t at = 0; at <= value.size();) {
    const std::size_t end = std::min(value.find(';', at), value.size());
    fact.list.emplace_back(value.substr(at, end - at));
    at = end + 1;
  }
  return fact;
}

std::vector<FactValue> ImportTable::row_facts() {
  std::vector<FactValue> facts;
  for (const FactColumn& column : facts_) {
    const std::string_view value = rows_.fields()[column.at];
    if (value.empty()) continue;
    facts.push_back(fact(column, value));
    const bool control =
        std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    const bool hole =
        std::ranges::any_of(facts.back().list, [](const std::string& member) { return member.empty(); });
    if (control || hole)
      refuse(Code::import_value, column.list ? column.name + "[]" : column.name, value,
             {column.name, column.list ? "a;b;c" : "abc"});
  }
  return facts;
}

bool ImportTable::good_number(std::string_view column) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  const std::string_view value = text(column);
  if (!value.empty() && value.size() <= 30 && value.find_first_not_of(allowed) == std::string_view::npos)
    return true;
  refuse(Code::import_value, column, value, {std::string(column), "1..30 A-Z a-z 0-9 - _"});
  return false;
}

void ImportTable::refuse(Code code, std::string_view column, std::string_view value,
                         std::vector<std::string> details) {
  if (problems_.size() >= options_.problems_max) {
    ++more_;
    return;
  }
  const std::size_t at = column_of(column);
  problems_.push_back({code, rows_.place(at == none ? 1 : at + 1), std::string(value), std::move(details)});
}

void ImportTable::refuse_file(Code code, std::string_view value, std::vector<std::string> details) {
  problems_.push_back({code, fmt::format("{}:1:1", file_), std::string(value), std::move(details)});
}

void ImportTable::once(std::string key, Code code, std::string_view column) {
  if (!checking()) return;
  const auto [known, fresh] = seen_.emplace(std::move(key), line());
  if (!fresh) refuse(code, column, text(column), {std::to_string(known->second)});
}

void ImportTable::put(Action action) {
  if (checking()) return;
  Command command;
  command.key = {"", "import", fmt::format("{}-{}-{}", digest_, line(), ++in_row_)};
  command.action = std::move(action);
  ++counts_.commands;
  (*sink_)(std::move(command));
}

void ImportTable::report_progress() const {
  if (options_.progress)
    options_.progress(rows_.bytes_read() + (checking() ? 0 : text_.size()), 2 * text_.size());
}

std::vector<Error> ImportTable::take_problems() {
  if (more_ > 0) refuse_file(Code::import_more, std::to_string(more_));
  return std::move(problems_);
}

std::string import_report(std::span<const Error> problems, Language language) {
  const auto quoted = [](std::string_view text) {
    std::string field = "\"";
    for (const char c : text) field += c == '"' ? "\"\"" : std::string(1, c);
    return field + "\"";
  };
  std::string report = "line,column,code,value,problem\n";
  for (const Error& problem : problems) {
    const std::size_t column = problem.place.rfind(':');
    const std::size_t line =
        column == std::string::npos || column == 0 ? column : problem.place.rfind(':', column - 1);
    const bool placed = line != std::string::npos;
    report += fmt::format("{},{},{},{},{}\n", placed ? problem.place.substr(line + 1, column - line - 1) : "",
                          placed ? problem.place.substr(column + 1) : "", tag(problem.code),
                          quoted(problem.value), quoted(sentence(problem, language)));
  }
  return report;
}

}  // namespace fenming
