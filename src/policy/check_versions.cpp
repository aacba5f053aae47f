// Dates: versions that never apply, days without a version.
#include <algorithm>

#include "policy/check_parts.h"

namespace fenming {
namespace {

bool holds(const PolicyVersion& version, Date day) {
  return version.in_force_from <= day && day <= version.in_force_to;
}

// Days on which the choice among these versions may change.
std::vector<Date> turning_days(const std::vector<const PolicyVersion*>& versions) {
  std::vector<Date> days;
  for (const PolicyVersion* version : versions) {
    for (const Date day : {version->in_force_from, version->in_force_to, version->known}) days.push_back(day);
    if (version->in_force_to < date_max) days.push_back({version->in_force_to.days + 1});
  }
  std::ranges::sort(days);
  days.erase(std::ranges::unique(days).begin(), days.end());
  return days;
}

// Does a bill of some day, settled no earlier than that day, ever meet this version?
bool ever_applies(const PolicyVersion& version, const std::vector<const PolicyVersion*>& all) {
  for (const Date day : turning_days(all)) {
    if (!holds(version, day)) continue;
    const Date known = std::max(day, version.known);
    const bool covered = std::ranges::any_of(all, [&](const PolicyVersion* other) {
      return other != &version && other->known > version.known && other->known <= known && holds(*other, day);
    });
    if (!covered) return true;
  }
  return false;
}

void check_gaps(const std::vector<const PolicyVersion*>& versions, FindingList& findings) {
  const std::vector<Date> days = turning_days(versions);
  Date first = date_max, last = date_min;
  for (const PolicyVersion* version : versions) {
    first = std::min(first, version->in_force_from);
    last = std::max(last, version->in_force_to);
  }
  const auto covered = [&](Date day) {
    return std::ranges::any_of(versions, [&](const PolicyVersion* version) { return holds(*version, day); });
  };
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (days[i] < first || days[i] > last || covered(days[i])) continue;
    std::size_t next = i;
    while (next < days.size() && !covered(days[next])) ++next;
    const std::string dates = dates_text(days[i], Date{days[next].days - 1});
    const PolicyVersion* after = versions.front();
    for (const PolicyVersion* version : versions)
      if (version->in_force_from == days[next]) after = version;
    findings.add("dates-gap:" + after->policy + "@" + to_text(days[i]), Level::warning, Code::check_dates_gap,
                 after->place, dates, {after->policy, dates});
    i = next;
  }
}

}  // namespace

void check_versions(const Library& library, CheckReport& report, FindingList& findings) {
  report.versions = library.versions.size();
  for (const std::vector<std::uint32_t>& indices : library.by_policy) {
    std::vector<const PolicyVersion*> versions;
    for (const std::uint32_t index : indices) versions.push_back(&library.versions[index]);
    for (const PolicyVersion* version : versions) {
      if (!findings.own(version->place)) continue;
      const std::string dates = dates_text(version->in_force_from, version->in_force_to);
      const std::string at = version->policy + "@" + to_text(version->in_force_from);
      if (version->in_force_to < version->known)
        findings.add("version-late:" + at, Level::warning, Code::check_version_late, version->place, dates,
                     {version->policy, dates, to_text(version->known)});
      else if (!ever_applies(*version, versions))
        findings.add("version-idle:" + at, Level::warning, Code::check_version_idle, version->place, dates,
                     {version->policy, dates});
    }
    check_gaps(versions, findings);
  }
}

}  // namespace fenming
