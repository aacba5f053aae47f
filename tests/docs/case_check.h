// Case check: runs a worked example of a document and says what differs from it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/library.h"

namespace fenming {

// One sentence for each expectation that does not hold; none when all is right. Checks nothing silently: a case
// without expectations is a finding too.
std::vector<std::string> findings_of(std::string_view cases, const Library& library);

}  // namespace fenming
