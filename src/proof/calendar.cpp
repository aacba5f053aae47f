// The calendar of a bill: the parts of the visit, what a region's calendar makes of a part's dates, and the rows
// that dates choose.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "proof/cells.h"
#include "proof/leaves.h"

namespace fenming {
namespace {

using Kind = ProofTree::Kind;
using Failure = std::optional<Error>;

ProofValue whole(int number) { return proof_number(ProofType::integer, {number, 0}); }
ProofValue day(Date date) {
  ProofValue value;
  value.type = ProofType::date;
  value.date = date;
  return value;
}
Date after(Date date) { return Date{date.days + 1}; }

// A last part of one day, the day of discharge, has no night and counts as one.
ProofValue nights(const ProofScene& scene, std::size_t part) {
  const std::vector<ProofPart>& parts = scene.trace.parts;
  const Date end = part + 1 < parts.size() ? parts[part + 1].from : scene.bill.to;
  return whole(std::max(1, end.days - parts[part].from.days));
}

}  // namespace

Date deciding_date(const ProofScene& scene, ProofLibrary::DecidedBy by, const ProofPart& part) {
  switch (by) {
    case ProofLibrary::DecidedBy::service: return part.from;
    case ProofLibrary::DecidedBy::settle: return scene.bill.settle;
    default: return part.to;
  }
}

std::optional<ProofValue> calendar_value(const ProofScene& scene, std::string_view name, std::size_t number) {
  const ProofPart& part = scene.trace.parts[number];
  const CivilDay decides = civil(deciding_date(scene, scene.library.year_by(), part)),
                 first = civil(part.from);
  if (name == "year")
    return whole(scene.library.year_starts(decides.month, decides.day) ? decides.year : decides.year - 1);
  if (name == "quarter") return whole(decides.year * 10 + (decides.month - 1) / 3 + 1);
  if (name == "month") return whole(decides.year * 100 + decides.month);
  if (name == "period") return whole((first.year * 100 + first.month) * 100 + first.day);
  if (name == "days") return nights(scene, number);
  if (name == "from") return day(part.from);
  if (name == "to") return day(part.to);
  if (name == "settle") return day(scene.bill.settle);
  return std::nullopt;
}

Failure check_calendar(const ProofScene& scene, const ProofNode& node) {
  const ProofTree* field = node.json->find("part");
  const auto part = field != nullptr && field->kind == Kind::number ? parse_index(field->text) : std::nullopt;
  if (!part || *part >= scene.trace.parts.size())
    return Error{Code::trace_field, "", field == nullptr ? "" : field->text, {"part", "/parts"}};
  const std::string_view name = text_field(*node.json, "name");
  const auto value = calendar_value(scene, name, *part);
  if (!value)
    return Error{Code::trace_field,
                 "",
                 std::string(name),
                 {"name", "year, quarter, month, period, days, from, to, settle"}};
  if (same_value(*value, node.value)) return {};
  return Error{Code::trace_value, "", to_text(node.value), {to_text(*value)}};
}

void check_parts(const ProofScene& scene, std::vector<Error>& errors) {
  const std::vector<ProofPart>& parts = scene.trace.parts;
  const auto expect = [&](std::string place, Date found, Date due) {
    if (found != due) errors.push_back({Code::trace_parts, std::move(place), to_text(found), {to_text(due)}});
  };
  if (parts.empty()) errors.push_back({Code::trace_parts, "/parts", "", {to_text(scene.bill.from)}});
  for (std::size_t i = 0; i < parts.size(); ++i) {
    expect(fmt::format("/parts/{}/from", i), parts[i].from,
           i == 0 ? scene.bill.from : after(parts[i - 1].to));
    const Date last = i + 1 == parts.size() ? scene.bill.to : std::max(parts[i].to, parts[i].from);
    expect(fmt::format("/parts/{}/to", i), parts[i].to, last);
  }
}

Failure check_since(const ProofScene& scene, std::string_view file, std::string_view path) {
  constexpr std::string_view mark = "/since/";
  for (std::size_t at = path.find(mark); at != std::string_view::npos; at = path.find(mark, at + 1)) {
    const ProofTree* table = scene.library.file(file)->documents.at(path.substr(0, at));
    const std::string_view rest = path.substr(at);
    const std::string_view row = rest.substr(0, rest.find('/', mark.size()));
    const bool chosen = std::ranges::any_of(scene.dates, [&](Date date) {
      if (table == nullptr) return false;
      const auto found = choose_since(*table, date);
      return found && *found == row;
    });
    if (!chosen) return Error{Code::trace_since, "", std::string(row.substr(mark.size())), {}};
  }
  return {};
}

}  // namespace fenming
