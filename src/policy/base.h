// Base: a national base and what a region fills in, merged as text (decision 0001 no. 14). Every node keeps its own file and place.
#pragma once

#include "policy/problems.h"

namespace fenming {

// The region's document over the base's. What the base leaves not open is a problem.
TextNode merge_base(const TextNode& base, const TextNode& own, Problems& problems);

// May a region write this ("tables.ratio", "policies", "policies.inpatient")?
bool is_open(const TextNode& base, std::string_view name);
std::string open_names(const TextNode& base);

}  // namespace fenming
