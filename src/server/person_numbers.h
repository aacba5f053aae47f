// PersonNumbers: the numbers of one person. Two that became one (MergePersons) are his both; the one in use now is told by the register.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/decision.h"
#include "model/error.h"

namespace fenming {

class Node;

Result<std::string> number_in_use(Node& node, std::string psn_no);
Result<bool> same_person(Node& node, std::string_view one, std::string_view other);
// The one in use first. Of a number that is nobody's: that one.
Result<std::vector<std::string>> numbers_of(Node& node, std::string_view psn_no);

// The records about a person, by whichever of the numbers, newest first, until `take` returns false. At most 5,000.
Result<void> walk_person(Node& node, std::string_view psn_no,
                         const std::function<bool(std::uint64_t position, const Decision&)>& take);

// The ciphertext of the person that the register had before a record; "" when nothing tells.
Result<std::string> registered_before(Node& node, std::string_view psn_no, std::uint64_t position);

}  // namespace fenming
