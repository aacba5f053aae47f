// FilledInput: a whole input of any transaction, made from the interface's tables: every field of every node filled with a value that its
// type, length and codes allow. For proofs and tests; the same each time.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "protocol/interface.h"

namespace fenming {

using FilledValues = std::map<std::string, std::string, std::less<>>;  // by field, in whatever node

// JSON in the order of the tables, values as text. A value that is given empty leaves its field out.
std::string filled_input(const Transaction& transaction, const FilledValues& given = {});
std::string filled_value(const WireField& field);

}  // namespace fenming
