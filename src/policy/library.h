// Library: the rules of one region, compiled: facts, accumulators, funds, line rules and every version of every policy. Immutable
// once read, so any number of threads may assess with it. Pure: files come in as text, nothing is looked up later.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "model/error.h"
#include "policy/plan.h"

namespace fenming {

struct SourceFile {
  std::string name;  // "region.yaml", relative to the library's folder
  std::string text;
};

struct PolicyVersion {  // one document: `policy: name` with its dates
  std::string policy, file, digest, article, source;
  Place place;
  Date in_force_from, in_force_to, known;  // both ends belong; date_min / date_max when open
  std::vector<Plan> plans;  // one for each stretch of dates between the days named by `since`, rising
};

struct Library {
  Region region;
  std::vector<PolicyVersion> versions;
  std::vector<std::vector<std::uint32_t>>
      by_policy;                  // indices of the versions of each policy, the latest release first
  bool narrow = true;             // 64 bits are enough for every plan
  std::vector<SourceFile> files;  // as read, the base's last; digests in `region.files`
};

// `base`: the files of the library that region.yaml names as its base, or none. All problems are reported at once, each with
// file:line:column. Whatever the bytes are, this returns: no crash, no unbounded time or memory.
Checked<std::shared_ptr<const Library>> read_library(std::vector<SourceFile> files,
                                                     std::vector<SourceFile> base = {});

// What region.yaml names as its base ("000000-national"), or nothing. For whoever gathers the files.
std::string base_of(const SourceFile& region_file);

}  // namespace fenming
