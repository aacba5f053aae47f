// Inside the library check: where findings go, and the parts that check.cpp calls in turn.
#pragma once

#include "policy/check.h"
#include "policy/problems.h"

namespace fenming {

class FindingList {
 public:
  FindingList(const Library& library, CheckReport& report) : library_(library), report_(report) {}

  // The first finding of an id stays: later ones are the same thing met again.
  void add(std::string id, Level level, Code code, const Place& place, std::string value,
           std::vector<std::string> details, Example example = {});
  bool has(std::string_view id) const;

  // Is a place in one of the region's own files? What stands in a national base is not the region's to mend.
  bool own(const Place& place) const;

 private:
  const Library& library_;
  CheckReport& report_;
};

std::string dates_text(Date from, Date to);  // "2023-01-01..", ends left out when open

void check_names(const Library& library, CheckReport& report, FindingList& findings);  // check_names.cpp
void check_versions(const Library& library, CheckReport& report,
                    FindingList& findings);                                             // check_versions.cpp
void check_choice(const Library& library, CheckReport& report, FindingList& findings);  // check_choice.cpp
void check_amounts(const Library& library, const CheckLimits& limits, CheckReport& report,
                   FindingList& findings);  // check_amounts.cpp

}  // namespace fenming
