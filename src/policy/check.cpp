#include "policy/check.h"

#include <algorithm>
#include <set>

#include "policy/check_parts.h"

namespace fenming {

std::string_view name(Level level) {
  return level == Level::error ? "error" : level == Level::warning ? "warning" : "note";
}

std::size_t CheckReport::open(Level level) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [&](const Finding& f) { return f.level == level && !f.accepted(); }));
}

void FindingList::add(std::string id, Level level, Code code, const Place& place, std::string value,
                      std::vector<std::string> details, Example example) {
  if (has(id)) return;
  const std::string& file = library_.files.at(place.file).name;
  Error error{code, error_place(file, place), std::move(value), std::move(details)};
  report_.findings.push_back({std::move(id), level, std::move(error), std::move(example), "", ""});
}

bool FindingList::has(std::string_view id) const {
  return std::ranges::any_of(report_.findings, [&](const Finding& finding) { return finding.id == id; });
}

bool FindingList::own(const Place& place) const {
  const Region& region = library_.region;
  return region.base.empty() || !library_.files.at(place.file).name.starts_with(region.base + "/");
}

std::string dates_text(Date from, Date to) {
  return (from > date_min ? to_text(from) : "") + ".." + (to < date_max ? to_text(to) : "");
}

CheckReport check_library(const Library& library, const CheckLimits& limits) {
  CheckReport report;
  FindingList findings(library, report);
  check_names(library, report, findings);
  check_versions(library, report, findings);
  check_choice(library, report, findings);
  check_amounts(library, limits, report, findings);
  std::ranges::stable_sort(report.findings, {},
                           [](const Finding& f) { return std::pair(f.level, std::string_view(f.id)); });
  return report;
}

Checked<std::vector<Acceptance>> read_accepted(const SourceFile& file) {
  const auto documents = read_text(file.name, file.text, 0);
  if (!documents) return std::unexpected(std::vector<Error>{documents.error()});
  Problems problems({file.name});
  std::vector<Acceptance> accepted;
  std::set<std::string> known;
  for (const TextNode& document : *documents) {
    if (!document.is_list()) {
      problems.add({Code::check_acceptance, document.place, "", {"- {id: ..., reason: ...}"}});
      continue;
    }
    for (const TextEntry& entry : document.entries)
      problems.collect([&] {
        require_map(entry.value, "{id, reason, article}");
        require_known_keys(entry.value, {"id", "reason", "article"});
        Acceptance one{text_or(entry.value, "id"), text_or(entry.value, "reason"),
                       text_or(entry.value, "article"), entry.value.place};
        if (one.id.empty() || one.reason.empty())
          throw Problem{Code::check_acceptance, one.place, one.id, {one.id.empty() ? "id" : "reason"}};
        if (!known.insert(one.id).second) throw Problem{Code::name_doubled, one.place, one.id, {}};
        accepted.push_back(std::move(one));
      });
  }
  if (!problems.empty()) return std::unexpected(problems.take());
  return accepted;
}

void accept(CheckReport& report, const std::vector<Acceptance>& accepted, const std::string& file) {
  for (const Acceptance& one : accepted) {
    const auto found = std::ranges::find(report.findings, one.id, &Finding::id);
    if (found != report.findings.end()) {
      found->reason = one.reason;
      found->article = one.article;
      continue;
    }
    const Error error{Code::check_stale, error_place(file, one.place), one.id, {}};
    report.findings.push_back({"acceptance-stale:" + one.id, Level::warning, error, {}, "", ""});
  }
}

}  // namespace fenming
